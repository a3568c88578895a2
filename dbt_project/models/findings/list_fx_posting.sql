-- FX-posting: for each village how many registered poor, dibao and 特困 households must be posted where they live.
with judged as (
    select
        as_of,
        region_code,
        cast(null as {{ dbt.type_string() }}) as household_no,
        max(village) as village,
        sum(case when is_registered_poor then 1 else 0 end) as registered,
        sum(case when has_any_dibao then 1 else 0 end) as dibao,
        sum(case when is_on_tekun then 1 else 0 end) as tekun,
        sum(case when is_registered_poor or has_any_dibao or is_on_tekun then 1 else 0 end) as households
    from {{ adopted_state('FX') }} as states
    group by as_of, region_code
)

select
    {{ finding(
        rule="'list_fx_posting'", kind="'list'", document="'FX'", clause="'FX-posting'", subject="'居住地公示'", basis='state.region_code',
        measured_name="'households_to_post'", measured='state.households', unit="'户'", department="'乡镇'",
        evidence="coalesce(state.village, '') || '应公示 ' || " ~ as_text('state.households') ~ " || ' 户：建档立卡 ' || "
            ~ as_text('state.registered') ~ " || ' 户，低保 ' || " ~ as_text('state.dibao') ~ " || ' 户，特困 ' || " ~ as_text('state.tekun') ~ " || ' 户'"
    ) }}
from judged as state
where state.households > 0

-- LY-share: each department's and social organisations' form, how many people or households it named, and how many are on the
-- county's list.
with judged as (
    select
        matches.*,
        run.county_region as region_code,
        cast(null as {{ dbt.type_string() }}) as household_no
    from {{ ref('int_form_match') }} as matches
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'LY'
    cross join {{ source('raw', 'run') }} as run
)

select
    {{ finding(
        rule="'feed_ly_share'", kind="'feed'", document="'LY'", clause="'LY-share'", subject='state.label', basis='state.form',
        measured_name="'keys_matched'", measured='state.keys_matched', threshold_name="'keys_sent'", threshold='state.keys_sent',
        unit="case state.key_kind when 'person_key' then '人' else '户' end", department='state.department',
        evidence="state.department || '提供 ' || " ~ as_text('state.keys_sent')
            ~ " || case state.key_kind when 'person_key' then ' 人' else ' 户' end || '，与农户名单比对上 ' || "
            ~ as_text('state.keys_matched') ~ " || '，最近一期 ' || " ~ day_text('state.last_on')
    ) }}
from judged as state

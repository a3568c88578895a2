-- LS-housing: one row per home in danger of a household in difficulty: its grade, whether it is the only one, in the plan, and finished.
-- A plan that was over before the home was graded is none for it.
with planned as (
    select homes.household_no, homes.surveyed_on, min(measures.started_on) as planned_on
    from {{ ref('int_home_at') }} as homes
    inner join {{ ref('int_measure') }} as measures
        on homes.as_of = measures.as_of
            and homes.household_no = measures.household_no
            and measures.kind = '危房改造'
            and (measures.ended_on is null or measures.ended_on >= homes.surveyed_on)
    group by homes.household_no, homes.surveyed_on
),

judged as (
    select
        objects.as_of,
        objects.household_no,
        objects.region_code,
        homes.grade,
        homes.is_only_home,
        homes.surveyed_on,
        case when homes.rebuilt_on <= objects.as_of then homes.rebuilt_on end as rebuilt_on,
        planned.planned_on,
        homes._receipt,
        homes._row
    from {{ ref('int_document_object') }} as objects
    inner join {{ ref('int_home_at') }} as homes
        on objects.as_of = homes.as_of and objects.household_no = homes.household_no and homes.grade in ('C级', 'D级')
    left join planned on homes.household_no = planned.household_no and homes.surveyed_on = planned.surveyed_on
    where objects.document = 'LS'
)

select
    {{ finding(
        rule="'list_ls_housing'", kind="'list'", document="'LS'", clause="'LS-housing'",
        subject="case when state.rebuilt_on is not null then '危房已竣工' when state.planned_on is not null then '危房已列入计划'
            else '危房未列入计划' end",
        basis="state.grade || case when state.is_only_home then ';only_home' else '' end", department="'住建'", unit='null',
        evidence=day_text('state.surveyed_on') ~ " || ' 鉴定为' || state.grade || case when state.is_only_home then '，唯一住房' else '' end
            || case when state.planned_on is not null then '，' || " ~ day_text('state.planned_on') ~ " || ' 列入改造' else '，未列入改造计划' end
            || case when state.rebuilt_on is not null then '，' || " ~ day_text('state.rebuilt_on') ~ " || ' 竣工' else '' end",
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state

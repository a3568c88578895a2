-- TR-visit: key households (dibao, 特困, monitored, low-income) not yet visited this quarter or missed in the latest one over, with
-- the county's count.
with asked as (
    select visits.*, objects.called || '，' as called
    from {{ ref('int_quarter_visit') }} as visits
    inner join {{ ref('int_document_object') }} as objects
        on visits.as_of = objects.as_of and visits.household_no = objects.household_no and objects.document = 'TR'
),

{{ quarter_coverage('coverage_tr_visit', 'TR', 'TR-visit', '走访', '季度走访覆盖', '重点人口', '重点人口户数', '乡镇') }}

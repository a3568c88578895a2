select
    events.household_no,
    events.case_no,
    events.purpose,
    events.step,
    events.started_on,
    events.ended_on,
    events.outcome,
    run.as_of,
    receipts.file as source_file,
    events._row as source_row
from {{ ref('stg_procedure_event') }} as events
cross join {{ source('raw', 'run') }} as run
inner join {{ ref('int_published_household') }} as published on events.household_no = published.household_no
inner join {{ source('raw', 'receipt') }} as receipts on events._receipt = receipts.seq
where events.started_on <= run.as_of

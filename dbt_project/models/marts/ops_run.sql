select
    run.run_id,
    run.as_of,
    run.known_on,
    run.county_name,
    run.county_region,
    run.code_version,
    (select {{ joined_text('document', 'document', '、') }} from {{ source('raw', 'county_document') }}) as documents
from {{ source('raw', 'run') }} as run

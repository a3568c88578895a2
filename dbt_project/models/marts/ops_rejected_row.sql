select
    _receipt as receipt_no,
    file,
    form,
    sheet,
    row_number,
    column_id,
    column_header,
    value,
    reason_code,
    reason
from {{ source('raw', 'rejected_row') }}

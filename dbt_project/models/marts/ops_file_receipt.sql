select
    receipts.seq as receipt_no,
    receipts.file,
    receipts.form,
    receipts.period,
    receipts.received_on,
    receipts.received_at,
    receipts.received_rank,
    receipts.sheet,
    receipts.encoding,
    receipts.row_count as rows,
    receipts.kept_rows - coalesce(repeats.repeats, 0) as loaded,
    receipts.rejected,
    coalesce(repeats.repeats, 0) as repeats,
    receipts.erased,
    receipts.refused_code,
    receipts.refused_reason
from {{ source('raw', 'receipt') }} as receipts
left join {{ ref('int_receipt_repeats') }} as repeats on receipts.seq = repeats._receipt

select
    lines.region_code,
    lines.line,
    lines.effective_from,
    lines.effective_to,
    {{ yuan('lines.line_fen_per_year') }} as line_yuan_per_year,
    {{ yuan('lines.amount_fen') }} as stated_amount_yuan,
    lines.unit,
    lines.published_on,
    lines.document,
    receipts.file as source_file,
    lines._row as source_row
from {{ ref('int_line') }} as lines
inner join {{ source('raw', 'receipt') }} as receipts on lines._receipt = receipts.seq

-- rows = loaded + rejected + exact repeats + erased, for every file that was taken in.
select file
from {{ ref('ops_file_receipt') }}
where refused_code is null and rows <> loaded + rejected + repeats + erased

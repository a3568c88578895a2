select as_of, period, first_day, dimension, value, opening, found, closed, open_now
from {{ ref('int_register_flow') }}

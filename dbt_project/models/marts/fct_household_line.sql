with figure as (
    select
        states.household_no,
        states.as_of,
        states.region_code,
        states.disposable_income_per_capita_fen,
        states.assessed_income_per_capita_fen,
        states.income_status,
        states.dibao_line
    from {{ ref('int_household_state') }} as states
    inner join {{ ref('int_published_household') }} as published
        on states.as_of = published.as_of and states.household_no = published.household_no
),

against as (
    select
        figure.household_no,
        figure.as_of,
        lines.line,
        lines.line_region,
        lines.document,
        lines.effective_from,
        lines.line_fen_per_year,
        figure.income_status,
        case when lines.line = figure.dibao_line then '核算收入' else '可支配收入' end as concept,
        case when lines.line = figure.dibao_line then figure.assessed_income_per_capita_fen
            else figure.disposable_income_per_capita_fen end as figure_fen
    from figure
    inner join {{ ref('int_line_at') }} as lines
        on figure.as_of = lines.as_of and figure.region_code = lines.region_code
)

select
    household_no,
    as_of,
    line,
    line_region,
    document,
    effective_from,
    concept,
    {{ yuan('figure_fen') }} as figure_yuan,
    {{ yuan('line_fen_per_year') }} as line_yuan_per_year,
    case when income_status <> '待定' then {{ yuan('figure_fen - line_fen_per_year') }} end as distance_yuan
from against

{# Money is whole fen. A quotient is rounded half away from zero, by whole numbers only. #}

{% macro whole_quotient(numerator, denominator) -%}
    {{ return(adapter.dispatch('whole_quotient')(numerator, denominator)) }}
{%- endmacro %}

{% macro default__whole_quotient(numerator, denominator) -%}
    ({{ numerator }}) // ({{ denominator }})
{%- endmacro %}

{% macro spark__whole_quotient(numerator, denominator) -%}
    ({{ numerator }}) div ({{ denominator }})
{%- endmacro %}

{# rounded_quotient(-5, 2) is -3; the denominator is above zero. #}
{% macro rounded_quotient(numerator, denominator) -%}
    case when ({{ numerator }}) < 0
        then -{{ whole_quotient('2 * (-(' ~ numerator ~ ')) + (' ~ denominator ~ ')', '2 * (' ~ denominator ~ ')') }}
        else {{ whole_quotient('2 * (' ~ numerator ~ ') + (' ~ denominator ~ ')', '2 * (' ~ denominator ~ ')') }}
    end
{%- endmacro %}

{# Fen as the yuan that marts show. #}
{% macro yuan(fen) -%}
    cast(cast({{ fen }} as decimal(18, 2)) * cast(0.01 as decimal(3, 2)) as decimal(18, 2))
{%- endmacro %}

{# Fen as text with two decimals, for evidence: 123456 is 1234.56. #}
{% macro yuan_text(fen) -%}
    cast({{ yuan(fen) }} as {{ dbt.type_string() }})
{%- endmacro %}

{# Of what departments recorded and what the household declared, the larger counts, unless the county set one of the two. In a
   quarter that no survey covers nothing was declared, which is not zero: what is recorded counts whatever the county set. #}
{% macro larger_counts(recorded, declared) -%}
    case
        when thresholds.income_comparison = 'recorded' or sides.months = 0 then {{ recorded }}
        when thresholds.income_comparison = 'declared' then {{ declared }}
        else greatest({{ recorded }}, {{ declared }})
    end
{%- endmacro %}

{# Tenths, not below zero, as text with one decimal: 13 is 1.3. #}
{% macro tenths_text(tenths) -%}
    cast({{ whole_quotient(tenths, 10) }} as {{ dbt.type_string() }}) || '.' || cast(({{ tenths }}) % 10 as {{ dbt.type_string() }})
{%- endmacro %}

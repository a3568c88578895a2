{# Households with a reason, in the CTE `reason`, that is newer than the verdict on the number handed out to them: an event after it, or a
   rule that the number did not tell then. #}
{% macro newer_reason() -%}
    select distinct reason.household_no
    from reason
    inner join {{ ref('int_warning_earlier') }} as earlier
        on reason.household_no = earlier.household_no and earlier.newest = 1 and earlier.verdict is not null
    left join {{ source('raw', 'ledger_warning_rule') }} as told
        on earlier.warning_no = told.warning_no and reason.rule_id = told.rule_id
    where reason.happened_on > earlier.verified_on
        or (earlier.is_own and (told.rule_id is null or told.since > greatest(earlier.verified_on, earlier.issued_on)))
{%- endmacro %}

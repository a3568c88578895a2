{{ config(materialized='table') }}
-- One row per accepted row that does not count: an exact repeat of an earlier row (is_repeat), or corrected by a later one.
-- Rules section 8 and the head of the forms.
{% for form in form_keys() -%}
{{ superseded(form) }}
{%- if not loop.last %}
union all
{% endif %}
{%- endfor %}

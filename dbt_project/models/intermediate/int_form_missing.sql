-- One row per rule, or branch of it, and form that its findings rest on and that never came: what no file tells is not 'no'.
-- Rules section 3: missing is not zero.
select needed.rule_id, needed.basis, needed.form, needed.label
from {{ ref('finding_form') }} as needed
where not exists (
    select 1 from {{ ref('int_list_period') }} as lists where lists.form = needed.form
)

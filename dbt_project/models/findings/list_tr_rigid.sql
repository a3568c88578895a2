-- TR-rigid: households from whose assessed income rigid spending was deducted, by cause.
select
    {{ finding(
        rule="'list_tr_rigid'", kind="'list'", document="'TR'", clause="'TR-rigid'", subject="'刚性支出已扣减'",
        basis=branches([
            ('state.rigid_illness_fen > 0', 'illness'), ('state.rigid_disability_fen > 0', 'disability'),
            ('state.rigid_schooling_fen > 0', 'schooling'), ('state.rigid_disaster_fen > 0', 'disaster'),
        ]),
        measured_name="'rigid_spending'", measured_fen='state.rigid_spending_fen', department="'民政'",
        evidence="'扣减刚性支出 ' || " ~ yuan_said('state.rigid_spending_fen') ~ " || '：因病 ' || " ~ yuan_said('state.rigid_illness_fen')
            ~ " || '，因残 ' || " ~ yuan_said('state.rigid_disability_fen') ~ " || '，因学 ' || " ~ yuan_said('state.rigid_schooling_fen')
            ~ " || '，因灾 ' || " ~ yuan_said('state.rigid_disaster_fen')
    ) }}
from {{ adopted_state('TR') }} as state
where state.rigid_spending_fen > 0 and state.income_status <> '待定'

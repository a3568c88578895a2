-- TR-residence: households that live with a residence permit or long in a town, and the standard that applies to them for it.
select
    {{ finding(
        rule="'list_tr_residence'", kind="'list'", document="'TR'", clause="'TR-residence'", basis='state.residence',
        subject="case state.residence when '持居住证' then '居住地申请' else '按城镇居民核算' end",
        measured_name="'assessed_income_per_capita'", measured_fen='state.assessed_income_per_capita_fen', threshold_name='state.dibao_line',
        threshold_fen='state.dibao_fen', threshold_region='state.dibao_region', threshold_reference='state.dibao_document', department="'民政'",
        evidence="'居住情况：' || state.residence || '，适用' || state.dibao_line || coalesce(' ' || " ~ yuan_said('state.dibao_fen')
            ~ ", '（本地没有执行中的标准）')"
    ) }}
from {{ adopted_state('TR') }} as state
where state.residence in ('持居住证', '城镇长期居住')

-- FQ-channels: every warning with the channels that found the household; found twice is one warning with two sources.
select
    {{ finding(
        rule="'list_fq_channels'", kind="'list'", document="'FQ'", clause="'FQ-channels'",
        subject="case when state.channel_count > 1 then '多渠道发现' else '单一渠道发现' end", basis='state.channels',
        measured_name="'channels'", measured='state.channel_count', unit="'个渠道'", department="'乡镇'",
        evidence="'发现渠道：' || state.channels || '；线索：' || state.labels"
    ) }}
from {{ ref('int_warning_source') }} as state
inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FQ'

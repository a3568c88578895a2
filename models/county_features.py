"""The features of a county's households: one line each, the same names as the table int_risk_feature."""

from __future__ import annotations

from models.schema import Feature, FeatureSchema

INCOME = "收入水平"
SOURCE = "收入来源"
MEDICAL = "医疗与刚性支出"
HEALTH = "健康与残疾"
WORK = "务工就业"
FAMILY = "家庭负担"
HISTORY = "脱贫与救助经历"
HOME = "住房饮水"
DISASTER = "灾害"
ASSET = "家庭资产"
CLUE = "线索与走访"

COUNTY_SCHEMA = FeatureSchema(
    (
        Feature("income_ratio", INCOME, "survey", -1, "近12个月人均可支配收入（折合全年）为监测线的{}倍", "times"),
        Feature(
            "income_ratio_mean", INCOME, "survey", -1, "近两年人均可支配收入（折合全年）平均为监测线的{}倍", "times"
        ),
        Feature(
            "income_ratio_min", INCOME, "survey", -1, "近两年人均可支配收入（折合全年）较低一年为监测线的{}倍", "times"
        ),
        Feature("quarter_ratio_min", INCOME, "survey", -1, "最低一季收入折合全年为监测线的{}倍", "times"),
        Feature("assessed_ratio", INCOME, "survey", -1, "低保核算收入为低保标准的{}倍", "times"),
        Feature("income_to_median", INCOME, "survey", -1, "人均可支配收入为全县中位数的{}倍", "times"),
        Feature("months_surveyed", INCOME, "survey", 0, "近12个月有收入调查的月数为{}", watched=False),
        Feature("wage_share", SOURCE, "survey", 0, "工资性收入占总收入{}", "share"),
        Feature("business_share", SOURCE, "survey", 0, "经营净收入占总收入{}", "share"),
        Feature("public_transfer_share", SOURCE, "survey", 0, "政府转移收入占总收入{}", "share"),
        Feature("family_transfer_share", SOURCE, "survey", 0, "赡养抚养收入占总收入{}", "share"),
        Feature("medical_6_ratio", MEDICAL, "medical", 1, "近6个月医疗个人负担为全家监测线的{}倍", "times"),
        Feature("medical_12_ratio", MEDICAL, "medical", 1, "近12个月医疗个人负担为全家监测线的{}倍", "times"),
        Feature("largest_bill_ratio", MEDICAL, "medical", 1, "最大一笔医疗个人负担为全家监测线的{}倍", "times"),
        Feature("admissions_12", MEDICAL, "medical", 1, "近12个月住院{}次"),
        Feature("chronic_visits_12", MEDICAL, "medical", 1, "近12个月特殊门诊{}次"),
        Feature("rigid_share", MEDICAL, "survey", 1, "刚性支出占可支配收入{}", "share"),
        Feature("grave_ill", HEALTH, "registry", 1, "患大病{}人"),
        Feature("chronic_ill", HEALTH, "registry", 1, "长期慢性病{}人"),
        Feature("needing_care", HEALTH, "registry", 1, "不能完全自理{}人"),
        Feature("disabled", HEALTH, "disability", 1, "持证残疾{}人"),
        Feature("severely_disabled", HEALTH, "disability", 1, "一级二级残疾{}人"),
        Feature("work_rate_6", WORK, "work", -1, "近6个月劳动力在岗比例{}", "share"),
        Feature("work_months_12", WORK, "work", -1, "近12个月全家在岗{}人月"),
        Feature("recent_wage_ratio", WORK, "work", -1, "近6个月工资折合全年为全家监测线的{}倍", "times"),
        Feature("lost_job_6", WORK, "work", 1, "近6个月有人失业", "flag"),
        Feature("came_home_6", WORK, "work", 1, "近6个月有人返乡", "flag"),
        Feature("public_job", WORK, "work", 0, "公益性岗位在岗", "flag"),
        Feature("outside_share", WORK, "work", 0, "省外务工占在岗月数{}", "share"),
        Feature("household_size", FAMILY, "registry", 0, "家庭人口{}人"),
        Feature("full_labour", FAMILY, "registry", -1, "普通或技能劳动力{}人"),
        Feature("dependent_share", FAMILY, "registry", 1, "无劳动力成员占{}", "share"),
        Feature("students", FAMILY, "school", 0, "在校生{}人"),
        Feature("older_students", FAMILY, "school", 1, "高中及以上在校生{}人"),
        Feature("fees_ratio", FAMILY, "school", 1, "近12个月学费扣除资助为全家监测线的{}倍", "times"),
        Feature("dropout", FAMILY, "school", 1, "有成员辍学", "flag"),
        Feature("deaths_12", FAMILY, "population", 1, "近12个月成员死亡{}人"),
        Feature("divorces_12", FAMILY, "population", 1, "近12个月离婚{}人"),
        Feature("births_12", FAMILY, "population", 1, "近12个月新生儿{}人"),
        Feature("registered_poor", HISTORY, "registry", 1, "建档立卡户", "flag"),
        Feature("years_since_lifted", HISTORY, "registry", 0, "脱贫{}年", "times", watched=False),
        Feature("past_episodes", HISTORY, "registry", 1, "曾被认定为监测对象{}次", watched=False),
        Feature("township_rate", HISTORY, "registry", 1, "所在乡镇近两年认定比例{}", "share", watched=False),
        Feature("on_dibao", HISTORY, "civil", 0, "享受低保", "flag"),
        Feature("emergency_aid_12", HISTORY, "civil", 1, "近12个月临时救助{}次"),
        Feature("home_unsafe", HOME, "housing", 1, "住房鉴定为C级或D级", "flag"),
        Feature("water_unsafe", HOME, "water", 1, "饮水不安全", "flag"),
        Feature("loss_ratio", DISASTER, "disaster", 1, "近12个月灾害净损失为全家监测线的{}倍", "times", watched=False),
        Feature("village_hit_share", DISASTER, "disaster", 1, "近90天本村受灾户占{}", "share", watched=False),
        Feature("deposits_ratio", ASSET, "finance", -1, "存款和理财为全家监测线的{}倍", "times"),
        Feature("has_car_or_firm", ASSET, "property", -1, "有小汽车或企业", "flag"),
        Feature("reports_90", CLUE, "hotline", 1, "近90天群众反映{}次"),
        Feature("visit_no_12", CLUE, "visit", 1, "近12个月走访发现保障问题", "flag"),
        Feature("months_since_visit", CLUE, "visit", 0, "距上次走访{}个月", "times", watched=False),
    )
)

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="收入结构")


@app.cell
def _():
    import tempfile
    from pathlib import Path

    import altair as alt
    import chart_style
    import marimo as mo

    from pipelines.settings import Settings
    from pipelines.warehouse.connect import open_published

    settings = Settings.from_environment()
    home = settings.home or Path("county")
    # 打开的是现在发布的一夜：只读、不加锁，夜间发布新数据不影响本页，本页也不影响夜间任务。
    warehouse = open_published(home / "published", settings, Path(tempfile.gettempdir()) / "shouwang-notebook")
    return alt, chart_style, mo, warehouse


@app.cell
def _(mo, warehouse):
    run = mo.sql("SELECT county_name, as_of, known_on, documents FROM ops_run", engine=warehouse, output=False)
    mo.md(
        f"""
        # 收入结构

        {run["county_name"][0]}，基准日 {run["as_of"][0]}，采用 {run["known_on"][0]} 及以前收到的文件，执行文件 {run["documents"][0]}。

        口径为国家统计局的可支配收入：工资性收入、经营净收入、财产净收入、转移净收入四项之和；人均为全户除以共同生活人口。
        收入待定的户（计算期内没有入户调查）不参加平均，单列户数。
        """
    )
    return


@app.cell
def _(mo, warehouse):
    by_township = mo.sql(
        """
        SELECT
            homes.township AS 乡镇,
            count(*) AS 户数,
            sum(incomes.members)::INTEGER AS 人数,
            count(*) FILTER (incomes.income_status = '待定') AS 待定户,
            round(sum(wage_income_yuan) FILTER (income_status <> '待定') / sum(incomes.members) FILTER (income_status <> '待定'), 2) AS 工资性收入,
            round(sum(net_business_income_yuan) FILTER (income_status <> '待定') / sum(incomes.members) FILTER (income_status <> '待定'), 2) AS 经营净收入,
            round(sum(net_property_income_yuan) FILTER (income_status <> '待定') / sum(incomes.members) FILTER (income_status <> '待定'), 2) AS 财产净收入,
            round(sum(net_transfer_income_yuan) FILTER (income_status <> '待定') / sum(incomes.members) FILTER (income_status <> '待定'), 2) AS 转移净收入,
            round(sum(disposable_income_yuan) FILTER (income_status <> '待定') / sum(incomes.members) FILTER (income_status <> '待定'), 2) AS 可支配收入
        FROM fct_household_income AS incomes
        JOIN dim_household AS homes USING (household_no)
        GROUP BY homes.township
        ORDER BY homes.township
        """,
        engine=warehouse,
    )
    return (by_township,)


@app.cell
def _(alt, by_township, chart_style, mo):
    PARTS = ["工资性收入", "经营净收入", "财产净收入", "转移净收入"]
    structure = (
        alt.Chart(by_township.unpivot(PARTS, index="乡镇", variable_name="项目", value_name="人均（元/年）"))
        .mark_bar()
        .encode(
            x=alt.X("sum(人均（元/年）):Q", title="人均，元/年"),
            y=alt.Y("乡镇:N", title=None),
            color=alt.Color("项目:N", sort=PARTS, title=None, scale=alt.Scale(domain=PARTS, range=chart_style.COLOURS)),
            tooltip=["乡镇:N", "项目:N", alt.Tooltip("人均（元/年）:Q", format=",.2f")],
        )
        .properties(title="各乡镇人均收入由哪几项构成", height=alt.Step(28))
    )
    mo.ui.altair_chart(structure)
    return


@app.cell
def _(mo, warehouse):
    spread = mo.sql(
        """
        SELECT
            greatest(least(floor(disposable_income_per_capita_yuan / 1000), 80), -5)::INTEGER AS 千元档,
            CASE WHEN homes.is_lifted THEN '脱贫户' WHEN homes.is_registered_poor THEN '未脱贫户' ELSE '一般户' END AS 户类,
            count(*) AS 户数
        FROM fct_household_income
        JOIN dim_household AS homes USING (household_no)
        WHERE income_status <> '待定'
        GROUP BY ALL
        ORDER BY ALL
        """,
        engine=warehouse,
        output=False,
    )
    lines = mo.sql(
        """
        SELECT watch_line AS 标准, watch_line_yuan_per_year AS 元每年, count(*) AS 户数
        FROM fct_household_income GROUP BY ALL ORDER BY 户数 DESC
        """,
        engine=warehouse,
    )
    return lines, spread


@app.cell
def _(alt, lines, mo, spread):
    bars = (
        alt.Chart(spread)
        .mark_bar()
        .encode(
            x=alt.X("千元档:Q", title="人均可支配收入，千元/年（8 万以上并为一档）", bin=alt.Bin(step=1)),
            y=alt.Y("sum(户数):Q", title="户数"),
            color=alt.Color("户类:N", title=None),
        )
        .properties(title="人均可支配收入分布，红线为监测标准")
    )
    watch = (
        alt.Chart(lines.with_columns(千元=lines["元每年"].cast(float) / 1000))
        .mark_rule(color="#b5544d")
        .encode(x="千元:Q")
    )
    mo.ui.altair_chart(bars + watch, chart_selection=False)
    return


@app.cell
def _(mo):
    mo.md("""
    ## 金额以哪一方为准

    部门记录与入户申报按季比较，取大的一方计入。申报比重高的项目，靠调查质量；记录比重高的项目，靠部门报送及时。
    """)
    return


@app.cell
def _(mo, warehouse):
    sides = mo.sql(
        """
        SELECT
            CASE item WHEN 'wage' THEN '工资' WHEN 'transfer_public' THEN '公共转移' END AS 项目,
            CASE WHEN declared_yuan = recorded_yuan THEN '两者相同' WHEN counted_side = 'recorded' THEN '部门记录' ELSE '入户申报' END AS 计入的一方,
            count(*) AS 户季数,
            sum(counted_yuan) AS 金额
        FROM fct_income_quarter
        WHERE item IN ('wage', 'transfer_public')
        GROUP BY ALL
        ORDER BY ALL
        """,
        engine=warehouse,
    )
    return


@app.cell
def _(mo, warehouse):
    months = mo.sql(
        """
        SELECT
            month AS 月份,
            sum(wage_recorded_yuan) AS 工资记录,
            sum(pension_recorded_yuan) AS 养老金记录,
            sum(subsidy_recorded_yuan) AS 补贴发放记录,
            count(*) FILTER (is_surveyed) AS 有入户调查的户
        FROM fct_household_income_month
        GROUP BY month
        ORDER BY month
        """,
        engine=warehouse,
    )
    return (months,)


@app.cell
def _(alt, mo, months):
    trend = (
        alt.Chart(
            months.unpivot(
                ["工资记录", "养老金记录", "补贴发放记录"], index="月份", variable_name="项目", value_name="元"
            )
        )
        .mark_line(point=True)
        .encode(
            x=alt.X("月份:T", title=None, axis=alt.Axis(format="%Y-%m")),
            y=alt.Y("元:Q", title="全县合计，元"),
            color=alt.Color("项目:N", title=None),
        )
        .properties(title="计算期各月的部门记录：突然变低的月份，先看是不是有文件没有报")
    )
    mo.ui.altair_chart(trend)
    return


if __name__ == "__main__":
    app.run()

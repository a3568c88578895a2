import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="谁在标准线附近")


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
def _(mo):
    band = mo.ui.slider(5, 50, step=5, value=20, label="离监测标准多近（%）", show_value=True)
    mo.vstack(
        [
            mo.md(
                """
                # 谁在标准线附近

                监测标准是预警和退出所比的线（防返贫监测线；没有时按所执行文件的收入标准）。
                线以下的户已有预警；线以上不远的户，收入再少一点就会落到线下，值得先走访。
                """
            ),
            band,
        ]
    )
    return (band,)


@app.cell
def _(mo, warehouse):
    around = mo.sql(
        """
        SELECT
            incomes.household_no AS 户编号,
            homes.township AS 乡镇,
            homes.village AS 村,
            incomes.members AS 人口,
            incomes.income_status AS 收入资料,
            incomes.disposable_income_per_capita_yuan AS 人均可支配收入,
            incomes.watch_line_yuan_per_year AS 监测标准,
            incomes.disposable_income_per_capita_yuan - incomes.watch_line_yuan_per_year AS 距离,
            (incomes.watch_line_yuan_per_year - incomes.disposable_income_per_capita_yuan) * incomes.members AS 全户每年差额,
            incomes.main_cause AS 主要原因,
            homes.is_monitored AS 监测对象,
            warnings.warning_no AS 预警编号
        FROM fct_household_income AS incomes
        JOIN dim_household AS homes USING (household_no)
        LEFT JOIN fct_warning AS warnings USING (household_no)
        WHERE incomes.income_status <> '待定'
            AND abs(incomes.disposable_income_per_capita_yuan - incomes.watch_line_yuan_per_year)
                <= incomes.watch_line_yuan_per_year / 2
        ORDER BY 距离
        """,
        engine=warehouse,
        output=False,
    )
    return (around,)


@app.cell
def _(around, band, mo):
    near = around.filter(around["距离"].abs() * 100 <= around["监测标准"] * band.value)
    mo.ui.table(near, selection=None, label=f"{near.height} 户")
    return (near,)


@app.cell
def _(alt, band, chart_style, mo, near):
    sided = near.with_columns(近旁=(near["距离"] < 0).replace_strict({True: "线下", False: "线上"}))
    counts = sided.group_by("乡镇", "近旁").len("户数").sort("乡镇", "近旁")
    chart = (
        alt.Chart(counts)
        .mark_bar()
        .encode(
            x=alt.X("户数:Q", title="户数"),
            y=alt.Y("乡镇:N", title=None),
            color=alt.Color(
                "近旁:N",
                title=None,
                scale=alt.Scale(domain=["线下", "线上"], range=[chart_style.COLOURS[3], chart_style.COLOURS[0]]),
            ),
            tooltip=["乡镇:N", "近旁:N", "户数:Q"],
        )
        .properties(title=f"人均可支配收入在监测标准上下 {band.value}% 以内的户", height=alt.Step(28))
    )
    mo.ui.altair_chart(chart)
    return


@app.cell
def _(mo):
    mo.md("""
    ## 离每条标准线有多远

    低保标准比的是核算收入，其余各线比的是可支配收入，两种口径不可混用。
    """)
    return


@app.cell
def _(mo, warehouse):
    lines = mo.sql(
        """
        SELECT
            line AS 标准,
            concept AS 口径,
            document AS 文号,
            line_yuan_per_year AS 标准金额,
            count(*) FILTER (distance_yuan < 0) AS 线下户,
            count(*) FILTER (distance_yuan >= 0) AS 线上户,
            count(*) FILTER (distance_yuan IS NULL) AS 待定户,
            sum(-distance_yuan * incomes.members) FILTER (distance_yuan < 0) AS 全部补到线每年需要
        FROM fct_household_line
        JOIN fct_household_income AS incomes USING (household_no)
        WHERE line NOT LIKE '%@%'
        GROUP BY ALL
        ORDER BY 标准金额
        """,
        engine=warehouse,
    )
    return


@app.cell
def _(mo, warehouse):
    steps = mo.sql(
        """
        WITH step AS (SELECT unnest(range(-30, 31, 2)) AS 线变动)
        SELECT
            step.线变动,
            count(*) FILTER (incomes.disposable_income_per_capita_yuan < incomes.watch_line_yuan_per_year * (100 + 线变动) / 100) AS 线下户,
            coalesce(sum(incomes.members) FILTER (incomes.disposable_income_per_capita_yuan < incomes.watch_line_yuan_per_year * (100 + 线变动) / 100), 0)::INTEGER AS 线下人
        FROM step
        CROSS JOIN fct_household_income AS incomes
        WHERE incomes.income_status <> '待定'
        GROUP BY step.线变动
        ORDER BY step.线变动
        """,
        engine=warehouse,
        output=False,
    )
    return (steps,)


@app.cell
def _(alt, mo, steps):
    curve = (
        alt.Chart(steps)
        .mark_line(point=True)
        .encode(
            x=alt.X("线变动:Q", title="监测标准提高或降低（%）"),
            y=alt.Y("线下人:Q", title="线下人数"),
            tooltip=["线变动:Q", "线下户:Q", "线下人:Q"],
        )
        .properties(title="标准线每动一点，线下有多少人")
    )
    mo.vstack(
        [
            mo.ui.altair_chart(curve),
            mo.md("这里只动一条线、只看收入。要看各类认定谁进谁出，用 `shouwang what-if`，它按全部规则重新计算一夜。"),
        ]
    )
    return


if __name__ == "__main__":
    app.run()

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="去年的预警准不准")


@app.cell
def _():
    import tempfile
    from datetime import date
    from pathlib import Path

    import altair as alt
    import chart_style
    import marimo as mo

    from pipelines.settings import Settings
    from pipelines.warehouse.connect import attach, memory_connection, open_published

    settings = Settings.from_environment()
    home = settings.home or Path("county")
    spill = Path(tempfile.gettempdir()) / "shouwang-notebook"
    # 打开的是现在发布的一夜：只读、不加锁，夜间发布新数据不影响本页，本页也不影响夜间任务。
    warehouse = open_published(home / "published", settings, spill)
    return alt, attach, chart_style, date, home, memory_connection, mo, settings, spill, warehouse


@app.cell
def _(mo):
    mo.md("""
    # 去年的预警准不准

    三个问题：乡镇核实下来属实的有多少；一年前预警过的户，后来真的进了监测或收入仍在线下的有多少；
    现在需要帮扶的户，一年前有多少没有预警（漏报）。第二、三问要用一年前保留下来的一夜，没有时只答第一问。
    """)
    return


@app.cell
def _(mo, warehouse):
    precision = mo.sql(
        """
        SELECT label AS 规则, handed_out AS 已下发, verified AS 已核实, found_true AS 属实, precision_percent AS 准确率
        FROM rpt_rule_precision
        ORDER BY handed_out DESC, label
        """,
        engine=warehouse,
    )
    return (precision,)


@app.cell
def _(mo, warehouse):
    verdicts = mo.sql(
        """
        SELECT township AS 乡镇, coalesce(verdict, '尚未核实') AS 核实结果, count(*) AS 户数,
            count(*) FILTER (verified_on > due_on) AS 其中超期核实
        FROM fct_warning
        GROUP BY ALL
        ORDER BY 乡镇, 核实结果
        """,
        engine=warehouse,
    )
    return


@app.cell
def _(date, home, warehouse):
    ((today,),) = warehouse.execute("SELECT as_of FROM ops_run").fetchall()
    kept = {
        date.fromisoformat(folder.name[:10]): folder
        for folder in sorted((home / "published").glob("20??-??-??-*"))
        if date.fromisoformat(folder.name[:10]) < today
    }
    # 离一年前最近的一夜；至少要隔开三个月，否则还看不出结果。
    days = [day for day in kept if (today - day).days >= 90]
    earlier = kept[min(days, key=lambda day: abs((today - day).days - 365))] if days else None
    return earlier, today


@app.cell
def _(attach, earlier, memory_connection, settings, spill, warehouse):
    if earlier is None:
        warned_then = warehouse.sql(
            "SELECT household_no, rule_id, label, severity FROM fct_warning_reason LIMIT 0"
        ).pl()
    else:
        past = memory_connection(settings, spill)
        attach(past, earlier / "warehouse.duckdb", "past")
        warned_then = past.sql("SELECT household_no, rule_id, label, severity FROM past.fct_warning_reason").pl()
        past.close()
    warehouse.register("warned_then", warned_then)
    return (warned_then,)


@app.cell
def _(earlier, mo, today):
    mo.md(
        f"## 一年前预警过的户，后来怎样\n\n比较 {earlier.name[:10]} 与 {today} 两夜。"
        if earlier
        else "## 一年前预警过的户，后来怎样\n\n还没有保留三个月以前的一夜；以后每个月末的夜间任务会留下一夜，届时这里会有结果。"
    )
    return


@app.cell
def _(mo, warehouse, warned_then):
    came_true = mo.sql(
        """
        SELECT
            warned.label AS 规则,
            count(*) AS 当时预警户,
            count(homes.household_no) AS 现仍在册,
            count(*) FILTER (homes.is_monitored) AS 已是监测对象,
            count(*) FILTER (incomes.income_status <> '待定'
                AND incomes.disposable_income_per_capita_yuan < incomes.watch_line_yuan_per_year) AS 收入在线下,
            round(100.0 * count(*) FILTER (homes.is_monitored OR (incomes.income_status <> '待定'
                AND incomes.disposable_income_per_capita_yuan < incomes.watch_line_yuan_per_year)) / count(*), 1) AS 应验率
        FROM warned_then AS warned
        LEFT JOIN dim_household AS homes USING (household_no)
        LEFT JOIN fct_household_income AS incomes USING (household_no)
        GROUP BY warned.label
        ORDER BY 应验率 DESC
        """,
        engine=warehouse,
    )
    return (came_true,)


@app.cell
def _(mo, warehouse, warned_then):
    missed = mo.sql(
        """
        SELECT
            homes.township AS 乡镇,
            count(*) AS 现需关注户,
            count(*) FILTER (homes.household_no IN (SELECT household_no FROM warned_then)) AS 一年前已预警,
            count(*) FILTER (homes.household_no NOT IN (SELECT household_no FROM warned_then)) AS 一年前未预警
        FROM dim_household AS homes
        JOIN fct_household_income AS incomes USING (household_no)
        WHERE homes.is_monitored OR (incomes.income_status <> '待定'
            AND incomes.disposable_income_per_capita_yuan < incomes.watch_line_yuan_per_year)
        GROUP BY homes.township
        ORDER BY homes.township
        """,
        engine=warehouse,
    )
    return


@app.cell
def _(alt, came_true, chart_style, mo):
    chart = (
        alt.Chart(came_true)
        .mark_bar(color=chart_style.COLOURS[0])
        .encode(x=alt.X("应验率:Q", title="应验率（%）"), y=alt.Y("规则:N", title=None, sort="-x"))
        .properties(title="一年前的预警，现在应验的比例", height=alt.Step(24))
    )
    mo.ui.altair_chart(chart)
    return


if __name__ == "__main__":
    app.run()

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="换一条标准线会怎样")


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
    mo.md("""
    # 换一条标准线会怎样

    选一条标准线，拖动滑块，看收入在新线以下的有多少户、谁进谁出、补到线每年差多少钱。
    这里只比较收入与一条线；各类认定还看别的条件，要按全部规则重算，用 `shouwang what-if --line 标准=金额`。
    """)
    return


@app.cell
def _(mo, warehouse):
    lines = mo.sql(
        """
        SELECT
            lines.line AS 标准,
            lines.concept AS 口径,
            lines.line_yuan_per_year AS 现行标准,
            lines.household_no AS 户编号,
            homes.township AS 乡镇,
            homes.village AS 村,
            incomes.members AS 人口,
            lines.figure_yuan AS 人均收入,
            homes.is_monitored AS 监测对象
        FROM fct_household_line AS lines
        JOIN dim_household AS homes USING (household_no)
        JOIN fct_household_income AS incomes USING (household_no)
        WHERE lines.distance_yuan IS NOT NULL AND lines.line NOT LIKE '%@%'
        ORDER BY lines.line, lines.figure_yuan
        """,
        engine=warehouse,
        output=False,
    )
    return (lines,)


@app.cell
def _(lines, mo):
    names = lines["标准"].unique(maintain_order=True).to_list()
    usual = next((name for name in ("防返贫监测线", "省定贫困线", "农村低保标准") if name in names), names[0])
    line = mo.ui.dropdown(names, value=usual, label="标准线")
    change = mo.ui.slider(-50, 50, step=1, value=10, label="提高或降低（%）", show_value=True)
    mo.hstack([line, change], justify="start")
    return change, line


@app.cell
def _(change, line, lines, pl):
    chosen = lines.filter(lines["标准"] == line.value).with_columns(
        新标准=(pl.col("现行标准") * (100 + change.value) / 100).round(2)
    )
    judged = chosen.with_columns(
        原来在线下=pl.col("人均收入") < pl.col("现行标准"),
        现在在线下=pl.col("人均收入") < pl.col("新标准"),
    )
    return (judged,)


@app.cell
def _():
    import polars as pl

    return (pl,)


@app.cell
def _(judged, mo, pl):
    townships = (
        judged.group_by("乡镇")
        .agg(
            现行线下户=pl.col("原来在线下").sum(),
            新线下户=pl.col("现在在线下").sum(),
            新线下人=pl.col("人口").filter(pl.col("现在在线下")).sum(),
            进=(pl.col("现在在线下") & ~pl.col("原来在线下")).sum(),
            出=(~pl.col("现在在线下") & pl.col("原来在线下")).sum(),
            每年差额=((pl.col("新标准") - pl.col("人均收入")) * pl.col("人口")).filter(pl.col("现在在线下")).sum(),
        )
        .sort("乡镇")
    )
    mo.ui.table(townships, selection=None, label="各乡镇")
    return (townships,)


@app.cell
def _(judged, mo):
    moved = judged.filter(judged["原来在线下"] != judged["现在在线下"])
    mo.ui.table(moved, selection=None, label=f"进出共 {moved.height} 户")
    return


@app.cell
def _(alt, chart_style, mo, townships):
    chart = (
        alt.Chart(townships)
        .transform_fold(["现行线下户", "新线下户"], as_=["线", "户数"])
        .mark_bar()
        .encode(
            x=alt.X("户数:Q", title="户数", stack=None),
            y=alt.Y("乡镇:N", title=None),
            yOffset="线:N",
            color=alt.Color(
                "线:N", title=None, scale=alt.Scale(range=[chart_style.COLOURS[0], chart_style.COLOURS[2]])
            ),
        )
        .properties(title="现行标准和新标准下的线下户", height=alt.Step(18))
    )
    mo.ui.altair_chart(chart)
    return


if __name__ == "__main__":
    app.run()

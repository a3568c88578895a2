import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="看病花费压垮了谁")


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
    # 看病花费把哪些户压到线下

    个人负担是医保结算明细中各项报销之后由家庭自付的钱；刚性支出按部门记录和入户申报按季取大。
    """)
    return


@app.cell
def _(mo, warehouse):
    pushed = mo.sql(
        """
        SELECT
            homes.township AS 乡镇,
            count(*) FILTER (medical_borne_yuan > 0) AS 有个人负担户,
            sum(medical_borne_yuan) AS 个人负担合计,
            max(medical_borne_yuan) AS 最高一户,
            count(*) FILTER (disposable_income_per_capita_yuan >= watch_line_yuan_per_year
                AND disposable_income_yuan - rigid_illness_yuan < watch_line_yuan_per_year * incomes.members) AS 扣除看病支出后落到线下户,
            count(*) FILTER (disposable_income_per_capita_yuan < watch_line_yuan_per_year) AS 本已在线下户
        FROM fct_household_income AS incomes
        JOIN dim_household AS homes USING (household_no)
        WHERE income_status <> '待定'
        GROUP BY homes.township
        ORDER BY homes.township
        """,
        engine=warehouse,
    )
    return


@app.cell
def _(mo, warehouse):
    households = mo.sql(
        """
        SELECT
            household_no AS 户编号,
            homes.township AS 乡镇,
            incomes.members AS 人口,
            medical_borne_yuan AS 个人负担,
            disposable_income_yuan AS 可支配收入,
            CASE WHEN disposable_income_yuan > 0 THEN round(medical_borne_yuan * 100 / disposable_income_yuan, 1) END AS 占收入百分比,
            disposable_income_per_capita_yuan AS 人均可支配收入,
            watch_line_yuan_per_year AS 监测标准,
            CASE WHEN homes.is_monitored THEN '是' ELSE '否' END AS 监测对象
        FROM fct_household_income AS incomes
        JOIN dim_household AS homes USING (household_no)
        WHERE medical_borne_yuan > 0 AND income_status <> '待定'
        ORDER BY medical_borne_yuan DESC
        LIMIT 200
        """,
        engine=warehouse,
    )
    return (households,)


@app.cell
def _(alt, households, mo):
    points = (
        alt.Chart(households)
        .mark_circle(size=70, opacity=0.7)
        .encode(
            x=alt.X("人均可支配收入:Q", title="人均可支配收入，元/年"),
            y=alt.Y("个人负担:Q", title="计算期内个人负担，元"),
            color=alt.Color("监测对象:N", title="监测对象"),
            tooltip=["户编号:N", "乡镇:N", "人口:Q", "个人负担:Q", "人均可支配收入:Q"],
        )
        .properties(title="左上角的户：收入低而看病花费高")
    )
    mo.ui.altair_chart(points)
    return


@app.cell
def _(mo, warehouse):
    rows = mo.sql(
        """
        SELECT household_no AS 户编号, month AS 月份, detail AS 就诊类型, amount_yuan AS 个人负担, source_file AS 文件, source_row AS 行
        FROM fct_income_source
        WHERE component = 'medical'
        ORDER BY amount_yuan DESC
        LIMIT 100
        """,
        engine=warehouse,
    )
    return


if __name__ == "__main__":
    app.run()

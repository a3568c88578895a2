import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="应享未享")


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
    # 应享未享

    条件已经符合、却没有在名册或台账中看到落实的政策，逐条列出条款、事实和责任部门；并列出应得金额和办理期限。
    """)
    return


@app.cell
def _(mo, warehouse):
    gaps = mo.sql(
        """
        SELECT
            CASE kind WHEN 'gap' THEN '缺口' WHEN 'entitlement' THEN '应得' END AS 种类,
            document AS 文件, clause AS 条款, subject AS 事项, coalesce(department, '未定') AS 责任部门,
            count(DISTINCT household_no) AS 户数,
            count(*) AS 条数,
            coalesce(sum(amount_due_yuan), 0) AS 应得金额
        FROM fct_finding
        WHERE kind IN ('gap', 'entitlement')
        GROUP BY ALL
        ORDER BY 户数 DESC, 条款
        """,
        engine=warehouse,
    )
    return (gaps,)


@app.cell
def _(alt, gaps, mo):
    bars = (
        alt.Chart(gaps)
        .mark_bar()
        .encode(
            x=alt.X("户数:Q", title="户数"),
            y=alt.Y("事项:N", title=None, sort="-x"),
            color=alt.Color("责任部门:N", title="责任部门"),
            tooltip=["条款:N", "事项:N", "责任部门:N", "户数:Q", "应得金额:Q"],
        )
        .properties(title="各项政策还有多少户没有落实", height=alt.Step(24))
    )
    mo.ui.altair_chart(bars)
    return


@app.cell
def _(mo, warehouse):
    households = mo.sql(
        """
        SELECT
            findings.household_no AS 户编号,
            homes.township AS 乡镇,
            homes.village AS 村,
            findings.clause AS 条款,
            findings.subject AS 事项,
            findings.evidence AS 事实,
            findings.amount_due_yuan AS 应得金额,
            findings.due_on AS 期限,
            findings.department AS 责任部门
        FROM fct_finding AS findings
        JOIN dim_household AS homes USING (household_no)
        WHERE findings.kind IN ('gap', 'entitlement')
        ORDER BY homes.township, homes.village, findings.household_no, findings.clause
        """,
        engine=warehouse,
    )
    return


@app.cell
def _(mo, warehouse):
    dibao = mo.sql(
        """
        SELECT
            homes.township AS 乡镇,
            count(*) FILTER (homes.dibao_result = 'pass' AND NOT homes.is_on_dibao AND NOT homes.is_on_tekun) AS 符合低保条件未享受,
            count(*) FILTER (homes.is_on_dibao AND homes.dibao_result = 'fail') AS 享受低保但已不符合,
            count(*) FILTER (homes.is_on_dibao) AS 享受低保户
        FROM dim_household AS homes
        GROUP BY homes.township
        ORDER BY homes.township
        """,
        engine=warehouse,
    )
    return


if __name__ == "__main__":
    app.run()

"""The performance targets of the projects: what is to be reached, and what was last year."""

from __future__ import annotations

from eval.synthetic.budget import Budget
from eval.synthetic.page import Page, Row, money

_HEADER = (
    *("一级指标", "二级指标", "三级指标"),
    *("指标值", "指标值设置依据", "上年完成值", "指标分值权重"),
)


def write_targets(page: Page, b: Budget, last: Budget) -> None:
    """Add a form for each project; `last` is the budget of the year before."""
    for project, before in zip(b.projects, last.projects, strict=True):
        name, topic, basis = project.name, project.topic, "计划标准"
        whole, reached = money(project.amount), f"{before.target}{project.measure}"
        output = ("产出指标", "数量指标", project.indicator, f">={project.target}{project.measure}")
        quality = ("", "质量指标", f"{topic}验收合格率", f">={project.quality}%", basis, f"{before.quality}%")
        cost = ("成本指标", "经济成本指标", f"{topic}总成本", f"<={whole}万元")
        rows = [
            Row(("预算单位", b.office.entity)),
            Row(("项目名称", name)),
            Row(("项目资金(万元)", "年度预算总额", whole, "其中：财政拨款", whole, "其他资金", "0.00")),
            Row(("项目总体目标", f"{'、'.join(project.uses)}，服务{b.office.place}群众。")),
            Row(_HEADER),
            Row((*output, basis, reached, "40"), {3: f"指标/{name}", 5: f"上年指标/{name}"}),
            Row((*quality, "30")),
            Row((*cost, basis, f"{money(before.amount)}万元", "20")),
            Row(("满意度指标", "满意度指标", "服务对象满意度", ">=90%", basis, "-", "10")),
        ]
        page.grid("项目支出绩效目标表", f"（{b.year}年）", rows)

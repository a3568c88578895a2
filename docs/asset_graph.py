#!/usr/bin/env python
"""Draw docs/asset_graph.svg from the project's own Dagster definitions: groups of assets, and who feeds whom.

Run by hand after assets changed: `.venv/bin/python docs/asset_graph.py` (needs graphviz's `dot`).
"""

import shutil
import subprocess
from collections import Counter, defaultdict
from pathlib import Path

from pipelines.definitions import defs

LABELS = {
    "intake": "收件，每种报表按月分区",
    "raw": "原始行",
    "policy": "政策数据",
    "staging": "去重更正",
    "intermediate": "成员、收入、标准线",
    "findings": "规则与发现",
    "marts": "发布的表",
    "risk": "风险评分",
    "papers": "清单、报表、公示、档案",
    "published": "发布",
}


FONT = "Noto Sans CJK SC,Microsoft YaHei,PingFang SC,sans-serif"


def main() -> None:
    """Write the picture."""
    graph = defs().resolve_asset_graph()
    group_of = {
        node.key: node.group_name or "default"
        for node in graph.asset_nodes
        if node.is_materializable or node.is_external
    }
    members: dict[str, list[str]] = defaultdict(list)
    for key, group in group_of.items():
        members[group].append(key.path[-1])
    edges: Counter[tuple[str, str]] = Counter()
    for node in graph.asset_nodes:
        for parent in node.parent_keys:
            pair = (group_of.get(parent, ""), group_of.get(node.key, ""))
            if pair[0] and pair[1] and pair[0] != pair[1]:
                edges[pair] += 1
    lines = [
        "digraph assets {",
        'rankdir=LR; bgcolor="white"; nodesep=0.3; ranksep=0.45;',
        f'node [shape=box style="rounded,filled" fillcolor="#eef4f7" color="#2f6f8f" fontname="{FONT}" fontsize=11 margin="0.16,0.09"];',
        f'edge [color="#7f9aa8" fontname="{FONT}" fontsize=9 fontcolor="#666666"];',
    ]
    for group, names in sorted(members.items()):
        few = "\\n".join(sorted(names)) if len(names) <= 4 else f"{len(names)} 个资产"
        title = LABELS.get(group, "")
        lines.append(f'"{group}" [label="{group}\\n{title}\\n{few}"];')
    lines += [f'"{parent}" -> "{child}" [label="{count}"];' for (parent, child), count in sorted(edges.items())]
    source = "\n".join([*lines, "}"])
    target = Path(__file__).with_name("asset_graph.svg")
    subprocess.run([shutil.which("dot") or "dot", "-Tsvg", "-o", str(target)], input=source.encode(), check=True)


if __name__ == "__main__":
    main()

"""`make audit`: known holes in the locked packages, as pip-audit finds them, and a loud word wherever it has not looked.

pip-audit itself ends with "no known vulnerabilities" when the advisory service knows none of the packages, and in a
traceback when it cannot be reached: neither may pass for a clean bill.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

from pipelines.settings import PROJECT

LOCK = PROJECT / "requirements.lock"
_OPTIONS = ("--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off")
_ADVICE = "请在能访问漏洞库的机器上 pip install pip-audit 后再运行 make audit"


def audit_dependencies() -> tuple[int, list[str]]:
    """Exit status and lines (Chinese): 0 when every package was looked up and none has a known hole, else 1."""
    program = shutil.which("pip-audit")
    if program is None:
        return 1, [_loud("没有核对依赖的已知漏洞：本机没有 pip-audit")]
    done = subprocess.run([program, "--requirement", str(LOCK), *_OPTIONS], capture_output=True, text=True, check=False)
    try:
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        why = (done.stderr.strip().splitlines() or ["没有任何输出"])[-1][:200]
        return 1, [
            _loud(f"没有核对依赖的已知漏洞：漏洞库连不上，或 pip-audit 没有正常结束（退出码 {done.returncode}）"),
            f"pip-audit 的末行：{why}",
        ]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    looked_up = len(packages) - len(skipped)
    lines = [
        f"{package['name']} {package['version']}：{hole['id']}，修正于 {'、'.join(hole['fix_versions']) or '尚无修正版本'}"
        for package in packages
        for hole in package.get("vulns", ())
    ]
    told = f"核对了 {looked_up} 个锁定的包，已知漏洞 {len(lines)} 个。"
    if skipped or not packages:
        named = "、".join(skipped[:10]) + ("等" if len(skipped) > 10 else "")
        loud = f"{len(skipped)} 个包没有核对（漏洞库没有答复）：{named}" if packages else "锁定的包一个也没有核对"
        return 1, [*lines, told, _loud(loud)]
    return int(bool(lines)), [*lines, told]


def _loud(told: str) -> str:
    return f"!!! {told}。{_ADVICE} !!!"


if __name__ == "__main__":
    status, report = audit_dependencies()
    print("\n".join(report), file=sys.stderr if status else sys.stdout)
    sys.exit(status)

"""A Chinese font among those that this machine has; the product brings none."""

from __future__ import annotations

import typst

from pipelines.errors import MistakeError

# In order of liking: free fonts first, then what Windows, macOS and domestic systems bring.
_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Heiti SC",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "SimSun",
    "Songti SC",
    "FangSong",
    "KaiTi",
)


def chinese_family() -> str:
    """The name of a Chinese font family that is installed.

    Raises MistakeError, saying what to install, when there is none.
    """
    installed = set(typst.Fonts(include_system_fonts=True, include_embedded_fonts=False).families())
    for family in _FAMILIES:
        if family in installed:
            return family
    raise MistakeError(
        "这台机器上没有中文字体，不能制作 PDF。请安装思源黑体：Debian、Ubuntu 或统信、麒麟系统用 apt install fonts-noto-cjk，"
        "openEuler 用 dnf install google-noto-sans-cjk-fonts；Windows 自带微软雅黑，如仍看到这句话请重装该字体。"
    )

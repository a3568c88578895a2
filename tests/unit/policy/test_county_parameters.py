"""The county's own policy values: how its file is read, and what is refused of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.county import County
from pipelines.county_parameters import read_county_parameters
from pipelines.errors import MistakeError


def regions(home: Path, *codes: str) -> list[str]:
    """The regions that rows of these codes are for."""
    (home / "county.yml").write_text("name: 甲县\nregion: '350181'\ndocuments: [FQ]\n", encoding="utf-8")
    (home / "policy").mkdir()
    rows = [f"{code},warning,fall_share,0.2,share,2020-01-01,,某文" for code in codes]
    header = "region_code,clause,parameter,value,unit,effective_from,effective_to,reference"
    (home / "policy" / "parameters.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    return read_county_parameters(County.open(home))["region_code"].to_list()


def test_a_padded_region_is_the_region_itself(tmp_path):
    padded = ("000000", "350000", "350100", "350181000000", "350181103000", "350181103200")
    assert regions(tmp_path, *padded) == ["0", "35", "3501", "350181", "350181103", "350181103200"]


@pytest.mark.parametrize("code", ["福清市", "35018", "3501811032", "050181"])
def test_what_is_no_region_is_refused_by_its_line(tmp_path, code):
    with pytest.raises(MistakeError, match="第 3 行 region_code 应为") as refused:
        regions(tmp_path, "350181", code)
    assert code not in str(refused.value)


def test_a_row_without_a_region_is_refused(tmp_path):
    with pytest.raises(MistakeError, match="第 2 行有必填项为空"):
        regions(tmp_path, "")

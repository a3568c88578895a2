"""Invented names of people, places, employers; no list of any real county stands behind them."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.sample_county.streams import Bools, Generator, Ints

SURNAMES = list("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦")
MALE_GIVEN = list("建国志明海峰永福根生大山水木立新春雷金旺长林文武有才向东启航俊杰浩然宏达")
FEMALE_GIVEN = list("秀英桂兰玉梅美华春燕丽娟小红雪莲月娥翠芳巧珍雨欣梦婷佳怡思琪静云")
TOWNSHIPS = (
    "青屏", "白鹭", "双渡", "云岫", "石桥", "兰溪口", "枫岭", "河阳", "玉峰", "三川", "竹垟", "梨园", "芦荡", "北岗",
    "南埠", "清潭", "鹤鸣", "宝塔", "金麦", "红枫",
)  # fmt: skip
_VILLAGE_FIRST = list("上下东西南北前后新老大小高平长")
_VILLAGE_SECOND = list("松桐榆桂莲荷麦稻泉塘埠坝坪坡渡桥堤窑")
_VILLAGE_LAST = ("屯", "庄", "寨", "坞", "埂", "畈", "圩")
EMPLOYERS = (
    "丰禾食品厂", "云帆制衣", "顺达物流", "宏远建筑", "益民家政", "绿野合作社", "腾飞电子", "兴隆砖瓦厂", "和润超市",
    "佳美鞋服", "广源矿业", "康泰养殖", "蓝天保洁", "金穗粮油", "鼎盛装饰", "万家餐饮", "海潮水产", "青山林场",
    "星光玩具", "长风快运",
)  # fmt: skip
DIAGNOSES = (
    "肺炎",
    "冠心病",
    "脑出血",
    "股骨骨折",
    "慢性肾病",
    "肝硬化",
    "2型糖尿病",
    "胆囊结石",
    "恶性肿瘤",
    "高血压3级",
)


def township_names(count: int) -> list[str]:
    """Names of `count` townships, numbered when the list runs out."""
    full = [f"{name}{'镇' if place % 3 else '乡'}" for place, name in enumerate(TOWNSHIPS)]
    return [full[k] if k < len(full) else f"第{k + 1}镇" for k in range(count)]


def village_names(count: int, draws: Generator) -> list[str]:
    """`count` different village names."""
    every = [f"{a}{b}{c}村" for a in _VILLAGE_FIRST for b in _VILLAGE_SECOND for c in _VILLAGE_LAST]
    order = draws.permutation(len(every))
    return [every[order[k]] if k < len(every) else f"第{k + 1}村" for k in range(count)]


def people_names(surname: Ints, male: Bools, draws: Generator) -> pl.Series:
    """Full names, one a person, from surname positions (length n) and sexes (length n)."""
    n = len(surname)
    boys, girls = pl.Series(MALE_GIVEN), pl.Series(FEMALE_GIVEN)

    def given() -> pl.Series:
        of_men = boys.gather(draws.integers(0, len(boys), n))
        of_women = girls.gather(draws.integers(0, len(girls), n))
        return of_men.zip_with(pl.Series(male), of_women)

    second = given()
    short = pl.Series(np.full(n, ""), dtype=pl.String).zip_with(pl.Series(draws.random(n) < 0.2), second)
    return (pl.Series(SURNAMES).gather(surname) + given() + short).alias("name")

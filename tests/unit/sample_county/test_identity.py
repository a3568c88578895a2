import numpy as np
from stdnum.cn import ric

from pipelines.sample_county.identity import identity_numbers
from pipelines.sample_county.streams import stream
from pipelines.sample_county.timeline import days_of


def test_ids_are_valid_different_and_say_birth_and_sex():
    draws = stream(3, "test")
    birth = days_of(draws.integers(1930 * 12, 2020 * 12, 20_000), draws.integers(1, 29, 20_000))
    male = draws.random(20_000) < 0.5
    ids = identity_numbers("359921", birth, male, draws).to_list()
    assert len(set(ids)) == 20_000
    assert all(ric.calc_check_digit(number) == number[17] for number in ids)
    assert [f"{number[6:10]}-{number[10:12]}-{number[12:14]}" for number in ids] == birth.astype(str).tolist()
    assert [int(number[16]) % 2 == 1 for number in ids] == male.tolist()


def test_a_day_with_many_births_still_gives_different_ids():
    birth = np.full(900, np.datetime64("1988-05-12"))
    ids = identity_numbers("359921", birth, np.arange(900) % 2 == 0, stream(1, "crowd"))
    assert ids.n_unique() == 900

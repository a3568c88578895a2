from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.explain.amounts import exact, fen, from_fen, rounded_quotient, yuan


@pytest.mark.parametrize(
    ("thirds", "text"),
    [
        (0, "0.00"),
        (200_000, "666.66⅔"),
        (199_999, "666.66⅓"),
        (-1, "-0.00⅓"),
        (3, "0.01"),
        (370_370_367, "1,234,567.89"),
    ],
)
def test_thirds_of_a_fen_are_shown_without_loss(thirds, text):
    assert exact(thirds) == text


def test_yuan_text():
    assert yuan(Decimal("1234.5")) == "1,234.50"
    assert yuan(None) == "－"


@given(st.integers(-(10**12), 10**12), st.integers(1, 50))
def test_quotients_are_rounded_half_away_from_zero(numerator, denominator):
    found = rounded_quotient(numerator, denominator)
    assert abs(Fraction(numerator, denominator) - found) <= Fraction(1, 2)
    if 2 * abs(numerator) % (2 * denominator) == denominator:
        assert abs(found) > abs(Fraction(numerator, denominator))


@given(st.decimals(-(10**9), 10**9, places=2))
def test_fen_and_back(amount):
    assert from_fen(fen(amount)) == amount

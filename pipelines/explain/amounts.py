"""Amounts as people read them. Money comes as yuan (Decimal) or as whole thirds of a fen, never as a float."""

from __future__ import annotations

from decimal import Decimal

_THIRDS = ("", "⅓", "⅔")


def yuan(amount: Decimal | None) -> str:
    """Yuan with two decimals and thousands separated; a dash where there is none."""
    return "－" if amount is None else f"{amount:,.2f}"


def exact(thirds_of_fen: int) -> str:
    """Thirds of a fen as yuan without losing any: 200000 is 666.66⅔."""
    sign = "-" if thirds_of_fen < 0 else ""
    fen, rest = divmod(abs(thirds_of_fen), 3)
    return f"{sign}{fen // 100:,}.{fen % 100:02}{_THIRDS[rest]}"


def rounded_quotient(numerator: int, denominator: int) -> int:
    """The quotient rounded half away from zero; the denominator is above zero."""
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -quotient if numerator < 0 else quotient


def fen(amount: Decimal) -> int:
    """Yuan with at most two decimals as whole fen."""
    return int(amount * 100)


def from_fen(amount: int) -> Decimal:
    """Whole fen as yuan."""
    return Decimal(amount) / 100

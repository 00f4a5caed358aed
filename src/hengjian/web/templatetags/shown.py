"""How values are shown: money, shares, texts of frozen data."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template

register = template.Library()


@register.filter
def wan(yuan: Decimal | None) -> str:
    """Yuan as 万元 with two decimals and separators; a dash where there is none."""
    return "—" if yuan is None else f"{_rounded(yuan / 10000, '0.01'):,}"


@register.filter
def share(value: Decimal | None) -> str:
    """A share as a percentage with one decimal."""
    return "—" if value is None else f"{_rounded(value * 100, '0.1')}%"


def _rounded(value: Decimal, step: str) -> Decimal:
    """A half goes up, as on paper."""
    return value.quantize(Decimal(step), ROUND_HALF_UP)


@register.filter
def at(mapping: Any, key: Any) -> Any:
    """The value of a mapping under a key, "" where it has none."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def wan_text(yuan: str | None) -> str:
    """The same for yuan as text, as frozen data has it."""
    return wan(None if yuan is None else Decimal(yuan))


@register.filter
def days_over(left: int) -> int:
    """The days since a day that is so many days ahead (negative)."""
    return -left

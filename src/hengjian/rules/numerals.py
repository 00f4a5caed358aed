"""Exact numbers in the words of a form: ``5.60``, ``4.6万人``, ``1/3`` as 0.3333…."""

from fractions import Fraction

from hengjian.values.rounding import Rounding

# Amounts are held in yuan; from ten thousand on a clerk reads them in 万元.
_MONEY = "元"
# Units that do not follow a number as they stand.
_SMALL = frozenset({"", "%", "‰", "百分点", "分", "天", "月", "名次", "年"})
_COUNTED = {"月": "个月", "季度": "个季度", "工作日": "个工作日", "名次": "名"}


def number(value: Fraction, places: int = 4) -> str:
    """A number without trailing zeros; one without a finite decimal is rounded to ``places``, with ``…`` behind it."""
    scale = 10**12
    if (value * scale).denominator == 1:
        whole, rest = divmod(abs(value), 1)
        digits = f"{int(rest * scale):012d}".rstrip("0")
        return f"{'-' if value < 0 else ''}{int(whole)}{'.' + digits if digits else ''}"
    return f"{Rounding(places).apply(value)}…"


def amount(value: Fraction, unit: str = "") -> str:
    """A number with its unit; money from ten thousand yuan on in 万元 (``4.6万元``), hundred million on in 亿元."""
    if unit == _MONEY or unit.startswith(_MONEY + "/"):
        if abs(value) >= 10**8 and (value / 10**8 * 10**4).denominator == 1:
            return f"{number(value / 10**8)}亿{unit}"
        if abs(value) >= 10**4 and (value / 10**4 * 10**4).denominator == 1:
            return f"{number(value / 10**4)}万{unit}"
    elif unit not in _SMALL and abs(value) >= 10**5 and (value / 10**3).denominator == 1:
        large = (10**8, "亿") if abs(value) >= 10**8 and (value / 10**6).denominator == 1 else (10**4, "万")
        return f"{number(value / large[0])}{large[1]}{unit}"  # 3000万美元, 15万亩
    return f"{number(value)}{_COUNTED.get(unit, unit)}"

"""Characters of Word's picture fonts, as what a person sees: the ``≥`` of the Symbol font, the ticked box of Wingdings."""

from typing import Final

_GREEK_SMALL: Final = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"
_GREEK_LARGE: Final = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"

_SYMBOL: Final[dict[int, str]] = {
    **{code: chr(code) for code in range(0x20, 0x40)},
    **{0x61 + i: letter for i, letter in enumerate(_GREEK_SMALL)},
    **{0x41 + i: letter for i, letter in enumerate(_GREEK_LARGE)},
    0x2A: "*", 0x2D: "-", 0x40: "≅", 0x5B: "[", 0x5D: "]", 0x7B: "{", 0x7C: "|", 0x7D: "}", 0x7E: "~",
    0xA2: "′", 0xA3: "≤", 0xA5: "∞", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥",
    0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xD7: "⋅", 0xD6: "√", 0xE5: "∑",
}  # fmt: skip
_WINGDINGS: Final[dict[int, str]] = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "□", 0x72: "□", 0x75: "◆", 0x76: "❖", 0x77: "◆", 0xA1: "○", 0xA7: "▪", 0xA8: "□",
    0xAB: "★", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
    **{0x81 + i: chr(0x2460 + i) for i in range(10)},
    **{0x8C + i: chr(0x2776 + i) for i in range(10)},
}  # fmt: skip
_WINGDINGS_2: Final[dict[int, str]] = {
    0x4F: "✗",
    0x50: "✓",
    0x51: "☒",
    0x52: "☑",
    0x53: "☒",
    0x54: "☒",
    0x55: "☒",
    0x99: "●",
    0x9A: "●",
    0xA3: "□",
    0xA4: "□",
    0xA2: "■",
}

_FONTS: Final[dict[str, dict[int, str]]] = {"symbol": _SYMBOL, "wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2}
UNSEEN: Final = "\ufffd"  # a picture that is not known here: shown as such, never dropped


def symbol(font: str, code: int) -> str:
    """The character for a code of a picture font, with or without the private-use offset 0xF000.

    >>> symbol("Symbol", 0xF0B3), symbol("Wingdings", 0xFE)
    ('≥', '☑')
    """
    low = code & 0xFF if 0xF000 <= code <= 0xF0FF else code
    table = _FONTS.get(font.strip().lower())
    if table is None:
        return chr(code) if not 0xE000 <= code <= 0xF8FF else UNSEEN
    return table.get(low, UNSEEN)


def is_picture_font(font: str) -> bool:
    """Whether ordinary letters in this font are pictures."""
    return font.strip().lower() in _FONTS

"""Text as clerks type it, folded so that variants of one meaning compare equal. The printed text itself is never altered."""

from functools import lru_cache

# Signs that are typed in several ways. Not NFKC: it would turn ①2000 into 12000.
_SIGNS = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {
        "≧": "≥",
        "≦": "≤",
        "﹥": ">",
        "﹤": "<",
        "〉": ">",
        "〈": "<",
        "﹪": "%",
        "﹢": "+",
        "–": "-",
        "‑": "-",
        "‐": "-",
        "﹣": "-",
        "−": "-",
        "～": "~",
        "∶": ":",
        "〜": "~",
        "∼": "~",
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "\u200b": "",
        "\ufeff": "",
        "\u00ad": "",
    }
)
_KEPT = {code: sign or " " for code, sign in _SIGNS.items()}


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Full width to half width, one form for each sign, no white space at all: for comparing and for reading numbers.

    >>> fold("９５％ 以上（含）")
    '95%以上(含)'
    """
    return "".join(text.translate(_SIGNS).split())


def label(text: str) -> str:
    """A form label without the blanks, colons and footnote stars it is padded with: ``项 目 名 称：`` is ``项目名称``."""
    return fold(text).strip(":*·.")


def fold_keep(text: str) -> str:
    """Like ``fold``, but character for character: positions in the answer are positions in ``text``; white space stays."""
    return text.translate(_KEPT)

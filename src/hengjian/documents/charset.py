"""Bytes to text when nobody says which charset, or says the wrong one.

The order of trust: a byte order mark, strict UTF-8 (chance cannot pass it), UTF-16 by its zero bytes, the declared charset, GB18030
against Big5 by where the double bytes lie, and only then a statistical guess. A doubtful outcome is told, a certain one is not.
"""

import codecs
from typing import Final, NamedTuple

from hengjian.values.finding import Problem
from hengjian.values.place import Place

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (b"\x84\x31\x95\x33", "gb18030"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Pages that declare one of these hold its superset: 㵲, 〇 and the euro sign are outside GB2312.
_GB_NAMES: Final = frozenset(
    {"gb2312", "gb_2312-80", "gbk", "gb18030", "cp936", "x-gbk", "hz-gb-2312", "chinese", "csgb2312"}
)
# U+FFFD as UTF-8, read as GBK: text that was lost before it reached us.
_LOST: Final = ("\ufffd", "锟斤拷", "锟届")
_MISREADINGS: Final = ("gb18030", "cp1252", "latin-1", "big5")
_SAMPLE: Final = 200_000


class Text(NamedTuple):
    """Decoded text, the charset in the end used, and what is doubtful about it."""

    text: str
    charset: str
    problems: tuple[Problem, ...] = ()


def decode(data: bytes, name: str, declared: str = "") -> Text:
    """Text of a file. ``declared`` is what the file says of itself; it is believed only where the bytes agree."""
    text, charset, sure = _decoded(data, declared)
    text, repaired = _unmangled(text)
    if repaired:
        return Text(text, charset, (_was_mangled(name),))
    if text.count("\0") * 100 < len(text):
        text = text.replace("\0", "")
    return Text(text, charset, _doubts(text, name, charset, sure))


def _decoded(data: bytes, declared: str) -> tuple[str, str, bool]:
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(charset, "replace"), charset, True
    if found := wide(data):
        return data.decode(found, "replace"), found, True
    for charset in ("utf-8", *_believable(declared)):
        if (text := _strict(data, charset)) is not None:
            return text, charset, True
    text = data.decode("utf-8", "replace")
    if text.count("\ufffd") * 20 <= sum(map(_is_wide, text[:_SAMPLE])):
        return text, "utf-8", True  # UTF-8 with a few broken places, which will be told
    return _east_asian(data)


def _is_wide(character: str) -> bool:
    return "\u3000" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"


def _strict(data: bytes, charset: str) -> str | None:
    """Decoded without any error, but a file cut off inside its last character is let pass."""
    try:
        decoder = codecs.getincrementaldecoder(charset)("strict")
        return decoder.decode(data)
    except (UnicodeError, LookupError):
        return None


def _believable(declared: str) -> tuple[str, ...]:
    wanted = declared.strip().strip("\"'").lower()
    if not wanted or wanted.replace("-", "") in ("utf8", "utf16", "utf32"):
        return ()
    if wanted in _GB_NAMES:
        return ("gb18030",)
    try:
        known = codecs.lookup(wanted)
    except (LookupError, ValueError):
        return ()
    # Latin-1 is what servers declare by default and can decode anything: it says nothing.
    return () if known.name in ("iso8859-1", "cp1252", "ascii") or not _is_text(known) else (known.name,)


def _is_text(known: codecs.CodecInfo) -> bool:
    return bool(getattr(known, "_is_text_encoding", True))


def wide(data: bytes) -> str:
    """UTF-16 without a mark: half of the bytes of blanks, digits and line ends are zero, all on one side."""
    head = data[:4000]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) < 4 or max(even, odd) * 20 < len(head) or min(even, odd) * 8 > max(even, odd):
        return ""
    charset = "utf-16-be" if even > odd else "utf-16-le"
    return charset if _strict(data[:_SAMPLE], charset) is not None else ""


def _east_asian(data: bytes) -> tuple[str, str, bool]:
    simplified, traditional = _strict(data, "gb18030"), _strict(data, "big5hkscs")
    if simplified is not None:
        common = _common(data, 0xB0, 0xD7, ((0xA1, 0xFE),))
        if traditional is None or common >= 0.5:
            return simplified, "gb18030", common >= 0.3
        if _common(data, 0xA4, 0xC6, ((0x40, 0x7E), (0xA1, 0xFE))) > common:
            return traditional, "big5hkscs", True
        return simplified, "gb18030", False
    if traditional is not None and _common(data, 0xA4, 0xC6, ((0x40, 0x7E), (0xA1, 0xFE))) > 0.5:
        return traditional, "big5hkscs", True
    return _least_broken(data)


def _common(data: bytes, low: int, high: int, trails: tuple[tuple[int, int], ...]) -> float:
    """Share of double bytes that lie in the level of frequent characters (GB 2312 level 1, Big5 level 1)."""
    pairs = common = 0
    sample = data[:_SAMPLE]
    at = 0
    while at < len(sample) - 1:
        lead = sample[at]
        if lead < 0x81:
            at += 1
            continue
        trail = sample[at + 1]
        pairs += 1
        common += low <= lead <= high and any(first <= trail <= last for first, last in trails)
        at += 2
    return common / pairs if pairs else 0.0


def _least_broken(data: bytes) -> tuple[str, str, bool]:
    """No charset fits: the one with the fewest broken places, Chinese ones first."""
    tries = [(data.decode(charset, "replace"), charset) for charset in ("utf-8", "gb18030")]
    text, charset = min(tries, key=lambda each: each[0].count("\ufffd"))
    if text.count("\ufffd") * 50 <= len(text):
        return text, charset, False
    guessed = _guessed(data)
    return (guessed[0], guessed[1], False) if guessed else (text, charset, False)


def _guessed(data: bytes) -> tuple[str, str] | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    if best is None:
        return None
    text = _strict(data, best.encoding)
    return None if text is None else (text, best.encoding)


def _unmangled(text: str) -> tuple[str, bool]:
    """Text that was UTF-8, read in another charset and saved again, is led back where the way back is without loss.

    Chinese text of some length is practically never valid UTF-8 by chance, so the way back proves itself.
    """
    strange = [character for character in text[:_SAMPLE] if ord(character) > 0x7F]
    if len(strange) < 24:
        return text, False
    for charset in _MISREADINGS:
        try:
            back = text.encode(charset).decode("utf-8")
        except UnicodeError:
            continue
        if sum("\u4e00" <= character <= "\u9fff" for character in back) * 8 >= len(strange):
            return back, True
    return text, False


def _was_mangled(name: str) -> Problem:
    return Problem(
        "P04",
        f"“{name}”的文字曾被以错误的编码另存（全文为乱码），已按 UTF-8 还原后读取。请抽查几处文字；如有不符，请提供原始文件。",
    )


def _doubts(text: str, name: str, charset: str, sure: bool) -> tuple[Problem, ...]:
    lost = min((at for mark in _LOST if (at := text.find(mark)) >= 0), default=-1)
    if lost >= 0:
        count = sum(text.count(mark) for mark in _LOST)
        line = text.count("\n", 0, lost) + 1
        message = (
            f"“{name}”有 {count} 处文字无法还原（首处在第 {line} 行，以“\ufffd”或“锟斤拷”显示），"
            f"文件在转存时丢失了内容或已损坏。已按 {charset.upper()} 读取其余文字；请换用原始文件，或将文件另存为 UTF-8 编码后重新读取。"
        )
        return (Problem("P03", message, Place(line=line)),)
    if not sure:
        message = f"“{name}”的文字编码不能确定，暂按 {charset.upper()} 读取。请抽查几处文字；如为乱码，请将文件另存为 UTF-8 编码后重新读取。"
        return (Problem("P04", message),)
    return ()

"""Puts the text of docs/guide.zh-CN.md into the page of the site (帮助), without its pictures. A test keeps the two the same.

Only what the guide uses is understood: headings, paragraphs, numbered and plain lists, **strong**, `code`, pictures.
"""

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "guide.zh-CN.md"
PAGE = ROOT / "src" / "hengjian" / "web" / "templates" / "people" / "help.html"
_KINDS = (("h2", "## "), ("h1", "# "), ("img", "!["), ("ul", "- "))


def html(text: str) -> str:
    """The template for a guide."""
    inner = "\n".join(_blocks(text))
    return (
        '{% extends "base.html" %}\n{% block title %}帮助 · 衡鉴{% endblock %}\n{% block width %}container-narrow{% endblock %}\n'
        f'{{% block content %}}\n<article class="guide">\n{inner}\n</article>\n{{% endblock %}}\n'
    )


def _blocks(text: str) -> Iterator[str]:
    for block in text.strip().split("\n\n"):
        for kind, group in groupby(_joined(block), key=_kind):
            lines = list(group)
            if kind in ("ul", "ol"):
                items = "".join(f"<li>{_words(re.sub(r'^(-|[0-9]+[.]) ', '', line))}</li>" for line in lines)
                yield f"<{kind}>{items}</{kind}>"
            elif kind == "h1":
                yield f'<h1 class="page-title mb-3">{_words(lines[0][2:])}</h1>'
            elif kind == "h2":
                yield f'<h2 class="h3 mt-4">{_words(lines[0][3:])}</h2>'
            elif kind == "p":
                yield f"<p>{_words(lines[0])}</p>"


def _joined(block: str) -> list[str]:
    """The lines of a block; one that goes on with a paragraph or an entry is joined to it without a space."""
    lines: list[str] = []
    for line in block.splitlines():
        if lines and _kind(line) == "p":
            lines[-1] += line.strip()
        else:
            lines.append(line)
    return lines


def _kind(line: str) -> str:
    if re.match(r"[0-9]+[.] ", line):
        return "ol"
    return next((kind for kind, head in _KINDS if line.startswith(head)), "p")


def _words(text: str) -> str:
    text = escape(text, quote=False)
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    return re.sub(r"`(.+?)`", r"<code>\1</code>", text)


if __name__ == "__main__":
    PAGE.write_text(html(GUIDE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")

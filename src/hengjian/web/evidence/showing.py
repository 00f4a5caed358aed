"""The original beside the form: which pages or tables of it are shown, with the spots that values were read from."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hengjian.web.evidence import files
from hengjian.web.evidence.confirming import Cell
from hengjian.web.evidence.models import Intake

MAX_CELLS: Final = 4000  # of tables on one page; more is only in the file itself
MAX_PAGES: Final = 60


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page in percent, and the value that it leads to."""

    spot: str
    address: str
    left: float
    top: float
    width: float
    height: float
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page as a picture with boxes; ``width`` and ``height`` in points."""

    number: int
    width: int
    height: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What of an original is shown; ``more`` tells that there is more of it."""

    pages: tuple[Page, ...] = ()
    parts: tuple[Mapping[str, Any], ...] = ()
    more: bool = False

    def __bool__(self) -> bool:
        """Whether anything is shown."""
        return bool(self.pages or self.parts)


def original_of(intake: Intake, cells: Iterable[Cell], *, whole: bool = False) -> Shown:
    """The pages or tables a form was read from, or (``whole``) all of the document."""
    try:
        told = json.loads(files.beside(intake.file, "original.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Shown()
    cells = [cell for cell in cells if cell.spot]
    if told["pages"]:
        return _pages(told["pages"], cells, whole)
    return _parts(told["parts"], cells, whole)


def _pages(pages: list[dict[str, Any]], cells: list[Cell], whole: bool) -> Shown:
    boxes: dict[int, dict[str, Box]] = {}
    for cell in cells:
        spot = cell.spot or {}
        if spot.get("page") and spot.get("box"):
            held = boxes.setdefault(spot["page"], {})
            before = held.get(cell.spot_id)
            if before is None or (cell.doubtful and not before.doubtful):
                left, top, width, height = spot["box"]
                held[cell.spot_id] = Box(cell.spot_id, cell.address, left, top, width, height, cell.doubtful)
    first, last = min(boxes, default=1), max(boxes, default=len(pages))
    wanted = [page for page in pages if whole or first <= page["page"] <= last]
    shown = tuple(
        Page(page["page"], round(page["width"]), round(page["height"]), tuple(boxes.get(page["page"], {}).values()))
        for page in wanted[:MAX_PAGES]
    )
    return Shown(pages=shown, more=len(shown) < len(pages))


def _parts(parts: list[dict[str, Any]], cells: list[Cell], whole: bool) -> Shown:
    address = {cell.spot_id: cell.address for cell in reversed(cells)}
    doubtful = {cell.spot_id for cell in cells if cell.doubtful}
    flat = [(part["title"], block) for part in parts for block in part["blocks"]]
    with_spots = [place for place, (_, block) in enumerate(flat) if not address.keys().isdisjoint(_keys(block))]
    first, last = min(with_spots, default=0), max(with_spots, default=len(flat))
    out: list[dict[str, Any]] = []
    count = left_out = 0
    for place, (title, block) in enumerate(flat):
        if not whole and not first <= place <= last:
            left_out += 1
            continue
        count += len(block.get("cells", ())) or 1
        if count > MAX_CELLS:
            left_out += 1
            break
        if not out or out[-1]["title"] != title:
            out.append({"title": title, "blocks": []})
        out[-1]["blocks"].append(_block(block, address, doubtful))
    return Shown(parts=tuple(out), more=left_out > 0)


def _keys(block: Mapping[str, Any]) -> set[str]:
    if "cells" not in block:
        return {block["key"]}
    return {cell["key"] for cell in block["cells"]} | set(block.get("row_keys", ()))


def _block(block: Mapping[str, Any], address: Mapping[str, str], doubtful: set[str]) -> dict[str, Any]:
    """A line, or the rows of a table, each spot with the address of the value that was read from it."""

    def spotted(thing: Mapping[str, Any]) -> dict[str, Any]:
        key = thing["key"]
        return {**thing, "address": address.get(key, ""), "doubtful": key in doubtful}

    if "cells" not in block:
        return spotted(block)
    rows: list[dict[str, Any]] = [{"cells": []} for _ in range(block["rows"])]
    for number, key in enumerate(block.get("row_keys", ())):
        if key:
            rows[number] |= {"key": key, "address": address.get(key, ""), "doubtful": key in doubtful}
    for cell in sorted(block["cells"], key=lambda cell: cell["column"]):
        rows[cell["row"]]["cells"].append(spotted(cell))
    return {"rows": rows}

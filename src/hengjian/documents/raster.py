"""A page as a picture: colours row by row, and as a PNG file. Needs no library, so that pages show on every installation."""

import struct
import zlib
from dataclasses import dataclass
from typing import Final

MIN_WIDTH: Final = 100  # pixels
MAX_WIDTH: Final = 3_000
MAX_PIXELS: Final = 16_000_000  # a page of any shape stays within 48 MB of colours


@dataclass(frozen=True, slots=True)
class Raster:
    """Red, green and blue of every pixel, one byte each; ``stride`` bytes from one row to the next."""

    width: int
    height: int
    colours: bytes
    stride: int

    def png(self) -> bytes:
        """The picture as a PNG file."""
        used = self.width * 3
        rows = b"".join(b"\0" + self.colours[at : at + used] for at in self._starts())
        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)

    def _starts(self) -> range:
        return range(0, self.stride * self.height, self.stride)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def scale_for(width: float, height: float, wanted: int) -> float:
    """How many pixels a point becomes so that a page is ``wanted`` pixels wide, within what a picture may have."""
    pixels = min(max(wanted, MIN_WIDTH), MAX_WIDTH)
    return float(min(pixels / width, (MAX_PIXELS / (width * height)) ** 0.5))

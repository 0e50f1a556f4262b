"""Small pictures of images, written as PNG without any package."""

from __future__ import annotations

import struct
import zlib

import numpy as np


def png(pixels: np.ndarray) -> bytes:
    """Return a PNG file.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (row, column) or (row, column, 3)
    """
    rows, columns = pixels.shape[:2]
    colour = 2 if pixels.ndim == 3 else 0
    lines = np.ascontiguousarray(pixels, np.uint8).reshape(rows, -1)
    raw = np.hstack((np.zeros((rows, 1), np.uint8), lines)).tobytes()
    header = struct.pack(">IIBBBBB", columns, rows, 8, colour, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 6)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def thumbnail(frame: np.ndarray, size: int = 360, inverted: bool = False) -> np.ndarray:
    """Return a frame as 8-bit picture of at most `size` pixels a side, windowed from the 1st to the 99.5th percentile.

    Parameters
    ----------
    frame : ndarray, shape (row, column) or (row, column, sample)
    """
    step = max(1, -(-max(frame.shape[:2]) // size))
    small = frame[::step, ::step].astype(np.float32)
    if frame.ndim == 3 and frame.dtype == np.uint8:
        return small.astype(np.uint8)[..., :3]
    low, high = np.percentile(small, (1, 99.5))
    scaled: np.ndarray = np.clip((small - low) / max(float(high - low), 1e-6), 0, 1) * 255
    return (255 - scaled if inverted else scaled).astype(np.uint8)

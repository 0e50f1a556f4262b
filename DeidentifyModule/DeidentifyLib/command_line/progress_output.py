"""Progress on the terminal: a bar, JSON lines, or nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

_WIDTH = 30


def reporter(kind: str) -> Callable[[dict[str, Any]], None]:
    """Return what receives progress: ``bar`` (standard error), ``json`` (standard output) or ``none``."""
    return {"bar": _bar, "json": _json, "none": _nothing}[kind]


def _nothing(line: dict[str, Any]) -> None:
    pass


def _json(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


def _bar(line: dict[str, Any]) -> None:
    if not sys.stderr.isatty():
        return
    total, done = line["total"], line["done"]
    if not total:
        text = f"{line['phase']}: {line['message']}"
    else:
        filled = round(_WIDTH * done / total)
        eta = "" if line["eta_seconds"] is None else f"  {line['eta_seconds']:.0f} s left"
        text = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done}/{total}  {line['bytes'] / 1e6:.1f} MB{eta}"
    end = "\n" if total and done >= total else ""
    print(f"\r\x1b[K{text}", end=end, file=sys.stderr, flush=True)

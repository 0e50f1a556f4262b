"""Defined Terms of Modality (0008,0060): what a report may repeat of it."""

from __future__ import annotations

from functools import cache

from .data_files import DATA


@cache
def _terms() -> frozenset[str]:
    text = (DATA / "modalities.txt").read_text(encoding="utf-8")
    return frozenset(" ".join(line for line in text.splitlines() if not line.startswith("#")).split())


def defined_modality(value: str) -> str:
    """Return a Modality that is a Defined Term of PS3.3 C.7.3.1.1.1, '' for anything else: it may be a name."""
    term = value.strip(" \0").upper()
    return term if term in _terms() else ""

"""The review list: what a person should look at before the output is given away. It stays in the private folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pydicom
from pydicom.errors import InvalidDicomError
from pydicom.pixels.utils import pixel_array

from ..dicom.tags import DEIDENTIFICATION_METHOD, MANUFACTURER, PATIENT_ID, PATIENT_NAME, TIMEZONE_OFFSET_FROM_UTC
from .faces import UNCERTAIN
from .markup import Node, Page, node, picture
from .picture import png, thumbnail

PICTURES = 200
"""More items than these are listed without a picture and texts."""

_TEXTS = 12
_OWN_TEXTS = (PATIENT_NAME, PATIENT_ID, DEIDENTIFICATION_METHOD, MANUFACTURER, TIMEZONE_OFFSET_FROM_UTC)
_TEXT_VRS = ("LO", "SH", "ST", "LT", "UT", "UC", "PN")


def review_items(audit: Mapping[str, Any] | None, subjects: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what a person should look at, once per series, with all reasons.

    Parameters
    ----------
    audit : mapping or None
        Result of `run_audit`; its ``review`` is taken.
    subjects : iterable of mapping
        As in the summary of a run; series that were withheld because of a doubt about the face are added, those that a
        picture shows first.
    """
    found: dict[str, dict[str, Any]] = {}
    for item in (audit or {}).get("review") or ():
        entry = found.setdefault(item["series"], {**item, "reasons": []})
        entry["reasons"].append(item["reason"])
        entry["files"] = max(entry["files"], item["files"])
    for subject in subjects:
        for study in subject.get("studies", ()):
            for series in study.get("series", ()):
                face = series.get("face") or {}
                if face.get("verdict") != UNCERTAIN or face.get("overridden"):
                    continue
                new = {
                    "file": "",
                    "series": series["series"],
                    "modality": series.get("modality", ""),
                    "files": series.get("instances", 0),
                    "reasons": [],
                }
                entry = found.setdefault(series["series"], new)
                entry["reasons"].append(f"face: {face['verdict']}. {face.get('reason', '')}".strip())
                entry["picture"] = face.get("private_picture") or face.get("picture")
    for entry in found.values():
        entry.pop("reason", None)
    return sorted(found.values(), key=lambda entry: not (entry["file"] or entry.get("picture")))


def write_review(private: Path, output: Path, items: Iterable[Mapping[str, Any]]) -> Path:
    """Write ``review.json`` and ``review.html`` with small pictures to ``review`` of the private folder.

    Returns
    -------
    Path
        ``review.json``; the panel shows the same list.
    """
    folder = private / "review"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    rows = []
    for number, item in enumerate(items):
        row = dict(item)
        if number < PICTURES and row.get("file") and (output / row["file"]).is_file():
            row["texts"], image = _look(output / row["file"])
            if image is not None:
                row["picture"] = f"review/{number:05}.png"
                _write_private(private / row["picture"], image)
        rows.append(row)
    _write_private(folder / "review.json", json.dumps({"schema": 1, "items": rows}, indent=1).encode())
    page = Page("review.html")
    page.embed("style", "style.css")
    files = sum(row.get("files", 0) for row in rows)
    page.fill("title", f"{len(rows):,} series to look at" if rows else "Nothing to look at")
    page.fill("explain", f"{files:,} files that no rule can decide. Accept or withhold each." if rows else "")
    page.fill("items", *(_card(row, private) for row in rows))
    page.write(folder / "review.html")
    (folder / "review.html").chmod(0o600)
    return folder / "review.json"


def _card(row: Mapping[str, Any], private: Path) -> Node:
    card = node("div", class_="card")
    if row.get("picture") and (private / row["picture"]).is_file():
        card.append(picture(private / row["picture"], "one frame of the series"))
    card.append(node("p", node("span", row.get("modality") or "?", class_="label"), f" {_files(row.get('files', 0))}"))
    card.append(node("p", row.get("file") or row.get("series", ""), class_="name"))
    card.append(node("ul", *(node("li", reason) for reason in row.get("reasons", ()))))
    if row.get("texts"):
        card.append(node("ul", *(node("li", f"{name}: {text}") for name, text in row["texts"]), class_="hint"))
    return card


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number:,} files"


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, str) or not hasattr(value, "__iter__") else ", ".join(map(str, value))


def _look(path: Path) -> tuple[list[tuple[str, str]], bytes | None]:
    """Return the texts that an output holds, and one frame as PNG; None when it has none that can be decoded."""
    try:
        data = pydicom.dcmread(path, force=True, defer_size=1 << 16, stop_before_pixels=True)
        texts = [
            (element.name, _shown(element.value)[:120])
            for element in data
            if element.VR in _TEXT_VRS
            and not element.tag.is_private
            and int(element.tag) not in _OWN_TEXTS
            and str(element.value).strip()
        ]
    except (InvalidDicomError, ValueError, TypeError, KeyError, AttributeError, NotImplementedError):
        return [], None
    try:
        frame = pixel_array(path, index=int(data.get("NumberOfFrames", 1) or 1) // 2)
        small = thumbnail(frame, inverted=data.get("PhotometricInterpretation") == "MONOCHROME1")
    except (ValueError, RuntimeError, TypeError, AttributeError, NotImplementedError, KeyError, IndexError):
        return texts[:_TEXTS], None
    return texts[:_TEXTS], png(small)


def _write_private(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)

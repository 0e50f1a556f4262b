"""Preview: what the options would do to an instance, attribute by attribute. It shows original values: PHI."""

from __future__ import annotations

from dataclasses import dataclass

from pydicom.charset import decode_bytes

from ..dicom.dicom_file import read, silence
from ..dicom.elements import NO_DELIMITERS
from ..files.input_files import Source
from ..header.context import Change
from ..header.engine import HeaderEngine
from ..header.identity import identity_of
from ..options import Options
from ..profile.actions import Action
from ..profile.resolver import Profile
from ..pseudonyms.pseudonymizer import Pseudonyms
from ..scan.scan_inputs import ScanResult
from ..standard.dictionary import name_of

_TEXT_LENGTH = 120
_BINARY = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "UN", "US", "SS", "UL", "SL", "FL", "FD", "SV", "UV", "AT"))


@dataclass(frozen=True)
class PreviewRow:
    """One attribute; every field is text for a person.

    Attributes
    ----------
    path : str
        Tag numbers from the outermost sequence, e.g. ``(0008,1140) > (0008,1155)``.
    keyword, original, result, action, reason : str
    """

    path: str
    keyword: str
    original: str
    result: str
    action: str
    reason: str


def preview(source: Source, options: Options, pseudonyms: Pseudonyms) -> list[PreviewRow]:
    """Return what would happen to every attribute of one file.

    Raises
    ------
    NotDicom, CannotDeidentify, OSError
        If the file cannot be de-identified.
    """
    changes: list[Change] = []
    with silence():
        with source.open() as file:
            dataset = read(file)
        HeaderEngine(Profile(options), pseudonyms).deidentify(
            dataset, pseudonyms.subject(identity_of(dataset)), changes.append
        )
    return [_row(change) for change in sorted(changes, key=lambda change: change.path)]


def samples(scanned: ScanResult) -> list[Source]:
    """Return the first instance of each series."""
    return [series.instances[0].source for series in scanned.series]


def _row(change: Change) -> PreviewRow:
    tag = change.path[-1]
    removed = change.action is Action.REMOVE
    if change.vr == "SQ":
        original, result = "(sequence)", "" if removed else "(sequence)"
    else:
        original = _text(change, change.original)
        result = "" if removed or change.result is None else _text(change, change.result)
    name = "private attribute" if tag >> 16 & 1 else name_of(tag)
    path = " > ".join(f"({part >> 16:04X},{part & 0xFFFF:04X})" for part in change.path)
    return PreviewRow(path, name, original, result, change.action.value, change.reason)


def _text(change: Change, value: bytes | None) -> str:
    if value is None:
        return ""
    if change.vr in _BINARY:
        shown = value[:8].hex(" ")
        return f"{shown} ..." if len(value) > 8 else shown
    text = decode_bytes(value, list(change.encodings), set(NO_DELIMITERS)).strip(" \0")
    text = "".join(character if character.isprintable() else " " for character in text)
    return text if len(text) <= _TEXT_LENGTH else text[: _TEXT_LENGTH - 3] + "..."

"""The audit is only believed when it finds leaks that are planted on purpose in copies of the output."""

from __future__ import annotations

import os
import struct
from array import array
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..files.system_paths import system_path
from . import tags
from .auditor import Auditor
from .editing import can_edit, element, item, shortened, with_bytes, with_element, with_meta
from .elements import LEVEL_ROOT, Document, WalkError
from .expectation import Expectation
from .findings import Severity
from .identifiers import Identifier, is_date
from .large_files import LARGE, read_bytes
from .pairing import Pair, Pairs

SECRET = "Quorvexcanary"
"""A name that nobody has; it is planted where the subject's own name is not to be copied around."""

_LEAST_PIXELS = 4 * len(SECRET)
_SAMPLES = 3
_MORE_SAMPLES = 9
"""How many further outputs are tried for leaks that none of the first samples could take."""

Plant = Callable[[bytes, Document, Document], bytes | None]


def canary_secret() -> Identifier:
    """Return the secret as an identifier of the subject."""
    return Identifier(SECRET.casefold(), "person", False, tags.PATIENT_NAME, "ascii")


def _in_element(data: bytes, source: Document, output: Document) -> bytes:
    return with_element(data, tags.PATIENT_COMMENTS, "LT", b"seen by " + SECRET.upper().encode())


def _in_kept_text(data: bytes, source: Document, output: Document) -> bytes:
    return with_element(data, tags.CONVOLUTION_KERNEL, "SH", SECRET.encode())


def _in_sequence(data: bytes, source: Document, output: Document) -> bytes:
    inner = element(tags.REQUESTED_PROCEDURE_DESCRIPTION, "LO", SECRET.encode(), output.explicit)
    return with_element(data, tags.REQUEST_ATTRIBUTES_SEQUENCE, "SQ", item(inner))


def _in_private(data: bytes, source: Document, output: Document) -> bytes:
    data = with_element(data, 0x00990010, "LO", b"CANARY")
    return with_element(data, 0x00991001, "OB", b"\1\2" + SECRET.lower().encode() + b"\3\4")


def _as_utf16(data: bytes, source: Document, output: Document) -> bytes:
    return with_element(data, 0x7FE10010, "OB", b"\7" + SECRET.encode("utf-16-le"))


def _in_padding(data: bytes, source: Document, output: Document) -> bytes:
    return data + element(tags.DATA_SET_TRAILING_PADDING, "OB", SECRET.encode(), output.explicit)


def _in_preamble(data: bytes, source: Document, output: Document) -> bytes | None:
    return with_bytes(data, 40, SECRET.encode()) if output.has_preamble else None


def _in_meta(data: bytes, source: Document, output: Document) -> bytes:
    return with_meta(data, tags.SOURCE_APPLICATION_ENTITY_TITLE, "AE", SECRET.encode()[:16])


def _pixel_bytes(output: Document) -> tuple[int, int] | None:
    """Return start and length of the longest stretch of pixel bytes: native pixels, or one fragment of a frame.

    The Basic Offset Table and the headers of items are left alone: a plant must not break the structure.
    """
    pixels = output.index.get((LEVEL_ROOT, tags.PIXEL_DATA))
    if pixels is None:
        return None
    places = output.fragments[1:] if output.fragments else [(pixels[3], pixels[4])]
    start, length = max(places, key=lambda place: place[1], default=(0, 0))
    return (start, length) if length >= _LEAST_PIXELS else None


def _in_pixels(data: bytes, source: Document, output: Document) -> bytes | None:
    place = _pixel_bytes(output)
    return None if place is None else with_bytes(data, place[0] + (place[1] - len(SECRET)) // 2, SECRET.encode())


def _changed_pixel(data: bytes, source: Document, output: Document) -> bytes | None:
    place = _pixel_bytes(output)
    if place is None or output.fragments:
        return None
    middle = place[0] + place[1] // 2
    return with_bytes(data, middle, bytes([data[middle] ^ 1]))


def _changed_outside(data: bytes, output: Document, record: dict[str, Any]) -> bytes | None:
    """Change one voxel that the run did not record as changed."""
    pixels = output.index.get((LEVEL_ROOT, tags.PIXEL_DATA))
    mask = record.get("mask")
    if pixels is None or output.fragments or mask is None or mask.all():
        return None
    position = pixels[3] + int(np.flatnonzero(~mask.ravel())[0]) * (pixels[4] // mask.size)
    return with_bytes(data, position, bytes([data[position] ^ 1]))


def _source_uid(data: bytes, source: Document, output: Document) -> bytes | None:
    uid = source.text(tags.STUDY_INSTANCE_UID)
    if not uid or uid == output.text(tags.STUDY_INSTANCE_UID):
        return None
    inner = element(tags.REFERENCED_SOP_INSTANCE_UID, "UI", uid.encode(), output.explicit)
    return with_element(data, tags.REFERENCED_SERIES_SEQUENCE, "SQ", item(inner))


def _source_date(data: bytes, source: Document, output: Document) -> bytes | None:
    day = source.text(tags.STUDY_DATE)
    if not is_date(day) or day == output.text(tags.STUDY_DATE):
        return None
    return with_element(data, tags.STUDY_DATE, "DA", day.encode())


def _wrong_meta_uid(data: bytes, source: Document, output: Document) -> bytes:
    return with_meta(data, tags.MEDIA_STORAGE_SOP_INSTANCE_UID, "UI", b"2.25.999")


def _identity_not_removed(data: bytes, source: Document, output: Document) -> bytes | None:
    return (
        with_element(data, tags.PATIENT_IDENTITY_REMOVED, "CS", b"NO")
        if output.text(tags.PATIENT_IDENTITY_REMOVED) == "YES"
        else None
    )


PLANTS: tuple[tuple[str, Plant, str], ...] = (
    ("a name in a comment", _in_element, "leak.value"),
    ("a name in a technical attribute that is kept", _in_kept_text, "leak.value"),
    ("a name inside a sequence", _in_sequence, "leak.value"),
    ("a name in private binary data", _in_private, "leak.value"),
    ("a name as UTF-16 after the pixels", _as_utf16, "leak.value"),
    ("a name in the padding at the end", _in_padding, "leak.value"),
    ("a name in the preamble", _in_preamble, "leak.value"),
    ("a name in the file meta information", _in_meta, "leak.value"),
    ("a name among the pixel bytes", _in_pixels, "leak.value"),
    ("one changed pixel", _changed_pixel, "pixel.changed|pixel.decode"),
    ("a study UID of the source in a reference", _source_uid, "uid.source"),
    ("a date that was not shifted", _source_date, "time|action"),
    ("another instance UID in the file meta information", _wrong_meta_uid, "meta.disagrees"),
    ("a statement that identity was not removed", _identity_not_removed, "method.identity"),
)


Records = Callable[[str], dict[str, Any] | None]


def canary_of(auditor: Auditor, pairs: Pairs, output: Path, records: Records) -> dict[str, Any]:
    """Plant leaks in copies of clean outputs that are not large; nothing is written to disk.

    The first, middle and last output are taken. A leak that none of them can take is another output's turn. Where all
    are large, the smallest is taken, in a copy with shortened values.
    """
    planted: dict[str, list[bool]] = {}
    for turn, pair in enumerate(_chosen(auditor, pairs, output)):
        plants = PLANTS if turn < _SAMPLES else tuple(plant for plant in PLANTS if plant[0] not in planted)
        if not plants:
            break
        try:
            source, data = Document(pair.read_source(), tolerant=True), read_bytes(output / pair.output)
            is_large = len(data) > LARGE or len(source.data) > LARGE
            if is_large:
                source = Document(shortened(source), tolerant=True)
            copy = shortened(Document(data)) if is_large else data[:]
            record = None if is_large else records(pair.output)
            hits = list(plant_and_find(pair.output, source, copy, auditor.expectation, record, plants))
        except (OSError, WalkError, KeyError, MemoryError):
            continue
        for title, found in hits:
            planted.setdefault(title, []).append(found)
    rows = [{"planted": title, "times": len(hits), "found": sum(hits)} for title, hits in planted.items()]
    times = sum(len(hits) for hits in planted.values())
    return {"rows": rows, "planted": times, "missed": times - sum(map(sum, planted.values()))}


def missed_plants(canary: Mapping[str, Any] | None) -> list[str]:
    """Return what was planted and not found, in plain words; empty if the audit saw everything."""
    return [row["planted"] for row in (canary or {}).get("rows", ()) if row["found"] < row["times"]]


def _chosen(auditor: Auditor, pairs: Pairs, output: Path) -> list[Pair]:
    small, smallest = array("L"), (0, -1)
    for number, pair in enumerate(pairs):
        if pair.output in auditor.findings.failed_files or pair.output in auditor.not_checked:
            continue
        size = _size_of(output / pair.output)
        if 0 < size <= LARGE:
            small.append(number)
        elif size and (smallest[1] < 0 or size < smallest[0]):
            smallest = (size, number)
    if not small:
        return list(pairs.take([smallest[1]])) if smallest[1] >= 0 else []
    first = dict.fromkeys((small[0], small[len(small) // 2], small[-1]))
    step = max(1, len(small) // (_MORE_SAMPLES + 1))
    more = [number for number in small[step // 2 :: step] if number not in first][:_MORE_SAMPLES]
    chosen = [*first, *more]
    at_number = dict(zip(sorted(chosen), pairs.take(sorted(chosen)), strict=True))
    return [at_number[number] for number in chosen]


def _size_of(path: Path) -> int:
    try:
        return os.stat(system_path(os.fspath(path))).st_size
    except OSError:
        return 0


def plant_and_find(
    name: str,
    source: Document,
    data: bytes,
    expectation: Expectation | None,
    pixel_record: dict[str, Any] | None,
    plants: tuple[tuple[str, Plant, str], ...] | None = None,
) -> Iterator[tuple[str, bool]]:
    """Yield (what was planted, whether it was found) for every plant that applies to one output.

    Parameters
    ----------
    name : str
        Relative path of the output.
    source : Document
    data : bytes
        The output, not changed on disk.
    expectation : Expectation or None
    pixel_record : dict or None
        See `View`.
    plants : tuple, optional
        The plants to try; all by default.

    Raises
    ------
    WalkError
        If the output itself cannot be walked.
    """
    output = Document(data)
    tried = PLANTS if plants is None else plants
    if not can_edit(output):
        tried = tuple(entry for entry in tried if entry[1] is _in_preamble)
    before = _errors(name, source, data, expectation, pixel_record)
    for title, plant, check in tried:
        if plant is _changed_pixel and any(name.startswith("pixel.") for name, _ in before):
            continue  # pixels of a shortened copy differ already
        if check == "method.identity" and expectation is not None and expectation.keep_id_name:
            continue
        wanted, changed = check, plant
        if plant is _changed_pixel and pixel_record is not None:
            wanted, changed = "pixel.outside", _outside(pixel_record)
        found = _found(changed, name, source, data, output, expectation, pixel_record)
        if found is not None:
            yield title, any(one.startswith(tuple(wanted.split("|"))) for one, _ in found - before)
    secret_name = f"{SECRET}/{name}"
    found = _errors(secret_name, source, data, expectation, pixel_record) - before
    yield "a name in a folder name", any(check == "leak.path" for check, _ in found)


def _outside(record: dict[str, Any]) -> Plant:
    return lambda data, source, output: _changed_outside(data, output, record)


def _found(
    plant: Plant,
    name: str,
    source: Document,
    data: bytes,
    output: Document,
    expectation: Expectation | None,
    record: dict[str, Any] | None,
) -> set[tuple[str, str]] | None:
    """Return the errors in a copy with a planted leak; None if this output cannot take it and stay a data set."""
    try:
        planted = plant(data, source, output)
        if planted is None or planted == data:
            return None
        Document(planted)
    except (WalkError, struct.error, IndexError):
        return None
    return _errors(name, source, planted, expectation, record)


def _errors(
    name: str, source: Document, data: bytes, expectation: Expectation | None, record: dict[str, Any] | None
) -> set[tuple[str, str]]:
    auditor = Auditor(expectation)
    auditor.learn(source, Document(data))
    auditor.subject_of(source).add(canary_secret())
    auditor.audit(name, source, data, record)
    return {(found.check, found.place) for found in auditor.findings.items if found.severity is Severity.ERROR}

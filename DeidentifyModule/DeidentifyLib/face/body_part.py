"""What a header says about the part of the body; a hint may make a verdict more careful, never more daring alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from pydicom import Dataset

from ..dicom import tags
from .atlas import DATA
from .series import SeriesHeaders

OTHER_PARTS = re.compile(
    r"^(chest|thorax|lung|heart|breast|abdomen|liver|kidney|pelvis|prostate|uterus|hip|thigh|knee|leg|calf|ankle|foot|"
    r"shoulder|humerus|elbow|forearm|wrist|hand|finger|toe|lspine|tspine|lumbar|sacrum|extremity|phantom)",
    re.IGNORECASE,
)
_DESCRIPTIONS = (
    tags.STUDY_DESCRIPTION,
    tags.SERIES_DESCRIPTION,
    tags.BODY_PART_EXAMINED,
    tags.PROTOCOL_NAME,
    tags.ACQUISITION_PROTOCOL_DESCRIPTION,
    tags.REQUESTED_PROCEDURE_DESCRIPTION,
    tags.SCHEDULED_PROCEDURE_STEP_DESCRIPTION,
    tags.PERFORMED_PROCEDURE_STEP_DESCRIPTION,
)
_CODES = (
    tags.PROCEDURE_CODE_SEQUENCE,
    tags.ANATOMIC_REGION_SEQUENCE,
    tags.PRIMARY_ANATOMIC_STRUCTURE_SEQUENCE,
    tags.REQUESTED_PROCEDURE_CODE_SEQUENCE,
    tags.SCHEDULED_PROTOCOL_CODE_SEQUENCE,
    tags.PERFORMED_PROTOCOL_CODE_SEQUENCE,
)
_ENTERED = (
    tags.FRAME_ANATOMY_SEQUENCE,
    tags.REQUEST_ATTRIBUTES_SEQUENCE,
    tags.SHARED_FUNCTIONAL_GROUPS_SEQUENCE,
)
_CODE_VALUE, _CODE_MEANING = tags.CODE_VALUE, tags.CODE_MEANING
_DEPTH = 4


def says_head(series: SeriesHeaders) -> bool:
    """Return whether descriptions, body part or codes speak of the head, the neck or the whole body.

    Looked at are the attributes of study, series, procedure and anatomy of the first instance, in English and in
    some other languages (``data/head_words.txt``, ``data/head_codes.txt``).
    """
    words, codes = _head_words(), _head_codes()
    return any(text in codes or words.search(_plain(text)) for text in _texts(series.first, _DEPTH))


def says_elsewhere(series: SeriesHeaders) -> bool:
    """Return whether the body part is given, is no part of the head, and nothing else speaks of the head."""
    part = str(series.first.get("BodyPartExamined") or "").strip()
    return bool(OTHER_PARTS.match(part)) and not says_head(series)


def _texts(header: Dataset, depth: int) -> Iterator[str]:
    """Yield descriptions, and values and meanings of codes, of a data set and the items that speak of anatomy."""
    for tag in _DESCRIPTIONS:
        yield from _values(header, tag)
    for tag in _CODES:
        for item in _items(header, tag):
            yield from _values(item, _CODE_VALUE)
            yield from _values(item, _CODE_MEANING)
    if depth:
        for tag in _ENTERED:
            for item in _items(header, tag):
                yield from _texts(item, depth - 1)
        for item in _items(header, tags.PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE)[:1]:
            yield from _texts(item, depth - 1)


def _values(header: Dataset, tag: int) -> list[str]:
    element = header.get(tag)
    value = element.value if element is not None else None
    values = [value] if isinstance(value, str) else value or ()
    return [str(one).strip() for one in values]


def _items(header: Dataset, tag: int) -> list[Dataset]:
    element = header.get(tag)
    return list(element.value or ()) if element is not None and element.VR == "SQ" else []


def _plain(text: str) -> str:
    """Return a text in lower case, without diacritics, with spaces for what is neither letter nor digit."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    letters = (c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    return " ".join("".join(letters).split())


@cache
def _head_words() -> re.Pattern[str]:
    lines = (line.strip() for line in (DATA / "head_words.txt").read_text(encoding="ascii").splitlines())
    return re.compile("|".join(line for line in lines if line and not line.startswith("#")))


@cache
def _head_codes() -> frozenset[str]:
    lines = (DATA / "head_codes.txt").read_text(encoding="ascii").splitlines()
    return frozenset(code for line in lines for code in line.split("#")[0].split())

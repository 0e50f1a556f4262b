"""The byte-stream engine: an equal data set to the reference engine's, without decoding what stays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from ...dicom.elements import effective_vr
from ...dicom.tags import (
    PATIENT_ID,
    PATIENT_NAME,
    PIXEL_DATA,
    PRIVATE_DATA_ELEMENT_CHARACTERISTICS_SEQUENCE,
    SOP_CLASS_UID,
    SOP_INSTANCE_UID,
    SPECIFIC_CHARACTER_SET,
)
from ...files.byte_sources import ByteSource
from ...free_text.deep_identifiers import IdentifyingText, is_searched, texts_of_encoded
from ...free_text.subject_identifiers import StoredValue, cleaner_for, is_identifying
from ...pixels.hidden_bytes import HIDDEN_BYTES
from ...profile.actions import Action
from ...pseudonyms.pseudonymizer import Subject
from ...pseudonyms.subject_identity import canonical_id, canonical_name
from ...standard.dictionary import vr_of
from ...standard.iod_types import iod_of
from ..context import Context
from ..deidentification_method import METHOD_TAGS
from ..engine import VOICE_RECORDINGS, HeaderEngine
from ..text_values import class_uid_names_record
from .attribute_rules import AttributeRules
from .byte_siblings import ByteSiblings, encodings_of
from .counting import CountKeys
from .dataset_level import DatasetLevel, Tools
from .encode import encode_element, file_start
from .errors import NotStreamable
from .hidden_pixel_bytes import blank_pixel_data
from .level_output import Piece, joined_bytes
from .records import Record
from .reference_fallback import ReferenceFallback
from .repeated_elements import RepeatedElements
from .top_level import FIRST_READ, TopLevel, TopLevelReader
from .walk import read_head

_UID = re.compile(rb"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*")
_LONGEST_UID = 64
_MOST_METHODS = 256
_REMEMBERED_SEQUENCES = 1024
_CONTEXT_TAGS = frozenset((SPECIFIC_CHARACTER_SET, SOP_CLASS_UID, PATIENT_ID))

TextsOfEncoded = Callable[[bytes, bool, tuple[str, ...]], tuple[IdentifyingText, ...]]
"""See `texts_of_encoded`."""


@dataclass(frozen=True)
class Streamed:
    """A de-identified file, not written yet.

    Attributes
    ----------
    pieces : list of bytes or Range
        New bytes, and ranges of the source.
    counted : list of int
        Numbers of what was counted; see `StreamEngine.counts`.
    """

    pieces: list[Piece]
    counted: list[int]


class StreamEngine:
    """De-identifies encoded files under the profile of a reference engine.

    Parameters
    ----------
    reference : HeaderEngine
        Shares its profile and actions, and treats single elements that bytes alone do not decide.
    first_read : int
        Bytes that are read at once.
    """

    def __init__(self, reference: HeaderEngine, first_read: int = FIRST_READ) -> None:
        self._reference = reference
        rules = reference.profile.options.site_rules.rules
        self._fixed = {rule.number: rule.value for rule in rules if rule.action == "set"}
        self._reader = TopLevelReader(first_read, written=METHOD_TAGS | {PATIENT_ID} | self._fixed.keys())
        self._keys = CountKeys()
        self._tops: dict[tuple[object, ...], DatasetLevel] = {}
        self._rules: dict[tuple[str, bool], AttributeRules] = {}
        self._methods: dict[tuple[object, ...], dict[int, bytes]] = {}
        self._texts: TextsOfEncoded = lru_cache(maxsize=_REMEMBERED_SEQUENCES)(texts_of_encoded)
        self._context_records: dict[RepeatedElements, tuple[Record, ...]] = {}
        self._identifying: dict[tuple[int, str | None], bool] = {}

    def forget(self) -> None:
        """Forget what was remembered of earlier files; to be called between tasks."""
        self._tops.clear()
        self._context_records.clear()
        self._keys.forget_together()

    def counts(self, counted: Iterable[int]) -> Counter[tuple[int, Action, str]]:
        """Return how often which action met which attribute."""
        return self._keys.counter(counted)

    def deidentify(self, source: ByteSource, subject: Subject) -> Streamed:
        """De-identify one file.

        Parameters
        ----------
        source : ByteSource
            The file.
        subject : Subject
            Replacements of the subject.

        Raises
        ------
        NotStreamable
            If the file holds anything unexpected; the reference engine decides then.
        """
        layout = self._reader.read(source)
        sop_class = _uid(layout.get(SOP_CLASS_UID))
        if sop_class in VOICE_RECORDINGS:
            raise NotStreamable("a voice recording")
        if self._reference.profile.options.keep_safe_private and layout.get(
            PRIVATE_DATA_ELEMENT_CHARACTERISTICS_SEQUENCE
        ):
            raise NotStreamable("private attributes that the object itself declares safe")
        blanked = blank_pixel_data(layout, source)
        top = self._top(layout, subject)
        counted = [self._keys.number(PIXEL_DATA, Action.CLEAN, HIDDEN_BYTES)] if blanked else []
        pieces = top.treat(layout.parts, counted)
        if layout.get(PATIENT_ID) is None and self._reference.fills_patient_id(top.context.iod):
            self._add_patient_id(pieces, counted, subject, layout.implicit)
        self._reader.learn(layout, top.changing)
        self._add_method(pieces, top, layout.implicit)
        start = file_start(sop_class, _uid_of_pieces(pieces, layout.implicit), layout.transfer_syntax)
        return Streamed([start, *(piece for _, piece in pieces)], counted)

    def _top(self, layout: TopLevel, subject: Subject) -> DatasetLevel:
        """Return the level that remembers what was done in files with the same context."""
        context_records: list[Record] = []
        of_stretch, known = self._context_records.get, self._identifying.get
        for part in layout.parts:
            if type(part) is RepeatedElements:
                found = of_stretch(part)
                context_records += self._context_records_of(part) if found is None else found
            elif known((part.tag, part.vr)) is not False and self._is_context_attribute(part.tag, part.vr):
                context_records.append(part)
        said = (self._said(record, layout, context_records) for record in context_records)
        signature = (subject, layout.implicit, *said)
        top = self._tops.get(signature)
        if top is None:
            top = self._tops[signature] = self._new_top(layout, context_records, subject)
        return top

    def _new_top(self, layout: TopLevel, context_records: list[Record], subject: Subject) -> DatasetLevel:
        profile, values, implicit = self._reference.profile, self._reference.values, layout.implicit
        context = _context(layout, context_records, subject, self._texts)
        rules = self._rules.get((context.iod, implicit))
        if rules is None:
            rules = AttributeRules(profile, values, self._keys, implicit, context.iod)
            self._rules[context.iod, implicit] = rules
        fallback = ReferenceFallback(self._reference, implicit)
        tools = Tools(values, fallback, self._keys, implicit, profile.options.clean_graphics)
        return DatasetLevel(tools, context, rules)

    def _said(
        self, record: Record, layout: TopLevel, context_records: Sequence[Record]
    ) -> bytes | tuple[IdentifyingText, ...]:
        """Return what an element says to the context: a sequence only what its items say of persons and places."""
        if not is_searched(record.tag, record.vr):
            return record.raw
        if record.bulk is not None:
            raise NotStreamable("a large sequence that may name somebody")
        encodings = encodings_of(_character_set_of(context_records), layout.implicit)
        return self._texts(record.raw, layout.implicit, encodings)

    def _context_records_of(self, stretch: RepeatedElements) -> tuple[Record, ...]:
        """Return the elements of a stretch that are part of the context."""
        context_records = tuple(
            record for record in stretch.records if self._is_context_attribute(record.tag, record.vr)
        )
        self._context_records[stretch] = context_records
        return context_records

    def _is_context_attribute(self, tag: int, vr: str | None) -> bool:
        """Return whether an element is part of the context."""
        is_context = self._identifying.get((tag, vr))
        if is_context is None:
            is_context = tag in _CONTEXT_TAGS or is_identifying(tag, _known_vr(tag, vr)) or is_searched(tag, vr)
            self._identifying[tag, vr] = is_context
        return is_context

    def _add_method(self, pieces: list[tuple[int, Piece]], top: DatasetLevel, implicit: bool) -> None:
        """Put in what was done, in the place of what an earlier de-identification said."""
        before = [piece for piece in pieces if piece[0] in METHOD_TAGS]
        key = (implicit, top.context.encodings, *(raw for _, raw in before))
        method = self._methods.get(key)
        if method is None:
            if len(self._methods) >= _MOST_METHODS:
                self._methods.clear()
            raw = joined_bytes(before)
            method = top.tools.fallback.method_elements(raw, self._reference.profile.options, top.context.encodings)
            self._methods[key] = method
        for piece in before:
            pieces.remove(piece)
        pieces += method.items()
        if self._fixed:
            self._add_fixed(pieces, implicit)
        pieces.sort(key=itemgetter(0))

    def _add_patient_id(
        self, pieces: list[tuple[int, Piece]], counted: list[int], subject: Subject, implicit: bool
    ) -> None:
        """Put in the new Patient ID where the data set had none; `_add_marks` puts it in its place."""
        pieces.append((PATIENT_ID, encode_element(PATIENT_ID, "LO", subject.new_id.encode("ascii"), implicit)))
        reason = self._reference.profile.rule(PATIENT_ID, "LO").reason
        counted.append(self._keys.number(PATIENT_ID, Action.NEW_ID, reason))

    def _add_fixed(self, pieces: list[tuple[int, Piece]], implicit: bool) -> None:
        """Add the values that a site rule sets and the data set did not have."""
        present = {tag for tag, _ in pieces}
        for tag, value in self._fixed.items():
            if tag not in present and vr_of(tag) == "SQ":
                raise NotStreamable("a site rule that sets a sequence")
            if tag not in present:
                pieces.append((tag, encode_element(tag, vr_of(tag) or "LO", value.encode("ascii"), implicit)))


def _known_vr(tag: int, vr: str | None) -> str:
    return effective_vr(vr, vr_of(tag))


def _character_set_of(context_records: Sequence[Record]) -> bytes:
    return next((record.raw for record in context_records if record.tag == SPECIFIC_CHARACTER_SET), b"")


def _context(layout: TopLevel, context_records: list[Record], subject: Subject, texts: TextsOfEncoded) -> Context:
    encodings = encodings_of(_character_set_of(context_records), layout.implicit)
    if any(record.bulk is not None for record in context_records):
        raise NotStreamable("a large identifying value")
    siblings = ByteSiblings(layout.parts, encodings)
    values: list[StoredValue] = []
    of_items: list[IdentifyingText] = []
    for record in context_records:
        if is_searched(record.tag, record.vr):
            of_items += texts(record.raw, layout.implicit, encodings)
            continue
        vr = _known_vr(record.tag, record.vr)
        value = record.raw[record.value :]
        if value and is_identifying(record.tag, vr):
            if record.undefined or vr == "SQ":
                raise NotStreamable("an identifying attribute that is a sequence")
            values.append((record.tag, vr, value))
    cleaner = cleaner_for(tuple(values), encodings, tuple(of_items))
    sop_class = next((record for record in context_records if record.tag == SOP_CLASS_UID), None)
    if sop_class and class_uid_names_record(SOP_CLASS_UID, sop_class.raw[sop_class.value :], cleaner.identifiers):
        raise NotStreamable("a SOP Class UID that holds a record number")
    return Context(
        subject,
        iod_of(siblings.text_of(SOP_CLASS_UID)),
        subject_id=canonical_id(siblings.text_of(PATIENT_ID)) or None,
        subject_name=canonical_name(siblings.text_of(PATIENT_NAME)) or None,
        encodings=encodings,
        cleaner=cleaner,
    )


def _uid(record: Record | None) -> str:
    if record is None or record.vr not in (None, "UI"):
        raise NotStreamable("no plain SOP Class UID or SOP Instance UID")
    return _valid_uid(record.raw[record.value :])


def _uid_of_pieces(pieces: Iterable[tuple[int, Piece]], implicit: bool) -> str:
    for tag, piece in pieces:
        if tag == SOP_INSTANCE_UID and isinstance(piece, bytes) and (implicit or piece[4:6] == b"UI"):
            return _valid_uid(piece[read_head(piece, 0, implicit)[2] :])
    raise NotStreamable("no plain SOP Class UID or SOP Instance UID")


def _valid_uid(value: bytes) -> str:
    uid = value.rstrip(b"\0")
    padding = len(value) - len(uid)
    if len(uid) > _LONGEST_UID or not _UID.fullmatch(uid) or padding != len(uid) % 2:  # pydicom pads these two again
        raise NotStreamable("no valid SOP Class UID or SOP Instance UID")
    return uid.decode("ascii")

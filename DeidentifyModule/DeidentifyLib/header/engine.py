"""The reference engine: one pydicom data set through the profile, at any depth (PS3.15 E.1.1).

Values are judged and replaced as stored bytes. What is kept is never decoded, so a malformed value
is neither repaired nor lost by accident, and kept bytes stay identical.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

from pydicom.charset import convert_encodings
from pydicom.datadict import dictionary_has_tag
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence

from ..dicom.elements import PARSE_ERRORS, VRS, effective_vr, raw_element, stored_bytes, stored_element, text_of
from ..dicom.errors import CannotDeidentify, Withheld
from ..dicom.private_blocks import PrivateBlocks, holds_private
from ..dicom.tags import (
    PATIENT_ID,
    PIXEL_REPRESENTATION,
    SOP_CLASS_UID,
    SPECIMEN_PREPARATION_STEP_CONTENT_ITEM_SEQUENCE,
)
from ..free_text.cleaning import TextCleaner
from ..free_text.deep_identifiers import texts_of_items
from ..free_text.subject_identifiers import StoredValue, cleaner_for, is_identifying
from ..profile.actions import Action, Rule
from ..profile.resolver import Profile
from ..pseudonyms.pseudonymizer import Pseudonyms, Subject
from ..pseudonyms.subject_identity import canonical_id, canonical_name
from ..standard.dictionary import vr_of
from ..standard.iod_types import OPTIONAL, Path, iod_of, type_of
from .clean_graphics import clean_text_objects, graphics_action, name_by_number, rename_layers
from .content_references import ContentReferences
from .context import Change, Context
from .decisions import carry_out, decide_attribute, explained, written_vr
from .declared_private import DeclaredPrivate
from .identity import identity_of
from .sequences import build_dummy_items
from .siblings import DatasetSiblings
from .structured_content import clean_content_sequence
from .values import ValueActions

MAXIMUM_DEPTH = 32
VOICE_RECORDINGS = frozenset(("1.2.840.10008.5.1.4.1.1.9.4.1", "1.2.840.10008.5.1.4.1.1.9.4.2"))
"""SOP Classes Basic Voice Audio and General Audio Waveform Storage."""

NO_OVERRIDES: Mapping[int, Action] = MappingProxyType({})
StoredElement = DataElement | RawDataElement
_VALUE_FALLBACK = (Action.DUMMY, Action.DUMMY, Action.DUMMY)


class HeaderEngine:
    """De-identifies data sets under one profile.

    Parameters
    ----------
    profile : Profile
        Options resolved to rules.
    pseudonyms : Pseudonyms
        Replacements under the project key.
    """

    def __init__(self, profile: Profile, pseudonyms: Pseudonyms) -> None:
        self.profile = profile
        self.values = ValueActions(pseudonyms, profile.options.site_rules)

    def deidentify(
        self, dataset: FileDataset, subject: Subject, observer: Callable[[Change], None] | None = None
    ) -> Context:
        """De-identify a data set that was read from a file, in place.

        Parameters
        ----------
        dataset : pydicom.dataset.FileDataset
            As `pydicom.dcmread` returns it, no element touched. File meta information and the
            attributes that say what was done are not the work of this method.
        subject : Subject
            Replacements of the subject.
        observer : callable, optional
            Receives every change, for a preview.

        Returns
        -------
        Context
            Counts of what was done.

        Raises
        ------
        CannotDeidentify
            If the data set is truncated.
        Withheld
            If it is a voice recording.
        """
        if text_of(dataset, SOP_CLASS_UID) in VOICE_RECORDINGS:
            raise Withheld("a voice recording: it identifies who speaks, and no option of PS3.15 cleans it")
        context = self._context(dataset, subject, observer)
        options = self.profile.options
        references = ContentReferences(dataset) if options.clean_structured_content else None
        if options.clean_graphics:
            clean_text_objects(dataset, context.cleaner)
            rename_layers(dataset, context.cleaner)
            name_by_number(dataset, context.cleaner.name)
        self._dataset(dataset, context, ())
        if references is not None:
            references.restore(dataset)
        if self.fills_patient_id(context.iod) and PATIENT_ID not in dataset:
            self._add_patient_id(dataset, context)
        self._add_fixed(dataset)
        return context

    def fills_patient_id(self, iod: str) -> bool:
        """Return whether an object without Patient ID, which is Type 2 in the Patient Module, gets the new one.

        Parameters
        ----------
        iod : str
            Name of the IOD, empty if unknown.
        """
        return not self.profile.options.keep_id_name and (not iod or type_of(iod, (PATIENT_ID,)) != OPTIONAL)

    def _add_patient_id(self, dataset: Dataset, context: Context) -> None:
        new_id = context.subject.new_id.encode("ascii")
        dataset[PATIENT_ID] = raw_element(dataset, PATIENT_ID, "LO", new_id)
        reason = self.profile.rule(PATIENT_ID, "LO").reason
        self._record(dataset, None, new_id, Action.NEW_ID, reason, context, (PATIENT_ID,), "LO")

    def _add_fixed(self, dataset: Dataset) -> None:
        """Add the values that a site rule sets and the data set did not have."""
        for rule in self.profile.options.site_rules.rules:
            if rule.action == "set" and rule.number not in dataset:
                vr = vr_of(rule.number) or "LO"
                dataset[rule.number] = raw_element(dataset, rule.number, vr, rule.value.encode("ascii"))

    def deidentify_part(self, dataset: Dataset, context: Context, path: Path) -> None:
        """De-identify some elements of a data set or item; see `deidentify`.

        Parameters
        ----------
        dataset : pydicom.dataset.Dataset
            The elements, with the private creators of their blocks.
        context : Context
            Of the whole data set.
        path : tuple of int
            Tags of the enclosing sequences.
        """
        self._dataset(dataset, context, path)

    def _context(self, dataset: FileDataset, subject: Subject, observer: Callable[[Change], None] | None) -> Context:
        encodings = tuple(convert_encodings(dataset._character_set))
        identity = identity_of(dataset)
        return Context(
            subject,
            iod_of(text_of(dataset, SOP_CLASS_UID)),
            canonical_id(identity.patient_id) or None,
            canonical_name(identity.patient_name) or None,
            encodings,
            cleaner_of(dataset),
            DeclaredPrivate(dataset) if self.profile.options.keep_safe_private else None,
            observer=observer,
        )

    def _dataset(
        self, dataset: Dataset, context: Context, path: Path, overrides: Mapping[int, Action] = NO_OVERRIDES
    ) -> None:
        """De-identify a data set or item in place.

        Parameters
        ----------
        overrides : mapping of int to Action
            Actions that go before the profile's, by tag: for the value of a content item.
        """
        blocks = PrivateBlocks(dataset)
        stored = [_undecoded(dataset, int(tag)) for tag in sorted(dataset.keys())]
        for element in stored:
            tag = element.tag
            number = int(tag)
            if blocks.is_creator(number) or number not in dataset:
                continue
            if stored_element(dataset, tag) is not element:
                dataset[tag] = element  # pydicom decodes Pixel Representation when a sequence is entered
            _refuse_truncated(element)
            if number >> 16 & 1:
                if self._private(dataset, element, blocks.creator(number), context, (*path, number)):
                    blocks.retain(number)
            elif not _belongs_to_data_set(number):
                self._finish(dataset, element, None, Action.REMOVE, "not part of a data set", context, (*path, number))
            else:
                self._standard(dataset, element, context, (*path, number), overrides.get(number))
        for unused in blocks.unused_creators():
            del dataset[unused]

    def _standard(
        self, dataset: Dataset, element: StoredElement, context: Context, path: Path, override: Action | None
    ) -> None:
        tag = path[-1]
        vr = effective_vr(element.VR, vr_of(tag))
        if element.VR is not None and element.VR not in VRS and vr != "SQ":
            element = dataset[tag] = raw_element(dataset, tag, vr, _bytes_or_none(element) or b"")
        element = _as_sequence(dataset, element, vr)
        rule = self.profile.rule(tag, vr)
        if override is not None:
            rule = Rule(override, _VALUE_FALLBACK, "E.3.4 Clean Structured Content: value of the content item")
        elif self.profile.options.clean_graphics:
            action = graphics_action(DatasetSiblings(dataset), tag)
            if action is not None:
                rule = Rule(action, rule.by_type, "E.3.3 Clean Graphics")
        self._apply(dataset, element, vr, rule, context, path)

    def _private(self, dataset: Dataset, element: StoredElement, creator: str, context: Context, path: Path) -> bool:
        """Treat a private element; return whether it stays."""
        rule, table_vr = self.profile.private_rule(creator, path[-1])
        declared = context.declared.rule(creator, path[-1]) if context.declared is not None else None
        if element.VR is not None and element.VR not in VRS:
            rule = Rule(Action.REMOVE, rule.by_type, "its VR is not one of PS3.5")
        elif declared is not None:
            rule, table_vr = declared, ""
        vr = effective_vr(element.VR, table_vr)
        unknown_sequence = rule.action is None and bool(creator) and vr == "SQ"
        if unknown_sequence:
            rule = Rule(Action.ENTER, rule.by_type, "E.3.10: private sequence judged element by element", listed=False)
        elif rule.action is Action.KEEP and table_vr and not self.values.fits_private(vr, table_vr, element):
            rule = Rule(Action.REMOVE, rule.by_type, "the value has not the VR that Table E.3.10-1 states")
        self._apply(dataset, element, vr, rule, context, path)
        kept = path[-1] in dataset
        if kept and unknown_sequence and not any(holds_private(item) for item in dataset[path[-1]].value):
            del dataset[path[-1]]
            return False
        return kept

    def _apply(
        self, dataset: Dataset, element: StoredElement, vr: str, rule: Rule, context: Context, path: Path
    ) -> None:
        decision = decide_attribute(rule, context.iod, path)
        if vr == "SQ":
            self._sequence(dataset, element, decision.action, rule, context, path)
            return
        original = _bytes_or_none(element)
        siblings = DatasetSiblings(dataset)
        new, action, rules = carry_out(self.values, decision, path[-1], vr, original, siblings, context)
        vr = written_vr(action, vr)
        self._finish(dataset, element, new, action, explained(rule.reason, rules), context, path, vr)

    def _sequence(
        self,
        dataset: Dataset,
        element: StoredElement,
        action: Action,
        rule: Rule,
        context: Context,
        path: Path,
    ) -> None:
        if action in (Action.KEEP, Action.CLEAN, Action.UID, Action.SHIFT, Action.CODE):
            action = Action.ENTER
        if action in (Action.ENTER, Action.CONTENT) and not self._enter(dataset, path, context, action):
            action = Action.REMOVE
        tag = path[-1]
        if action is Action.REMOVE:
            dataset.pop(tag, None)
        elif action is Action.EMPTY:
            dataset[tag] = DataElement(tag, "SQ", Sequence())
        elif action is Action.DUMMY:
            self._dummy_sequence(dataset, path, context)
        elif (
            action is Action.CONTENT
            and tag == SPECIMEN_PREPARATION_STEP_CONTENT_ITEM_SEQUENCE
            and not dataset[tag].value
        ):
            # Type 1 wherever it stands, so it may not stay without items
            dataset[tag] = DataElement(tag, "SQ", Sequence(build_dummy_items(tag, dataset, None)))
        self._record(dataset, None, None, action, rule.reason, context, path, "SQ")

    def _enter(self, dataset: Dataset, path: Path, context: Context, action: Action = Action.ENTER) -> bool:
        """De-identify the items of a sequence; return False if it cannot be parsed."""
        if len(path) > MAXIMUM_DEPTH:
            return False
        try:
            items = dataset[path[-1]].value
            if not isinstance(items, Sequence):
                return False
            if action is Action.CONTENT:
                clean_content_sequence(
                    items,
                    self.profile.options,
                    lambda item, overrides: self._dataset(item, context, path, overrides),
                )
            else:
                for item in items:
                    self._dataset(item, context, path)
        except CannotDeidentify:
            raise
        except PARSE_ERRORS:
            return False
        return True

    def _dummy_sequence(self, dataset: Dataset, path: Path, context: Context) -> None:
        """Replace the items of a sequence by one dummy item (PS3.15 Table E.1-1a, action D)."""
        entered = self._enter(dataset, path, context)
        first = next(iter(dataset[path[-1]].value), None) if entered else None
        items = build_dummy_items(path[-1], dataset, first)
        dataset[path[-1]] = DataElement(path[-1], "SQ", Sequence(items))

    def _finish(
        self,
        dataset: Dataset,
        element: StoredElement,
        new: bytes | None,
        action: Action,
        reason: str,
        context: Context,
        path: Path,
        vr: str = "UN",
    ) -> None:
        original = _bytes_or_none(element)
        if new is None:
            del dataset[path[-1]]
        elif new is not original:
            dataset[path[-1]] = raw_element(dataset, path[-1], vr, new)
        self._record(dataset, original, new, action, reason, context, path, vr)

    def _record(
        self,
        dataset: Dataset,
        original: bytes | None,
        new: bytes | None,
        action: Action,
        reason: str,
        context: Context,
        path: Path,
        vr: str,
    ) -> None:
        context.counts[path[-1], action, reason] += 1
        if context.observer is not None:
            encodings = tuple(convert_encodings(dataset._character_set))
            context.observer(Change(path, vr, original, new, action, reason, encodings))


def _as_sequence(dataset: Dataset, element: StoredElement, vr: str) -> StoredElement:
    """Return an element that is a sequence by our tables so that pydicom, which does not know its tag, parses it."""
    if vr != "SQ" or not isinstance(element, RawDataElement) or element.VR not in (None, "UN"):
        return element
    if dictionary_has_tag(element.tag):
        return element
    implicit, little = (True, True) if element.VR == "UN" else (element.is_implicit_VR, element.is_little_endian)
    sequence = element._replace(VR="SQ", is_implicit_VR=implicit, is_little_endian=little)
    dataset[element.tag] = sequence
    return sequence


def _stored(dataset: Dataset, tag: int) -> StoredElement:
    """Return an element that a data set has, as it is stored."""
    element = stored_element(dataset, tag)
    if element is None:
        raise KeyError(tag)
    return element


def _undecoded(dataset: Dataset, tag: int) -> StoredElement:
    """Return an element as stored, and let it stay so in the data set.

    pydicom decodes Pixel Representation when a sequence is entered, and what has no value when it is looked at.
    """
    element = _stored(dataset, tag)
    if isinstance(element, RawDataElement) and element.value is None and not tag >> 16 & 1:
        element = dataset[tag] = element._replace(value=b"")
    if tag == PIXEL_REPRESENTATION and isinstance(element, DataElement):
        if element.VR in ("US", "SS") and isinstance(element.value, int):
            order: Literal["little", "big"] = "little" if dataset.original_encoding[1] else "big"
            value = element.value.to_bytes(2, order, signed=element.VR == "SS")
            element = dataset[tag] = raw_element(dataset, tag, element.VR, value)
    return element


def cleaner_of(dataset: Dataset) -> TextCleaner:
    """Return the cleaner that knows what a data set says of persons and places, at any depth."""
    encodings = tuple(convert_encodings(dataset._character_set))
    return cleaner_for(_identifying_values(dataset), encodings, texts_of_items(dataset))


def _identifying_values(dataset: Dataset) -> tuple[StoredValue, ...]:
    values = []
    for tag in sorted(dataset.keys()):
        element = _stored(dataset, tag)
        vr = effective_vr(element.VR, vr_of(int(tag)))
        if is_identifying(int(tag), vr):
            value = _bytes_or_none(element)
            if value:
                values.append((int(tag), vr, value))
    return tuple(values)


def _belongs_to_data_set(tag: int) -> bool:
    """Return False for groups that have no place in a data set: commands, file meta, DICOMDIR, items, lengths."""
    return tag >> 16 >= 8 and tag & 0xFFFF != 0 and tag >> 16 != 0xFFFE


def _bytes_or_none(element: StoredElement) -> bytes | None:
    if isinstance(element.value, str) and not element.value.isascii():
        return None  # a caller looked at it, and its bytes are not known any more: nothing of it is kept
    try:
        return stored_bytes(element)
    except ValueError:
        return None


def _refuse_truncated(element: StoredElement) -> None:
    if isinstance(element, RawDataElement) and element.length != 0xFFFFFFFF:
        if element.length != len(element.value or b""):
            raise CannotDeidentify(
                "the file is truncated, or other bytes follow its data set: an element is shorter than its length says"
            )

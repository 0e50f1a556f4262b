"""Clean Structured Content (PS3.15 E.3.4): what happens to one content item, by its concept and value type.

Covers SR content trees, acquisition context, specimen preparation and every other sequence of the Content
Item Macro. Concepts are matched by code and coding scheme, never by meaning. A listed concept meets its row
of Table E.3.4-1; one that is not listed meets a rule by value type that keeps codes, numbers, coordinates
and references and replaces persons and free text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableSequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from pydicom.dataset import Dataset

from ..dicom import tags
from ..dicom.elements import text_of
from ..options import Dates, Options
from ..profile.actions import Action
from ..standard.data_files import rows

_CODE_VALUES = (tags.CODE_VALUE, tags.LONG_CODE_VALUE, tags.URN_CODE_VALUE)

_SCHEMES = {"SNM3": "SRT", "99SDM": "SRT", "SNM": "SRT", "SCT-RT": "SRT", "LOINC": "LN", "NCDR": "NCDR [2.0B]"}
_VALUE_ATTRIBUTES = {
    "TEXT": tags.TEXT_VALUE,
    "PNAME": tags.PERSON_NAME,
    "DATE": tags.DATE,
    "TIME": tags.TIME,
    "DATETIME": tags.DATE_TIME,
    "UIDREF": tags.UID,
    "CODE": tags.CONCEPT_CODE_SEQUENCE,
    "NUM": tags.MEASURED_VALUE_SEQUENCE,
    "IMAGE": tags.REFERENCED_SOP_SEQUENCE,
}
_DATES = ("DATE", "TIME", "DATETIME")
_REFERENCES = ("IMAGE", "COMPOSITE", "WAVEFORM")


class ContentAction(StrEnum):
    """What happens to a content item."""

    KEEP = "keep"
    """The value stays; codes, references and coordinates in it still meet the rules of their attributes."""
    REMOVE = "remove"
    """The item goes with all below it."""
    DUMMY = "dummy"
    """The item stays with a dummy as its value, so that the tree stays valid."""
    CLEAN = "clean"
    """The text stays as far as it is technical; a dummy if nothing remains."""
    DATE = "date"
    """The date is shifted, or kept with full dates."""
    UID = "uid"
    """The UID is replaced, or kept with retained UIDs."""


@dataclass(frozen=True)
class Code:
    """Value and coding scheme of a coded concept, normalised."""

    value: str
    scheme: str

    @classmethod
    def of(cls, value: str, scheme: str) -> Code:
        """Return a code with its scheme under the name that the tables use."""
        scheme = scheme.strip().upper()
        return cls(value.strip(), _SCHEMES.get(scheme, scheme))


@dataclass(frozen=True)
class ItemDecision:
    """What the engine does with one content item.

    Attributes
    ----------
    action : ContentAction
    actions : mapping of int to Action
        For the value attributes of the item, instead of what the profile says for them; empty where
        the profile decides.
    reason : str
        Which row or rule says so.
    """

    action: ContentAction
    actions: Mapping[int, Action]
    reason: str

    @property
    def keep(self) -> bool:
        """Whether the item stays in its sequence."""
        return self.action is not ContentAction.REMOVE


@dataclass(frozen=True)
class ConceptRow:
    """One row of Table E.3.4-1: the basic action and the options' cells (K or C) that are not empty."""

    basic: str
    options: Mapping[str, str]


_COLUMNS = {
    "rtn_uids": "uids",
    "rtn_dev_id": "device",
    "rtn_inst_id": "institution",
    "rtn_pat_chars": "patient",
    "rtn_long_full_dates": "full_dates",
    "rtn_long_modif_dates": "modified_dates",
    "clean_desc": "descriptors",
}


@cache
def concept_table() -> Mapping[tuple[Code, str], ConceptRow]:
    """Return Table E.3.4-1 by concept and value type, with SNOMED-RT codes beside those of SNOMED CT."""
    table: dict[tuple[Code, str], ConceptRow] = {}
    by_value: dict[str, list[tuple[str, ConceptRow]]] = {}
    for row in rows("table_E.3.4-1.csv"):
        options = {name: row[column] for column, name in _COLUMNS.items() if row[column]}
        entry = ConceptRow(row["basic_profile"], MappingProxyType(options))
        table[Code.of(row["code"], row["scheme"]), row["value_type"]] = entry
        by_value.setdefault(row["code"], []).append((row["value_type"], entry))
    for row in rows("content_items_more.csv"):
        if row["action"] == "same":
            for value_type, entry in by_value[row["same_as"]]:
                table[Code.of(row["code"], row["scheme"]), value_type] = entry
    return MappingProxyType(table)


@cache
def _reviewed() -> Mapping[tuple[Code, str], str]:
    return MappingProxyType(
        {
            (Code.of(row["code"], row["scheme"]), row["value_type"]): row["action"]
            for row in rows("content_items_more.csv")
            if row["action"] != "same"
        }
    )


def content_item_action(concept: Code | None, value_type: str, options: Options) -> ContentAction:
    """Return what happens to a content item under Clean Structured Content.

    Parameters
    ----------
    concept : Code or None
        Concept name; None if the item has none.
    value_type : str
        DICOM value type, such as ``TEXT`` (PS3.3 C.17.3.2.1).
    options : Options
        Which other options are on; that this one is on is taken for granted.
    """
    return _decided(concept, value_type, options)[0]


def decide_content_item(item: Dataset, options: Options) -> ItemDecision:
    """Return what happens to a content item of a data set that was read from a file.

    An item from which its parent is selected (``SELECTED FROM``) always stays: coordinates without it are
    not valid.
    """
    if tags.REFERENCED_CONTENT_ITEM_IDENTIFIER in item:
        return ItemDecision(ContentAction.KEEP, MappingProxyType({}), "refers to another item of the tree")
    value_type = value_type_of(item)
    action, reason = _decided(code_of(item), value_type, options)
    if action is ContentAction.REMOVE and text_of(item, tags.RELATIONSHIP_TYPE) == "SELECTED FROM":
        action, reason = ContentAction.UID, "source of coordinates: kept with replaced UIDs"
    return ItemDecision(action, MappingProxyType(_value_actions(action, value_type, options)), reason)


def code_of(item: Dataset) -> Code | None:
    """Return the concept name of a content item, None if it has none that can be read."""
    if tags.CONCEPT_NAME_CODE_SEQUENCE not in item:
        return None
    names = item[tags.CONCEPT_NAME_CODE_SEQUENCE].value
    if not names or not isinstance(names[0], Dataset):
        return None
    value = next((text for text in (text_of(names[0], tag) for tag in _CODE_VALUES) if text), "")
    return Code.of(value, text_of(names[0], tags.CODING_SCHEME_DESIGNATOR)) if value else None


def value_type_of(item: Dataset) -> str:
    """Return the value type of a content item, from what it holds where none is stated.

    Items of acquisition context may leave it out; an item with several values counts as text.
    """
    stated = text_of(item, tags.VALUE_TYPE).upper()
    if stated:
        return stated
    found = [value_type for value_type, tag in _VALUE_ATTRIBUTES.items() if tag in item]
    if tags.NUMERIC_VALUE in item:
        found.append("NUM")
    return found[0] if len(found) == 1 else "TEXT"


def _decided(concept: Code | None, value_type: str, options: Options) -> tuple[ContentAction, str]:
    if concept is not None:
        row = concept_table().get((concept, value_type))
        if row is not None:
            return _listed(row, value_type, options), "Table E.3.4-1"
        kind = _reviewed().get((concept, value_type)) or _reviewed().get((concept, "*"))
        if kind is not None:
            return _by_kind(kind, value_type, options), f"not in Table E.3.4-1; reviewed as {kind}"
    return _by_value_type(value_type, options), "not in Table E.3.4-1; by its value type"


def _listed(row: ConceptRow, value_type: str, options: Options) -> ContentAction:
    active = {
        "uids": options.retain_uids,
        "device": options.retain_device_identity,
        "institution": options.retain_institution_identity,
        "patient": options.keep_subject_characteristics,
        "full_dates": options.dates is Dates.KEEP,
        "modified_dates": options.dates is Dates.SHIFT,
        "descriptors": options.clean_descriptors,
    }
    cells = [cell for name, cell in row.options.items() if active[name]]
    if "K" in cells:
        return ContentAction.KEEP
    if "C" in cells:
        return ContentAction.DATE if value_type in _DATES else ContentAction.CLEAN
    if row.basic == "X":
        return ContentAction.REMOVE
    return ContentAction.UID if value_type in (*_REFERENCES, "UIDREF") else ContentAction.DUMMY


def _by_kind(kind: str, value_type: str, options: Options) -> ContentAction:
    if kind == "technical":
        return ContentAction.CLEAN
    if kind == "dummy":
        return ContentAction.DUMMY
    kept = {
        "subject": options.keep_subject_characteristics,
        "device": options.retain_device_identity,
        "institution": options.retain_institution_identity,
    }.get(kind, False)
    if not kept:
        return ContentAction.REMOVE
    return ContentAction.CLEAN if value_type == "TEXT" else ContentAction.KEEP


def _by_value_type(value_type: str, options: Options) -> ContentAction:
    if value_type == "TEXT":
        return ContentAction.CLEAN if options.clean_descriptors else ContentAction.DUMMY
    if value_type == "PNAME":
        return ContentAction.DUMMY
    if value_type in _DATES:
        return ContentAction.DUMMY if options.dates is Dates.REMOVE else ContentAction.DATE
    if value_type == "UIDREF":
        return ContentAction.UID
    return ContentAction.KEEP


def _value_actions(action: ContentAction, value_type: str, options: Options) -> dict[int, Action]:
    """Return the actions of the attributes that hold the value; none where the profile has the right ones."""
    tag = _VALUE_ATTRIBUTES.get(value_type)
    if tag is None or value_type not in ("TEXT", "PNAME", "UIDREF", *_DATES):
        return {}
    if action is ContentAction.KEEP:
        return {tag: Action.KEEP}
    if action is ContentAction.DUMMY:
        return {tag: Action.DUMMY}
    if action is ContentAction.CLEAN:
        return {tag: Action.CLEAN}
    if action is ContentAction.UID:
        return {tag: Action.KEEP if options.retain_uids else Action.UID}
    if action is ContentAction.DATE:
        return {tag: Action.KEEP if options.dates is Dates.KEEP else Action.SHIFT}
    return {}


def clean_content_sequence(
    items: MutableSequence[Dataset],
    options: Options,
    enter: Callable[[Dataset, Mapping[int, Action]], None],
) -> int:
    """Take the items of a content sequence through their decisions, in place.

    Parameters
    ----------
    items : mutable sequence of pydicom.dataset.Dataset
        Items of ContentSequence, AcquisitionContextSequence, SpecimenPreparationStepContentItemSequence or
        another sequence of content items. Items that go are deleted; those that stay remain the same objects.
    options : Options
    enter : callable
        De-identifies the attributes of one item that stays; the mapping overrides the profile's actions for
        the attributes that hold its value. Nested content sequences are its work.

    Returns
    -------
    int
        How many items were removed.
    """
    removed = 0
    for i in reversed(range(len(items))):
        decision = decide_content_item(items[i], options)
        if decision.keep:
            enter(items[i], decision.actions)
        else:
            del items[i]
            removed += 1
    return removed

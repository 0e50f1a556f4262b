"""Clean Graphics (PS3.15 E.3.3): overlays, curves, graphic annotations, layers, and labels of ROIs and segments.

What is drawn stays where it can be told from text; what may be text in the form of pixels goes. Text objects
are cleaned like every other text. Names by which items refer to each other stay consistent: a layer, ROI or
segment whose name identifies is called by its number.
"""

from __future__ import annotations

from collections.abc import Callable, MutableSequence

from pydicom.charset import convert_encodings
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from ..dicom import tags
from ..dicom.elements import raw_element, stored_bytes, text_of
from ..free_text.stored_text import clean_stored_text
from ..profile.actions import Action
from ..standard.dictionary import vr_of
from .siblings import Siblings

GRAPHIC_OBJECT_SEQUENCES = (tags.GRAPHIC_OBJECT_SEQUENCE, tags.COMPOUND_GRAPHIC_SEQUENCE)
_ACTIVATION_LAYERS = (0x50001001, 0x60001001)

_REGION_OF_INTEREST = "R"
_MEASURED_CURVES = frozenset(
    ("TAC", "PROF", "HIST", "ROI", "TABL", "FILT", "POLY", "ECG", "PRESSURE", "FLOW", "PHYSIO", "RESP")
)
_OVERLAY_TEXT = frozenset((0x0022, 0x0045, 0x1500, 0x4000))
_CURVE_TEXT = frozenset((0x0022, 0x0030, 0x0040, 0x0106, 0x2500))
_CURVE_AUDIO = range(0x2000, 0x2010)
_CURVE_SEQUENCE = 0x2600

_NUMBERED = (
    # sequence, label, number, word
    (tags.STRUCTURE_SET_ROI_SEQUENCE, tags.ROI_NAME, tags.ROI_NUMBER, "ROI"),
    (tags.SEGMENT_SEQUENCE, tags.SEGMENT_LABEL, tags.SEGMENT_NUMBER, "Segment"),
    (tags.ANNOTATION_GROUP_SEQUENCE, tags.ANNOTATION_GROUP_LABEL, tags.ANNOTATION_GROUP_NUMBER, "Group"),
)
_LABELLED = frozenset(sequence for sequence, *_ in _NUMBERED)

Clean = Callable[[str], str]


def graphics_action(siblings: Siblings, tag: int) -> Action | None:
    """Return the action of an element under Clean Graphics; None where the profile decides.

    Parameters
    ----------
    siblings : Siblings
        The other elements of the data set that holds the element. An element that decides (the type of an
        overlay or curve) may be gone already: it goes only where the whole group does.
    tag : int
        Tag number.
    """
    if tag >> 24 == 0x60:
        return _overlay_action(siblings, tag)
    if tag >> 24 == 0x50:
        return _curve_action(siblings, tag)
    if tag == tags.UNFORMATTED_TEXT_VALUE:
        return Action.CLEAN
    return Action.ENTER if tag == tags.GRAPHIC_ANNOTATION_SEQUENCE or tag in _LABELLED else None


def _overlay_action(siblings: Siblings, tag: int) -> Action:
    """Keep an overlay plane (60xx) that is a region of interest.

    A graphics plane (type G) may hold text in the form of pixels, and so may one whose type is not stated:
    the whole group goes.
    """
    if siblings.text_of(tag & 0xFFFF0000 | 0x0040).upper() != _REGION_OF_INTEREST:
        return Action.REMOVE
    return Action.CLEAN if tag & 0xFFFF in _OVERLAY_TEXT else Action.KEEP


def _curve_action(siblings: Siblings, tag: int) -> Action:
    """Keep a curve (50xx; not 52xx, 54xx) of measured values with its axes, its texts cleaned.

    Curves of another or no stated type, such as a drawn line, go, and so does audio: a voice names.
    """
    element = tag & 0xFFFF
    if siblings.text_of(tag & 0xFFFF0000 | 0x0020).upper() not in _MEASURED_CURVES:
        return Action.REMOVE
    if element in _CURVE_AUDIO:
        return Action.REMOVE
    if element in _CURVE_TEXT:
        return Action.CLEAN
    return Action.ENTER if element == _CURVE_SEQUENCE else Action.KEEP


def clean_text_objects(dataset: Dataset, clean: Clean) -> None:
    """Clean the text objects of a presentation state, and drop what they leave empty.

    A text object of which nothing remains is dropped; so is an annotation that has neither text nor graphics
    any more, and the sequence when it is empty. To be called before the elements meet the profile.
    """
    annotations = _items(dataset, tags.GRAPHIC_ANNOTATION_SEQUENCE)
    _delete(annotations, lambda item: not _clean_annotation(item, clean))
    if tags.GRAPHIC_ANNOTATION_SEQUENCE in dataset and not annotations:
        del dataset[tags.GRAPHIC_ANNOTATION_SEQUENCE]


def _clean_annotation(item: Dataset, clean: Clean) -> bool:
    texts = _items(item, tags.TEXT_OBJECT_SEQUENCE)
    _delete(texts, lambda text: not _clean_element(text, tags.UNFORMATTED_TEXT_VALUE, "ST", clean))
    if tags.TEXT_OBJECT_SEQUENCE in item and not texts:
        del item[tags.TEXT_OBJECT_SEQUENCE]
    return bool(texts) or any(_items(item, tag) for tag in GRAPHIC_OBJECT_SEQUENCES)


def rename_layers(dataset: Dataset, clean: Clean) -> None:
    """Give graphic layers whose names are not technical a number, alike where they are defined and used.

    To be called before the elements meet the profile.
    """
    names: dict[str, str] = {}
    layers = _items(dataset, tags.GRAPHIC_LAYER_SEQUENCE)
    stated = {text_of(layer, tags.GRAPHIC_LAYER) for layer in layers}
    for number, layer in enumerate(layers, start=1):
        name = text_of(layer, tags.GRAPHIC_LAYER)
        if name and clean(name) != name:
            new = f"LAYER {number}"
            while new in stated:
                number += len(layers)
                new = f"LAYER {number}"
            names[name] = new
    if names:
        _replace_layers(dataset, names)


def _replace_layers(dataset: Dataset, names: dict[str, str]) -> None:
    for tag in list(dataset.keys()):
        number = int(tag)
        if number == tags.GRAPHIC_LAYER or number & 0xFF00FFFF in _ACTIVATION_LAYERS:
            new = names.get(text_of(dataset, number))
            if new is not None:
                dataset[tag] = raw_element(dataset, number, "CS", new.encode("ascii"))
        elif number >> 16 == 0x0070 and vr_of(number) == "SQ":
            for item in _items(dataset, number):
                _replace_layers(item, names)


def name_by_number(dataset: Dataset, clean: Clean) -> None:
    """Clean the labels of ROIs, segments and annotation groups; one of which nothing remains gets its number.

    To be called before the elements meet the profile.
    """
    for sequence, label, number, word in _NUMBERED:
        for item in _items(dataset, sequence):
            if text_of(item, label) and not _clean_element(item, label, "LO", clean):
                name = f"{word} {_number(item, number)}".strip()
                item[label] = raw_element(item, label, "LO", name.encode("ascii"))


def _clean_element(item: Dataset, tag: int, vr: str, clean: Clean) -> bool:
    """Clean a text in place; return False if nothing remains of it."""
    element = item.get_item(tag)
    if element is None:
        return False
    encodings = convert_encodings(item._character_set)
    value = stored_bytes(element)
    new, _ = clean_stored_text(vr, value, encodings, lambda values: ([clean(one) for one in values], ()))
    if new is None or not new.strip(b" \0"):
        return False
    if new is not value:
        item[tag] = raw_element(item, tag, vr, new)
    return True


def _number(item: Dataset, tag: int) -> str:
    """Return a number that is stored as IS or as a binary integer, empty if there is none."""
    element = item.get_item(tag)
    if element is None or vr_of(tag) == "IS":
        return text_of(item, tag)
    if isinstance(element, RawDataElement):
        return str(int.from_bytes(element.value or b"", "little" if element.is_little_endian else "big"))
    return str(element.value)


def _items(dataset: Dataset, tag: int) -> MutableSequence[Dataset]:
    if tag not in dataset:
        return []
    value = dataset[tag].value
    return value if isinstance(value, MutableSequence) else []


def _delete(items: MutableSequence[Dataset], is_gone: Callable[[Dataset], bool]) -> None:
    for i in reversed(range(len(items))):
        if is_gone(items[i]):
            del items[i]

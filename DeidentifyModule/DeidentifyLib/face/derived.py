"""Say in Image Type and Frame Type that pixels are no longer the original ones (PS3.3 C.7.6.1.1.2, C.8.16.1)."""

from __future__ import annotations

import numpy as np
from pydicom import Dataset
from pydicom.dataelem import DataElement

from ..dicom.tags import IMAGE_TYPE

FRAME_TYPE, SHARED, PER_FRAME = 0x00089007, 0x52009229, 0x52009230
DERIVED, MIXED = "DERIVED", "MIXED"


def call_derived(dataset: Dataset, changed: np.ndarray) -> None:
    """Set the first value of Image Type, and of the Frame Type of changed frames, to DERIVED.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Changed in place; a type that is absent stays absent.
    changed : numpy.ndarray
        (frames,) bool.
    """
    for group in dataset[SHARED].value if SHARED in dataset else []:
        _set_frame_types(group)
    frames = list(dataset[PER_FRAME].value) if PER_FRAME in dataset else []
    for frame, touched in zip(frames, changed.tolist(), strict=False):
        if touched:
            _set_frame_types(frame)
    kept = any(not _is_derived(frame) for frame in frames)
    _set_first(dataset, IMAGE_TYPE, MIXED if kept else DERIVED)


def _set_frame_types(group: Dataset) -> None:
    for item in _frame_types(group):
        _set_first(item, FRAME_TYPE, DERIVED)


def _is_derived(group: Dataset) -> bool:
    """Return whether no Frame Type of a frame says something else; where only the shared group has one, it does not."""
    return all(_values(item, FRAME_TYPE)[:1] == [DERIVED] for item in _frame_types(group))


def _frame_types(group: Dataset) -> list[Dataset]:
    """Return the items of a functional group that hold a Frame Type (the macro is another one for each class)."""
    return [
        item
        for element in group
        if element.VR == "SQ"
        for item in element.value or []
        if FRAME_TYPE in item and _values(item, FRAME_TYPE)
    ]


def _set_first(dataset: Dataset, tag: int, value: str) -> None:
    values = _values(dataset, tag)
    if values:
        dataset[tag] = DataElement(tag, "CS", [value, *values[1:]])


def _values(dataset: Dataset, tag: int) -> list[str]:
    value = dataset[tag].value if tag in dataset else None
    return [str(one) for one in ([value] if isinstance(value, str) else value or [])]

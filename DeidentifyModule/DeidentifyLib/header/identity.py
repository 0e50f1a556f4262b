"""Who a data set is about."""

from __future__ import annotations

from pydicom.dataset import Dataset

from ..dicom.elements import text_of
from ..pseudonyms.subject_identity import SubjectIdentity


def identity_of(dataset: Dataset) -> SubjectIdentity:
    """Return the identity of the subject of a data set from its Patient and Study modules."""
    return SubjectIdentity(
        text_of(dataset, 0x00100020),
        text_of(dataset, 0x00100010),
        text_of(dataset, 0x00100030),
        text_of(dataset, 0x0020000D),
    )

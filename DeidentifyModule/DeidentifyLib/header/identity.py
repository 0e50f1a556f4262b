"""Who a data set is about."""

from __future__ import annotations

from pydicom.dataset import Dataset

from ..dicom.elements import text_of
from ..dicom.tags import PATIENT_BIRTH_DATE, PATIENT_ID, PATIENT_NAME, STUDY_INSTANCE_UID
from ..pseudonyms.subject_identity import SubjectIdentity


def identity_of(dataset: Dataset) -> SubjectIdentity:
    """Return the identity of the subject of a data set from its Patient and Study modules."""
    return SubjectIdentity(
        text_of(dataset, PATIENT_ID),
        text_of(dataset, PATIENT_NAME),
        text_of(dataset, PATIENT_BIRTH_DATE),
        text_of(dataset, STUDY_INSTANCE_UID),
    )

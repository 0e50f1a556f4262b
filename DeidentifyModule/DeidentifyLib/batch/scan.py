"""Scan: which subjects, studies and series the inputs hold; only headers are read, and of them only what groups."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pydicom
from pydicom.dataset import FileDataset
from pydicom.uid import UID

from ..header.dicom_file import MEDIA_STORAGE_DIRECTORY, NotDicom, check_is_dicom, silence
from ..header.elements import PARSE_ERRORS, SOP_CLASS_UID, SOP_INSTANCE_UID, text_of
from ..header.identity import identity_of
from ..pseudonyms.subject_identity import SubjectIdentity
from .sources import Source, Unreadable, iterate_sources

_TAGS = [
    0x00080005,
    SOP_CLASS_UID,
    SOP_INSTANCE_UID,
    0x00080020,
    0x00080060,
    0x00081030,
    0x0008103E,
    0x00100010,
    0x00100020,
    0x00100030,
    0x0020000D,
    0x0020000E,
    0x00200013,
    0x00200052,
]


@dataclass(frozen=True, slots=True)
class Instance:
    """One DICOM instance of the input."""

    source: Source
    sop_instance_uid: str
    number: str


@dataclass
class Series:
    """One series of the input; everything in it is original and so PHI.

    Attributes
    ----------
    subject : SubjectIdentity
        As the first instance states it.
    study_uid, series_uid, modality, description, study_date, study_description, frame_of_reference : str
    instances : list of Instance
    """

    subject: SubjectIdentity
    study_uid: str
    series_uid: str
    modality: str
    description: str
    study_date: str
    study_description: str
    frame_of_reference: str
    sop_class: str
    instances: list[Instance] = field(default_factory=list)


@dataclass
class ScanResult:
    """What the inputs hold.

    Attributes
    ----------
    series : list of Series
        In order of first appearance.
    spellings : dict
        All (PatientName, PatientID) by canonical identity.
    rejected, not_dicom : list of Unreadable
        Instances that cannot be de-identified; files that are none.
    """

    series: list[Series] = field(default_factory=list)
    spellings: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    rejected: list[Unreadable] = field(default_factory=list)
    not_dicom: list[Unreadable] = field(default_factory=list)

    @property
    def instance_count(self) -> int:
        """Number of instances that can be planned."""
        return sum(len(series.instances) for series in self.series)


def scan(
    inputs: Iterable[Path], progress: Callable[[int], None] | None = None, cancelled: Callable[[], bool] = lambda: False
) -> ScanResult:
    """Read the headers of all inputs.

    Parameters
    ----------
    inputs : iterable of Path
        Folders, files and zip archives.
    progress : callable, optional
        Called with the number of files seen.
    cancelled : callable, optional
        Asked before each file whether to stop.

    Raises
    ------
    InputError
        If an input does not exist.
    """
    collector = _Collector()
    with silence():
        for seen, source in enumerate(iterate_sources(inputs), 1):
            if cancelled():
                break
            if isinstance(source, Unreadable):
                collector.result.rejected.append(source)
            else:
                collector.add(source)
            if progress is not None:
                progress(seen)
    return collector.result


class _Collector:
    def __init__(self) -> None:
        self.result = ScanResult()
        self._series: dict[tuple[str, str, str], Series] = {}
        self._seen: set[int] = set()

    def add(self, source: Source) -> None:
        try:
            dataset = read_header(source)
        except NotDicom as reason:
            self.result.not_dicom.append(Unreadable(source, str(reason)))
            return
        except PermissionError:
            self.result.rejected.append(Unreadable(source, "no permission to read the file"))
            return
        except OSError as error:
            self.result.rejected.append(Unreadable(source, f"the file cannot be read: {error.strerror or error}"))
            return
        except (*PARSE_ERRORS, zlib.error):
            self.result.rejected.append(Unreadable(source, "the header is damaged"))
            return
        if _is_dicomdir(dataset):
            self.result.not_dicom.append(Unreadable(source, "DICOMDIR: an index of files; it is not copied"))
            return
        self._add_instance(source, dataset)

    def _add_instance(self, source: Source, dataset: FileDataset) -> None:
        uid = text_of(dataset, SOP_INSTANCE_UID)
        if not uid or not text_of(dataset, SOP_CLASS_UID):
            self.result.rejected.append(Unreadable(source, "no SOP Class UID or SOP Instance UID in the data set"))
            return
        if hash(uid) in self._seen:
            self.result.rejected.append(Unreadable(source, "duplicate SOP Instance UID: another input has the same"))
            return
        self._seen.add(hash(uid))
        identity = identity_of(dataset)
        study, series_uid = text_of(dataset, 0x0020000D), text_of(dataset, 0x0020000E)
        key = (identity.canonical, study, series_uid)
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = _new_series(identity, dataset)
            self.result.series.append(series)
        series.instances.append(Instance(source, uid, text_of(dataset, 0x00200013)))
        spelling = (identity.patient_name, identity.patient_id)
        self.result.spellings.setdefault(identity.canonical, set()).add(spelling)


def read_header(source: Source) -> FileDataset:
    """Read the attributes that group instances.

    Raises
    ------
    NotDicom, OSError
        If the file is no DICOM file or cannot be read; pydicom's errors if it is malformed.
    """
    with source.open() as file:
        check_is_dicom(file)
        return pydicom.dcmread(file, force=True, stop_before_pixels=True, specific_tags=_TAGS)


def _is_dicomdir(dataset: FileDataset) -> bool:
    return dataset.file_meta.get("MediaStorageSOPClassUID") == UID(MEDIA_STORAGE_DIRECTORY)


def _new_series(identity: SubjectIdentity, dataset: FileDataset) -> Series:
    return Series(
        identity,
        text_of(dataset, 0x0020000D),
        text_of(dataset, 0x0020000E),
        text_of(dataset, 0x00080060),
        text_of(dataset, 0x0008103E),
        text_of(dataset, 0x00080020),
        text_of(dataset, 0x00081030),
        text_of(dataset, 0x00200052),
        text_of(dataset, SOP_CLASS_UID),
    )

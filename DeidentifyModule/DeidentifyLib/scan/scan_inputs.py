"""Scan: which subjects, studies and series the inputs hold; only headers are read, and of them only what groups."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

import pydicom
from pydicom.dataset import FileDataset
from pydicom.uid import UID

from ..dicom import tags
from ..dicom.dicom_file import MEDIA_STORAGE_DIRECTORY, NotDicom, check_is_dicom, silence
from ..dicom.elements import text_of as text_in
from ..files.fingerprints import Fingerprints
from ..files.input_files import SKIPPED, Source, Unreadable, iterate_sources
from ..header.stream.errors import NotStreamable
from ..header.stream.header_peek import HeaderPeek, HeaderTexts
from ..pseudonyms.subject_identity import SubjectIdentity
from .packed_instances import Instance, PackedInstances

TextOf = Callable[[int], str]
_KNOWN = 1 << 10
DUPLICATE = "duplicate SOP Instance UID: another input has the same"

_TAGS = [
    tags.SPECIFIC_CHARACTER_SET,
    tags.SOP_CLASS_UID,
    tags.SOP_INSTANCE_UID,
    tags.STUDY_DATE,
    tags.MODALITY,
    tags.STUDY_DESCRIPTION,
    tags.SERIES_DESCRIPTION,
    tags.PATIENT_NAME,
    tags.PATIENT_ID,
    tags.PATIENT_BIRTH_DATE,
    tags.STUDY_INSTANCE_UID,
    tags.SERIES_INSTANCE_UID,
    tags.INSTANCE_NUMBER,
    tags.FRAME_OF_REFERENCE_UID,
]
_NEEDED = frozenset(
    (tags.SOP_CLASS_UID, tags.SOP_INSTANCE_UID, tags.PATIENT_ID, tags.STUDY_INSTANCE_UID, tags.SERIES_INSTANCE_UID)
)


@dataclass
class Series:
    """One series of the input; everything in it is original and so PHI.

    Attributes
    ----------
    subject : SubjectIdentity
        As the first instance states it.
    study_uid, series_uid, modality, description, study_date, study_description, frame_of_reference : str
    instances : PackedInstances
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
    instances: PackedInstances = field(default_factory=PackedInstances)


@dataclass(frozen=True)
class Duplicate:
    """An input with the SOP Instance UID of an earlier one; it counts only if no earlier one can be written."""

    series: Series
    instance: Instance


@dataclass
class ScanResult:
    """What the inputs hold.

    Attributes
    ----------
    series : list of Series
        In order of first appearance.
    duplicates : dict
        The duplicates of an instance by its UID, in the order of the inputs. Their series may have no other instances.
    spellings : dict
        All (PatientName, PatientID) by canonical identity.
    rejected, not_dicom, left_out : list of Unreadable
        Instances that cannot be de-identified; files that are none; paths that are not read, such as pipes.
    size : int
        Bytes of all files that could be opened.
    skipped : list of Series
        What `select` took out.
    skipped_duplicates : list of Duplicate
        The duplicates that it took out.
    """

    series: list[Series] = field(default_factory=list)
    duplicates: dict[str, list[Duplicate]] = field(default_factory=dict)
    spellings: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    rejected: list[Unreadable] = field(default_factory=list)
    not_dicom: list[Unreadable] = field(default_factory=list)
    left_out: list[Unreadable] = field(default_factory=list)
    size: int = 0
    skipped: list[Series] = field(default_factory=list)
    skipped_duplicates: list[Duplicate] = field(default_factory=list)

    def select(self, series_uids: Container[str]) -> None:
        """Keep the series of some UIDs; the others are `skipped`. A duplicate of what is skipped is none any more."""
        self.skipped = [series for series in self.series if series.series_uid not in series_uids]
        self.series = [series for series in self.series if series.series_uid in series_uids]
        uids = (instance.sop_instance_uid for series in self.skipped for instance in series.instances)
        alone = {uid for uid in uids if uid in self.duplicates}
        for uid, group in list(self.duplicates.items()):
            kept = [one for one in group if one.series.series_uid in series_uids]
            self.skipped_duplicates += (one for one in group if one.series.series_uid not in series_uids)
            if kept and uid in alone:
                self.add(kept[0].series, kept.pop(0).instance)
            self.duplicates[uid] = kept

    def add(self, series: Series, instance: Instance) -> None:
        """Add an instance to its series, and with its first one the series."""
        if not series.instances:
            self.series.append(series)
        series.instances.append(instance)

    def with_duplicates(self) -> list[Series]:
        """Return all series, last those of which there are duplicates only."""
        more = {id(one.series): one.series for one in self._each_duplicate() if not one.series.instances}
        return [*self.series, *more.values()]

    @property
    def instance_count(self) -> int:
        """Number of instances that can be planned, without duplicates."""
        return sum(len(series.instances) for series in self.series)

    @property
    def duplicate_count(self) -> int:
        """Number of duplicates that are not skipped."""
        return sum(map(len, self.duplicates.values()))

    def _each_duplicate(self) -> Iterator[Duplicate]:
        return (one for group in self.duplicates.values() for one in group)


def scan_inputs(
    inputs: Iterable[Path],
    on_progress: Callable[[int], None] | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
    apart: Iterable[Path] = (),
) -> ScanResult:
    """Read the headers of all inputs.

    Parameters
    ----------
    inputs : iterable of Path
        Folders, files and archives.
    on_progress : callable, optional
        Called with the number of files seen.
    is_cancelled : callable, optional
        Asked before each file whether to stop.
    apart : iterable of Path
        Output and private folder, canonical: links into them are not followed.

    Raises
    ------
    InputError
        If an input does not exist.
    """
    collector = _Collector()
    with silence():
        for seen, source in enumerate(iterate_sources(inputs, apart), 1):
            if is_cancelled():
                break
            if isinstance(source, Unreadable):
                result = collector.result
                (result.left_out if source.status == SKIPPED else result.rejected).append(source)
            else:
                collector.add(source)
            if on_progress is not None:
                on_progress(seen)
    return collector.result


class _Collector:
    def __init__(self) -> None:
        self.result = ScanResult()
        self._series: dict[tuple[str, str, str], Series] = {}
        self._seen = Fingerprints()
        self._known: dict[tuple[object, ...], Series] = {}
        self._peek = HeaderPeek(frozenset(_TAGS), frozenset((tags.SOP_INSTANCE_UID, tags.INSTANCE_NUMBER)), _NEEDED)

    def add(self, source: Source) -> None:
        try:
            text_of = self._facts(source)
        except NotDicom as reason:
            self.result.not_dicom.append(Unreadable(source, str(reason)))
        except PermissionError:
            self.result.rejected.append(Unreadable(source, "no permission to read the file"))
        except OSError as error:
            self.result.rejected.append(Unreadable(source, f"the file cannot be read: {error.strerror or error}"))
        except Exception:  # one failed item is recorded, the scan goes on
            self.result.rejected.append(Unreadable(source, "the header is damaged"))
        else:
            self._add_instance(source, text_of)

    def _facts(self, source: Source) -> TextOf:
        """Read the attributes that group instances, and return what gives the text of one by its tag."""
        try:
            with source.open_bytes() as data:
                self.result.size += data.size
                return self._peek.read(data)
        except NotStreamable:
            dataset = read_header(source)
        if _is_dicomdir(dataset):
            raise NotDicom("DICOMDIR: an index of files; it is not copied")
        return partial(text_in, dataset)

    def _add_instance(self, source: Source, text_of: TextOf) -> None:
        key = text_of.key if isinstance(text_of, HeaderTexts) else None
        series = self._known.get(key) if key is not None else None
        uid = text_of(tags.SOP_INSTANCE_UID).strip()
        if not uid or (series is None and not text_of(tags.SOP_CLASS_UID)):
            self.result.rejected.append(Unreadable(source, "no SOP Class UID or SOP Instance UID in the data set"))
            return
        if series is None:
            series = self._series_of(text_of)
            if key is not None:
                self._remember(key, series)
        instance = Instance(source, uid, text_of(tags.INSTANCE_NUMBER))
        if self._seen.add(uid):
            self.result.add(series, instance)
        else:
            self.result.duplicates.setdefault(uid, []).append(Duplicate(series, instance))

    def _series_of(self, text_of: TextOf) -> Series:
        identity = SubjectIdentity(
            text_of(tags.PATIENT_ID),
            text_of(tags.PATIENT_NAME),
            text_of(tags.PATIENT_BIRTH_DATE),
            text_of(tags.STUDY_INSTANCE_UID),
        )
        canonical = _canonical(identity)
        self.result.spellings.setdefault(canonical, set()).add((identity.patient_name, identity.patient_id))
        group = (canonical, text_of(tags.STUDY_INSTANCE_UID), text_of(tags.SERIES_INSTANCE_UID))
        series = self._series.get(group)
        if series is None:
            series = self._series[group] = _new_series(identity, text_of)
        return series

    def _remember(self, key: tuple[object, ...], series: Series) -> None:
        """Remember to which series files belong that state the same."""
        if len(self._known) >= _KNOWN:
            self._known.clear()
        self._known[key] = series


@lru_cache(maxsize=256)
def _canonical(identity: SubjectIdentity) -> str:
    return identity.canonical


def read_header(source: Source) -> FileDataset:
    """Read the attributes that group instances with pydicom.

    Raises
    ------
    NotDicom, OSError
        If the file is no DICOM file or cannot be read; pydicom's errors if it is malformed.
    """
    with source.open() as file:
        check_is_dicom(file)
        return pydicom.dcmread(file, force=True, stop_before_pixels=True, specific_tags=_TAGS)


def _is_dicomdir(dataset: FileDataset) -> bool:
    return bool(dataset.file_meta.get("MediaStorageSOPClassUID") == UID(MEDIA_STORAGE_DIRECTORY))


def _new_series(identity: SubjectIdentity, text_of: TextOf) -> Series:
    return Series(
        identity,
        text_of(tags.STUDY_INSTANCE_UID),
        text_of(tags.SERIES_INSTANCE_UID),
        text_of(tags.MODALITY),
        text_of(tags.SERIES_DESCRIPTION),
        text_of(tags.STUDY_DATE),
        text_of(tags.STUDY_DESCRIPTION),
        text_of(tags.FRAME_OF_REFERENCE_UID),
        text_of(tags.SOP_CLASS_UID),
    )

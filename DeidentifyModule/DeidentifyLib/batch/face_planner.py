"""Face removal in a run: which series show a face, decided study by study before the tasks are planned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk

from .. import face
from ..dicom.dicom_file import silence
from ..face.picture import picture, write_picture
from ..files.input_files import Source
from ..records.face_decisions import FaceDecision
from ..records.face_plans import FacePlans, key_of
from ..scan.packed_instances import Instance
from ..scan.scan_inputs import Duplicate, ScanResult, Series

PICTURES = "faces"
STRUCTURE_SET = "1.2.840.10008.5.1.4.1.1.481.3"


class FacePlanner:
    """Decides about the faces of all series of a scan.

    Parameters
    ----------
    masks : mapping of str to SimpleITK.Image
        Label images made by a person, by FrameOfReferenceUID.
    force, skip : frozenset of str
        SeriesInstanceUIDs that a person exports in spite of an uncertain verdict, or leaves untouched.
    output, private : Path
        Where the pictures go: the defaced head into the report, before and after into the private folder.
    resume : bool
        Whether to take the finished plans of an interrupted run.
    """

    def __init__(
        self,
        masks: Mapping[str, sitk.Image],
        force: frozenset[str],
        skip: frozenset[str],
        output: Path,
        private: Path,
        resume: bool = False,
    ) -> None:
        self._masks = masks
        self._force = force
        self._skip = skip
        self._public = output / "report" / PICTURES
        self._private = private / PICTURES
        self._plans = FacePlans(private, resume)
        self._duplicates: Mapping[str, list[Duplicate]] = {}

    def plan(
        self, scanned: ScanResult, on_progress: Callable[[int, int], None], is_cancelled: Callable[[], bool]
    ) -> dict[int, FaceDecision]:
        """Return the decision for each series, by its number in the scan."""
        series, self._duplicates = scanned.series, scanned.duplicates
        studies = together(series)
        decisions: dict[int, FaceDecision] = {}
        for done, numbers in enumerate(studies):
            on_progress(done, len(studies))
            if is_cancelled():
                break
            study = {number: series[number] for number in numbers}
            key = key_of(study, self._masks)
            decisions.update(self._recalled(key, study) or self._study(key, study))
        on_progress(len(studies), len(studies))
        return decisions

    def _recalled(self, key: str, series: dict[int, Series]) -> dict[int, FaceDecision] | None:
        """Return the decisions of an interrupted run, None if there are none or their pictures are gone."""
        found = self._plans.recall(key)
        if found is None:
            return None
        reports = [decision["report"] for decision in found.values()]
        pictures = [self._public.parent / one["picture"] for one in reports if one.get("picture")]
        pictures += [self._private.parent / one["private_picture"] for one in reports if one.get("private_picture")]
        if not all(path.is_file() for path in pictures):
            return None
        return {
            number: FaceDecision.from_dict(decision, self._masks.get(series[number].frame_of_reference))
            for number, decision in found.items()
        }

    def _study(self, key: str, series: dict[int, Series]) -> dict[int, FaceDecision]:
        try:
            with silence():
                headers = {number: self._headers(str(number), one) for number, one in series.items()}
                plan = face.plan_study(
                    list(headers.values()),
                    masks={
                        str(number): self._masks[one.frame_of_reference]
                        for number, one in series.items()
                        if one.frame_of_reference in self._masks
                    },
                    force={str(number) for number, one in series.items() if one.series_uid in self._force},
                    skip={str(number) for number, one in series.items() if one.series_uid in self._skip},
                )
                decisions = {number: self._decision(number, headers[number], plan) for number in series}
        except Exception as error:  # one study that cannot be judged is withheld, the batch goes on
            reason = f"whether the study shows a face could not be judged ({type(error).__name__})"
            report = {"verdict": "uncertain", "reason": reason, "figures": {}, "overridden": False}
            return dict.fromkeys(series, FaceDecision(None, reason, report))
        self._plans.remember(key, {number: decision.to_dict() for number, decision in decisions.items()})
        return decisions

    def _headers(self, key: str, series: Series) -> face.SeriesHeaders:
        return face.SeriesHeaders(key, [self._instance(series, one) for one in series.instances])

    def _instance(self, series: Series, one: Instance) -> face.InstanceHeader:
        """Return an instance with its header; of several inputs with its UID in the series, the first that is whole."""
        copies = self._duplicates.get(one.sop_instance_uid, ())
        sources = [one.source, *(copy.instance.source for copy in copies if copy.series is series)]
        source = _first_whole(sources) if len(sources) > 1 else one.source
        with source.open() as file:
            header = pydicom.dcmread(file, stop_before_pixels=True, force=True)
        return face.InstanceHeader(header, source.open)

    def _decision(self, number: int, headers: face.SeriesHeaders, plan: face.StudyPlan) -> FaceDecision:
        decided = plan.decisions[str(number)]
        report = {**decided.verdict.to_dict(), "overridden": decided.overridden}
        if decided.action is face.FaceAction.WITHHOLD:
            report.update(self._doubtful(number, headers))
            return FaceDecision(None, f"face: {decided.verdict.reason}", report)
        if decided.action is face.FaceAction.KEEP:
            return FaceDecision(None, "", report)
        if decided.region is None:
            raise ValueError("a series to deface has no region")
        report.update(self._pictures(number, headers, decided.region))
        return FaceDecision(decided.region, "", report)

    def _doubtful(self, number: int, headers: face.SeriesHeaders) -> dict[str, str]:
        """Draw a volume that is withheld, for the private side only: it shows the face that may be in it."""
        if face.kind_of(headers) is not face.Kind.VOLUME:
            return {}
        try:
            volume = face.small_volume(headers)
        except (face.NotAVolume, face.NoPlane):
            return {}
        nothing = volume < -1e9
        self._write(picture(volume, nothing, volume, headers.modality, None), self._private, f"{number:05d}.png")
        return {"private_picture": f"{PICTURES}/{number:05d}.png"}

    def _write(self, pixels: np.ndarray, folder: Path, name: str) -> None:
        folder.mkdir(mode=0o700 if folder == self._private else 0o777, parents=True, exist_ok=True)
        write_picture(pixels, folder / name)
        if folder == self._private:
            (folder / name).chmod(0o600)

    def _pictures(self, number: int, headers: face.SeriesHeaders, region: face.Region) -> dict[str, str]:
        """Draw what is removed; return the names of the pictures, none where the series is no volume."""
        try:
            volume = face.small_volume(headers)
        except (face.NotAVolume, face.NoPlane):
            return {}
        mask = region.on_grid(volume)
        defaced = face.remove_face(volume, mask, face.air_value(volume, headers.modality))
        location = region.location if isinstance(region, face.FaceRegion) else None
        name = f"{number:05d}.png"
        self._write(picture(defaced, mask, defaced, headers.modality, location), self._public, name)
        self._write(picture(volume, mask, defaced, headers.modality, location), self._private, name)
        return {"picture": f"{PICTURES}/{name}", "private_picture": f"{PICTURES}/{name}"}


def together(series: Sequence[Series]) -> list[list[int]]:
    """Return the numbers of the series that are judged together: those of a study, and of studies in one space.

    A dose, a structure set or a second scan may lie in another study of the subject and still share its frame of
    reference with the head.
    """
    leader: dict[tuple[str, str], tuple[str, str]] = {}

    def first_of(one: tuple[str, str]) -> tuple[str, str]:
        while leader.setdefault(one, one) != one:
            one = leader[one]
        return one

    for one in series:
        frame = _frame_of_reference(one)
        if frame:
            who = one.subject.canonical
            leader[first_of((who, "frame " + frame))] = first_of((who, "study " + one.study_uid))
    groups: dict[tuple[str, str], list[int]] = {}
    for number, one in enumerate(series):
        groups.setdefault(first_of((one.subject.canonical, "study " + one.study_uid)), []).append(number)
    return list(groups.values())


def _frame_of_reference(series: Series) -> str:
    """Return the frame of reference; of a structure set it is inside a sequence, which the scan does not read."""
    if series.frame_of_reference or not series.sop_class.startswith(STRUCTURE_SET):
        return series.frame_of_reference
    try:
        (first, *_) = series.instances
        with first.source.open() as file:
            header = pydicom.dcmread(file, stop_before_pixels=True, force=True)
        return face.SeriesHeaders("", [face.InstanceHeader(header, first.source.open)]).frame_of_reference
    except (OSError, ValueError, KeyError, EOFError, NotImplementedError):
        return ""  # it is read again, and judged, with its study


def _first_whole(sources: list[Source]) -> Source:
    """Return the first source whose pixels can be decoded, else the first."""
    for source in sources:
        try:
            with source.open() as file:
                dataset = pydicom.dcmread(file, force=True)
            if "PixelData" not in dataset or dataset.pixel_array.size:
                return source
        except Exception:  # a damaged copy is passed over here, and told when its turn comes
            continue
    return sources[0]

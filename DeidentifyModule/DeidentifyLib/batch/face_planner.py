"""Face removal in a run: which series show a face, decided study by study before the tasks are planned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

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
        self, scanned: ScanResult, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> dict[int, FaceDecision]:
        """Return the decision for each series, by its number in the scan."""
        series, self._duplicates = scanned.series, scanned.duplicates
        studies: dict[tuple[str, str], list[int]] = {}
        for number, one in enumerate(series):
            studies.setdefault((one.subject.canonical, one.study_uid), []).append(number)
        decisions: dict[int, FaceDecision] = {}
        for done, numbers in enumerate(studies.values()):
            progress(done, len(studies))
            if cancelled():
                break
            study = {number: series[number] for number in numbers}
            key = key_of(study, self._masks)
            decisions.update(self._recalled(key, study) or self._study(key, study))
        progress(len(studies), len(studies))
        return decisions

    def _recalled(self, key: str, series: dict[int, Series]) -> dict[int, FaceDecision] | None:
        """Return the decisions of an interrupted run, None if there are none or their pictures are gone."""
        found = self._plans.recall(key)
        if found is None:
            return None
        pictures = [decision["report"].get("picture") for decision in found.values()]
        folders = (self._public.parent, self._private.parent)
        if not all((folder / name).is_file() for name in pictures if name for folder in folders):
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

    def _instance(self, series: Series, one: Instance) -> face.Instance:
        """Return an instance with its header; of several inputs with its UID in the series, the first that is whole."""
        copies = self._duplicates.get(one.sop_instance_uid, ())
        sources = [one.source, *(copy.instance.source for copy in copies if copy.series is series)]
        source = _first_whole(sources) if len(sources) > 1 else one.source
        with source.open() as file:
            header = pydicom.dcmread(file, stop_before_pixels=True, force=True)
        return face.Instance(header, source.open)

    def _decision(self, number: int, headers: face.SeriesHeaders, plan: face.StudyPlan) -> FaceDecision:
        decided = plan.decisions[str(number)]
        report = {**decided.verdict.to_dict(), "overridden": decided.overridden}
        if decided.action is face.Action.WITHHOLD:
            return FaceDecision(None, f"face: {decided.verdict.reason}", report)
        if decided.action is face.Action.KEEP:
            return FaceDecision(None, "", report)
        report.update(self._pictures(number, headers, decided.region))
        return FaceDecision(decided.region, "", report)

    def _pictures(self, number: int, headers: face.SeriesHeaders, region: face.Region | None) -> dict[str, str]:
        """Draw what is removed; return the names of the pictures, none where the series is no volume."""
        try:
            volume = face.small_volume(headers)
        except (face.NotAVolume, face.NoPlane):
            return {}
        mask = region.on_grid(volume)
        defaced = face.remove_face(volume, mask, face.air_value(volume, headers.modality))
        location = region.location if isinstance(region, face.FaceRegion) else None
        name = f"{number:05d}.png"
        self._public.mkdir(parents=True, exist_ok=True)
        self._private.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_picture(picture(defaced, mask, defaced, headers.modality, location), self._public / name)
        write_picture(picture(volume, mask, defaced, headers.modality, location), self._private / name)
        (self._private / name).chmod(0o600)
        return {"picture": f"{PICTURES}/{name}", "private_picture": f"{PICTURES}/{name}"}


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

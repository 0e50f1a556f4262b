"""Face removal in a run: which series show a face, decided study by study before the tasks are planned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pydicom
import SimpleITK as sitk

from .. import face
from ..dicom.dicom_file import silence
from ..face.picture import picture, write_picture
from ..records.face_decisions import FaceDecision
from ..records.face_plans import FacePlans, key_of
from ..scan.scan_inputs import Series

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

    def plan(
        self, series: list[Series], on_progress: Callable[[int, int], None], is_cancelled: Callable[[], bool]
    ) -> dict[int, FaceDecision]:
        """Return the decision for each series, by its number in the scan."""
        studies: dict[tuple[str, str], list[int]] = {}
        for number, one in enumerate(series):
            studies.setdefault((one.subject.canonical, one.study_uid), []).append(number)
        decisions: dict[int, FaceDecision] = {}
        for done, numbers in enumerate(studies.values()):
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
                headers = {number: _headers(str(number), one) for number, one in series.items()}
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

    def _decision(self, number: int, headers: face.SeriesHeaders, plan: face.StudyPlan) -> FaceDecision:
        decided = plan.decisions[str(number)]
        report = {**decided.verdict.to_dict(), "overridden": decided.overridden}
        if decided.action is face.FaceAction.WITHHOLD:
            return FaceDecision(None, f"face: {decided.verdict.reason}", report)
        if decided.action is face.FaceAction.KEEP:
            return FaceDecision(None, "", report)
        if decided.region is None:
            raise ValueError("a series to deface has no region")
        report.update(self._pictures(number, headers, decided.region))
        return FaceDecision(decided.region, "", report)

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
        self._public.mkdir(parents=True, exist_ok=True)
        self._private.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_picture(picture(defaced, mask, defaced, headers.modality, location), self._public / name)
        write_picture(picture(volume, mask, defaced, headers.modality, location), self._private / name)
        (self._private / name).chmod(0o600)
        return {"picture": f"{PICTURES}/{name}", "private_picture": f"{PICTURES}/{name}"}


def _headers(key: str, series: Series) -> face.SeriesHeaders:
    instances = []
    for one in series.instances:
        with one.source.open() as file:
            header = pydicom.dcmread(file, stop_before_pixels=True, force=True)
        instances.append(face.InstanceHeader(header, one.source.open))
    return face.SeriesHeaders(key, instances)

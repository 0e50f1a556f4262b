"""Plan the face removal of one subject's study: one mask for a frame of reference, a decision for every series."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import SimpleITK as sitk

from .body_part import says_elsewhere, says_head
from .carriers import Surroundings, judge_carrier
from .location import Location, locate, parts
from .metrics import Probe
from .planes import NoPlane
from .prepare import CoarseVolume, NotAVolume, coarse_volume
from .region import DrawnRegion, FaceRegion, Region
from .series import Kind, SeriesHeaders, kind_of, slices_of
from .served import AGREE_MM, LEAST_POINTS, follow, slice_figures
from .stripped import NO_SKIN
from .verdicts import EMISSION, MATCH, FaceOutcome, Verdict, verdict
from .volume import small_volume

PET_DILATION_MM, PET_UNSURE_DILATION_MM = 5.0, 10.0
MOVED_MM = 12.0
"""CT or MR whose face lies farther from where it was expected is registered on its own."""
MAX_SPILL, LEAST_BRAIN = 0.15, 0.5


class FaceAction(StrEnum):
    """What is to be done with a series."""

    DEFACE = "deface"
    KEEP = "keep"
    WITHHOLD = "withhold"


@dataclass(frozen=True)
class SeriesDecision:
    """What is to be done with one series, why, and with which region.

    Attributes
    ----------
    key : str
        The series.
    action : FaceAction
        ``DEFACE``: give every instance and ``region`` to `instance.deface_dataset`.
    verdict : Verdict
        With the figures behind it; holds nothing of the header.
    region : Region or None
        Only with ``DEFACE``; it can be pickled.
    overridden : bool
        A person decided otherwise than the verdict; this belongs into the log.
    """

    key: str
    action: FaceAction
    verdict: Verdict
    region: Region | None = None
    overridden: bool = False


@dataclass(frozen=True)
class StudyPlan:
    """The decisions by series key, and whether the study shows (or may show) a head."""

    decisions: Mapping[str, SeriesDecision]
    has_head: bool


@dataclass
class _Work:
    """The state of one planning."""

    ears: bool
    dilation_mm: float
    decisions: dict[str, SeriesDecision] = field(default_factory=dict)
    located: dict[str, Location] = field(default_factory=dict)

    def region(self, location: Location, more_mm: float = 0.0) -> FaceRegion:
        return FaceRegion(location, self.ears, min(20.0, self.dilation_mm + more_mm))

    def decide(self, series: SeriesHeaders, judged: Verdict, region: Region | None = None) -> None:
        action = {FaceOutcome.REMOVED: FaceAction.DEFACE, FaceOutcome.NO_HEAD: FaceAction.KEEP}.get(
            judged.outcome, FaceAction.WITHHOLD
        )
        self.decisions[series.key] = SeriesDecision(
            series.key, action, judged, region if action is FaceAction.DEFACE else None
        )


def plan_study(
    series: Sequence[SeriesHeaders],
    *,
    ears: bool = False,
    dilation_mm: float = 0.0,
    masks: Mapping[str, sitk.Image] | None = None,
    force: Collection[str] = (),
    skip: Collection[str] = (),
) -> StudyPlan:
    """Decide for every series of one subject's study: deface, keep or withhold.

    In every frame of reference the best volume is located (CT, then 3D T1, then other MR, then derived); its region
    serves the others by geometry, each checked by its own figures, with its own registration as the fall-back. Series
    that cannot be looked at are withheld when the study has a head. At most one small volume is in memory at a time.

    Parameters
    ----------
    series : sequence of SeriesHeaders
        All series of the study (or of several studies of the subject; only equal frames of reference share a mask).
    ears, dilation_mm
        See `mask.face_mask`. PET gets 5 mm more.
    masks : mapping of str to SimpleITK.Image, optional
        Label images made by a person, by series key; each serves its whole frame of reference.
    force : collection of str
        Keys of series to export in spite of an uncertain verdict: defaced if a head was located, else as they are.
    skip : collection of str
        Keys of series to leave untouched because a person said so.
    """
    work = _Work(ears, dilation_mm)
    kinds = {one.key: kind_of(one) for one in series}
    drawn = {one.frame_of_reference: DrawnRegion(masks[one.key]) for one in series if masks and one.key in masks}
    for group in _by_frame_of_reference(series):
        volumes = sorted((one for one in group if kinds[one.key] is Kind.VOLUME), key=_rank)
        region = drawn.get(group[0].frame_of_reference)
        if region is not None:
            _serve_drawn(work, [one for one in group if kinds[one.key] in (Kind.VOLUME, Kind.FEW_SLICES)], region)
            continue
        location = _plan_volumes(work, volumes)
        for one in group:
            if location and kinds[one.key] is Kind.FEW_SLICES:
                work.decide(one, _check_slices(one, location), work.region(location))
    has_head = any(d.verdict.outcome is not FaceOutcome.NO_HEAD for d in work.decisions.values()) or any(
        map(says_head, series)
    )
    _decide_carriers(work, series, kinds, drawn, has_head)
    for one in series:
        work.decisions[one.key] = _overridden(work, one, one.key in force, one.key in skip)
    return StudyPlan({one.key: work.decisions[one.key] for one in series}, has_head)


def _by_frame_of_reference(series: Sequence[SeriesHeaders]) -> list[list[SeriesHeaders]]:
    groups: dict[str, list[SeriesHeaders]] = {}
    for one in series:
        groups.setdefault(one.frame_of_reference or f"alone {one.key}", []).append(one)
    return list(groups.values())


def _rank(series: SeriesHeaders) -> tuple[int, int, str]:
    header = series.first
    words = " ".join(str(header.get(n) or "") for n in ("SeriesDescription", "ProtocolName", "SequenceName")).lower()
    derived = "DERIVED" in [str(v).upper() for v in header.get("ImageType") or []]
    three_d = str(header.get("MRAcquisitionType") or "").upper() == "3D"
    weighted = any(word in words for word in ("t1", "mprage", "mp-rage", "spgr", "bravo", "tfl3d", "vibe"))
    if series.modality in EMISSION:
        place = 5
    elif derived:
        place = 4
    elif series.modality == "CT":
        place = 0
    elif three_d and weighted:
        place = 1
    else:
        place = 2 if three_d else 3
    return place, -slices_of(series), series.key


def _plan_volumes(work: _Work, volumes: list[SeriesHeaders]) -> Location | None:
    """Decide for the volumes of one frame of reference, best first; return the location that serves the others."""
    serving: Location | None = None
    empty: SeriesHeaders | None = None
    for one in volumes:
        if serving is not None:
            _serve(work, one, serving)
            continue
        if one.modality in EMISSION and empty is not None:
            reason = "no head was found in the CT or MR of the same frame of reference"
            judged = Verdict(FaceOutcome.NO_HEAD, reason, work.decisions[empty.key].verdict.figures)
            work.decide(one, _unless_the_header_says_head(one, judged))
            continue
        location, judged = _look(one)
        work.decide(one, judged, work.region(location) if location else None)
        if location:
            work.located[one.key] = location
        if judged.outcome is FaceOutcome.REMOVED:
            serving = location
        elif judged.outcome is FaceOutcome.NO_HEAD:
            empty = one
    if serving is not None:
        # what was looked at before the good one: the good one's mask may serve it, too
        for one in volumes:
            if work.decisions[one.key].verdict.outcome is FaceOutcome.UNCERTAIN and one.key in work.located:
                _serve(work, one, serving)
    return serving


def _look(series: SeriesHeaders) -> tuple[Location | None, Verdict]:
    """Locate the head on a series of its own."""
    try:
        location = locate(small_volume(series), series.modality)
    except (NotAVolume, NoPlane) as error:
        return None, Verdict(FaceOutcome.UNCERTAIN, str(error))
    judged = verdict(location, series.modality)
    if judged.outcome is FaceOutcome.NO_HEAD:
        return location, _unless_the_header_says_head(series, judged)
    low = judged.outcome is FaceOutcome.UNCERTAIN and location.figures["match"] < MATCH
    if low and says_elsewhere(series):
        reason = "nothing resembles a head, and the header names another part of the body"
        return location, replace(judged, outcome=FaceOutcome.NO_HEAD, reason=reason)
    return location, judged


def _unless_the_header_says_head(series: SeriesHeaders, judged: Verdict) -> Verdict:
    """Return "no head" as uncertain where the header speaks of a head.

    Only a brain whose own surface proves that it has no skin is an exception: nearly all of them say head or brain.
    """
    if judged.reason == NO_SKIN or not says_head(series):
        return judged
    return replace(judged, outcome=FaceOutcome.UNCERTAIN, reason=f"{judged.reason}; but the header speaks of a head")


def _serve(work: _Work, series: SeriesHeaders, location: Location) -> None:
    """Use another series' mask, if it fits; else look for the head again."""
    if series.modality in EMISSION:
        _serve_emission(work, series, location)
        return
    try:
        volume = coarse_volume(small_volume(series), series.modality)
        figures = Probe(volume).figures(*parts(location.transform))
    except (NotAVolume, NoPlane) as error:
        work.decide(series, Verdict(FaceOutcome.UNCERTAIN, str(error)))
        return
    fits = figures["spill"] <= MAX_SPILL and figures["brain_tissue"] >= LEAST_BRAIN
    if fits and not _has_moved(volume, location):
        reason = "the mask of another series in the same frame of reference is used and fits"
        work.decide(series, Verdict(FaceOutcome.REMOVED, reason, figures), work.region(location))
        return
    own, judged = _look(series)
    if judged.outcome is FaceOutcome.NO_HEAD and figures["face_inside"] > 0.02:
        judged = replace(
            judged, outcome=FaceOutcome.UNCERTAIN, reason="the mask of its frame of reference does not fit"
        )
    work.decide(series, judged, work.region(own) if own else None)


def _has_moved(volume: CoarseVolume, location: Location) -> bool:
    """Tell whether the head plainly lies elsewhere; a nod is not seen by the outline."""
    found, figures = follow(volume, location)
    return found is not None and figures["moved_mm"] > MOVED_MM


def _serve_emission(work: _Work, series: SeriesHeaders, location: Location) -> None:
    """Use the mask of CT or MR for a PET, if the head has not moved in between or can be followed."""
    try:
        found, figures = follow(coarse_volume(small_volume(series), series.modality), location)
    except (NotAVolume, NoPlane) as error:
        work.decide(series, Verdict(FaceOutcome.UNCERTAIN, str(error)))
        return
    if found is None:
        reason = "the head seems to have moved since the CT or MR, and where it lies now is not sure"
        work.decide(series, Verdict(FaceOutcome.UNCERTAIN, reason, figures))
        return
    sure = found is location and figures["apart_mm"] <= AGREE_MM
    more = PET_DILATION_MM if sure else PET_UNSURE_DILATION_MM
    how = "and fits" if found is location else f"moved by {figures['moved_mm']:.0f} mm with the head"
    reason = f"the mask of the CT or MR in the same frame of reference is used, grown by {more:.0f} mm, {how}"
    work.decide(series, Verdict(FaceOutcome.REMOVED, reason, figures), work.region(found, more))


def _check_slices(series: SeriesHeaders, location: Location) -> Verdict:
    """Judge whether the mask of another series fits a series of few slices."""
    try:
        figures = slice_figures(series, location)
    except (NotAVolume, NoPlane) as error:
        return Verdict(FaceOutcome.UNCERTAIN, str(error))
    if figures["face_ml"] == 0:
        reason = "the mask of another series in the same frame of reference is used; the slices do not show the face"
        return Verdict(FaceOutcome.REMOVED, reason, figures)
    if figures["points"] < LEAST_POINTS:
        reason = "too few slices to tell whether the mask of its frame of reference fits"
        return Verdict(FaceOutcome.UNCERTAIN, reason, figures)
    if figures["spill"] > MAX_SPILL or figures["brain_tissue"] < LEAST_BRAIN:
        return Verdict(FaceOutcome.UNCERTAIN, "the mask of its frame of reference does not fit", figures)
    reason = "the mask of another series in the same frame of reference is used and fits"
    return Verdict(FaceOutcome.REMOVED, reason, figures)


def _serve_drawn(work: _Work, group: list[SeriesHeaders], region: DrawnRegion) -> None:
    for one in group:
        work.decide(one, Verdict(FaceOutcome.REMOVED, "a mask made by a person is used"), region)


def _decide_carriers(
    work: _Work,
    series: Sequence[SeriesHeaders],
    kinds: Mapping[str, Kind],
    drawn: Mapping[str, Region],
    has_head: bool,
) -> None:
    """Decide for what cannot be looked at as a volume, by what was found around it."""
    looked = [(one, work.decisions[one.key]) for one in series if one.key in work.decisions]
    for one in series:
        if one.key in work.decisions:
            continue
        frame = one.frame_of_reference
        near = [decision for other, decision in looked if frame and other.frame_of_reference == frame]
        cleared = bool(near) and all(decision.verdict.outcome is FaceOutcome.NO_HEAD for decision in near)
        region = drawn.get(frame) or next((decision.region for decision in near if decision.region), None)
        around = Surroundings(has_head, bool(looked), cleared, region)
        work.decide(one, judge_carrier(one, kinds[one.key], around))


def _overridden(work: _Work, series: SeriesHeaders, force: bool, skip: bool) -> SeriesDecision:
    decision = work.decisions[series.key]
    if skip and decision.action is not FaceAction.KEEP:
        return replace(decision, action=FaceAction.KEEP, region=None, overridden=True)
    if force and decision.action is FaceAction.WITHHOLD:
        location = work.located.get(series.key)
        region = work.region(location) if location else None
        return replace(
            decision, action=FaceAction.DEFACE if region else FaceAction.KEEP, region=region, overridden=True
        )
    return decision

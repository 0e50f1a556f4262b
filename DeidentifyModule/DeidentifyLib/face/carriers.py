"""What carries a face besides volumes - captures, photographs, doses, contours, meshes - and when it is withheld.

One list of reasons: every front door, the report and the review list say these words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .body_part import says_elsewhere
from .region import Region
from .series import Kind, SeriesHeaders
from .skin_contours import contours_reach, dose_reaches, may_draw_the_skin
from .verdicts import FaceOutcome, Verdict

REASONS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.VOLUME: "it was not looked at",
        Kind.FEW_SLICES: "too few slices to look for a head in, and no mask in its frame of reference",
        Kind.CAPTURE: "a capture or rendering may show the face",
        Kind.PICTURE: "a picture without a place in space (projection, mosaic, video) may show the face",
        Kind.PHOTOGRAPH: "a photograph or surface scan may show the face",
        Kind.DOCUMENT: "a document may hold pictures of the face",
        Kind.CRANIOFACIAL: "a craniofacial X-ray volume shows the face, and the face is not removed from this kind",
        Kind.ROTATIONAL: "a cone-beam X-ray volume may show the face, and the face is not removed from this kind",
        Kind.RAW: "raw data may hold the whole head",
        Kind.DOSE: "the dose grid reaches the face: a dose shows the outline of the body",
        Kind.CONTOURS: "its contours may draw the skin of the face",
        Kind.SEGMENTS: "its segments may draw the skin of the face",
        Kind.MESH: "a surface mesh may draw the skin of the face",
    }
)
ALONE = "nothing in its study tells whether a head is in view"
ALWAYS = (Kind.PHOTOGRAPH, Kind.CRANIOFACIAL)
"""Withheld whatever else is in the study."""
IN_SPACE = (Kind.DOSE, Kind.CONTOURS, Kind.SEGMENTS, Kind.MESH)
"""Bound to a frame of reference: what was found there counts, not what was found elsewhere in the study."""
UNLESS_FREED = (Kind.FEW_SLICES, Kind.CAPTURE, Kind.ROTATIONAL, Kind.RAW, *IN_SPACE)
"""Withheld without a head in the study, too, unless a volume of it was looked at or the header names another part."""


@dataclass(frozen=True)
class Surroundings:
    """What was found around a series that cannot be looked at itself.

    Attributes
    ----------
    has_head : bool
        A series of the study shows a head, may show one, or speaks of one.
    looked : bool
        A volume of the study was looked at.
    frame_cleared : bool
        Volumes of the same frame of reference were looked at, and none of them shows or may show a face.
    region : Region or None
        The face region found or drawn in the same frame of reference.
    """

    has_head: bool
    looked: bool
    frame_cleared: bool = False
    region: Region | None = None


def judge_carrier(series: SeriesHeaders, kind: Kind, around: Surroundings) -> Verdict:
    """Judge a series that cannot be looked at as a volume: uncertain, which withholds it, or nothing to see."""
    free = _free_by_itself(series, kind, around)
    if free:
        return Verdict(FaceOutcome.NO_HEAD, free)
    if around.has_head or kind in ALWAYS:
        return Verdict(FaceOutcome.UNCERTAIN, REASONS[kind])
    if around.looked or kind not in UNLESS_FREED:
        return Verdict(FaceOutcome.NO_HEAD, "no series of the study shows a head")
    if says_elsewhere(series):
        return Verdict(FaceOutcome.NO_HEAD, "the header names another part of the body, and no series shows a head")
    return Verdict(FaceOutcome.UNCERTAIN, f"{REASONS[kind]}; {ALONE}")


def _free_by_itself(series: SeriesHeaders, kind: Kind, around: Surroundings) -> str:
    """Return why nothing of a face can be in the series, empty if something can."""
    if kind is Kind.HARMLESS:
        return "no picture can be in it"
    if kind is Kind.DOSE and not any(instance.header.get("Rows") for instance in series.instances):
        return "a dose without a grid"
    if kind in IN_SPACE and around.frame_cleared:
        return "no volume of its frame of reference shows a head"
    if kind is Kind.DOSE and around.region is not None and not dose_reaches(series, around.region):
        return "the dose grid does not reach the face"
    if kind in (Kind.CONTOURS, Kind.SEGMENTS) and not may_draw_the_skin(series):
        if kind is Kind.CONTOURS and around.region is not None and contours_reach(series, around.region):
            return ""
        return "its contours or segments are not named as skin or body"
    return ""

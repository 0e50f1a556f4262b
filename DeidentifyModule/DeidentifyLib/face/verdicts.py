"""Say whether a located head can be trusted: removed, no head in the field of view, or uncertain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .location import Location
from .stripped import NO_SKIN

EMISSION = ("PT", "NM")
NO_FACE = "the head is in view, but no part of the face"
MATCH, INTERIOR, OUTLINE, SYMMETRY = 0.20, 0.04, 0.80, 0.65
ANISOTROPY, SCALE = 1.35, (0.66, 1.32)
STRETCHED, STRETCHED_MATCH = 1.13, 0.25
"""A stretched fit must match well: a lost gantry tilt of 20 degrees once led to a stretched, wrong one."""
INSIDE, SCALP, RETURN_MM, TURN_DEG = 0.42, 0.60, 14.0, 55.0
FRONTAL, FRONTAL_BENT = 0.19, 0.17
"""Least entropy correlation at the frontal base in MR, without and with a bend: below it the cut may reach brain."""
NOT_SEEN = 0.02


class FaceOutcome(StrEnum):
    """Outcome of the face removal of one series."""

    REMOVED = "removed"
    """The head was found and fits well; the face region may be (or was) removed."""
    NO_HEAD = "no head in the field of view"
    """No face can be seen in the series; it is left untouched."""
    UNCERTAIN = "uncertain"
    """Neither is sure: the series is withheld unless a person decides otherwise."""


@dataclass(frozen=True)
class Verdict:
    """An outcome, the plain reason for it, and the figures behind it."""

    outcome: FaceOutcome
    reason: str
    figures: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values; no part of them comes from the image's header."""
        return {
            "verdict": self.outcome.value,
            "reason": self.reason,
            "figures": {name: round(float(value), 3) for name, value in self.figures.items()},
        }


def verdict(location: Location, modality: str) -> Verdict:
    """Judge a location.

    Parameters
    ----------
    location : Location
        From `location.locate` with ``check=True``.
    modality : str
        DICOM modality.

    Returns
    -------
    Verdict
        ``REMOVED`` means: the face mask of this location may be applied.
    """
    f = location.figures
    if location.no_head == NO_SKIN:
        return Verdict(FaceOutcome.NO_HEAD, NO_SKIN, f)
    if f["inside"] <= 0:
        outcome = FaceOutcome.NO_HEAD if location.no_head else FaceOutcome.UNCERTAIN
        return Verdict(outcome, location.no_head or "there is nothing to look for a head in", f)
    if modality.upper() in EMISSION:
        return Verdict(
            FaceOutcome.UNCERTAIN, "a head cannot be located on PET alone; it needs CT or MR of the same study", f
        )
    frontal = FRONTAL_BENT if location.bend else FRONTAL
    doubts = list(_doubts(f, frontal if modality.upper() == "MR" else -1.0))
    if doubts and location.no_head:
        return Verdict(FaceOutcome.NO_HEAD, location.no_head, f)
    if doubts:
        return Verdict(FaceOutcome.UNCERTAIN, "; ".join(doubts), f)
    if f["face_inside"] < NOT_SEEN and f["face_seen"] < NOT_SEEN:
        return Verdict(FaceOutcome.NO_HEAD, NO_FACE, f)
    return Verdict(FaceOutcome.REMOVED, "the head was found and fits the atlas", f)


def _doubts(f: Mapping[str, float], least_frontal: float) -> Iterator[str]:
    if f["match"] < MATCH or f["interior"] < INTERIOR:
        yield f"the match with the atlas is low ({f['match']:.2f}, {f['interior']:.2f} within the head)"
    if f["turn_deg"] > TURN_DEG:
        yield f"the head lies turned by {f['turn_deg']:.0f} degrees: is the orientation labelled wrongly?"
    if f["outline"] < OUTLINE:
        yield f"the outline of the head does not fit ({f['outline']:.2f})"
    if f["symmetry"] < SYMMETRY:
        yield f"the head is not symmetric about the found mid-plane ({f['symmetry']:.2f})"
    stretched = f["anisotropy"] > STRETCHED and f["match"] < STRETCHED_MATCH
    if stretched or f["anisotropy"] > ANISOTROPY or not SCALE[0] < f["scale"] < SCALE[1]:
        yield f"the head would have an unlikely size or shape (scale {f['scale']:.2f}, {f['anisotropy']:.2f})"
    if f["inside"] < INSIDE or f["brain_inside"] < INSIDE:
        yield f"too little of the head is in the field of view ({f['inside']:.0%})"
    if f["scalp_tissue"] < SCALP:
        yield f"the skin around the skull is hardly to be seen ({f['scalp_tissue']:.0%})"
    if f.get("frontal", 0.0) < least_frontal:
        yield "the fit at the forehead is not sure: the cut might reach the brain"
    if f.get("return_mm", 99.0) > RETURN_MM:
        yield f"other poses match nearly as well ({f.get('return_mm', 99.0):.0f} mm apart)"

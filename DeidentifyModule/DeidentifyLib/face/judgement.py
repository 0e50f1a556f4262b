"""Say whether a located head can be trusted: removed, no head in the field of view, or uncertain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from .location import Location


class Outcome(str, Enum):
    """What the face removal of one series came to."""

    REMOVED = "removed"
    """The head was found and fits well; the face region may be (or was) removed."""
    NO_HEAD = "no head in the field of view"
    """No face can be seen in the series; it is left untouched."""
    UNCERTAIN = "uncertain"
    """Neither is sure: the series is withheld unless a person decides otherwise."""


@dataclass(frozen=True)
class Verdict:
    """An outcome, the plain reason for it, and the figures behind it."""

    outcome: Outcome
    reason: str
    figures: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict:
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
    if f.get("match", 0.0) < 0.10:
        return Verdict(Outcome.NO_HEAD, "nothing in the image resembles a head", f)
    if f["scalp_empty"] > 0.7 and f["face_tissue"] < 0.2 and modality.upper() not in ("PT", "NM"):
        return Verdict(Outcome.NO_HEAD, "a brain without skin (skull-stripped): there is no face", f)
    doubts = list(_doubts(f))
    if doubts:
        return Verdict(Outcome.UNCERTAIN, "; ".join(doubts), f)
    if f["face_inside"] < 0.02:
        return Verdict(Outcome.NO_HEAD, "the head is in view, but no part of the face", f)
    return Verdict(Outcome.REMOVED, "the head was found and fits the atlas", f)


def _doubts(f: Mapping[str, float]):
    if f["match"] < 0.20:
        yield f"the match with the atlas is low ({f['match']:.2f})"
    if f["outline"] < 0.80:
        yield f"the outline of the head does not fit ({f['outline']:.2f})"
    if f["symmetry"] < 0.70:
        yield f"the head is not symmetric about the found mid-plane ({f['symmetry']:.2f})"
    if f["anisotropy"] > 1.30 or not 0.62 < f["scale"] < 1.35:
        yield f"the head would have an unlikely size or shape (scale {f['scale']:.2f}, {f['anisotropy']:.2f})"
    if f["inside"] < 0.45 or f["brain_inside"] < 0.45:
        yield f"too little of the head is in the field of view ({f['inside']:.0%})"
    if f["scalp_tissue"] < 0.6:
        yield f"the skin around the skull is hardly to be seen ({f['scalp_tissue']:.0%})"
    if f.get("return_mm", 99.0) > 12:
        yield f"other poses match nearly as well ({f.get('return_mm', 99.0):.0f} mm apart)"

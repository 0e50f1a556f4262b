"""What a run decided about the face in a series, in a form that a resumed run reads back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import SimpleITK as sitk

from .. import face
from ..face.location import Location


@dataclass(frozen=True)
class FaceDecision:
    """What happens to the series of a task because of faces.

    Attributes
    ----------
    region : Region or None
        Face region in patient space (LPS, mm); None where pixels stay.
    withheld : str
        Why the series is not written; empty if it is.
    report : dict
        Verdict, reason and figures for the report; nothing of the header.
    """

    region: face.Region | None
    withheld: str
    report: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values; of a region that a person drew, only that it is one."""
        values: dict[str, Any] = {"withheld": self.withheld, "report": self.report, "region": None}
        if isinstance(self.region, face.FaceRegion):
            location = self.region.location
            values["region"] = {
                "matrix": location.matrix,
                "shift": location.shift,
                "figures": dict(location.figures),
                "bend": location.bend,
                "ears": self.region.ears,
                "dilation_mm": self.region.dilation_mm,
            }
        elif self.region is not None:
            values["region"] = "drawn"
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], mask: sitk.Image | None) -> FaceDecision:
        """Return the decision that `to_dict` gave; `mask` is what a person drew for the frame of reference.

        Raises
        ------
        ValueError
            If the region was drawn and the mask is missing.
        """
        region = values["region"]
        if region == "drawn":
            if mask is None:
                raise ValueError("the drawn mask is missing")
            return cls(face.DrawnRegion(mask), values["withheld"], values["report"])
        if region is not None:
            location = Location(
                tuple(region["matrix"]), tuple(region["shift"]), region["figures"], tuple(region["bend"])
            )
            region = face.FaceRegion(location, region["ears"], region["dilation_mm"])
        return cls(region, values["withheld"], values["report"])

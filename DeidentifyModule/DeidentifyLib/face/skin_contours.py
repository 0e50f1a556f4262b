"""Tell whether contours, segments or meshes may draw the skin, by what their headers call them."""

from __future__ import annotations

import re

from pydicom import Dataset

from .series import SeriesHeaders

SKIN_WORDS = re.compile(
    r"extern|body|skin|outline|patient|surface|head|face|facial|nose|mask|scalp|outer|contour|haut|peau|piel|kopf",
    re.IGNORECASE,
)
MESH_CLASSES = ("1.2.840.10008.5.1.4.1.1.66.5", "1.2.840.10008.5.1.4.1.1.104.")


def may_draw_the_skin(series: SeriesHeaders) -> bool:
    """Return whether a RTSTRUCT, SEG or mesh may hold the outline of the body; meshes always may."""
    return any(_instance_may(instance.header) for instance in series.instances)


def _instance_may(header: Dataset) -> bool:
    if str(header.get("SOPClassUID") or "").startswith(MESH_CLASSES):
        return True
    names = [roi.get("ROIName") for roi in header.get("StructureSetROISequence") or []]
    for observed in header.get("RTROIObservationsSequence") or []:
        if str(observed.get("RTROIInterpretedType") or "").upper() == "EXTERNAL":
            return True
        names.append(observed.get("ROIObservationLabel"))
    segments = header.get("SegmentSequence") or []
    names += [segment.get("SegmentLabel") for segment in segments]
    for segment in segments:
        for code in segment.get("SegmentedPropertyTypeCodeSequence") or []:
            names.append(code.get("CodeMeaning"))
    known = [str(name) for name in names if name]
    return not known or any(SKIN_WORDS.search(name) for name in known)

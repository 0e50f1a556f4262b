"""A series as the face room sees it: headers, a way to open each instance, and what kind of thing it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pydicom
from pydicom import Dataset
from pydicom.errors import InvalidDicomError

from .planes import NoPlane, Plane, number_of_frames, planes

OpenableSource = str | Path | Callable[[], BinaryIO]


@dataclass(frozen=True)
class InstanceHeader:
    """One instance.

    Attributes
    ----------
    header : pydicom.Dataset
        All or part of it; what is used: SOP Class, modality, image type, body part, descriptions, frame of reference,
        geometry (with functional groups), pixel module without pixel data; sequences of RTSTRUCT and SEG.
    source : path or callable
        A path, or a function that opens the instance as a binary file (a member of a zip, say).
    """

    header: Dataset
    source: OpenableSource

    def read(self) -> Dataset:
        """Read the whole instance.

        Raises
        ------
        OSError, pydicom.errors.InvalidDicomError
            If it cannot be opened, or is no DICOM.
        """
        if callable(self.source):
            with self.source() as file:
                return pydicom.dcmread(file, force=True)
        return pydicom.dcmread(self.source, force=True)


@dataclass(frozen=True)
class SeriesHeaders:
    """One series.

    Attributes
    ----------
    key : str
        By which decisions name the series (e.g. its Series Instance UID); it is in no reason and no log.
    instances : sequence of InstanceHeader
        In any order.
    """

    key: str
    instances: Sequence[InstanceHeader]

    @property
    def first(self) -> Dataset:
        """The header of the first instance."""
        return self.instances[0].header

    @property
    def modality(self) -> str:
        """The DICOM modality, upper case, or an empty string."""
        return str(self.first.get("Modality") or "").upper()

    @property
    def frame_of_reference(self) -> str:
        """The Frame of Reference UID, or an empty string; looked for where structure sets keep it, too."""
        for item in (self.first, *(self.first.get("ReferencedFrameOfReferenceSequence") or [])):
            uid = str(item.get("FrameOfReferenceUID") or "").strip("\0 ")
            if uid:
                return uid
        for roi in self.first.get("StructureSetROISequence") or []:
            uid = str(roi.get("ReferencedFrameOfReferenceUID") or "").strip("\0 ")
            if uid:
                return uid
        return ""


class Kind(StrEnum):
    """What a series is to face removal; for classes that are no slices ``data/carriers.txt`` tells it."""

    VOLUME = "volume"
    """Slices dense enough to look for a head in."""
    FEW_SLICES = "localizer or few slices"
    """With a place in space, but too few or too far apart to look for a head in."""
    CAPTURE = "capture"
    """A picture of a screen or a rendering, without a place in space."""
    PICTURE = "picture"
    """Other pixels without a place in space: projections, mosaics, endoscopy."""
    PHOTOGRAPH = "photograph"
    """A photograph, a video or a surface scan of a person."""
    DOCUMENT = "document"
    CRANIOFACIAL = "craniofacial"
    """X-ray volumes of the face: craniofacial cone beam."""
    ROTATIONAL = "rotational"
    """Other cone-beam volumes, which nobody looks at."""
    RAW = "raw data"
    DOSE = "dose"
    CONTOURS = "contours"
    SEGMENTS = "segments"
    MESH = "mesh"
    HARMLESS = "harmless"
    """No picture of the face can be in it."""


VOLUME_MODALITIES = ("CT", "MR", "PT", "NM")
MIN_SLICES, MAX_GAP_MM = 20, 10.0
CAPTURE_TYPES = ("SCREEN SAVE", "VOLUME_RENDERING", "VOLUMERENDERING", "VRT", "SSD", "RENDERED", "PROJECTION IMAGE")
CARRIERS = Path(__file__).parent / "data" / "carriers.txt"


def kind_of(series: SeriesHeaders) -> Kind:
    """Tell what a series is, by SOP class, image type and geometry."""
    header = series.first
    told = kind_of_class(str(header.get("SOPClassUID") or ""))
    if told is not None:
        return told
    if series.modality == "XC":
        return Kind.PHOTOGRAPH
    image_type = [str(v).upper() for v in header.get("ImageType") or []]
    in_colour = int(header.get("SamplesPerPixel") or 1) != 1
    if any(t.startswith(CAPTURE_TYPES) for t in image_type) or (in_colour and series.modality in VOLUME_MODALITIES):
        return Kind.CAPTURE
    if series.modality not in VOLUME_MODALITIES:
        return Kind.PICTURE
    try:
        stacks = plane_stack(series)
    except NoPlane:
        return Kind.PICTURE
    if "LOCALIZER" in image_type or len(stacks.positions) < MIN_SLICES or stacks.largest_gap > MAX_GAP_MM:
        return Kind.FEW_SLICES
    return Kind.VOLUME if stacks.parallel else Kind.FEW_SLICES


def kind_of_class(sop_class: str) -> Kind | None:
    """Return what the longest line of ``data/carriers.txt`` says of a SOP class, None if none does."""
    fitting = [known for known in _carriers() if _begins(sop_class, known)]
    return _carriers()[max(fitting, key=len)] if fitting else None


def _begins(sop_class: str, known: str) -> bool:
    return sop_class == known or sop_class.startswith(known if known.endswith(".") else known + ".")


@cache
def _carriers() -> dict[str, Kind]:
    lines = (line.strip() for line in CARRIERS.read_text(encoding="ascii").splitlines())
    known = [re.split(r"\s{2,}", line) for line in lines if line and not line.startswith("#")]
    return {uid: Kind(kind) for uid, kind, _ in known}


@dataclass(frozen=True)
class Stack:
    """The planes of a series.

    Attributes
    ----------
    places : list of (int, int, Plane)
        Number of instance, number of frame, plane; one for each distinct position, sorted along the normal.
    positions : numpy.ndarray
        (n,) mm along the normal, increasing.
    parallel : bool
        Whether all planes have one orientation, spacing and size.
    """

    places: list[tuple[int, int, Plane]]
    positions: np.ndarray
    parallel: bool

    @property
    def largest_gap(self) -> float:
        """The largest distance between neighbours, in mm."""
        return float(np.diff(self.positions).max()) if len(self.positions) > 1 else float("inf")


def plane_stack(series: SeriesHeaders) -> Stack:
    """Sort the planes of a series; of several at one position (time, echo, b-value) the first stays.

    Raises
    ------
    NoPlane
        If an instance does not say where it lies.
    """
    places = [
        (number, frame, plane)
        for number, instance in enumerate(series.instances)
        for frame, plane in enumerate(planes(instance.header))
    ]
    first = places[0][2]
    along = np.array([plane.position @ first.normal for _, _, plane in places])
    parallel = all(_alike(plane, first) for _, _, plane in places)
    kept: list[int] = []
    for k in np.argsort(along, kind="stable"):
        if not kept or along[k] - along[kept[-1]] > 0.01:
            kept.append(int(k))
    return Stack([places[k] for k in kept], along[kept], parallel)


def _alike(a: Plane, b: Plane) -> bool:
    return (
        a.size == b.size
        and np.allclose(a.spacing, b.spacing, rtol=1e-3)
        and a.row @ b.row > 0.9998
        and a.column @ b.column > 0.9998
    )


def slices_of(series: SeriesHeaders) -> int:
    """Return the number of frames of a series."""
    return sum(number_of_frames(instance.header) for instance in series.instances)


__all__ = [
    "InstanceHeader",
    "InvalidDicomError",
    "Kind",
    "SeriesHeaders",
    "Stack",
    "kind_of",
    "plane_stack",
    "slices_of",
]

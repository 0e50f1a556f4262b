"""A series as the face room sees it: headers, a way to open each instance, and what kind of thing it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
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
        """The Frame of Reference UID, or an empty string; looked for where RT and SEG keep it, too."""
        return str(self.first.get("FrameOfReferenceUID") or "").strip("\0 ")


class Kind(StrEnum):
    """What a series is to face removal."""

    VOLUME = "volume"
    """Slices dense enough to look for a head in."""
    FEW_SLICES = "localizer or few slices"
    """With a place in space, but too few or too far apart to look for a head in."""
    PICTURE = "picture"
    """Pixels without a place in space: captures, renderings, projections, photographs, documents."""
    SHAPE = "shape"
    """Contours, segments or meshes that may draw the skin."""
    HARMLESS = "harmless"
    """No picture of the face can be in it."""


VOLUME_MODALITIES = ("CT", "MR", "PT", "NM")
MIN_SLICES, MAX_GAP_MM = 20, 10.0
HARMLESS_CLASSES = (
    "1.2.840.10008.5.1.4.1.1.88.",  # structured reports, key objects
    "1.2.840.10008.5.1.4.1.1.11.",  # presentation states
    "1.2.840.10008.5.1.4.1.1.66.1",  # spatial registration
    "1.2.840.10008.5.1.4.1.1.66.2",  # spatial fiducials
    "1.2.840.10008.5.1.4.1.1.66.3",  # deformable registration
    "1.2.840.10008.5.1.4.1.1.67",  # real world value mapping
    "1.2.840.10008.5.1.4.1.1.481.2",  # dose
    "1.2.840.10008.5.1.4.1.1.481.4",  # treatment records and plans
    "1.2.840.10008.5.1.4.1.1.481.5",
    "1.2.840.10008.5.1.4.1.1.481.6",
    "1.2.840.10008.5.1.4.1.1.481.7",
    "1.2.840.10008.5.1.4.1.1.481.8",
    "1.2.840.10008.5.1.4.1.1.481.9",
    "1.2.840.10008.5.1.4.1.1.9.",  # waveforms
    "1.2.840.10008.5.1.4.1.1.4.2",  # spectroscopy
)
SHAPE_CLASSES = (
    "1.2.840.10008.5.1.4.1.1.481.3",  # RT structure set
    "1.2.840.10008.5.1.4.1.1.66.4",  # segmentation
    "1.2.840.10008.5.1.4.1.1.66.5",  # surface segmentation
    "1.2.840.10008.5.1.4.1.1.104.3",  # encapsulated STL
    "1.2.840.10008.5.1.4.1.1.104.4",  # encapsulated OBJ
    "1.2.840.10008.5.1.4.1.1.104.5",  # encapsulated MTL
)
CAPTURE_CLASSES = "1.2.840.10008.5.1.4.1.1.7"
CAPTURE_TYPES = ("SCREEN SAVE", "VOLUME_RENDERING", "VOLUMERENDERING", "VRT", "SSD", "RENDERED", "PROJECTION IMAGE")


def kind_of(series: SeriesHeaders) -> Kind:
    """Tell what a series is, by SOP class, image type and geometry."""
    header = series.first
    sop_class = str(header.get("SOPClassUID") or "")
    if sop_class.startswith(SHAPE_CLASSES):
        return Kind.SHAPE
    if sop_class.startswith(HARMLESS_CLASSES):
        return Kind.HARMLESS
    image_type = [str(v).upper() for v in header.get("ImageType") or []]
    capture = sop_class.startswith(CAPTURE_CLASSES) or any(t.startswith(CAPTURE_TYPES) for t in image_type)
    if capture or series.modality not in VOLUME_MODALITIES or int(header.get("SamplesPerPixel") or 1) != 1:
        return Kind.PICTURE
    try:
        stacks = plane_stack(series)
    except NoPlane:
        return Kind.PICTURE
    if "LOCALIZER" in image_type or len(stacks.positions) < MIN_SLICES or stacks.largest_gap > MAX_GAP_MM:
        return Kind.FEW_SLICES
    return Kind.VOLUME if stacks.parallel else Kind.FEW_SLICES


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

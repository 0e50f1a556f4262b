"""Objects that carry a face and are no slices, about the synthetic head: doses, contours, meshes, pictures."""

from __future__ import annotations

import numpy as np
from face.synthetic_head import FRAME_OF_REFERENCE, blank
from pydicom import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    EncapsulatedOBJStorage,
    EncapsulatedSTLStorage,
    RawDataStorage,
    RTDoseStorage,
    RTStructureSetStorage,
    SecondaryCaptureImageStorage,
    SurfaceSegmentationStorage,
    VLPhotographicImageStorage,
    XRay3DAngiographicImageStorage,
    XRay3DCraniofacialImageStorage,
    generate_uid,
)

HEAD_MM = (-80.0, -110.0, -100.0), (80.0, 100.0, 90.0)
"""Corners of a box about the synthetic head."""


def dose(low=HEAD_MM[0], high=HEAD_MM[1], *, frame: str = FRAME_OF_REFERENCE, step: float = 10.0) -> Dataset:
    """Return a dose grid between two corners, with offsets from its first plane as planning systems write them."""
    dataset = blank(RTDoseStorage, "RTDOSE")
    columns, rows, frames = (int((b - a) / step) + 1 for a, b in zip(low, high, strict=True))
    dataset.FrameOfReferenceUID = frame
    dataset.ImagePositionPatient, dataset.ImageOrientationPatient = list(low), [1, 0, 0, 0, 1, 0]
    dataset.PixelSpacing = [step, step]
    dataset.GridFrameOffsetVector = [step * k for k in range(frames)]
    dataset.FrameIncrementPointer = 0x3004000C
    dataset.DoseUnits, dataset.DoseType, dataset.DoseSummationType, dataset.DoseGridScaling = (
        "GY",
        "PHYSICAL",
        "PLAN",
        1,
    )
    _pixels(dataset, np.full((frames, rows, columns), 3, "<u2"))
    return dataset


def structure_set(*rois: tuple[str, str, float], frame: str = FRAME_OF_REFERENCE, centre=(0.0, 0.0, -10.0)) -> Dataset:
    """Return a structure set of (name, interpreted type, radius in mm): rings about a point, in five planes."""
    dataset = blank(RTStructureSetStorage, "RTSTRUCT")
    del dataset.ImageType
    reference = Dataset()
    reference.FrameOfReferenceUID = frame
    dataset.ReferencedFrameOfReferenceSequence = Sequence([reference])
    dataset.StructureSetLabel = "plan"
    names, observed, drawn = [], [], []
    for number, (name, kind, radius) in enumerate(rois):
        roi, seen, lines = Dataset(), Dataset(), Dataset()
        roi.ROINumber, roi.ROIName, roi.ReferencedFrameOfReferenceUID = number, name, frame
        roi.ROIGenerationAlgorithm = "MANUAL"
        seen.ObservationNumber = seen.ReferencedROINumber = number
        seen.RTROIInterpretedType, seen.ROIInterpreter = kind, ""
        lines.ReferencedROINumber = number
        lines.ContourSequence = Sequence([_ring(centre, radius, 10.0 * k) for k in range(-4, 1)])
        names.append(roi)
        observed.append(seen)
        drawn.append(lines)
    dataset.StructureSetROISequence, dataset.ROIContourSequence = Sequence(names), Sequence(drawn)
    dataset.RTROIObservationsSequence = Sequence(observed)
    return dataset


def _ring(centre: tuple[float, float, float], radius: float, z: float) -> Dataset:
    contour = Dataset()
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    points = np.stack([radius * np.cos(angles), 1.2 * radius * np.sin(angles), np.full(60, z)], 1) + centre
    contour.ContourGeometricType, contour.NumberOfContourPoints = "CLOSED_PLANAR", len(points)
    contour.ContourData = [f"{v:.3f}" for v in points.ravel()]
    return contour


def capture(modality: str = "OT") -> Dataset:
    """Return a secondary capture of a rendering."""
    dataset = blank(SecondaryCaptureImageStorage, modality)
    dataset.ImageType, dataset.ConversionType = ["DERIVED", "SECONDARY"], "WSD"
    _pixels(dataset, np.full((1, 16, 16), 9, "<u2"))
    return dataset


def photograph() -> Dataset:
    """Return a photograph."""
    dataset = blank(VLPhotographicImageStorage, "XC")
    _pixels(dataset, np.full((1, 16, 16), 9, "<u2"))
    return dataset


def cone_beam(*, craniofacial: bool) -> Dataset:
    """Return a cone-beam volume, as dental and as interventional systems write it."""
    uid = XRay3DCraniofacialImageStorage if craniofacial else XRay3DAngiographicImageStorage
    dataset = blank(uid, "DX" if craniofacial else "XA")
    dataset.FrameOfReferenceUID = generate_uid()
    _pixels(dataset, np.full((4, 16, 16), 9, "<u2"))
    return dataset


def mesh(kind: str) -> Dataset:
    """Return a mesh: ``stl``, ``obj`` or ``surface`` (a surface segmentation)."""
    if kind == "surface":
        dataset = blank(SurfaceSegmentationStorage, "SEG")
        dataset.FrameOfReferenceUID = FRAME_OF_REFERENCE
        return dataset
    dataset = blank(EncapsulatedSTLStorage if kind == "stl" else EncapsulatedOBJStorage, "M3D")
    dataset.FrameOfReferenceUID = FRAME_OF_REFERENCE
    dataset.EncapsulatedDocument = b"solid face endsolid "
    dataset.MIMETypeOfEncapsulatedDocument = "model/stl" if kind == "stl" else "model/obj"
    return dataset


def raw_data() -> Dataset:
    """Return raw data of an MR."""
    dataset = blank(RawDataStorage, "MR")
    dataset.FrameOfReferenceUID = FRAME_OF_REFERENCE
    return dataset


def _pixels(dataset: Dataset, values: np.ndarray) -> None:
    frames, dataset.Rows, dataset.Columns = values.shape
    if frames > 1:
        dataset.NumberOfFrames = frames
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit, dataset.PixelRepresentation = 15, 0
    dataset.PixelData = values.tobytes()
    dataset["PixelData"].VR = "OW"

"""Write a case as a DICOM series and let the planner of a run look at it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, MRImageStorage, generate_uid

sys.path[:0] = [str(Path(__file__).parents[2] / "DeidentifyModule"), str(Path(__file__).parent)]
from DeidentifyLib import face  # noqa: E402
from face_heads import Head  # noqa: E402


def write_series(head: Head, folder: Path) -> list[Path]:
    """Write one file a slice; `head.dicom` says how the values are stored and in which order the files lie."""
    values = sitk.GetArrayFromImage(head.image).astype(np.float32)
    how = head.dicom
    intercept = -1024.0 if head.modality == "CT" else 0.0
    slope = how.get("slope", 1.0)
    stored = np.round((values - intercept) / slope)
    signed = bool(how.get("signed")) or stored.min() < 0
    stored = np.clip(stored, -32768 if signed else 0, 32767 if signed else 65535).astype("<i2" if signed else "<u2")
    series, frame, study = (generate_uid(entropy_srcs=[head.name, part]) for part in ("series", "frame", "study"))
    axes = np.array(head.image.GetDirection()).reshape(3, 3)
    order = np.random.default_rng(how.get("order", 0)).permutation(len(stored))
    paths = []
    for at, k in enumerate(order.tolist()):
        header = _slice(head, (series, frame, study), k, axes)
        header.Rows, header.Columns = stored.shape[1:]
        header.PixelRepresentation = int(signed)
        header.RescaleSlope, header.RescaleIntercept = f"{slope:g}", f"{intercept:g}"
        header.PixelData = stored[k].tobytes()
        header.InstanceNumber = int(k) + 1
        paths.append(folder / f"{at:05d}.dcm")
        header.save_as(paths[-1], enforce_file_format=True)
    return paths


def _slice(head: Head, uids: tuple[str, str, str], k: int, axes: np.ndarray) -> FileDataset:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = CTImageStorage if head.modality == "CT" else MRImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[head.name, str(k)])
    header = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    header.SOPClassUID, header.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    header.SeriesInstanceUID, header.FrameOfReferenceUID, header.StudyInstanceUID = uids
    header.Modality = head.modality
    header.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    if head.dicom.get("body_part"):
        header.BodyPartExamined = head.dicom["body_part"]
    header.ImageOrientationPatient = [f"{v:.8f}"[:16] for v in (*axes[:, 0], *axes[:, 1])]
    header.ImagePositionPatient = [f"{v:.4f}" for v in head.image.TransformIndexToPhysicalPoint((0, 0, k))]
    spacing = head.image.GetSpacing()
    header.PixelSpacing = [f"{spacing[1]:.6f}", f"{spacing[0]:.6f}"]
    header.SliceThickness = f"{spacing[2]:.6f}"
    header.SamplesPerPixel, header.PhotometricInterpretation = 1, "MONOCHROME2"
    header.BitsAllocated = header.BitsStored = 16
    header.HighBit = 15
    return header


def headers_of(paths: list[Path]) -> face.SeriesHeaders:
    """Read the headers as a run does."""
    return face.SeriesHeaders(
        "1", [face.InstanceHeader(pydicom.dcmread(path, stop_before_pixels=True), path) for path in paths]
    )

"""The synthetic head of the library, and DICOM series made of it; no person's head and no identity in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import SimpleITK as sitk
from DeidentifyLib.face import InstanceHeader, SeriesHeaders
from DeidentifyLib.face.phantom import brain, face_skin, head
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRLittleEndian,
    MRImageStorage,
    PositronEmissionTomographyImageStorage,
    generate_uid,
)

CLASSES = {"CT": CTImageStorage, "MR": MRImageStorage, "PT": PositronEmissionTomographyImageStorage}
FRAME_OF_REFERENCE = generate_uid(entropy_srcs=["frame"])

__all__ = ["FRAME_OF_REFERENCE", "as_series", "blank", "brain", "datasets_of", "face_skin", "head", "write_series"]


def datasets_of(
    image: sitk.Image, modality: str, *, frame_of_reference: str = FRAME_OF_REFERENCE, **header
) -> list[Dataset]:
    """Return one data set for each slice of an image; ``header`` sets further attributes by keyword."""
    values = sitk.GetArrayFromImage(image)
    uid = generate_uid()
    datasets = []
    for k in range(image.GetSize()[2]):
        dataset = blank(CLASSES[modality], modality, uid)
        dataset.FrameOfReferenceUID = frame_of_reference
        dataset.ImagePositionPatient = [round(v, 6) for v in image.TransformIndexToPhysicalPoint([0, 0, k])]
        direction = np.array(image.GetDirection()).reshape(3, 3)
        dataset.ImageOrientationPatient = [round(v, 8) for v in [*direction[:, 0], *direction[:, 1]]]
        dataset.PixelSpacing = [image.GetSpacing()[1], image.GetSpacing()[0]]
        dataset.SliceThickness = image.GetSpacing()[2]
        dataset.InstanceNumber = k + 1
        _set_pixels(dataset, values[k], modality)
        for keyword, value in header.items():
            setattr(dataset, keyword, value)
        datasets.append(dataset)
    return datasets


def blank(sop_class: str, modality: str, series_uid: str | None = None) -> Dataset:
    """Return a data set with the identifiers of an instance and nothing else."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class, generate_uid()
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = generate_uid(), series_uid or generate_uid()
    dataset.Modality, dataset.PatientID, dataset.PatientName = modality, "test", "test"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    return dataset


def _set_pixels(dataset: Dataset, values: np.ndarray, modality: str) -> None:
    dataset.Rows, dataset.Columns = values.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelRepresentation = 0
    if modality == "CT":
        values = values + 1024
        dataset.RescaleIntercept, dataset.RescaleSlope = -1024, 1
    dataset.PixelData = np.clip(values, 0, 65535).astype("<u2").tobytes()
    dataset["PixelData"].VR = "OW"


def write_series(datasets: list[Dataset], folder: Path) -> SeriesHeaders:
    """Write data sets as files and return the series."""
    folder.mkdir(parents=True, exist_ok=True)
    instances = []
    for number, dataset in enumerate(datasets):
        path = folder / f"{number:04d}.dcm"
        dataset.save_as(path, enforce_file_format=True)
        instances.append(InstanceHeader(dataset, path))
    return SeriesHeaders(str(datasets[0].SeriesInstanceUID), instances)


def as_series(datasets: list[Dataset]) -> SeriesHeaders:
    """Return a series that lives in memory: every instance opens as a file."""
    from io import BytesIO

    def opener(dataset: Dataset):
        def open_it() -> BytesIO:
            buffer = BytesIO()
            dataset.save_as(buffer, enforce_file_format=True)
            buffer.seek(0)
            return buffer

        return open_it

    return SeriesHeaders(str(datasets[0].SeriesInstanceUID), [InstanceHeader(d, opener(d)) for d in datasets])

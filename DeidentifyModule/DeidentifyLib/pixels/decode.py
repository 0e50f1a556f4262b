"""Stored pixel values of a DICOM instance as an array, whatever the transfer syntax."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.pixels.utils import pixel_array
from pydicom.uid import SecondaryCaptureImageStorage, generate_uid

from ..dicom.tags import (
    BITS_ALLOCATED,
    BITS_STORED,
    COLUMNS,
    HIGH_BIT,
    NUMBER_OF_FRAMES,
    PHOTOMETRIC_INTERPRETATION,
    PIXEL_DATA,
    PIXEL_REPRESENTATION,
    ROWS,
    SAMPLES_PER_PIXEL,
)

PIXEL_MODULE = (
    SAMPLES_PER_PIXEL,
    PHOTOMETRIC_INTERPRETATION,
    NUMBER_OF_FRAMES,
    ROWS,
    COLUMNS,
    BITS_ALLOCATED,
    BITS_STORED,
    HIGH_BIT,
    PIXEL_REPRESENTATION,
    PIXEL_DATA,
)


class NotDecoded(ValueError):
    """The pixels cannot be decoded here; the message says why, without any value of the header."""


def stored_values(dataset: Dataset) -> np.ndarray:
    """Return stored values as (frames, rows, columns) or (frames, rows, columns, samples); colour as RGB.

    pydicom is tried first; what it lacks a plug-in for (JPEG lossless, JPEG-LS, JPEG 2000) goes through GDCM in
    SimpleITK, in a temporary file that holds the pixel module alone.

    Raises
    ------
    NotDecoded
        If neither can decode the pixels, or they are damaged.
    """
    if PIXEL_DATA not in dataset:
        raise NotDecoded("the instance holds no integer pixel data")
    try:
        values = pixel_array(dataset)
    except (RuntimeError, NotImplementedError, AttributeError, ValueError, KeyError) as error:
        if isinstance(error, ValueError) and not _is_compressed(dataset):
            raise NotDecoded("the pixel data have not the length that the header demands") from None
        values = _through_gdcm(dataset)
    frames, samples = int(dataset.get("NumberOfFrames") or 1), int(dataset.get("SamplesPerPixel") or 1)
    shape = (frames, int(dataset.Rows), int(dataset.Columns)) + ((samples,) if samples > 1 else ())
    if values.size != np.prod(shape):
        raise NotDecoded("the decoded pixels have not the size that the header demands")
    return values.reshape(shape)


def _is_compressed(dataset: Dataset) -> bool:
    return bool(getattr(dataset, "file_meta", None)) and dataset.file_meta.TransferSyntaxUID.is_compressed


def _through_gdcm(dataset: Dataset) -> np.ndarray:
    if not _is_compressed(dataset):
        raise NotDecoded("the pixel data cannot be read")
    bare = Dataset()
    for tag in PIXEL_MODULE:
        if tag in dataset:
            bare[tag] = dataset[tag]
    bare.SOPClassUID, bare.SOPInstanceUID = SecondaryCaptureImageStorage, generate_uid()
    bare.file_meta = FileMetaDataset()
    bare.file_meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
    bare.file_meta.MediaStorageSOPClassUID = bare.SOPClassUID
    bare.file_meta.MediaStorageSOPInstanceUID = bare.SOPInstanceUID
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pixels.dcm"
        bare.save_as(path, enforce_file_format=True)
        try:
            decoded: np.ndarray = sitk.GetArrayFromImage(sitk.ReadImage(str(path), imageIO="GDCMImageIO"))
            return decoded
        except RuntimeError:
            raise NotDecoded("no decoder at hand reads this transfer syntax") from None

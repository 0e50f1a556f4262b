"""Decoded pixels for the audit: pydicom, and GDCM in SimpleITK for what pydicom has no plug-in for."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.pixels.utils import pixel_array
from pydicom.uid import UID

from .large_files import Bytes
from .tags import PIXEL_DATA, PIXEL_REPRESENTATION

_LAST_OF_PIXEL_MODULE = PIXEL_REPRESENTATION
"""Lookup tables come after it: a decoder must not apply them, stored values are compared."""


class UndecodedError(ValueError):
    """No decoder at hand reads the pixels, or they do not fill the frames that the header states."""


@contextmanager
def quiet() -> Iterator[None]:
    """Keep back pydicom's warnings and log lines: they quote values of data sets."""
    logger = logging.getLogger("pydicom")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def decoded(data: Bytes) -> np.ndarray:
    """Return all frames of a file as stored values: (frame, row, column) or (frame, row, column, sample).

    Parameters
    ----------
    data : Bytes
        The whole file.

    Raises
    ------
    ValueError, RuntimeError, AttributeError, NotImplementedError, KeyError, InvalidDicomError
        If the pixels cannot be decoded.
    """
    dataset = pydicom.dcmread(BytesIO(data) if isinstance(data, bytes) else data.opened(), force=True)
    if "TransferSyntaxUID" not in dataset.file_meta:  # a file without file meta information is native
        implicit, little = dataset.original_encoding
        native = "1.2.840.10008.1.2" if implicit else "1.2.840.10008.1.2.1" if little else "1.2.840.10008.1.2.2"
        dataset.file_meta.TransferSyntaxUID = UID(native)
    frames, samples = int(dataset.get("NumberOfFrames") or 1), int(dataset.get("SamplesPerPixel") or 1)
    shape = (frames, int(dataset.Rows), int(dataset.Columns)) + ((samples,) if samples > 1 else ())
    values = _values(dataset)
    if values.size != np.prod(shape):
        raise UndecodedError("the decoded pixels do not have the size that the header states")
    return values.reshape(shape)


def _values(dataset: FileDataset) -> np.ndarray:
    if not dataset.file_meta.TransferSyntaxUID.is_compressed:
        return pixel_array(dataset)
    try:
        return pixel_array(dataset)
    except (RuntimeError, NotImplementedError, AttributeError, ValueError, KeyError):
        return _through_gdcm(dataset)


def _through_gdcm(dataset: FileDataset) -> np.ndarray:
    """Decode a copy that holds the image pixel module alone, in a temporary file."""
    import SimpleITK as sitk  # takes 90 MiB, and most transfer syntaxes do not need it

    bare = Dataset()
    for tag in dataset.keys():
        if 0x00280000 < tag <= _LAST_OF_PIXEL_MODULE or tag == PIXEL_DATA:
            bare[tag] = dataset[tag]
    bare.SOPClassUID, bare.SOPInstanceUID = UID("1.2.840.10008.5.1.4.1.1.7"), UID("2.25.1")
    bare.file_meta = FileMetaDataset()
    bare.file_meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
    bare.file_meta.MediaStorageSOPClassUID = bare.SOPClassUID
    bare.file_meta.MediaStorageSOPInstanceUID = bare.SOPInstanceUID
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pixels.dcm"
        pydicom.dcmwrite(path, bare, enforce_file_format=True)
        try:
            decoded: np.ndarray = sitk.GetArrayFromImage(sitk.ReadImage(str(path), imageIO="GDCMImageIO"))
            return decoded
        except RuntimeError:
            raise UndecodedError("no decoder at hand reads this transfer syntax") from None

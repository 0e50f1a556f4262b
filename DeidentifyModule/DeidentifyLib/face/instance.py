"""Remove the face from one DICOM instance, single-frame or multi-frame, and mark what was done."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from pydicom import Dataset
from pydicom.dataelem import DataElement
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from ..dicom import tags
from ..pixels.decode import NotDecoded, stored_values
from .derived import call_derived
from .planes import planes
from .region import Region

OFFSET_TABLES = (
    tags.EXTENDED_OFFSET_TABLE,
    tags.EXTENDED_OFFSET_TABLE_LENGTHS,
    tags.ENCAPSULATED_PIXEL_DATA_VALUE_TOTAL_LENGTH,
)
OTHER_PIXELS = (tags.FLOAT_PIXEL_DATA, tags.DOUBLE_FLOAT_PIXEL_DATA)
EXTREMES = (
    (tags.SMALLEST_IMAGE_PIXEL_VALUE, min),
    (tags.LARGEST_IMAGE_PIXEL_VALUE, max),
    (tags.SMALLEST_PIXEL_VALUE_IN_SERIES, min),
    (tags.LARGEST_PIXEL_VALUE_IN_SERIES, max),
)
PIXEL_NEEDS = (tags.BITS_ALLOCATED, tags.BITS_STORED, tags.PIXEL_REPRESENTATION)
"""Bits allocated, bits stored, pixel representation."""
WORDS = "Face removed: voxels of the face set to air"
LOSSY = (
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.51",
    "1.2.840.10008.1.2.4.81",
    "1.2.840.10008.1.2.4.91",
    "1.2.840.10008.1.2.4.203",
)
AIR_HU = -1000.0


class CannotDeface(ValueError):
    """This instance's pixels cannot be handled; the message says why, without any value of the header."""


def deface_dataset(dataset: Dataset, region: Region) -> Dataset:
    """Fill the face with air in one instance, in place, and return it.

    Where no voxel of the instance is face, its pixel data stay as they are, byte for byte and compressed or not. Else
    uncompressed pixel data are changed in place, so that every bit outside of the face stays; compressed ones are
    decoded and written as Explicit VR Little Endian; Image Type then says DERIVED. The icon image is removed and the
    defacing recorded. New SOP Instance UIDs are the header engine's business.

    Parameters
    ----------
    dataset : pydicom.Dataset
        With pixel data, ``file_meta`` and its plane in patient space.
    region : Region
        Of the same frame of reference, from `study.plan_study`.

    Raises
    ------
    NoPlane
        If the instance does not say where it lies.
    CannotDeface
        If its kind of pixel data cannot be handled (palette colour, float, 1 bit) or decoded.
    """
    face = face_of(dataset, region)
    if face.any():
        if any(tag in dataset for tag in OTHER_PIXELS) or tags.PIXEL_DATA not in dataset:
            raise CannotDeface("float or absent pixel data are not handled")
        if any(dataset.get(tag) is None for tag in PIXEL_NEEDS):
            raise CannotDeface("the header does not say how its pixels are stored")
        syntax = getattr(getattr(dataset, "file_meta", None), "TransferSyntaxUID", None)
        if syntax is None:
            raise CannotDeface("the transfer syntax is not given")
        if syntax.is_compressed or not syntax.is_little_endian:
            _fill_decoded(dataset, face)
        else:
            _fill_native(dataset, face)
        call_derived(dataset, np.asarray(face.reshape(len(face), -1).any(axis=1)))
    _remove_icons(dataset)
    record_defacing(dataset)
    return dataset


def face_of(dataset: Dataset, region: Region) -> np.ndarray:
    """Return which voxels of an instance are face: (frames, rows, columns) bool.

    Raises
    ------
    NoPlane
        If the instance does not say where its frames lie.
    """
    known: dict[bytes, np.ndarray] = {}
    labels = []
    for plane in planes(dataset):
        key = np.concatenate([plane.position, plane.row, plane.column, plane.spacing]).tobytes()
        if key not in known:
            known[key] = sitk.GetArrayFromImage(region.on_grid(plane.grid()))[0] > 0
        labels.append(known[key])
    return np.stack(labels)


def record_defacing(dataset: Dataset) -> None:
    """Say that the face was removed: (0028,0302) NO, code 113102, and a derivation description (PS3.15 E.3.2)."""
    dataset[tags.RECOGNIZABLE_VISUAL_FEATURES] = DataElement(tags.RECOGNIZABLE_VISUAL_FEATURES, "CS", "NO")
    codes = (
        list(dataset[tags.DEIDENTIFICATION_METHOD_CODE_SEQUENCE].value)
        if tags.DEIDENTIFICATION_METHOD_CODE_SEQUENCE in dataset
        else []
    )
    if all(str(code.get((0x0008, 0x0100), Dataset()).value) != "113102" for code in codes if (0x0008, 0x0100) in code):
        code = Dataset()
        code.add_new(tags.CODE_VALUE, "SH", "113102")
        code.add_new(tags.CODING_SCHEME_DESIGNATOR, "SH", "DCM")
        code.add_new(tags.CODE_MEANING, "LO", "Clean Recognizable Visual Features Option")
        dataset[tags.DEIDENTIFICATION_METHOD_CODE_SEQUENCE] = DataElement(
            tags.DEIDENTIFICATION_METHOD_CODE_SEQUENCE, "SQ", Sequence([*codes, code])
        )
    dataset[tags.DERIVATION_DESCRIPTION] = DataElement(tags.DERIVATION_DESCRIPTION, "ST", WORDS)


def air_stored(dataset: Dataset) -> int | tuple[int, ...]:
    """Return the stored value of air: -1000 HU in CT, 0 in others, black in colour; within the bits stored.

    Raises
    ------
    CannotDeface
        For palette colour.
    """
    photometric = str(dataset.get("PhotometricInterpretation") or "MONOCHROME2")
    if photometric.startswith("PALETTE"):
        raise CannotDeface("palette colour is not handled")
    if int(dataset.get("SamplesPerPixel") or 1) == 3:
        return (0, 128, 128) if photometric.startswith("YBR_FULL") else (0, 0, 0)
    bits, signed = int(dataset.BitsStored), int(dataset.PixelRepresentation) == 1
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    slope, intercept = _rescale(dataset)
    if str(dataset.get("Modality") or "") == "CT":
        return int(np.clip(round((AIR_HU - intercept) / slope), low, high))
    if photometric == "MONOCHROME1":
        return high
    return int(np.clip(round(-intercept / slope), low, high))


def _rescale(dataset: Dataset) -> tuple[float, float]:
    """Return slope and intercept, from the instance or its first functional group (PS3.3 C.11.1, C.7.6.16.2.9)."""
    for tag in (tags.SHARED_FUNCTIONAL_GROUPS_SEQUENCE, tags.PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE):
        for group in dataset[tag].value[:1] if tag in dataset else []:
            if group.get("PixelValueTransformationSequence"):
                return _rescale(group.PixelValueTransformationSequence[0])
    slope, intercept = dataset.get("RescaleSlope"), dataset.get("RescaleIntercept")
    return float(slope or 1) or 1.0, float(intercept or 0)


def _fill_native(dataset: Dataset, face: np.ndarray) -> None:
    bits = int(dataset.BitsAllocated)
    if bits not in (8, 16, 32):
        raise CannotDeface(f"pixels of {bits} bits are not handled")
    kind = np.dtype(f"<{'i' if int(dataset.PixelRepresentation) == 1 else 'u'}{bits // 8}")
    samples = int(dataset.get("SamplesPerPixel") or 1)
    if str(dataset.get("PhotometricInterpretation") or "") in ("YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420"):
        raise CannotDeface("subsampled colour without compression is not handled")
    content = bytearray(dataset[tags.PIXEL_DATA].value)
    if len(content) < face.size * samples * kind.itemsize:
        raise CannotDeface("the pixel data are shorter than the header demands")
    values = np.frombuffer(content, kind, face.size * samples)
    air = air_stored(dataset)
    if samples == 1 and isinstance(air, int):
        pixels = values.reshape(face.shape)
        pixels[face] = _with_high_bits(dataset, air, kind)
    elif int(dataset.get("PlanarConfiguration") or 0) == 1:
        if isinstance(air, int):
            raise CannotDeface(f"{samples} samples in planes are not handled")
        pixels = values.reshape(face.shape[0], samples, *face.shape[1:])
        for sample, value in enumerate(air):
            pixels[:, sample][face] = value
    else:
        pixels = values.reshape(*face.shape, samples)
        pixels[face] = air
    dataset[tags.PIXEL_DATA].value = bytes(content)
    if samples == 1:
        _update_extremes(dataset, pixels)


def _with_high_bits(dataset: Dataset, value: int, kind: np.dtype) -> int:
    """Return a stored value with its high bit where the header says (shifted only in very old images)."""
    shift = int(dataset.get("HighBit", dataset.BitsStored - 1)) - int(dataset.BitsStored) + 1
    return int(np.array(value).astype(kind) << shift) if shift > 0 else value


def _fill_decoded(dataset: Dataset, face: np.ndarray) -> None:
    photometric = str(dataset.get("PhotometricInterpretation") or "MONOCHROME2")
    air = air_stored(dataset)
    try:
        pixels = np.array(stored_values(dataset))
    except NotDecoded as error:
        raise CannotDeface(str(error)) from None
    if pixels.ndim == 4:
        # a decoder hands out RGB, whatever the compressed stream held
        rgb = photometric.startswith("YBR")
        pixels[face] = (0, 0, 0) if rgb else air
        if rgb:
            dataset.PhotometricInterpretation = "RGB"
        dataset.PlanarConfiguration = 0
    else:
        pixels[face] = air
    if str(dataset.file_meta.TransferSyntaxUID) in LOSSY:
        dataset.LossyImageCompression = "01"
    _write_native(dataset, pixels)


def _write_native(dataset: Dataset, pixels: np.ndarray) -> None:
    bits = int(dataset.BitsAllocated)
    kind = np.dtype(f"<{'i' if int(dataset.PixelRepresentation) == 1 else 'u'}{bits // 8}")
    content = pixels.astype(kind, casting="unsafe").tobytes()
    for tag in OFFSET_TABLES:
        if tag in dataset:
            del dataset[tag]
    vr = "OW" if bits > 8 else "OB"
    dataset[tags.PIXEL_DATA] = DataElement(tags.PIXEL_DATA, vr, content + b"\0" * (len(content) % 2))
    dataset[tags.PIXEL_DATA].is_undefined_length = False
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    if pixels.ndim == 3:
        _update_extremes(dataset, pixels)


def _update_extremes(dataset: Dataset, pixels: np.ndarray) -> None:
    """Keep the smallest and largest pixel value right, of the image and of the series (PS3.3 C.7.6.3)."""
    for tag, choose in EXTREMES:
        if tag not in dataset or dataset[tag].value in (None, ""):
            continue
        found = int(pixels.min() if choose is min else pixels.max())
        of_image = tag & 0xFFFF in (0x0106, 0x0107)
        vr = "SS" if int(dataset.PixelRepresentation) == 1 else "US"
        dataset[tag] = DataElement(tag, vr, found if of_image else choose(int(dataset[tag].value), found))


def _remove_icons(dataset: Dataset) -> None:
    if tags.ICON_IMAGE_SEQUENCE in dataset:
        del dataset[tags.ICON_IMAGE_SEQUENCE]
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value or []:
                _remove_icons(item)

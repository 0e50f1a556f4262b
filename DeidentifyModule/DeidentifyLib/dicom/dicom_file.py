"""Reading and writing of DICOM files (PS3.10) around the engine.

The preamble is zeroed and the file meta information rewritten, as PS3.15 E.1.1 asks. Stored
pixel bytes and the transfer syntax stay.
"""

from __future__ import annotations

import logging
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import pydicom
from pydicom import config
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    PrivateTransferSyntaxes,
)

from ..version import __version__
from .elements import PARSE_ERRORS, text_of
from .errors import CannotDeidentify
from .tags import PIXEL_DATA, SOP_CLASS_UID, SOP_INSTANCE_UID

IMPLEMENTATION_CLASS_UID = "2.25.222018337127446174713541263846142153537"
IMPLEMENTATION_VERSION_NAME = f"DEIDENTIFY_{__version__.replace('.', '_')}"
MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"


class NotDicom(ValueError):
    """The file is not a DICOM file."""


@contextmanager
def silence() -> Iterator[None]:
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


@contextmanager
def strict_reading() -> Iterator[None]:
    """Let pydicom raise at the end of a truncated file instead of returning what it has."""
    before = config.settings.reading_validation_mode
    config.settings.reading_validation_mode = config.RAISE
    try:
        yield
    finally:
        config.settings.reading_validation_mode = before


def read(file: BinaryIO, largest: int | None = None) -> FileDataset:
    """Read a data set.

    Parameters
    ----------
    file : BinaryIO
        At its start.
    largest : int, optional
        The value of an element at the top level that has more bytes is skipped and is None.

    Raises
    ------
    NotDicom
        If the file is no DICOM file.
    CannotDeidentify
        If it is one but cannot be read to its end.
    """
    check_is_dicom(file)
    try:
        dataset = _read_strictly(file, largest)
    except (*PARSE_ERRORS, zlib.error, OSError) as error:
        raise CannotDeidentify("the file is damaged or truncated and cannot be read to its end") from error
    if not len(dataset):
        raise CannotDeidentify("the file holds no data set")
    return dataset


def _read_strictly(file: BinaryIO, largest: int | None) -> FileDataset:
    try:
        with strict_reading():
            return pydicom.dcmread(file, defer_size=largest, force=True)
    except (InvalidDicomError, LookupError):
        # an unknown character set, or implicit VR where the transfer syntax says explicit, or the reverse:
        # pydicom can read it
        file.seek(0)
        return pydicom.dcmread(file, defer_size=largest, force=True)


def check_is_dicom(file: BinaryIO) -> None:
    """Return if a file starts like DICOM, with or without preamble; leaves the file at its start.

    Raises
    ------
    NotDicom
        If it does not.
    """
    start = file.read(132)
    file.seek(0)
    if start[128:132] == b"DICM" or _starts_with_element(start):
        return
    raise NotDicom("empty file" if not start else "not a DICOM file")


def _starts_with_element(start: bytes) -> bool:
    """Return whether bytes start with an element of group 0002 or 0008 (files without preamble)."""
    if len(start) < 8 or start[:2] not in (b"\x02\x00", b"\x08\x00", b"\x00\x08"):
        return False
    little = start[1] == 0
    element = int.from_bytes(start[2:4], "little" if little else "big")
    explicit = start[4:6].isalpha() and start[4:6].isupper()
    length = int.from_bytes(start[6:8] if explicit else start[4:8], "little" if little else "big")
    return element <= 0x0070 and length <= 0x400


def new_file_meta(dataset: FileDataset, sop_instance_uid: str) -> FileMetaDataset:
    """Return file meta information that names this implementation and nothing of the original.

    Raises
    ------
    CannotDeidentify
        If the data set lacks what a DICOM file needs.
    """
    sop_class = text_of(dataset, SOP_CLASS_UID)
    if not sop_class or not sop_instance_uid:
        raise CannotDeidentify("the data set has no SOP Class UID or SOP Instance UID")
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID = UID(sop_class)
    meta.MediaStorageSOPInstanceUID = UID(sop_instance_uid)
    meta.TransferSyntaxUID = transfer_syntax_of(dataset)
    meta.ImplementationClassUID = UID(IMPLEMENTATION_CLASS_UID)
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION_NAME
    return meta


_NATIVE = frozenset((ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian))


def transfer_syntax_of(dataset: FileDataset) -> UID:
    """Return the transfer syntax of a data set as read, also of one without file meta information.

    Raises
    ------
    CannotDeidentify
        If it is private, or if the pixel data are compressed and it is not stated or one without compression.
    """
    stated = dataset.file_meta.get("TransferSyntaxUID")
    pixel_data = dataset.get_item(PIXEL_DATA)
    is_compressed = pixel_data is not None and getattr(pixel_data, "length", 0) == 0xFFFFFFFF
    if stated:
        if UID(stated).is_private and stated not in PrivateTransferSyntaxes:
            raise CannotDeidentify("the transfer syntax is private")
        if is_compressed and stated in _NATIVE:
            raise CannotDeidentify("the pixel data are compressed, but not in the transfer syntax that the file states")
        return UID(stated)
    if is_compressed:
        raise CannotDeidentify("the pixel data are compressed, but the file does not state its transfer syntax")
    is_implicit, is_little_endian = dataset.original_encoding
    if not is_little_endian:
        return ExplicitVRBigEndian
    return ImplicitVRLittleEndian if is_implicit else ExplicitVRLittleEndian


def write(file: BinaryIO, dataset: FileDataset) -> None:
    """Write a de-identified data set with a zeroed preamble and new file meta information.

    Raises
    ------
    CannotDeidentify
        If the data set cannot be encoded.
    """
    meta = new_file_meta(dataset, text_of(dataset, SOP_INSTANCE_UID))
    dataset.file_meta = meta
    dataset.preamble = bytes(128)
    is_implicit, is_little_endian = dataset.original_encoding
    try:
        if meta.TransferSyntaxUID.is_private:
            pydicom.dcmwrite(
                file,
                dataset,
                implicit_vr=is_implicit,
                little_endian=is_little_endian,
                force_encoding=True,
                enforce_file_format=True,
            )
        else:
            pydicom.dcmwrite(file, dataset, enforce_file_format=True)
    except PARSE_ERRORS as error:
        raise CannotDeidentify("the data set cannot be encoded in the transfer syntax that the file states") from error

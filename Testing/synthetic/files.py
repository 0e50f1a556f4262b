"""Write DICOM files byte by byte, so that a test decides about every one of them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence as Sequence_
from pathlib import Path

from pydicom.charset import convert_encodings
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import correct_ambiguous_vr, write_dataset, write_file_meta_info
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

LONG_VRS = ("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV")
UNDEFINED = 0xFFFFFFFF

RawElement = tuple[int, bytes]
"""Tag number and the whole encoded element."""


def raw_element(tag: int, vr: str | None, value: bytes, length: int | None = None, big: bool = False) -> bytes:
    """Encode one element; `vr` None means implicit VR, `length` overrides the true length."""
    order = ">" if big else "<"
    length = len(value) if length is None else length
    head = struct.pack(f"{order}HH", tag >> 16, tag & 0xFFFF)
    if vr is None:
        return head + struct.pack(f"{order}L", length) + value
    if vr in LONG_VRS:
        return head + vr.encode() + b"\0\0" + struct.pack(f"{order}L", length) + value
    return head + vr.encode() + struct.pack(f"{order}H", length) + value


def raw_item(content: bytes, undefined_length: bool = False) -> bytes:
    """Encode one sequence item."""
    if undefined_length:
        return struct.pack("<HHL", 0xFFFE, 0xE000, UNDEFINED) + content + struct.pack("<HHL", 0xFFFE, 0xE00D, 0)
    return struct.pack("<HHL", 0xFFFE, 0xE000, len(content)) + content


def sequence_end() -> bytes:
    """Return a sequence delimitation item."""
    return struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)


def encode(dataset: Dataset, implicit: bool = False, big: bool = False, charset: object = None) -> bytes:
    """Encode a data set without file meta information."""
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = implicit, not big
    write_dataset(buffer, dataset, convert_encodings(charset) if charset else "iso8859")
    return buffer.getvalue()


def encode_with_raw(dataset: Dataset, raw: Sequence_[RawElement], implicit: bool, big: bool) -> bytes:
    """Encode a data set with ready-made elements put where their tags belong."""
    correct_ambiguous_vr(dataset, not big)
    charset = dataset.get("SpecificCharacterSet")
    parts, start = [], 0
    for tag, encoded in sorted(raw, key=lambda element: element[0]):
        parts += [encode(dataset[start:tag], implicit, big, charset), encoded]
        start = tag
    return b"".join([*parts, encode(dataset[start:0xFFFFFFFF], implicit, big, charset)])


def file_meta(dataset: Dataset, transfer_syntax: str, more: Dataset | None = None) -> bytes:
    """Encode the file meta information of a data set, with the elements of `more` added."""
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\0\1"
    meta.MediaStorageSOPClassUID = dataset.get("SOPClassUID", "1.2.840.10008.5.1.4.1.1.7")
    meta.MediaStorageSOPInstanceUID = dataset.get("SOPInstanceUID", "1.2.3")
    meta.TransferSyntaxUID = UID(transfer_syntax)
    meta.ImplementationClassUID = "1.2.826.0.1.3680043.8.498.1"
    for element in more or ():
        meta.add(element)
    buffer = DicomBytesIO()
    write_file_meta_info(buffer, meta, enforce_standard=True)
    return buffer.getvalue()


def write_file(
    path: Path,
    dataset: Dataset,
    transfer_syntax: str = ExplicitVRLittleEndian,
    *,
    preamble: bytes | None = b"\0" * 128,
    more_meta: Dataset | None = None,
    raw: Sequence_[RawElement] = (),
    tail: bytes = b"",
) -> Path:
    """Write one Part 10 file; with `preamble` None, a bare data set without file meta information.

    `raw` are ready-made elements that are put in at their place; `tail` follows the last element.
    """
    implicit = transfer_syntax == ImplicitVRLittleEndian
    body = encode_with_raw(dataset, raw, implicit, transfer_syntax == ExplicitVRBigEndian) + tail
    if transfer_syntax == DeflatedExplicitVRLittleEndian:
        packer = zlib.compressobj(wbits=-15)
        body = packer.compress(body) + packer.flush()
        body += b"\0" * (len(body) % 2)
    path.parent.mkdir(parents=True, exist_ok=True)
    if preamble is None:
        path.write_bytes(body)
    else:
        path.write_bytes(preamble + b"DICM" + file_meta(dataset, transfer_syntax, more_meta) + body)
    return path


def encapsulated(frames: list[bytes]) -> bytes:
    """Return the value of an encapsulated Pixel Data element."""
    return encapsulate([frame + b"\0" * (len(frame) % 2) for frame in frames])

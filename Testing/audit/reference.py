"""Small sources and a tiny de-identification of its own, so that the audit is tested without the engine."""

from __future__ import annotations

import hashlib
import struct
from copy import deepcopy
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import numpy as np
from DeidentifyLib.audit.expectation import CLEAN, KEEP, Expectation
from DeidentifyLib.audit.tables import required_types, safe_private
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

SHIFT_DAYS = -417
CT, PET = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.128"
SOURCE_ROOT = "1.3.12.2.1107.5.1.4.73104"


def make_slice(number: int = 1, modality: str = "CT", patient: int = 1, day: str = "20240315") -> Dataset:
    """Return one slice full of identifiers."""
    data = Dataset()
    data.SpecificCharacterSet = "ISO_IR 100"
    data.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    data.SOPClassUID = CT if modality == "CT" else PET
    data.SOPInstanceUID = f"{SOURCE_ROOT}.30000{patient}.{day}.{(modality == 'CT' and 1) or 2}.{number}"
    for name in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"):
        setattr(data, name, day)
    data.AcquisitionDateTime = f"{day}101500.25+0100"
    for name, time in (
        ("StudyTime", "100000"),
        ("SeriesTime", "101500"),
        ("AcquisitionTime", "101500"),
        ("ContentTime", "101530.5"),
    ):
        setattr(data, name, time)
    data.AccessionNumber = f"ACC99{patient}817"
    data.Modality = "CT" if modality == "CT" else "PT"
    data.Manufacturer = "Acme Imaging"
    data.InstitutionName = "Sankt Veronika Klinikum Quellenstadt"
    data.InstitutionAddress = "Lindenallee 17, Quellenstadt"
    data.ReferringPhysicianName = "Okonkwo^Adaeze"
    data.StationName = "QVKCT07"
    data.StudyDescription = "Staging thorax for Dr Okonkwo"
    data.SeriesDescription = "Thorax 2.0 kernel soft"
    data.OperatorsName = "Lee^Bo"
    data.ManufacturerModelName = "Spectra 64"
    reference = Dataset()
    reference.ReferencedSOPClassUID = data.SOPClassUID
    reference.ReferencedSOPInstanceUID = f"{SOURCE_ROOT}.30000{patient}.{day}.{(modality == 'CT' and 1) or 2}.1"
    data.SourceImageSequence = Sequence([reference])
    data.PatientName = "Müllerstein^Hanspeter" if patient == 1 else "Kowalczyk^Ewa"
    data.PatientID = f"MRN-40771{patient}9"
    data.PatientBirthDate = "19570823"
    data.PatientSex = "M"
    data.PatientWeight = "81.5"
    data.PatientComments = "Neighbour of Kowalczyk"
    data.BodyPartExamined = "CHEST"
    data.KVP = "120"
    data.DeviceSerialNumber = "SN8812730"
    data.ConvolutionKernel = "B30f"
    data.PatientPosition = "HFS"
    data.StudyInstanceUID = f"{SOURCE_ROOT}.20000{patient}.{day}"
    data.SeriesInstanceUID = f"{SOURCE_ROOT}.20000{patient}.{day}.{(modality == 'CT' and 1) or 2}"
    data.StudyID = "88123"
    data.SeriesNumber, data.InstanceNumber = 3, number
    data.ImagePositionPatient = [-100, -100, float(number)]
    data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    data.FrameOfReferenceUID = f"{SOURCE_ROOT}.20000{patient}.{day}.77"
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.Rows = data.Columns = 64
    data.PixelSpacing = [2, 2]
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    data.RescaleIntercept, data.RescaleSlope = "-1024", "1"
    request = Dataset()
    request.RequestedProcedureDescription = "Thorax with contrast, patient known"
    request.RequestedProcedureID = "RP447120"
    data.RequestAttributesSequence = Sequence([request])
    data.PerformedProcedureStepStartDate = day
    block = data.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0C, "IS", "1000")
    unsafe = data.private_block(0x0029, "ACME PRIVATE", create=True)
    unsafe.add_new(0x01, "LO", "Hanspeter once more")
    if modality != "CT":
        data.Units, data.DecayCorrection = "BQML", "START"
        drug = Dataset()
        drug.RadiopharmaceuticalStartTime = "091500"
        drug.RadiopharmaceuticalStartDateTime = f"{day}091500"
        drug.RadionuclideTotalDose, drug.RadionuclideHalfLife = "350000000", "6586.2"
        data.RadiopharmaceuticalInformationSequence = Sequence([drug])
    rng = np.random.default_rng([number, patient, len(modality), modality == "CT"])
    data.PixelData = rng.integers(0, 2500, 64 * 64).astype("<u2").tobytes()
    data["PixelData"].VR = "OW"
    return data


def encode(data: Dataset, preamble: bytes = b"\0" * 128, **meta: Any) -> bytes:
    """Return a whole file."""
    data = deepcopy(data)
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = meta.pop("TransferSyntaxUID", ExplicitVRLittleEndian)
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.file_meta.ImplementationClassUID = "2.25.1789"
    for name, value in meta.items():
        setattr(data.file_meta, name, value)
    data.preamble = preamble
    buffer = BytesIO()
    data.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def new_uid(uid: str) -> str:
    """Return the replacement of a UID."""
    return "2.25." + str(int.from_bytes(hashlib.sha256(b"reference" + uid.encode()).digest()[:15], "big"))


def deidentify(source: Dataset, options: dict[str, Any]) -> Dataset:
    """Return a correct output for the few attributes that `make_slice` has."""
    expectation = Expectation.from_options(options)
    data = deepcopy(source)
    _clean(data, expectation, options)
    data.PatientIdentityRemoved = "YES"
    data.DeidentificationMethod = "reference"
    codes = []
    for value in sorted(expectation.codes()):
        code = Dataset()
        code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, "DCM", "option"
        codes.append(code)
    data.DeidentificationMethodCodeSequence = Sequence(codes)
    data.LongitudinalTemporalInformationModified = {"shift": "MODIFIED", "keep": "UNMODIFIED", "remove": "REMOVED"}[
        expectation.dates
    ]
    number = hashlib.sha256(str(source.PatientID).encode()).hexdigest()[:12].upper()
    data.PatientID, data.PatientName = number, "ANON^" + number
    return data


def _clean(data: Dataset, expectation: Expectation, options: dict[str, Any]) -> None:
    for element in list(data):
        tag = int(element.tag)
        if element.tag.is_private:
            if not expectation.keep_safe_private or not _is_safe(data, element):
                del data[element.tag]
            continue
        action, row = expectation.action(tag)
        if element.VR == "SQ":
            if action in ("X", "X/Z", "X/Z/D") and action != KEEP:
                del data[element.tag]
            else:
                for item in element.value:
                    _clean(item, expectation, options)
        elif row is not None and row.basic == "U" and action != KEEP:
            element.value = new_uid(str(element.value))
        elif action in ("-", KEEP):
            continue
        elif action == CLEAN and element.VR in ("DA", "DT"):
            element.value = shifted(str(element.value))
        elif action == CLEAN and element.VR == "TM":
            continue
        elif action in ("X", CLEAN, "X/Z", "X/D", "X/Z/D") and not _required(data, tag):
            del data[element.tag]
        elif element.VR in ("DA", "DT", "TM"):
            element.value = (
                {"DA": "19000101", "DT": "19000101000000", "TM": "000000"}[element.VR] if "D" in action else ""
            )
        elif action == "Z":
            element.value = ""
        else:
            element.value = "REMOVED"


def _required(data: Dataset, tag: int) -> bool:
    return tag in required_types().get(str(data.get("SOPClassUID", "")), {})


def _is_safe(data: Dataset, element) -> bool:
    if element.tag.is_private_creator:
        block = range(element.tag.elem << 8, (element.tag.elem << 8) + 256)
        return any(
            (str(element.value), element.tag.group, e.tag.elem & 0xFF) in safe_private()
            for e in data.group_dataset(element.tag.group)
            if e.tag.elem in block
        )
    return (element.private_creator, element.tag.group, element.tag.elem & 0xFF) in safe_private()


def shifted(text: str) -> str:
    """Return a date, or a date and time, some whole days earlier."""
    moved = datetime.strptime(text[:8], "%Y%m%d") + timedelta(days=SHIFT_DAYS)
    return moved.strftime("%Y%m%d") + text[8:]


def element_bytes(group: int, number: int, vr: str, value: bytes) -> bytes:
    """Return one element in explicit VR little endian."""
    value += (b"\0" if vr in ("UI", "OB", "UN") else b" ") * (len(value) % 2)
    if vr in ("OB", "OW", "UN", "UT", "UC", "SQ"):
        return struct.pack("<HH2sHI", group, number, vr.encode(), 0, len(value)) + value
    return struct.pack("<HH2sH", group, number, vr.encode(), len(value)) + value

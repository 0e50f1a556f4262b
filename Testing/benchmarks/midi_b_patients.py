"""Synthetic patients with an answer key in the manner of the MIDI-B challenge (arXiv 2507.23608).

Identifiers are put into real places of real object kinds, alone and in the midst of research text; every planted word
and every word that must stay is a row of the answer key.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

FAMILIES = (
    "Abernathy Bakowski Castellano Dubrovnik Eichelberger Fitzwilliam Grünewald Hathersage Iwanowska Jankelowitz "
    "Kristofferson Lindqvist MacAllister Nakamura Oyelaran Papadakis Quesenberry Rautavaara Szymanski Thibodeaux"
).split()
GIVEN = "Ottoline Barnaby Cressida Desmond Eulalia Fergus Griselda Humphrey Imogen Jocasta Killian Leopoldine".split()
HOSPITALS = ("Thornbury Memorial Hospital", "Clinica Vallescura", "Östergaard Universitetssjukhus", "Pemberley General")
STREETS = ("Cobblestone Lane", "Wisteria Road", "Harrowgate Street", "Millbrook Avenue")
CLASSES = {"CT": "1.2.840.10008.5.1.4.1.1.2", "PT": "1.2.840.10008.5.1.4.1.1.128", "MR": "1.2.840.10008.5.1.4.1.1.4"}
MACHINES = {
    "CT": ("SIEMENS", "SOMATOM Definition AS"),
    "PT": ("Philips Medical Systems", "GEMINI TF"),
    "MR": ("SIEMENS", "Skyra"),
}
REGIONS = {"CT": "Thorax", "PT": "Skull base to thigh", "MR": "Lumbar spine"}


@dataclass(frozen=True)
class Answer:
    """One row of the answer key: an action that is asked at one element of one instance.

    `element` is a path of tag numbers, 8 hexadecimal digits each, with the item numbers between them.
    """

    instance: str
    action: str
    element: str
    value: str
    patient: str


def make_patients(folder: Path, subjects: int, seed: int = 7) -> list[Answer]:
    """Write the patients and return the answer key.

    Parameters
    ----------
    folder : Path
        Receives one file per instance: 3 modalities, 2 studies, 2 slices each per subject.
    subjects : int
    seed : int
        The same seed gives the same patients.
    """
    chance = random.Random(seed)
    answers: list[Answer] = []
    for number in range(subjects):
        person = _person(chance, number)
        for study in range(2):
            for modality in CLASSES:
                for position in range(2):
                    data = _instance(chance, person, study, modality, position)
                    path = folder / f"{number:03}" / f"{study}{modality}{position}.dcm"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    data.save_as(path, enforce_file_format=True)
                    answers += _answers(data, person)
    return answers


def _person(chance: random.Random, number: int) -> dict[str, str]:
    family, given = chance.choice(FAMILIES), chance.choice(GIVEN)
    year, month, day = chance.randint(1930, 2005), chance.randint(1, 12), chance.randint(1, 28)
    return {
        "family": family,
        "given": given,
        "id": f"{chance.choice(('MR', 'P', 'HN'))}{chance.randint(10**6, 10**8 - 1)}",
        "birth": f"{year}{month:02}{day:02}",
        "phone": f"({chance.randint(201, 989)}) {chance.randint(200, 999)}-{chance.randint(1000, 9999)}",
        "hospital": chance.choice(HOSPITALS),
        "street": f"{chance.randint(1, 999)} {chance.choice(STREETS)}",
        "doctor": chance.choice([name for name in FAMILIES if name != family]),
        "accession": str(chance.randint(10**7, 10**8 - 1)),
        "root": f"1.3.6.1.4.1.{chance.randint(10000, 60000)}.{number + 1}",
        "sex": chance.choice("FM"),
        "weight": str(chance.randint(45, 120)),
        "serial": str(chance.randint(10**5, 10**6 - 1)),
        "first": f"20{chance.randint(10, 22)}0{chance.randint(1, 9)}{chance.randint(10, 28)}",
    }


def _instance(chance: random.Random, person: dict[str, str], study: int, modality: str, position: int) -> Dataset:
    day = str(int(person["first"]) + study * 10000)
    data = Dataset()
    data.SpecificCharacterSet = "ISO_IR 192"
    data.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    data.SOPClassUID = CLASSES[modality]
    number = list(CLASSES).index(modality)
    data.SOPInstanceUID = f"{person['root']}.{study}.{number}.{position + 1}"
    for name in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate", "InstanceCreationDate"):
        setattr(data, name, day)
    data.StudyTime, data.SeriesTime, data.AcquisitionTime, data.ContentTime = "091500", "092000", "092101", "092102"
    data.AccessionNumber = person["accession"]
    data.Modality = modality
    data.Manufacturer, data.ManufacturerModelName = MACHINES[modality]
    data.InstitutionName, data.InstitutionAddress = person["hospital"], person["street"]
    data.ReferringPhysicianName = f"{person['doctor']}^Dr"
    data.StudyDescription = f"{modality} {REGIONS[modality]} {person['family']}"
    data.SeriesDescription = f"Axial 5mm recon {person['id']}"
    data.PatientName = f"{person['family']}^{person['given']}"
    data.PatientID, data.PatientBirthDate = person["id"], person["birth"]
    data.PatientSex, data.PatientAge, data.PatientWeight = person["sex"], "054Y", person["weight"]
    data.PatientAddress, data.PatientTelephoneNumbers = person["street"], person["phone"]
    data.AdditionalPatientHistory = f"Chronic cough, call {person['phone']}"
    data.BodyPartExamined = "CHEST" if modality != "MR" else "LSPINE"
    data.SliceThickness, data.KVP = "5", "120"
    data.DeviceSerialNumber = person["serial"]
    data.ProtocolName = f"{REGIONS[modality]} routine"
    data.PatientPosition = "HFS"
    data.StudyInstanceUID = f"{person['root']}.{study}"
    data.SeriesInstanceUID = f"{person['root']}.{study}.{number}"
    data.FrameOfReferenceUID = f"{person['root']}.{study}.99"
    data.StudyID = person["accession"][:4]
    data.SeriesNumber, data.InstanceNumber = number + 1, position + 1
    data.ImageComments = f"Follow up nodule, reported by {person['doctor']} at {person['hospital']}"
    data.RequestedProcedureDescription = f"Staging for {person['given']} {person['family']}"
    _add_reference(data, person, study, number)
    _add_private(data, person, modality)
    _add_image(data, chance, position)
    if modality == "PT":
        _add_tracer(data, day)
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    return data


def _add_reference(data: Dataset, person: dict[str, str], study: int, number: int) -> None:
    target = Dataset()
    target.ReferencedSOPClassUID = data.SOPClassUID
    target.ReferencedSOPInstanceUID = f"{person['root']}.{study}.{number}.1"
    data.ReferencedImageSequence = Sequence([target])


def _add_private(data: Dataset, person: dict[str, str], modality: str) -> None:
    if modality == "MR":
        data.private_block(0x0019, "SIEMENS MR HEADER", create=True).add_new(0x0C, "IS", "1000")
    if modality == "PT":
        data.private_block(0x7053, "Philips PET Private Group", create=True).add_new(0x00, "DS", "0.000412")
    data.private_block(0x0029, "ACME LOCAL NOTES", create=True).add_new(0x10, "LO", f"owner {person['family']}")


def _add_image(data: Dataset, chance: random.Random, position: int) -> None:
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.Rows = data.Columns = 32
    data.PixelSpacing = [2, 2]
    data.ImagePositionPatient, data.ImageOrientationPatient = [0, 0, 5 * position], [1, 0, 0, 0, 1, 0]
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    data.RescaleIntercept, data.RescaleSlope = "0", "1"
    values = np.random.default_rng(chance.randint(0, 10**9)).integers(0, 4000, 1024)
    data.PixelData = values.astype("<u2").tobytes()
    data["PixelData"].VR = "OW"


def _add_tracer(data: Dataset, day: str) -> None:
    data.Units, data.DecayCorrection = "BQML", "START"
    tracer = Dataset()
    tracer.RadiopharmaceuticalStartTime, tracer.RadiopharmaceuticalStartDateTime = "082000", f"{day}082000"
    tracer.RadionuclideTotalDose, tracer.RadionuclideHalfLife = "370000000", "6586.2"
    data.RadiopharmaceuticalInformationSequence = Sequence([tracer])


_REMOVED = ("family", "given", "id", "phone", "hospital", "street", "doctor", "accession", "serial")
_DATES = "00080012 00080020 00080021 00080022 00080023 00100030".split()
_KEPT = (
    "00080060 00080070 00081090 00180015 00180050 00180060 00185100 00200011 00200013 00280010 00101010 00101030"
).split()
_WORDS = {
    "00081030": None,
    "0008103E": "Axial 5mm recon",
    "00181030": None,
    "001021B0": "Chronic cough",
    "00204000": "Follow up nodule",
    "00321060": "Staging",
}


def _answers(data: Dataset, person: dict[str, str]) -> list[Answer]:
    instance, patient = str(data.SOPInstanceUID), person["id"]

    def row(action: str, element: str, value: str) -> Answer:
        return Answer(instance, action, element, value, patient)

    rows = [row("pixels_retained", "7FE00010", ""), row("patid_consistent", "00100020", patient)]
    for element in data:
        text, tag = str(element.value), f"{int(element.tag):08X}"
        if element.VR in ("PN", "LO", "SH", "LT", "ST"):
            planted = [person[name] for name in _REMOVED if person[name] in text]
            rows += [row("text_removed", tag, value) for value in planted]
    rows += [row("date_shifted", tag, str(data[tag].value)) for tag in _DATES]
    for tag in ("00080018", "0020000D", "0020000E", "00200052"):
        rows += [row("uid_changed", tag, str(data[tag].value)), row("uid_consistent", tag, str(data[tag].value))]
        rows.append(row("text_notnull", tag, ""))
    nested = str(data.ReferencedImageSequence[0].ReferencedSOPInstanceUID)
    rows += [row("uid_changed", "00081140.0.00081155", nested), row("uid_consistent", "00081140.0.00081155", nested)]
    for tag in _KEPT:
        rows += [row("tag_retained", tag, ""), row("text_retained", tag, str(data[tag].value))]
    region = REGIONS[str(data.Modality)]
    for tag, words in _WORDS.items():
        rows.append(row("text_retained", tag, words or region))
    if data.Modality == "MR":
        rows.append(row("text_retained", "0019100C", "1000"))
    if data.Modality == "PT":
        rows.append(row("text_retained", "70531000", "0.000412"))
        rows.append(row("date_shifted", "00540016.0.00181078", str(data.StudyDate)))
    return rows

"""Folders of synthetic patients, one builder for each scenario."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from pydicom import uid
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.filereader import dcmread

from synthetic import documents, hiding, images, jpeg, multiframe
from synthetic.files import encapsulated, write_file
from synthetic.patient import Patient, item
from synthetic.planted import Planted, Planter

NATIVE = (
    uid.ImplicitVRLittleEndian,
    uid.ExplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
    uid.DeflatedExplicitVRLittleEndian,
)
CHARSETS = {
    "ISO_IR 100": (["ISO_IR 100"], "latin1", None),
    "ISO_IR 144": (["ISO_IR 144"], "cyrillic", None),
    "ISO_IR 192": (["ISO_IR 192"], "hangul", "kanji"),
    "ISO 2022 IR 87": (["", "ISO 2022 IR 87"], None, "kanji"),
    "ISO 2022 IR 13": (["ISO 2022 IR 13", "ISO 2022 IR 87"], None, "kanji"),
    "ISO 2022 IR 149": (["", "ISO 2022 IR 149"], None, "hangul"),
    "GB18030": (["GB18030"], "hanzi", "hanzi"),
}


def make_patients(folder: Path, seed: int = 1) -> list[Planted]:
    """Write two synthetic patients with every kind of object and hiding place.

    Parameters
    ----------
    folder : pathlib.Path
        Where to write; sub folders and file names hold secrets too.
    seed : int
        The same seed gives the same files.

    Returns
    -------
    list[Planted]
        Every secret and where it was planted.
    """
    planter = Planter(seed)
    _every_object(Path(folder), Patient.new(planter, "first patient"))
    _every_encoding(Path(folder), Patient.new(planter, "second patient"))
    planter.context = "folder: "
    (Path(folder) / f"notes of {planter.text('name of a text file')}.txt").write_text(planter.text("in a text file"))
    return planter.planted


def _every_object(folder: Path, patient: Patient) -> None:
    place = folder / patient.name.replace("^", "_") / patient.patient_id
    image = images.ct(patient)
    structures = documents.rt_structure_set(patient, image)
    plan = documents.rt_plan(patient, structures)
    instances = {
        "ct": image,
        "rtstruct": structures,
        "rtplan": plan,
        "rtdose": documents.rt_dose(patient, plan),
        "mr": images.mr(patient),
        "pet": images.pet(patient),
        "nm": images.nm(patient),
        "us": images.us(patient),
        "xa": images.xa(patient),
        "cr": images.cr(patient),
        "dx": images.dx(patient),
        "mg": images.dx(patient, mammogram=True),
        "sc": images.secondary_capture(patient),
        "enhanced_ct": multiframe.enhanced(patient, "CT"),
        "enhanced_mr": multiframe.enhanced(patient, "MR"),
        "seg": multiframe.segmentation(patient, image),
        "wsi": multiframe.whole_slide(patient),
        "sr": documents.structured_report(patient, image),
        "ko": documents.key_objects(patient, image),
        "pr": documents.presentation_state(patient, image),
        "ecg": documents.ecg(patient),
        "pdf": documents.encapsulated(patient, "pdf"),
        "cda": documents.encapsulated(patient, "cda"),
        "stl": documents.encapsulated(patient, "stl"),
        "private": hiding.private_places(patient),
        "strange": hiding.strange_values(patient),
        "wrong_numbers": hiding.wrong_numbers(patient),
        "group_0004": hiding.group_0004(patient),
        "graphics": hiding.overlays_and_curves(patient),
        "signatures": hiding.signatures(patient),
        "rare": hiding.contributing_equipment(patient),
        "long_pixel_data": hiding.long_pixel_data(patient),
    }
    patient.planter.context = f"{patient.label} file names: "
    for kind, dataset in instances.items():
        name = patient.planter.text(kind)
        write_file(place / f"{kind}_{name}.dcm", dataset)
    dataset, raw = hiding.un_places(patient)
    write_file(place / "un.dcm", dataset, raw=raw)
    write_file(place / "jpeg", hiding.jpeg_places(patient), uid.JPEGBaseline8Bit)
    write_file(place / "j2k", _jpeg_2000(patient), uid.JPEG2000Lossless)
    _file_meta_and_preamble(place, patient)
    _directory(place, patient)


def _file_meta_and_preamble(place: Path, patient: Patient) -> None:
    dataset, plant = images.secondary_capture(patient), patient.planter
    plant.context = f"{patient.label} file meta: "
    meta = Dataset()
    for element, keyword in ((0x0016, "SourceAE"), (0x0017, "SendingAE"), (0x0018, "ReceivingAE")):
        meta.add_new(0x00020000 + element, "AE", plant.text(keyword))
    meta.add_new(0x00020013, "SH", plant.text("ImplementationVersionName"))
    for element, keyword in ((0x0026, "SourceAddress"), (0x0027, "SendingAddress"), (0x0028, "ReceivingAddress")):
        meta.add_new(0x00020000 + element, "UR", "http://" + plant.text(keyword))
    meta.add_new(0x00020100, "UI", "1.2.826.0.1.3680043.8.498.77")
    meta.add_new(0x00020102, "OB", plant.blob("PrivateInformation"))
    write_file(place / "meta.dcm", dataset, more_meta=meta, preamble=plant.blob("preamble", length=128))
    without = images.secondary_capture(patient)
    write_file(place / "no_preamble", without, uid.ImplicitVRLittleEndian, preamble=None)
    tail = images.secondary_capture(patient)
    write_file(place / "tail.dcm", tail, tail=plant.blob("bytes behind the data set"))


def _jpeg_2000(patient: Patient) -> Dataset:
    dataset = images.secondary_capture(patient)
    patient.planter.context = f"{patient.label} JPEG 2000: "
    stream = next(generate_frames(dcmread(get_testdata_file("SC_rgb_gdcm_KY.dcm")).PixelData, number_of_frames=1))
    dataset.Rows = dataset.Columns = 100
    dataset.PixelData = encapsulated([jpeg.with_j2k_comment(stream, patient.planter.blob("COM segment"))])
    dataset["PixelData"].is_undefined_length = True
    return dataset


def _directory(place: Path, patient: Patient) -> None:
    plant = patient.planter
    plant.context = f"{patient.label} DICOMDIR: "
    record = item(
        OffsetOfTheNextDirectoryRecord=0,
        RecordInUseFlag=0xFFFF,
        OffsetOfReferencedLowerLevelDirectoryEntity=0,
        DirectoryRecordType="PATIENT",
        PatientName=plant.name("PatientName"),
        PatientID=plant.text("PatientID"),
    )
    directory = item(
        FileSetID=plant.code("FileSetID"),
        FileSetConsistencyFlag=0,
        OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity=0,
        OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity=0,
        DirectoryRecordSequence=[record],
    )
    write_file(
        place / "DICOMDIR",
        directory,
        more_meta=item(
            MediaStorageSOPClassUID=uid.MediaStorageDirectoryStorage,
            MediaStorageSOPInstanceUID=plant.uid("MediaStorageSOPInstanceUID"),
        ),
    )


def _every_encoding(folder: Path, patient: Patient) -> None:
    place = folder / "a" / "b"
    for number, syntax in enumerate(NATIVE):
        image = images.ct(patient, number)
        write_file(place / f"{number}.dcm", image, syntax)
        write_file(place / f"private_{number}.dcm", hiding.private_places(patient), syntax)
        write_file(place / f"sr_{number}", documents.structured_report(patient, image), syntax)
    for number, charset in enumerate(CHARSETS):
        write_file(place / f"charset_{number}.dcm", _in_charset(patient, charset))


def _in_charset(patient: Patient, charset: str) -> Dataset:
    terms, letters, groups = CHARSETS[charset]
    dataset, plant = images.secondary_capture(patient), patient.planter
    plant.context = f"{patient.label} {charset}: "
    dataset.SpecificCharacterSet = terms
    components = [
        f"{plant.letters('PN family', letters)}^{plant.letters('PN given', letters)}"
        if letters
        else plant.name("PN, first group")
    ]
    for number, script in enumerate([groups, "kana" if groups == "kanji" else groups], start=2):
        if script:
            family, given = (plant.letters(f"PN group {number} {part}", script) for part in ("family", "given"))
            components.append(f"{family}^{given}")
    patient.overwrite(dataset, "ReferringPhysicianName", "=".join(components))
    patient.overwrite(dataset, "PatientComments", plant.letters("PatientComments", letters or groups))
    nested = item(RequestedProcedureDescription=plant.letters("nested LO", letters or groups))
    dataset.RequestAttributesSequence = [nested]
    return dataset


def _written(folder: Path, label: str, make: Callable[[Patient], list[Dataset]], planter: Planter) -> Patient:
    patient = Patient.new(planter, label)
    for dataset in make(patient):
        write_file(Path(folder) / f"{dataset.SOPInstanceUID[-12:]}.dcm", dataset)
    return patient


def two_patients(folder: Path, seed: int = 2) -> list[Planted]:
    """Write two patients with two CT slices each."""
    planter = Planter(seed)
    for label in ("first patient", "second patient"):
        _written(folder, label, lambda patient: _slices(images.ct, patient), planter)
    return planter.planted


def one_patient_two_studies_180_days_apart(folder: Path, seed: int = 3) -> list[Planted]:
    """Write one patient with two CT studies, the second 180 days after the first."""
    planter = Planter(seed)

    def studies(patient: Patient) -> list[Dataset]:
        first = images.ct(patient)
        day = date.fromisoformat(patient.study_date) + timedelta(days=180)
        patient.new_study()
        planter.forget(patient.study_date)
        patient.study_date = f"{day:%Y%m%d}"
        return [first, images.ct(patient)]

    _written(folder, "patient", studies, planter)
    return planter.planted


def one_patient_spelled_differently_by_two_scanners(folder: Path, seed: int = 4) -> list[Planted]:
    """Write one patient whose name and ID differ in padding, trailing carets and case only."""
    planter = Planter(seed)

    def scans(patient: Patient) -> list[Dataset]:
        first, second, third = images.ct(patient), images.mr(patient), images.cr(patient)
        second.PatientName = f"{patient.name}^^"
        second.PatientID = f"  {patient.patient_id} "
        third.PatientName = patient.name.upper()
        return [first, second, third]

    _written(folder, "patient", scans, planter)
    return planter.planted


def pet_ct_patient(folder: Path, seed: int = 5) -> list[Planted]:
    """Write one patient with two PET and two CT slices of one study, on one frame of reference."""
    planter = Planter(seed)
    _written(folder, "patient", lambda patient: _slices(images.pet, patient) + _slices(images.ct, patient), planter)
    return planter.planted


def _slices(make: Callable[[Patient, float], Dataset], patient: Patient) -> list[Dataset]:
    first, second = make(patient, 0.0), make(patient, 2.0)
    patient.overwrite(second, "SeriesInstanceUID", first.SeriesInstanceUID)
    patient.overwrite(second, "SeriesTime", first.SeriesTime)
    second.InstanceNumber = second.ImageIndex = 2
    if "Units" not in second:
        del second.ImageIndex
    second.SeriesNumber = first.SeriesNumber
    return [first, second]

"""Places where identity hides although nobody looks there."""

from __future__ import annotations

import struct

from pydicom import uid
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from synthetic import jpeg
from synthetic.files import UNDEFINED, RawElement, encapsulated, encode, raw_element, raw_item, sequence_end
from synthetic.images import secondary_capture
from synthetic.patient import Patient, coded, item
from synthetic.planted import DEVICE, INSTITUTION, MUST_GO, REVIEWED, Planter

TEXT_VRS = ("AE", "CS", "LO", "LT", "SH", "ST", "UC", "UR", "UT")
BYTE_VRS = ("OB", "OD", "OF", "OL", "OV", "OW", "UN")
NUMBERS = {
    "FD": (8, "<d"),
    "FL": (4, "<ff"),
    "SL": (4, "<ll"),
    "SS": (2, "<hhhh"),
    "SV": (8, "<q"),
    "UL": (4, "<LL"),
    "US": (2, "<HHHH"),
    "UV": (8, "<Q"),
}


def elements_of_every_vr(group: int, block: int, plant: Planter, where: str) -> Dataset:
    """Return private elements, one for every VR, without their creator."""
    dataset = Dataset()
    tags = iter(range((group << 16) + (block << 8), (group << 16) + (block << 8) + 0xFF))
    for vr in TEXT_VRS:
        value = plant.text(f"{where} {vr}")
        dataset.add_new(next(tags), vr, value.upper() if vr == "CS" else value)
    for vr in BYTE_VRS:
        dataset.add_new(next(tags), vr, plant.blob(f"{where} {vr}", length=16))
    for vr, (word, form) in NUMBERS.items():
        value = bytes(plant.random.randrange(1, 127) for _ in range(8))
        plant.raw(value, f"{where} {vr}", word=word)
        values = list(struct.unpack(form, value))
        dataset.add_new(next(tags), vr, values if len(values) > 1 else values[0])
    dataset.add_new(next(tags), "AT", [0x12345678, 0x9ABCDEF1])
    for vr, make in (("DA", plant.date), ("DT", plant.datetime)):
        tag = next(tags)
        dataset.add_new(tag, vr, make(f"{where} {vr}", tag, MUST_GO))
    dataset.add_new(next(tags), "TM", plant.time(f"{where} TM", MUST_GO))
    dataset.add_new(next(tags), "AS", "083Y")
    dataset.add_new(next(tags), "DS", plant.decimal(f"{where} DS"))
    dataset.add_new(next(tags), "IS", plant.integer(f"{where} IS"))
    dataset.add_new(next(tags), "PN", plant.name(f"{where} PN"))
    dataset.add_new(next(tags), "UI", plant.uid(f"{where} UI", MUST_GO))
    inner = item(PatientName=plant.name(f"{where} SQ>PatientName"), StudyDescription=plant.text(f"{where} SQ>Study"))
    inner.add_new(0x00110010, "LO", "ACME NESTED")
    inner.add_new(0x00111001, "LO", plant.text(f"{where} SQ>private"))
    dataset.add_new(next(tags), "SQ", [inner])
    return dataset


def private_places(patient: Patient) -> Dataset:
    """Private blocks at odd places, a creator that is a name, an impostor, elements that no creator reserves."""
    dataset, plant = secondary_capture(patient), patient.planter
    plant.context = f"{patient.label} private: "
    for group, block in ((0x0009, 0x10), (0x0011, 0x11), (0x0029, 0xE1)):
        dataset.add_new((group << 16) + block, "LO", "ACME 1.0")
        dataset.update(elements_of_every_vr(group, block, plant, f"({group:04X},{block:02X}xx)"))
    dataset.add_new(0x00130010, "LO", plant.text("Private Creator that is a name"))
    dataset.add_new(0x00131001, "LO", plant.text("element of a creator that is a name"))
    dataset.add_new(0x00331001, "LO", plant.text("private element without a creator"))
    dataset.add_new(0x00150002, "LO", plant.text("odd group, element below the creators"))
    dataset.add_new(0x70530010, "LO", "Philips PET Private Group")
    dataset.add_new(0x70531000, "LO", plant.text("safe private number that holds text"))
    dataset.add_new(0x70531020, "LO", plant.text("unsafe element of a creator with safe ones"))
    dataset.add_new(0x70550010, "LO", "Philips PET Private Group")
    dataset.add_new(0x70551000, "LO", plant.text("safe creator in another group"))
    dataset.add_new(0x00190010, "LO", "GEMS_ACQU_01 ")
    dataset.add_new(0x00190011, "LO", "gems_acqu_01x")
    dataset.add_new(0x00191123, "LO", plant.text("impostor creator"))
    dataset.add_new(0x7FE10010, "LO", "ACME TAIL")
    dataset.add_new(0x7FE11001, "LO", plant.text("private group 7FE1 after Pixel Data"))
    dataset.add_new(0x7FE11002, "OB", plant.blob("private OB after Pixel Data"))
    return dataset


def un_places(patient: Patient) -> tuple[Dataset, list[RawElement]]:
    """UN elements: known text, sequences in implicit VR of defined and undefined length, private ones."""
    dataset, plant = secondary_capture(patient), patient.planter
    plant.context = f"{patient.label} UN: "
    inner = item(
        RequestedProcedureDescription=plant.text("UN sequence>RequestedProcedureDescription"),
        RequestedProcedureID=plant.text("UN sequence>RequestedProcedureID"),
    )
    defined = raw_item(encode(inner, implicit=True))
    open_item = item(PersonName=plant.name("UN sequence of undefined length>PersonName"))
    undefined = raw_item(encode(open_item, implicit=True), undefined_length=True) + sequence_end()
    private = raw_item(encode(item(PatientName=plant.name("private UN sequence>PatientName")), implicit=True))
    deep = raw_item(
        raw_element(
            0x0040A073,
            None,
            raw_item(
                encode(
                    item(VerifyingObserverName=plant.name("UN sequence>sequence>VerifyingObserverName")), implicit=True
                )
            ),
        )
    )
    raw = [
        (0x00101040, raw_element(0x00101040, "UN", plant.blob("UN PatientAddress"))),
        (0x00102299, raw_element(0x00102299, "UN", plant.blob("unknown public tag as UN"))),
        (0x00400275, raw_element(0x00400275, "UN", defined)),
        (0x0040A078, raw_element(0x0040A078, "UN", undefined, UNDEFINED)),
        (0x00410010, raw_element(0x00410010, "UN", b"ACME UN ")),
        (0x00411001, raw_element(0x00411001, "UN", private + sequence_end(), UNDEFINED)),
        (0x00411002, raw_element(0x00411002, "UN", plant.blob("private UN"))),
        (0x00420013, raw_element(0x00420013, "UN", deep)),
    ]
    return dataset, raw


def strange_values(patient: Patient) -> Dataset:
    """Text behind a NUL, text in dates, times and UIDs, unknown public tags, tags newer than most dictionaries."""
    dataset, plant = secondary_capture(patient), patient.planter
    plant.context = f"{patient.label} strange: "
    patient.overwrite(dataset, "StationName", "A\0" + plant.text("behind a NUL"))
    dataset.ImageLaterality = "L"
    dataset["StudyTime"]._value = plant.text("word in a time")
    dataset["SeriesDate"]._value = plant.text("word in a date")
    dataset.add_new(0x00200052, "UI", plant.text("text in FrameOfReferenceUID"))
    dataset.PositionReferenceIndicator = ""
    dataset.add_new(0x001021E0, "LO", plant.text("unknown public LO"))
    dataset.add_new(0x001021E1, "PN", plant.name("unknown public PN"))
    dataset.add_new(0x001021E2, "SQ", [item(PatientName=plant.name("unknown public SQ>PatientName"))])
    to_use = Dataset()
    to_use.add_new(0x00100012, "LT", plant.text("Name to Use, new in 2024"))
    dataset.add_new(0x00100011, "SQ", [to_use])
    dataset.add_new(0x0040E012, "UR", "http://" + plant.text("Display URI"))
    dataset.add_new(0x00081190, "UR", "http://" + plant.text("RetrieveURL"))
    dataset.add_new(0x00189367, "UC", plant.text("XRaySourceID UC", DEVICE))
    dataset.add_new(0x00081301, "SQ", [coded(plant.text("new diagnosis code"), "99X", plant.text("its meaning"))])
    dataset.add_new(0x00080001, "UL", 4711)
    return dataset


def wrong_numbers(patient: Patient) -> Dataset:
    """Names in DS and IS elements, in elements that are safe as long as they hold a number."""
    dataset, plant = secondary_capture(patient), patient.planter
    plant.context = f"{patient.label} wrong numbers: "
    for tag, vr in ((0x00180060, "DS"), (0x00180050, "DS"), (0x00200012, "IS"), (0x00200011, "IS")):
        dataset[tag] = DataElement(tag, "LO", plant.text(f"text in ({tag >> 16:04X},{tag & 0xFFFF:04X}) {vr}"))
        dataset[tag].VR = vr
    return dataset


def group_0004(patient: Patient) -> Dataset:
    """Directory attributes and command attributes in an image."""
    dataset, plant = secondary_capture(patient), patient.planter
    plant.context = f"{patient.label} group 0004: "
    dataset.add_new(0x00041130, "CS", plant.code("FileSetID"))
    dataset.add_new(0x00041500, "CS", [plant.code("ReferencedFileID 1"), plant.code("ReferencedFileID 2")])
    return dataset


def overlays_and_curves(patient: Patient) -> Dataset:
    """Overlay bits and text, curve data and labels, icon image, audio."""
    dataset, plant = secondary_capture(patient), patient.planter
    plant.context = f"{patient.label} graphics: "
    for group in (0x6000, 0x6002, 0x601E):
        base = group << 16
        for element, vr, value in (
            (0x0010, "US", 16),
            (0x0011, "US", 16),
            (0x0040, "CS", "G"),
            (0x0100, "US", 1),
            (0x0050, "SS", [1, 1]),
            (0x0102, "US", 0),
        ):
            dataset.add_new(base + element, vr, value)
        dataset.add_new(base + 0x0022, "LO", plant.text(f"({group:04X},0022) OverlayDescription"))
        dataset.add_new(base + 0x1500, "LO", plant.text(f"({group:04X},1500) OverlayLabel"))
        dataset.add_new(base + 0x4000, "LT", plant.text(f"({group:04X},4000) OverlayComments"))
        dataset.add_new(base + 0x3000, "OW", plant.blob(f"({group:04X},3000) OverlayData", length=32))
    for group in (0x5000, 0x501E):
        base = group << 16
        for element, vr, value in ((0x0005, "US", 2), (0x0010, "US", 2), (0x0020, "CS", "POLY"), (0x0103, "US", 0)):
            dataset.add_new(base + element, vr, value)
        dataset.add_new(base + 0x2500, "LO", plant.text(f"({group:04X},2500) CurveLabel"))
        dataset.add_new(base + 0x0022, "LO", plant.text(f"({group:04X},0022) CurveDescription"))
        dataset.add_new(base + 0x200E, "LT", plant.text(f"({group:04X},200E) AudioComments"))
        dataset.add_new(base + 0x200C, "OW", plant.blob(f"({group:04X},200C) AudioSampleData", length=16))
        dataset.add_new(base + 0x3000, "OW", plant.blob(f"({group:04X},3000) CurveData", length=16))
    icon = item(
        SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2",
        Rows=4,
        Columns=4,
        BitsAllocated=8,
        BitsStored=8,
        HighBit=7,
        PixelRepresentation=0,
    )
    icon.add_new(0x7FE00010, "OB", plant.blob("IconImageSequence>PixelData", length=16))
    dataset.IconImageSequence = [icon]
    return dataset


def signatures(patient: Patient) -> Dataset:
    """Digital signatures, encrypted attributes, original attributes, padding at the end."""
    dataset, plant = secondary_capture(patient), patient.planter
    plant.context = f"{patient.label} signatures: "
    dataset.EncryptedAttributesSequence = [
        item(
            EncryptedContentTransferSyntaxUID=uid.ExplicitVRLittleEndian,
            EncryptedContent=plant.blob("EncryptedContent"),
        )
    ]
    before = item(
        PatientName=plant.name("OriginalAttributes>PatientName"), PatientID=plant.text("OriginalAttributes>PatientID")
    )
    dataset.OriginalAttributesSequence = [
        item(
            SourceOfPreviousValues=plant.text("SourceOfPreviousValues", INSTITUTION),
            AttributeModificationDateTime=plant.datetime("AttributeModificationDateTime", 0x04000562),
            ModifyingSystem=plant.text("ModifyingSystem"),
            ReasonForTheAttributeModification="CORRECT",
            ModifiedAttributesSequence=[before],
        )
    ]
    dataset.MACParametersSequence = [
        item(
            MACIDNumber=1,
            MACCalculationTransferSyntaxUID=uid.ExplicitVRLittleEndian,
            MACAlgorithm="SHA256",
            DataElementsSigned=[0x00100010],
        )
    ]
    dataset.DigitalSignaturesSequence = [
        item(
            MACIDNumber=1,
            DigitalSignatureUID=plant.uid("DigitalSignatureUID", MUST_GO),
            DigitalSignatureDateTime=plant.datetime("DigitalSignatureDateTime", 0x04000105, MUST_GO),
            CertificateType="X509_1993_SIG",
            CertificateOfSigner=plant.blob("CertificateOfSigner"),
            Signature=plant.blob("Signature"),
        )
    ]
    dataset.add_new(0xFFFCFFFC, "OB", plant.blob("DataSetTrailingPadding"))
    return dataset


def contributing_equipment(patient: Patient) -> Dataset:
    """Names of people and sites in attributes that only the conscientious fill in."""
    dataset, plant = secondary_capture(patient), patient.planter
    plant.context = f"{patient.label} rare: "
    dataset.ContributingEquipmentSequence = [
        item(
            Manufacturer="Acme",
            PurposeOfReferenceCodeSequence=[coded("109101", "DCM", "Acquisition Equipment")],
            InstitutionName=plant.text("ContributingEquipment>InstitutionName", INSTITUTION),
            StationName=plant.text("ContributingEquipment>StationName", DEVICE),
            OperatorsName=plant.name("ContributingEquipment>OperatorsName"),
            ContributionDescription=plant.text("ContributionDescription"),
            ContributionDateTime=plant.datetime("ContributionDateTime", 0x0018A002),
        )
    ]
    for keyword in (
        "PatientAddress",
        "CountryOfResidence",
        "RegionOfResidence",
        "PatientTelephoneNumbers",
        "MilitaryRank",
        "BranchOfService",
        "PatientReligiousPreference",
        "MedicalRecordLocator",
        "AdmissionID",
        "CurrentPatientLocation",
        "MedicalAlerts",
        "Allergies",
        "SpecialNeeds",
        "PatientState",
        "VisitComments",
        "InsurancePlanIdentification",
        "ReasonForStudy",
        "StudyComments",
        "ClinicalTrialSubjectID",
        "ClinicalTrialSponsorName",
        "IdentifyingComments",
        "InterpretationText",
        "ResultsComments",
        "TopicTitle",
        "ClinicalTrialProtocolID",
        "ReferringPhysicianTelephoneNumbers",
        "ReferringPhysicianAddress",
        "RequestingService",
    ):
        setattr(dataset, keyword, plant.text(keyword))
    for keyword in (
        "PatientBirthName",
        "PatientMotherBirthName",
        "ResponsiblePerson",
        "NamesOfIntendedRecipientsOfResults",
        "NameOfPhysiciansReadingStudy",
        "InterpretationAuthor",
        "ConsultingPhysicianName",
    ):
        setattr(dataset, keyword, plant.name(keyword))
    dataset.ClinicalTrialProtocolName = dataset.ClinicalTrialSiteID = dataset.ClinicalTrialSiteName = ""
    dataset.ResponsiblePersonRole = "OWNER"
    dataset.SelectorPNValue = plant.name("SelectorPNValue")
    dataset.TextValue = plant.text("TextValue at top level")
    dataset.BeamName = plant.text("BeamName at top level", REVIEWED)
    return dataset


def jpeg_places(patient: Patient) -> Dataset:
    """JPEG comment and application segments, bytes after the end of the image."""
    dataset, plant = secondary_capture(patient), patient.planter
    plant.context = f"{patient.label} JPEG: "
    stream = jpeg.with_segment(jpeg.TINY, 0xFE, plant.blob("COM segment"))
    stream = jpeg.with_segment(stream, 0xE1, b"Exif\0\0" + plant.blob("APP1 segment"))
    stream = jpeg.with_segment(stream, 0xED, b"Photoshop 3.0\0" + plant.blob("APP13 segment"))
    stream += plant.blob("bytes after EOI")
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    del dataset.PlanarConfiguration
    dataset.LossyImageCompression = "01"
    dataset.LossyImageCompressionRatio, dataset.LossyImageCompressionMethod = "2", "ISO_10918_1"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.PixelData = encapsulated([stream])
    dataset["PixelData"].is_undefined_length = True
    return dataset


def long_pixel_data(patient: Patient) -> Dataset:
    """Pixel Data that is longer than the image."""
    dataset, plant = secondary_capture(patient), patient.planter
    plant.context = f"{patient.label} pixels: "
    dataset.PixelData += plant.blob("bytes in Pixel Data behind the last frame")
    return dataset

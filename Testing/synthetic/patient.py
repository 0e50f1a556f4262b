"""A synthetic patient, and the modules that all of his objects share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
from pydicom.dataset import Dataset

from synthetic.planted import DEVICE, ID_NAME, INSTITUTION, SUBJECT, TIME, Planter


def item(**attributes: object) -> Dataset:
    """Return a data set with these attributes, by keyword."""
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def coded(value: str, scheme: str, meaning: str) -> Dataset:
    """Return a code sequence item."""
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


@dataclass
class Patient:
    """Identity of a synthetic patient; everything in it is planted."""

    planter: Planter
    label: str
    name: str = ""
    patient_id: str = ""
    birth_date: str = ""
    study_uid: str = ""
    frame_uid: str = ""
    study_date: str = ""
    study_time: str = ""
    accession: str = ""
    sex: str = "F"
    age: str = "047Y"
    series_number: int = field(default=0)

    @classmethod
    def new(cls, planter: Planter, label: str) -> Patient:
        """Plant an identity."""
        patient = cls(planter, label)
        planter.context = f"{label}: "
        patient.name = planter.name("PatientName", ID_NAME)
        patient.patient_id = planter.text("PatientID", ID_NAME).upper() + "-7"
        birth = date(1931 + planter.random.randrange(9), 1 + planter.random.randrange(12), 17)
        patient.birth_date = f"{birth:%Y%m%d}"
        planter.plant(
            patient.birth_date,
            "PatientBirthDate",
            tag=0x00100030,
            only_tag=True,
            forms=(f"{birth:%Y-%m-%d}", f"{birth:%d.%m.%Y}"),
        )
        patient.new_study()
        return patient

    def new_study(self) -> None:
        """Plant another study of the same patient."""
        planter = self.planter
        planter.context = f"{self.label}: "
        self.study_uid = planter.uid("StudyInstanceUID")
        self.frame_uid = planter.uid("FrameOfReferenceUID")
        self.study_date = planter.date("StudyDate", 0x00080020)
        self.study_time = planter.time("StudyTime")
        self.accession = planter.text("AccessionNumber")

    def sentence(self, place: str) -> str:
        """Return free text that repeats the identity and adds a word of its own."""
        family, given, *_ = self.name.split("^")
        day = f"{self.study_date[6:]}.{self.study_date[4:6]}.{self.study_date[:4]}"
        return f"{given} {family.upper()} ID {self.patient_id} {day} {self.planter.text(place)}"

    def instance(self, sop_class: str, modality: str, **more: object) -> Dataset:
        """Return a data set with Patient, Study, Series, Equipment and SOP Common modules filled in."""
        planter = self.planter
        planter.context = f"{self.label} {modality} {sop_class.rpartition('1.4.1.1.')[2]}: "
        self.series_number += 1
        dataset = item(
            SpecificCharacterSet="ISO_IR 100",
            SOPClassUID=sop_class,
            SOPInstanceUID=planter.uid("SOPInstanceUID"),
            Modality=modality,
            InstanceCreationDate=planter.date("InstanceCreationDate", 0x00080012),
            InstanceCreationTime=planter.time("InstanceCreationTime"),
            InstanceCreatorUID=planter.uid("InstanceCreatorUID"),
            StudyInstanceUID=self.study_uid,
            SeriesInstanceUID=planter.uid("SeriesInstanceUID"),
            StudyDate=self.study_date,
            StudyTime=self.study_time,
            StudyID=planter.text("StudyID"),
            AccessionNumber=self.accession,
            SeriesNumber=self.series_number,
            InstanceNumber=1,
            SeriesDate=self.study_date,
            SeriesTime=planter.time("SeriesTime"),
            ContentDate=self.study_date,
            ContentTime=planter.time("ContentTime"),
            PatientName=self.name,
            PatientID=self.patient_id,
            PatientBirthDate=self.birth_date,
            PatientSex=self.sex,
            PatientAge=self.age,
            PatientWeight="71.5",
            PatientSize="1.83",
            IssuerOfPatientID=planter.text("IssuerOfPatientID"),
            OtherPatientIDsSequence=[
                item(
                    PatientID=planter.text("OtherPatientIDsSequence>PatientID", ID_NAME),
                    IssuerOfPatientID=planter.text("OtherPatientIDsSequence>Issuer"),
                    TypeOfPatientID="TEXT",
                )
            ],
            OtherPatientNames=planter.name("OtherPatientNames"),
            PatientBirthTime=planter.time("PatientBirthTime", "must_go"),
            EthnicGroup=planter.text("EthnicGroup", SUBJECT),
            Occupation=planter.text("Occupation"),
            AdditionalPatientHistory=self.sentence("AdditionalPatientHistory"),
            PatientComments=self.sentence("PatientComments"),
            ReferringPhysicianName=planter.name("ReferringPhysicianName"),
            PhysiciansOfRecord=planter.name("PhysiciansOfRecord"),
            OperatorsName=planter.name("OperatorsName"),
            PerformingPhysicianName=[planter.name("PerformingPhysicianName 1"), planter.name("the 2nd")],
            Manufacturer="Acme",
            ManufacturerModelName="Model 1",
            InstitutionName=planter.text("InstitutionName", INSTITUTION),
            InstitutionAddress=planter.text("InstitutionAddress", INSTITUTION),
            InstitutionalDepartmentName=planter.text("InstitutionalDepartmentName", INSTITUTION),
            StationName=planter.text("StationName", DEVICE),
            DeviceSerialNumber=planter.text("DeviceSerialNumber", DEVICE),
            StudyDescription=self.sentence("StudyDescription")[:64],
            SeriesDescription=self.sentence("SeriesDescription")[:64],
            ProtocolName=planter.text("ProtocolName"),
            SoftwareVersions="1.0",
        )
        if modality not in ("DX", "MG", "CT", "SM", "SEG", "ECG", "MR"):
            dataset.Laterality = ""
        for keyword, value in more.items():
            setattr(dataset, keyword, value)
        return dataset

    def overwrite(self, dataset: Dataset, keyword: str, value: object) -> None:
        """Set an attribute that held a secret, and forget that secret."""
        old = str(dataset.get(keyword, ""))
        self.planter.planted = [
            planted for planted in self.planter.planted if not (keyword in planted.place and str(planted.secret) in old)
        ]
        setattr(dataset, keyword, value)

    def add_procedure(self, dataset: Dataset) -> None:
        """Add request and performed procedure step attributes, nested two levels deep."""
        planter = self.planter
        dataset.RequestAttributesSequence = [
            item(
                RequestedProcedureID=planter.text("RequestAttributes>RequestedProcedureID"),
                RequestedProcedureDescription=self.sentence("RequestAttributes>RequestedProcedureDescription")[:64],
                ScheduledProcedureStepID=planter.text("RequestAttributes>ScheduledProcedureStepID"),
                ScheduledProcedureStepDescription=planter.text("RequestAttributes>ScheduledProcedureStepDescription"),
                AccessionNumber=planter.text("RequestAttributes>AccessionNumber"),
                ReferencedStudySequence=[reference("1.2.840.10008.3.1.2.3.1", planter.uid("RequestAttributes>Study"))],
                ReasonForTheRequestedProcedure=planter.text("RequestAttributes>Reason"),
            )
        ]
        dataset.PerformedProcedureStepID = planter.text("PerformedProcedureStepID")
        dataset.PerformedProcedureStepDescription = planter.text("PerformedProcedureStepDescription")
        dataset.PerformedProcedureStepStartDate = planter.date("PerformedProcedureStepStartDate", 0x00400244)
        dataset.PerformedProcedureStepStartTime = planter.time("PerformedProcedureStepStartTime", TIME)
        dataset.CommentsOnThePerformedProcedureStep = self.sentence("CommentsOnThePerformedProcedureStep")
        person = item(
            PersonIdentificationCodeSequence=[
                coded(
                    planter.text("ReferringPhysicianIdentification>CodeValue"),
                    "99X",
                    planter.text("ReferringPhysicianIdentification>CodeMeaning"),
                )
            ],
            PersonAddress=planter.text("ReferringPhysicianIdentification>PersonAddress"),
            PersonTelephoneNumbers=planter.text("ReferringPhysicianIdentification>PersonTelephoneNumbers"),
            InstitutionName=planter.text("ReferringPhysicianIdentification>InstitutionName"),
        )
        dataset.ReferringPhysicianIdentificationSequence = [person]


def reference(sop_class: str, sop_instance: str, **more: object) -> Dataset:
    """Return an item that refers to another instance."""
    return item(ReferencedSOPClassUID=sop_class, ReferencedSOPInstanceUID=sop_instance, **more)


def add_plane(dataset: Dataset, patient: Patient, position: float = 0.0) -> None:
    """Add Frame of Reference and Image Plane modules."""
    dataset.FrameOfReferenceUID = patient.frame_uid
    dataset.PositionReferenceIndicator = ""
    dataset.ImagePositionPatient = [0, 0, position]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.PixelSpacing = [1.5, 1.5]
    dataset.SliceThickness = 2


def add_pixels(
    dataset: Dataset, bits: int = 16, stored: int = 0, colour: bool = False, frames: int | None = None
) -> None:
    """Add an Image Pixel module with a ramp of 16 x 16 as the image."""
    size = 16
    shape = (frames or 1, size, size, 3 if colour else 1)
    ramp = (np.arange(np.prod(shape)) % (2 ** min(bits, 12))).astype("<u2" if bits > 8 else "u1").reshape(shape)
    dataset.SamplesPerPixel = 3 if colour else 1
    dataset.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        dataset.PlanarConfiguration = 0
    if frames:
        dataset.NumberOfFrames = frames
    dataset.Rows = dataset.Columns = size
    dataset.BitsAllocated = bits
    dataset.BitsStored = stored or min(bits, 12)
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = 0
    dataset.PixelData = ramp.tobytes()
    dataset["PixelData"].VR = "OW" if bits > 8 else "OB"

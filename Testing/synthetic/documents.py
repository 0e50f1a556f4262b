"""Objects that carry text by nature: reports, presentation states, plans, segments, waveforms, documents."""

from __future__ import annotations

from pydicom import uid
from pydicom.dataset import Dataset

from synthetic.patient import Patient, add_pixels, coded, item, reference
from synthetic.planted import DEVICE


def _content(value_type: str, relationship: str, name: str, **more: object) -> Dataset:
    return item(
        ValueType=value_type,
        RelationshipType=relationship,
        ConceptNameCodeSequence=[coded("121071", "DCM", name)],
        **more,
    )


def _evidence(patient: Patient, image: Dataset) -> list[Dataset]:
    return [
        item(
            StudyInstanceUID=patient.study_uid,
            ReferencedSeriesSequence=[
                item(
                    SeriesInstanceUID=image.SeriesInstanceUID,
                    ReferencedSOPSequence=[reference(image.SOPClassUID, image.SOPInstanceUID)],
                )
            ],
        )
    ]


def structured_report(patient: Patient, image: Dataset) -> Dataset:
    """Comprehensive SR with content items of every value type, three levels deep."""
    dataset = patient.instance(uid.ComprehensiveSRStorage, "SR")
    plant = patient.planter
    observer = item(
        VerifyingObserverName=plant.name("VerifyingObserverName"),
        VerifyingOrganization=plant.text("VerifyingOrganization"),
        VerificationDateTime=plant.datetime("VerificationDateTime", 0x0040A030),
        VerifyingObserverIdentificationCodeSequence=[],
    )
    deep = _content(
        "CONTAINER",
        "CONTAINS",
        "Findings",
        ContinuityOfContent="SEPARATE",
        ContentSequence=[
            _content("TEXT", "CONTAINS", "Finding", TextValue=patient.sentence("content TEXT, nested")),
            _content(
                "CODE",
                "CONTAINS",
                "Finding",
                ConceptCodeSequence=[
                    coded(plant.text("content CODE value"), "99LOCAL", plant.text("content CODE meaning"))
                ],
            ),
        ],
    )
    dataset.ValueType, dataset.ContinuityOfContent = "CONTAINER", "SEPARATE"
    dataset.ConceptNameCodeSequence = [coded("126000", "DCM", "Imaging Measurement Report")]
    dataset.CompletionFlag, dataset.VerificationFlag = "COMPLETE", "VERIFIED"
    dataset.VerifyingObserverSequence = [observer]
    dataset.AuthorObserverSequence = [
        item(
            ObserverType="PSN",
            PersonName=plant.name("AuthorObserver>PersonName"),
            InstitutionName=plant.text("AuthorObserver>InstitutionName"),
            PersonIdentificationCodeSequence=[],
            InstitutionCodeSequence=[],
        )
    ]
    dataset.CurrentRequestedProcedureEvidenceSequence = _evidence(patient, image)
    dataset.ReferencedPerformedProcedureStepSequence = []
    dataset.PerformedProcedureCodeSequence = []
    dataset.ContentSequence = [
        _content("PNAME", "HAS OBS CONTEXT", "Person Observer Name", PersonName=plant.name("content PNAME")),
        _content("TEXT", "CONTAINS", "Finding", TextValue=patient.sentence("content TEXT")),
        _content("DATE", "CONTAINS", "Date", Date=plant.date("content DATE", 0x0040A121)),
        _content("TIME", "CONTAINS", "Time", Time=plant.time("content TIME")),
        _content("DATETIME", "CONTAINS", "DateTime", DateTime=plant.datetime("content DATETIME", 0x0040A120)),
        _content("UIDREF", "CONTAINS", "UID", UID=plant.uid("content UIDREF", "must_go")),
        _content(
            "NUM",
            "CONTAINS",
            "Length",
            MeasuredValueSequence=[item(NumericValue="12.5", MeasurementUnitsCodeSequence=[coded("mm", "UCUM", "mm")])],
        ),
        _content(
            "IMAGE", "CONTAINS", "Image", ReferencedSOPSequence=[reference(image.SOPClassUID, image.SOPInstanceUID)]
        ),
        deep,
    ]
    return dataset


def key_objects(patient: Patient, image: Dataset) -> Dataset:
    """Key Object Selection document."""
    dataset = patient.instance(uid.KeyObjectSelectionDocumentStorage, "KO")
    dataset.ValueType, dataset.ContinuityOfContent = "CONTAINER", "SEPARATE"
    dataset.ConceptNameCodeSequence = [coded("113000", "DCM", "Of Interest")]
    dataset.CurrentRequestedProcedureEvidenceSequence = _evidence(patient, image)
    dataset.ReferencedPerformedProcedureStepSequence = []
    dataset.ContentTemplateSequence = [item(MappingResource="DCMR", TemplateIdentifier="2010")]
    dataset.ContentSequence = [
        _content("TEXT", "CONTAINS", "Key Object Description", TextValue=patient.sentence("KO description")),
        item(
            ValueType="IMAGE",
            RelationshipType="CONTAINS",
            ReferencedSOPSequence=[reference(image.SOPClassUID, image.SOPInstanceUID)],
        ),
    ]
    return dataset


def presentation_state(patient: Patient, image: Dataset) -> Dataset:
    """Grayscale Softcopy Presentation State with text on the image."""
    dataset = patient.instance(uid.GrayscaleSoftcopyPresentationStateStorage, "PR")
    plant = patient.planter
    dataset.ContentLabel = plant.code("ContentLabel", "may_stay_when_reviewed")
    dataset.ContentDescription = patient.sentence("ContentDescription")[:64]
    dataset.ContentCreatorName = plant.name("ContentCreatorName")
    dataset.PresentationCreationDate = plant.date("PresentationCreationDate", 0x00700082)
    dataset.PresentationCreationTime = plant.time("PresentationCreationTime")
    dataset.ReferencedSeriesSequence = [
        item(
            SeriesInstanceUID=image.SeriesInstanceUID,
            ReferencedImageSequence=[reference(image.SOPClassUID, image.SOPInstanceUID)],
        )
    ]
    dataset.DisplayedAreaSelectionSequence = [
        item(
            DisplayedAreaTopLeftHandCorner=[1, 1],
            DisplayedAreaBottomRightHandCorner=[16, 16],
            PresentationSizeMode="SCALE TO FIT",
            PresentationPixelAspectRatio=[1, 1],
        )
    ]
    dataset.GraphicLayerSequence = [
        item(GraphicLayer="LAYER1", GraphicLayerOrder=1, GraphicLayerDescription=plant.text("GraphicLayerDescription"))
    ]
    dataset.GraphicAnnotationSequence = [
        item(
            GraphicLayer="LAYER1",
            ReferencedImageSequence=[reference(image.SOPClassUID, image.SOPInstanceUID)],
            TextObjectSequence=[
                item(
                    UnformattedTextValue=patient.sentence("UnformattedTextValue"),
                    AnchorPointAnnotationUnits="PIXEL",
                    AnchorPoint=[5.0, 5.0],
                    AnchorPointVisibility="Y",
                )
            ],
        )
    ]
    dataset.PresentationLUTShape = "IDENTITY"
    return dataset


def rt_structure_set(patient: Patient, image: Dataset) -> Dataset:
    """RT Structure Set with a named ROI."""
    dataset = patient.instance(uid.RTStructureSetStorage, "RTSTRUCT")
    plant = patient.planter
    dataset.StructureSetLabel = plant.text("StructureSetLabel")
    dataset.StructureSetName = plant.text("StructureSetName")
    dataset.StructureSetDescription = patient.sentence("StructureSetDescription")
    dataset.StructureSetDate = plant.date("StructureSetDate", 0x30060008)
    dataset.StructureSetTime = plant.time("StructureSetTime")
    dataset.FrameOfReferenceUID, dataset.PositionReferenceIndicator = patient.frame_uid, ""
    contour_image = reference(image.SOPClassUID, image.SOPInstanceUID)
    dataset.ReferencedFrameOfReferenceSequence = [
        item(
            FrameOfReferenceUID=patient.frame_uid,
            RTReferencedStudySequence=[
                reference(
                    "1.2.840.10008.3.1.2.3.1",
                    patient.study_uid,
                    RTReferencedSeriesSequence=[
                        item(SeriesInstanceUID=image.SeriesInstanceUID, ContourImageSequence=[contour_image])
                    ],
                )
            ],
        )
    ]
    dataset.StructureSetROISequence = [
        item(
            ROINumber=1,
            ReferencedFrameOfReferenceUID=patient.frame_uid,
            ROIName=plant.text("ROIName"),
            ROIDescription=patient.sentence("ROIDescription"),
            ROIGenerationAlgorithm="MANUAL",
            ROIGenerationDescription=plant.text("ROIGenerationDescription"),
        )
    ]
    dataset.ROIContourSequence = [
        item(
            ReferencedROINumber=1,
            ContourSequence=[
                item(
                    ContourGeometricType="CLOSED_PLANAR",
                    NumberOfContourPoints=3,
                    ContourData=[0, 0, 0, 9, 0, 0, 0, 9, 0],
                    ContourImageSequence=[contour_image],
                )
            ],
        )
    ]
    dataset.RTROIObservationsSequence = [
        item(
            ObservationNumber=1,
            ReferencedROINumber=1,
            ROIInterpreter=plant.name("ROIInterpreter"),
            ROIObservationLabel=plant.text("ROIObservationLabel"),
            RTROIInterpretedType="ORGAN",
            ROIObservationDescription=patient.sentence("ROIObservationDescription"),
        )
    ]
    dataset.ApprovalStatus = "APPROVED"
    dataset.ReviewerName = plant.name("ReviewerName")
    dataset.ReviewDate = plant.date("ReviewDate", 0x300E0004)
    dataset.ReviewTime = plant.time("ReviewTime")
    return dataset


def rt_plan(patient: Patient, structures: Dataset) -> Dataset:
    """RT Plan with one beam."""
    dataset = patient.instance(uid.RTPlanStorage, "RTPLAN")
    plant = patient.planter
    dataset.RTPlanLabel, dataset.RTPlanName = plant.text("RTPlanLabel"), plant.text("RTPlanName")
    dataset.RTPlanDescription = patient.sentence("RTPlanDescription")
    dataset.RTPlanDate = plant.date("RTPlanDate", 0x300A0006)
    dataset.RTPlanTime = plant.time("RTPlanTime")
    dataset.RTPlanGeometry = "PATIENT"
    dataset.PrescriptionDescription = patient.sentence("PrescriptionDescription")
    dataset.ReferencedStructureSetSequence = [reference(structures.SOPClassUID, structures.SOPInstanceUID)]
    dataset.FractionGroupSequence = [
        item(
            FractionGroupNumber=1,
            NumberOfFractionsPlanned=10,
            NumberOfBeams=1,
            NumberOfBrachyApplicationSetups=0,
            ReferencedBeamSequence=[item(ReferencedBeamNumber=1)],
            FractionGroupDescription=plant.text("FractionGroupDescription"),
        )
    ]
    points = [item(ControlPointIndex=index, CumulativeMetersetWeight=str(index)) for index in (0, 1)]
    points[0].NominalBeamEnergy = "6"
    dataset.BeamSequence = [
        item(
            BeamNumber=1,
            BeamName=plant.text("BeamName"),
            BeamDescription=patient.sentence("BeamDescription"),
            BeamType="STATIC",
            RadiationType="PHOTON",
            TreatmentMachineName=plant.text("TreatmentMachineName", DEVICE),
            InstitutionName=plant.text(
                "BeamSequence>InstitutionName", "may_stay_with_option:retain_institution_identity"
            ),
            DeviceSerialNumber=plant.text("BeamSequence>DeviceSerialNumber", DEVICE),
            PrimaryDosimeterUnit="MU",
            SourceAxisDistance="1000",
            TreatmentDeliveryType="TREATMENT",
            NumberOfWedges=0,
            NumberOfCompensators=0,
            NumberOfBoli=0,
            NumberOfBlocks=0,
            FinalCumulativeMetersetWeight="1",
            NumberOfControlPoints=2,
            BeamLimitingDeviceSequence=[item(RTBeamLimitingDeviceType="X", NumberOfLeafJawPairs=1)],
            ControlPointSequence=points,
        )
    ]
    dataset.PatientSetupSequence = [
        item(
            PatientSetupNumber=1,
            PatientPosition="HFS",
            SetupTechniqueDescription=plant.text("SetupTechniqueDescription"),
        )
    ]
    dataset.ApprovalStatus = "UNAPPROVED"
    return dataset


def rt_dose(patient: Patient, plan: Dataset) -> Dataset:
    """RT Dose grid of two frames."""
    dataset = patient.instance(uid.RTDoseStorage, "RTDOSE")
    add_pixels(dataset, frames=2)
    dataset.FrameOfReferenceUID, dataset.PositionReferenceIndicator = patient.frame_uid, ""
    dataset.ImagePositionPatient, dataset.ImageOrientationPatient = [0, 0, 0], [1, 0, 0, 0, 1, 0]
    dataset.PixelSpacing, dataset.SliceThickness = [1.5, 1.5], "2"
    dataset.FrameIncrementPointer, dataset.GridFrameOffsetVector = 0x3004000C, [0, 2]
    dataset.DoseUnits, dataset.DoseType, dataset.DoseSummationType = "GY", "PHYSICAL", "PLAN"
    dataset.DoseGridScaling = "0.001"
    dataset.BitsStored, dataset.HighBit = 16, 15
    dataset.DoseComment = patient.sentence("DoseComment")[:64]
    dataset.ReferencedRTPlanSequence = [reference(plan.SOPClassUID, plan.SOPInstanceUID)]
    return dataset


def ecg(patient: Patient) -> Dataset:
    """General ECG waveform with an annotation."""
    dataset = patient.instance(uid.GeneralECGWaveformStorage, "ECG")
    plant = patient.planter
    dataset.AcquisitionDateTime = plant.datetime("AcquisitionDateTime", 0x0008002A)
    dataset.AcquisitionContextSequence = []
    channel = item(
        ChannelSourceSequence=[coded("2:1", "MDC", "Lead I")],
        ChannelSensitivity="1",
        ChannelSensitivityUnitsSequence=[coded("mV", "UCUM", "mV")],
        ChannelSensitivityCorrectionFactor="1",
        ChannelBaseline="0",
        WaveformBitsStored=16,
        ChannelSampleSkew="0",
        ChannelLabel=plant.text("ChannelLabel"),
    )
    group = item(
        WaveformOriginality="ORIGINAL",
        NumberOfWaveformChannels=1,
        NumberOfWaveformSamples=8,
        SamplingFrequency="500",
        ChannelDefinitionSequence=[channel],
        WaveformBitsAllocated=16,
        WaveformSampleInterpretation="SS",
        MultiplexGroupLabel=plant.text("MultiplexGroupLabel"),
        WaveformData=bytes(range(16)),
    )
    group["WaveformData"].VR = "OW"
    dataset.WaveformSequence = [group]
    dataset.WaveformAnnotationSequence = [
        item(
            UnformattedTextValue=patient.sentence("ECG annotation"),
            ReferencedWaveformChannels=[1, 1],
            AnnotationGroupNumber=0,
        )
    ]
    return dataset


def encapsulated(patient: Patient, kind: str) -> Dataset:
    """Encapsulated ``pdf``, ``cda`` or ``stl`` with the identity inside the document."""
    sop_class, mime = {
        "pdf": (uid.EncapsulatedPDFStorage, "application/pdf"),
        "cda": (uid.EncapsulatedCDAStorage, "text/XML"),
        "stl": (uid.EncapsulatedSTLStorage, "model/stl"),
    }[kind]
    dataset = patient.instance(sop_class, "M3D" if kind == "stl" else "DOC", ConversionType="WSD")
    plant = patient.planter
    text = patient.sentence(f"inside the {kind}").encode("ascii", "replace")
    document = {
        "pdf": b"%PDF-1.4\n1 0 obj<</Title(" + text + b")>>endobj\ntrailer<</Info 1 0 R>>\n%%EOF\n",
        "cda": b'<?xml version="1.0"?><ClinicalDocument><title>' + text + b"</title></ClinicalDocument>",
        "stl": b"solid " + text + b"\nendsolid\n",
    }[kind]
    dataset.BurnedInAnnotation, dataset.DocumentTitle = "YES", patient.sentence("DocumentTitle")
    dataset.ConceptNameCodeSequence, dataset.MIMETypeOfEncapsulatedDocument = [], mime
    dataset.AcquisitionDateTime = plant.datetime("AcquisitionDateTime", 0x0008002A)
    dataset.EncapsulatedDocumentLength = len(document)
    dataset.EncapsulatedDocument = document + b"\0" * (len(document) % 2)
    if kind == "cda":
        dataset.HL7InstanceIdentifier = plant.uid("HL7InstanceIdentifier", "must_go")
    if kind == "stl":
        dataset.FrameOfReferenceUID, dataset.PositionReferenceIndicator = patient.frame_uid, ""
        dataset.MeasurementUnitsCodeSequence = [coded("mm", "UCUM", "mm")]
    return dataset

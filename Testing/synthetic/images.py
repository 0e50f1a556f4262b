"""Images of many kinds, tiny and valid."""

from __future__ import annotations

from pydicom import uid
from pydicom.dataset import Dataset

from synthetic.patient import Patient, add_pixels, add_plane, coded, item, reference
from synthetic.planted import DEVICE, DEVICE_DATE, DEVICE_UID, MUST_GO, TIME

ORIGINAL = ["ORIGINAL", "PRIMARY"]


def ct(patient: Patient, position: float = 0.0) -> Dataset:
    """CT Image, with contrast, dose and device dates."""
    dataset = patient.instance(uid.CTImageStorage, "CT", ImageType=[*ORIGINAL, "AXIAL"], PatientPosition="HFS")
    plant = patient.planter
    add_plane(dataset, patient, position)
    add_pixels(dataset)
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = "-1024", "1", "HU"
    dataset.KVP, dataset.AcquisitionNumber, dataset.BodyPartExamined = "120", "1", "CHEST"
    dataset.AcquisitionDate = plant.date("AcquisitionDate", 0x00080022)
    dataset.AcquisitionTime = plant.time("AcquisitionTime")
    dataset.ContrastBolusAgent = plant.text("ContrastBolusAgent")
    dataset.ImageComments = patient.sentence("ImageComments")
    dataset.DateOfLastCalibration = plant.date("DateOfLastCalibration", 0x00181200, DEVICE_DATE)
    dataset.TimeOfLastCalibration = plant.time("TimeOfLastCalibration", TIME)
    dataset.IrradiationEventUID = plant.uid("IrradiationEventUID")
    dataset.DeviceUID = plant.uid("DeviceUID", DEVICE_UID)
    dataset.GantryID = plant.text("GantryID", DEVICE)
    dataset.SourceImageSequence = [
        reference(
            uid.CTImageStorage,
            plant.uid("SourceImageSequence>SOPInstanceUID"),
            PurposeOfReferenceCodeSequence=[coded("121322", "DCM", "Source image")],
        )
    ]
    patient.add_procedure(dataset)
    return dataset


def mr(patient: Patient) -> Dataset:
    """MR Image."""
    dataset = patient.instance(
        uid.MRImageStorage,
        "MR",
        ImageType=[*ORIGINAL, "OTHER"],
        PatientPosition="HFS",
        Laterality="",
        ScanningSequence="SE",
        SequenceVariant="NONE",
        ScanOptions="",
        MRAcquisitionType="2D",
        EchoTime="10",
        RepetitionTime="500",
        EchoTrainLength="1",
        SequenceName="se2d1",
    )
    add_plane(dataset, patient)
    add_pixels(dataset)
    dataset.DerivationDescription = patient.sentence("DerivationDescription")
    dataset.AcquisitionDeviceProcessingDescription = patient.planter.text("AcquisitionDeviceProcessingDescription")
    return dataset


def pet(patient: Patient, position: float = 0.0) -> Dataset:
    """PET Image with all that a standardised uptake value needs."""
    dataset = patient.instance(uid.PositronEmissionTomographyImageStorage, "PT", ImageType=ORIGINAL)
    plant = patient.planter
    add_plane(dataset, patient, position)
    add_pixels(dataset, stored=16)
    dataset.RescaleIntercept, dataset.RescaleSlope = "0", "2.5"
    dataset.Units, dataset.CountsSource, dataset.DecayCorrection = "BQML", "EMISSION", "START"
    dataset.SeriesType, dataset.NumberOfSlices = ["WHOLE BODY", "IMAGE"], 2
    dataset.CorrectedImage, dataset.CollimatorType = ["DECY", "ATTN"], "NONE"
    dataset.AcquisitionDate, dataset.AcquisitionTime = patient.study_date, "101500.000000"
    patient.overwrite(dataset, "SeriesTime", "101500.000000")
    dataset.FrameReferenceTime, dataset.ActualFrameDuration, dataset.ImageIndex = "60000", "120000", 1
    dataset.DecayFactor, dataset.DoseCalibrationFactor = "1.0065", "1"
    injected = item(
        Radiopharmaceutical="FDG",
        RadiopharmaceuticalStartTime="091200.000000",
        RadiopharmaceuticalStartDateTime=patient.study_date + "091200.000000",
        RadiopharmaceuticalStopTime="091230.000000",
        RadionuclideTotalDose="350000000",
        RadionuclideHalfLife="6586.2",
        RadionuclidePositronFraction="0.967",
        RadionuclideCodeSequence=[coded("C-111A1", "SRT", "^18^Fluorine")],
        RadiopharmaceuticalCodeSequence=[coded("C-B1031", "SRT", "Fluorodeoxyglucose F^18^")],
    )
    dataset.RadiopharmaceuticalInformationSequence = [injected]
    dataset.PatientOrientationCodeSequence = [coded("F-10450", "SRT", "recumbent")]
    dataset.PatientOrientationCodeSequence[0].PatientOrientationModifierCodeSequence = [
        coded("F-10340", "SRT", "supine")
    ]
    dataset.PatientGantryRelationshipCodeSequence = [coded("F-10470", "SRT", "headfirst")]
    plant.context = f"{patient.label} PT: "
    injected.RadiopharmaceuticalRoute = plant.text("RadiopharmaceuticalRoute", "may_stay_when_reviewed")
    return dataset


def nm(patient: Patient) -> Dataset:
    """Nuclear Medicine Image."""
    dataset = patient.instance(
        uid.NuclearMedicineImageStorage,
        "NM",
        ImageType=[*ORIGINAL, "STATIC", "EMISSION"],
        PixelSpacing=[4, 4],
        CountsAccumulated=1000,
        ActualFrameDuration=60000,
    )
    add_pixels(dataset, stored=16, frames=1)
    dataset.FrameIncrementPointer = [0x00540010, 0x00540020]
    dataset.EnergyWindowVector = dataset.DetectorVector = [1]
    dataset.NumberOfEnergyWindows = dataset.NumberOfDetectors = 1
    dataset.EnergyWindowInformationSequence = [
        item(EnergyWindowName=patient.planter.text("EnergyWindowName", "may_stay_when_reviewed"))
    ]
    dataset.RadiopharmaceuticalInformationSequence = [
        item(
            RadionuclideCodeSequence=[coded("C-163A8", "SRT", "^99m^Technetium")],
            RadiopharmaceuticalStartTime=patient.planter.time("RadiopharmaceuticalStartTime"),
        )
    ]
    dataset.DetectorInformationSequence = [
        item(
            CollimatorType="PARA",
            ImagePositionPatient=[0, 0, 0],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
            StartAngle="0",
        )
    ]
    dataset.PatientOrientationCodeSequence = []
    dataset.PatientGantryRelationshipCodeSequence = []
    return dataset


def us(patient: Patient) -> Dataset:
    """Ultrasound Image in colour."""
    dataset = patient.instance(uid.UltrasoundImageStorage, "US", ImageType=[*ORIGINAL, "", "0001"])
    add_pixels(dataset, bits=8, colour=True)
    dataset.PatientOrientation = ""
    dataset.BurnedInAnnotation = "NO"
    dataset.LossyImageCompression = "00"
    dataset.TransducerData = patient.planter.text("TransducerData", "may_stay_when_reviewed")
    dataset.NumberOfStages = dataset.NumberOfViewsInStage = 1
    dataset.StageName = patient.planter.text("StageName", "may_stay_when_reviewed")
    return dataset


def xa(patient: Patient) -> Dataset:
    """X-Ray Angiographic Image."""
    dataset = patient.instance(uid.XRayAngiographicImageStorage, "XA", ImageType=[*ORIGINAL, "SINGLE PLANE"])
    add_pixels(dataset, bits=8)
    dataset.PixelIntensityRelationship, dataset.RadiationSetting = "LIN", "GR"
    dataset.KVP, dataset.ExposureTime, dataset.XRayTubeCurrent, dataset.PatientOrientation = "70", "10", "100", ""
    dataset.PositionerPrimaryAngle = dataset.PositionerSecondaryAngle = "0"
    dataset.FrameOfInterestDescription = patient.planter.text("FrameOfInterestDescription", "may_stay_when_reviewed")
    dataset.AcquisitionComments = patient.sentence("AcquisitionComments")
    return dataset


def cr(patient: Patient) -> Dataset:
    """Computed Radiography Image."""
    plant = patient.planter
    dataset = patient.instance(uid.ComputedRadiographyImageStorage, "CR", ImageType=ORIGINAL)
    add_pixels(dataset)
    dataset.BodyPartExamined, dataset.ViewPosition, dataset.PatientOrientation = "HAND", "AP", ["L", "F"]
    dataset.PlateID, dataset.CassetteID = plant.text("PlateID", DEVICE), plant.text("CassetteID", DEVICE)
    dataset.RequestingPhysician = plant.name("RequestingPhysician")
    dataset.RequestingService = plant.text("RequestingService")
    return dataset


def dx(patient: Patient, mammogram: bool = False) -> Dataset:
    """Digital X-Ray or Mammography Image, for presentation."""
    sop_class = (
        uid.DigitalMammographyXRayImageStorageForPresentation
        if mammogram
        else uid.DigitalXRayImageStorageForPresentation
    )
    dataset = patient.instance(sop_class, "MG" if mammogram else "DX", ImageType=[*ORIGINAL, ""])
    add_pixels(dataset)
    plant = patient.planter
    dataset.PresentationIntentType, dataset.BodyPartExamined = "FOR PRESENTATION", "BREAST" if mammogram else "HAND"
    dataset.ImageLaterality, dataset.PatientOrientation, dataset.BurnedInAnnotation = "L", ["A", "F"], "NO"
    dataset.PixelIntensityRelationship, dataset.PixelIntensityRelationshipSign = "LOG", -1
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = "0", "1", "US"
    dataset.PresentationLUTShape, dataset.LossyImageCompression = "IDENTITY", "00"
    dataset.WindowCenter, dataset.WindowWidth = "512", "1024"
    dataset.WindowCenterWidthExplanation = plant.text("WindowCenterWidthExplanation", "may_stay_when_reviewed")
    dataset.DetectorType, dataset.ImagerPixelSpacing = "DIRECT", [0.1, 0.1]
    dataset.DetectorID = plant.text("DetectorID", DEVICE)
    dataset.DateOfLastDetectorCalibration = plant.date("DateOfLastDetectorCalibration", 0x0018700C, DEVICE_DATE)
    dataset.TimeOfLastDetectorCalibration = plant.time("TimeOfLastDetectorCalibration")
    dataset.AcquisitionContextSequence = [
        item(
            ValueType="TEXT",
            ConceptNameCodeSequence=[coded("109001", "99X", plant.text("AcquisitionContext>name"))],
            TextValue=plant.text("AcquisitionContextSequence>TextValue", MUST_GO),
        )
    ]
    dataset.AnatomicRegionSequence = [
        coded("76752008" if mammogram else "85562004", "SCT", "Breast" if mammogram else "Hand")
    ]
    if mammogram:
        dataset.PositionerType, dataset.OrganExposed = "MAMMOGRAPHIC", "BREAST"
        dataset.ViewCodeSequence = [coded("399162004", "SCT", "cranio-caudal")]
        dataset.ViewCodeSequence[0].ViewModifierCodeSequence = []
    return dataset


def secondary_capture(patient: Patient) -> Dataset:
    """Secondary Capture Image, with device names and dates."""
    plant = patient.planter
    dataset = patient.instance(
        uid.SecondaryCaptureImageStorage,
        "OT",
        ImageType=["DERIVED", "SECONDARY"],
        ConversionType="WSD",
        PatientOrientation="",
    )
    add_pixels(dataset, bits=8, colour=True)
    dataset.DateOfSecondaryCapture = plant.date("DateOfSecondaryCapture", 0x00181012)
    dataset.TimeOfSecondaryCapture = plant.time("TimeOfSecondaryCapture")
    dataset.SecondaryCaptureDeviceID = plant.text("SecondaryCaptureDeviceID", DEVICE)
    return dataset

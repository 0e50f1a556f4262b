"""Multi-frame objects with functional groups: enhanced CT and MR, segmentation, whole slide image."""

from __future__ import annotations

from pydicom import uid
from pydicom.dataset import Dataset

from synthetic.patient import Patient, add_pixels, coded, item, reference


def _dimensions(dataset: Dataset, patient: Patient, pointer: int, group: int) -> str:
    organization = patient.planter.uid("DimensionOrganizationUID")
    dataset.DimensionOrganizationSequence = [item(DimensionOrganizationUID=organization)]
    dataset.DimensionIndexSequence = [
        item(DimensionOrganizationUID=organization, DimensionIndexPointer=pointer, FunctionalGroupPointer=group)
    ]
    return organization


def _planes(patient: Patient) -> Dataset:
    return item(
        PlaneOrientationSequence=[item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])],
        PixelMeasuresSequence=[item(PixelSpacing=[1.5, 1.5], SliceThickness="2")],
    )


def enhanced(patient: Patient, modality: str) -> Dataset:
    """Enhanced CT or MR Image; secrets in shared and in per-frame functional groups."""
    plant = patient.planter
    sop_class = uid.EnhancedCTImageStorage if modality == "CT" else uid.EnhancedMRImageStorage
    kind = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    dataset = patient.instance(sop_class, modality, ImageType=kind)
    add_pixels(dataset, frames=2)
    dataset.FrameOfReferenceUID, dataset.PositionReferenceIndicator = patient.frame_uid, ""
    _dimensions(dataset, patient, 0x00200032, 0x00209113)
    dataset.AcquisitionDateTime = plant.datetime("AcquisitionDateTime", 0x0008002A)
    dataset.AcquisitionDuration, dataset.PixelPresentation = 1.0, "MONOCHROME"
    dataset.VolumetricProperties, dataset.VolumeBasedCalculationTechnique = "VOLUME", "NONE"
    dataset.ContentQualification, dataset.PresentationLUTShape = "RESEARCH", "IDENTITY"
    dataset.BurnedInAnnotation, dataset.LossyImageCompression = "NO", "00"
    dataset.AcquisitionContextSequence = []
    dataset.AcquisitionProtocolName = plant.text("AcquisitionProtocolName", "may_stay_when_reviewed")
    dataset.ConcatenationUID, dataset.InConcatenationNumber = plant.uid("ConcatenationUID"), 1
    dataset.ConcatenationFrameOffsetNumber = 0
    dataset.SOPInstanceUIDOfConcatenationSource = plant.uid("SOPInstanceUIDOfConcatenationSource")
    shared = _planes(patient)
    shared.ReferencedImageSequence = [
        reference(
            uid.CTImageStorage,
            plant.uid("SharedFunctionalGroups>ReferencedImage"),
            PurposeOfReferenceCodeSequence=[coded("121311", "DCM", "Localizer")],
        )
    ]
    region = coded("51185008", "SCT", "Chest")
    shared.FrameAnatomySequence = [item(FrameLaterality="U", AnatomicRegionSequence=[region])]
    dataset.SharedFunctionalGroupsSequence = [shared]
    dataset.PerFrameFunctionalGroupsSequence = []
    for frame in (1, 2):
        content = item(
            FrameAcquisitionNumber=1,
            FrameReferenceDateTime=plant.datetime("FrameReferenceDateTime", 0x00189151),
            FrameAcquisitionDateTime=plant.datetime("FrameAcquisitionDateTime", 0x00189074),
            FrameAcquisitionDuration=1.0,
            DimensionIndexValues=[frame],
            FrameLabel=plant.text("FrameLabel"),
            FrameComments=patient.sentence("PerFrame>FrameComments"),
        )
        dataset.PerFrameFunctionalGroupsSequence.append(
            item(
                FrameContentSequence=[content],
                PlanePositionSequence=[item(ImagePositionPatient=[0, 0, 2.0 * frame])],
                IrradiationEventIdentificationSequence=[
                    item(IrradiationEventUID=plant.uid("PerFrame>IrradiationEvent"))
                ],
            )
        )
    return dataset


def segmentation(patient: Patient, image: Dataset) -> Dataset:
    """Segmentation with labels on its segment."""
    plant = patient.planter
    dataset = patient.instance(uid.SegmentationStorage, "SEG", ImageType=["DERIVED", "PRIMARY"])
    add_pixels(dataset, bits=8, frames=1)
    dataset.FrameOfReferenceUID, dataset.PositionReferenceIndicator = patient.frame_uid, ""
    _dimensions(dataset, patient, 0x0062000B, 0x0062000A)
    dataset.ContentLabel, dataset.ContentDescription = "SEGMENTATION", patient.sentence("ContentDescription")[:64]
    dataset.ContentCreatorName = plant.name("ContentCreatorName")
    dataset.SegmentationType, dataset.SegmentationFractionalType = "FRACTIONAL", "OCCUPANCY"
    dataset.MaximumFractionalValue, dataset.LossyImageCompression = 255, "00"
    dataset.SegmentSequence = [
        item(
            SegmentNumber=1,
            SegmentLabel=plant.text("SegmentLabel"),
            SegmentDescription=plant.text("SegmentDescription"),
            SegmentAlgorithmType="SEMIAUTOMATIC",
            SegmentAlgorithmName=plant.text("SegmentAlgorithmName", "may_stay_when_reviewed"),
            SegmentedPropertyCategoryCodeSequence=[coded("123037004", "SCT", "Anatomical Structure")],
            SegmentedPropertyTypeCodeSequence=[coded("10200004", "SCT", "Liver")],
            TrackingID=plant.text("TrackingID"),
            TrackingUID=plant.uid("TrackingUID"),
        )
    ]
    dataset.ReferencedSeriesSequence = [
        item(
            SeriesInstanceUID=image.SeriesInstanceUID,
            ReferencedInstanceSequence=[reference(image.SOPClassUID, image.SOPInstanceUID)],
        )
    ]
    dataset.SharedFunctionalGroupsSequence = [_planes(patient)]
    source = reference(
        image.SOPClassUID, image.SOPInstanceUID, PurposeOfReferenceCodeSequence=[coded("121322", "DCM", "Source image")]
    )
    dataset.PerFrameFunctionalGroupsSequence = [
        item(
            DerivationImageSequence=[
                item(SourceImageSequence=[source], DerivationCodeSequence=[coded("113076", "DCM", "Segmentation")])
            ],
            FrameContentSequence=[item(DimensionIndexValues=[1])],
            PlanePositionSequence=[item(ImagePositionPatient=[0, 0, 0])],
            SegmentIdentificationSequence=[item(ReferencedSegmentNumber=1)],
        )
    ]
    return dataset


def whole_slide(patient: Patient) -> Dataset:
    """VL Whole Slide Microscopy Image with specimen and container identifiers and a barcode."""
    plant = patient.planter
    dataset = patient.instance(
        uid.VLWholeSlideMicroscopyImageStorage, "SM", ImageType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    )
    add_pixels(dataset, bits=8, colour=True, frames=1)
    dataset.FrameOfReferenceUID, dataset.PositionReferenceIndicator = patient.frame_uid, "SLIDE_CORNER"
    dataset.AcquisitionDateTime = plant.datetime("AcquisitionDateTime", 0x0008002A)
    dataset.ContainerIdentifier = plant.text("ContainerIdentifier")
    dataset.IssuerOfTheContainerIdentifierSequence = []
    dataset.ContainerTypeCodeSequence = [coded("433466003", "SCT", "Microscope slide")]
    dataset.SpecimenDescriptionSequence = [
        item(
            SpecimenIdentifier=plant.text("SpecimenIdentifier"),
            SpecimenUID=plant.uid("SpecimenUID"),
            IssuerOfTheSpecimenIdentifierSequence=[],
            SpecimenShortDescription=plant.text("SpecimenShortDescription"),
            SpecimenPreparationSequence=[
                item(
                    SpecimenPreparationStepContentItemSequence=[
                        item(
                            ValueType="TEXT",
                            ConceptNameCodeSequence=[coded("121041", "DCM", "Specimen Identifier")],
                            TextValue=plant.text("SpecimenPreparation>TextValue"),
                        )
                    ]
                )
            ],
        )
    ]
    dataset.LabelText, dataset.BarcodeValue = plant.text("LabelText"), plant.text("BarcodeValue")
    dataset.ImagedVolumeWidth = dataset.ImagedVolumeHeight = 15.0
    dataset.ImagedVolumeDepth, dataset.FocusMethod, dataset.ExtendedDepthOfField = 1.0, "AUTO", "NO"
    dataset.TotalPixelMatrixColumns = dataset.TotalPixelMatrixRows = 16
    dataset.TotalPixelMatrixFocalPlanes = 1
    dataset.TotalPixelMatrixOriginSequence = [
        item(XOffsetInSlideCoordinateSystem="0", YOffsetInSlideCoordinateSystem="0")
    ]
    dataset.ImageOrientationSlide, dataset.NumberOfOpticalPaths = [1, 0, 0, 0, 1, 0], 1
    dataset.SpecimenLabelInImage, dataset.BurnedInAnnotation, dataset.LossyImageCompression = "NO", "NO", "00"
    dataset.VolumetricProperties, dataset.DimensionOrganizationType = "VOLUME", "TILED_FULL"
    dataset.AcquisitionContextSequence = []
    dataset.OpticalPathSequence = [
        item(
            OpticalPathIdentifier="1",
            IlluminationColorCodeSequence=[coded("414298005", "SCT", "Full Spectrum")],
            IlluminationTypeCodeSequence=[coded("111744", "DCM", "Brightfield illumination")],
            OpticalPathDescription=plant.text("OpticalPathDescription", "may_stay_when_reviewed"),
            ObjectiveLensPower="40",
            ICCProfile=b"\0" * 8,
        )
    ]
    shared = item(
        PixelMeasuresSequence=[item(PixelSpacing=[0.001, 0.001], SliceThickness="0.001")],
        WholeSlideMicroscopyImageFrameTypeSequence=[item(FrameType=dataset.ImageType)],
        OpticalPathIdentificationSequence=[item(OpticalPathIdentifier="1")],
    )
    dataset.SharedFunctionalGroupsSequence = [shared]
    _dimensions(dataset, patient, 0x0048021E, 0x0048021A)
    return dataset

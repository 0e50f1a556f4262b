"""A DICOM MR series of the synthetic head, which has a face and belongs to nobody."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import SimpleITK as sitk
from DeidentifyLib.face import phantom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

MR_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.4"


def make_head_series(folder: Path, spacing: float = 2.0) -> None:
    """Write the series.

    Parameters
    ----------
    folder : Path
        Made; one file per slice.
    spacing : float
        Voxel size in mm.
    """
    image = phantom.head("MR", spacing)
    voxels = np.clip(sitk.GetArrayFromImage(image), 0, 4095).astype("<u2")
    folder.mkdir(parents=True)
    common = _common(image, spacing)
    for number, plane in enumerate(voxels):
        dataset = Dataset()
        dataset.update(common)
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.SOPInstanceUID = generate_uid(entropy_srcs=["head", str(number)])
        dataset.InstanceNumber = number + 1
        dataset.ImagePositionPatient = list(image.TransformIndexToPhysicalPoint((0, 0, number)))
        dataset.PixelData = plane.tobytes()
        dataset.save_as(folder / f"{number:03d}.dcm", enforce_file_format=True)


def _common(image: sitk.Image, spacing: float) -> Dataset:
    direction = np.reshape(image.GetDirection(), (3, 3))
    dataset = Dataset()
    dataset.SOPClassUID = MR_IMAGE_STORAGE
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID"):
        setattr(dataset, keyword, generate_uid(entropy_srcs=["head", keyword]))
    dataset.PatientName, dataset.PatientID = "Synthetic^Head", "HEAD-0001"
    dataset.PatientBirthDate, dataset.PatientSex = "19700101", "O"
    dataset.StudyDate = dataset.SeriesDate = "20240102"
    dataset.StudyTime = "101500"
    dataset.StudyID, dataset.SeriesNumber, dataset.AccessionNumber, dataset.ReferringPhysicianName = "1", 1, "", ""
    dataset.Modality, dataset.Manufacturer = "MR", "Synthetic"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "M"]
    dataset.ScanningSequence, dataset.SequenceVariant, dataset.ScanOptions = "GR", "SP", ""
    dataset.MRAcquisitionType, dataset.RepetitionTime, dataset.EchoTime, dataset.EchoTrainLength = "3D", 8, 3, 1
    dataset.ImageOrientationPatient = [*direction[:, 0], *direction[:, 1]]
    dataset.PixelSpacing, dataset.SliceThickness = [spacing, spacing], spacing
    dataset.Columns, dataset.Rows = image.GetSize()[:2]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PositionReferenceIndicator = ""
    return dataset

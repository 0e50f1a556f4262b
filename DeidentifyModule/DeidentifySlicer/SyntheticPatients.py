"""Writes synthetic patients as DICOM files: invented names, dates and IDs in the places where scanners put them."""

import os
from datetime import datetime

import numpy as np

SPACING = {"CT": 2.0, "MR": 2.0, "PT": 4.0}
SOP_CLASSES = {
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "MR": "1.2.840.10008.5.1.4.1.1.4",
    "PT": "1.2.840.10008.5.1.4.1.1.128",
}
PATIENTS = {
    "ct": {"PatientName": "Muster^Clara", "PatientID": "CT-104711", "PatientBirthDate": "19580314", "PatientSex": "F"},
    "mr": {"PatientName": "Exemple^Luc", "PatientID": "MR-220815", "PatientBirthDate": "19811102", "PatientSex": "M"},
    "petct": {
        "PatientName": "Sample^Olive",
        "PatientID": "PC-330042",
        "PatientBirthDate": "19670921",
        "PatientSex": "F",
    },
}
SERIES = {"ct": ("CT",), "mr": ("MR",), "petct": ("CT", "PT")}
UID_ROOT = "1.2.826.0.1.3680043.10.999"


def writePatient(kind, folder):
    """Write one synthetic patient and return the paths of the files.

    Parameters
    ----------
    kind : str
        ``ct``, ``mr`` or ``petct``.
    folder : str
        Made if needed.
    """
    os.makedirs(folder, exist_ok=True)
    number = list(PATIENTS).index(kind) + 1
    paths = []
    for index, modality in enumerate(SERIES[kind], start=1):
        paths += _writeSeries(kind, modality, f"{UID_ROOT}.{number}", index, folder)
    return paths


def _writeSeries(kind, modality, study, index, folder):
    stored, slope = _pixels(modality)
    paths = []
    for slice_ in range(stored.shape[0]):
        dataset = _header(kind, modality, study, index)
        _addGeometry(dataset, modality, stored, slice_, study, index)
        _addPixels(dataset, modality, stored[slice_], slope)
        path = os.path.join(folder, f"{modality}{index:02d}_{slice_ + 1:03d}.dcm")
        dataset.save_as(path, enforce_file_format=True)
        paths.append(path)
    return paths


def _pixels(modality):
    """Return stored values (int16 or uint16; slices, rows, columns) and the rescale slope."""
    from .SyntheticHead import ctHead, mrHead, petHead

    if modality == "CT":
        return ctHead(SPACING["CT"]), 1.0
    if modality == "MR":
        return mrHead(SPACING["MR"]), 1.0
    uptake = petHead(SPACING["PT"])
    slope = float(uptake.max()) / 32000
    return np.rint(uptake / slope).astype(np.uint16), slope


def _header(kind, modality, study, index):
    import pydicom

    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    dataset.SpecificCharacterSet = "ISO_IR 100"
    for keyword, value in PATIENTS[kind].items():
        setattr(dataset, keyword, value)
    dataset.PatientSize, dataset.PatientWeight = "1.70", "70"
    dataset.PatientAge = "060Y"
    for name in ("Study", "Series", "Acquisition", "Content"):
        setattr(dataset, name + "Date", "20240131")
        setattr(dataset, name + "Time", "101500")
    dataset.AccessionNumber = "ACC-2024-0815"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = f"{study}.1", f"{study}.1.{index}"
    dataset.FrameOfReferenceUID = f"{study}.9"
    dataset.PositionReferenceIndicator = ""
    dataset.StudyID, dataset.SeriesNumber = "1", index
    dataset.Modality, dataset.SOPClassUID = modality, SOP_CLASSES[modality]
    dataset.StudyDescription = {"ct": "CT head", "mr": "MR head", "petct": "PET/CT brain FDG"}[kind]
    dataset.SeriesDescription = {"CT": "Head 2 mm", "MR": "T1 3D", "PT": "Brain FDG"}[modality]
    dataset.Manufacturer, dataset.InstitutionName = "Synthetic", "Hospital of Nowhere"
    dataset.InstitutionAddress = "1 Invented Street, Nowhere"
    dataset.ReferringPhysicianName, dataset.OperatorsName = "Referrer^Rita", "Operator^Otto"
    dataset.StationName, dataset.DeviceSerialNumber = "SCANNER1", "SN-0042"
    dataset.PatientComments = "Calls herself Clara" if kind == "ct" else "Lives in Nowhere"
    if modality == "PT":
        _addPet(dataset)
    if modality == "MR":
        dataset.ScanningSequence, dataset.SequenceVariant, dataset.ScanOptions = "GR", "SP", ""
        dataset.MRAcquisitionType, dataset.EchoTime, dataset.RepetitionTime, dataset.EchoTrainLength = "3D", 3, 8, 1
    if modality == "CT":
        dataset.KVP, dataset.AcquisitionNumber = "120", "1"
    return dataset


def _addPet(dataset):
    import pydicom

    dose = pydicom.Dataset()
    dose.RadiopharmaceuticalStartTime, dose.RadionuclideTotalDose = "091500", "250000000"
    dose.RadiopharmaceuticalStartDateTime = "20240131091500"
    dose.RadionuclideHalfLife, dose.RadionuclidePositronFraction = "6586.2", "0.967"
    dataset.RadiopharmaceuticalInformationSequence = [dose]
    dataset.Units, dataset.DecayCorrection, dataset.CountsSource = "BQML", "START", "EMISSION"
    dataset.CorrectedImage, dataset.SeriesType = ["ATTN", "DECY"], ["STATIC", "IMAGE"]
    dataset.ActualFrameDuration, dataset.FrameReferenceTime, dataset.DecayFactor = "600000", "0", "1"


def _addGeometry(dataset, modality, stored, slice_, study, index):
    import pydicom

    from .SyntheticHead import corner

    spacing = SPACING[modality]
    x, y, z = corner(spacing)
    dataset.ImagePositionPatient = [f"{value:.3f}" for value in (x, y, z + slice_ * spacing)]
    dataset.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    dataset.PixelSpacing, dataset.SliceThickness = [f"{spacing}"] * 2, f"{spacing}"
    dataset.PatientPosition, dataset.InstanceNumber = "HFS", slice_ + 1
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"] if modality == "CT" else ["ORIGINAL", "PRIMARY"]
    dataset.SOPInstanceUID = f"{study}.1.{index}.{slice_ + 1}"
    dataset.file_meta.MediaStorageSOPClassUID = pydicom.uid.UID(dataset.SOPClassUID)
    dataset.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.UID(dataset.SOPInstanceUID)
    if modality == "PT":
        dataset.ImageIndex, dataset.NumberOfSlices = slice_ + 1, stored.shape[0]
    dataset.InstanceCreationDate = datetime(2024, 1, 31).strftime("%Y%m%d")


def _addPixels(dataset, modality, stored, slope):
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = stored.shape
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit, dataset.PixelRepresentation = 15, int(stored.dtype.kind == "i")
    if modality in ("CT", "PT"):
        dataset.RescaleIntercept, dataset.RescaleSlope = "0", f"{slope:.6g}"
    dataset.PixelData = stored.tobytes()

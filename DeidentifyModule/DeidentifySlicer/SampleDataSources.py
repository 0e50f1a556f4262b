"""Synthetic patients in Slicer's module Sample Data: made on this computer, nothing is downloaded."""

import os

import slicer

from .Translation import tr as _

CATEGORY = "Deidentify"


def sources():
    """Return (kind, sample name) of the synthetic patients."""
    return [
        ("ct", _("DeidentifyHeadCT")),
        ("mr", _("DeidentifyHeadMR")),
        ("petct", _("DeidentifyBrainPETCT")),
    ]


def registerSampleData(iconFolder):
    """Add the synthetic patients to Sample Data."""
    try:
        import SampleData
    except ImportError:
        return  # a Slicer that was built without the module Sample Data
    for kind, name in sources():
        SampleData.SampleDataLogic.registerCustomSampleDataSource(
            category=CATEGORY,
            sampleName=name,
            thumbnailFileName=os.path.join(iconFolder, f"{name}.png"),
            uris=f"deidentify:{kind}",  # SampleData wants a place and names, also where nothing is downloaded
            fileNames=f"{name}.dcm",
            nodeNames=name,
            customDownloader=lambda source, kind=kind: clicked(kind),
        )


def clicked(kind):
    """Write and load a synthetic patient, and tell the user if that fails."""
    with slicer.util.tryWithErrorDisplay(_("The synthetic patient could not be loaded."), waitCursor=True):
        return writeAndLoad(kind)


def sampleFolder(kind):
    """Return the folder of a synthetic patient in Slicer's cache of downloads."""
    cache = slicer.mrmlScene.GetCacheManager().GetRemoteCacheDirectory() if slicer.mrmlScene.GetCacheManager() else ""
    return os.path.join(cache or slicer.app.temporaryPath, "DeidentifySamples", kind)


def writeAndLoad(kind):
    """Write a synthetic patient, add it to the DICOM database and load it; return the loaded nodes."""
    from .DatabaseInput import openDatabase
    from .SyntheticPatients import writePatient

    openDatabase()
    folder = sampleFolder(kind)
    writePatient(kind, folder)
    from DICOMLib import DICOMUtils

    DICOMUtils.importDicom(folder)
    nodes = []
    for patient in slicer.dicomDatabase.patients():
        for study in slicer.dicomDatabase.studiesForPatient(patient):
            for series in slicer.dicomDatabase.seriesForStudy(study):
                if any(path.startswith(folder) for path in slicer.dicomDatabase.filesForSeries(series)):
                    nodes += [slicer.mrmlScene.GetNodeByID(node) for node in DICOMUtils.loadSeriesByUID([series])]
    return nodes

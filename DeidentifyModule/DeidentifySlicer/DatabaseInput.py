"""Patients, studies and series of Slicer's DICOM database as input, and the import of a result into it."""

import os
from dataclasses import dataclass, field

import slicer

from .BrowserSelection import refreshBrowsers, selectedSeries
from .Translation import tr as _

REPORT_FOLDER = "report"
DICOMDIR = "DICOMDIR"


class DatabaseInputError(RuntimeError):
    """The DICOM database cannot be used; the message says why."""


@dataclass
class DatabaseContent:
    """What the database offers.

    Attributes
    ----------
    subjects : list of dict
        As the scan of folders returns them.
    files : list of str
        All files of these subjects that exist.
    message : str
        What is missing.
    """

    subjects: list = field(default_factory=list)
    files: list = field(default_factory=list)
    message: str = ""


def openDatabase():
    """Return the DICOM database of Slicer.

    Raises
    ------
    DatabaseInputError
        If there is none or it is not open; with the cause as far as it can be told.
    """
    database = getattr(slicer, "dicomDatabase", None)
    if database is None:
        raise DatabaseInputError(_("There is no DICOM database. Open the DICOM module once to make one."))
    if not database.isOpen:
        raise DatabaseInputError(whyNotOpen(database))
    return database


def whyNotOpen(database):
    """Return why the database is not open, and what to do."""
    folder, error = (str(getattr(database, name, "") or "") for name in ("databaseDirectory", "lastError"))
    if not folder:
        return _("No DICOM database was chosen yet. Open the DICOM module once: it makes one.")
    if not os.path.isdir(folder):
        return _(
            "The folder of the DICOM database does not exist any more. Choose another database in the DICOM module."
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        return _("The folder of the DICOM database cannot be written to. Choose another database in the DICOM module.")
    if "locked" in error.casefold():
        return _("Another program, perhaps another Slicer, uses the DICOM database. Close that and try again.")
    if error:
        return _("The DICOM database could not be opened: {error}. Look in the DICOM module.").format(error=error)
    return _("The DICOM database is not open. Open the DICOM module: it opens the database or says what is wrong.")


def selectedInBrowser():
    """Return the UIDs of the series that are selected in the DICOM browser, an empty set if none is.

    Raises
    ------
    DatabaseInputError
        If the database is not open.
    """
    return selectedSeries(openDatabase())


def databaseCounts():
    """Return how many patients and studies the database has.

    Raises
    ------
    DatabaseInputError
        If it is not open or empty.
    """
    database = openDatabase()
    patients = database.patients()
    if not patients:
        raise DatabaseInputError(_("The DICOM database is empty."))
    return len(patients), sum(len(database.studiesForPatient(patient)) for patient in patients)


def databaseSubjects(wanted=None):
    """Return the content of the DICOM database.

    Parameters
    ----------
    wanted : set of str or None
        UIDs of the series to return; None for all.

    Raises
    ------
    DatabaseInputError
        If it is not open, or none of the files exists any more.
    """
    database = openDatabase()
    content, gone = DatabaseContent(), 0
    for patient in database.patients():
        subject = {
            "patient_id": database.fieldForPatient("PatientID", patient),
            "patient_name": database.fieldForPatient("PatientsName", patient),
            "studies": [],
        }
        for study in database.studiesForPatient(patient):
            series, missing = _seriesOfStudy(database, study, wanted, content.files)
            gone += missing
            if series:
                subject["studies"].append(
                    {
                        "study_uid": study,
                        "date": (database.fieldForStudy("StudyDate", study) or "").replace("-", ""),
                        "description": database.fieldForStudy("StudyDescription", study),
                        "series": series,
                    }
                )
        if subject["studies"]:
            content.subjects.append(subject)
    if gone:
        content.message = _("{number} files of the database are gone from the disk.").format(number=gone)
    if not content.subjects:
        raise DatabaseInputError(content.message or _("What is selected is not in the DICOM database any more."))
    return content


def _seriesOfStudy(database, study, wanted, allFiles):
    found, gone = [], 0
    for uid in database.seriesForStudy(study):
        if wanted is not None and uid not in wanted:
            continue
        files = list(database.filesForSeries(uid))
        existing = [path for path in files if os.path.isfile(path)]
        gone += len(files) - len(existing)
        if existing:
            allFiles += existing
            found.append(
                {
                    "series_uid": uid,
                    "modality": database.fieldForSeries("Modality", uid),
                    "description": database.fieldForSeries("SeriesDescription", uid),
                    "instances": len(existing),
                    "files": existing,
                }
            )
    return found, gone


def importFolder(folder):
    """Add the DICOM files of an output folder to the DICOM database and return how many series are new in it.

    Raises
    ------
    DatabaseInputError
        If the database cannot be used, or no series arrived in it.
    """
    database = openDatabase()
    from DICOMLib import DICOMUtils

    before = database.seriesCount()
    for path in foldersToImport(folder):
        DICOMUtils.importDicom(path)  # tells of success even if nothing was added, so series are counted
    refreshBrowsers()
    new = database.seriesCount() - before
    if not new:
        raise DatabaseInputError(
            _("No new series arrived in the DICOM database. Was the result added before? Look in the DICOM module.")
        )
    return new


def foldersToImport(folder):
    """Return the folders of an output folder that hold DICOM files, without the report.

    File names without a folder leave the files beside the report; then it is the whole output folder.
    """
    entries = [entry for entry in os.scandir(folder) if entry.name != REPORT_FOLDER]
    if any(entry.is_file() and entry.name != DICOMDIR for entry in entries):
        return [folder]
    return sorted(entry.path for entry in entries if entry.is_dir())

"""Patients, studies and series of Slicer's DICOM database as input, and the import of a result into it."""

import os
from dataclasses import dataclass, field

import slicer

from .Translation import tr as _


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
        All files that exist.
    selected : set of str or None
        Series that are selected in the DICOM browser; None if nothing is.
    message : str
        What is missing.
    """

    subjects: list = field(default_factory=list)
    files: list = field(default_factory=list)
    selected: object = None
    message: str = ""


def openDatabase():
    """Return the DICOM database of Slicer.

    Raises
    ------
    DatabaseInputError
        If there is none, or another Slicer has locked it.
    """
    database = getattr(slicer, "dicomDatabase", None)
    if database is None:
        raise DatabaseInputError(_("There is no DICOM database. Open the DICOM module once to make one."))
    if not database.isOpen:
        raise DatabaseInputError(
            _("The DICOM database is not open. Another Slicer may use it; close that, or choose another database.")
        )
    return database


def databaseSubjects():
    """Return the content of the DICOM database.

    Raises
    ------
    DatabaseInputError
        If it is not open, empty, or none of its files exists any more.
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
            series, missing = _seriesOfStudy(database, study, content.files)
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
        raise DatabaseInputError(content.message or _("The DICOM database is empty."))
    content.selected = selectedSeries(database)
    return content


def _seriesOfStudy(database, study, allFiles):
    found, gone = [], 0
    for uid in database.seriesForStudy(study):
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


def selectedSeries(database):
    """Return the UIDs of the series that are selected in Slicer's DICOM browser, or None."""
    widget = getattr(slicer.modules, "DICOMWidget", None)
    browser = getattr(widget, "browserWidget", None)
    lists = getattr(browser, "fileLists", None) or []
    uids = {database.seriesForFile(files[0]) for files in lists if files}
    return {uid for uid in uids if uid} or None


def importFolder(folder):
    """Add the files of a folder to the DICOM database.

    Raises
    ------
    DatabaseInputError
        If the database cannot be used or nothing was added.
    """
    openDatabase()
    from DICOMLib import DICOMUtils

    if not DICOMUtils.importDicom(folder):
        raise DatabaseInputError(_("Nothing could be added to the DICOM database."))

"""The selection in Slicer's DICOM module, which has two browsers: the classic tables and the visual browser.

Both always exist and both keep a selection; only the one that is in use is asked.
"""

import slicer


def selectedSeries(database):
    """Return the UIDs of the series that are selected in the DICOM browser in use, an empty set if none is.

    Parameters
    ----------
    database : ctkDICOMDatabase
        Tells the series of a study or patient that is selected as a whole.
    """
    browsers = _browsers()
    if browsers is None:
        return set()
    visual = getattr(browsers, "dicomVisualBrowser", None)
    classic = getattr(browsers, "dicomBrowser", None)
    if visual is not None and _isVisualInUse(browsers, classic, visual):
        return _selectedInVisual(visual)
    return _selectedInClassic(classic, database) if classic is not None else set()


def refreshBrowsers():
    """Let both browsers show what was added to the database; the visual one does not look by itself."""
    browsers = _browsers()
    classic, visual = (getattr(browsers, name, None) for name in ("dicomBrowser", "dicomVisualBrowser"))
    if classic is not None:
        classic.dicomTableManager().updateTableViews()
    if hasattr(visual, "refreshBrowser"):  # not before Slicer 5.12
        visual.refreshBrowser()


def _browsers():
    """Return the widget that holds both browsers, None if the DICOM module was not opened yet."""
    return getattr(getattr(slicer.modules, "DICOMWidget", None), "browserWidget", None)


def _isVisualInUse(browsers, classic, visual):
    """Whether the visual browser is the one that the user sees, or saw last before going to another module."""
    if classic is None or visual.visible != classic.visible:
        return classic is None or bool(visual.visible)
    return bool(getattr(browsers, "useVisualDICOMBrowser", False))


def _selectedInVisual(visual):
    """Return the selected series; a patient whose tab is in front is not selected by that."""
    view = visual.patientView() if hasattr(visual, "patientView") else None  # Slicer before 5.12 cannot tell
    return set(view.selectedSeriesInstanceUIDs()) if view is not None else set()


def _selectedInClassic(classic, database):
    import ctk

    level = ctk.ctkDICOMModel
    series = classic.selectedItems(level.SeriesType)
    if series:
        return set(series)
    studies = classic.selectedItems(level.StudyType)
    if not studies:
        patients = classic.selectedItems(level.PatientType)
        studies = [study for patient in patients for study in database.studiesForPatient(patient)]
    return {uid for study in studies for uid in database.seriesForStudy(study)}

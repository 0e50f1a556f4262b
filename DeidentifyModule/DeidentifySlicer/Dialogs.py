"""The few dialogs of the panel in one place, so that tests press real buttons and answer here."""

import qt
import slicer

from .Translation import tr as _


class Dialogs:
    """Asks the user through Qt's own dialogs. The folders that were looked at are not remembered in the settings."""

    def chooseFolder(self):
        return qt.QFileDialog.getExistingDirectory(slicer.util.mainWindow(), _("Folder with DICOM files"))

    def chooseFiles(self):
        return qt.QFileDialog.getOpenFileNames(slicer.util.mainWindow(), _("DICOM files or zip archives"))

    def chooseFileToOpen(self, title, nameFilter):
        return qt.QFileDialog.getOpenFileName(slicer.util.mainWindow(), title, "", nameFilter)

    def chooseFileToSave(self, title, nameFilter):
        return qt.QFileDialog.getSaveFileName(slicer.util.mainWindow(), title, "", nameFilter)

    def confirm(self, text):
        return slicer.util.confirmOkCancelDisplay(text, windowTitle=_("Deidentify"))

    def openPath(self, path):
        """Open a file or folder with the program that the desktop has for it."""
        return qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(path))

"""The few dialogs of the panel in one place, so that tests press real buttons and answer here."""

import qt
import slicer

from .Translation import tr as _


class Dialogs:
    """Asks the user through Qt's own dialogs.

    Qt writes the folders of its file dialogs into its settings, and folders are called like patients. So each dialog
    forgets them before it is destroyed; where the last one was is known only here, until Slicer ends.
    """

    def __init__(self):
        self._folder = ""

    def chooseFolder(self, title=""):
        return self._chosen(title or _("Folder with DICOM files"), qt.QFileDialog.Directory)[0]

    def chooseFiles(self):
        return self._chosen(_("DICOM files or archives"), qt.QFileDialog.ExistingFiles, several=True)

    def chooseFileToOpen(self, title, nameFilter):
        return self._chosen(title, qt.QFileDialog.ExistingFile, nameFilter)[0]

    def chooseFileToSave(self, title, nameFilter):
        return self._chosen(title, qt.QFileDialog.AnyFile, nameFilter, save=True)[0]

    def confirm(self, text):
        return slicer.util.confirmOkCancelDisplay(text, windowTitle=_("Deidentify"))

    def openPath(self, path):
        """Open a file or folder with the program that the desktop has for it."""
        return qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(path))

    def _chosen(self, title, mode, nameFilter="", save=False, several=False):
        """Show a dialog and return the chosen paths: one, possibly empty, or as many as there are."""
        dialog = qt.QFileDialog(slicer.util.mainWindow(), title)
        before = list(dialog.history())
        dialog.setFileMode(mode)
        dialog.setOption(qt.QFileDialog.ShowDirsOnly, mode == qt.QFileDialog.Directory)
        if save:
            dialog.setAcceptMode(qt.QFileDialog.AcceptSave)
        if nameFilter:
            dialog.setNameFilter(nameFilter)
        if self._folder:
            dialog.setDirectory(self._folder)
        paths = list(dialog.selectedFiles()) if dialog.exec_() else []
        if paths:
            self._folder = qt.QFileInfo(paths[0]).absolutePath()
        dialog.setDirectory(qt.QDir.homePath())
        dialog.setHistory(before)  # last: a change of folder adds to it
        dialog.deleteLater()
        return paths if several else [*paths, ""][:1]

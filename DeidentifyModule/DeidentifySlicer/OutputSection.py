"""Output: folder, file names, and what can be done with the result."""

import os

from .PathEdits import browseWith, onEdited
from .Summary import AUDIT_FAILED, counted
from .Translation import tr as _


class OutputSection:
    """The output folder, and buttons for the result of the last run."""

    def __init__(self, panel):
        self._panel, self._ui, self._state = panel, panel.ui, panel.state
        onEdited(self._ui.outputPathLineEdit, self._folderChanged)
        self.browseButton = browseWith(
            self._ui.outputPathLineEdit, lambda: self._panel.dialogs.chooseFolder(_("Output folder"))
        )
        self._ui.showReportButton.connect("clicked(bool)", self._showReport)
        self._ui.openFolderButton.connect("clicked(bool)", self._openFolder)
        self._ui.importResultButton.connect("clicked(bool)", self._import)
        self._ui.reviewButton.connect("clicked(bool)", self._showReview)
        self._tips = {
            button: button.toolTip
            for button in (
                self._ui.showReportButton,
                self._ui.openFolderButton,
                self._ui.importResultButton,
                self._ui.reviewButton,
            )
        }

    def folder(self):
        """Return the chosen output folder."""
        return self._ui.outputPathLineEdit.currentPath

    def update(self):
        """Enable the buttons for the result once there is one."""
        idle = not self._state.busy
        failed = self._state.lastRun.get("exit_code") == AUDIT_FAILED
        available = {
            self._ui.showReportButton: bool(self._reportPage()),
            self._ui.reviewButton: bool(self._reviewPage()),
            self._ui.openFolderButton: bool(self.folder()) and os.path.isdir(self.folder()),
            self._ui.importResultButton: bool(self._state.lastRun.get("counts", {}).get("written")) and not failed,
        }
        for button, can in available.items():
            button.enabled = idle and can
            button.toolTip = self._tips[button] if can else self._tips[button] + " " + _("There is no result yet.")
        if failed:
            self._ui.importResultButton.toolTip = _("The audit found identity in the result. Look at the report first.")

    def _folderChanged(self):
        self._state.lastRun = {}
        self._panel.update()

    def _reportPage(self):
        report = self._state.lastRun.get("report")
        page = os.path.splitext(report)[0] + ".html" if report else ""
        return page if page and os.path.isfile(page) else ""

    def _reviewPage(self):
        private = self._state.lastRun.get("private")
        page = os.path.join(private, "review", "review.html") if private else ""
        return page if page and os.path.isfile(page) else ""

    def _showReview(self):
        self._panel.dialogs.openPath(self._reviewPage())

    def _showReport(self):
        self._panel.dialogs.openPath(self._reportPage())

    def _openFolder(self):
        self._panel.dialogs.openPath(self.folder())

    def _import(self):
        from .DatabaseInput import DatabaseInputError, importFolder

        try:
            number = importFolder(self.folder())
        except (DatabaseInputError, OSError) as error:
            self._panel.run.say(getattr(error, "strerror", None) or str(error))
            return
        self._panel.run.say(
            counted(
                number,
                _("{number} new series was added to the DICOM database."),
                _("{number} new series were added to the DICOM database."),
            )
        )

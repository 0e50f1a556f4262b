"""Input: folders, files, database, loaded volumes; the scan; the tree of what was found."""

import os

from .DropFilter import DropFilter
from .SeriesTree import SeriesTree
from .StatusLine import BUSY, Status
from .Summary import counted, grouped
from .Translation import tr as _
from .Verdict import leftOutOfScan


class InputSection:
    """Fills the panel's list of inputs and keeps its tree up to date."""

    def __init__(self, panel):
        self._panel, self._ui, self._state = panel, panel.ui, panel.state
        self._hint = self._ui.inputSummaryLabel.text
        self.process = None
        self.tree = SeriesTree(self._ui.inputTree, self._treeChanged)
        self._dropFilter = DropFilter(self._ui.inputTree.viewport(), self.addPaths)
        self._ui.addFolderButton.connect("clicked(bool)", self._addFolder)
        self._ui.addFilesButton.connect("clicked(bool)", self._addFiles)
        self._ui.addDatabaseButton.connect("clicked(bool)", self._addDatabase)
        self._ui.addVolumesButton.connect("clicked(bool)", self._addVolumes)
        self._ui.clearInputButton.connect("clicked(bool)", self.clear)
        self._ui.stopScanButton.connect("clicked(bool)", self._stop)

    def addPaths(self, paths):
        """Add folders and files and look what is in them."""
        new = [os.path.abspath(path) for path in paths if path]
        added = [path for path in new if path not in self._state.inputs]
        if added and not self._state.busy:
            self._scan(self._state.inputs + added)

    def checkedSeries(self):
        """Return the UIDs of the checked series."""
        return self.tree.checkedSeries()

    def checkedPatients(self):
        """Return how many patients have checked series."""
        checked = set(self.checkedSeries())
        return sum(
            any(one["series_uid"] in checked for study in subject.get("studies", []) for one in study.get("series", []))
            for subject in self._state.subjects
        )

    def checkedText(self):
        """Return how much is checked, in words."""
        series = self.checkedSeries()
        return _("{series} of {patients} will be de-identified.").format(
            series=counted(len(series), _("{number} series"), _("{number} series")),
            patients=counted(self.checkedPatients(), _("{number} patient"), _("{number} patients")),
        )

    def clear(self):
        """Empty the list; masks of scenes that were closed have no images to be used on any more."""
        self._state.inputs, self._state.subjects = [], []
        self.tree.clear()
        self._say(self._hint)
        self._panel.face.releaseMasksOfClosedScenes()
        self._panel.update()

    def close(self):
        """End a scan that is under way."""
        if self.process is not None:
            self.process.stop()

    def _addFolder(self):
        folder = self._panel.dialogs.chooseFolder()
        self.addPaths([folder] if folder else [])

    def _addFiles(self):
        self.addPaths(self._panel.dialogs.chooseFiles())

    def _addDatabase(self):
        from .DatabaseInput import DatabaseInputError, databaseSubjects, selectedInBrowser

        try:
            wanted = selectedInBrowser()
            if not wanted and not self._wholeDatabase():
                self._say(_("Select series in the DICOM browser (module DICOM) and press DICOM database again."))
                return
            found = databaseSubjects(wanted or None)
        except DatabaseInputError as error:
            self._say(str(error))
            return
        self._state.inputs = found.files
        self._state.subjects = found.subjects
        self.tree.fill(found.subjects)
        self._summarize({"message": found.message})

    def showSelection(self):
        """Say on the button how many series are selected in the DICOM browser; dots mean that it asks first."""
        from .DatabaseInput import DatabaseInputError, selectedInBrowser

        try:
            number = len(selectedInBrowser())
        except DatabaseInputError:
            number = 0
        text = _("DICOM database ({number})") if number else _("DICOM database…")
        self._ui.addDatabaseButton.text = text.format(number=number)

    def _wholeDatabase(self):
        """Ask whether all patients of the database are wanted, since nothing is selected."""
        from .DatabaseInput import databaseCounts

        patients, studies = databaseCounts()
        return self._panel.dialogs.confirm(
            _(
                "Nothing is selected in the DICOM browser. Add the whole DICOM database with {patients} and {studies}?"
            ).format(
                patients=counted(patients, _("{number} patient"), _("{number} patients")),
                studies=counted(studies, _("{number} study"), _("{number} studies")),
            )
        )

    def _addVolumes(self):
        from .VolumeFiles import filesOfLoadedVolumes

        files, message = filesOfLoadedVolumes()
        if files:
            self.addPaths(files)
        self._volumeMessage = message
        if message:
            self._say(message)

    def _scan(self, inputs):
        from .Requests import SCAN, PanelRequestError, scanRequest

        try:
            request = scanRequest(inputs)
        except PanelRequestError as error:
            self._say(str(error))
            return
        self._state.inputs = inputs
        self._begin()
        self.process = self._panel.logic.childProcess()
        self.process.start(SCAN, request, self._progressed, self._finished)

    def _begin(self):
        self._state.busy = "scan"
        self._state.working = Status(BUSY, _("Looking for images …"))
        self._ui.scanProgressBar.setRange(0, 0)
        self._ui.scanProgressBar.visible = self._ui.stopScanButton.visible = True
        self._say(_("Looking for images …"))
        self._panel.update()

    def _stop(self):
        if self.process is not None:
            self.process.cancel()

    def _progressed(self, message):
        if message.get("phase") != "scan":
            return
        total = message.get("total") or 0
        self._ui.scanProgressBar.setRange(0, total)
        self._ui.scanProgressBar.value = min(message.get("done", 0), total)
        self._say(_("Looking for images … {number} files").format(number=grouped(message.get("done", 0))))

    def _finished(self, exitCode, error):
        self._state.busy, self._state.working = "", None
        self._ui.scanProgressBar.visible = self._ui.stopScanButton.visible = False
        message = self.process.lastMessage
        if self.process.cancelled or message.get("phase") != "done":
            self._state.inputs, self._state.subjects = [], []
            self.tree.clear()
            failed = _("The images could not be read: {error}").format(error=error)
            self._say(_("Stopped.") if self.process.cancelled else failed)
            self._panel.update()
            return
        self._state.subjects = message.get("subjects", [])
        self.tree.fill(self._state.subjects)
        self._summarize(message)

    def _summarize(self, message):
        studies = [study for subject in self._state.subjects for study in subject.get("studies", [])]
        series = [one for study in studies for one in study.get("series", [])]
        images = sum(one.get("instances", 0) for one in series)
        parts = [
            counted(len(self._state.subjects), _("{number} patient"), _("{number} patients")),
            counted(len(studies), _("{number} study"), _("{number} studies")),
            counted(len(series), _("{number} series"), _("{number} series")),
            counted(images, _("{number} image"), _("{number} images")),
        ]
        text = ", ".join(parts) + "."
        if not series:
            text = _("No DICOM images were found.")
        if message.get("rejected"):
            text += " " + leftOutOfScan(message["rejected"])
        if message.get("not_dicom"):
            text += " " + counted(
                message["not_dicom"],
                _("{number} file is not DICOM and is left alone."),
                _("{number} files are not DICOM and are left alone."),
            )
        self._say(" ".join(part for part in (text, message.get("message", "")) if part))
        self._panel.update()

    def _treeChanged(self):
        self._panel.update()

    def _say(self, text):
        self._ui.inputSummaryLabel.text = text

"""Result: what was not written and what helps, and what can be done with what was written."""

import html
import os

import qt

from .OptionsSection import bulletList
from .Summary import AUDIT_FAILED, counted, seriesStates
from .Translation import tr as _
from .Verdict import notWritten
from .VolumeFiles import volumesOfSeries

PATH, SERIES = qt.Qt.UserRole, qt.Qt.UserRole + 1


class ResultSection:
    """The groups of what was not written, and the buttons for the result of the last run."""

    def __init__(self, panel):
        self._panel, self._ui, self._state = panel, panel.ui, panel.state
        self._ui.showReportButton.connect("clicked(bool)", self._showReport)
        self._ui.openFolderButton.connect("clicked(bool)", self._openFolder)
        self._ui.importResultButton.connect("clicked(bool)", self._import)
        self._ui.reviewButton.connect("clicked(bool)", self._showReview)
        self._ui.problemFaceButton.connect("clicked(bool)", self._findFace)
        self._ui.problemFileButton.connect("clicked(bool)", self._showFile)
        self._ui.problemsTree.connect("itemSelectionChanged()", self._selected)
        self._tips = {button: button.toolTip for button in self._buttons()}
        self.forget()

    def _buttons(self):
        names = ("showReportButton", "openFolderButton", "importResultButton", "reviewButton")
        return [getattr(self._ui, name) for name in names]

    def update(self):
        """Show the section and enable its buttons once there is a result."""
        last, folder = self._state.lastRun, self._panel.output.folder()
        self._ui.resultCollapsibleButton.visible = bool(last)
        failed = last.get("exit_code") == AUDIT_FAILED
        available = {
            self._ui.showReportButton: bool(self._reportPage()),
            self._ui.reviewButton: bool(self._reviewPage()),
            self._ui.openFolderButton: bool(last) and bool(folder) and os.path.isdir(folder),
            self._ui.importResultButton: bool(last.get("counts", {}).get("written")) and not failed,
        }
        for button, can in available.items():
            button.enabled = can and not self._state.busy
            button.toolTip = self._tips[button] if can else self._tips[button] + " " + _("There is no result yet.")
        if failed:
            self._ui.importResultButton.toolTip = _(
                "The audit found identity or another fault in the result. Look at the report first."
            )

    def show(self, entries):
        """Show what the entries of a journal say was not written, and what became of each series."""
        for uid, text in seriesStates(entries).items():
            self._panel.input.tree.setStatus(uid, text)
        groups = notWritten(entries)
        lines = [html.escape(group.text) + (" " + html.escape(group.help) if group.help else "") for group in groups]
        self._ui.problemsLabel.text = bulletList(lines, escaped=True)
        for widget in (self._ui.problemsLabel, self._ui.problemsTree, self._ui.problemButtons):
            widget.visible = bool(groups)
        for group in groups:
            self._addGroup(group)
        self._selected()

    def forget(self):
        """Empty the section."""
        self._ui.problemsTree.clear()
        self._ui.problemsLabel.text = ""
        self._say("")
        for widget in (self._ui.problemsLabel, self._ui.problemsTree, self._ui.problemButtons):
            widget.visible = False

    def _addGroup(self, group):
        top = qt.QTreeWidgetItem(self._ui.problemsTree)
        for path, series in group.inputs:
            item = qt.QTreeWidgetItem(top)
            item.setText(0, os.path.basename(path))
            item.setToolTip(0, path)
            item.setData(0, PATH, path)
            item.setData(0, SERIES, series)
        more = group.number - len(group.inputs)
        if more > 0:
            qt.QTreeWidgetItem(top).setText(0, _("and {number} more").format(number=more))
        top.setText(0, group.text)
        top.setToolTip(0, group.text)
        top.setData(0, PATH, group.inputs[0][0])
        top.setData(0, SERIES, group.inputs[0][1])

    def _chosen(self, role):
        selected = self._ui.problemsTree.selectedItems()
        return selected[0].data(0, role) or "" if selected else ""

    def _selected(self):
        self._ui.problemFileButton.enabled = bool(self._chosen(PATH))
        self._ui.problemFaceButton.enabled = bool(self._chosen(SERIES))

    def _findFace(self):
        """Choose the volume of the selected series in the section Faces."""
        series = self._chosen(SERIES)
        self._panel.input.tree.select(series)
        volumes = volumesOfSeries(series)
        if not volumes:
            self._say(_("This series is not loaded. Load it in the module DICOM, then press this button again."))
            return
        self._ui.faceCollapsibleButton.collapsed = False
        self._ui.faceVolumeSelector.setCurrentNode(volumes[0])
        self._say(_("The series is chosen in the section Faces."))

    def _showFile(self):
        self._panel.dialogs.openPath(os.path.dirname(self._chosen(PATH)))

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
        self._panel.dialogs.openPath(self._panel.output.folder())

    def _import(self):
        from .DatabaseInput import DatabaseInputError, importFolder

        try:
            number = importFolder(self._panel.output.folder())
        except (DatabaseInputError, OSError) as error:
            self._say(getattr(error, "strerror", None) or str(error))
            return
        self._say(
            counted(
                number,
                _("{number} new series was added to the DICOM database."),
                _("{number} new series were added to the DICOM database."),
            )
        )

    def _say(self, text):
        self._ui.resultLabel.text = text
        self._ui.resultLabel.visible = bool(text)

"""Preview: every attribute of a series before and after; kept in the table only."""

import qt

from .StatusLine import BUSY, Status
from .Translation import tr as _

COLUMNS = ("path", "original", "result", "action")
ROW_HEIGHT = 22


class PreviewSection:
    """Fills the table of attributes for the series that is selected in the tree."""

    def __init__(self, panel):
        self._panel, self._ui, self._state = panel, panel.ui, panel.state
        self.process = None
        self._rows = []
        header = self._ui.previewTable.horizontalHeader()
        header.setSectionResizeMode(qt.QHeaderView.Interactive)
        header.setStretchLastSection(True)
        self._ui.previewTable.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self._ui.previewChangedCheckBox.connect("toggled(bool)", self._search)
        self._ui.previewButton.connect("clicked(bool)", self._preview)
        self._ui.previewSearchLineEdit.connect("textChanged(QString)", self._search)

    def update(self):
        """Enable the button when a series is selected."""
        series = self._panel.input.tree.selectedSeries()
        self._ui.previewButton.enabled = bool(series) and not self._state.busy
        if not self._rows:
            self._ui.previewLabel.text = "" if series else _("Select a series in the list above.")

    def reset(self):
        """Forget the values that are shown."""
        self._rows = []
        self._ui.previewTable.setRowCount(0)
        self._panel.update()

    def close(self):
        """End a preview that is under way."""
        if self.process is not None:
            self.process.stop()

    def _preview(self):
        from .Requests import PREVIEW, PanelRequestError, previewRequest

        series = self._panel.input.tree.selectedSeries()
        files = series.get("files") or []
        try:
            request = previewRequest(
                files[:1] or self._state.inputs,
                self._panel.options.options,
                self._panel.options.keyFile(),
                [series["series_uid"]],
            )
        except PanelRequestError as error:
            self._ui.previewLabel.text = str(error)
            return
        self.reset()
        self._state.busy, self._state.working = "preview", Status(BUSY, _("Reading attributes …"))
        self._ui.previewLabel.text = _("Reading …")
        self.process = self._panel.logic.childProcess()
        self.process.start(PREVIEW, request, self._received, self._finished)
        self._panel.update()

    def _received(self, message):
        from .Requests import previewRows

        self._rows.extend(previewRows(message))

    def _finished(self, _exitCode, error):
        self._state.busy, self._state.working = "", None
        self._show()
        self._ui.previewLabel.text = (
            _("The preview could not be made: {error}").format(error=error)
            if error
            else _("{number} attributes. The values are shown here only and are not saved.").format(
                number=len(self._rows)
            )
        )
        self._search()
        self._panel.update()

    def _show(self):
        table = self._ui.previewTable
        table.setRowCount(len(self._rows))
        for row, values in enumerate(self._rows):
            texts = [values.get("keyword") or values.get("path", ""), *(values.get(name, "") for name in COLUMNS[1:])]
            tips = [values.get("path", ""), texts[1], texts[2], values.get("reason", "")]
            for column, text in enumerate(texts):
                item = qt.QTableWidgetItem(text)
                item.setToolTip(tips[column])
                table.setItem(row, column, item)
        for column, width in enumerate((150, 110, 110)):
            table.setColumnWidth(column, width)

    def _search(self):
        wanted = self._ui.previewSearchLineEdit.text.casefold()
        for row, values in enumerate(self._rows):
            text = " ".join(str(value) for value in values.values()).casefold()
            unchanged = self._ui.previewChangedCheckBox.checked and values.get("original") == values.get("result")
            self._ui.previewTable.setRowHidden(row, unchanged or wanted not in text)

"""De-identify: the run as a child process, its progress, cancel, and what came of it."""

import logging
import os
import time

import qt

from .Logic import DeidentifyError
from .MaskFiles import writeMasks
from .Requests import RUN, privateFolder, runRequest
from .Summary import journalEntries, problems, progressText, resultText, seriesStates
from .Translation import tr as _


class RunSection:
    """Starts, shows and stops the run."""

    def __init__(self, panel):
        self._panel, self._ui, self._state = panel, panel.ui, panel.state
        self._started = 0.0
        self.process = None
        self._ui.runButton.connect("clicked(bool)", self._run)
        self._ui.cancelButton.connect("clicked(bool)", self._cancel)

    def say(self, text):
        """Show a line under the progress bar."""
        self._ui.runStatusLabel.text = text

    def close(self):
        """Stop a run that is under way; it can be continued later."""
        if self.process is not None:
            self.process.stop()

    def _run(self):
        try:
            request = self._request()
        except (ValueError, DeidentifyError) as error:  # of the request, the options, the site rules or a face mask
            self.say(str(error))
            return
        except OSError as error:
            self.say(_("The output folder cannot be used: {error}").format(error=error.strerror))
            return
        self._begin()
        self.process = self._panel.logic.childProcess()
        self.process.start(RUN, request, self._progressed, self._finished)
        logging.info("Deidentify: run started")

    def _request(self):
        checked, everything = self._panel.input.checkedSeries(), self._panel.input.tree.allSeries()
        output = self._panel.output.folder()
        request = runRequest(
            self._state.inputs,
            output,
            self._panel.options.options,
            keyFile=self._panel.options.keyFile(),
            jobs=self._ui.jobsSpinBox.value,
            series=None if checked == everything else checked,
        )
        request["masks"] = writeMasks(self._panel.face.masksForRun(), os.path.join(privateFolder(output), "masks"))
        return request

    def _begin(self):
        self._state.busy, self._state.lastRun = "run", {}
        self._started = time.monotonic()
        self._ui.problemsTree.clear()
        self._ui.problemsTree.visible = False
        self._ui.runProgressBar.setRange(0, 0)
        self._ui.runProgressBar.visible = self._ui.cancelButton.visible = self._ui.cancelButton.enabled = True
        self.say(_("Starting …"))
        self._panel.update()

    def _cancel(self):
        if self.process is not None:
            self.process.cancel()
            self._ui.cancelButton.enabled = False
            self.say(_("Stopping after the current file …"))

    def _progressed(self, message):
        if message.get("phase") == "done" or self.process.cancelled:
            return
        total = message.get("total") or 0
        self._ui.runProgressBar.setRange(0, total)
        self._ui.runProgressBar.value = min(message.get("done", 0), total)
        texts = {"scan": _("Looking for images"), "plan": _("Planning"), "audit": _("Checking the result")}
        texts["report"] = _("Writing the report")
        start = texts.get(message.get("phase"))
        line = progressText(message, time.monotonic() - self._started)
        self.say(f"{start}: {line}" if start else line)

    def _finished(self, exitCode, error):
        last = self.process.lastMessage
        self._state.busy = ""
        self._ui.runProgressBar.visible = self._ui.cancelButton.visible = False
        if last.get("phase") == "done" and last.get("counts"):
            self._state.lastRun = {"exit_code": exitCode, **last}
            self._showProblems(last)
            self.say(resultText(self._state.lastRun))
        elif self.process.cancelled:
            self.say(_("Stopped. Press De-identify to continue with the same output folder."))
        else:
            reason = last.get("message", "") if last.get("phase") == "done" else error
            self.say(_("The run ended with an error: {error}").format(error=reason))
        logging.info("Deidentify: run ended with exit code %d", exitCode)
        self._panel.update()

    def _showProblems(self, last):
        entries = journalEntries(last.get("private") or privateFolder(self._panel.output.folder()))
        for uid, text in seriesStates(entries).items():
            self._panel.input.tree.setStatus(uid, text)
        rows = problems(entries)
        tree = self._ui.problemsTree
        tree.visible = bool(rows)
        for status, reason, path in rows:
            item = qt.QTreeWidgetItem(tree)
            texts = {"withheld": _("withheld"), "rejected": _("rejected")}
            for column, text in enumerate((texts.get(status, status), reason, os.path.basename(path))):
                item.setText(column, text)
                item.setToolTip(column, path if column == 2 else text)
        for column in range(2):
            tree.resizeColumnToContents(column)

"""De-identify: the run as a child process, its progress, cancel, and what came of it."""

import logging
import os
import time

from .Logic import DeidentifyError
from .MaskFiles import writeMasks
from .Requests import RUN, privateFolder, runRequest
from .StatusLine import ATTENTION, BAD, BUSY, Status
from .Summary import journalEntries, progressText, seriesToReview, writtenBefore
from .Translation import tr as _
from .Verdict import verdict


class RunSection:
    """Starts, shows and stops the run."""

    def __init__(self, panel):
        self._panel, self._ui, self._state = panel, panel.ui, panel.state
        self._phase, self._phaseStarted, self._before = "", 0.0, 0
        self.process = None
        self._ui.runButton.connect("clicked(bool)", self._run)
        self._ui.cancelButton.connect("clicked(bool)", self._cancel)

    def close(self):
        """Stop a run that is under way; it can be continued later."""
        if self.process is not None:
            self.process.stop()

    def _run(self):
        try:
            request = self._request()
        except (ValueError, DeidentifyError) as error:  # of the request, the options, the site rules or a face mask
            self._refuse(str(error))
            return
        except OSError as error:
            self._refuse(_("The output folder cannot be used: {error}").format(error=error.strerror))
            return
        self._begin()
        self.process = self._panel.logic.childProcess()
        self.process.start(RUN, request, self._progressed, self._finished)
        logging.info("Deidentify: run started")

    def _refuse(self, text):
        self._panel.showOutcome(Status(ATTENTION, _("The run was not started."), text))

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
        self._panel.forgetResult()
        self._state.busy = "run"
        self._phase, self._before = "", writtenBefore(journalEntries(privateFolder(self._panel.output.folder())))
        self._ui.runProgressBar.setRange(0, 0)
        self._ui.runProgressBar.visible = self._ui.cancelButton.visible = self._ui.cancelButton.enabled = True
        self._working(_("Starting …"), "")
        self._panel.update()

    def _cancel(self):
        if self.process is not None:
            self.process.cancel()
            self._ui.cancelButton.enabled = False
            self._working(_("Stopping"), _("after the current file …"))

    def _working(self, head, text):
        self._state.working = Status(BUSY, head, text)
        self._panel.showStatus()

    def _progressed(self, message):
        phase = message.get("phase", "")
        if phase == "done" or self.process.cancelled:
            return
        if phase != self._phase:
            self._phase, self._phaseStarted = phase, time.monotonic()
        before = self._before if phase == "run" else 0
        total = message.get("total") or 0
        self._ui.runProgressBar.setRange(0, total)
        self._ui.runProgressBar.value = min(message.get("done", 0) + before, total)
        text = progressText(message, time.monotonic() - self._phaseStarted, before)
        self._working(phaseText(phase) + ":", text)

    def _finished(self, exitCode, error):
        last = self.process.lastMessage
        self._state.busy = ""
        self._ui.runProgressBar.visible = self._ui.cancelButton.visible = False
        if last.get("phase") == "done" and last.get("counts"):
            self._state.lastRun = {"exit_code": exitCode, **last}
            private = last.get("private") or privateFolder(self._panel.output.folder())
            self._panel.result.show(journalEntries(private))
            outcome = verdict(self._state.lastRun, self._panel.input.checkedPatients(), seriesToReview(private))
        elif self.process.cancelled:
            outcome = Status(ATTENTION, _("Stopped."), _("Press De-identify to continue with the same output folder."))
        else:
            reason = last.get("message", "") if last.get("phase") == "done" else error
            outcome = Status(BAD, _("The run ended with an error:"), reason)
        logging.info("Deidentify: run ended with exit code %d", exitCode)
        self._panel.showOutcome(outcome)


def phaseText(phase):
    """Return what is under way in a phase of the run."""
    texts = {
        "scan": _("Looking for images"),
        "plan": _("Looking for faces"),
        "run": _("De-identifying"),
        "audit": _("Auditing the result"),
        "report": _("Writing the report"),
    }
    return texts.get(phase, _("Working"))

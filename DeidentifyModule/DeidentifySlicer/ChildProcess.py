"""One child ``PythonSlicer -m DeidentifyLib ...`` by QProcess: JSON request in, JSON lines out, cooperative cancel."""

import json
import os
import shutil
import sys

import qt

from .Translation import tr as _

CANCEL_GRACE_MS = 10000
"""How long a child may take to finish the current file before it is killed."""


def childCommand():
    """Return the command that runs DeidentifyLib: the Python of Slicer, or of this process outside Slicer."""
    python = shutil.which("PythonSlicer") or sys.executable
    return [python, "-u", "-m", "DeidentifySlicer.childMain"]


def moduleFolder():
    """Return the folder that holds DeidentifyLib; the child starts there, so that ``-m`` finds it."""
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class ChildProcess:
    """Runs one subcommand and calls back in the main thread, from Qt's event loop.

    The request, with all paths, goes through stdin; argv holds nothing of it. Later lines on stdin are commands;
    the end of stdin, which also comes when Slicer ends, cancels.
    """

    def __init__(self, command=None):
        self._command = command or childCommand()
        self._process = None
        self._ended = []
        self._buffer = b""
        self._errors = b""
        self._onMessage = None
        self._onFinished = None
        self.lastMessage = {}
        self.cancelled = False

    @property
    def running(self):
        return self._process is not None

    def start(self, arguments, request, onMessage, onFinished):
        """Start a subcommand.

        Parameters
        ----------
        arguments : list of str
            Subcommand and flags without any path or name.
        request : dict
            JSON-ready; written as the first line of stdin.
        onMessage : callable(dict)
            Called for every JSON line of the child.
        onFinished : callable(int, str)
            Called once with exit code and text of an error (empty if there was none).

        Raises
        ------
        RuntimeError
            If this child runs already.
        """
        if self.running:
            raise RuntimeError(_("This process runs already."))
        self._buffer, self._errors, self.lastMessage, self.cancelled = b"", b"", {}, False
        self._onMessage, self._onFinished = onMessage, onFinished
        self._process = qt.QProcess()
        self._process.setWorkingDirectory(moduleFolder())
        self._process.connect("readyReadStandardOutput()", self._readOutput)
        self._process.connect("readyReadStandardError()", self._readErrors)
        self._process.connect("finished(int,QProcess::ExitStatus)", self._finished)
        self._process.connect("errorOccurred(QProcess::ProcessError)", self._failed)
        self._process.start(self._command[0], self._command[1:] + list(arguments))
        if self.running:
            self._process.write(json.dumps(request).encode("ascii") + b"\n")

    def cancel(self):
        """Ask the child to stop after the current file; kill it if it does not."""
        if not self.running or self.cancelled:
            return
        self.cancelled = True
        self._process.write(b"cancel\n")
        self._process.closeWriteChannel()
        qt.QTimer.singleShot(CANCEL_GRACE_MS, self._endFirmly)

    def stop(self, milliseconds=3000):
        """End the child and wait for it: for the end of the module or of the application."""
        if not self.running:
            return
        self._onMessage = self._onFinished = None
        self.cancel()
        process = self._process
        if not process.waitForFinished(milliseconds):
            process.kill()
            process.waitForFinished(1000)
        self._process = None
        self._ended.append(process)
        qt.QTimer.singleShot(0, self._ended.clear)

    def wait(self, processEvents=None):
        """Block until the child has ended; for the Python console."""
        while self.running:
            if processEvents is not None:
                processEvents()
            process = self._process
            if process is not None:
                process.waitForFinished(50)

    def _endFirmly(self):
        if self.running and self.cancelled:
            self._process.terminate()
            qt.QTimer.singleShot(CANCEL_GRACE_MS, self._kill)

    def _kill(self):
        if self.running and self.cancelled:
            self._process.kill()

    def _readOutput(self):
        if self._process is not None:
            self._buffer += self._process.readAllStandardOutput().data()
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            self._deliver(line)

    def _deliver(self, line):
        try:
            message = json.loads(line)
        except ValueError:
            return  # a library printed something
        if isinstance(message, dict):
            self.lastMessage = message
            if self._onMessage is not None:
                self._onMessage(message)

    def _readErrors(self):
        if self._process is not None:
            self._errors = (self._errors + self._process.readAllStandardError().data())[-4000:]

    def _failed(self, error):
        if self.running and error == qt.QProcess.FailedToStart:
            self._end(-1, _("Python could not be started: {program}").format(program=self._command[0]))

    def _finished(self, exitCode, exitStatus):
        if not self.running:
            return
        self._readOutput()
        self._readErrors()
        if self._buffer:
            self._deliver(self._buffer)
        crashed = exitStatus == qt.QProcess.CrashExit
        self._end(-2 if crashed else exitCode, self._errorText(exitCode, crashed))

    def _errorText(self, exitCode, crashed):
        if self.cancelled or (exitCode in (0, 3, 4, 5, 130) and not crashed):
            return ""
        lines = self._errors.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else _("The process ended with code {code}.").format(code=exitCode)

    def _end(self, exitCode, error):
        self._ended.append(self._process)  # it must outlive its own signal, in which this runs
        self._process = None
        qt.QTimer.singleShot(0, self._ended.clear)
        if self._onFinished is not None:
            self._onFinished(exitCode, error)

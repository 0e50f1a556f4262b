"""Base of the panel tests: a panel on a fresh scene, answers for its dialogs, a child process that does as told."""

import os
import shutil
import sys
import tempfile
import time
import unittest

import slicer

MODULE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "DeidentifyModule"))
if os.path.isdir(MODULE) and MODULE not in sys.path:
    sys.path.insert(0, MODULE)
FAKE_CHILD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fakeChild.py")


class Answers:
    """Stands for `Dialogs`: gives prepared answers and remembers what was opened."""

    def __init__(self):
        self.folder, self.files, self.openPathName, self.savePathName = "", [], "", ""
        self.confirmed, self.asked, self.opened = True, [], []

    def chooseFolder(self, title=""):
        return self.folder

    def chooseFiles(self):
        return self.files

    def chooseFileToOpen(self, title, nameFilter):
        return self.openPathName

    def chooseFileToSave(self, title, nameFilter):
        return self.savePathName

    def confirm(self, text):
        self.asked.append(text)
        return self.confirmed

    def openPath(self, path):
        self.opened.append(path)
        return True


class PanelTestCase(unittest.TestCase):
    """Makes a panel for each test and closes it afterwards."""

    scenario = "normal"

    def setUp(self):
        from Deidentify import DeidentifyLogic
        from DeidentifySlicer.Panel import Panel

        slicer.mrmlScene.Clear(0)
        self.folder = tempfile.mkdtemp(prefix="deidentify-test-")
        self.inputFolder = os.path.join(self.folder, "in")
        os.makedirs(self.inputFolder)
        self.outputFolder = os.path.join(self.folder, "out")
        self.answers = Answers()
        self.logic = DeidentifyLogic()
        self.useScenario(self.scenario)
        path = os.path.join(os.path.dirname(self.moduleFile()), "Resources", "UI", "Deidentify.ui")
        self.uiWidget = slicer.util.loadUI(path)
        self.uiWidget.setMRMLScene(slicer.mrmlScene)
        self.panel = Panel(self.uiWidget, self.logic, self.answers)
        self.panel.useParameterNode(self.logic.getParameterNode())
        self.ui = self.panel.ui

    def tearDown(self):
        self.panel.close()
        self.uiWidget.deleteLater()
        slicer.mrmlScene.Clear(0)
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def moduleFile():
        import Deidentify

        return Deidentify.__file__

    def useScenario(self, scenario):
        """Let the child process play a scenario of fakeChild.py; None for the real library."""
        from DeidentifySlicer.ChildProcess import ChildProcess, childCommand

        command = childCommand() if scenario is None else [sys.executable, "-u", FAKE_CHILD, scenario]
        self.logic.childProcess = lambda: ChildProcess(command)

    def waitFor(self, condition, seconds=15.0, what="it"):
        """Let Qt work until a condition holds."""
        end = time.monotonic() + seconds
        while not condition():
            slicer.app.processEvents()
            time.sleep(0.002)
            self.assertLess(time.monotonic(), end, f"{what} did not happen within {seconds} s")

    def addInput(self):
        """Press Add folder and wait for the scan."""
        self.answers.folder = self.inputFolder
        self.ui.addFolderButton.click()
        self.waitFor(lambda: not self.panel.state.busy, what="the scan")
        self.waitFor(lambda: not self.panel.input.tree._filling)

    def startRun(self):
        """Choose the output folder and press De-identify."""
        self.ui.outputPathLineEdit.currentPath = self.outputFolder
        self.ui.runButton.click()

    def runToEnd(self):
        """Press De-identify and wait for the end of the run."""
        self.startRun()
        self.waitFor(lambda: not self.panel.state.busy, what="the run")

"""Measures what a run of many slices costs through the panel, compared with the command line.

Run: QT_QPA_PLATFORM=offscreen python Testing/desktop/measureRun.py [SLICES] [ROUNDS]
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Testing" / "slicer_module"))
import conftest  # noqa: F401, E402 - puts the stand-ins in place
import slicer  # noqa: E402
from panelTestCase import PanelTestCase  # noqa: E402

SLICES, ROUNDS = 1000, 3


class Measurement(PanelTestCase):
    """Runs both ways in turn, so that what else the machine does falls on both."""

    scenario = None

    def writeSlices(self):
        import pydicom
        from DeidentifySlicer.SyntheticPatients import writePatient

        first = pydicom.dcmread(writePatient("ct", os.path.join(self.folder, "one"))[40])
        for number in range(SLICES):
            first.SOPInstanceUID = first.file_meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.3680043.10.999.7.{number}"
            first.InstanceNumber = number
            first.save_as(os.path.join(self.inputFolder, f"{number}.dcm"), enforce_file_format=True)

    def commandLine(self):
        start = time.monotonic()
        command = [sys.executable, "-m", "DeidentifyLib", "run", self.inputFolder, "--output", self.outputFolder]
        subprocess.run([*command, "--progress", "none"], check=True, capture_output=True, cwd=ROOT / "DeidentifyModule")
        return time.monotonic() - start

    def throughThePanel(self):
        start = time.monotonic()
        self.ui.runButton.click()
        while self.panel.state.busy:
            slicer.app.processEvents()
            time.sleep(0.001)
        assert f"{SLICES:,}".replace(",", "\u202f") in self.ui.runStatusLabel.text, self.ui.runStatusLabel.text
        return time.monotonic() - start

    def forget(self):
        for folder in (self.outputFolder, self.outputFolder + ".private"):
            shutil.rmtree(folder, ignore_errors=True)

    def test_both(self):
        self.writeSlices()
        self.addInput()
        self.ui.outputPathLineEdit.currentPath = self.outputFolder
        times = {"command line": [], "panel": []}
        for _round in range(ROUNDS):
            for name, run in (("command line", self.commandLine), ("panel", self.throughThePanel)):
                self.forget()
                times[name].append(run())
        for name, seconds in times.items():
            print(f"{name}: best {min(seconds):.2f} s of {', '.join(f'{value:.2f}' for value in seconds)}")
        print(f"the panel costs {100 * (min(times['panel']) / min(times['command line']) - 1):+.1f} %")


if __name__ == "__main__":
    import unittest

    SLICES, ROUNDS = (int(word) for word in (sys.argv[1:] + ["1000", "3"][len(sys.argv) - 1 :]))
    unittest.main(argv=["measureRun"])

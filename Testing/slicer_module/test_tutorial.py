"""The tutorial of docs/slicer-module.md, step by step, with the real library in a real child process."""

import glob
import os
import unittest

import slicer
from panelTestCase import PanelTestCase

NOSE = (0, -98, -69)  # of the synthetic head; LPS, mm


class TutorialTest(PanelTestCase):
    """A synthetic PET/CT patient through the whole panel."""

    scenario = None

    def setUp(self):
        super().setUp()
        if not hasattr(slicer.dicomDatabase, "series"):
            self.skipTest("needs the stand-in for the DICOM database")
        slicer.dicomDatabase.series.clear()
        slicer.app.temporaryPath = self.folder

    def loadSample(self, kind):
        """Click a picture in Sample Data."""
        from DeidentifySlicer import SampleDataSources

        return SampleDataSources.writeAndLoad(kind)

    def test_remove_a_face_step_by_step(self):
        (volume,) = self.loadSample("mr")
        self.ui.faceVolumeSelector.setCurrentNode(volume)
        self.ui.findFaceButton.click()
        self.waitFor(lambda: not self.panel.state.busy, 60)
        self.assertIn("Face found", self.ui.faceVerdictLabel.text)
        self.ui.facePreviewButton.click()
        self.ui.facePreviewButton.click()
        self.ui.defaceVolumeButton.click()
        self.assertIn("New volume", self.ui.faceVerdictLabel.text)
        self.ui.useFaceMaskButton.click()
        self.assertEqual(len(self.panel.state.masks), 1)
        self.assertEqual(next(iter(self.panel.state.masks)), "1.2.826.0.1.3680043.10.999.2.9")
        self.ui.addVolumesButton.click()
        self.waitFor(lambda: not self.panel.state.busy, 60)
        self.startRun()
        self.waitFor(lambda: not self.panel.state.busy, 120)
        self.assertIn("116 images of 1 patient written.", self.ui.runStatusLabel.text)
        self.assertEqual(self.noseOfResult(), slicer.util.arrayFromVolume(volume).min())

    def noseOfResult(self):
        """Return the value at the tip of the nose in the files that were written."""
        import pydicom

        paths = glob.glob(os.path.join(self.outputFolder, "**", "*.dcm"), recursive=True)
        for dataset in map(pydicom.dcmread, paths):
            x, y, z = (float(value) for value in dataset.ImagePositionPatient)
            if abs(z - NOSE[2]) <= 1:
                return dataset.pixel_array[round((NOSE[1] - y) / 2), round((NOSE[0] - x) / 2)]
        raise AssertionError("there is no slice through the nose")

    def test_a_pet_ct_patient_step_by_step(self):
        import pydicom

        self.assertEqual(len(self.loadSample("petct")), 2)
        self.ui.addVolumesButton.click()
        self.waitFor(lambda: not self.panel.state.busy, 60)
        self.assertIn("1 patient, 1 study, 2 series, 174 images", self.ui.inputSummaryLabel.text)
        self.ui.presetComboBox.currentIndex = 2
        self.panel.options._presetChosen(2)
        self.assertIn("SUV can be computed", self.ui.consequencesLabel.text)
        self.ui.mappingFileCheckBox.click()
        self.ui.inputTree.setCurrentItem(self.ui.inputTree.topLevelItem(0))
        self.ui.previewButton.click()
        self.waitFor(lambda: not self.panel.state.busy, 30)
        self.ui.previewSearchLineEdit.text = "PatientName"
        shown = [r for r in range(self.ui.previewTable.rowCount) if not self.ui.previewTable.isRowHidden(r)]
        self.assertEqual(self.ui.previewTable.item(shown[0], 1).text(), "Sample^Olive")
        self.ui.outputPathLineEdit.currentPath = self.outputFolder
        self.ui.runButton.click()
        self.waitFor(lambda: not self.panel.state.busy, 120)
        self.assertIn("174 images of 1 patient written.", self.ui.runStatusLabel.text)
        self.assertIn("No identity was found", self.ui.runStatusLabel.text)
        written = glob.glob(os.path.join(self.outputFolder, "**", "*.dcm"), recursive=True)
        self.assertEqual(len(written), 174)
        for path in written:
            with open(path, "rb") as file:
                self.assertNotIn(b"Sample^Olive", file.read())
        petSlice = next(d for d in map(pydicom.dcmread, written) if d.Modality == "PT")
        self.assertEqual(petSlice.PatientWeight, 70)
        self.assertNotEqual(petSlice.StudyDate, "20240131")
        self.assertTrue(os.path.isfile(os.path.join(self.outputFolder + ".private", "deident.map")))

    def runSample(self, namePattern=None):
        self.loadSample("ct")
        self.ui.addVolumesButton.click()
        self.waitFor(lambda: not self.panel.state.busy, 60)
        if namePattern:
            self.panel.parameterNode.namePattern = namePattern
        self.startRun()
        self.waitFor(lambda: not self.panel.state.busy, 120)

    def test_the_result_can_be_imported_into_the_database_without_its_report(self):
        import slicer_desktop
        from DICOMLib import DICOMUtils

        self.runSample()
        browsers = slicer_desktop.DicomBrowsers(visual=True)
        slicer.modules.DICOMWidget = type("Widget", (), {"browserWidget": browsers})
        self.addCleanup(delattr, slicer.modules, "DICOMWidget")
        DICOMUtils.importedFolders.clear()
        self.ui.importResultButton.click()
        self.assertEqual(self.ui.resultLabel.text, "1 new series was added to the DICOM database.")
        self.assertEqual(len(slicer.dicomDatabase.patients()), 2)
        self.assertEqual(sorted(browsers.refreshed), ["classic", "visual"])
        self.assertTrue(os.path.isdir(os.path.join(self.outputFolder, "report")))
        for folder in DICOMUtils.importedFolders:
            self.assertFalse(os.path.exists(os.path.join(folder, "report")), folder)
            self.assertNotEqual(os.path.basename(folder), "report")

    def test_a_result_that_is_in_the_database_already_is_not_called_added(self):
        self.runSample()
        self.ui.importResultButton.click()
        self.ui.importResultButton.click()
        self.assertIn("No new series arrived in the DICOM database", self.ui.resultLabel.text)

    def test_a_result_that_was_deleted_meanwhile_gives_a_message(self):
        import shutil

        self.runSample()
        shutil.rmtree(self.outputFolder)
        self.ui.importResultButton.click()
        self.assertIn("No such file", self.ui.resultLabel.text)

    def test_files_without_a_folder_can_be_imported_too(self):
        self.runSample("{instance}.dcm")
        self.ui.importResultButton.click()
        self.assertEqual(self.ui.resultLabel.text, "1 new series was added to the DICOM database.")

    def test_cancel_of_the_real_child_is_cooperative_and_the_run_can_be_continued(self):
        for kind in ("ct", "mr", "petct"):
            self.loadSample(kind)
        self.ui.addVolumesButton.click()
        self.waitFor(lambda: not self.panel.state.busy, 60)
        self.startRun()
        self.waitFor(lambda: self.panel.run.process.lastMessage.get("phase") == "run", 60)
        self.ui.cancelButton.click()
        self.waitFor(lambda: not self.panel.state.busy, 30)
        self.assertEqual(self.panel.state.lastRun["exit_code"], 130)
        self.assertLess(self.panel.state.lastRun["counts"]["written"], 406)
        self.ui.runButton.click()
        self.waitFor(lambda: not self.panel.state.busy, 120)
        self.assertIn("406 images of", self.ui.runStatusLabel.text)
        self.assertEqual(glob.glob(os.path.join(self.outputFolder, "**", "*.tmp*"), recursive=True), [])


class ConsoleTest(PanelTestCase):
    """The examples of the Python console in docs/slicer-module.md."""

    scenario = None

    def setUp(self):
        from DeidentifySlicer.SyntheticPatients import writePatient

        super().setUp()
        writePatient("ct", self.inputFolder)

    def test_describe_says_the_same_as_the_command_line(self):
        from DeidentifyLib.options import Options
        from DeidentifyLib.profile import describe_actions

        options = Options.from_dict({"dates": "remove"})
        self.assertEqual(self.logic.describe({"dates": "remove"}), describe_actions(options))

    def test_scan_lists_the_subjects(self):
        subjects = self.logic.scan(self.inputFolder)
        self.assertEqual(subjects[0]["patient_id"], "CT-104711")

    def test_preview_shows_original_and_result(self):
        rows = {row["keyword"]: row for row in self.logic.preview(self.inputFolder)}
        self.assertEqual(rows["PatientID"]["original"], "CT-104711")
        self.assertNotIn("104711", rows["PatientID"]["result"])

    def test_a_blocking_run_returns_the_counts(self):
        result = self.logic.run(self.inputFolder, self.outputFolder, {"keep_subject_characteristics": True})
        self.assertEqual(result["exit_code"], 0)
        self.assertEqual(result["counts"]["written"], 116)

    def test_a_run_in_the_background_calls_back(self):
        seen, ended = [], []
        self.logic.run(self.inputFolder, self.outputFolder, progress=seen.append, finished=ended.append, blocking=False)
        self.assertEqual(ended, [])
        self.waitFor(lambda: ended, 120)
        self.assertEqual(ended[0]["counts"]["written"], 116)
        self.assertTrue(seen)

    def test_a_wrong_call_raises_an_error_that_helps(self):
        from DeidentifySlicer.Errors import DeidentifyError
        from DeidentifySlicer.Requests import PanelRequestError

        with self.assertRaisesRegex(PanelRequestError, "must not be inside"):
            self.logic.run(self.inputFolder, os.path.join(self.inputFolder, "out"))
        with self.assertRaisesRegex(ValueError, "unknown option keep_all"):
            self.logic.run(self.inputFolder, self.outputFolder, {"keep_all": True})
        empty = os.path.join(self.folder, "empty")
        os.makedirs(empty)
        with self.assertRaisesRegex(DeidentifyError, "no DICOM image"):
            self.logic.run(empty, self.outputFolder)


if __name__ == "__main__":
    unittest.main()

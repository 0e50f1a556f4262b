"""Run, progress, cancel, resume, errors and results of the panel; preview; all with real buttons."""

import json
import logging
import os
import stat
import unittest

import slicer
from panelTestCase import PanelTestCase


class RunTest(PanelTestCase):
    """De-identify."""

    def request(self):
        with open(os.path.join(self.outputFolder + ".private", "request.json")) as file:
            return json.load(file)

    def test_the_button_says_why_it_cannot_be_pressed(self):
        self.assertFalse(self.ui.runButton.enabled)
        self.assertIn("Add images first", self.ui.runButton.toolTip)
        self.addInput()
        self.assertIn("Choose an output folder", self.ui.runButton.toolTip)
        self.ui.outputPathLineEdit.currentPath = self.outputFolder
        self.assertTrue(self.ui.runButton.enabled)
        self.panel.input.clear()
        self.assertFalse(self.ui.runButton.enabled)

    def test_without_an_output_folder_the_button_is_off_again_and_the_old_result_is_gone(self):
        self.addInput()
        self.runToEnd()
        self.assertTrue(self.ui.importResultButton.enabled)
        self.ui.outputPathLineEdit.currentPath = ""
        self.assertFalse(self.ui.runButton.enabled)
        self.assertIn("Choose an output folder", self.ui.runButton.toolTip)
        for name in ("showReport", "openFolder", "importResult", "review"):
            self.assertFalse(getattr(self.ui, name + "Button").enabled, name)

    def test_a_run_ends_with_counts_and_a_report(self):
        self.addInput()
        self.runToEnd()
        self.assertIn("40 images of 2 patients written.", self.ui.runStatusLabel.text)
        self.assertTrue(self.ui.showReportButton.enabled)
        self.ui.showReportButton.click()
        self.assertTrue(self.answers.opened[0].endswith("report.html"))
        self.ui.openFolderButton.click()
        self.assertEqual(self.answers.opened[1], self.outputFolder)
        self.ui.reviewButton.click()
        self.assertTrue(self.answers.opened[2].endswith("review.html"))

    def test_the_child_gets_everything_through_stdin_and_nothing_in_argv(self):
        self.addInput()
        self.ui.mappingFileCheckBox.click()
        self.runToEnd()
        request = self.request()
        self.assertEqual(request["argv"], ["run", "--request", "-", "--progress", "json"])
        self.assertEqual(request["inputs"], [self.inputFolder])
        self.assertEqual(request["output"], self.outputFolder)
        self.assertEqual(request["private"], self.outputFolder + ".private")
        self.assertTrue(request["options"]["mapping_file"])
        self.assertIsNone(request["series"])

    def test_only_checked_series_are_asked_for(self):
        self.addInput()
        import qt

        self.ui.inputTree.topLevelItem(1).setCheckState(0, qt.Qt.Unchecked)
        self.runToEnd()
        self.assertEqual(self.request()["series"], ["1.2.1.0", "1.2.1.1"])

    def test_a_result_in_which_the_audit_found_identity_cannot_be_imported_but_its_report_is_shown(self):
        self.useScenario("identity")
        self.addInput()
        self.runToEnd()
        self.assertIn("Do not pass it on", self.ui.runStatusLabel.text)
        self.assertFalse(self.ui.importResultButton.enabled)
        self.assertIn("The audit found identity", self.ui.importResultButton.toolTip)
        self.assertTrue(self.ui.showReportButton.enabled)
        self.assertEqual(self.panel.status().level, "bad")

    def test_what_was_not_written_is_grouped_by_reason_and_every_reason_can_be_read_in_full(self):
        self.useScenario("problems")
        self.addInput()
        self.runToEnd()
        self.assertIn("40 of 44 images written.", self.ui.runStatusLabel.text)
        self.assertIn("3 withheld, 1 rejected", self.ui.runStatusLabel.text)
        tree, text = self.ui.problemsTree, self.ui.problemsLabel.text
        self.assertEqual(tree.topLevelItemCount, 2)
        reason = "3 images withheld: too little of the head is in the field of view to find the face."
        self.assertEqual(tree.topLevelItem(0).text(0), reason)
        self.assertIn(reason, text)
        self.assertIn("press Find face", text)
        self.assertIn("1 image not taken: duplicate SOP Instance UID", text)
        self.assertIn("Nothing is lost", text)
        names = [tree.topLevelItem(0).child(index).text(0) for index in range(3)]
        self.assertEqual(names, ["a1.dcm", "a2.dcm", "a3.dcm"])

    def test_show_file_opens_the_folder_of_the_selected_file(self):
        self.useScenario("problems")
        self.addInput()
        self.runToEnd()
        self.assertFalse(self.ui.problemFileButton.enabled)
        self.ui.problemsTree.setCurrentItem(self.ui.problemsTree.topLevelItem(1).child(0))
        self.ui.problemFileButton.click()
        self.assertEqual(self.answers.opened, ["/in/DOE"])

    def test_to_its_face_selects_the_series_and_says_that_it_must_be_loaded(self):
        self.useScenario("problems")
        self.addInput()
        self.runToEnd()
        self.ui.problemsTree.setCurrentItem(self.ui.problemsTree.topLevelItem(0).child(2))
        self.ui.problemFaceButton.click()
        self.assertIn("This series is not loaded", self.ui.resultLabel.text)
        self.assertEqual(self.panel.input.tree.selectedSeries()["series_uid"], "1.2.1.1")

    def test_to_its_face_chooses_the_loaded_volume_in_the_section_faces(self):
        import numpy as np

        self.useScenario("problems")
        self.addInput()
        self.runToEnd()
        volume = slicer.util.addVolumeFromArray(np.zeros((2, 3, 4)), name="Head")
        hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
        item = hierarchy.CreateItem(hierarchy.GetSceneItemID(), volume)
        hierarchy.SetItemUID(item, "DICOM", "1.2.1.1")
        self.ui.problemsTree.setCurrentItem(self.ui.problemsTree.topLevelItem(0).child(0))
        self.ui.problemFaceButton.click()
        self.assertIs(self.ui.faceVolumeSelector.currentNode(), volume)
        self.assertFalse(self.ui.faceCollapsibleButton.collapsed)

    def test_the_tree_shows_what_became_of_each_series(self):
        self.useScenario("problems")
        self.addInput()
        self.runToEnd()
        study = self.ui.inputTree.topLevelItem(0).child(0)
        self.assertEqual([study.child(0).text(3), study.child(1).text(3)], ["written", "20 of 24"])
        self.assertFalse(self.ui.inputTree.isColumnHidden(3))

    def test_while_a_run_is_under_way_nothing_else_can_be_started(self):
        self.addInput()
        self.useScenario("slow")
        self.startRun()
        for button in (self.ui.runButton, self.ui.addFolderButton, self.ui.previewButton, self.ui.cleanSceneButton):
            self.assertFalse(button.enabled)
        self.ui.cancelButton.click()
        self.waitFor(lambda: not self.panel.state.busy)
        self.assertTrue(self.ui.runButton.enabled)

    def test_an_option_that_this_version_lacks_is_named_in_the_tool_tip(self):
        from DeidentifySlicer import OptionsSection

        unsupported, OptionsSection.unsupported = OptionsSection.unsupported, lambda options: ["clean graphics"]
        self.addCleanup(setattr, OptionsSection, "unsupported", unsupported)
        self.addInput()
        self.ui.outputPathLineEdit.currentPath = self.outputFolder
        self.ui.cleanGraphicsCheckBox.click()
        self.assertFalse(self.ui.runButton.enabled)
        self.assertIn("Not available in this version: clean graphics", self.ui.runButton.toolTip)

    def test_progress_shows_count_and_bar(self):
        self.addInput()
        self.useScenario("slow")
        self.startRun()
        self.waitFor(lambda: "of 40 images" in self.ui.runStatusLabel.text)
        self.assertEqual(self.ui.runProgressBar.maximum, 40)
        self.ui.cancelButton.click()
        self.waitFor(lambda: not self.panel.state.busy)

    def test_cancel_stops_cleanly_and_the_same_folder_continues(self):
        self.addInput()
        self.useScenario("slow")
        self.startRun()
        self.waitFor(lambda: "of 40 images" in self.ui.runStatusLabel.text)
        self.ui.cancelButton.click()
        self.assertFalse(self.ui.cancelButton.enabled)
        self.waitFor(lambda: not self.panel.state.busy)
        self.assertEqual(self.panel.state.lastRun["exit_code"], 130)
        self.assertRegex(
            self.ui.runStatusLabel.text, r"Stopped.</span></b> \d+ of 40 images written. Nothing is audited yet."
        )
        self.useScenario("normal")
        self.ui.runButton.click()
        self.waitFor(lambda: not self.panel.state.busy)
        self.assertIn("De-identified and audited.", self.ui.runStatusLabel.text)

    def test_a_child_that_does_not_listen_is_ended_firmly(self):
        from DeidentifySlicer import ChildProcess

        grace, ChildProcess.CANCEL_GRACE_MS = ChildProcess.CANCEL_GRACE_MS, 300
        self.addCleanup(setattr, ChildProcess, "CANCEL_GRACE_MS", grace)
        self.addInput()
        self.useScenario("deaf")
        self.startRun()
        self.waitFor(lambda: "of 40 images" in self.ui.runStatusLabel.text)
        self.ui.cancelButton.click()
        self.waitFor(lambda: not self.panel.state.busy, seconds=8)
        self.assertIn("Stopped.", self.ui.runStatusLabel.text)

    def test_a_child_that_crashes_leaves_a_message_and_a_panel_that_works(self):
        self.addInput()
        self.useScenario("crash")
        self.runToEnd()
        self.assertIn("The run ended with an error", self.ui.runStatusLabel.text)
        self.assertTrue(self.ui.runButton.enabled)

    def test_a_python_that_cannot_be_started_gives_a_message(self):
        from DeidentifySlicer.ChildProcess import ChildProcess

        self.addInput()
        self.logic.childProcess = lambda: ChildProcess(["/nowhere/PythonSlicer"])
        self.runToEnd()
        self.assertIn("Python could not be started", self.ui.runStatusLabel.text)

    def test_closing_the_scene_in_mid_run_does_not_stop_it(self):
        self.addInput()
        self.useScenario("slow")
        self.startRun()
        self.panel.sceneCloses(self.logic.getParameterNode())
        slicer.mrmlScene.Clear(0)
        self.panel.useParameterNode(self.logic.getParameterNode())
        self.assertEqual(self.panel.state.busy, "run")
        self.ui.cancelButton.click()
        self.waitFor(lambda: not self.panel.state.busy)

    def test_closing_the_panel_in_mid_run_ends_the_child(self):
        self.addInput()
        self.useScenario("slow")
        self.startRun()
        self.waitFor(lambda: "of 40 images" in self.ui.runStatusLabel.text)
        self.panel.close()
        self.assertFalse(self.panel.run.process.running)

    def test_the_log_holds_no_path_and_no_name(self):
        with self.assertLogs(level=logging.DEBUG) as logs:
            self.addInput()
            self.runToEnd()
        text = "\n".join(logs.output)
        self.assertLessEqual(len(logs.output), 4)
        for secret in (self.folder, "Doe", "PID-1", "1.2.1"):
            self.assertNotIn(secret, text)


class VerdictTest(PanelTestCase):
    """The line that says whether the result may be passed on."""

    def verdictOf(self, scenario):
        self.useScenario("normal")
        self.addInput()
        self.useScenario(scenario)
        self.runToEnd()
        return self.panel.status()

    def test_a_run_that_was_audited_is_green_and_names_images_and_patients(self):
        status = self.verdictOf("normal")
        self.assertEqual(status.level, "good")
        self.assertEqual(
            status.plain,
            "De-identified and audited. 40 images of 2 patients written. No identity was found in them.",
        )
        for label in (self.ui.statusLabel, self.ui.runStatusLabel):
            self.assertIn("<b>", label.text)
            self.assertIn("De-identified and audited.", label.text)
        self.assertFalse(self.ui.statusIconLabel.pixmap.isNull())

    def test_series_that_need_an_eye_are_counted(self):
        status = self.verdictOf("review")
        self.assertEqual(status.level, "good")
        self.assertIn("8 series need your eye: open the review list.", status.text)
        self.assertTrue(self.ui.reviewButton.enabled)

    def test_withheld_images_make_it_amber(self):
        self.assertEqual(self.verdictOf("problems").level, "attention")

    def test_a_failed_audit_is_red_and_never_says_de_identified(self):
        status = self.verdictOf("identity")
        self.assertEqual(status.level, "bad")
        self.assertIn("Do not pass it on", status.head)
        self.assertNotIn("De-identified", status.plain)
        self.assertFalse(self.ui.importResultButton.enabled)

    def test_an_audit_that_could_not_check_everything_is_amber_and_says_what_to_do(self):
        status = self.verdictOf("incomplete")
        self.assertEqual(status.level, "attention")
        self.assertIn("not everything could be checked", status.head)
        self.assertIn("The report says what could not be checked", status.text)

    def test_a_run_without_an_audit_is_not_green(self):
        from DeidentifySlicer.Verdict import verdict

        last = {"exit_code": 0, "counts": {"inputs": 2, "written": 2}, "audit": None}
        self.assertEqual(verdict(last).level, "attention")
        self.assertIn("not audited", verdict(last).head)

    def test_the_reason_why_the_button_is_off_stands_beside_it_and_at_the_top(self):
        for label in (self.ui.statusLabel, self.ui.runStatusLabel):
            self.assertIn("Add images first.", label.text)
        self.addInput()
        self.assertIn("Choose an output folder.", self.ui.runStatusLabel.text)
        self.ui.outputPathLineEdit.currentPath = self.outputFolder
        self.assertEqual(self.panel.status().plain, "Ready. 4 series of 2 patients will be de-identified.")
        self.ui.inputTree.topLevelItem(1).setCheckState(0, self.unchecked())
        self.assertEqual(self.panel.status().plain, "Ready. 2 series of 1 patient will be de-identified.")

    @staticmethod
    def unchecked():
        import qt

        return qt.Qt.Unchecked

    def test_the_result_is_cleared_when_options_inputs_or_output_change(self):
        changes = {
            "option": lambda: self.ui.mappingFileCheckBox.click(),
            "checked series": lambda: self.ui.inputTree.topLevelItem(1).setCheckState(0, self.unchecked()),
            "output folder": lambda: setattr(self.ui.outputPathLineEdit, "currentPath", self.outputFolder + "2"),
            "inputs": lambda: self.ui.clearInputButton.click(),
        }
        for name, change in changes.items():
            with self.subTest(name):
                self.verdictOf("problems")
                self.assertFalse(self.ui.inputTree.isColumnHidden(3))
                change()
                self.assertNotEqual(self.panel.status().level, "attention")
                self.assertEqual(self.ui.problemsTree.topLevelItemCount, 0)
                self.assertTrue(self.ui.resultCollapsibleButton.isHidden())
                self.assertTrue(self.ui.inputTree.isColumnHidden(3))
                self.assertFalse(self.ui.importResultButton.enabled)

    def test_leaving_the_module_and_closing_the_scene_keep_the_result(self):
        self.verdictOf("normal")
        node = self.logic.getParameterNode()
        self.panel.useParameterNode(None)
        self.panel.useParameterNode(node)
        self.assertEqual(self.panel.status().level, "good")
        self.panel.sceneCloses(node)
        slicer.mrmlScene.Clear(0)
        self.panel.useParameterNode(self.logic.getParameterNode())
        self.assertEqual(self.panel.status().level, "good")

    def test_a_run_that_ends_while_another_module_is_open_shows_its_result_on_return(self):
        self.addInput()
        self.startRun()
        self.panel.useParameterNode(None)
        self.waitFor(lambda: not self.panel.state.busy)
        self.panel.useParameterNode(self.logic.getParameterNode())
        self.assertEqual(self.panel.status().level, "good")

    def test_progress_names_the_phase_and_counts_what_an_earlier_run_had_written(self):
        from DeidentifySlicer.Summary import progressText

        message = {"phase": "run", "done": 10, "total": 100}
        self.assertEqual(progressText(message, 5.0, 50), "60 of 100 images · 2 images/s · about 20 s left")
        self.assertEqual(progressText({"phase": "plan", "done": 1, "total": 4}, 0.1), "1 of 4 studies")
        self.addInput()
        self.useScenario("slow")
        self.startRun()
        self.waitFor(lambda: "of 40 images" in self.ui.runStatusLabel.text)
        self.assertIn("De-identifying:", self.ui.runStatusLabel.text)
        self.assertEqual(self.ui.statusLabel.text, self.ui.runStatusLabel.text)
        self.ui.cancelButton.click()
        self.waitFor(lambda: not self.panel.state.busy)
        self.ui.runButton.click()
        before = self.panel.run._before
        self.assertGreater(before, 0)
        self.waitFor(lambda: "of 40 images" in self.ui.runStatusLabel.text)
        self.assertGreaterEqual(self.ui.runProgressBar.value, before)
        self.ui.cancelButton.click()
        self.waitFor(lambda: not self.panel.state.busy)


class OutputFolderTest(PanelTestCase):
    """Output folders that cannot be used."""

    def tryOutput(self, path):
        self.addInput()
        self.ui.outputPathLineEdit.currentPath = path
        self.ui.runButton.click()
        self.waitFor(lambda: not self.panel.state.busy)
        return self.ui.runStatusLabel.text

    def test_the_browse_button_asks_by_the_dialogs_of_the_panel(self):
        self.answers.folder = self.outputFolder
        self.panel.output.browseButton.click()
        self.assertEqual(self.panel.output.folder(), self.outputFolder)

    def test_output_inside_the_input_is_refused(self):
        self.assertIn("must not be inside", self.tryOutput(os.path.join(self.inputFolder, "result")))

    def test_output_that_holds_the_input_is_refused(self):
        self.assertIn("must not hold the input", self.tryOutput(self.folder))

    def test_output_that_is_a_file_is_refused(self):
        path = os.path.join(self.folder, "file")
        open(path, "w").close()
        self.assertIn("is a file", self.tryOutput(path))

    def test_output_without_write_access_is_refused(self):
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            access = os.access
            os.access = lambda path, mode: False if str(path).endswith("locked") else access(path, mode)
            self.addCleanup(setattr, os, "access", access)
        locked = os.path.join(self.folder, "locked")
        os.makedirs(locked)
        os.chmod(locked, stat.S_IRUSR | stat.S_IXUSR)
        self.assertIn("cannot be written to", self.tryOutput(locked))

    def test_a_key_file_inside_the_output_is_refused(self):
        os.makedirs(self.outputFolder)
        self.answers.savePathName = os.path.join(self.outputFolder, "project.key")
        self.ui.newKeyButton.click()
        self.assertIn("must not be in the output folder", self.tryOutput(self.outputFolder))

    def test_inputs_that_vanish_before_the_run_give_a_message(self):
        self.addInput()
        os.rmdir(self.inputFolder)
        self.startRun()
        self.assertIn("cannot be reached", self.ui.runStatusLabel.text)


class PreviewTest(PanelTestCase):
    """The table of attributes."""

    def preview(self):
        self.addInput()
        series = self.ui.inputTree.topLevelItem(0).child(0).child(0)
        self.ui.inputTree.setCurrentItem(series)
        self.ui.previewButton.click()
        self.waitFor(lambda: not self.panel.state.busy)

    def test_the_button_needs_a_selected_series(self):
        self.addInput()
        self.assertFalse(self.ui.previewButton.enabled)
        self.ui.inputTree.setCurrentItem(self.ui.inputTree.topLevelItem(0))
        self.assertTrue(self.ui.previewButton.enabled)

    def test_original_result_and_action_are_shown(self):
        self.preview()
        table = self.ui.previewTable
        self.assertEqual(table.rowCount, 3)
        self.assertEqual(
            [table.item(0, column).text() for column in range(4)],
            ["PatientName", "Doe^Jane", "K3J5QWER2T6YUIOP", "replace"],
        )

    def test_the_search_hides_rows_without_the_text(self):
        self.preview()
        self.ui.previewSearchLineEdit.text = "birth"
        hidden = [self.ui.previewTable.isRowHidden(row) for row in range(3)]
        self.assertEqual(hidden, [True, False, True])

    def test_only_changes_hides_what_stays(self):
        self.preview()
        self.ui.previewChangedCheckBox.click()
        self.assertEqual([self.ui.previewTable.isRowHidden(row) for row in range(3)], [False, False, True])

    def test_closing_the_scene_empties_the_table(self):
        self.preview()
        self.panel.sceneCloses(self.logic.getParameterNode())
        self.assertEqual(self.ui.previewTable.rowCount, 0)


if __name__ == "__main__":
    unittest.main()

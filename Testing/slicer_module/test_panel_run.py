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
        self.assertIn("Done: 40 of 40 images written.", self.ui.runStatusLabel.text)
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

    def test_withheld_and_rejected_files_are_listed_with_the_reason(self):
        self.useScenario("problems")
        self.addInput()
        self.runToEnd()
        self.assertIn("1 withheld. 1 rejected.", self.ui.runStatusLabel.text)
        rows = [self.ui.problemsTree.topLevelItem(i) for i in range(2)]
        self.assertEqual([row.text(0) for row in rows], ["withheld", "rejected"])
        self.assertEqual([row.text(1) for row in rows], ["face uncertain", "truncated"])
        self.assertEqual(rows[0].text(2), "a.dcm")

    def test_the_tree_shows_what_became_of_each_series(self):
        self.useScenario("problems")
        self.addInput()
        self.runToEnd()
        study = self.ui.inputTree.topLevelItem(0).child(0)
        self.assertEqual([study.child(0).text(3), study.child(1).text(3)], ["written", "20 of 22"])
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
        self.assertRegex(self.ui.runStatusLabel.text, r"Stopped. \d+ of 40 images are written")
        self.useScenario("normal")
        self.ui.runButton.click()
        self.waitFor(lambda: not self.panel.state.busy)
        self.assertIn("Done", self.ui.runStatusLabel.text)

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
        self.panel.useParameterNode(None)
        self.panel.sceneClosed()
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
        self.panel.sceneClosed()
        self.assertEqual(self.ui.previewTable.rowCount, 0)


if __name__ == "__main__":
    unittest.main()

"""Input of the panel: folders, files, drag and drop, database, loaded volumes, and what goes wrong with them."""

import os
import time
import unittest

import qt
import slicer
from panelTestCase import PanelTestCase


class FolderInputTest(PanelTestCase):
    """Folders and files."""

    def test_a_chosen_folder_is_scanned_and_its_series_are_shown_checked(self):
        self.addInput()
        self.assertEqual(len(self.panel.input.checkedSeries()), 4)
        self.assertIn("2 patients, 2 studies, 4 series, 40 images", self.ui.inputSummaryLabel.text)
        self.assertIn("3 files are not DICOM", self.ui.inputSummaryLabel.text)

    def test_the_tree_shows_patient_study_and_series(self):
        self.addInput()
        patient = self.ui.inputTree.topLevelItem(0)
        self.assertEqual(patient.text(0), "Doe^Jane (PID-1)")
        self.assertEqual(patient.child(0).text(0), "2024-01-31  Head PET/CT")
        series = patient.child(0).child(0)
        self.assertEqual([series.text(column) for column in range(3)], ["Head 1 mm", "CT", "10"])

    def test_unchecking_a_patient_unchecks_all_series_of_it(self):
        self.addInput()
        self.ui.inputTree.topLevelItem(0).setCheckState(0, qt.Qt.Unchecked)
        self.assertEqual(self.panel.input.checkedSeries(), ["1.2.2.0", "1.2.2.1"])

    def test_unchecking_one_series_shows_its_patient_as_partly_checked(self):
        self.addInput()
        patient = self.ui.inputTree.topLevelItem(0)
        patient.child(0).child(0).setCheckState(0, qt.Qt.Unchecked)
        self.assertEqual(patient.checkState(0), qt.Qt.PartiallyChecked)
        self.assertEqual(len(self.panel.input.checkedSeries()), 3)

    def test_a_cancelled_folder_dialog_changes_nothing(self):
        self.answers.folder = ""
        self.ui.addFolderButton.click()
        self.assertEqual(self.panel.state.busy, "")
        self.assertEqual(self.panel.state.inputs, [])

    def test_chosen_files_are_added_once(self):
        path = os.path.join(self.inputFolder, "a.dcm")
        open(path, "w").close()
        self.answers.files = [path, path]
        self.ui.addFilesButton.click()
        self.waitFor(lambda: not self.panel.state.busy)
        self.assertEqual(self.panel.state.inputs[0], path)

    def test_dropped_folders_are_added(self):
        data = qt.QMimeData()
        data.setUrls([qt.QUrl.fromLocalFile(self.inputFolder)])
        enter = qt.QDragEnterEvent(qt.QPoint(1, 1), qt.Qt.CopyAction, data, qt.Qt.LeftButton, qt.Qt.NoModifier)
        filter_ = self.panel.input._dropFilter
        self.assertTrue(filter_.eventFilter(None, enter))
        drop = qt.QDropEvent(qt.QPointF(1, 1), qt.Qt.CopyAction, data, qt.Qt.LeftButton, qt.Qt.NoModifier)
        self.assertTrue(filter_.eventFilter(None, drop))
        self.waitFor(lambda: len(self.panel.input.checkedSeries()) == 4)

    def test_dropped_text_is_left_to_the_widget(self):
        data = qt.QMimeData()
        data.setText("no file")
        enter = qt.QDragEnterEvent(qt.QPoint(1, 1), qt.Qt.CopyAction, data, qt.Qt.LeftButton, qt.Qt.NoModifier)
        self.assertFalse(self.panel.input._dropFilter.eventFilter(None, enter))

    def test_a_folder_that_is_gone_gives_a_message(self):
        self.panel.input.addPaths([os.path.join(self.folder, "lost-network-drive")])
        self.assertIn("1 of 1 inputs cannot be reached", self.ui.inputSummaryLabel.text)

    def test_clear_empties_the_list(self):
        self.addInput()
        self.ui.clearInputButton.click()
        self.assertEqual(self.panel.state.inputs, [])
        self.assertEqual(self.ui.inputTree.topLevelItemCount, 0)
        self.assertIn("Drop folders", self.ui.inputSummaryLabel.text)

    def test_a_scan_that_fails_says_why(self):
        self.useScenario("broken")
        self.addInput()
        self.assertIn("the disk is on fire", self.ui.inputSummaryLabel.text)
        self.assertEqual(self.panel.state.inputs, [])

    def test_a_scan_can_be_stopped(self):
        self.useScenario("slow")
        self.answers.folder = self.inputFolder
        self.ui.addFolderButton.click()
        self.waitFor(lambda: "0 files" in self.ui.inputSummaryLabel.text)
        self.ui.stopScanButton.click()
        self.waitFor(lambda: not self.panel.state.busy)
        self.assertEqual(self.ui.inputSummaryLabel.text, "Stopped.")


class ResponsivenessTest(PanelTestCase):
    """A scan of 10,000 files leaves the panel responsive."""

    scenario = "many"

    def test_no_event_loop_block_is_longer_than_100_ms(self):
        ticks = []
        timer = qt.QTimer()
        timer.setInterval(5)
        timer.connect("timeout()", lambda: ticks.append((time.thread_time(), time.monotonic())))
        timer.start()
        self.answers.folder = self.inputFolder
        self.ui.addFolderButton.click()
        self.waitFor(lambda: len(self.panel.input.tree.allSeries()) == 3000, seconds=60)
        self.waitFor(lambda: not self.panel.input.tree._filling)
        slicer.app.processEvents()
        timer.stop()
        work, wall = (max(ticks[i + 1][n] - ticks[i][n] for i in range(len(ticks) - 1)) for n in (0, 1))
        print(f"longest event-loop block in a scan: {work * 1000:.0f} ms of work, {wall * 1000:.0f} ms on the clock")
        self.assertLess(work, 0.1)  # the clock also counts what else the machine does


class DatabaseInputTest(PanelTestCase):
    """Slicer's DICOM database as input."""

    def setUp(self):
        super().setUp()
        if not hasattr(slicer.dicomDatabase, "series"):
            self.skipTest("needs the stand-in for the DICOM database")
        slicer.dicomDatabase.series.clear()
        self.files = []
        for name in ("a", "b", "c"):
            self.files.append(os.path.join(self.inputFolder, name + ".dcm"))
            open(self.files[-1], "w").close()

    def addSeries(self, files, series="1.9.1"):
        slicer.dicomDatabase.add(
            "P1", "1.9", series, "CT", "Head", files, [f"{series}.{i}" for i in range(len(files))], name="Doe^Jane"
        )

    def test_an_empty_database_gives_a_message(self):
        self.ui.addDatabaseButton.click()
        self.assertIn("The DICOM database is empty", self.ui.inputSummaryLabel.text)

    def test_a_database_that_is_not_open_gives_the_cause_and_what_to_do(self):
        database = slicer.dicomDatabase
        for name, value in (("isOpen", True), ("databaseDirectory", ""), ("lastError", "")):
            self.addCleanup(setattr, database, name, value)
        database.isOpen = False
        locked = "database is locked Unable to fetch row"
        cases = (
            ("", "", "Open the DICOM module once: it makes one."),
            (os.path.join(self.folder, "gone"), "", "does not exist any more"),
            (self.folder, locked, "Another program, perhaps another Slicer, uses the DICOM database."),
            (self.folder, "file is not a database", "could not be opened: file is not a database."),
            (self.folder, "", "it opens the database or says what is wrong"),
        )
        for folder, error, words in cases:
            with self.subTest(words):
                database.databaseDirectory, database.lastError = folder, error
                self.ui.addDatabaseButton.click()
                self.assertIn(words, self.ui.inputSummaryLabel.text)

    def test_duplicates_are_not_said_to_be_unreadable(self):
        from DeidentifySlicer.Verdict import leftOutOfScan

        duplicate = {"path": "/in/a", "reason": "duplicate SOP Instance UID: another input has the same"}
        damaged = {"path": "/in/b", "reason": "the header is damaged"}
        text = leftOutOfScan([duplicate] * 36 + [damaged])
        self.assertIn("36 files are left out: others have the same SOP Instance UID.", text)
        self.assertIn("1 file cannot be used: the header is damaged.", text)

    def test_the_series_of_the_database_are_shown(self):
        self.addSeries(self.files)
        self.ui.addDatabaseButton.click()
        self.assertEqual(self.panel.input.checkedSeries(), ["1.9.1"])
        self.assertEqual(self.panel.state.inputs, self.files)

    def test_the_button_says_how_many_series_are_selected_when_the_panel_is_opened(self):
        for visual in (False, True):
            with self.subTest(visual=visual):
                browsers = self.openBrowsers(visual)
                node = self.logic.getParameterNode()
                self.panel.useParameterNode(node)
                self.assertEqual(self.ui.addDatabaseButton.text, "DICOM database…")
                if visual:
                    browsers.selectInVisual("1.1.1", "1.2.1")
                else:
                    browsers.selectInClassic(series=["1.1.1", "1.2.1"])
                self.panel.useParameterNode(None)
                self.panel.useParameterNode(node)
                self.assertEqual(self.ui.addDatabaseButton.text, "DICOM database (2)")
                self.ui.addDatabaseButton.click()
                self.assertEqual(len(self.panel.input.checkedSeries()), 2)

    def openBrowsers(self, visual):
        """Let the DICOM module have been opened, with three patients of one series each in the database."""
        import slicer_desktop

        for number, path in enumerate(self.files, start=1):
            slicer.dicomDatabase.add(
                f"P{number}", f"1.{number}", f"1.{number}.1", "CT", "Head", [path], [f"1.{number}.1.1"]
            )
        browsers = slicer_desktop.DicomBrowsers(visual)
        slicer.modules.DICOMWidget = type("Widget", (), {"browserWidget": browsers})
        self.addCleanup(lambda: vars(slicer.modules).pop("DICOMWidget", None))
        return browsers

    def assertAdded(self, *series):
        self.ui.addDatabaseButton.click()
        self.waitFor(lambda: not self.panel.input.tree._filling)
        self.assertEqual(self.panel.input.tree.allSeries(), list(series))
        self.assertEqual(self.panel.input.checkedSeries(), list(series))
        self.assertEqual(self.panel.state.inputs, [self.files[int(uid[2]) - 1] for uid in series])
        self.assertEqual(self.answers.asked, [])

    def test_what_is_selected_in_the_classic_browser_is_added_and_nothing_else(self):
        self.openBrowsers(visual=False).selectInClassic(patients=["P2"], studies=["1.2"], series=["1.2.1"])
        self.assertAdded("1.2.1")

    def test_what_is_selected_in_the_visual_browser_is_added_and_not_what_was_selected_in_the_other(self):
        browsers = self.openBrowsers(visual=True)
        browsers.selectInClassic(series=["1.1.1"])
        browsers.selectInVisual("1.3.1")
        self.assertAdded("1.3.1")

    def test_the_browser_that_was_in_use_last_counts_when_the_dicom_module_is_left(self):
        browsers = self.openBrowsers(visual=False)
        browsers.selectInClassic(series=["1.1.1"])
        browsers.selectInVisual("1.3.1")
        browsers.toggleBrowsers(True)
        browsers.hide()
        self.assertAdded("1.3.1")

    def test_the_browser_that_is_seen_counts_whatever_is_noted_elsewhere(self):
        browsers = self.openBrowsers(visual=True)
        browsers.selectInClassic(series=["1.1.1"])
        browsers.selectInVisual("1.3.1")
        del browsers.useVisualDICOMBrowser
        self.assertAdded("1.3.1")

    def test_back_in_the_classic_browser_its_selection_counts(self):
        browsers = self.openBrowsers(visual=True)
        browsers.selectInVisual("1.3.1")
        browsers.selectInClassic(series=["1.1.1", "1.2.1"])
        browsers.toggleBrowsers(False)
        self.assertAdded("1.1.1", "1.2.1")

    def test_a_patient_or_study_that_is_selected_as_a_whole_means_all_its_series(self):
        browsers = self.openBrowsers(visual=False)
        browsers.selectInClassic(patients=["P3"])
        self.assertAdded("1.3.1")
        browsers.selectInClassic(patients=["P1", "P2"], studies=["1.2"])
        self.assertAdded("1.2.1")

    def test_with_nothing_selected_the_whole_database_is_added_only_after_a_question_with_its_size(self):
        for visual in (False, True):
            slicer.dicomDatabase.series.clear()
            browsers = self.openBrowsers(visual)
            if visual:
                browsers.selectInClassic(series=["1.1.1"])
            self.answers.confirmed = False
            self.ui.addDatabaseButton.click()
            self.assertIn("3 patients and 3 studies", self.answers.asked[-1])
            self.assertEqual(self.panel.state.inputs, [])
            self.assertIn("Select series in the DICOM browser", self.ui.inputSummaryLabel.text)
        self.answers.confirmed = True
        self.ui.addDatabaseButton.click()
        self.assertEqual(self.panel.state.inputs, self.files)

    def test_a_visual_browser_that_cannot_tell_its_selection_leads_to_the_question(self):
        browsers = self.openBrowsers(visual=True)
        browsers.selectInClassic(series=["1.1.1"])
        del browsers.dicomVisualBrowser.patientView
        self.answers.confirmed = False
        self.ui.addDatabaseButton.click()
        self.assertEqual(len(self.answers.asked), 1)
        self.assertEqual(self.panel.state.inputs, [])

    def test_a_selection_that_was_deleted_from_the_database_is_said_and_adds_nothing(self):
        self.openBrowsers(visual=True).selectInVisual("1.9.9")
        self.ui.addDatabaseButton.click()
        self.assertIn("not in the DICOM database any more", self.ui.inputSummaryLabel.text)
        self.assertEqual(self.panel.state.inputs, [])

    def test_files_that_are_gone_are_counted_and_left_out(self):
        self.addSeries(self.files)
        os.remove(self.files[0])
        self.ui.addDatabaseButton.click()
        self.assertIn("1 files of the database are gone", self.ui.inputSummaryLabel.text)
        self.assertEqual(self.panel.state.inputs, self.files[1:])


if __name__ == "__main__":
    unittest.main()

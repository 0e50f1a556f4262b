"""The file dialogs of the panel leave no folder behind in Qt's own settings, where other programs find it."""

import os
import shutil
import sys
import tempfile
import unittest

import qt

if "slicer_desktop" not in sys.modules:
    raise unittest.SkipTest("presses buttons in dialogs of real Qt; in Slicer the desktop may have its own dialogs")


class DialogsTest(unittest.TestCase):
    """Real dialogs of Qt, answered by a timer."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="deidentify-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.patient = os.path.join(self.folder, "DOE_JANE")
        os.makedirs(self.patient)
        self.file = os.path.join(self.patient, "a.json")
        open(self.file, "w").close()
        self.settings = os.path.join(self.folder, "settings")
        self.useSettings(self.settings)
        usual = qt.QStandardPaths.writableLocation(qt.QStandardPaths.StandardLocation.GenericConfigLocation)
        self.addCleanup(self.useSettings, usual)

    @staticmethod
    def useSettings(folder):
        for form in (qt.QSettings.Format.NativeFormat, qt.QSettings.Format.IniFormat):
            qt.QSettings.setPath(form, qt.QSettings.Scope.UserScope, folder)

    def answer(self, path, accept=True):
        """Choose a path in the dialog that is shown next."""
        from PySide6 import QtCore, QtWidgets

        self.started = []

        def choose():
            dialog = QtWidgets.QApplication.activeModalWidget()
            self.started.append(dialog.directory().absolutePath())
            dialog.setDirectory(path if os.path.isdir(path) else os.path.dirname(path))
            if not os.path.isdir(path):
                dialog.findChild(QtWidgets.QLineEdit, "fileNameEdit").setText(os.path.basename(path))
            dialog.setHistory([*dialog.history(), self.patient])  # as when folders are opened one after the other
            dialog.done(int(accept))

        QtCore.QTimer.singleShot(50, choose)

    def written(self):
        """Return what Qt has written once the dialogs are destroyed."""
        from PySide6 import QtCore

        QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)
        paths = [os.path.join(path, name) for path, _folders, names in os.walk(self.settings) for name in names]
        self.assertTrue(paths)
        return "".join(open(path, encoding="utf-8", errors="replace").read() for path in paths)

    def test_each_dialog_returns_what_was_chosen_and_no_folder_stays_in_the_settings_of_qt(self):
        from DeidentifySlicer.Dialogs import Dialogs

        dialogs = Dialogs()
        for ask, path, wanted in (
            (lambda: dialogs.chooseFolder("Output folder"), self.patient, self.patient),
            (dialogs.chooseFiles, self.file, [self.file]),
            (lambda: dialogs.chooseFileToOpen("Rules", "JSON (*.json)"), self.file, self.file),
            (lambda: dialogs.chooseFileToSave("Key", "Key (*.key)"), os.path.join(self.patient, "new.key"), None),
        ):
            self.answer(path)
            self.assertEqual(ask(), wanted or path)
            self.assertNotIn("DOE_JANE", self.written())

    def test_a_cancelled_dialog_returns_nothing_and_leaves_nothing_either(self):
        from DeidentifySlicer.Dialogs import Dialogs

        dialogs = Dialogs()
        self.answer(self.file, accept=False)
        self.assertEqual(dialogs.chooseFileToOpen("Rules", "JSON (*.json)"), "")
        self.answer(self.file, accept=False)
        self.assertEqual(dialogs.chooseFiles(), [])
        self.assertNotIn("DOE_JANE", self.written())

    def test_the_next_dialog_starts_where_the_last_one_was(self):
        from DeidentifySlicer.Dialogs import Dialogs

        dialogs = Dialogs()
        self.answer(self.file)
        dialogs.chooseFileToOpen("Rules", "JSON (*.json)")
        self.answer(self.file)
        dialogs.chooseFileToOpen("Rules", "JSON (*.json)")
        self.assertEqual(os.path.realpath(self.started[0]), os.path.realpath(self.patient))

    def test_without_the_care_of_the_panel_qt_would_write_the_folder_down(self):
        dialog = qt.QFileDialog(None, "plain")
        dialog.setDirectory(self.patient)
        self.answer(self.file)
        dialog.exec_()
        dialog.deleteLater()
        self.assertIn("DOE_JANE", self.written())


if __name__ == "__main__":
    unittest.main()

"""The stand-ins refuse what Slicer refuses; otherwise a green test would mean little. Runs outside Slicer only."""

import sys
import unittest

import qt
import slicer

if "slicer_desktop" not in sys.modules:
    raise unittest.SkipTest("tests the stand-ins for the Slicer desktop")


class PythonQtTest(unittest.TestCase):
    """qt behaves as PythonQt."""

    def test_properties_are_attributes(self):
        button = qt.QPushButton("text")
        self.assertEqual(button.text, "text")
        button.enabled = False
        self.assertFalse(button.isEnabled())

    def test_calling_a_property_fails(self):
        with self.assertRaises(TypeError):
            qt.QPushButton("text").text()

    def test_an_unknown_attribute_cannot_be_set(self):
        with self.assertRaisesRegex(AttributeError, "tooltip"):
            qt.QPushButton().tooltip = "misspelt"

    def test_an_unknown_attribute_cannot_be_read(self):
        with self.assertRaises(AttributeError):
            qt.QPushButton().enabledd  # noqa: B018

    def test_a_value_of_a_wrong_type_is_refused(self):
        with self.assertRaises(ValueError):
            qt.QSpinBox().value = "many"

    def test_a_wrong_signal_is_refused(self):
        with self.assertRaisesRegex(TypeError, "no signal"):
            qt.QPushButton().connect("clickked(bool)", print)

    def test_a_wrong_signature_is_refused(self):
        with self.assertRaisesRegex(TypeError, "no signal"):
            qt.QPushButton().connect("clicked(int)", print)
        with self.assertRaisesRegex(TypeError, "signature"):
            qt.QPushButton().connect("clicked", print)

    def test_slots_get_as_many_arguments_as_they_take(self):
        got = []
        button = qt.QPushButton()
        button.connect("clicked(bool)", lambda: got.append("none"))
        button.connect("clicked(bool)", lambda checked: got.append(checked))
        button.click()
        self.assertEqual(got, ["none", False])

    def test_the_type_of_a_widget_is_exact(self):
        self.assertIs(type(qt.QCheckBox()), qt.QCheckBox)

    def test_name_is_the_object_name(self):
        label = qt.QLabel()
        label.name = "label"
        self.assertEqual(label.objectName, "label")


class ParameterNodeTest(unittest.TestCase):
    """The parameter node wrapper refuses what cannot be bound."""

    def bind(self, widget, parameter):
        from DeidentifySlicer.OptionsParameterNode import OptionsParameterNode

        parent = qt.QWidget()
        parent.setLayout(qt.QVBoxLayout())
        parent.layout().addWidget(widget)
        widget.setProperty("SlicerParameterName", parameter)
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode")
        self.addCleanup(slicer.mrmlScene.RemoveNode, node)
        wrapper = OptionsParameterNode(node)
        tag = wrapper.connectGui(parent)
        wrapper.disconnectGui(tag)

    def test_a_parameter_that_does_not_exist(self):
        with self.assertRaisesRegex(ValueError, "Cannot find a param"):
            self.bind(qt.QCheckBox(), "defase")

    def test_a_widget_of_a_type_that_slicer_cannot_bind(self):
        with self.assertRaisesRegex(RuntimeError, "Unable to create GUI connector"):
            self.bind(qt.QRadioButton(), "deface")

    def test_a_value_of_a_wrong_type(self):
        from DeidentifySlicer.OptionsParameterNode import OptionsParameterNode

        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode")
        self.addCleanup(slicer.mrmlScene.RemoveNode, node)
        with self.assertRaisesRegex(ValueError, "must be bool"):
            OptionsParameterNode(node).deface = "yes"


class StorageNodeTest(unittest.TestCase):
    """The MRML library of the tests does what that of the desktop does."""

    def test_an_empty_file_name_becomes_the_folder_of_the_scene_when_the_scene_is_written(self):
        scene = slicer.vtkMRMLScene()
        scene.SetRootDirectory("/data/DOE_JANE")
        storage = scene.AddNewNodeByClass("vtkMRMLVolumeArchetypeStorageNode")
        storage.SetFileName("")
        scene.SetSaveToXMLString(1)
        scene.Commit()
        self.assertEqual(storage.GetFileName(), "/data/DOE_JANE")


class PathTest(unittest.TestCase):
    """A path line edit must not remember folders of patients, and is silent when it is emptied, as CTK's is."""

    def test_emptied_it_says_nothing_but_its_combo_box_does(self):
        import ctk

        edit, paths, valid, texts = ctk.ctkPathLineEdit(), [], [], []
        edit.connect("currentPathChanged(QString)", paths.append)
        edit.connect("validInputChanged(bool)", valid.append)
        edit.comboBox().connect("editTextChanged(QString)", texts.append)
        for path in ("/data/a", "/data/b", ""):
            edit.currentPath = path
        self.assertEqual(paths, ["/data/a", "/data/b"])
        self.assertEqual(valid, [True, False])
        self.assertEqual(texts, ["/data/a", "/data/b", ""])

    def test_adding_to_the_history_is_refused(self):
        import ctk

        with self.assertRaisesRegex(AssertionError, "name patients"):
            ctk.ctkPathLineEdit().addCurrentPathToHistory()


if __name__ == "__main__":
    unittest.main()

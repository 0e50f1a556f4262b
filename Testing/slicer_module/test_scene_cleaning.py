"""A saved scene holds nothing of the patient after it was cleaned: the bytes of the .mrb are searched."""

import os
import shutil
import tempfile
import unittest
import unittest.mock
import zipfile
import zlib

import slicer
import vtk

PLANTED = ("DOE", "JANE", "PID4711", "19600102", "1960-01-02", "1.2.826.0.1.99", "20240131", "Hospital of Oz")


def aSceneOfJaneDoe():
    """Fill the scene with one patient in every kind of node that keeps identity; return the volume."""
    scene = slicer.mrmlScene
    volume = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "3: DOE^JANE head")
    image = vtk.vtkImageData()
    image.SetDimensions(4, 4, 4)
    image.AllocateScalars(vtk.VTK_SHORT, 1)
    image.GetPointData().GetScalars().Fill(0)
    volume.SetAndObserveImageData(image)
    volume.SetAttribute("DICOM.instanceUIDs", "1.2.826.0.1.99.1 1.2.826.0.1.99.2")
    volume.SetAttribute("Site.Note", "DOE JANE")
    volume.SetDescription("seen in Hospital of Oz")
    volume.AddDefaultStorageNode()
    volume.GetStorageNode().SetFileName("/data/DOE_JANE_PID4711/head of JANE.nrrd")
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    patient = hierarchy.CreateSubjectItem(hierarchy.GetSceneItemID(), "DOE^JANE (PID4711)")
    for name, value in (
        ("DICOM.PatientName", "DOE^JANE"),
        ("DICOM.PatientID", "PID4711"),
        ("DICOM.PatientBirthDate", "19600102"),
        ("DICOM.PatientComments", "lives near the Hospital of Oz"),
    ):
        hierarchy.SetItemAttribute(patient, name, value)
    hierarchy.SetItemUID(patient, "DICOM", "PID4711")
    study = hierarchy.CreateStudyItem(patient, "PET/CT (20240131)")
    hierarchy.SetItemAttribute(study, "DICOM.StudyDate", "20240131")
    hierarchy.SetItemUID(study, "DICOM", "1.2.826.0.1.99.10")
    item = hierarchy.CreateItem(study, volume)
    hierarchy.SetItemUID(item, "DICOM", "1.2.826.0.1.99.11")
    addNodesAround(scene, volume)
    return volume


def addNodesAround(scene, volume):
    sequence = scene.AddNewNodeByClass("vtkMRMLSequenceNode", "DOE 4D")
    sequence.SetDataNodeAtValue(volume, "1")
    sequence.SetAttribute("DICOM.instanceUIDs", "1.2.826.0.1.99.3")
    browser = scene.AddNewNodeByClass("vtkMRMLSequenceBrowserNode", "DOE browser")
    browser.AddSynchronizedSequenceNode(sequence)
    segmentation = scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Tumor of Jane")
    segmentation.GetSegmentation().AddEmptySegment("JANE_1", "Jane tumor")
    table = scene.AddNewNodeByClass("vtkMRMLTableNode", "Results DOE")
    table.AddColumn().SetName("DOE")
    table.AddEmptyRow()
    table.SetCellText(0, 0, "DOE, JANE born 1960-01-02")
    scene.AddNewNodeByClass("vtkMRMLTextNode", "note").SetText("Jane Doe, PID4711, seen 2024-01-31")
    scene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "F").AddControlPoint(1, 2, 3, "tumor of JANE")
    parameters = scene.AddNewNodeByClass("vtkMRMLScriptedModuleNode", "Other module")
    parameters.SetParameter("folder", "/data/someone/else")
    parameters.SetParameter("patient", "doe^jane")
    view = scene.AddNewNodeByClass("vtkMRMLSceneViewNode", "View of Jane")
    view.StoreScene()


def savedBytes(folder):
    """Save the scene as .mrb and return names and bytes of its parts, compressed parts also unpacked."""
    path = os.path.join(folder, "scene.mrb")
    slicer.mrmlScene.SetRootDirectory(folder)
    assert slicer.mrmlScene.WriteToMRB(path, None)
    total = b""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            total += name.encode() + b"\n" + data
            body = data.partition(b"\n\n")[2]
            if body[:2] == b"\x1f\x8b":
                total += zlib.decompressobj(31).decompress(body)
    return total.lower()


class SceneCleaningTest(unittest.TestCase):
    """Cleaning a scene."""

    def setUp(self):
        from Deidentify import DeidentifyLogic

        slicer.mrmlScene.Clear(0)
        self.folder = tempfile.mkdtemp(prefix="deidentify-scene-")
        self.logic = DeidentifyLogic()

    def tearDown(self):
        slicer.mrmlScene.Clear(0)
        shutil.rmtree(self.folder, ignore_errors=True)

    def test_uids_made_of_uuids_are_mapped_too(self):
        volume = aSceneOfJaneDoe()
        original = "2.25.329800735698586629295641978511506172918"
        volume.SetAttribute("DICOM.instanceUIDs", original)
        self.logic.cleanScene()
        self.assertNotIn(original.encode(), savedBytes(self.folder))
        self.assertTrue(volume.GetAttribute("DICOM.instanceUIDs").startswith("2.25."))

    def test_no_warning_of_the_application_quotes_an_original_id(self):
        aSceneOfJaneDoe()
        window = vtk.vtkStringOutputWindow()
        before = vtk.vtkOutputWindow.GetInstance()
        vtk.vtkOutputWindow.SetInstance(window)
        try:
            self.logic.cleanScene()
        finally:
            vtk.vtkOutputWindow.SetInstance(before)
        self.assertNotIn("PID4711", window.GetOutput())
        self.assertNotIn("1.2.826.0.1.99", window.GetOutput())
        self.assertTrue(vtk.vtkObject.GetGlobalWarningDisplay())

    def test_an_uncleaned_scene_leaks_all_planted_values(self):
        aSceneOfJaneDoe()
        saved = savedBytes(self.folder)
        for value in PLANTED:
            self.assertIn(value.lower().encode(), saved)

    def test_a_cleaned_scene_leaks_none_of_them(self):
        aSceneOfJaneDoe()
        lines = self.logic.cleanScene()
        saved = savedBytes(self.folder)
        left = [value for value in PLANTED if value.lower().encode() in saved]
        self.assertEqual(left, [])
        self.assertTrue(any("New names of patients: 1." in line for line in lines), lines)
        self.assertFalse(any("Do not pass it on" in line for line in lines), lines)

    def test_the_image_itself_and_what_is_written_about_it_survive(self):
        volume = aSceneOfJaneDoe()
        self.logic.cleanScene()
        self.assertEqual(volume.GetImageData().GetDimensions(), (4, 4, 4))
        segmentation = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLSegmentationNode").GetSegmentation()
        self.assertEqual(segmentation.GetNthSegment(0).GetName(), "*** tumor")
        table = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLTableNode")
        self.assertIn("born", table.GetCellText(0, 0))

    def test_with_the_project_key_names_and_uids_are_those_of_the_files(self):
        from DeidentifyLib.pseudonyms import Key, Pseudonyms, SubjectIdentity

        keyFile = os.path.join(self.folder, "project.key")
        self.logic.newKey(keyFile)
        pseudonyms = Pseudonyms(Key.read(keyFile))
        volume = aSceneOfJaneDoe()
        self.logic.cleanScene(keyFile)
        self.assertEqual(volume.GetAttribute("DICOM.instanceUIDs").split()[0], pseudonyms.uid("1.2.826.0.1.99.1"))
        hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
        subject = pseudonyms.subject(SubjectIdentity("PID4711", "DOE^JANE", "19600102"))
        self.assertTrue(hierarchy.GetItemChildWithName(hierarchy.GetSceneItemID(), subject.new_name))

    def test_nodes_of_the_application_keep_what_they_need(self):
        colors = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLColorTableNode", "Greys")
        colors.SaveWithSceneOff()
        colors.SetAttribute("Category", "Discrete")
        self.logic.cleanScene()
        self.assertEqual((colors.GetName(), colors.GetAttribute("Category")), ("Greys", "Discrete"))

    def test_cleaning_twice_changes_no_name_again(self):
        aSceneOfJaneDoe()
        self.logic.cleanScene()
        names = [node.GetName() for node in slicer.util.getNodesByClass("vtkMRMLVolumeNode")]
        self.logic.cleanScene()
        self.assertEqual(names, [node.GetName() for node in slicer.util.getNodesByClass("vtkMRMLVolumeNode")])


class SavedSceneTest(unittest.TestCase):
    """What a save writes after cleaning, and what cleaning says of it."""

    def setUp(self):
        from Deidentify import DeidentifyLogic

        slicer.mrmlScene.Clear(0)
        self.folder = tempfile.mkdtemp(prefix="deidentify-scene-")
        self.sceneFolder = os.path.join(self.folder, "DOE_JANE_PID4711")
        os.makedirs(self.sceneFolder)
        root = slicer.mrmlScene.GetRootDirectory()
        self.addCleanup(slicer.mrmlScene.SetRootDirectory, root)
        slicer.mrmlScene.SetRootDirectory(self.sceneFolder)
        self.logic = DeidentifyLogic()

    def tearDown(self):
        slicer.mrmlScene.SetURL("")
        slicer.mrmlScene.Clear(0)
        shutil.rmtree(self.folder, ignore_errors=True)

    def saved(self, name):
        """Save the scene from the folder that is called like the patient, and return the bytes."""
        path = os.path.join(self.folder, name)
        self.assertTrue(slicer.mrmlScene.WriteToMRB(path, None))
        with zipfile.ZipFile(path) as archive:
            return b"".join(part.encode() + archive.read(part) for part in archive.namelist()).lower()

    def assertNobodyIn(self, saved):
        self.assertEqual([value for value in PLANTED if value.lower().encode() in saved], [])

    @staticmethod
    def addHidden(name):
        hidden = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode", name)
        hidden.SetText("DOE^JANE PID4711")
        hidden.SetHideFromEditors(1)
        hidden.SetForceCreateStorageNode(1)
        hidden.AddDefaultStorageNode()
        hidden.GetStorageNode().SetFileName("/data/DOE_JANE_PID4711/note.txt")

    def savedAsMrml(self, name):
        path = os.path.join(self.sceneFolder, name)
        self.assertTrue(slicer.mrmlScene.Commit(path))
        with open(path, "rb") as file:
            return file.read().lower()

    def test_the_name_of_the_folder_of_the_scene_is_not_saved_in_whatever_order_the_scene_is_saved(self):
        for order in (("1.mrb", "2.mrml", "3.mrb", "4.mrml"), ("1.mrml", "2.mrb", "3.mrb")):
            slicer.mrmlScene.Clear(0)
            aSceneOfJaneDoe()
            self.addHidden("note")
            self.logic.cleanScene()
            for name in order:
                self.assertNobodyIn(self.savedAsMrml(name) if name.endswith("mrml") else self.saved(name))

    def test_hidden_nodes_are_cleaned_as_well(self):
        scene = slicer.mrmlScene
        volume = aSceneOfJaneDoe()
        self.addHidden("hidden note of DOE")
        copy = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "hidden DOE")
        copy.SetAndObserveImageData(volume.GetImageData())
        copy.SetHideFromEditors(1)
        self.logic.cleanScene()
        saved = self.saved("scene.mrb")
        self.assertIn(b"_private/", saved)
        self.assertNobodyIn(saved)

    def test_a_storage_node_that_is_not_saved_itself_gives_no_name_to_the_file_of_its_node(self):
        aSceneOfJaneDoe().GetStorageNode().SaveWithSceneOff()
        self.logic.cleanScene()
        self.assertNobodyIn(self.saved("scene.mrb"))

    def test_cleaning_says_that_the_saved_scene_was_searched(self):
        aSceneOfJaneDoe()
        self.assertIn("nothing that is known of the patient is in it", self.logic.cleanScene()[-1])

    def test_a_scene_without_a_patient_raises_no_alarm(self):
        scene = slicer.mrmlScene
        scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "ScalarVolume 1")
        scene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "MarkupsFiducial 1").AddControlPoint(1, 2, 3, "a point")
        scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Segmentation 1").GetSegmentation().AddEmptySegment()
        self.logic.getParameterNode()
        self.assertIn("nothing that is known of the patient is in it", self.logic.cleanScene()[-1])
        slicer.mrmlScene.Clear(0)
        self.assertEqual(self.logic.cleanScene()[0], "Nothing had to be changed.")

    def test_a_patient_whose_name_is_a_word_of_slicer_raises_no_alarm(self):
        aSceneOfJaneDoe()
        hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
        patient = hierarchy.CreateSubjectItem(hierarchy.GetSceneItemID(), "SHORT^COLOR (1000)")
        hierarchy.SetItemAttribute(patient, "DICOM.PatientName", "SHORT^COLOR")
        hierarchy.SetItemAttribute(patient, "DICOM.PatientID", "1000")
        lines = self.logic.cleanScene()
        self.assertFalse([line for line in lines if "Do not pass it on" in line], lines)

    def linesWith(self, text="", title=""):
        """Clean a scene with a text that the cleaner does not know and one in a place that it does not reach."""
        aSceneOfJaneDoe()
        slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode", "note").SetText(text)
        slicer.mrmlScene.AddNewNodeByClass("vtkMRMLPlotChartNode", "plot").SetTitle(title)
        return self.logic.cleanScene()

    def test_a_name_where_cleaning_does_not_reach_is_reported_with_its_place_and_not_with_itself(self):
        lines = self.linesWith(title="Activity of Jane Doe")
        (line,) = [line for line in lines if "Do not pass it on" in line]
        self.assertIn("a name, ID or date of the patient in PlotChart 1", line)
        self.assertNotIn("Doe", line)
        self.assertFalse([line for line in lines if "nothing that is known" in line])

    def test_an_id_inside_another_word_is_reported(self):
        self.assertTrue([line for line in self.linesWith(title="xPID4711y") if "Do not pass it on" in line])

    def test_a_uid_that_was_not_mapped_is_reported(self):
        lines = self.linesWith(text="series 1.2.840.113619.2.55.3.99 of the scanner")
        self.assertTrue([line for line in lines if "a UID in Text 2" in line and "Do not pass" in line], lines)

    def test_a_uid_of_the_standard_is_not(self):
        lines = self.linesWith(text="class 1.2.840.10008.5.1.4.1.1.2")
        self.assertFalse([line for line in lines if "UID in" in line], lines)

    def test_paths_and_unknown_dates_are_to_be_looked_at(self):
        for text, what in (
            ("from /home/jfrobisher/ct", "a file path"),
            (r"C:\Users\jf\ct", "a file path"),
            ("smb share \\\\server\\share", "a file path"),
            ("seen 1999-12-24", "a date"),
            ("seen 24.12.1999", "a date"),
        ):
            slicer.mrmlScene.Clear(0)
            lines = self.linesWith(text=text)
            self.assertTrue([line for line in lines if what in line and "Look at it" in line], (text, lines))

    def test_the_name_of_the_user_and_of_the_computer_are_to_be_looked_at(self):
        from DeidentifySlicer import SceneCheck

        for module, function, text in (
            (SceneCheck.getpass, "getuser", "made by jfrobisher"),
            (SceneCheck.socket, "gethostname", "on JFROBISHER.hospital.example"),
        ):
            slicer.mrmlScene.Clear(0)
            name = "jfrobisher" if function == "getuser" else "jfrobisher.hospital.example"
            with unittest.mock.patch.object(module, function, lambda name=name: name):
                lines = self.linesWith(text=text)
            self.assertTrue([line for line in lines if "the name of this user or computer" in line], lines)

    def test_the_check_leaves_no_file_behind_and_only_the_user_could_read_it(self):
        from DeidentifySlicer import SavedScene

        seen = []
        read = SavedScene._textsOfFile

        def spy(path, package):
            seen.append((path, os.stat(os.path.dirname(package)).st_mode & 0o077))
            return read(path, package)

        with unittest.mock.patch.object(SavedScene, "_textsOfFile", spy):
            aSceneOfJaneDoe()
            self.logic.cleanScene()
        self.assertGreater(len(seen), 5)
        self.assertEqual({mode for _path, mode in seen}, {0})
        self.assertEqual([path for path, _mode in seen if os.path.exists(path)], [])

    def test_a_check_without_room_for_it_is_said_and_the_scene_is_cleaned_all_the_same(self):
        from DeidentifySlicer import SavedScene

        full = unittest.mock.Mock(side_effect=OSError(28, "No space left on device"))
        aSceneOfJaneDoe()
        with unittest.mock.patch.object(SavedScene.tempfile, "mkdtemp", full):
            lines = self.logic.cleanScene()
        self.assertIn("It was not checked what a save would write: No space left on device", lines[-1])
        self.assertNobodyIn(self.saved("scene.mrb"))

    def test_the_check_does_not_count_as_saving(self):
        volume = aSceneOfJaneDoe()
        self.logic.cleanScene()
        self.assertTrue(volume.GetModifiedSinceRead())
        self.assertEqual(volume.GetStorageNode().GetUseCompression(), 1)
        self.assertEqual(slicer.mrmlScene.GetRootDirectory(), self.sceneFolder)
        self.assertFalse(slicer.mrmlScene.GetURL())


if __name__ == "__main__":
    unittest.main()

"""A saved scene holds nothing of the patient after it was cleaned: the bytes of the .mrb are searched."""

import os
import shutil
import tempfile
import unittest
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
    volume.GetStorageNode().SetFileName("/data/DOE_JANE_PID4711/head.nrrd")
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


if __name__ == "__main__":
    unittest.main()

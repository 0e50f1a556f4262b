"""Face masks on loaded volumes: find, edit, preview, deface, use in the batch, and volumes that cannot be used."""

import dataclasses
import os
import time
import unittest

import numpy as np
import slicer
import vtk
from panelTestCase import PanelTestCase


def addHead(modality="MR", spacing=2.0, name="Head"):
    """Add a synthetic head that has a face to the scene and return its volume node."""
    from DeidentifySlicer.SyntheticHead import corner, ctHead, mrHead

    array = ctHead(spacing) if modality == "CT" else mrHead(spacing)
    matrix = np.diag([-spacing, -spacing, spacing, 1.0])
    matrix[:3, 3] = np.array(corner(spacing)) * [-1, -1, 1]  # LPS to RAS
    node = slicer.util.addVolumeFromArray(array, matrix, name)
    node.CreateDefaultDisplayNodes()
    return node


def addDicomOrigin(node, folder, frame="1.9.8.7", count=3):
    """Give a volume DICOM files in the database, as if it had been loaded from there."""
    if not hasattr(slicer.dicomDatabase, "series"):
        raise unittest.SkipTest("needs the stand-in for the DICOM database")
    import pydicom

    paths, uids = [], [f"1.9.8.{number}" for number in range(1, count + 1)]
    for uid in uids:
        dataset = pydicom.Dataset()
        dataset.file_meta = pydicom.dataset.FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
        dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4", uid
        dataset.Modality, dataset.FrameOfReferenceUID = "MR", frame
        paths.append(os.path.join(folder, uid + ".dcm"))
        dataset.save_as(paths[-1], enforce_file_format=True)
    node.SetAttribute("DICOM.instanceUIDs", " ".join(uids))
    slicer.dicomDatabase.add("P1", "1.9", "1.9.8", "MR", "Head", paths, uids)
    return paths


def rememberFaces(test):
    """Look for the face once for each image of a test run; the search itself is tested in FaceSpeedTest."""
    from DeidentifySlicer import FaceMask

    find = FaceMask.findFaceInImage

    def remembered(image, modality):
        import SimpleITK as sitk

        key = (modality, image.GetSize(), image.GetOrigin(), hash(sitk.GetArrayViewFromImage(image).tobytes()))
        if key not in FOUND:
            FOUND[key] = find(image, modality)
        return dataclasses.replace(FOUND[key])

    FaceMask.findFaceInImage = remembered
    test.addCleanup(setattr, FaceMask, "findFaceInImage", find)


FOUND: dict = {}
NOSE, BRAIN = (0, -98, -69), (0, 10, 20)  # LPS, mm


def emptyDatabase():
    """Empty the stand-in for the DICOM database; the real one of a Slicer is left alone."""
    if hasattr(slicer.dicomDatabase, "series"):
        slicer.dicomDatabase.series.clear()


class FaceButtonsTest(PanelTestCase):
    """The section Face, with real buttons."""

    def setUp(self):
        super().setUp()
        emptyDatabase()
        rememberFaces(self)
        self.volume = addHead()
        self.ui.faceVolumeSelector.setCurrentNode(self.volume)

    def find(self):
        self.ui.findFaceButton.click()
        self.waitFor(lambda: not self.panel.state.busy, 60)

    def test_without_a_volume_nothing_can_be_pressed(self):
        self.ui.faceVolumeSelector.setCurrentNode(None)
        for name in ("findFace", "editFace", "facePreview", "defaceVolume", "useFaceMask"):
            self.assertFalse(getattr(self.ui, name + "Button").enabled, name)

    def test_find_face_shows_a_segmentation_in_slices_and_3d_and_the_verdict(self):
        self.find()
        node = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLSegmentationNode")
        self.assertEqual(node.GetSegmentation().GetNthSegment(0).GetName(), "Face")
        self.assertTrue(node.GetSegmentation().ContainsRepresentation("Closed surface"))
        self.assertIn("Face found", self.ui.faceVerdictLabel.text)
        self.assertIn("fits well", self.ui.faceVerdictLabel.text)
        self.assertIn("match 0.", self.ui.faceVerdictLabel.toolTip)

    def test_the_anatomy_is_seen_through_the_mask(self):
        self.find()
        display = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLSegmentationNode").GetDisplayNode()
        self.assertLess(display.GetOpacity2DFill(), 0.5)
        self.assertLess(display.GetOpacity3D(), 0.5)

    def test_opening_the_section_chooses_the_loaded_volume_but_never_in_place_of_the_users_choice(self):
        selector, section = self.ui.faceVolumeSelector, self.ui.faceCollapsibleButton
        selector.setCurrentNode(None)
        section.collapsed = True
        section.collapsed = False
        first = selector.currentNode()
        self.assertIsNotNone(first)
        second = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "Second")
        selector.setCurrentNode(second)
        section.collapsed = True
        section.collapsed = False
        self.assertIs(selector.currentNode(), second)

    def test_the_nose_is_in_the_mask_and_the_brain_is_not(self):
        from DeidentifySlicer.FaceMask import maskArray

        self.find()
        mask = maskArray(self.volume, self.panel.face._segmentation())
        self.assertTrue(mask[voxel(self.volume, NOSE)])
        self.assertFalse(mask[voxel(self.volume, BRAIN)])

    def test_edit_opens_the_segment_editor(self):
        if not hasattr(slicer.app, "opened"):
            self.skipTest("needs the stand-in for the module selector")
        self.find()
        calls = {}

        class Editor:
            def setSegmentationNode(self, node):
                calls["segmentation"] = node

            def setSourceVolumeNode(self, node):
                calls["volume"] = node

        widget = type("Widget", (), {"editor": Editor()})
        representation = type("Representation", (), {"self": lambda self: widget})()
        slicer.modules.segmenteditor = type("Module", (), {"widgetRepresentation": lambda self: representation})()
        self.addCleanup(delattr, slicer.modules, "segmenteditor")
        self.ui.editFaceButton.click()
        self.assertIn(("module", "SegmentEditor"), slicer.app.opened)
        self.assertEqual(calls, {"segmentation": self.panel.face._segmentation(), "volume": self.volume})

    def test_preview_shows_a_volume_without_face_and_goes_away_again(self):
        self.find()
        count = len(slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode"))
        nodes = slicer.mrmlScene.GetNumberOfNodes()
        self.ui.facePreviewButton.click()
        self.assertEqual(len(slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")), count + 1)
        shown = slicer.util.getNodesByClass("vtkMRMLVolumeRenderingDisplayNode")
        self.assertEqual([display.GetVisibility() for display in shown], [0, 1])
        self.ui.facePreviewButton.click()
        self.assertLessEqual(slicer.mrmlScene.GetNumberOfNodes(), nodes + 1)
        self.assertEqual(len(slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")), count)

    def test_deface_volume_writes_a_new_volume_and_leaves_the_old_one(self):
        self.find()
        before = slicer.util.arrayFromVolume(self.volume).copy()
        self.ui.defaceVolumeButton.click()
        defaced = slicer.util.getNode("Head defaced")
        after = slicer.util.arrayFromVolume(defaced)
        np.testing.assert_array_equal(slicer.util.arrayFromVolume(self.volume), before)
        self.assertEqual(after[voxel(self.volume, NOSE)], before.min())
        self.assertEqual(after[voxel(self.volume, BRAIN)], before[voxel(self.volume, BRAIN)])
        matrix, other = vtk.vtkMatrix4x4(), vtk.vtkMatrix4x4()
        defaced.GetIJKToRASMatrix(matrix)
        self.volume.GetIJKToRASMatrix(other)
        for i in range(16):
            self.assertAlmostEqual(matrix.GetElement(i // 4, i % 4), other.GetElement(i // 4, i % 4))

    def test_a_mask_is_bound_to_the_frame_of_reference_and_reaches_the_child_as_a_private_file(self):
        import json
        import stat

        import SimpleITK as sitk

        addDicomOrigin(self.volume, self.folder)
        self.find()
        self.ui.useFaceMaskButton.click()
        self.assertIn("1.9.8.7", self.panel.state.masks)
        self.assertTrue(self.ui.defaceCheckBox.checked)
        self.ui.defaceCheckBox.click()  # the library of this branch may lack the option
        self.addInput()
        self.runToEnd()
        with open(os.path.join(self.outputFolder + ".private", "request.json")) as file:
            path = json.load(file)["masks"]["1.9.8.7"]
        self.assertTrue(path.startswith(self.outputFolder + ".private"))
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode) & 0o077, 0)
        self.assertEqual(sitk.ReadImage(path).GetSize(), slicer.util.arrayFromVolume(self.volume).shape[::-1])

    def test_pressed_again_the_mask_is_not_used(self):
        addDicomOrigin(self.volume, self.folder)
        self.find()
        self.ui.useFaceMaskButton.click()
        self.ui.useFaceMaskButton.click()
        self.assertEqual(self.panel.state.masks, {})

    def useMask(self):
        addDicomOrigin(self.volume, self.folder)
        self.find()
        self.ui.useFaceMaskButton.click()
        self.addInput()

    def edit(self, slices, node=None):
        """Let the mask be the first slices only, as if painted in the Segment Editor."""
        node = node or self.panel.face._segmentation()
        array = np.zeros(slicer.util.arrayFromVolume(self.volume).shape, np.uint8)
        array[:slices] = 1
        identifier = node.GetSegmentation().GetNthSegmentID(0)
        slicer.util.updateSegmentBinaryLabelmapFromArray(array, node, identifier, self.volume)

    def maskOfRun(self):
        """Press De-identify and return the mask that the child got."""
        import json

        import SimpleITK as sitk

        self.runToEnd()
        with open(os.path.join(self.outputFolder + ".private", "request.json")) as file:
            paths = json.load(file)["masks"]
        return {uid: sitk.GetArrayFromImage(sitk.ReadImage(path)) for uid, path in paths.items()}

    def test_a_mask_that_is_edited_after_it_was_chosen_is_used_as_it_is_when_the_run_starts(self):
        self.useMask()
        self.edit(5)
        mask = self.maskOfRun()["1.9.8.7"]
        self.assertEqual((mask[:5].min(), mask[5:].max()), (1, 0))
        self.edit(7)
        mask = self.maskOfRun()["1.9.8.7"]
        self.assertEqual((mask[:7].min(), mask[7:].max()), (1, 0))

    def test_the_panel_shows_which_mask_is_in_use_and_since_when(self):
        self.assertFalse(self.ui.faceMasksLabel.visible)
        self.useMask()
        self.assertRegex(self.ui.faceMasksLabel.text, r"Head: in use since \d\d:\d\d:\d\d. It is read again when a run")
        self.ui.defaceCheckBox.click()
        self.assertIn("the run removes no face", self.ui.faceMasksLabel.text)
        self.ui.useFaceMaskButton.click()
        self.assertEqual(self.ui.faceMasksLabel.text, "")

    def test_a_mask_that_was_emptied_stops_the_run_before_it_starts(self):
        self.useMask()
        self.panel.face._segmentation().GetSegmentation().RemoveAllSegments()
        self.startRun()
        self.assertEqual(self.panel.state.busy, "")
        self.assertIn("The face mask of Head cannot be used: The mask is empty", self.ui.runStatusLabel.text)
        self.assertFalse(os.path.exists(self.outputFolder + ".private"))

    def test_after_the_scene_was_closed_the_mask_as_it_was_then_is_used_and_said_so(self):
        self.useMask()
        self.edit(5)
        self.panel.useParameterNode(None)
        self.panel.sceneCloses(self.logic.getParameterNode())
        slicer.mrmlScene.Clear(0)
        self.panel.useParameterNode(self.logic.getParameterNode())
        self.volume = addHead(name="another")  # may get the ID of the one that was closed
        self.ui.faceVolumeSelector.setCurrentNode(self.volume)
        self.assertFalse(self.ui.useFaceMaskButton.checked)
        self.assertRegex(self.ui.faceMasksLabel.text, "Head: in use since .*it is not in the scene any more")
        mask = self.maskOfRun()["1.9.8.7"]
        self.assertEqual((mask[:5].min(), mask[5:].max()), (1, 0))
        self.panel.input.clear()
        self.assertEqual(self.panel.state.masks, {})
        self.assertFalse(self.ui.faceMasksLabel.text)

    def test_a_closed_scene_is_not_kept_in_memory_by_its_mask(self):
        deleted = []
        self.useMask()
        self.volume.AddObserver(vtk.vtkCommand.DeleteEvent, lambda *_arguments: deleted.append(True))
        self.volume = None
        self.panel.useParameterNode(None)
        self.panel.sceneCloses(self.logic.getParameterNode())
        slicer.mrmlScene.Clear(0)
        self.assertTrue(deleted)
        self.panel.useParameterNode(self.logic.getParameterNode())

    def test_after_the_scene_was_cleaned_an_edited_mask_counts_still(self):
        self.useMask()
        node = self.panel.face._segmentation()
        self.ui.cleanSceneButton.click()
        self.assertIn("It is read again when a run starts", self.ui.faceMasksLabel.text)
        self.assertTrue(self.ui.useFaceMaskButton.checked)
        self.edit(5, node)
        mask = self.maskOfRun()["1.9.8.7"]
        self.assertEqual((mask[:5].min(), mask[5:].max()), (1, 0))

    def test_back_at_a_volume_its_mask_is_found_again_and_not_made_a_second_time(self):
        self.useMask()
        node = self.panel.face._segmentation()
        self.ui.faceVolumeSelector.setCurrentNode(addHead(name="another"))
        self.assertFalse(self.ui.useFaceMaskButton.checked)
        self.ui.faceVolumeSelector.setCurrentNode(self.volume)
        self.assertTrue(self.ui.useFaceMaskButton.checked)
        self.assertIn("Face found", self.ui.faceVerdictLabel.text)
        self.assertIs(self.panel.face._segmentation(), node)
        self.find()
        self.assertIs(self.panel.face._segmentation(), node)
        self.edit(5, node)
        mask = self.maskOfRun()["1.9.8.7"]
        self.assertEqual((mask[:5].min(), mask[5:].max()), (1, 0))

    def test_a_mask_of_a_volume_without_dicom_origin_cannot_be_used_in_the_batch(self):
        self.find()
        self.ui.useFaceMaskButton.click()
        self.assertFalse(self.ui.useFaceMaskButton.checked)
        self.assertIn("was not loaded from DICOM files", self.ui.faceVerdictLabel.text)

    def test_an_edited_mask_is_what_is_removed(self):
        self.find()
        node = self.panel.face._segmentation()
        array = np.zeros(slicer.util.arrayFromVolume(self.volume).shape, np.uint8)
        array[:5] = 1
        identifier = node.GetSegmentation().GetNthSegmentID(0)
        slicer.util.updateSegmentBinaryLabelmapFromArray(array, node, identifier, self.volume)
        self.ui.defaceVolumeButton.click()
        after = slicer.util.arrayFromVolume(slicer.util.getNode("Head defaced"))
        before = slicer.util.arrayFromVolume(self.volume)
        self.assertTrue((after[:5] == before.min()).all())
        np.testing.assert_array_equal(after[5:], before[5:])

    def test_an_emptied_mask_gives_a_message(self):
        self.find()
        self.panel.face._segmentation().GetSegmentation().RemoveAllSegments()
        self.ui.defaceVolumeButton.click()
        self.assertIn("The mask is empty", self.ui.faceVerdictLabel.text)

    def test_closing_the_scene_disables_the_buttons(self):
        self.find()
        self.panel.useParameterNode(None)
        self.panel.sceneCloses(self.logic.getParameterNode())
        slicer.mrmlScene.Clear(0)
        self.panel.useParameterNode(self.logic.getParameterNode())
        self.assertFalse(self.ui.editFaceButton.enabled)

    def test_a_volume_under_a_transform_gets_a_mask_under_the_same_transform(self):
        transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
        matrix = vtk.vtkMatrix4x4()
        matrix.SetElement(0, 3, 500.0)
        transform.SetMatrixTransformToParent(matrix)
        self.volume.SetAndObserveTransformNodeID(transform.GetID())
        self.find()
        self.assertIn("under a transform", self.ui.faceVerdictLabel.text)
        self.assertEqual(self.panel.face._segmentation().GetTransformNodeID(), transform.GetID())
        self.ui.defaceVolumeButton.click()
        defaced = slicer.util.getNode("Head defaced")
        self.assertEqual(defaced.GetTransformNodeID(), transform.GetID())
        at = voxel(self.volume, NOSE)
        self.assertEqual(slicer.util.arrayFromVolume(defaced)[at], slicer.util.arrayFromVolume(self.volume).min())

    def test_a_color_volume_gives_a_message(self):
        node = slicer.util.addVolumeFromArray(np.zeros((4, 5, 6, 3), np.uint8), nodeClassName="vtkMRMLVectorVolumeNode")
        from DeidentifySlicer.Errors import DeidentifyError
        from DeidentifySlicer.FaceMask import faceInput

        with self.assertRaisesRegex(DeidentifyError, "Color and vector volumes"):
            faceInput(node)

    def test_a_sheared_volume_gives_a_message(self):
        matrix = np.eye(4)
        matrix[1, 2] = 0.4
        node = slicer.util.addVolumeFromArray(np.zeros((20, 20, 20), np.int16), matrix, "tilted")
        self.ui.faceVolumeSelector.setCurrentNode(node)
        self.find()
        self.assertIn("not orthogonal", self.ui.faceVerdictLabel.text)

    def test_a_volume_of_noise_is_not_taken_for_a_head(self):
        node = slicer.util.addVolumeFromArray(np.random.default_rng(1).normal(0, 50, (40, 40, 40)).astype(np.int16))
        self.ui.faceVolumeSelector.setCurrentNode(node)
        self.find()
        self.assertNotIn("Face found", self.ui.faceVerdictLabel.text)


class FaceLogicTest(PanelTestCase):
    """faceMask, deface and filesOfVolume from the Python console."""

    def setUp(self):
        super().setUp()
        emptyDatabase()
        rememberFaces(self)

    def test_face_mask_returns_segmentation_and_verdict(self):
        found = self.logic.faceMask(addHead("CT"))
        self.assertEqual(found.verdict, "removed")
        self.assertTrue(found.certain)
        self.assertIsNotNone(found.segmentationNode)

    def test_a_segmentation_of_another_geometry_is_resampled(self):
        volume, coarse = addHead(), addHead(spacing=4.0, name="coarse")
        found = self.logic.faceMask(coarse)
        defaced = self.logic.deface(volume, found.segmentationNode)
        at = voxel(volume, NOSE)
        self.assertEqual(slicer.util.arrayFromVolume(defaced)[at], slicer.util.arrayFromVolume(volume).min())

    def test_a_segmentation_elsewhere_is_refused(self):
        from DeidentifySlicer.Errors import DeidentifyError

        volume = addHead()
        far = slicer.util.addVolumeFromArray(np.zeros((9, 9, 9), np.int16), translated(900.0), "far")
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode")
        node.SetReferenceImageGeometryParameterFromVolumeNode(far)
        identifier = node.GetSegmentation().AddEmptySegment("", "Face")
        ones = np.ones((9, 9, 9), np.uint8)
        slicer.util.updateSegmentBinaryLabelmapFromArray(ones, node, identifier, far)
        with self.assertRaisesRegex(DeidentifyError, "does not overlap"):
            self.logic.deface(volume, node)

    def test_an_array_of_another_size_is_refused(self):
        from DeidentifySlicer.Errors import DeidentifyError

        with self.assertRaisesRegex(DeidentifyError, "voxels"):
            self.logic.deface(addHead(), np.ones((3, 3, 3)))

    def test_files_of_a_volume_are_found_by_its_instance_uids(self):
        node = addHead()
        paths = addDicomOrigin(node, self.folder)
        self.assertEqual(self.logic.filesOfVolume(node), paths)

    def test_files_that_are_gone_are_said_so(self):
        from DeidentifySlicer.Errors import DeidentifyError

        node = addHead()
        os.remove(addDicomOrigin(node, self.folder)[1])
        with self.assertRaisesRegex(DeidentifyError, "1 of 3 DICOM files of this volume are gone"):
            self.logic.filesOfVolume(node)

    def test_a_series_that_left_the_database_is_said_so(self):
        from DeidentifySlicer.Errors import DeidentifyError

        node = addHead()
        addDicomOrigin(node, self.folder)
        slicer.dicomDatabase.series.clear()
        with self.assertRaisesRegex(DeidentifyError, "3 of 3 DICOM files"):
            self.logic.filesOfVolume(node)

    def test_a_frame_of_a_4d_sequence_leads_to_the_files_of_the_whole_sequence(self):
        node = addHead(spacing=6.0)
        sequence = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSequenceNode", "4D")
        for index in range(3):
            sequence.SetDataNodeAtValue(node, str(index))
        browser = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSequenceBrowserNode", "browser")
        browser.AddSynchronizedSequenceNode(sequence)
        browser.AddProxyNode(node, sequence, False)
        paths = addDicomOrigin(sequence, self.folder)
        self.assertEqual(self.logic.filesOfVolume(node), paths)

    def test_two_volumes_of_one_series_add_its_files_once(self):
        paths = addDicomOrigin(addHead(spacing=6.0), self.folder)
        second = addHead(spacing=6.0, name="again")
        second.SetAttribute("DICOM.instanceUIDs", "1.9.8.1 1.9.8.2 1.9.8.3")
        self.ui.addVolumesButton.click()
        self.waitFor(lambda: not self.panel.state.busy)
        self.assertEqual(self.panel.state.inputs, paths)

    def test_loaded_volumes_without_dicom_origin_are_counted(self):
        addHead(spacing=6.0)
        self.ui.addVolumesButton.click()
        self.assertIn("1 loaded volumes have no DICOM files", self.ui.inputSummaryLabel.text)


class FaceSpeedTest(PanelTestCase):
    """A loaded volume of 256^3 gets its mask in seconds while the panel stays alive."""

    def test_256_cubed(self):
        import qt

        emptyDatabase()
        volume = addHead(spacing=0.94)
        self.ui.faceVolumeSelector.setCurrentNode(volume)
        ticks = []
        timer = qt.QTimer()
        timer.setInterval(10)
        timer.connect("timeout()", lambda: ticks.append(time.monotonic()))
        timer.start()
        start, cpu = time.monotonic(), time.process_time()
        self.ui.findFaceButton.click()
        self.waitFor(lambda: not self.panel.state.busy, 120)
        timer.stop()
        seconds, cpu = time.monotonic() - start, time.process_time() - cpu
        print(
            f"face mask of {slicer.util.arrayFromVolume(volume).shape}: {seconds:.1f} s on the clock, "
            f"{cpu:.1f} s of work, {len(ticks)} turns of the event loop"
        )
        self.assertIn("Face found", self.ui.faceVerdictLabel.text)
        self.assertGreater(len(ticks), 10)


def voxel(node, lps):
    """Return the (k, j, i) of a point in LPS mm, without the parent transform."""
    matrix = vtk.vtkMatrix4x4()
    node.GetRASToIJKMatrix(matrix)
    point = matrix.MultiplyPoint((-lps[0], -lps[1], lps[2], 1.0))
    return tuple(round(value) for value in point[2::-1])


def translated(distance):
    """Return a matrix that moves by a distance in all axes."""
    matrix = np.eye(4)
    matrix[:3, 3] = distance
    return matrix


if __name__ == "__main__":
    unittest.main()

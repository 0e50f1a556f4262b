"""Makes the pictures of Resources/Screenshots and the thumbnails of the sample data, without the Slicer desktop.

Run: QT_QPA_PLATFORM=offscreen python Testing/desktop/makeScreenshots.py [FOLDER]
The panel is the real one, on real Qt and a real MRML scene; the widgets of CTK and Slicer are stand-ins, so each
picture says so at its foot.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Testing" / "slicer_module"))
import conftest  # noqa: F401, E402 - puts the stand-ins in place
import numpy as np  # noqa: E402
import slicer  # noqa: E402
import test_face  # noqa: E402
from module_panel import ModulePanel  # noqa: E402
from panelTestCase import PanelTestCase  # noqa: E402
from PySide6 import QtCore, QtGui, QtWidgets  # noqa: E402

CAPTION = "Panel of Deidentify, drawn with stand-ins for the widgets of 3D Slicer"


def save(widget, path, width, caption=CAPTION):
    """Draw a widget on the second visit of its module, at a width of Slicer's module panel, with a caption."""
    module = ModulePanel(widget, width)
    module.leave()
    module.enter()
    if module.squashed():
        raise AssertionError(f"squashed in {path.name}: {module.squashed()}")
    picture = module.picture()
    module.close()
    foot = 20
    page = QtGui.QImage(picture.width(), picture.height() + foot, QtGui.QImage.Format.Format_RGB32)
    page.fill(QtGui.QColor("white"))
    painter = QtGui.QPainter(page)
    painter.drawImage(0, 0, picture)
    painter.setFont(QtGui.QFont("DejaVu Sans", 7))
    painter.setPen(QtGui.QColor(90, 90, 90))
    painter.drawText(6, picture.height() + 14, caption)
    painter.end()
    page.save(str(path))
    print(path.name, page.width(), page.height())


class Pictures(PanelTestCase):
    """Drives the panel through its states."""

    folderForPictures = ROOT / "Resources" / "Screenshots"

    def collapse(self, *names, collapsed=True):
        for name in names:
            getattr(self.ui, name + "CollapsibleButton").collapsed = collapsed

    def save(self, name, width=490):
        save(self.uiWidget, self.folderForPictures / f"{name}.png", width)

    def synthetic(self):
        from DeidentifySlicer.SyntheticPatients import writePatient

        self.useScenario(None)
        for kind in ("ct", "petct"):
            writePatient(kind, os.path.join(self.inputFolder, kind))
        self.answers.folder = self.inputFolder
        self.ui.addFolderButton.click()
        self.waitFor(lambda: not self.panel.state.busy, 120)

    def test_panel(self):
        self.save("panel-empty")
        self.synthetic()
        self.panel.options._presetChosen(2)
        self.ui.mappingFileCheckBox.click()
        self.ui.outputPathLineEdit.currentPath = "/data/deidentified"
        self.save("panel")
        self.save("panel-narrow", 400)
        self.save("panel-wide", 700)
        light = QtWidgets.QApplication.palette()
        QtWidgets.QApplication.setPalette(darkPalette())
        self.save("panel-dark")
        QtWidgets.QApplication.setPalette(light)
        self.collapse("input", "output")
        self.collapse("advanced", collapsed=False)
        self.save("options-advanced")

    def test_preview(self):
        self.synthetic()
        self.collapse("options", "output")
        self.collapse("preview", collapsed=False)
        self.ui.inputTree.setCurrentItem(self.ui.inputTree.topLevelItem(0))
        self.ui.previewButton.click()
        self.waitFor(lambda: not self.panel.state.busy, 60)
        self.save("preview", 560)

    def test_run(self):
        self.synthetic()
        self.collapse("options")
        self.useScenario("slow")
        self.startRun()
        self.waitFor(lambda: "4 of 40" in self.ui.runStatusLabel.text)
        self.ui.outputPathLineEdit.comboBox().blockSignals(True)
        self.ui.outputPathLineEdit.currentPath = "/data/deidentified"
        self.save("running")
        self.ui.cancelButton.click()
        self.waitFor(lambda: not self.panel.state.busy)
        self.useScenario("problems")
        self.ui.outputPathLineEdit.currentPath = self.outputFolder
        self.ui.runButton.click()
        self.waitFor(lambda: not self.panel.state.busy)
        self.ui.outputPathLineEdit.currentPath = "/data/deidentified"
        self.save("finished")

    def test_face(self):
        volume = test_face.addHead("MR", 1.5, "T1 3D")
        self.ui.faceVolumeSelector.setCurrentNode(volume)
        self.collapse("input", "options", "output")
        self.collapse("face", collapsed=False)
        self.ui.findFaceButton.click()
        self.waitFor(lambda: not self.panel.state.busy, 120)
        self.save("face")
        defaced = self.logic.deface(volume, self.panel.face._segmentation())
        before, after = (slicer.util.arrayFromVolume(node) for node in (volume, defaced))
        rows = np.concatenate([surface(before, 1.5), surface(after, 1.5)], 1)
        saveArray(rows, self.folderForPictures / "face-before-after.png")

    def test_scene(self):
        import test_scene_cleaning

        test_scene_cleaning.aSceneOfJaneDoe()
        self.collapse("input", "options", "output")
        self.collapse("scene", collapsed=False)
        self.ui.cleanSceneButton.click()
        self.save("scene-cleaned")

    def test_thumbnails(self):
        from DeidentifySlicer import SyntheticHead

        icons = ROOT / "DeidentifyModule" / "Resources" / "Icons"
        head, mr, pet = SyntheticHead.ctHead(1.0), SyntheticHead.mrHead(1.0), SyntheticHead.petHead(1.0)
        ct = np.clip((head + 160) / 320 * 255, 0, 255)
        saveArray(middle(ct), icons / "DeidentifyHeadCT.png", (260, 280))
        saveArray(middle(np.clip(mr / 550 * 255, 0, 255)), icons / "DeidentifyHeadMR.png", (260, 280))
        color = np.stack([middle(ct) * 0.5 + middle(pet) / 9000 * 140, middle(ct) * 0.55, middle(ct) * 0.6], -1)
        saveArray(np.clip(color, 0, 255), icons / "DeidentifyBrainPETCT.png", (260, 280))


def darkPalette():
    """Return colors like those of Slicer's dark theme."""
    palette, role = QtGui.QPalette(), QtGui.QPalette.ColorRole
    for name, gray in (("Window", 50), ("Base", 35), ("AlternateBase", 43), ("Button", 60), ("ToolTipBase", 35)):
        palette.setColor(getattr(role, name), QtGui.QColor(gray, gray, gray))
    for name in ("WindowText", "Text", "ButtonText", "ToolTipText"):
        palette.setColor(getattr(role, name), QtGui.QColor(230, 230, 230))
        disabled = QtGui.QPalette.ColorGroup.Disabled
        palette.setColor(disabled, getattr(role, name), QtGui.QColor(128, 128, 128))
    palette.setColor(role.PlaceholderText, QtGui.QColor(150, 150, 150))
    return palette


def middle(array):
    """Return the mid-sagittal plane, head up, nose to the left."""
    return array[::-1, :, array.shape[2] // 2]


def surface(array, spacing):
    """Return a picture of the surface of a head, drawn off-screen."""
    import vtk
    from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

    image = vtk.vtkImageData()
    image.SetDimensions(*array.shape[::-1])
    image.SetSpacing(spacing, spacing, spacing)
    image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(array).ravel(), deep=True))
    smooth = vtk.vtkImageGaussianSmooth()
    smooth.SetInputData(image)
    contour = vtk.vtkFlyingEdges3D()
    contour.SetInputConnection(smooth.GetOutputPort())
    contour.SetValue(0, 90)
    mapper = vtk.vtkPolyDataMapper()
    mapper.SetInputConnection(contour.GetOutputPort())
    mapper.ScalarVisibilityOff()
    actor = vtk.vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().SetColor(0.93, 0.78, 0.68)
    renderer = vtk.vtkRenderer()
    renderer.SetBackground(0.12, 0.19, 0.24)
    renderer.AddActor(actor)
    camera = renderer.GetActiveCamera()
    camera.SetViewUp(0, 0, 1)
    camera.SetPosition(-0.75, -1, 0.12)
    renderer.ResetCamera()
    camera.Zoom(1.35)
    window = vtk.vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetSize(420, 460)
    window.AddRenderer(renderer)
    window.Render()
    grab = vtk.vtkWindowToImageFilter()
    grab.SetInput(window)
    grab.Update()
    output = grab.GetOutput()
    width, height, _depth = output.GetDimensions()
    return vtk_to_numpy(output.GetPointData().GetScalars()).reshape(height, width, 3)[::-1]


def saveArray(array, path, size=None):
    """Save a gray or color array as a picture, fitted into a black frame of a size if one is given."""
    data = np.ascontiguousarray(array.astype(np.uint8))
    gray = QtGui.QImage.Format.Format_Grayscale8
    form = gray if data.ndim == 2 else QtGui.QImage.Format.Format_RGB888
    image = QtGui.QImage(data.tobytes(), data.shape[1], data.shape[0], data.strides[0], form).copy()
    if size:
        smooth = QtCore.Qt.TransformationMode.SmoothTransformation
        fitted = image.scaled(*size, QtCore.Qt.AspectRatioMode.KeepAspectRatio, smooth)
        image = QtGui.QImage(*size, QtGui.QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QtGui.QPainter(image)
        painter.drawImage((size[0] - fitted.width()) // 2, (size[1] - fitted.height()) // 2, fitted)
        painter.end()
    image.save(str(path))
    print(path.name, image.width(), image.height())


if __name__ == "__main__":
    import unittest

    QtWidgets.QApplication.setStyle("Fusion")
    if len(sys.argv) > 1:
        Pictures.folderForPictures = Path(sys.argv.pop())
    Pictures.folderForPictures.mkdir(parents=True, exist_ok=True)
    unittest.main(argv=["makeScreenshots"])

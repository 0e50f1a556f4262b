"""Stand-ins for what only the Slicer desktop has, on the real MRML scene of the package ``slicer-core``.

``install()`` fills ``slicer`` with an application, a scene, module logics, MRML widgets and a DICOM database.
Nothing here is used when the tests run in a real Slicer.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import qt
import slicer
from PySide6 import QtCore, QtWidgets


class Application(SimpleNamespace):
    """The few members of qSlicerApplication that scripted modules use."""

    def __init__(self):
        super().__init__(
            documentationBaseUrl="https://slicer.readthedocs.io/en/latest/",
            applicationVersion="5.12.3",
            majorVersion=5,
            minorVersion=12,
            slicerHome="",
            temporaryPath="",
            commandOptions=lambda: SimpleNamespace(noMainWindow=True),
            startupCallbacks=[],
            opened=[],
        )
        self.applicationName = "Slicer"

    def testingEnabled(self):
        return True

    def processEvents(self, *_flags):
        QtCore.QCoreApplication.processEvents()

    def setOverrideCursor(self, cursor):
        QtWidgets.QApplication.setOverrideCursor(cursor)

    def restoreOverrideCursor(self):
        QtWidgets.QApplication.restoreOverrideCursor()

    def translate(self, _context, text):
        return text

    def connect(self, signature, slot):
        if signature not in ("startupCompleted()", "aboutToQuit()"):
            raise TypeError(f"qSlicerApplication stand-in has no signal {signature}")
        self.startupCallbacks.append((signature, slot))
        return True

    def disconnect(self, signature, slot):
        self.startupCallbacks.remove((signature, slot))

    def moduleManager(self):
        return SimpleNamespace(connect=lambda *a: True, disconnect=lambda *a: True)

    def layoutManager(self):
        return None

    def userSettings(self):
        return qt.QSettings()


class DicomDatabase:
    """The members of ctkDICOMDatabase that the module uses, filled by a test."""

    isOpen = True
    databaseDirectory = ""
    lastError = ""

    def __init__(self):
        self.series: dict[str, dict] = {}

    def add(self, patient, study, series, modality, description, files, instances, *, name="", date="", studyText=""):
        self.series[series] = {
            "patient": patient,
            "study": study,
            "modality": modality,
            "description": description,
            "files": list(files),
            "instances": list(instances),
            "name": name,
            "date": date,
            "studyText": studyText,
        }

    def seriesCount(self):
        return len(self.series)

    def patients(self):
        return list(dict.fromkeys(entry["patient"] for entry in self.series.values()))

    def studiesForPatient(self, patient):
        return list(dict.fromkeys(e["study"] for e in self.series.values() if e["patient"] == patient))

    def seriesForStudy(self, study):
        return [uid for uid, entry in self.series.items() if entry["study"] == study]

    def filesForSeries(self, series):
        return list(self.series[series]["files"]) if series in self.series else []

    def fileForInstance(self, uid):
        for entry in self.series.values():
            if uid in entry["instances"]:
                return entry["files"][entry["instances"].index(uid)]
        return ""

    def seriesForFile(self, path):
        return next((uid for uid, entry in self.series.items() if path in entry["files"]), "")

    def instanceForFile(self, path):
        for entry in self.series.values():
            if path in entry["files"]:
                return entry["instances"][entry["files"].index(path)]
        return ""

    def nameForPatient(self, patient):
        return next((e["name"] for e in self.series.values() if e["patient"] == patient), "")

    def displayedNameForPatient(self, patient):
        return self.nameForPatient(patient)

    def fieldForPatient(self, field, patient):
        entry = next((e for e in self.series.values() if e["patient"] == patient), {})
        return {"PatientID": patient, "PatientsName": entry.get("name", "")}.get(field, "")

    def descriptionForStudy(self, study):
        return next((e["studyText"] for e in self.series.values() if e["study"] == study), "")

    def fieldForStudy(self, field, study):
        entry = next((e for e in self.series.values() if e["study"] == study), {})
        return {"StudyDate": entry.get("date", ""), "StudyDescription": entry.get("studyText", "")}.get(field, "")

    def descriptionForSeries(self, series):
        return self.series[series]["description"]

    def fieldForSeries(self, field, series):
        entry = self.series[series]
        return {"Modality": entry["modality"], "SeriesDescription": entry["description"]}.get(field, "")


class DicomBrowsers:
    """``slicer.modules.DICOMWidget.browserWidget`` with its two browsers; only the classic one fills ``fileLists``.

    As in Slicer both exist, each with a selection of its own, and the one not in use keeps what was selected last.
    """

    def __init__(self, visual=False):
        self.fileLists = []
        self.useVisualDICOMBrowser = visual
        self.dicomBrowser = ClassicBrowser()
        self.refreshed = []
        self.dicomVisualBrowser = SimpleNamespace(
            visible=False, patientView=lambda: self._view, refreshBrowser=lambda: self.refreshed.append("visual")
        )
        tables = SimpleNamespace(updateTableViews=lambda: self.refreshed.append("classic"))
        self.dicomBrowser.dicomTableManager = lambda: tables
        self.seriesInVisual = []
        self._view = SimpleNamespace(selectedSeriesInstanceUIDs=lambda: list(self.seriesInVisual))
        self.show()

    def show(self):
        self.dicomVisualBrowser.visible = self.useVisualDICOMBrowser
        self.dicomBrowser.visible = not self.useVisualDICOMBrowser

    def hide(self):
        """As when another module is opened."""
        self.dicomVisualBrowser.visible = self.dicomBrowser.visible = False

    def toggleBrowsers(self, visual):
        self.useVisualDICOMBrowser = visual
        self.show()

    def selectInClassic(self, patients=(), studies=(), series=()):
        self.dicomBrowser.selected = {1: list(patients), 2: list(studies), 3: list(series)}
        self.fileLists = [slicer.dicomDatabase.filesForSeries(uid) for uid in series]

    def selectInVisual(self, *series):
        self.seriesInVisual = list(series)


class ClassicBrowser:
    """The members of ctkDICOMBrowser that the module uses."""

    def __init__(self):
        self.visible = True
        self.selected = {1: [], 2: [], 3: []}

    def selectedItems(self, level):
        return list(self.selected[level])


class _MRMLWidget(QtWidgets.QWidget):
    def setMRMLScene(self, scene):
        for child in self.findChildren(QtWidgets.QWidget):
            if hasattr(type(child), "setMRMLScene"):
                child.setMRMLScene(scene)


class _NodeComboBox(QtWidgets.QComboBox):
    """Shows the nodes of the given types of the scene; keeps itself up to date with an observer."""

    standInSignals: ClassVar[dict] = {}

    def __init__(self, parent=None):
        super().__init__(parent)
        self._own = {"nodeTypes": [], "noneEnabled": False, "scene": None, "ids": [], "tags": [], "flags": {}}
        self.standInSignals = {"currentNodeChanged(vtkMRMLNode*)": [], "currentNodeChanged(bool)": []}
        self.currentIndexChanged.connect(self._announce)

    def setMRMLScene(self, scene):
        if self._own["scene"] is not None:
            for tag in self._own["tags"]:
                self._own["scene"].RemoveObserver(tag)
        self._own["scene"] = scene
        events = (slicer.vtkMRMLScene.NodeAddedEvent, slicer.vtkMRMLScene.NodeRemovedEvent)
        self._own["tags"] = [scene.AddObserver(event, lambda *_: self._refresh()) for event in events]
        self._refresh()

    def mrmlScene(self):
        return self._own["scene"]

    def _refresh(self):
        scene, current = self._own["scene"], self.currentNodeID
        nodes = [
            scene.GetNthNode(i)
            for i in range(scene.GetNumberOfNodes())
            if scene.GetNthNode(i).GetClassName() in self._own["nodeTypes"]
            and not scene.GetNthNode(i).GetHideFromEditors()
        ]
        self.blockSignals(True)
        self.clear()
        self._own["ids"] = ([""] if self._own["noneEnabled"] else []) + [node.GetID() for node in nodes]
        for identifier in self._own["ids"]:
            self.addItem(scene.GetNodeByID(identifier).GetName() if identifier else "None")
        self.blockSignals(False)
        if current in self._own["ids"]:
            self.setCurrentIndex(self._own["ids"].index(current))
        else:
            self._announce(0)

    def _announce(self, _index):
        node = self.currentNode()
        for slot in self.standInSignals["currentNodeChanged(vtkMRMLNode*)"]:
            slot(node)
        for slot in self.standInSignals["currentNodeChanged(bool)"]:
            slot(node is not None)

    def currentNode(self):
        scene = self._own["scene"]
        return scene.GetNodeByID(self.currentNodeID) if scene is not None and self.currentNodeID else None

    def setCurrentNode(self, node):
        self._refresh()
        identifier = node.GetID() if node is not None else ""
        self.setCurrentIndex(self._own["ids"].index(identifier) if identifier in self._own["ids"] else -1)

    def setCurrentNodeID(self, identifier):
        self.setCurrentNode(self._own["scene"].GetNodeByID(identifier))

    @property
    def currentNodeID(self):
        index = QtWidgets.QComboBox.currentIndex(self)
        ids = self._own["ids"]
        return ids[index] if 0 <= index < len(ids) else ""

    def _flag(name):
        return QtCore.Property(
            bool, lambda self: self._own["flags"].get(name, False), lambda self, v: self._own["flags"].update({name: v})
        )

    nodeTypes = QtCore.Property(
        "QStringList", lambda self: self._own["nodeTypes"], lambda self, v: self._own.update(nodeTypes=v)
    )
    noneEnabled = QtCore.Property(
        bool, lambda self: self._own["noneEnabled"], lambda self, v: self._own.update(noneEnabled=v)
    )
    addEnabled, removeEnabled, renameEnabled = _flag("addEnabled"), _flag("removeEnabled"), _flag("renameEnabled")
    showChildNodeTypes, selectNodeUponCreation = _flag("showChildNodeTypes"), _flag("selectNodeUponCreation")


LOGICS = {
    "volumes": "vtkSlicerVolumesLogic",
    "segmentations": "vtkSlicerSegmentationsModuleLogic",
    "sequences": "vtkSlicerSequencesLogic",
    "sceneviews": "vtkSlicerSceneViewsModuleLogic",
    "markups": "vtkSlicerMarkupsLogic",
    "tables": "vtkSlicerTablesLogic",
    "texts": "vtkSlicerTextsLogic",
    "volumerendering": "vtkSlicerVolumeRenderingLogic",
}


class Modules(SimpleNamespace):
    """``slicer.modules``: the logics that the wheel has, and the paths of loaded scripted modules."""


def _moduleLogic(logicClass, scene):
    logic = logicClass()
    logic.SetMRMLScene(scene)
    return SimpleNamespace(logic=lambda: logic)


def install() -> None:
    """Make ``slicer`` look like the application's. Call once."""
    if hasattr(slicer, "app"):
        return
    slicer.__path__.append(str(Path(__file__).parent / "slicer_parts"))
    scene = slicer.vtkMRMLScene()
    applicationLogic = slicer.vtkMRMLApplicationLogic()
    applicationLogic.SetMRMLScene(scene)
    slicer.mrmlScene, slicer.app = scene, Application()
    slicer.app.applicationLogic = lambda: applicationLogic
    slicer.qMRMLWidget = qt.generate(_MRMLWidget, "qMRMLWidget")
    slicer.qMRMLNodeComboBox = qt.generate(_NodeComboBox, "qMRMLNodeComboBox")
    logics = {name: _moduleLogic(getattr(slicer, cls), scene) for name, cls in LOGICS.items()}
    slicer.modules = Modules(**logics)
    slicer.dicomDatabase = DicomDatabase()
    slicer.util.mainWindow = lambda: None
    slicer.util.delayDisplay = lambda *a, **k: None
    slicer.util.selectModule = lambda name: slicer.app.opened.append(("module", name))
    slicer.selfTests = {}


def loadModule(path: Path):
    """Load a scripted module as Slicer's factory does: import, make the module object, remember its path."""
    import importlib

    sys.path.insert(0, str(path.parent)) if str(path.parent) not in sys.path else None
    name = path.stem
    python = importlib.import_module(name)
    parent = SimpleNamespace(
        path=str(path), title="", categories=[], dependencies=[], contributors=[], helpText="", acknowledgementText=""
    )
    parent.icon = None
    setattr(slicer.modules, name.lower(), SimpleNamespace(path=str(path)))
    slicer.util.modulePath = lambda moduleName: getattr(slicer.modules, moduleName.lower()).path
    module = getattr(python, name)(parent)
    setattr(slicer.modules, name + "Instance", module)
    return python, module


def makeWidget(python, name: str):
    """Make the widget of a loaded module as the application does: a qMRMLWidget with a layout, then ``setup``."""
    parent = slicer.qMRMLWidget()
    parent.setLayout(qt.QVBoxLayout())
    parent.setMRMLScene(slicer.mrmlScene)
    widget = getattr(python, name + "Widget")(parent)
    widget.setup()
    return widget

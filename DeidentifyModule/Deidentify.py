"""The Slicer module Deidentify: texts, widget, logic, self test. The work is in DeidentifySlicer and DeidentifyLib."""

import slicer
from DeidentifySlicer.Logic import LogicMixin
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)
from slicer.util import VTKObservationMixin


class Deidentify(ScriptedLoadableModule):
    """Texts of the module, and its sample data."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        parent.title = _("Deidentify")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Informatics")]
        parent.dependencies = []
        parent.contributors = ["The Deidentify contributors"]
        parent.helpText = _(
            "De-identifies DICOM images as DICOM PS3.15 Annex E says: choose images, choose options, see in plain "
            "words what they mean, and run. Faces can be removed from head images. Nothing leaves this computer. "
            "The tutorial is in docs/slicer-module.md of the extension."
        )
        parent.acknowledgementText = _(
            "The rules are those of the DICOM standard, PS3.15 Annex E, by the Medical Imaging and Technology Alliance."
        )
        slicer.app.connect("startupCompleted()", registerSampleData)


def registerSampleData():
    """Offer the synthetic patients in the module Sample Data."""
    from DeidentifySlicer.SampleDataSources import registerSampleData as register

    register(slicer.modules.DeidentifyInstance.resourcePath("Icons"))


class DeidentifyWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """Hands the panel of DeidentifySlicer to Slicer and keeps it in step with the scene."""

    def __init__(self, parent=None):
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self.logic = None
        self.panel = None

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        from DeidentifySlicer.Panel import Panel

        uiWidget = slicer.util.loadUI(self.resourcePath("UI/Deidentify.ui"))
        self.layout.addWidget(uiWidget)
        uiWidget.setMRMLScene(slicer.mrmlScene)
        self.logic = DeidentifyLogic()
        self.panel = Panel(uiWidget, self.logic)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndCloseEvent, self.onSceneEndClose)
        self.panel.useParameterNode(self.logic.getParameterNode())

    def enter(self):
        if self.panel is not None:
            self.panel.useParameterNode(self.logic.getParameterNode())

    def exit(self):
        if self.panel is not None:
            self.panel.useParameterNode(None)

    def cleanup(self):
        self.removeObservers()
        if self.panel is not None:
            self.panel.close()

    def onSceneStartClose(self, caller, event):
        self.panel.sceneCloses(self.logic.getParameterNode())

    def onSceneEndClose(self, caller, event):
        self.panel.useParameterNode(self.logic.getParameterNode())


class DeidentifyLogic(LogicMixin, ScriptedLoadableModuleLogic):
    """De-identify from Slicer's Python console; examples are in docs/slicer-module.md."""

    def __init__(self, parent=None):
        ScriptedLoadableModuleLogic.__init__(self, parent)
        self._parameterNode = None

    def getParameterNode(self):
        """Return the options of the scene; one wrapper for each node, since Slicer never lets go of a wrapper."""
        from DeidentifySlicer.OptionsParameterNode import OptionsParameterNode

        node = super().getParameterNode()
        if self._parameterNode is None or self._parameterNode.parameterNode is not node:
            self._parameterNode = OptionsParameterNode(node)
        return self._parameterNode


class DeidentifyTest(ScriptedLoadableModuleTest):
    """The short self test behind "Reload and Test"; the whole suite is in Testing/slicer_module."""

    def setUp(self):
        slicer.mrmlScene.Clear(0)

    def runTest(self):
        self.setUp()
        self.test_the_options_are_described_in_words()

    def test_the_options_are_described_in_words(self):
        lines = DeidentifyLogic().describe()
        self.assertGreater(len(lines), 3)

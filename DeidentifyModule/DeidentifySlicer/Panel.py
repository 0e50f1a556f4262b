"""The panel: makes the sections, hands them what they share, and decides what may be pressed when."""

import slicer

from .Dialogs import Dialogs
from .FaceSection import FaceSection
from .InputSection import InputSection
from .OptionsSection import OptionsSection
from .OutputSection import OutputSection
from .PanelHeight import PanelHeight
from .PanelState import PanelState
from .PreviewSection import PreviewSection
from .Requirements import missingRequirement
from .RunSection import RunSection
from .SceneSection import SceneSection
from .Translation import tr as _


class Panel:
    """All sections of the module panel.

    Parameters
    ----------
    uiWidget : qMRMLWidget
        The loaded Deidentify.ui.
    logic : DeidentifyLogic
        Does the work.
    dialogs : Dialogs, optional
        Asks the user; tests pass their own.
    """

    def __init__(self, uiWidget, logic, dialogs=None):
        self.uiWidget = uiWidget
        self._height = PanelHeight(uiWidget)
        self.ui = slicer.util.childWidgetVariables(uiWidget)
        self.logic = logic
        self.dialogs = dialogs or Dialogs()
        self.state = PanelState()
        self.parameterNode = None
        self._guiTag = None
        self._requirement = missingRequirement()
        self.options = OptionsSection(self)
        self.input = InputSection(self)
        self.face = FaceSection(self)
        self.preview = PreviewSection(self)
        self.output = OutputSection(self)
        self.run = RunSection(self)
        self.scene = SceneSection(self)
        self.showMessage(self._requirement)
        self.update()

    def useParameterNode(self, parameterNode):
        """Bind the option controls to a parameter node; None lets go of the one in use."""
        if self.parameterNode is not None:
            self.parameterNode.disconnectGui(self._guiTag)
            self.options.release(self.parameterNode)
        self.parameterNode = parameterNode
        if parameterNode is not None:
            self._guiTag = parameterNode.connectGui(self.uiWidget)
            self.options.watch(parameterNode)
        self.update()

    def sceneClosed(self):
        """Let go of everything that belongs to the scene; a run goes on, since it does not need the scene."""
        self.face.reset()
        self.scene.reset()
        self.preview.reset()

    def close(self):
        """End what is under way; a stopped run can be continued with the same output folder."""
        self.run.close()
        self.input.close()
        self.preview.close()
        self.useParameterNode(None)

    def showMessage(self, text):
        """Show a message at the top of the panel; an empty text hides it."""
        self.ui.messageLabel.text = text
        self.ui.messageLabel.visible = bool(text)

    def reasonNotToRun(self):
        """Return why De-identify cannot be pressed now, or an empty text."""
        if self._requirement:
            return self._requirement
        if self.state.busy:
            return _("Wait until what is under way has ended.")
        if not self.state.inputs:
            return _("Add images first.")
        if not self.input.checkedSeries():
            return _("Check at least one series in the list.")
        if not self.ui.outputPathLineEdit.currentPath:
            return _("Choose an output folder.")
        return self.options.problem

    def update(self):
        """Enable what can be used now; what cannot says why in its tool tip."""
        reason = self.reasonNotToRun()
        self.ui.runButton.enabled = not reason
        self.ui.runButton.toolTip = reason or _("De-identify the checked series.")
        idle = not self.state.busy
        for button in (
            self.ui.addFolderButton,
            self.ui.addFilesButton,
            self.ui.addDatabaseButton,
            self.ui.addVolumesButton,
            self.ui.loadOptionsButton,
            self.ui.cleanSceneButton,
        ):
            button.enabled = idle and not (self._requirement and button is not self.ui.cleanSceneButton)
        self.ui.clearInputButton.enabled = idle and bool(self.state.inputs)
        self.preview.update()
        self.output.update()
        self.face.update()

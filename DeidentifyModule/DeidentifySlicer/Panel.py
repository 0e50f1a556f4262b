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
from .ResultSection import ResultSection
from .RunSection import RunSection
from .SceneSection import SceneSection
from .StatusLine import BAD, BUSY, IDLE, Status, StatusLine
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
        self.requirement = missingRequirement()
        self._statusLine = StatusLine(
            [
                (self.ui.statusIconLabel, self.ui.statusLabel),
                (self.ui.runStatusIconLabel, self.ui.runStatusLabel),
            ]
        )
        self.options = OptionsSection(self)
        self.input = InputSection(self)
        self.face = FaceSection(self)
        self.preview = PreviewSection(self)
        self.output = OutputSection(self)
        self.result = ResultSection(self)
        self.run = RunSection(self)
        self.scene = SceneSection(self)
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
            self.input.showSelection()
        self.update()

    def sceneCloses(self, parameterNode):
        """Let go of everything that belongs to the scene, but for the options, which the next scene gets.

        A run goes on, since it does not need the scene; inputs and result stay as well.
        """
        self.options.keepForNextScene(parameterNode)
        self.useParameterNode(None)
        self.face.reset()
        self.scene.reset()
        self.preview.reset()

    def close(self):
        """End what is under way; a stopped run can be continued with the same output folder."""
        self.run.close()
        self.input.close()
        self.preview.close()
        self.useParameterNode(None)

    def status(self):
        """Return what the status line says now."""
        if self.requirement:
            return Status(BAD, _("Deidentify cannot run."), self.requirement)
        if self.state.busy:
            return self.state.working or Status(BUSY, _("Working …"))
        if self.state.outcome is not None:
            return self.state.outcome
        reason = self.reasonNotToRun()
        if reason:
            return Status(IDLE, _("De-identify is off:"), reason)
        return Status(IDLE, _("Ready."), self.input.checkedText())

    def showStatus(self):
        """Show the status in both places."""
        self._statusLine.show(self.status())

    def showOutcome(self, outcome):
        """Show what came of a run until options, inputs or output folder change."""
        self.state.outcome, self.state.outcomeOf = outcome, self._setup()
        self.update()

    def forgetResult(self):
        """Clear what the last run left on the panel; its files stay."""
        self.state.outcome = self.state.outcomeOf = None
        self.state.lastRun = {}
        self.state.working = None
        self.result.forget()
        self.input.tree.clearStatus()

    def _setup(self):
        """Return all that a result depends on; None while the module has no options (it is not open)."""
        if self.parameterNode is None:
            return None
        masks = tuple((uid, mask.since) for uid, mask in self.state.masks.items())
        inputs = tuple(self.state.inputs), tuple(self.input.checkedSeries())
        return inputs, masks, self.output.folder(), self.options.signature()

    def _forgetOldResult(self):
        setup = self._setup()
        if self.state.busy or self.state.outcome is None or setup is None:
            return
        if self.state.outcomeOf is None:  # the module was not open when the run ended
            self.state.outcomeOf = setup
        elif setup != self.state.outcomeOf:
            self.forgetResult()

    def reasonNotToRun(self):
        """Return why De-identify cannot be pressed now, or an empty text."""
        if self.requirement:
            return self.requirement
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
        """Enable what can be used now; what cannot says why."""
        self._forgetOldResult()
        self.showStatus()
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
            button.enabled = idle and not (self.requirement and button is not self.ui.cleanSceneButton)
        self.ui.clearInputButton.enabled = idle and bool(self.state.inputs)
        self.preview.update()
        self.result.update()
        self.face.update()

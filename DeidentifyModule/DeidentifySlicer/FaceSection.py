"""Face: find, edit, preview, deface on a loaded volume, and use of the mask in the batch."""

import html

import slicer

from .BackgroundCall import BackgroundCall
from .BoundMasks import BoundMasks
from .Errors import DeidentifyError
from .StatusLine import BUSY, Status
from .Translation import tr as _
from .VolumeViews import centerViews, leave3D, removeVolume, showIn3D, showInSlices


class FaceSection:
    """The buttons for one volume and its face mask."""

    def __init__(self, panel):
        self._panel, self._ui, self._state = panel, panel.ui, panel.state
        self._found = None
        self._volume = None
        self._defaced = None
        self._results = []  # (volume, what was found) of the scene
        self._bound = BoundMasks(self._state.masks)
        self._ui.faceVolumeSelector.connect("currentNodeChanged(vtkMRMLNode*)", self._volumeChanged)
        self._ui.faceCollapsibleButton.connect("contentsCollapsed(bool)", self._sectionToggled)
        self._ui.findFaceButton.connect("clicked(bool)", self._find)
        self._ui.editFaceButton.connect("clicked(bool)", self._edit)
        self._ui.facePreviewButton.connect("clicked(bool)", self._preview)
        self._ui.defaceVolumeButton.connect("clicked(bool)", self._deface)
        self._ui.useFaceMaskButton.connect("clicked(bool)", self._useInBatch)

    def update(self):
        """Enable what the chosen volume and the mask allow."""
        idle = not self._state.busy
        volume = self._ui.faceVolumeSelector.currentNode() is not None
        mask = self._segmentation() is not None
        self._ui.faceVolumeSelector.enabled = idle
        self._ui.findFaceButton.enabled = idle and volume
        for button in (
            self._ui.editFaceButton,
            self._ui.facePreviewButton,
            self._ui.defaceVolumeButton,
            self._ui.useFaceMaskButton,
        ):
            button.enabled = idle and volume and mask
        self._showMasksInUse()

    def reset(self):
        """Forget what belongs to the scene; masks that are in use are read a last time and stay."""
        self._bound.detach()
        self._results = []
        self._forget()

    def sceneCleaned(self):
        """Forget what is shown with names; the nodes are still there, and masks in use are still read from them."""
        self._restoreView()
        self._forget()
        self._showAgain(self._ui.faceVolumeSelector.currentNode())

    def masksForRun(self):
        """Return the masks in use as they are now, images by FrameOfReferenceUID.

        Raises
        ------
        DeidentifyError
            If one cannot be used as it is now.
        """
        images = self._bound.images()
        self._showMasksInUse()
        return images

    def releaseMasksOfClosedScenes(self):
        """Use masks no longer whose volumes are not in the scene."""
        self._bound.releaseOfClosedScenes()
        self._showMasksInUse()

    def _forget(self):
        self._found = self._volume = self._defaced = None
        self._ui.facePreviewButton.checked = False
        self._ui.useFaceMaskButton.checked = False
        self._say("")
        self.update()

    def _showMasksInUse(self):
        lines = [html.escape(line) for line in self._bound.lines()]
        if lines:
            lines.insert(0, "<b>" + _("Masks in the batch") + "</b>")
            node = self._panel.parameterNode
            if node is not None and not node.deface:
                lines.append(_("Remove faces is not checked in the options: the run removes no face."))
        self._ui.faceMasksLabel.text = "<br>".join(lines)
        self._ui.faceMasksLabel.visible = bool(lines)

    def _segmentation(self):
        node = self._found.segmentationNode if self._found is not None else None
        return node if node is not None and slicer.mrmlScene.IsNodePresent(node) else None

    def _volumeChanged(self, volumeNode):
        if volumeNode is None or volumeNode is not self._volume:
            self._restoreView()
            self._forget()
            self._showAgain(volumeNode)

    def _showAgain(self, volumeNode):
        """Show what was found on a volume before, so that its mask is edited and not a second one."""
        for volume, found in self._results:
            if volume is volumeNode:
                self._found, self._volume = found, volume
        if self._segmentation() is None:
            self._found = self._volume = None
            return
        self._showVerdict()
        self._ui.useFaceMaskButton.checked = self._bound.isBound(volumeNode)
        self.update()

    def _showVerdict(self):
        self._say(verdictText(self._found) + transformText(self._volume))
        self._ui.faceVerdictLabel.toolTip = figuresText(self._found)

    def chooseLoadedVolume(self):
        """Choose the volume that the slice views show, or the first one, as long as the user chose none."""
        selector = self._ui.faceVolumeSelector
        if selector.currentNode() is not None or self._state.busy:
            return
        nodes = [n for n in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode") if not n.GetHideFromEditors()]
        nodes = [node for node in nodes if node.GetClassName() == "vtkMRMLScalarVolumeNode"]  # no label maps
        logic = slicer.app.applicationLogic()
        shown = logic.GetSelectionNode().GetActiveVolumeID() if logic is not None else ""
        if nodes:
            selector.setCurrentNode(next((node for node in nodes if node.GetID() == shown), nodes[0]))

    def _sectionToggled(self, collapsed):
        if not collapsed:
            self.chooseLoadedVolume()

    def _find(self):
        from .FaceMask import faceInput, findFaceInImage, showMask

        volume = self._ui.faceVolumeSelector.currentNode()
        self._restoreView()
        self._begin()
        try:
            image, modality = faceInput(volume)
            found = BackgroundCall(findFaceInImage, image, modality).finish(slicer.app.processEvents)
            if not slicer.mrmlScene.IsNodePresent(volume):
                return
            found.segmentationNode = showMask(volume, found, self._segmentation())
            self._found, self._volume = found, volume
            self._results = [pair for pair in self._results if pair[0] is not volume] + [(volume, found)]
            self._showVerdict()
            self._showInTree(volume, found)
            showInSlices(volume)
            showIn3D(volume, modality)
            centerViews(found.segmentationNode)
        except (DeidentifyError, ValueError) as error:
            self._say(html.escape(str(error)))
        finally:
            self._end()

    def _begin(self):
        self._state.busy, self._state.working = "face", Status(BUSY, _("Looking for the face …"))
        self._ui.faceProgressBar.setRange(0, 0)
        self._ui.faceProgressBar.visible = True
        self._say(_("Looking for the face …"))
        self._panel.update()

    def _end(self):
        self._state.busy, self._state.working = "", None
        self._ui.faceProgressBar.visible = False
        self._panel.update()

    def _edit(self):
        self._restoreView()
        slicer.util.selectModule("SegmentEditor")
        module = getattr(slicer.modules, "segmenteditor", None)
        if module is not None:
            editor = module.widgetRepresentation().self().editor
            editor.setSegmentationNode(self._segmentation())
            editor.setSourceVolumeNode(self._volume)

    def _preview(self):
        from .VolumeFiles import modalityOfVolume

        if not self._ui.facePreviewButton.checked:
            self._restoreView()
            return
        defaced = self._makeDefaced(_("Preview without face"))
        if defaced is None:
            self._ui.facePreviewButton.checked = False
            return
        self._defaced = defaced
        self._segmentation().SetDisplayVisibility(False)
        showInSlices(defaced)
        leave3D(self._volume)
        showIn3D(defaced, modalityOfVolume(self._volume))

    def _restoreView(self):
        from .VolumeFiles import modalityOfVolume

        if self._defaced is not None:
            if slicer.mrmlScene.IsNodePresent(self._defaced):
                removeVolume(self._defaced)
            self._defaced = None
            if self._segmentation() is not None:
                self._segmentation().SetDisplayVisibility(True)
            if self._volume is not None and slicer.mrmlScene.IsNodePresent(self._volume):
                showInSlices(self._volume)
                showIn3D(self._volume, modalityOfVolume(self._volume))
        self._ui.facePreviewButton.checked = False

    def _deface(self):
        self._restoreView()
        defaced = self._makeDefaced(None)
        if defaced is not None:
            showInSlices(defaced)
            self._say(_("New volume: {name}").format(name=html.escape(defaced.GetName())))

    def _makeDefaced(self, name):
        try:
            return self._panel.logic.deface(self._volume, self._segmentation(), name)
        except (DeidentifyError, ValueError) as error:
            self._say(html.escape(str(error)))
            return None

    def _useInBatch(self):
        if not self._ui.useFaceMaskButton.checked:
            self._bound.release(self._volume)
            self._say(_("The batch finds the face by itself again."))
            self._showMasksInUse()
            return
        try:
            self._bound.bind(self._volume, self._segmentation())
        except (DeidentifyError, ValueError, OSError) as error:
            self._ui.useFaceMaskButton.checked = False
            self._say(html.escape(str(error)))
            return
        self._panel.parameterNode.deface = True
        self._say(
            _("The batch removes this mask from all series of the same frame of reference; Remove faces is checked.")
        )
        self._showMasksInUse()

    def _showInTree(self, volume, found):
        hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
        item = hierarchy.GetItemByDataNode(volume) if hierarchy is not None else 0
        uid = hierarchy.GetItemUID(item, "DICOM") if item else ""
        if uid:
            self._panel.input.tree.setFace(uid, shortVerdict(found))

    def _say(self, text):
        self._ui.faceVerdictLabel.text = text
        self._ui.faceVerdictLabel.visible = bool(text)


def shortVerdict(found):
    """Return the verdict for a column of the tree."""
    return {"removed": _("found"), "uncertain": _("uncertain")}.get(found.verdict, _("no head"))


def verdictText(found):
    """Return verdict, reason and how well the head fits, as rich text; the numbers are in the tool tip."""
    from DeidentifyLib.face.plain_words import in_plain_words

    start = {
        "removed": _("<b>Face found.</b> Look at the mask in the slice and 3D views; correct it with Edit if needed."),
        "uncertain": _("<b>Uncertain.</b> The batch would withhold this series. Correct the mask and use it."),
    }.get(found.verdict, _("<b>No head in the field of view.</b> The batch leaves this series as it is."))
    reason = "" if found.certain else html.escape(found.reason)
    words = html.escape("; ".join(in_plain_words(found.figures)))
    return "<br>".join(part for part in (start, reason, words) if part)


def figuresText(found):
    """Return the numbers behind a verdict in one line."""
    return " · ".join(
        "{} {:.2f}".format(html.escape(name.replace("_", " ")), found.figures[name]) for name in found.figures
    )


def transformText(volume):
    """Return a note if the volume is under a transform."""
    if not volume.GetTransformNodeID():
        return ""
    return "<br>" + _("The volume is under a transform; mask and result are made in its own geometry and follow it.")

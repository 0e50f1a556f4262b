"""Shows volumes in slice views and, by volume rendering, in 3D views; without views or module nothing happens."""

import slicer

PRESETS = {"CT": "CT-Soft-Tissue", "MR": "MR-Default"}
MOST_VOXELS_IN_3D = 150_000_000
"""Larger volumes are shown in slices only: volume rendering would make Slicer slow."""


def showInSlices(volumeNode):
    """Show a volume as background of the slice views."""
    if slicer.app.layoutManager() is not None:
        slicer.util.setSliceViewerLayers(background=volumeNode)


def centerViews(segmentationNode):
    """Move slices to the middle of a segmentation and turn 3D views to the whole."""
    if slicer.app.layoutManager() is None:
        return
    bounds = [0.0] * 6
    segmentationNode.GetRASBounds(bounds)
    if bounds[0] <= bounds[1]:
        middle = [(bounds[2 * axis] + bounds[2 * axis + 1]) / 2 for axis in range(3)]
        slicer.vtkMRMLSliceNode.JumpAllSlices(slicer.mrmlScene, *middle, slicer.vtkMRMLSliceNode.CenteredJumpSlice)
    slicer.util.resetThreeDViews()


def showIn3D(volumeNode, modality):
    """Show a volume by volume rendering."""
    module = getattr(slicer.modules, "volumerendering", None)
    if module is None or volumeNode.GetImageData().GetNumberOfPoints() > MOST_VOXELS_IN_3D:
        return
    logic = module.logic()
    display = logic.GetFirstVolumeRenderingDisplayNode(volumeNode)
    if display is None:
        display = logic.CreateDefaultVolumeRenderingNodes(volumeNode)
        preset = logic.GetPresetByName(PRESETS.get(modality, "MR-Default"))
        if display is not None and preset is not None:
            display.GetVolumePropertyNode().Copy(preset)
    if display is not None:
        display.SetVisibility(True)


def leave3D(volumeNode):
    """Make the volume rendering of a volume invisible."""
    module = getattr(slicer.modules, "volumerendering", None)
    display = module.logic().GetFirstVolumeRenderingDisplayNode(volumeNode) if module is not None else None
    if display is not None:
        display.SetVisibility(False)


def hideIn3D(volumeNode):
    """Remove the volume rendering of a volume, with its nodes."""
    module = getattr(slicer.modules, "volumerendering", None)
    display = module.logic().GetFirstVolumeRenderingDisplayNode(volumeNode) if module is not None else None
    if display is None:
        return
    for node in (display.GetVolumePropertyNode(), display.GetROINode(), display):
        if node is not None:
            slicer.mrmlScene.RemoveNode(node)


def removeVolume(volumeNode):
    """Remove a volume from the scene, with what shows it."""
    hideIn3D(volumeNode)
    display = volumeNode.GetDisplayNode()
    slicer.mrmlScene.RemoveNode(volumeNode)
    if display is not None:
        slicer.mrmlScene.RemoveNode(display)

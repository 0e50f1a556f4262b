"""Face masks on loaded volumes: find, show as a segmentation, take back after editing, remove."""

from dataclasses import dataclass, field

import numpy as np
import slicer

from .Errors import DeidentifyError
from .Translation import tr as _
from .VolumeFiles import modalityOfVolume
from .VolumeImages import VolumeGeometryError, imageFromVolume, volumeFromImage

SEGMENT_NAME = "Face"
OPACITY_IN_3D, OPACITY_IN_SLICES = 0.4, 0.25
"""So that the anatomy under the mask is seen."""

SEGMENT_COLOR = (0.9, 0.55, 0.2)


@dataclass
class FaceResult:
    """What was found on a volume.

    Attributes
    ----------
    mask : SimpleITK.Image
        uint8, 1 where the face is; geometry of the volume (LPS, mm).
    verdict : str
        ``removed`` (the face can be removed), ``uncertain`` or ``no head in the field of view``.
    reason : str
        Why, in words.
    figures : dict
        Numbers behind the verdict.
    segmentationNode : vtkMRMLSegmentationNode or None
    """

    mask: object
    verdict: str
    reason: str = ""
    figures: dict = field(default_factory=dict)
    segmentationNode: object = None

    @property
    def certain(self):
        """Whether the batch would trust this mask by itself."""
        return self.verdict == "removed"


def faceInput(volumeNode):
    """Return (image, modality) of a volume for `findFaceInImage`; the only part that needs MRML.

    Raises
    ------
    DeidentifyError
        If the volume cannot be used.
    """
    if volumeNode is None:
        raise DeidentifyError(_("Choose a volume."))
    try:
        image = imageFromVolume(volumeNode)
    except VolumeGeometryError as error:
        raise DeidentifyError(str(error)) from error
    return image, modalityOfVolume(volumeNode)


def findFaceInImage(image, modality):
    """Return a `FaceResult` of a SimpleITK image; touches neither MRML nor Qt, so it may run in a thread."""
    from DeidentifyLib import face

    location = face.locate(image, modality)
    judged = face.verdict(location, modality)
    return FaceResult(face.face_mask(image, location), judged.outcome.value, judged.reason, dict(location.figures))


def findFace(volumeNode):
    """Return a `FaceResult` of a volume node.

    Raises
    ------
    DeidentifyError
        If the volume cannot be used.
    """
    image, modality = faceInput(volumeNode)
    try:
        return findFaceInImage(image, modality)
    except ValueError as error:
        raise DeidentifyError(str(error)) from error


def showMask(volumeNode, found, segmentationNode=None):
    """Show a mask as a segmentation over its volume, in slices and 3D, and return the segmentation node."""
    import SimpleITK as sitk

    node = segmentationNode or slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    node.SetName(_("Face of {volume}").format(volume=volumeNode.GetName()))
    node.CreateDefaultDisplayNodes()
    node.SetReferenceImageGeometryParameterFromVolumeNode(volumeNode)
    node.SetAndObserveTransformNodeID(volumeNode.GetTransformNodeID())
    segmentation = node.GetSegmentation()
    segmentation.RemoveAllSegments()
    identifier = segmentation.AddEmptySegment("", SEGMENT_NAME, SEGMENT_COLOR)
    array = sitk.GetArrayFromImage(found.mask)
    if array.any():
        slicer.util.updateSegmentBinaryLabelmapFromArray(array, node, identifier, volumeNode)
        node.CreateClosedSurfaceRepresentation()
        node.GetDisplayNode().SetOpacity3D(OPACITY_IN_3D)
        node.GetDisplayNode().SetOpacity2DFill(OPACITY_IN_SLICES)
    return node


def maskArray(volumeNode, mask):
    """Return a mask as an array on the grid of a volume.

    Parameters
    ----------
    volumeNode : vtkMRMLScalarVolumeNode
    mask : vtkMRMLSegmentationNode, vtkMRMLLabelMapVolumeNode, SimpleITK.Image or numpy.ndarray
        A segmentation of another geometry is resampled.

    Returns
    -------
    numpy.ndarray
        bool, (slices, rows, columns) of the volume.

    Raises
    ------
    DeidentifyError
        If the mask is empty there.
    """
    shape = slicer.util.arrayFromVolume(volumeNode).shape
    if hasattr(mask, "IsA") and mask.IsA("vtkMRMLSegmentationNode"):
        array = _segmentationArray(volumeNode, mask, shape)
    elif hasattr(mask, "IsA"):
        array = slicer.util.arrayFromVolume(mask)
    elif isinstance(mask, np.ndarray):
        array = mask
    else:
        import SimpleITK as sitk

        array = sitk.GetArrayFromImage(mask)
    if array.shape != shape:
        raise DeidentifyError(
            _("The mask has {mask} voxels and the volume {volume}; use a segmentation, which is resampled.").format(
                mask=array.shape[::-1], volume=shape[::-1]
            )
        )
    array = np.asarray(array) > 0
    if not array.any():
        raise DeidentifyError(_("The mask is empty, or does not overlap the volume."))
    return array


def _segmentationArray(volumeNode, segmentationNode, shape):
    total = np.zeros(shape, bool)
    for identifier in segmentationNode.GetSegmentation().GetSegmentIDs():
        total |= slicer.util.arrayFromSegmentBinaryLabelmap(segmentationNode, identifier, volumeNode) > 0
    return total


def maskImage(volumeNode, mask):
    """Return a mask (see `maskArray`) as a SimpleITK image in the coordinates of the volume (LPS, mm)."""
    import SimpleITK as sitk

    image = sitk.GetImageFromArray(maskArray(volumeNode, mask).astype(np.uint8))
    image.CopyInformation(imageFromVolume(volumeNode))
    return image


def deface(volumeNode, mask=None, name=None):
    """Return a new volume node with the mask's voxels removed; see ``DeidentifyLogic.deface``."""
    from DeidentifyLib import face

    image, modality = faceInput(volumeNode)
    if mask is None:
        found = findFace(volumeNode)
        if not found.certain:
            raise DeidentifyError(
                _("The face was not found reliably ({reason}). Look at the mask and correct it.").format(
                    reason=found.reason or found.verdict
                )
            )
        mask = found.mask
    removed = face.remove_face(image, maskImage(volumeNode, mask), face.air_value(image, modality))
    return volumeFromImage(removed, name or _("{volume} defaced").format(volume=volumeNode.GetName()), volumeNode)

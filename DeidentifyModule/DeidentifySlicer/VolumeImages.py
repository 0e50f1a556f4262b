"""Between volume nodes (RAS) and SimpleITK images (LPS), through arrays; no temporary file."""

import numpy as np
import slicer
import vtk

from .Translation import tr as _

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


class VolumeGeometryError(ValueError):
    """A volume cannot be expressed as an image with orthogonal axes."""


def ijkToRas(volumeNode):
    """Return the 4x4 matrix from voxel indices to RAS (mm) of a volume, without its parent transform."""
    matrix = vtk.vtkMatrix4x4()
    volumeNode.GetIJKToRASMatrix(matrix)
    return slicer.util.arrayFromVTKMatrix(matrix)


def imageFromVolume(volumeNode):
    """Return a SimpleITK image of a scalar volume node, in the volume's own coordinates (LPS, mm).

    Raises
    ------
    VolumeGeometryError
        If the volume is empty, has several components, or its axes are not orthogonal.
    """
    import SimpleITK as sitk

    if volumeNode is None or volumeNode.GetImageData() is None or not volumeNode.GetImageData().GetNumberOfPoints():
        raise VolumeGeometryError(_("The volume holds no image."))
    if volumeNode.GetImageData().GetNumberOfScalarComponents() != 1:
        raise VolumeGeometryError(_("Color and vector volumes cannot be used here."))
    matrix = LPS_TO_RAS @ ijkToRas(volumeNode)
    spacing = np.linalg.norm(matrix[:3, :3], axis=0)
    direction = matrix[:3, :3] / spacing
    if not np.allclose(direction.T @ direction, np.eye(3), atol=1e-3):
        raise VolumeGeometryError(
            _("The axes of the volume are not orthogonal (tilted gantry). Harden its transform or resample it first.")
        )
    image = sitk.GetImageFromArray(slicer.util.arrayFromVolume(volumeNode))
    image.SetSpacing([float(value) for value in spacing])
    image.SetOrigin([float(value) for value in matrix[:3, 3]])
    image.SetDirection([float(value) for value in direction.ravel()])
    return image


def volumeFromImage(image, name, like):
    """Add a scalar volume node with the voxels of an image and geometry, transform and display of another node."""
    import SimpleITK as sitk

    node = slicer.util.addVolumeFromArray(
        sitk.GetArrayFromImage(image), ijkToRas(like), name, nodeClassName=like.GetClassName()
    )
    node.SetAndObserveTransformNodeID(like.GetTransformNodeID())
    node.CreateDefaultDisplayNodes()
    display, model = node.GetDisplayNode(), like.GetDisplayNode()
    if display is not None and model is not None and model.IsA("vtkMRMLScalarVolumeDisplayNode"):
        display.SetAutoWindowLevel(False)
        display.SetWindowLevel(model.GetWindow(), model.GetLevel())
    return node

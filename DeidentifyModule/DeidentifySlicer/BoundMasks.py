"""Face masks of the user that a run is to use: read from their segmentations when the run starts.

A mask belongs to a frame of reference. As long as its nodes are in the scene the nodes are what counts, so what was
edited after "Use this mask in the batch" counts as well. When the scene is closed the masks are read a last time.
"""

import time
from dataclasses import dataclass

import slicer

from .Logic import DeidentifyError
from .Translation import tr as _


@dataclass
class BoundMask:
    """One mask in use.

    Attributes
    ----------
    volume, segmentation : vtkMRMLNode or None
        None after the scene was closed.
    name : str
        Name of the volume, for the panel.
    image : SimpleITK.Image
        As read last.
    since, read : str
        Time of day when it was chosen and when it was read last.
    """

    volume: object
    segmentation: object
    name: str
    image: object
    since: str
    read: str

    def isPresent(self):
        """Whether both nodes are in the scene."""
        return all(
            node is not None and slicer.mrmlScene.IsNodePresent(node) for node in (self.volume, self.segmentation)
        )


class BoundMasks:
    """The masks in use.

    Parameters
    ----------
    masks : dict
        `BoundMask` by FrameOfReferenceUID; kept up to date here.
    """

    def __init__(self, masks):
        self._masks = masks

    def bind(self, volume, segmentation):
        """Use a mask for all series of the volume's frame of reference.

        Raises
        ------
        DeidentifyError
            If the mask is empty or the volume has no DICOM files.
        OSError, ValueError
            If a DICOM file of the volume cannot be read.
        """
        from .FaceMask import maskImage
        from .VolumeFiles import frameOfReference

        uid, now = frameOfReference(volume), timeOfDay()
        image = maskImage(volume, segmentation)
        self._masks[uid] = BoundMask(volume, segmentation, volume.GetName(), image, now, now)

    def release(self, volume):
        """Use the mask of a volume no longer."""
        for uid in [uid for uid, mask in self._masks.items() if mask.volume is volume]:
            del self._masks[uid]

    def releaseOfClosedScenes(self):
        """Use those masks no longer whose nodes are gone."""
        for uid in [uid for uid, mask in self._masks.items() if not mask.isPresent()]:
            del self._masks[uid]

    def isBound(self, volume):
        """Whether the mask of a volume is in use."""
        return any(mask.volume is volume for mask in self._masks.values())

    def images(self):
        """Read the masks as they are now and return the images by FrameOfReferenceUID.

        Raises
        ------
        DeidentifyError
            If one cannot be used as it is now.
        """
        for mask in self._masks.values():
            self._read(mask)
        return {uid: mask.image for uid, mask in self._masks.items()}

    def detach(self):
        """Read the masks a last time and let go of the nodes; what is empty by then is in use no longer."""
        for uid, mask in list(self._masks.items()):
            try:
                self._read(mask)
            except DeidentifyError:
                del self._masks[uid]
            mask.volume = mask.segmentation = None  # a node that is held keeps its images in memory

    def lines(self):
        """Return which masks are in use and since when, one a line."""
        live = _("{name}: in use since {since}. It is read again when a run starts.")
        gone = _("{name}: in use since {since}, as it was at {read}; it is not in the scene any more.")
        return [
            (live if mask.isPresent() else gone).format(name=mask.name, since=mask.since, read=mask.read)
            for mask in self._masks.values()
        ]

    @staticmethod
    def _read(mask):
        from .FaceMask import maskImage

        if not mask.isPresent():
            return
        mask.name = mask.volume.GetName()
        try:
            mask.image, mask.read = maskImage(mask.volume, mask.segmentation), timeOfDay()
        except (DeidentifyError, ValueError) as error:
            text = _("The face mask of {name} cannot be used: {error}")
            raise DeidentifyError(text.format(name=mask.name, error=error)) from error


def timeOfDay():
    """Return the time as the panel shows it."""
    return time.strftime("%H:%M:%S")

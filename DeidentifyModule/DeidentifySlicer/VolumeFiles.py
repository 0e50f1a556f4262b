"""From loaded volumes back to the DICOM files that they came from, by their instance UIDs."""

import os

import slicer

from .Errors import DeidentifyError
from .Translation import tr as _

NOT_DICOM = (".nrrd", ".nhdr", ".nii", ".gz", ".mha", ".mhd", ".mrb", ".mrml", ".png", ".jpg", ".tif", ".tiff")


def instanceUidsOfNode(node):
    """Return the SOPInstanceUIDs that a node was loaded from; empty if it does not know."""
    return (node.GetAttribute("DICOM.instanceUIDs") or "").split()


def filesOfVolume(volumeNode):
    """Return the DICOM files of a volume.

    Looked for in this order: instance UIDs of the node, of the sequence that it shows, the series of its item in the
    subject hierarchy, the files that its storage node has read.

    Raises
    ------
    DeidentifyError
        If there is no DICOM origin, the database does not know it any more, or a file is gone.
    """
    if volumeNode is None:
        raise DeidentifyError(_("Choose a volume."))
    uids = instanceUidsOfNode(volumeNode) or _uidsOfSequence(volumeNode)
    files = _filesOfInstances(uids) if uids else _filesOfSeries(volumeNode) or _filesOfStorage(volumeNode)
    if not files:
        raise DeidentifyError(
            _("This volume was not loaded from DICOM files, or the DICOM database no longer knows them.")
        )
    gone = sum(not os.path.isfile(path) for path in files)
    if gone:
        raise DeidentifyError(
            _("{gone} of {all} DICOM files of this volume are gone.").format(gone=gone, all=len(files))
        )
    return files


def filesOfLoadedVolumes():
    """Return the files of all volumes of the scene, each once, and a message about volumes without DICOM files."""
    nodes = [node for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode") if not node.GetHideFromEditors()]
    files, without = [], 0
    for node in nodes:
        try:
            files += filesOfVolume(node)
        except DeidentifyError:
            without += 1
    if not nodes:
        return [], _("No volume is loaded.")
    message = _("{number} loaded volumes have no DICOM files.").format(number=without) if without else ""
    return list(dict.fromkeys(files)), message


def volumesOfSeries(seriesUid):
    """Return the volumes of the scene that were loaded from a series."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    found = []
    for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode"):
        item = hierarchy.GetItemByDataNode(node) if hierarchy is not None else 0
        uids = [hierarchy.GetItemUID(item, "DICOM")] if item else []
        first = (instanceUidsOfNode(node) or [""])[0]
        path = slicer.dicomDatabase.fileForInstance(first) if first else ""
        uids += [slicer.dicomDatabase.seriesForFile(path)] if path else []
        if seriesUid and seriesUid in uids and not node.GetHideFromEditors():
            found.append(node)
    return found


def frameOfReference(volumeNode):
    """Return the FrameOfReferenceUID (0020,0052) of a volume.

    Raises
    ------
    DeidentifyError
        If the volume has no DICOM origin or its files state no frame of reference.
    """
    path = filesOfVolume(volumeNode)[0]
    uid = slicer.dicomDatabase.fileValue(path, "0020,0052") if hasattr(slicer.dicomDatabase, "fileValue") else ""
    if not uid:
        import pydicom

        uid = str(pydicom.dcmread(path, stop_before_pixels=True).get("FrameOfReferenceUID", ""))
    if not uid:
        raise DeidentifyError(_("The files of this volume state no frame of reference; the mask cannot be bound."))
    return uid


def modalityOfVolume(volumeNode):
    """Return the DICOM modality of a volume: from the subject hierarchy, its file, or guessed from its values."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    item = hierarchy.GetItemByDataNode(volumeNode) if hierarchy is not None else 0
    modality = hierarchy.GetItemAttribute(item, "DICOM.Modality") if item else ""
    if not modality:
        try:
            modality = _modalityOfFile(filesOfVolume(volumeNode)[0])
        except DeidentifyError:
            modality = ""
    if modality:
        return modality
    return "CT" if volumeNode.GetImageData().GetScalarRange()[0] < -500 else "MR"


def _modalityOfFile(path):
    import pydicom

    return str(pydicom.dcmread(path, stop_before_pixels=True, specific_tags=["Modality"]).get("Modality", ""))


def _uidsOfSequence(volumeNode):
    """Return the instance UIDs of the sequence whose current frame a volume shows."""
    for browser in slicer.util.getNodesByClass("vtkMRMLSequenceBrowserNode"):
        sequence = browser.GetSequenceNode(volumeNode) if browser.IsProxyNode(volumeNode.GetID()) else None
        if sequence is not None:
            return instanceUidsOfNode(sequence)
    return []


def _filesOfInstances(uids):
    files = [slicer.dicomDatabase.fileForInstance(uid) for uid in uids]
    unknown = sum(not path for path in files)
    if unknown:
        raise DeidentifyError(
            _("{unknown} of {all} DICOM files of this volume are not in the DICOM database any more.").format(
                unknown=unknown, all=len(files)
            )
        )
    return list(dict.fromkeys(files))


def _filesOfSeries(volumeNode):
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    item = hierarchy.GetItemByDataNode(volumeNode) if hierarchy is not None else 0
    series = hierarchy.GetItemUID(item, "DICOM") if item else ""
    return list(slicer.dicomDatabase.filesForSeries(series)) if series else []


def _filesOfStorage(volumeNode):
    storage = volumeNode.GetStorageNode()
    if storage is None or not storage.GetFileName():
        return []
    files = [storage.GetFullNameFromNthFileName(index) for index in range(storage.GetNumberOfFileNames())]
    files = files or [storage.GetFullNameFromFileName()]
    return [] if files[0].lower().endswith(NOT_DICOM) else files

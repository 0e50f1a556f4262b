"""Stand-ins for the few functions of DICOMUtils that the module uses."""

import os

import slicer

importedFolders: list = []


def importDicom(folder, dicomDatabase=None):
    """Add the DICOM files of a folder and its sub-folders to the database; True whatever came of it, as in Slicer."""
    import pydicom

    importedFolders.append(str(folder))

    series = {}
    for path, _folders, names in os.walk(folder):
        for name in sorted(names):
            try:
                dataset = pydicom.dcmread(os.path.join(path, name), stop_before_pixels=True)
            except pydicom.errors.InvalidDicomError:
                continue
            series.setdefault(dataset.SeriesInstanceUID, []).append((os.path.join(path, name), dataset))
    for uid, members in series.items():
        first = members[0][1]
        (dicomDatabase or slicer.dicomDatabase).add(
            first.PatientID,
            first.StudyInstanceUID,
            uid,
            first.Modality,
            first.get("SeriesDescription", ""),
            [path for path, _dataset in members],
            [dataset.SOPInstanceUID for _path, dataset in members],
            name=str(first.PatientName),
            date=first.get("StudyDate", ""),
            studyText=first.get("StudyDescription", ""),
        )
    return True


def loadSeriesByUID(uids):
    """Load series as volumes and note in node and subject hierarchy what Slicer's scalar volume plugin notes."""
    return [_load(uid).GetID() for uid in uids]


def _load(uid):
    entry = slicer.dicomDatabase.series[uid]
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", f"{entry['description']} {entry['name']}")
    storage = slicer.vtkMRMLVolumeArchetypeStorageNode()
    storage.SetFileName(entry["files"][0])
    for path in entry["files"]:
        storage.AddFileName(path)
    if not storage.ReadData(node):
        raise RuntimeError("the series cannot be read")
    node.CreateDefaultDisplayNodes()
    node.SetAttribute("DICOM.instanceUIDs", " ".join(entry["instances"]))
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    patient = hierarchy.CreateSubjectItem(hierarchy.GetSceneItemID(), f"{entry['name']} ({entry['patient']})")
    hierarchy.SetItemAttribute(patient, "DICOM.PatientName", entry["name"])
    hierarchy.SetItemAttribute(patient, "DICOM.PatientID", entry["patient"])
    item = hierarchy.CreateItem(hierarchy.CreateStudyItem(patient, entry["studyText"]), node)
    hierarchy.SetItemUID(item, "DICOM", uid)
    hierarchy.SetItemAttribute(item, "DICOM.Modality", entry["modality"])
    return node

"""Removes identity from a loaded scene: names, descriptions, attributes, UIDs, file names, texts.

Deny by default: a node without singleton tag gets a new name and loses its description and every attribute that is
not known to be harmless. Free text that the user wrote (segments, table cells, texts, labels) is kept but for known
identifiers, and the result says so.
"""

import re
import secrets
from collections import Counter

import slicer
import vtk

from .KnownIdentifiers import KnownIdentifiers, hierarchyItems, isUidList, itemUidNames
from .SavedScene import nodesOf, savedScene
from .SceneCheck import residueLines, residueOf
from .SceneTexts import replaceTexts
from .Translation import tr as _

KEPT_CLASSES = (
    "vtkMRMLSubjectHierarchyNode",
    "vtkMRMLScriptedModuleNode",
    "vtkMRMLLayoutNode",
    "vtkMRMLSegmentEditorNode",
)
KEPT_ATTRIBUTES = {"ModuleName", "SegmentEditor.SourceVolume", "DICOM.Modality", "DICOM.SeriesNumber", "LabelMap"}
KEPT_ITEM_ATTRIBUTES = {"Level", "SubjectHierarchy.VirtualBranch", "SubjectHierarchy.ExcludeFromTree"}
RENAMED_LEVELS = ("Study", "Folder")
HARMLESS_VALUE = re.compile(r"^(|[01]|true|false|[+-]?\d{1,3}(\.\d+)?)$", re.IGNORECASE)


def isSaved(storage):
    """Whether a save would write a storage node, or use it for a node that it writes."""
    storable = storage.GetStorableNode()
    return bool(storage.GetSaveWithScene() or (storable is not None and storable.GetSaveWithScene()))


def _nameFile(storable):
    """Let the file of a node be called like the node.

    After a save as .mrb Slicer leaves an empty file name behind, and the next save as .mrml makes it the name of the
    scene's folder.
    """
    if storable is not None and storable.AddDefaultStorageNode():
        storage = storable.GetStorageNode()
        name = re.sub(r"[^\w .-]", "_", storable.GetName())
        storage.SetFileName(f"{name}.{storage.GetDefaultWriteFileExtension() or 'dat'}")


class SceneCleaner:
    """Cleans one scene.

    Parameters
    ----------
    scene : vtkMRMLScene
    pseudonyms : DeidentifyLib.pseudonyms.Pseudonyms
        Gives new IDs and UIDs; with the project key they agree with those of de-identified files.
    """

    def __init__(self, scene, pseudonyms):
        self._scene = scene
        self._pseudonyms = pseudonyms
        self._hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
        self._known = KnownIdentifiers()
        self._changes = Counter()
        self._numbers = Counter()
        self._newUids = set()

    @classmethod
    def forScene(cls, keyFile=None):
        """Return a cleaner for the application's scene.

        Raises
        ------
        KeyFileError
            If the key file cannot be used.
        """
        from DeidentifyLib.pseudonyms import Key, Pseudonyms

        key = Key.read(keyFile) if keyFile else Key(secrets.token_bytes(32))
        return cls(slicer.mrmlScene, Pseudonyms(key))

    def clean(self):
        """Clean the scene and return what was changed, one sentence a line."""
        self._known.collect(self._scene, self._hierarchy)
        self._removeSceneViews()
        self._cleanHierarchy()
        for node in nodesOf(self._scene):
            self._cleanNode(node)
            if node.IsA("vtkMRMLSequenceNode"):
                self._cleanSequence(node)
        self._changes["files"] += self._removeStorage(self._scene)
        self._forgetSceneFile()
        return self._report() + self._check()

    def _removeSceneViews(self):
        for node in nodesOf(self._scene):
            if node.IsA("vtkMRMLSceneViewNode"):
                self._scene.RemoveNode(node)
                self._changes["sceneViews"] += 1

    def _cleanNode(self, node):
        if not node.GetSaveWithScene():
            return  # belongs to the application and is not written: color tables, presets
        if node.GetDescription() and self._isOfUser(node, node.GetDescription()):
            node.SetDescription("")
            self._changes["descriptions"] += 1
        self._cleanAttributes(node)
        self._changes["texts"] += replaceTexts(node, self._known)
        if node.IsA("vtkMRMLScriptedModuleNode"):
            self._cleanParameters(node)
        if not node.GetSingletonTag() and not any(node.IsA(name) for name in KEPT_CLASSES):
            self._rename(node)
        elif self._known.found(node.GetName()):
            node.SetName(self._known.replaced(node.GetName()))
            self._changes["names"] += 1

    def _isOfUser(self, node, text):
        """Whether a text may identify: of a singleton, which the application made, only known identifiers do."""
        return not node.GetSingletonTag() or self._known.found(text)

    def _rename(self, node):
        kind = re.sub(r"^vtkMRML(.*?)Node$", r"\1", node.GetClassName())
        self._numbers[kind] += 1
        name = f"{kind} {self._numbers[kind]}"
        if node.GetName() != name:
            node.SetName(name)
            self._changes["names"] += 1

    def _cleanAttributes(self, node):
        for name in list(node.GetAttributeNames() or []):
            value = node.GetAttribute(name) or ""
            if isUidList(value):
                node.SetAttribute(name, self._mappedUids(value))
                self._changes["uids"] += 1
            elif not self._harmless(name, value, KEPT_ATTRIBUTES) and self._isOfUser(node, name + " " + value):
                node.RemoveAttribute(name)
                self._changes["attributes"] += 1

    def _harmless(self, name, value, kept):
        if self._known.found(name) or self._known.found(value):
            return False
        return name in kept or (bool(HARMLESS_VALUE.match(value)) and not name.startswith("DICOM.Patient"))

    def _mappedUids(self, text):
        new = [self._pseudonyms.uid(uid) for uid in text.split()]
        self._newUids.update(new)
        return " ".join(new)

    @staticmethod
    def _removeStorage(scene):
        """Remove what holds file names, and return how many names there were; Slicer makes it again when it saves.

        A storage node cannot be emptied: a save takes an empty file name for one relative to the scene and writes the
        name of the scene's folder.
        """
        count = 0
        for node in nodesOf(scene):
            if node.IsA("vtkMRMLStorageNode") and isSaved(node):
                count += bool(node.GetFileName() or node.GetNumberOfFileNames() or node.GetURI())
                scene.RemoveNode(node)
        return count

    def _cleanParameters(self, node):
        """Remove parameters of any module that hold a path or a known identifier."""
        for name in list(node.GetParameterNames()):
            value = node.GetParameter(name)
            isPath = re.search(r"^([A-Za-z]:[\\/]|[\\/~]|\\\\|file:)", value) is not None
            if isPath or self._known.found(value):
                node.UnsetParameter(name)
                self._changes["parameters"] += 1

    def _cleanSequence(self, sequence):
        inner = sequence.GetSequenceScene() if hasattr(sequence, "GetSequenceScene") else None
        nodes = (
            nodesOf(inner)
            if inner is not None
            else [sequence.GetNthDataNode(index) for index in range(sequence.GetNumberOfDataNodes())]
        )
        for node in nodes:
            self._cleanNode(node)
        if inner is not None:
            self._changes["files"] += self._removeStorage(inner)

    def _cleanHierarchy(self):
        for item in hierarchyItems(self._hierarchy):
            level = self._hierarchy.GetItemLevel(item)
            if level == "Patient":
                self._cleanPatient(item)
            elif level in RENAMED_LEVELS:
                self._numbers[level] += 1
                self._hierarchy.SetItemName(item, f"{level} {self._numbers[level]}")
                self._changes["items"] += 1
            elif self._hierarchy.GetItemDataNode(item) is None:  # a segment, for example: what it shows has the name
                self._hierarchy.SetItemName(item, self._known.replaced(self._hierarchy.GetItemName(item)))
            self._cleanItem(item)

    def _cleanPatient(self, item):
        from DeidentifyLib.pseudonyms import SubjectIdentity

        def attribute(name):
            return self._hierarchy.GetItemAttribute(item, name) or ""

        name = attribute("DICOM.PatientName")
        identity = SubjectIdentity(
            attribute("DICOM.PatientID"),
            name or self._hierarchy.GetItemName(item),
            attribute("DICOM.PatientBirthDate"),
        )
        subject = self._pseudonyms.subject(identity)
        self._hierarchy.SetItemName(item, subject.new_name)
        for uidName in itemUidNames(self._hierarchy, item):
            if not isUidList(self._hierarchy.GetItemUID(item, uidName)):
                self._setUid(item, uidName, subject.new_id)
        self._changes["patients"] += 1

    def _cleanItem(self, item):
        hierarchy = self._hierarchy
        for name in itemUidNames(hierarchy, item):
            value = hierarchy.GetItemUID(item, name)
            if isUidList(value):
                self._setUid(item, name, self._mappedUids(value))
                self._changes["uids"] += 1
        for name in list(hierarchy.GetItemAttributeNames(item)):
            value = hierarchy.GetItemAttribute(item, name)
            if isUidList(value):
                hierarchy.SetItemAttribute(item, name, self._mappedUids(value))
                self._changes["uids"] += 1
            elif not self._harmless(name, value, KEPT_ATTRIBUTES | KEPT_ITEM_ATTRIBUTES):
                hierarchy.RemoveItemAttribute(item, name)
                self._changes["attributes"] += 1

    def _setUid(self, item, name, value):
        # Slicer warns of a UID that is replaced, with the original value, and the log keeps that
        shown = vtk.vtkObject.GetGlobalWarningDisplay()
        vtk.vtkObject.SetGlobalWarningDisplay(0)
        try:
            self._hierarchy.SetItemUID(item, name, value)
        finally:
            vtk.vtkObject.SetGlobalWarningDisplay(shown)

    def _forgetSceneFile(self):
        if self._scene.GetURL():
            self._scene.SetURL("")
            self._changes["files"] += 1
        self._scene.ClearUndoStack()

    def _report(self):
        texts = {
            "patients": _("New names of patients: {number}."),
            "items": _("New names of studies and folders: {number}."),
            "names": _("New names of nodes: {number}."),
            "descriptions": _("Descriptions removed: {number}."),
            "attributes": _("Attributes removed: {number}."),
            "uids": _("UIDs or lists of UIDs mapped: {number}."),
            "parameters": _("Parameters of modules removed: {number}."),
            "files": _("File names forgotten: {number}."),
            "texts": _("Texts in which a known name, ID or date was replaced: {number}."),
            "sceneViews": _("Scene views removed, as they hold copies of the scene: {number}."),
        }
        lines = [text.format(number=self._changes[key]) for key, text in texts.items() if self._changes[key]]
        if lines:
            lines.append(_("Names of segments, table cells, texts and labels were kept otherwise: look through them."))
        return lines or [_("Nothing had to be changed.")]

    def _check(self):
        """Return what is left in the files of the scene, in words; they are written for this and deleted."""
        named = []
        try:
            saved = savedScene(self._scene)
            named = [self._scene.GetNodeByID(identifier).GetStorableNode() for identifier in saved.storageIds]
            return residueLines(residueOf(saved, self._scene, self._known, self._newUids))
        except OSError as error:
            text = _(
                "It was not checked what a save would write: {error}. Look through the scene before you pass it on."
            )
            return [text.format(error=error.strerror or error)]
        finally:
            self._removeStorage(self._scene)  # the check has made some, and noted that all is saved
            for node in named:
                _nameFile(node)

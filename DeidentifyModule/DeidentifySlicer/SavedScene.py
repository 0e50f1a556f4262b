"""What a scene would write to disk: saved to a private folder, read part by part, and deleted again.

Nodes do not show what a save makes of them: storage nodes take names of folders, hidden nodes are written beside the
others. So the files themselves are read. Voxels are not: of an image file only the header is.
"""

import json
import os
import re
import shutil
import tempfile
import urllib.parse
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

import vtk

LONGEST_IMAGE_HEADER = 1 << 24
SHORTEST_TEXT_IN_BINARY = 8
"""Shorter runs of letters occur by chance among bytes that are numbers."""


@dataclass(frozen=True)
class SavedText:
    """A text in the saved scene.

    Attributes
    ----------
    place : str
        File of the package, or node in the scene file.
    text : str
    """

    place: str
    text: str


@dataclass(frozen=True)
class SavedScene:
    """What a save has written.

    Attributes
    ----------
    texts : list of SavedText
        All texts in the files, and the names of the files.
    complete : bool
        Whether Slicer could write every node.
    storageIds : set of str
        IDs of the storage nodes that have written a file.
    """

    texts: list
    complete: bool
    storageIds: set


def savedScene(scene):
    """Save a scene to a private folder, read the files, and delete them.

    Storage nodes are made and changed by this; the caller replaces them.

    Raises
    ------
    OSError
        If there is no room for the files.
    """
    folder = tempfile.mkdtemp()  # only this user may look into it
    package = os.path.join(folder, "scene")
    url, root = scene.GetURL(), scene.GetRootDirectory()
    try:
        os.mkdir(package)
        _saveUncompressed(scene)
        complete = scene.SaveSceneToSlicerDataBundleDirectory(package, None)
        texts = [text for path in _filesBelow(package) for text in _textsOfFile(path, package)]
        return SavedScene(texts, bool(complete), _writers(package))
    finally:
        scene.SetURL(url)
        scene.SetRootDirectory(root)
        shutil.rmtree(folder, ignore_errors=True)


def usualWords(scene):
    """Return the words, in small letters, that Slicer writes into any scene with nodes of the same classes.

    A patient may be called View or Short, and both words are in every scene.
    """
    blank = type(scene)()
    scene.CopyRegisteredNodesToScene(blank)
    shown = vtk.vtkObject.GetGlobalWarningDisplay()
    vtk.vtkObject.SetGlobalWarningDisplay(0)  # of blank nodes some have nothing to write
    try:
        for className in sorted({node.GetClassName() for node in nodesOf(scene)}):
            _fill(blank.AddNewNodeByClass(className))
        texts = savedScene(blank).texts
    finally:
        vtk.vtkObject.SetGlobalWarningDisplay(shown)
    return {word.casefold() for one in texts for word in re.findall(r"[^\W_]+", f"{one.place} {one.text}")}


def nodesOf(scene):
    """Return all nodes of a scene."""
    return [scene.GetNthNode(index) for index in range(scene.GetNumberOfNodes())]


def _fill(node):
    """Give a blank node the little that it needs to be written."""
    if node is None:
        return
    if node.IsA("vtkMRMLVolumeNode"):
        image = vtk.vtkImageData()
        image.SetDimensions(1, 1, 1)
        image.AllocateScalars(vtk.VTK_SHORT, 1)
        node.SetAndObserveImageData(image)
    elif node.IsA("vtkMRMLSegmentationNode"):
        node.GetSegmentation().AddEmptySegment()
    elif node.IsA("vtkMRMLMarkupsNode"):
        node.AddControlPoint(0, 0, 0)


def _saveUncompressed(scene):
    """Let the check be as fast as the disk; the storage nodes with this setting do not outlive it."""
    for node in nodesOf(scene):
        if node.IsA("vtkMRMLStorableNode") and node.GetSaveWithScene():
            if node.GetStorageNode() is None:
                node.AddDefaultStorageNode()
            if node.GetStorageNode() is not None:
                node.GetStorageNode().SetUseCompression(0)


def _filesBelow(folder):
    return sorted(os.path.join(path, name) for path, _folders, names in os.walk(folder) for name in names)


def _writers(package):
    """Return the IDs of the storage nodes whose file is in the package."""
    with open(os.path.join(package, "scene.mrml"), "rb") as file:
        try:
            elements = list(ElementTree.fromstring(file.read()).iter())
        except ElementTree.ParseError:
            return set()
    names = {element.get("id"): urllib.parse.unquote(element.get("fileName") or "") for element in elements}
    return {identifier for identifier, name in names.items() if name and os.path.isfile(os.path.join(package, name))}


def _textsOfFile(path, package):
    place = os.path.relpath(path, package).replace(os.sep, "/")
    name = SavedText(place, urllib.parse.unquote(place))
    with open(path, "rb") as file:
        if file.read(4) == b"NRRD":
            file.seek(0)
            return [name, SavedText(place, _text(_imageHeader(file)))]
        file.seek(0)
        data = file.read()
    try:
        if path.endswith(".mrml"):
            return [name, *_textsOfSceneFile(data)]
        if path.endswith(".json"):
            return [name, *(SavedText(place, text) for text in _textsOfJson(json.loads(data)))]
    except (ElementTree.ParseError, ValueError):
        pass  # is searched as it is
    if b"\0" not in data:
        return [name, SavedText(place, _text(data))]
    runs = re.findall(rb"[\x20-\x7e\x80-\xff]{%d,}" % SHORTEST_TEXT_IN_BINARY, data)
    return [name, *(SavedText(place, _text(run)) for run in runs)]


def _imageHeader(file):
    """Return what is before the empty line after which the voxels begin."""
    header = b""
    while b"\n\n" not in header and len(header) < LONGEST_IMAGE_HEADER:
        more = file.read(1 << 16)
        if not more:
            break
        header += more
    return header.partition(b"\n\n")[0]


def _textsOfSceneFile(data):
    for element in ElementTree.fromstring(data).iter():
        place = element.get("name") or element.tag
        for text in (*element.attrib.values(), element.text or ""):
            if text.strip():
                yield SavedText(place, urllib.parse.unquote(text))


def _textsOfJson(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "@schema":  # an address of Slicer's own
                yield from _textsOfJson(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _textsOfJson(inner)
    elif isinstance(value, str):
        yield value


def _text(data):
    return data.decode("utf-8", "replace")

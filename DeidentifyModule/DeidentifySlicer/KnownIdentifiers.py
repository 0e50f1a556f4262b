"""What a scene is known to say about its patients: names, IDs, dates, UIDs; and their replacement in free text."""

import re

import slicer

# 2.25 has a single arc after it: a UUID as a number (PS3.5 B.2)
UID = re.compile(r"^(2\.25\.[1-9]\d*|[0-2](\.(0|[1-9]\d*)){3,})$")
IDENTIFYING_KEYWORDS = (
    "PatientName",
    "PatientID",
    "OtherPatientIDs",
    "OtherPatientNames",
    "PatientBirthDate",
    "PatientAddress",
    "PatientTelephoneNumbers",
    "AccessionNumber",
    "ReferringPhysicianName",
    "PerformingPhysicianName",
    "OperatorsName",
    "InstitutionName",
    "StudyDate",
    "SeriesDate",
    "AcquisitionDate",
)
SHORTEST_WORD = 3
SHORTEST_INSIDE = 6
REPLACEMENT = "***"


def isUidList(text):
    """Whether a text is one UID or several with spaces between."""
    words = text.split()
    return bool(words) and all(UID.match(word) for word in words)


class KnownIdentifiers:
    """Collects identifying values and finds them again in other texts, whatever their case or order."""

    def __init__(self):
        self._words = set()
        self._pattern = None

    def add(self, value):
        """Add a name, ID, date or UID; names are taken apart into their words."""
        value = str(value or "").strip()
        self._pattern = None
        if re.fullmatch(r"\d{8}", value) and value[:2] in ("18", "19", "20"):
            self._addDate(value[:4], value[4:6], value[6:])
        elif re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            self._addDate(*value.split("-"))
        elif UID.match(value):
            self._words.add(value)
        else:
            words = [word for word in re.split(r"[\^=,;()\s]+", value) if len(word) >= SHORTEST_WORD]
            self._words.update(words)
            if len(value) >= SHORTEST_WORD:
                self._words.add(value)

    def _addDate(self, year, month, day):
        for text in (f"{year}{month}{day}", f"{year}-{month}-{day}", f"{year}/{month}/{day}", f"{year}.{month}.{day}"):
            self._words.add(text)
        for text in (f"{day}.{month}.{year}", f"{day}/{month}/{year}", f"{month}/{day}/{year}"):
            self._words.add(text)

    def addWhole(self, value):
        """Add a value that is not taken apart."""
        if len(value) >= SHORTEST_WORD:
            self._words.add(value)
            self._pattern = None

    def selected(self, wanted):
        """Return the identifiers for which a function is true."""
        some = KnownIdentifiers()
        some._words = {word for word in self._words if wanted(word)}
        return some

    def foundInside(self, text):
        """Whether a text holds a long identifier with digits, even with other letters around it."""
        small = text.casefold()
        return any(
            word.casefold() in small
            for word in self._words
            if len(word) >= SHORTEST_INSIDE and re.search(r"[^\W\d]", word) and re.search(r"\d", word)
        )

    def found(self, text):
        """Whether a text holds a known identifier."""
        return bool(text) and bool(self._compiled().search(text))

    def replaced(self, text):
        """Return a text with all known identifiers replaced by asterisks."""
        return self._compiled().sub(REPLACEMENT, text) if text else text

    def _compiled(self):
        if self._pattern is None:
            words = sorted(self._words, key=len, reverse=True)
            inner = "|".join(re.escape(word) for word in words)
            self._pattern = re.compile(rf"(?<![^\W_])(?:{inner})(?![^\W_])" if words else r"(?!)", re.IGNORECASE)
        return self._pattern

    def collect(self, scene, hierarchy):
        """Collect from the subject hierarchy, from node attributes and from the DICOM files of volumes."""
        for item in hierarchyItems(hierarchy):
            for name in hierarchy.GetItemAttributeNames(item):
                if name.startswith("DICOM.") and isIdentifyingAttribute(name):
                    self.add(hierarchy.GetItemAttribute(item, name))
            for name in itemUidNames(hierarchy, item):
                for uid in hierarchy.GetItemUID(item, name).split():
                    self.add(uid)
            if hierarchy.GetItemLevel(item) == "Patient":
                self.add(hierarchy.GetItemName(item))
        for node in slicer.util.getNodesByClass("vtkMRMLNode", scene):
            self.collectNode(node)

    def collectNode(self, node):
        """Collect the UIDs of a node's attributes, and what its first DICOM file says of the patient."""
        for name in node.GetAttributeNames() or []:
            value = node.GetAttribute(name) or ""
            if isUidList(value):
                for uid in value.split():
                    self.add(uid)
        if node.IsA("vtkMRMLScalarVolumeNode"):
            self._collectFile(node)

    def _collectFile(self, volumeNode):
        from .Errors import DeidentifyError
        from .VolumeFiles import filesOfVolume

        try:
            import pydicom

            path = filesOfVolume(volumeNode)[0]
            dataset = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=list(IDENTIFYING_KEYWORDS))
        except (ImportError, DeidentifyError, OSError, ValueError):
            return  # the scene itself is still cleaned; files only add what to look for in free text
        for keyword in IDENTIFYING_KEYWORDS:
            value = dataset.get(keyword, "")
            for part in value if isinstance(value, (list, tuple)) else [value]:
                self.add(part)


def isIdentifyingAttribute(name):
    """Whether a DICOM attribute of the subject hierarchy names a patient or a day."""
    return any(word in name for word in ("Name", "ID", "Date", "Comments", "Address", "Physician")) and not any(
        word in name for word in ("Description",)
    )


def itemUidNames(hierarchy, item):
    """Return the names of the UIDs of an item; Slicer before 5.8 does not list them but has only these two."""
    if hasattr(hierarchy, "GetItemUIDNames"):
        return list(hierarchy.GetItemUIDNames(item))
    constants = slicer.vtkMRMLSubjectHierarchyConstants
    names = (constants.GetDICOMUIDName(), constants.GetDICOMInstanceUIDName())
    return [name for name in names if hierarchy.GetItemUID(item, name)]


def hierarchyItems(hierarchy):
    """Return the IDs of all items of a subject hierarchy but the scene itself."""
    import vtk

    if hierarchy is None:
        return []
    ids = vtk.vtkIdList()
    hierarchy.GetItemChildren(hierarchy.GetSceneItemID(), ids, True)
    return [ids.GetId(index) for index in range(ids.GetNumberOfIds())]

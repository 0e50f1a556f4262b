"""Free text in nodes that users wrote or modules filled: segments, table cells, texts, labels of markups."""


def replaceTexts(node, known):
    """Replace known identifiers in the texts of a node and return in how many texts there was one."""
    for className, replace in (
        ("vtkMRMLSegmentationNode", _segmentation),
        ("vtkMRMLTableNode", _table),
        ("vtkMRMLTextNode", _text),
        ("vtkMRMLMarkupsNode", _markups),
        ("vtkMRMLColorTableNode", _colors),
    ):
        if node.IsA(className):
            return replace(node, known)
    return 0


def _segmentation(node, known):
    import vtk

    count, segmentation = 0, node.GetSegmentation()
    for identifier in list(segmentation.GetSegmentIDs()):
        segment = segmentation.GetSegment(identifier)
        if known.found(segment.GetName()):
            segment.SetName(known.replaced(segment.GetName()))
            count += 1
        tags = vtk.mutable("")
        for name in _tagNames(segment):
            if segment.GetTag(name, tags) and known.found(str(tags)):
                segment.SetTag(name, known.replaced(str(tags)))
                count += 1
        if known.found(identifier):
            _newIdentifier(segmentation, segment, identifier)
            count += 1
    return count


def _tagNames(segment):
    import vtk

    names = vtk.vtkStringArray()
    if hasattr(segment, "GetTags"):
        try:
            segment.GetTags(names)
        except TypeError:  # older Slicer returns a C++ map that Python cannot see
            return ["TerminologyEntry", "Segmentation.Status"]
    return [names.GetValue(index) for index in range(names.GetNumberOfValues())]


def _newIdentifier(segmentation, segment, identifier):
    segmentation.RemoveSegment(identifier)
    number = 1
    while segmentation.GetSegment(f"Segment_{number}") is not None:
        number += 1
    segmentation.AddSegment(segment, f"Segment_{number}")


def _table(node, known):
    count = 0
    table = node.GetTable()
    for column in range(table.GetNumberOfColumns()):
        array = table.GetColumn(column)
        if known.found(array.GetName()):
            array.SetName(known.replaced(array.GetName()))
            count += 1
        if array.GetDataTypeAsString() != "string":
            continue
        for row in range(table.GetNumberOfRows()):
            text = array.GetValue(row)
            if known.found(text):
                array.SetValue(row, known.replaced(text))
                count += 1
    table.Modified()
    return count


def _text(node, known):
    if not known.found(node.GetText()):
        return 0
    node.SetText(known.replaced(node.GetText()))
    return 1


def _markups(node, known):
    count = 0
    for index in range(node.GetNumberOfControlPoints()):
        label, description = node.GetNthControlPointLabel(index), node.GetNthControlPointDescription(index)
        if known.found(label):
            node.SetNthControlPointLabel(index, known.replaced(label))
            count += 1
        if known.found(description):
            node.SetNthControlPointDescription(index, known.replaced(description))
            count += 1
        if node.GetNthControlPointAssociatedNodeID(index):
            node.SetNthControlPointAssociatedNodeID(index, "")
    return count


def _colors(node, known):
    count = 0
    for index in range(node.GetNumberOfColors()):
        if known.found(node.GetColorName(index)):
            node.SetColorName(index, known.replaced(node.GetColorName(index)))
            count += 1
    return count

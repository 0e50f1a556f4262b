"""References between the items of an SR content tree (PS3.3 C.17.3.2.5) when items are removed."""

from __future__ import annotations

from io import BytesIO

import pydicom
import pytest
from DeidentifyLib.header.content_references import ContentReferences
from pydicom.dataset import Dataset


def node(*children: Dataset, text: str = "", refers_to: list[int] | None = None) -> Dataset:
    ds = Dataset()
    if text:
        ds.TextValue = text
    if refers_to is not None:
        ds.ReferencedContentItemIdentifier = refers_to
    if children:
        ds.ContentSequence = list(children)
    return ds


def stored(dataset: Dataset, little_endian: bool) -> Dataset:
    buffer = BytesIO()
    dataset.save_as(buffer, implicit_vr=False, little_endian=little_endian)
    buffer.seek(0)
    meta = pydicom.dataset.FileMetaDataset()
    meta.TransferSyntaxUID = "1.2.840.10008.1.2.1" if little_endian else "1.2.840.10008.1.2.2"
    out = BytesIO()
    pydicom.dcmwrite(out, _with_meta(dataset, meta), enforce_file_format=True)
    out.seek(0)
    return pydicom.dcmread(out)


def _with_meta(dataset: Dataset, meta: pydicom.dataset.FileMetaDataset) -> Dataset:
    dataset.file_meta = meta
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.88.33"
    dataset.SOPInstanceUID = "1.2.3"
    return dataset


@pytest.fixture(params=[True, False])
def tree(request: pytest.FixtureRequest) -> Dataset:
    """Return 1 [1.1 secret, 1.2 [1.2.1 target], 1.3 -> 1.2.1, 1.4 -> 1.1, 1.5 -> 1]."""
    root = node(
        node(text="secret"),
        node(node(text="target"), text="parent"),
        node(refers_to=[1, 2, 1]),
        node(refers_to=[1, 1]),
        node(refers_to=[1]),
    )
    return stored(root, request.param)


def position(item: Dataset) -> list[int]:
    value = item.ReferencedContentItemIdentifier
    return [value] if isinstance(value, int) else list(value)


def test_a_reference_names_the_new_position_of_its_target(tree: Dataset) -> None:
    references = ContentReferences(tree)
    del tree.ContentSequence[0]
    dropped = references.restore(tree)
    assert dropped == 1
    assert [item.get("TextValue") for item in tree.ContentSequence] == ["parent", None, None]
    assert position(tree.ContentSequence[1]) == [1, 1, 1]
    assert position(tree.ContentSequence[2]) == [1]


def test_nothing_changes_where_nothing_was_removed(tree: Dataset) -> None:
    references = ContentReferences(tree)
    assert references.restore(tree) == 0
    assert [position(item) for item in tree.ContentSequence[2:]] == [[1, 2, 1], [1, 1], [1]]


def test_a_sequence_of_which_all_items_were_removed_goes(tree: Dataset) -> None:
    references = ContentReferences(tree)
    del tree.ContentSequence[1].ContentSequence[0]
    references.restore(tree)
    assert "ContentSequence" not in tree.ContentSequence[1]
    del tree.ContentSequence[:]
    ContentReferences(tree).restore(tree)
    assert "ContentSequence" not in tree


def test_a_sequence_that_lost_its_last_item_goes_as_well(tree: Dataset) -> None:
    tree.ContentSequence[1].ContentSequence.append(node(refers_to=[1, 1]))
    references = ContentReferences(tree)
    del tree.ContentSequence[1].ContentSequence[0]
    del tree.ContentSequence[0]
    references.restore(tree)
    assert "ContentSequence" not in tree.ContentSequence[0]
    assert len(tree.ContentSequence) == 2

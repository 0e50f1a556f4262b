"""References resolve: the graph of UIDs is the same before and after, only the UIDs differ."""

from __future__ import annotations

from pathlib import Path

import pytest
import runs
from pydicom.uid import UID
from synthetic import make_patients
from synthetic.leak_checker import walk


def is_instance(uid: str) -> bool:
    """Tell whether a UID names something that a scanner made, not something that the standard defines."""
    return bool(uid) and not uid.startswith("1.2.840.10008.") and UID(uid).name == uid


def uids(path: Path) -> dict[str, str]:
    """Return {place in the data set: UID} of one file, private attributes left out."""
    found = {}
    for place, tag, vr, value in walk(runs.read(path)):
        if vr != "UI" or tag >> 16 & 1 or tag in (0x00020012, 0x00080014):
            continue
        values = [value] if isinstance(value, str) else list(value or ())
        found.update({f"{place}#{number}": str(uid) for number, uid in enumerate(values) if is_instance(str(uid))})
    return found


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> runs.Run:
    folder = tmp_path_factory.mktemp("references")
    make_patients(folder / "in")
    return runs.run(folder / "in", output=folder / "out", key=key_file)


def test_the_same_uid_is_replaced_by_the_same_uid_everywhere(finished: runs.Run) -> None:
    forward: dict[str, set[str]] = {}
    backward: dict[str, set[str]] = {}
    for source, written in finished.pairs():
        before, after = uids(source), uids(written)
        for place in before.keys() & after.keys():
            forward.setdefault(before[place], set()).add(after[place])
            backward.setdefault(after[place], set()).add(before[place])
    assert len(forward) > 100
    assert {old: new for old, new in forward.items() if len(new) > 1} == {}
    assert {new: old for new, old in backward.items() if len(old) > 1} == {}
    assert not [old for old, new in forward.items() if old in new]


def test_what_resolved_before_resolves_after(finished: runs.Run) -> None:
    before_all = {
        runs.read(source).SOPInstanceUID: runs.read(written).SOPInstanceUID for source, written in finished.pairs()
    }
    references = 0
    for source, written in finished.pairs():
        before, after = uids(source), uids(written)
        for place in before.keys() & after.keys():
            if before[place] in before_all:
                assert after[place] == before_all[before[place]], (source.name, place)
                references += 1
    assert references > 100


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("seg", "ct"),
        ("rtstruct", "ct"),
        ("rtplan", "rtstruct"),
        ("rtdose", "rtplan"),
        ("pr", "ct"),
        ("sr", "ct"),
        ("ko", "ct"),
    ],
)
def test_an_object_still_refers_to_what_it_was_made_from(finished: runs.Run, kind: str, target: str) -> None:
    written = {source.name.partition("_")[0]: new for source, new in finished.pairs() if source.parent.name != "b"}
    wanted = runs.read(written[target]).SOPInstanceUID
    assert wanted in set(uids(written[kind]).values()) - {runs.read(written[kind]).SOPInstanceUID}


def test_uids_of_the_standard_are_never_replaced(finished: runs.Run) -> None:
    for source, written in finished.pairs():
        before, after = runs.read(source), runs.read(written)
        assert after.SOPClassUID == before.SOPClassUID
        assert after.file_meta.MediaStorageSOPClassUID == before.SOPClassUID
        assert after.file_meta.MediaStorageSOPInstanceUID == after.SOPInstanceUID


def test_new_uids_are_valid(finished: runs.Run) -> None:
    for _, written in finished.pairs():
        for uid in uids(written).values():
            assert UID(uid).is_valid and len(uid) <= 64

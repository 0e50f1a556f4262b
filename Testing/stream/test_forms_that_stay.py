"""Values that the stream engine lets stay after one look are those that the actions let stay."""

from __future__ import annotations

import re

import pytest
from DeidentifyLib.dicom.elements import padded
from DeidentifyLib.header.context import Context
from DeidentifyLib.header.stream.byte_siblings import ByteSiblings
from DeidentifyLib.header.values import ValueActions
from DeidentifyLib.profile.actions import Action
from DeidentifyLib.pseudonyms.key import Key
from DeidentifyLib.pseudonyms.pseudonymizer import Pseudonyms, Subject
from DeidentifyLib.standard.dictionary import allowed_vrs
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.datadict import DicomDictionary

VALUES = ValueActions(Pseudonyms(Key(bytes(range(32)))))
CONTEXT = Context(Subject("NEW", "NEW", -1000), "")
SIBLINGS = ByteSiblings([], ("iso8859",))
TAGS = sorted(tag for tag in DicomDictionary if tag >= 0x00080000)
VRS = ["DS", "IS", "US", "SS", "TM", "DA", "DT", "CS", "LO", "UI", "UL"]


def _forms() -> list[tuple[Action, int, str, re.Pattern[bytes]]]:
    found = []
    for action in Action:
        for tag in TAGS:
            for vr in VRS:
                form = VALUES.kept_form(action, tag, vr)
                if form is not None:
                    found.append((action, tag, vr, form))
    return found


FORMS = _forms()


def test_numbers_that_are_kept_and_times_that_are_shifted_have_a_form() -> None:
    assert {(action, vr) for action, _, vr, _ in FORMS} == {
        (Action.KEEP, "DS"),
        (Action.KEEP, "IS"),
        (Action.KEEP, "US"),
        (Action.KEEP, "SS"),
        (Action.SHIFT, "TM"),
    }
    assert len(FORMS) > 1000
    assert all(vr in allowed_vrs(tag) for _, tag, vr, _ in FORMS)


@pytest.mark.parametrize("vr", ["DS", "IS", "US", "SS", "TM"])
def test_a_value_of_the_form_stays_as_it_is_under_the_action(vr: str) -> None:
    forms = [form for form in FORMS if form[2] == vr]

    @settings(max_examples=400, deadline=None, derandomize=True)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        action, tag, _, form = data.draw(st.sampled_from(forms))
        value = data.draw(st.from_regex(form, fullmatch=True))
        if len(value) % 2:
            return
        new = VALUES.apply(action, tag, vr, value, SIBLINGS, CONTEXT)
        assert new is not None and padded(vr, new) == value

    check()


@pytest.mark.parametrize(
    ("vr", "value"),
    [
        ("DS", b"Smith^John"),
        ("DS", b"1.5\\Doe "),
        ("IS", b"12 Main St"),
        ("US", b"Ab12"),
        ("TM", b"1011Smith"),
        ("TM", b"10:11:12"),
        ("TM", b"1011  "),
        ("TM", b"1011\n"),
        ("DS", b"1.5\n"),
        ("IS", b"12\0\0"),
    ],
)
def test_anything_else_is_left_to_the_action(vr: str, value: bytes) -> None:
    assert not any(form.fullmatch(value) for _, _, other, form in FORMS if other == vr)

"""The scoring rules of MIDI-B as we apply them, and that the benchmark's own patients are scored."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.midi_b_patients import Answer, make_patients
from benchmarks.midi_b_score import deidentify, score, score_of
from pydicom.dataset import Dataset


def dataset(**values: object) -> Dataset:
    """Return a data set."""
    made = Dataset()
    for name, value in values.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("action", "old", "new", "expected"),
    [
        ("text_removed", "Smith", "", 1.0),
        ("text_removed", "Smith", "CT of smith", 0.0),
        ("text_removed", "Thornbury Memorial", "seen at Memorial", 0.5),
        ("text_removed", "Thornbury", None, 1.0),
        ("text_retained", "CT Thorax", "CT Thorax REMOVED", 1.0),
        ("text_retained", "CT Thorax", "CT", 0.5),
        ("text_retained", "5", "5.0", 1.0),
        ("text_retained", "CT", None, 0.0),
        ("text_notnull", "", "x", 1.0),
        ("text_notnull", "", "", 0.0),
        ("tag_retained", "", "", 1.0),
        ("tag_retained", "", None, 0.0),
        ("date_shifted", "20200101", "20190101", 1.0),
        ("date_shifted", "20200101", "20200101", 0.0),
        ("date_shifted", "20200101", None, 1.0),
        ("uid_changed", "1.2.3", "2.25.9", 1.0),
        ("uid_changed", "1.2.3", "1.2.3.4", 0.0),
        ("uid_consistent", "1.2.3", "2.25.9", 1.0),
        ("uid_consistent", "1.2.3", "2.25.8", 0.0),
        ("patid_consistent", "P1", "N1", 1.0),
        ("patid_consistent", "P1", "N2", 0.0),
    ],
)
def test_an_action_is_scored_by_the_published_rule(action: str, old: str, new: str | None, expected: float) -> None:
    output = dataset() if new is None else dataset(StudyDescription=new)
    given = score_of(Answer("i", action, "00081030", old, "P1"), dataset(), output, {"1.2.3": "2.25.9"}, {"P1": "N1"})
    assert given == expected


@pytest.mark.parametrize(("action", "expected"), [("date_shifted", 1), ("uid_changed", 1), ("pixels_retained", 0)])
def test_a_missing_file_passes_or_fails_by_the_published_rule(action: str, expected: float) -> None:
    assert score_of(Answer("i", action, "7FE00010", "1", "P"), dataset(), None, {}, {}) == expected


def test_changed_pixels_are_not_retained() -> None:
    answer = Answer("i", "pixels_retained", "7FE00010", "", "P")
    one, two = dataset(PixelData=b"\0\1"), dataset(PixelData=b"\0\2")
    assert (score_of(answer, one, one, {}, {}), score_of(answer, one, two, {}, {})) == (1, 0)


def test_nothing_that_must_be_removed_or_changed_is_left_by_our_engine(tmp_path: Path) -> None:
    answers = make_patients(tmp_path / "in", 2)
    deidentify(tmp_path / "in", tmp_path / "out")
    found = score(answers, tmp_path / "in", tmp_path / "out", tmp_path / "out.private")
    perfect = ("text_removed", "date_shifted", "uid_changed", "patid_consistent", "pixels_retained", "text_notnull")
    assert {name: found["by_action"][name] for name in perfect} == dict.fromkeys(perfect, 100.0)
    assert found["score"] > 95

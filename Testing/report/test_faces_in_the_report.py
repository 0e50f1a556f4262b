"""The report shows what is open and what was removed; series without a head are one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from DeidentifyLib.face.plain_words import in_plain_words
from DeidentifyLib.face.verdicts import RETURN_MM
from DeidentifyLib.report import review_items, write_report
from report.summaries import make_summary

GOOD = {
    "match": 0.34,
    "outline": 0.91,
    "symmetry": 0.9,
    "inside": 1.0,
    "turn_deg": 3.0,
    "return_mm": 1.2,
    "brain_mm": 9,
}
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


def face(verdict: str, reason: str = "", **more: Any) -> dict[str, Any]:
    return {"verdict": verdict, "reason": reason, "figures": {}, "overridden": False, **more}


def summary_of(*faces: dict[str, Any]) -> dict[str, Any]:
    series = [
        {"series": f"2.25.{k}", "modality": "MR", "instances": 30, "written": 30, "status": "written", "face": one}
        for k, one in enumerate(faces)
    ]
    return make_summary(subjects=[{"new_id": "S1", "studies": [{"study": "2.25.1", "series": series}]}])


def page_of(tmp_path: Path, summary: dict[str, Any], private: Path | None = None) -> str:
    write_report(tmp_path / "report", private, summary)
    return (tmp_path / "report" / "report.html").read_text(encoding="utf-8")


def test_600_series_without_a_head_are_one_line_and_no_review_entry(tmp_path: Path) -> None:
    summary = summary_of(*[face("no head in the field of view", "nothing resembles a head")] * 600, face("removed"))
    text = page_of(tmp_path, summary)
    assert "600 series: no face in view, left as they are" in text
    assert text.count('class="card"') == 1
    assert review_items(None, summary["subjects"]) == []


def test_open_series_come_first_and_the_only_removed_face_keeps_its_picture(tmp_path: Path) -> None:
    (tmp_path / "report" / "faces").mkdir(parents=True)
    (tmp_path / "report" / "faces" / "1.png").write_bytes(PIXEL)
    nothing = [face("no head in the field of view")] * 300
    removed = face("removed", "the head was found and fits the atlas", figures=GOOD, picture="faces/1.png")
    text = page_of(tmp_path, summary_of(*nothing, removed, face("uncertain", "the match is low", figures=GOOD)))
    assert text.index("withheld: look at this") < text.index("face removed")
    assert text.count("data:image/png") == 1


def test_series_withheld_for_one_reason_share_a_card(tmp_path: Path) -> None:
    text = page_of(tmp_path, summary_of(*[face("uncertain", "a capture or rendering may show the face")] * 250))
    assert text.count('class="card"') == 1
    assert "250 series" in text


def test_figures_are_words_and_the_numbers_are_behind_a_fold(tmp_path: Path) -> None:
    text = page_of(tmp_path, summary_of(face("removed", figures=GOOD)))
    assert "The head fits well; the cut stays 9 mm from the brain" in text
    before, folded = text.split("<details>", 1)
    assert "0.34" not in before
    assert "match 0.34" in folded.split("</details>")[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"match": 0.1}, "the head fits badly"),
        ({"brain_mm": -2.0}, "the cut reaches the brain"),
        ({"turn_deg": 70.0}, "the head lies turned by 70 degrees"),
        ({"return_mm": RETURN_MM + 9.0}, f"other places fit nearly as well, {RETURN_MM + 9:.0f} mm apart"),
        ({"inside": 0.3}, "30% of the head is in view - too little"),
        ({"symmetry": 0.2}, "its two sides differ"),
    ],
)
def test_a_doubt_is_said_in_words(changes: dict[str, float], words: str) -> None:
    assert words not in in_plain_words(GOOD)
    assert words in in_plain_words({**GOOD, **changes})


def test_only_real_doubts_are_on_the_review_list_and_those_with_a_picture_first() -> None:
    summary = summary_of(
        face("uncertain", "a capture or rendering may show the face"),
        face("removed"),
        face("uncertain", "decided", overridden=True),
        face("uncertain", "the match is low", private_picture="faces/3.png"),
    )
    items = review_items(None, summary["subjects"])
    assert [item["series"] for item in items] == ["2.25.3", "2.25.0"]

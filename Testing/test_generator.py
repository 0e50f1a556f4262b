"""The generator plants what it says, and the checker finds it: a zero later means that something was removed."""

from __future__ import annotations

from pathlib import Path

import pytest
import synthetic
from pydicom.filereader import dcmread
from synthetic import find_leaks, make_patients
from synthetic.planted import DATE, Planted

BUILDERS = (
    "make_patients",
    "two_patients",
    "one_patient_two_studies_180_days_apart",
    "one_patient_spelled_differently_by_two_scanners",
    "pet_ct_patient",
)
NOTHING_MAY_STAY = {"dates": "remove"}


@pytest.mark.parametrize("builder", BUILDERS)
def test_every_planted_secret_is_found_in_the_input(builder: str, tmp_path: Path) -> None:
    planted = getattr(synthetic, builder)(tmp_path)
    wanted = {secret for secret in planted if secret.must_go(NOTHING_MAY_STAY)}
    found = {leak.planted for leak in find_leaks(tmp_path, planted, NOTHING_MAY_STAY)}
    assert not wanted - found


def test_every_secret_is_unique(tmp_path: Path) -> None:
    planted = make_patients(tmp_path)
    assert len({secret.secret for secret in planted}) == len(planted) > 3000


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    make_patients(tmp_path / "a", seed=8)
    make_patients(tmp_path / "b", seed=8)
    first, second = (sorted(p for p in (tmp_path / name).rglob("*") if p.is_file()) for name in "ab")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_objects_can_be_read_and_have_their_transfer_syntax(tmp_path: Path) -> None:
    make_patients(tmp_path)
    syntaxes = {
        dcmread(path, force=True).file_meta.get("TransferSyntaxUID")
        for path in tmp_path.rglob("*")
        if path.is_file() and path.suffix != ".txt"
    }
    assert len(syntaxes - {None}) == 6


def test_a_secret_may_stay_only_with_its_option() -> None:
    secret = Planted("19870303", "StudyDate", DATE)
    assert secret.must_go({"dates": "shift"})
    assert not secret.must_go({"dates": "keep"})
    assert Planted("X", "y", "may_stay_with_option:retain_uids").must_go({"retain_uids": False})


def test_the_checker_sees_names_of_folders_and_other_scripts(tmp_path: Path) -> None:
    planted = [Planted("Müller", "name"), Planted("山田太郎", "kanji")]
    (tmp_path / "MÜLLER").mkdir()
    (tmp_path / "MÜLLER" / "x.bin").write_bytes("..山田太郎..".encode("euc_jis_2004") + "山田太郎".encode("utf-16-be"))
    assert {leak.planted.place for leak in find_leaks(tmp_path, planted, {})} == {"name", "kanji"}

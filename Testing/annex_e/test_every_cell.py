"""Every cell of Table E.1-1: each row, under the Basic Profile and under each option, at three depths."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
import runs
from annex_e.cells import DEPTHS, Cells, at_depth, make_cells, ordinary_rows, problem, wanted
from annex_e.table import COLUMNS, Row, iod_types, options_of, outcomes, rows
from pydicom import uid
from pydicom.dataset import Dataset
from synthetic import find_leaks_in_text
from synthetic.files import raw_element, write_file
from synthetic.images import secondary_capture
from synthetic.leak_checker import walk
from synthetic.patient import Patient
from synthetic.planted import Planted, Planter

SOP_CLASS = uid.SecondaryCaptureImageStorage
COMPOUND = {tag for row in rows() if "/" in row.actions["basic"] for tag in row.numbers}


class Workbench:
    """Runs every column once, when the first of its cells asks for it."""

    def __init__(self, folder: Path, key: Path) -> None:
        self.folder, self.key = folder, key
        self.cells = make_cells()
        write_file(folder / "in" / "cells.dcm", self.cells.dataset)

    @cache  # noqa: B019 - one workbench a session
    def run(self, column: str) -> runs.Run:
        """Return the run of a column."""
        return runs.run(self.folder / "in", output=self.folder / column, key=self.key, **options_of(column))

    @cache  # noqa: B019
    def result(self, column: str) -> tuple[Dataset, timedelta | None]:
        """Return the data set that a column's run wrote, and its shift of dates."""
        from DeidentifyLib.profile import unsupported_options

        done = self.run(column)
        missing = set(COLUMNS[column]) & set(unsupported_options())
        if missing:
            assert done.code == 2, "an option that is not built must be refused"
            pytest.skip(f"not built yet, and refused: {', '.join(missing)}")
        if done.code != 0:
            pytest.fail(f"the run ended with {done.code}: {done.stderr}", pytrace=False)
        after = runs.read(done.files[0])
        shift = None
        if column == "modif":
            shift = date.fromisoformat(after.StudyDate) - date.fromisoformat(self.cells.dataset.StudyDate)
            assert shift
        return after, shift


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> Workbench:
    return Workbench(tmp_path_factory.mktemp("cells"), key_file)


def problems(
    row: Row, column: str, cells: Cells, after: Dataset, shift: timedelta | None, depths: tuple[str, ...]
) -> list[str]:
    """Return what is wrong with a cell at each depth."""
    found = []
    for depth in depths:
        before_item, after_item = at_depth(cells.dataset, depth), at_depth(after, depth)
        assert before_item is not None
        if after_item is None:
            found.append(f"{depth}: the whole item is gone")
            continue
        letters = wanted(row, column, depth, cells.dataset.SOPClassUID)
        for tag in row.numbers:
            old, new = before_item[tag], after_item[tag] if tag in after_item else None
            wrong = {letter: problem(letter, tag, cells.tokens[tag, depth], old, new, shift) for letter in letters}
            if all(wrong.values()):
                text = " or ".join(f"{letter}: {why}" for letter, why in sorted(wrong.items()))
                found.append(f"({tag >> 16:04X},{tag & 0xFFFF:04X}) {row.name}, {depth}: {text}")
    return found


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("row", ordinary_rows(), ids=lambda row: row.tag)
def test_cell(row: Row, column: str, bench: Workbench) -> None:
    after, shift = bench.result(column)
    depths = DEPTHS[:2] if column == "basic" else DEPTHS
    wrong = problems(row, column, bench.cells, after, shift, depths)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("column", COLUMNS)
def test_private_attributes_stay_only_where_they_are_known_to_be_safe(column: str, bench: Workbench) -> None:
    after, _ = bench.result(column)
    private = [element.tag for element in after if element.tag.is_private]
    assert len(private) == (0 if column == "basic" else 2)


@pytest.mark.parametrize("column", [column for column in COLUMNS if column != "uids"])
def test_a_uid_gets_the_same_replacement_at_every_depth(column: str, bench: Workbench) -> None:
    after, _ = bench.result(column)
    depths = DEPTHS[:2] if column == "basic" else DEPTHS
    for row in ordinary_rows():
        if row.vr == "UI" and row.action(column) == "U":
            values = {str(at_depth(after, depth)[row.numbers[0]].value) for depth in depths}
            assert len(values) == 1, row.name


@pytest.mark.parametrize("column", COLUMNS)
def test_the_name_of_the_patient_is_nowhere(column: str, bench: Workbench) -> None:
    after, _ = bench.result(column)
    kept = {tag for row in rows() if row.tag != "private" and row.action(column) == "K" for tag in row.numbers}
    text = "\n".join(f"{where} {value}" for where, tag, vr, value in walk(after) if tag not in kept)
    assert not find_leaks_in_text(text, [Planted("Qorvaly", "family name")])


@pytest.fixture(scope="session")
def by_iod(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> dict[str, tuple[Cells, Dataset]]:
    folder = tmp_path_factory.mktemp("iods")
    written = {}
    for sop_class in iod_types():
        cells = make_cells(sop_class, COMPOUND)
        cells.dataset.SOPInstanceUID = f"{cells.dataset.SOPInstanceUID}.{len(written)}"
        written[str(write_file(folder / "in" / f"{sop_class}.dcm", cells.dataset).resolve())] = cells
    done = runs.run(folder / "in", output=folder / "out", key=key_file, dates="remove")
    assert done.code == 0, (done.stderr, done.status)
    return {
        cells.dataset.SOPClassUID: (cells, runs.read(done.output_of(Path(path)))) for path, cells in written.items()
    }


@pytest.mark.parametrize(
    ("sop_class", "row"),
    [
        pytest.param(sop_class, row, id=f"{uid.UID(sop_class).keyword}-{row.tag}")
        for sop_class, types in iod_types().items()
        for row in rows()
        if row.tag != "private" and row.numbers[0] in types and "/" in row.actions["basic"]
    ],
)
def test_a_compound_action_follows_the_type_in_the_iod(
    sop_class: str, row: Row, by_iod: dict[str, tuple[Cells, Dataset]]
) -> None:
    cells, after = by_iod[sop_class]
    wrong = problems(row, "basic", cells, after, None, DEPTHS[:1])
    assert not wrong, (iod_types()[sop_class][row.numbers[0]], wrong)


@pytest.mark.parametrize("column", ["basic", "uids"])
def test_rows_of_groups_that_no_data_set_may_have(column: str, tmp_path: Path, key_file: Path) -> None:
    """(0000,1000), (0000,1001), (0002,0003), (0004,1511): not in a data set, or replaced."""
    planter = Planter(4)
    dataset = secondary_capture(Patient.new(planter, "patient"))
    secret = "1.2.826.0.1.3680043.8.498.4711.4711"
    raw = [(tag, raw_element(tag, "UI", secret.encode() + b"\0")) for tag in (0x00001000, 0x00001001, 0x00041511)]
    write_file(tmp_path / "in" / "a.dcm", dataset, raw=raw)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, **options_of(column))
    for path in done.files:
        after = runs.read(path)
        assert after.file_meta.MediaStorageSOPInstanceUID == after.SOPInstanceUID
        assert (after.SOPInstanceUID == dataset.SOPInstanceUID) == (column == "uids")
        assert secret.encode() not in path.read_bytes()
    assert done.code in (0, 3)
    assert done.status[str(tmp_path / "in" / "a.dcm")]


def test_the_row_of_encapsulated_documents(tmp_path: Path, key_file: Path) -> None:
    """(0042,0011) D: no document with the identity of the patient is passed on."""
    from synthetic.documents import encapsulated

    for kind in ("pdf", "cda", "stl"):
        patient = Patient.new(Planter(5), "patient")
        write_file(tmp_path / "in" / f"{kind}.dcm", encapsulated(patient, kind))
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert done.code in (0, 3)
    for status, reason in done.status.values():
        assert status == "written" or reason
    for path in done.files:
        assert patient.name.split("^")[0].encode() not in path.read_bytes()
        assert runs.read(path).get("EncapsulatedDocument")


def test_the_table_has_every_row_and_cell() -> None:
    assert len(rows()) == 657
    assert sum(bool(row.actions[column]) for row in rows() for column in COLUMNS) == 657 + 636


def test_outcomes_of_compound_actions() -> None:
    assert outcomes("X/Z/D", "3") == {"X"}
    assert outcomes("X/Z/D", "1") == {"D"}
    assert outcomes("X/D", "1C") == {"X", "D"}
    assert outcomes("Z/D", "2") == {"Z", "D"}

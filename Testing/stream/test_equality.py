"""The byte-stream engine gives the same file as the reference engine, or hands the file over.

Every file of the corpus goes through `batch.process` twice, once with each engine, and the outputs are
compared byte for byte: that is stronger than an equal data set and equal file meta information. Shown to
fail with each of these mutations, tried one at a time: `encode_element` without padding, a stream engine
that keeps the creators of removed private blocks or does not look for bytes behind pixels, a reference
engine whose `PrivateBlocks.unused_creators` returns nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest
from DeidentifyLib.batch.process import REFERENCE, STREAM, Settings, process
from DeidentifyLib.files.input_files import Source
from DeidentifyLib.options import Dates, Options
from DeidentifyLib.profile.support import refused
from DeidentifyLib.pseudonyms.key import Key
from DeidentifyLib.pseudonyms.pseudonymizer import Pseudonyms
from DeidentifyLib.records.tasks import Task, TaskItem, TaskResult
from DeidentifyLib.scan.scan_inputs import scan_inputs
from DeidentifyLib.site_rules import SiteRules
from synthetic.scenarios import make_patients

KEY = Key(bytes(range(32)))
LARGEST = 3_000_000
EVERYTHING_KEPT = {
    "keep_subject_characteristics": True,
    "keep_safe_private": True,
    "retain_uids": True,
    "retain_device_identity": True,
    "retain_institution_identity": True,
}
SITE_RULES = SiteRules.from_dict(
    {
        "rules": [
            {"tag": "00120040", "action": "set", "value": "TRIAL-7"},
            {"tag": "00080070", "action": "set", "value": "Maker"},
            {"tag": "00081030", "action": "keep"},
            {"tag": "0008103E", "action": "clean"},
            {"tag": "00180050", "action": "remove"},
            {"tag": "00100040", "action": "empty"},
            {"tag": "00080104", "action": "set", "value": "odd"},
        ],
        "private": [{"creator": "GEMS_PARM_01", "group": "0043", "element": "12", "vr": "SS"}],
    }
)
OPTION_SETS = {
    "basic": Options(),
    "dates removed": Options(dates=Dates.REMOVE),
    "dates kept, all retained": Options(dates=Dates.KEEP, **EVERYTHING_KEPT),
    "safe private": Options(keep_safe_private=True),
    "Id and name kept": Options(keep_id_name=True, keep_subject_characteristics=True),
    "descriptors": Options(clean_descriptors=True, keep_subject_characteristics=True),
    "structured content and graphics": Options(clean_structured_content=True, clean_graphics=True),
    "site rules": Options(site_rules=SITE_RULES, keep_safe_private=True),
}


def _bundled() -> list[Path]:
    folder = Path(pydicom.__file__).parent / "data" / "test_files"
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _external() -> list[Path]:
    store = pytest.importorskip("data_store")
    folder = Path(store.__file__).parent
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size < LARGEST)


def _tasks(paths: list[Path]) -> Iterator[Task]:
    """Yield one task for each series of the files, as a run does."""
    pseudonyms = Pseudonyms(KEY)
    for number, series in enumerate(scan_inputs(paths).series):
        items = tuple(TaskItem(one.source, f"{number}/{index}.dcm") for index, one in enumerate(series.instances))
        yield Task(number, pseudonyms.subject(series.subject), items)


def _assert_equal(paths: list[Path], options: Options, folder: Path, least: int) -> Counter[str]:
    """Compare the engines on files; return why files went to the reference engine."""
    assert not refused(options)
    handed_over: Counter[str] = Counter()
    streamed = 0
    for task in _tasks(paths):
        expected = process(task, Settings(options, KEY, str(folder / "reference"), REFERENCE))
        given = process(task, Settings(options, KEY, str(folder / "stream"), STREAM))
        both = TaskResult(task.series_number)
        for old, new in zip(expected.instances, given.instances, strict=True):
            if new.status != "written":
                handed_over[new.reason] += 1
                continue
            streamed += 1
            name = Path(old.item.source.path).name
            assert old.status == "written", (name, old.reason)
            assert new.sha256 == old.sha256, name
            both.instances.append(new)
        if len(both.instances) == len(expected.instances):
            assert given.counts == expected.counts
            assert given.uids == expected.uids
    assert streamed >= least, handed_over
    return handed_over


@pytest.mark.parametrize("name", OPTION_SETS)
def test_files_of_pydicom_are_equal_under_every_option_set(name: str, tmp_path: Path) -> None:
    _assert_equal(_bundled(), OPTION_SETS[name], tmp_path, 60)


@pytest.mark.parametrize("name", ["basic", "dates kept, all retained", "descriptors"])
def test_files_of_pydicom_data_are_equal(name: str, tmp_path: Path) -> None:
    _assert_equal(_external(), OPTION_SETS[name], tmp_path, 30)


@pytest.fixture(scope="module")
def patients(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return files of synthetic patients with secrets at every place."""
    folder = tmp_path_factory.mktemp("patients")
    make_patients(folder)
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", OPTION_SETS)
def test_synthetic_patients_are_equal_under_every_option_set(name: str, patients: list[Path], tmp_path: Path) -> None:
    _assert_equal(patients, OPTION_SETS[name], tmp_path, 15)


def test_the_size_of_the_first_read_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from DeidentifyLib.header.stream.window import Window

    original = Window.__init__

    def small(self: Window, source: object, first_read: int) -> None:
        original(self, source, 700)

    monkeypatch.setattr(Window, "__init__", small)
    _assert_equal(_bundled(), OPTION_SETS["basic"], tmp_path, 60)


def test_a_member_of_an_archive_is_streamed_from_memory(tmp_path: Path) -> None:
    import zipfile

    path = next(path for path in _bundled() if path.name == "CT_small.dcm")
    with zipfile.ZipFile(tmp_path / "one.zip", "w") as archive:
        archive.write(path, "a/CT_small.dcm")
    handed_over = _assert_equal([tmp_path / "one.zip"], OPTION_SETS["basic"], tmp_path, 1)
    assert not handed_over
    assert Source(str(tmp_path / "one.zip"), "a/CT_small.dcm").open().read() == path.read_bytes()

"""Pixel data that the reference engine leaves in the file give the same output as those that it reads.

Every file of the corpus goes through the reference engine twice: read whole, and with every value of more than
64 bytes left in the file or read later. Shown to fail with each of these mutations, tried one at a time: a placeholder
whose length is not replaced, `_set_raw` by the operator of pydicom, `_may_be_deferred` that is always true,
`_defer_pixels` that does not look for hidden bytes, a range that holds the delimiter.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from DeidentifyLib.batch import process as processing
from DeidentifyLib.batch.process import AUTO, REFERENCE, Settings, process
from DeidentifyLib.dicom.dicom_file import write
from DeidentifyLib.files.input_files import Source
from DeidentifyLib.header import deferred_pixels
from DeidentifyLib.header.deferred_pixels import DeferredPixels, read_deferred
from DeidentifyLib.header.stream.engine import StreamEngine
from DeidentifyLib.header.stream.errors import NotStreamable
from DeidentifyLib.options import Options
from DeidentifyLib.site_rules import SiteRule, SiteRules
from pydicom.data import get_testdata_file
from synthetic.scenarios import make_patients

from stream.test_equality import KEY, OPTION_SETS, _bundled, _external, _tasks

RULES = SiteRules((SiteRule("00081030", "keep"), SiteRule("00180050", "remove")))


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Send all files to the reference engine; return how pixel data were treated there."""
    counted: Counter[str] = Counter()

    def refuse(*arguments: object) -> None:
        raise NotStreamable("a test")

    original = deferred_pixels._defer_pixels

    def defer(*arguments: object) -> DeferredPixels | None:
        deferred = original(*arguments)
        counted["whole" if deferred is None else "left" if deferred._placeholders else "read"] += 1
        counted["hid bytes"] += bool(deferred and deferred._placeholders and deferred.hid_bytes)
        return deferred

    monkeypatch.setattr(StreamEngine, "deidentify", refuse)
    monkeypatch.setattr(processing, "MINIMUM_DEFERRED_BYTES", 64)
    monkeypatch.setattr(deferred_pixels, "_defer_pixels", defer)
    return counted


def assert_alike(paths: list[Path], options: Options, folder: Path) -> None:
    """De-identify files read whole and in parts, which must give the same."""
    for task in _tasks(paths):
        expected = process(task, Settings(options, KEY, str(folder / "whole"), REFERENCE))
        given = process(task, Settings(options, KEY, str(folder / "apart"), AUTO))
        for old, new in zip(expected.instances, given.instances, strict=True):
            assert (new.status, new.reason, new.sha256) == (old.status, old.reason, old.sha256), old.item.source.path
        assert given.counts == expected.counts
        assert given.uids == expected.uids


@pytest.mark.parametrize("name", ["basic", "dates kept, all retained", "structured content and graphics"])
def test_pixel_data_of_the_files_of_pydicom_may_stay_where_they_are(
    name: str, left: Counter[str], tmp_path: Path
) -> None:
    assert_alike(_bundled(), OPTION_SETS[name], tmp_path)
    assert left["left"] > 60


def test_pixel_data_of_files_with_site_rules_may_stay_where_they_are(left: Counter[str], tmp_path: Path) -> None:
    assert_alike(_bundled(), replace(Options(), site_rules=RULES), tmp_path)
    assert left["left"] > 60


def test_pixel_data_of_the_files_of_pydicom_data_may_stay_where_they_are(left: Counter[str], tmp_path: Path) -> None:
    assert_alike(_external(), Options(), tmp_path)
    assert left["left"] > 15


def test_pixel_data_of_synthetic_patients_may_stay_where_they_are(left: Counter[str], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    make_patients(tmp_path / "in")
    assert_alike(sorted(path for path in (tmp_path / "in").rglob("*") if path.is_file()), Options(), tmp_path)
    assert left["left"] > 20
    assert left["hid bytes"] > 1


@pytest.mark.parametrize("name", ["CT_small.dcm", "JPEG2000.dcm"])
def test_a_file_that_ends_within_its_pixel_data_is_refused_alike(name: str, left: Counter[str], tmp_path: Path) -> None:
    (tmp_path / "cut.dcm").write_bytes(Path(get_testdata_file(name, download=False)).read_bytes()[:-700])
    assert len(list(_tasks([tmp_path / "cut.dcm"]))) == 1
    assert_alike([tmp_path / "cut.dcm"], Options(), tmp_path)
    assert not (tmp_path / "apart").exists()


def test_an_element_that_was_changed_is_not_taken_for_the_pixel_data() -> None:
    with Source(get_testdata_file("CT_small.dcm", download=False)).open_bytes() as source:
        dataset, deferred = read_deferred(source, 64)
        placeholder = dataset.get_item(0x7FE00010)
        dataset[0x7FE00010] = placeholder._replace(value=placeholder.value + b"more")
        encoded = BytesIO()
        write(encoded, dataset)
    with pytest.raises(ValueError, match="changed"):
        list(deferred.pieces(encoded.getvalue()))


def test_pixel_data_that_were_removed_are_not_put_back() -> None:
    path = get_testdata_file("CT_small.dcm", download=False)
    with Source(path).open_bytes() as source:
        dataset, deferred = read_deferred(source, 64)
        del dataset[0x7FE00010]
        encoded = BytesIO()
        write(encoded, dataset)
    assert list(deferred.pieces(encoded.getvalue())) == [encoded.getvalue()]
    assert pydicom.dcmread(path).PixelData[:40] not in encoded.getvalue()

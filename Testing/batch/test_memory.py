"""Memory is flat in the size of a file and small in the number of files."""

from __future__ import annotations

import sys
import tracemalloc
from pathlib import Path

from benchmarks.make_series import write_series
from benchmarks.measured import measure
from DeidentifyLib.files.input_files import Source
from DeidentifyLib.scan.packed_instances import Instance, PackedInstances

from batch.folders_of_runs import environment

MIB = 1 << 20


def test_a_file_of_400_mb_passes_without_being_loaded(key_file: Path, tmp_path: Path) -> None:
    write_series(tmp_path / "in", 1, pixel_bytes=400_000_000)
    words = [sys.executable, "-m", "DeidentifyLib", "run", str(tmp_path / "in"), "--output", str(tmp_path / "out")]
    used = measure([*words, "--key-file", str(key_file), "--no-audit", "--progress", "none"], environment())
    assert used.code == 0
    assert used.parent_peak < 150


def test_a_file_of_400_mb_is_audited_without_being_loaded(key_file: Path, tmp_path: Path) -> None:
    write_series(tmp_path / "in", 1, pixel_bytes=400_000_000)
    words = [sys.executable, "-m", "DeidentifyLib", "run", str(tmp_path / "in"), "--output", str(tmp_path / "out")]
    used = measure([*words, "--key-file", str(key_file), "--progress", "none"], environment())
    assert used.code == 0
    assert used.parent_peak < 150


def test_a_default_run_with_its_audit_takes_about_a_kilobyte_more_for_each_file(key_file: Path, tmp_path: Path) -> None:
    peaks = []
    for count in (2_000, 8_000):
        write_series(tmp_path / f"in{count}", count, pixel_bytes=2048)
        words = [sys.executable, "-m", "DeidentifyLib", "run", str(tmp_path / f"in{count}"), "--jobs", "1"]
        words += ["--output", str(tmp_path / f"out{count}"), "--key-file", str(key_file), "--progress", "none"]
        used = measure(words, environment())
        assert used.code == 0
        peaks.append(used.parent_peak)
    assert peaks[0] < 100
    assert (peaks[1] - peaks[0]) * 1024 / 6_000 < 1.5


def test_a_planned_instance_takes_less_than_a_hundred_bytes() -> None:
    tracemalloc.start()
    instances = PackedInstances()
    for number in range(20_000):
        path = f"/data/studies/series{number // 250:05d}/image{number:05d}.dcm"
        instances.append(Instance(Source(path), f"1.2.826.0.1.3680043.8.498.7000.{number}", str(number)))
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert used / 20_000 < 100
    assert instances[12_345].source.path.endswith("image12345.dcm")
    assert instances[-1].sop_instance_uid.endswith(".19999")


def test_packed_instances_come_back_as_they_were() -> None:
    originals = [
        Instance(Source("/a/b.dcm"), "1.2.3", "1"),
        Instance(Source("/a/c.zip", "x/y.dcm"), "1.2.3.4", ""),
        Instance(Source("/\udcff/\u00e9.dcm"), "9.9", "not a number"),
        Instance(Source("/a/b2.dcm", ""), "", "-5"),
    ]
    packed = PackedInstances()
    for one in originals:
        packed.append(one)
    assert list(packed) == originals
    assert packed[1:3] == originals[1:3]

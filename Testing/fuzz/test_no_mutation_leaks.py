"""Whatever is wrong with a file: no planted secret comes out, and there is a valid file or a reason."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from pathlib import Path

import pytest
import runs
from fuzz.mutants import Mutant, may_stay, mutants, write_mutant
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from synthetic import Planter, find_leaks, find_leaks_in_text
from synthetic.files import write_file
from synthetic.images import secondary_capture
from synthetic.patient import Patient

EXAMPLES = int(os.environ.get("DEIDENTIFY_FUZZ_EXAMPLES", "40"))
PHASES = [Phase.generate] if "DEIDENTIFY_FUZZ_SHRINK" not in os.environ else [Phase.generate, Phase.shrink]


def run_in_this_process(*words: object) -> tuple[int, str]:
    """Run the public command without the cost of a new interpreter; return exit code and screen."""
    from DeidentifyLib.__main__ import main

    screen = io.StringIO()
    with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
        try:
            code = main([str(word) for word in words])
        except SystemExit as stop:
            code = stop.code
    return int(code or 0), screen.getvalue()


@pytest.mark.timeout(600)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=PHASES,
    report_multiple_bugs=False,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
@given(batch=st.lists(mutants, min_size=1, max_size=6))
def test_no_mutant_leaks(batch: list[Mutant], key_file: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        healthy = write_file(folder / "in" / "healthy.dcm", secondary_capture(Patient.new(Planter(999), "healthy")))
        planted = {str(healthy.resolve()): []}
        for number, mutant in enumerate(batch):
            path = folder / "in" / f"{number}.dcm"
            planted[str(path.resolve())] = write_mutant(path, mutant, 1000 + number)
        code, screen = run_in_this_process(
            "run",
            folder / "in",
            "--output",
            folder / "out",
            "--key-file",
            key_file,
            "--jobs",
            1,
            "--progress",
            "none",
            "--keep-safe-private",
        )
        assert code in (0, 3, 4), screen
        assert "Traceback" not in screen
        entries = runs.final_entries(folder / "out.private" / "journal.jsonl")
        assert {str(Path(entry["input"]).resolve()) for entry in entries} == set(planted)
        everything = [secret for secrets in planted.values() for secret in secrets]
        assert not find_leaks_in_text(screen, everything)
        for entry in entries:
            if entry["status"] != "written":
                assert entry["reason"]
                continue
            written = folder / "out" / entry["output"]
            source = Path(entry["input"])
            leaks = [
                leak
                for leak in find_leaks(written.parent, planted[str(source.resolve())], {})
                if not may_stay(runs.read(source), leak.planted)
            ]
            assert not leaks, "\n".join(map(str, leaks))
            assert len(runs.read(written)) > 5

"""De-identify sample data: real DICOM files that pydicom brings, synthetic patients, and a synthetic head."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pydicom

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from demo_head import make_head_series  # noqa: E402
from own_folder import NotOwnError, record_own, remove_own  # noqa: E402
from synthetic import make_patients  # noqa: E402

REAL = (
    "CT_small.dcm",
    "MR_small.dcm",
    "rtplan.dcm",
    "rtstruct.dcm",
    "rtdose.dcm",
    "examples_palette.dcm",
    "JPEG2000.dcm",
    "test-SR.dcm",
    "waveform_ecg.dcm",
    "liver_1frame.dcm",
)
FINISHED = (0, 3)
WRONG_USE = 2


def main(folder: Path) -> int:
    """Make the sample data in a folder, de-identify them and say where the results lie; 2 if it is not the demo's."""
    folder = Path(os.path.abspath(folder))
    try:
        remove_own(folder)
        folder.mkdir(parents=True)
    except (NotOwnError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        print(f"demo: {folder} cannot be used, nothing was deleted: {reason}", file=sys.stderr)
        return WRONG_USE
    try:
        return _fill(folder)
    finally:
        record_own(folder)


def _fill(folder: Path) -> int:
    inputs, output = folder / "input", folder / "output"
    _copy_real(inputs / "real")
    with warnings.catch_warnings(action="ignore"):  # the patients hold invalid values on purpose
        make_patients(inputs / "synthetic", 1)
    make_head_series(inputs / "head")
    options = ["--keep-subject-characteristics", "--keep-safe-private", "--deface", "--mapping-file"]
    command = [sys.executable, "-m", "DeidentifyLib", "run", str(inputs), "--output", str(output), *options]
    code = subprocess.call(command, cwd=HERE.parent)
    if code not in FINISHED:
        return code
    print(f"\nlook at the report:     {output / 'report' / 'report.html'}")
    print(f"the de-identified copy: {output}")
    print(f"the mapping file:       {folder / 'output.private' / 'deident.map'}")
    return 0


def _copy_real(folder: Path) -> None:
    folder.mkdir(parents=True)
    bundled = Path(pydicom.__file__).parent / "data" / "test_files"
    for name in REAL:
        if (bundled / name).is_file():
            shutil.copy(bundled / name, folder)


if __name__ == "__main__":
    words = sys.argv[1:] or ["deidentify-demo"]
    if len(words) > 1 or not words[0] or words[0].startswith("-"):
        print("usage: python3 Testing/in_venv.py demo [FOLDER], a folder that does not exist yet", file=sys.stderr)
        sys.exit(WRONG_USE)
    sys.exit(main(Path(words[0])))

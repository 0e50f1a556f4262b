"""De-identify a folder with another tool, each file on its own so that one bad file does not end it.

``python peer_tools.py TOOL INPUT OUTPUT`` with TOOL one of dicognito, dicom-anonymizer, deid; the interpreter must have
it installed. Default settings of each tool.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path


def dicognito() -> Callable[[Path, Path], None]:
    """Return dicognito's anonymizer with one seed for the whole folder."""
    import pydicom
    from dicognito.anonymizer import Anonymizer

    anonymizer = Anonymizer(seed="audit of peers")

    def one(source: Path, target: Path) -> None:
        with pydicom.dcmread(source, force=False) as dataset:
            anonymizer.anonymize(dataset)
            dataset.save_as(target)

    return one


def dicom_anonymizer() -> Callable[[Path, Path], None]:
    """Return KitwareMedical's anonymizer with its default rules."""
    from dicomanonymizer import anonymize_dicom_file

    return lambda source, target: anonymize_dicom_file(str(source), str(target))


def deid() -> Callable[[Path, Path], None]:
    """Return pydicom/deid with its default recipe."""
    from deid.dicom import get_identifiers, replace_identifiers

    def one(source: Path, target: Path) -> None:
        identifiers = get_identifiers([str(source)], force=False)
        (dataset,) = replace_identifiers([str(source)], ids=identifiers, save=False, force=False)
        dataset.save_as(target)

    return one


TOOLS = {"dicognito": dicognito, "dicom-anonymizer": dicom_anonymizer, "deid": deid}


def main(tool: str, source: str, output: str) -> int:
    """Write what the tool can write; return 0."""
    work = TOOLS[tool]()
    failed = 0
    for path in sorted(Path(source).rglob("*")):
        if not path.is_file():
            continue
        target = Path(output) / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            work(path, target)
        except Exception:
            failed += 1
            target.unlink(missing_ok=True)
            traceback.print_exc(limit=1)
    print(f"{failed} files failed")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Names of output files: made from pseudonyms only."""

from __future__ import annotations

import re
import string
from collections.abc import Collection
from functools import lru_cache

from ..files.fingerprints import Fingerprints
from ..options import Options, OptionsError
from ..pseudonyms.pseudonymizer import Pseudonyms, Subject
from ..scan.packed_instances import Instance
from ..scan.scan_inputs import Series

_CODE_LENGTH = 12
_FOLDERS = 64
_INSTANCE_LENGTH = 16
_FIELDS = frozenset(("subject", "study", "series", "instance", "modality", "number"))
_MODALITY = re.compile(r"[A-Z]{2,10}")


def check_pattern(pattern: str) -> None:
    """Refuse a name pattern that is unknown, leaves the output folder or does not tell series apart.

    Raises
    ------
    OptionsError
        If the pattern cannot be used.
    """
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}
    except ValueError as error:
        raise OptionsError(f"the name pattern is not valid: {error}") from None
    if names - _FIELDS:
        raise OptionsError(f"the name pattern may use {', '.join('{' + name + '}' for name in sorted(_FIELDS))} only")
    if "instance" not in names and not {"series", "number"} <= names:
        raise OptionsError("the name pattern must use {instance}, or {series} and {number}")
    parts = pattern.split("/")
    if pattern.startswith("/") or "\\" in pattern or ".." in parts or "" in parts:
        raise OptionsError("the name pattern must be a relative path with / between folders")


class OutputPaths:
    """Makes the path of each output file.

    Parameters
    ----------
    options : Options
        Their name pattern.
    pseudonyms : Pseudonyms
        Replacements under the project key.
    """

    def __init__(self, options: Options, pseudonyms: Pseudonyms) -> None:
        check_pattern(options.name_pattern)
        self._pattern = options.name_pattern
        self._pseudonyms = pseudonyms
        self._taken = Fingerprints()
        self._code_of_folder = lru_cache(maxsize=_FOLDERS)(self._code)

    def path_of(self, subject: Subject, series: Series, instance: Instance, free: Collection[str] = ()) -> str:
        """Return a path below the output folder, with ``/``, that no other instance of the run has.

        Paths in `free` are those of instances in whose place this one is written.
        """
        code = self._code("instance", instance.sop_instance_uid, _INSTANCE_LENGTH)
        values = {
            "subject": subject.new_id,
            "study": "ST-" + self._code_of_folder("study", series.study_uid, _CODE_LENGTH),
            "series": "SE-" + self._code_of_folder("series", series.series_uid, _CODE_LENGTH),
            "instance": code,
            "modality": series.modality if _MODALITY.fullmatch(series.modality) else "OT",
            "number": instance.number.zfill(5) if instance.number.isdigit() else code,
        }
        path = self._pattern.format(**values)
        if path in free:
            return path
        if not self._taken.add(path.casefold()):
            stem, dot, suffix = path.rpartition(".")
            path = f"{stem}-{code}.{suffix}" if dot else f"{path}-{code}"
            self._taken.add(path.casefold())
        return path

    def _code(self, purpose: str, uid: str, length: int) -> str:
        return self._pseudonyms.code(purpose, uid.encode("utf-8", "surrogatepass"), length)

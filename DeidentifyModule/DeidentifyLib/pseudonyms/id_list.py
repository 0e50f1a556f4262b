"""A CSV file with which a site supplies new IDs and names (columns ``id_old``, ``id_new``, perhaps ``name_new``)."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from .subject_identity import canonical_id

_NEW = re.compile(r"[A-Za-z0-9._-]{1,64}")
SuppliedIds = dict[str, tuple[str, str]]


class IdListError(ValueError):
    """The list of new IDs cannot be used; the message names lines, never values."""


def read_id_list(path: Path) -> SuppliedIds:
    """Return (new ID, new name) by canonical original ID.

    Raises
    ------
    IdListError
        If the file cannot be read, a new ID has characters that file systems do not know, an original has two new
        IDs, or two originals have the same but for upper and lower case.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise IdListError(f"the list of IDs cannot be read: {type(error).__name__}") from error
    supplied: SuppliedIds = {}
    owners: dict[str, str] = {}
    for line, row in enumerate(rows, 2):
        old, new = canonical_id(row.get("id_old") or ""), (row.get("id_new") or "").strip()
        name = (row.get("name_new") or new).strip()
        if not old or not _NEW.fullmatch(new) or not _NEW.fullmatch(name.replace("^", "_")):
            raise IdListError(f"the list of IDs, line {line}: needs id_old, and id_new of letters, digits and . _ -")
        if supplied.setdefault(old, (new, name)) != (new, name):
            raise IdListError(f"the list of IDs, line {line}: the same ID has another new ID above")
        if owners.setdefault(new.casefold(), old) != old:  # some file systems give both the same folder
            raise IdListError(f"the list of IDs, line {line}: another ID has the same new ID above")
    return supplied

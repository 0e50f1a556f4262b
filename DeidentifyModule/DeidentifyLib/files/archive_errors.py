"""What the readers of archives raise, as one kind of error."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

DAMAGES = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error),
    *(RuntimeError, KeyError, NotImplementedError, EOFError, ValueError),
)
"""What the readers of archives raise where one is damaged or encrypted."""


@contextmanager
def archive_errors() -> Iterator[None]:
    """Turn what the readers of archives raise into an `OSError`."""
    try:
        yield
    except DAMAGES as error:
        raise OSError("the archive is damaged or encrypted") from error

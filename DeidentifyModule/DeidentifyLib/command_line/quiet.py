"""Nothing that a library says reaches the terminal: its warnings quote values and paths.

This is done once, at the door of every command. Worker processes inherit it: what C code and the Python of a worker
write to standard error goes nowhere, and what went wrong comes back as a result.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

_STANDARD_ERROR = 2


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep back warnings, log lines, and what is written to the descriptor of standard error past ``sys.stderr``."""
    with ExitStack() as stack:
        disabled = logging.root.manager.disable
        logging.disable(logging.CRITICAL)
        stack.callback(logging.disable, disabled)
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        warnings.showwarning = _ignore  # for libraries that set filters of their own
        stack.callback(setattr, sys, "unraisablehook", sys.unraisablehook)
        stack.callback(setattr, threading, "excepthook", threading.excepthook)
        sys.unraisablehook = threading.excepthook = _ignore  # their messages quote values, too
        stack.enter_context(_only_own_errors())
        yield


@contextmanager
def _only_own_errors() -> Iterator[None]:
    """Give ``sys.stderr`` a descriptor of its own, and lead the usual one nowhere."""
    before = sys.stderr
    try:
        kept = os.dup(_STANDARD_ERROR)
    except OSError:  # there is no standard error, as in a program with windows only
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    own = None
    if _writes_to_standard_error(before):
        before.flush()
        own = open(kept, "w", encoding=before.encoding, errors=before.errors, buffering=1, closefd=False)
        sys.stderr = own
    os.dup2(nowhere, _STANDARD_ERROR)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, _STANDARD_ERROR)
        if own is not None:
            own.flush()
            own.close()
            sys.stderr = before
        os.close(kept)


def _writes_to_standard_error(file: object) -> bool:
    try:
        return isinstance(file, io.TextIOBase) and file.fileno() == _STANDARD_ERROR
    except (OSError, ValueError):
        return False


def _ignore(*_: object, **__: object) -> None:
    """Show no warning."""

"""Pools of fresh processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor

INTERPRETER_VARIABLE = "DEIDENTIFY_PYTHON"


def process_pool(jobs: int) -> ProcessPoolExecutor:
    """Return a pool of fresh processes.

    Where ``sys.executable`` is not Python, as in an application that embeds it, the variable
    ``DEIDENTIFY_PYTHON`` names an interpreter.
    """
    context = multiprocessing.get_context("spawn")
    context.set_executable(os.environ.get(INTERPRETER_VARIABLE) or sys.executable)
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_leave_signals_to_parent)


def _leave_signals_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

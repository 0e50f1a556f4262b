"""Progress of a run as JSON-ready dictionaries; nothing of PHI is in them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

ProgressCallback = Callable[[dict[str, Any]], None]
_INTERVAL_SECONDS = 0.1


class Progress:
    """Reports phases, counts, bytes and the time left, at most ten times a second.

    Parameters
    ----------
    on_progress : callable
        Receives ``{"phase", "done", "total", "series", "bytes", "eta_seconds", "message"}``.
    """

    def __init__(self, on_progress: ProgressCallback) -> None:
        self._on_progress = on_progress
        self._last = 0.0
        self._start = time.monotonic()
        self._total = 0
        self._done = 0
        self._bytes = 0

    def scanned(self, files: int) -> None:
        """Report the number of files seen."""
        self._send("scan", files, None, "", None, f"{files} files seen")

    def faces(self, done: int, total: int) -> None:
        """Report the number of studies whose faces are judged."""
        self._last = 0.0
        self._send("plan", done, total, "", None, f"faces judged in {done} of {total} studies")

    def start(self, total: int) -> None:
        """Begin the phase ``run`` with a number of instances."""
        self._start, self._total = time.monotonic(), total
        self._last = 0.0
        self._send("run", 0, total, "", None, f"{total} instances to de-identify")

    def finished(self, series: str, instances: int, size: int) -> None:
        """Report instances that are done; `series` is a new name."""
        self._done += instances
        self._bytes += size
        elapsed = time.monotonic() - self._start
        left = elapsed / self._done * (self._total - self._done) if self._done else None
        if self._done >= self._total:
            self._last = 0.0
        self._send("run", self._done, self._total, series, left, f"{self._done} of {self._total} instances")

    def _send(self, phase: str, done: int, total: int | None, series: str, eta: float | None, message: str) -> None:
        now = time.monotonic()
        if now - self._last < _INTERVAL_SECONDS:
            return
        self._last = now
        self._on_progress(
            {
                "phase": phase,
                "done": done,
                "total": total,
                "series": series,
                "bytes": self._bytes,
                "eta_seconds": None if eta is None else round(eta, 1),
                "message": message,
            }
        )

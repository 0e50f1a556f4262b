"""The arguments that choose how a run works, not what it makes."""

from __future__ import annotations

import argparse
from typing import Any

from ..batch.process import AUTO, ENGINES
from ..batch.request import DEFAULT_TIME_LIMIT
from .request import RequestError


def add_running_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    group = parser.add_argument_group("how to run")
    group.add_argument("--resume", action="store_true", help="continue an interrupted run into the same output folder")
    group.add_argument("--scheduler", default="", metavar="ADDRESS", help="run on the workers of a dask scheduler")
    group.add_argument(
        "--engine",
        choices=ENGINES,
        default=AUTO,
        help="auto: byte stream, and pydicom for what it does not treat; or one of them alone",
    )
    group.add_argument("--no-checksums", action="store_true", help="leave SHA-256 out of journal and report: faster")
    group.add_argument(
        "--time-limit",
        type=float,
        default=DEFAULT_TIME_LIMIT,
        metavar="SECONDS",
        help="for one file in a worker process, 0 for none (default: %(default).0f)",
    )


def running_values(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments as values of a `RunRequest`."""
    return {
        "resume": arguments.resume,
        "scheduler": arguments.scheduler,
        "engine": arguments.engine,
        "checksums": not arguments.no_checksums,
        "time_limit": arguments.time_limit,
    }


def running_values_of(request: dict[str, Any]) -> dict[str, Any]:
    """Return the same from a JSON request; what is absent has its default.

    Raises
    ------
    RequestError
        If a value does not fit.
    """
    engine = request.get("engine") or AUTO
    if engine not in ENGINES:
        raise RequestError(f'"engine" must be one of {", ".join(ENGINES)}')
    limit = request.get("time_limit", DEFAULT_TIME_LIMIT)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 0:
        raise RequestError('"time_limit" must be a number of seconds')
    return {
        "resume": bool(request.get("resume")),
        "scheduler": str(request.get("scheduler") or ""),
        "engine": engine,
        "checksums": bool(request.get("checksums", True)),
        "time_limit": float(limit),
    }

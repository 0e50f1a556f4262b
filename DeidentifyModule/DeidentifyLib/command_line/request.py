"""Requests that come through standard input, so that paths and keys stay out of process arguments."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ..files.canonical_paths import PathError, canonical_inputs
from ..options import Options


class RequestError(ValueError):
    """The request is not a JSON object of the documented form."""


def read_request() -> dict[str, Any]:
    """Return the JSON object of the first line of standard input.

    Raises
    ------
    RequestError
        If there is none.
    """
    try:
        request = json.loads(sys.stdin.readline())
    except ValueError:
        raise RequestError("standard input must hold one JSON object on its first line") from None
    if not isinstance(request, dict):
        raise RequestError("the request must be a JSON object")
    return request


def paths_of(request: dict[str, Any]) -> tuple[Path, ...]:
    """Return the inputs of a request.

    Raises
    ------
    RequestError
        If they are not a list of paths.
    """
    inputs = request.get("inputs")
    if not isinstance(inputs, list) or not inputs or not all(isinstance(path, str) for path in inputs):
        raise RequestError('the request needs "inputs": a list of paths')
    try:
        return canonical_inputs(inputs)
    except PathError as error:
        raise RequestError(str(error)) from None


def path_or_none(request: dict[str, Any], name: str) -> Path | None:
    """Return a path of a request, None if it is absent.

    Raises
    ------
    RequestError
        If it is no path, or empty.
    """
    value = request.get(name)
    if value is not None and not isinstance(value, str):
        raise RequestError(f'"{name}" must be a path')
    if value == "":
        raise RequestError(f'"{name}" is empty: give a path, or leave it out')
    return None if value is None else Path(value)


def options_of(request: dict[str, Any]) -> Options:
    """Return the options of a request.

    Raises
    ------
    RequestError, OptionsError
        If they are not an object, or a value does not fit.
    """
    options = request.get("options") or {}
    if not isinstance(options, dict):
        raise RequestError('"options" must be a JSON object')
    return Options.from_dict(options)


def texts_of(request: dict[str, Any], name: str) -> frozenset[str]:
    """Return a list of texts of a request, empty if it is absent.

    Raises
    ------
    RequestError
        If it is no list of texts.
    """
    value = request.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise RequestError(f'"{name}" must be a list of texts')
    return frozenset(value)


def jobs_of(request: dict[str, Any]) -> int:
    """Return the number of processes of a request, 0 if it is absent.

    Raises
    ------
    RequestError
        If it is no number.
    """
    jobs = request.get("jobs") or 0
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 0:
        raise RequestError('"jobs" must be 0 or more')
    return jobs


def masks_of(request: dict[str, Any]) -> dict[str, Path]:
    """Return the label images of a request by FrameOfReferenceUID.

    Raises
    ------
    RequestError
        If they are not an object of paths.
    """
    masks = request.get("masks") or {}
    if not isinstance(masks, dict) or not all(isinstance(path, str) for path in masks.values()):
        raise RequestError('"masks" must be an object of paths by FrameOfReferenceUID')
    if not all(masks.values()):
        raise RequestError('a path of "masks" is empty')
    return {uid: Path(path) for uid, path in masks.items()}


def inputs_from(words: list[str]) -> tuple[Path, ...]:
    """Return inputs of the command line; ``-`` reads further ones from standard input, one a line.

    Raises
    ------
    RequestError
        If one is empty.
    """
    paths: list[str] = []
    for word in words:
        if word == "-":
            paths += [line.rstrip("\r\n") for line in sys.stdin if line.strip()]
        else:
            paths.append(word)
    try:
        return canonical_inputs(paths)
    except PathError as error:
        raise RequestError(str(error)) from None

"""The arguments of the speed benchmark."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from .make_series import EVERY_ELEMENT, SLICES_OF_A_SERIES

_PATHS = ("output", "scratch", "peer_python")


def parse_arguments(description: str) -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = _parser(description)
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.warm_up < 0:
        parser.error("at least one round")
    return arguments


def given(arguments: argparse.Namespace) -> str:
    """Return the arguments that are not the defaults, without any path."""
    usual = vars(_parser("").parse_args([]))
    words = [
        f"--{name.replace('_', '-')}" + ("" if value is True else f" {shlex.quote(_word(value))}")
        for name, value in vars(arguments).items()
        if value != usual[name] and name not in _PATHS
    ]
    return " ".join(["speed.py", *words])


def _word(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _parser(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    data = parser.add_argument_group("data")
    data.add_argument("--files", type=int, help="default: 1000; with --sweep size at most 2000; with --first-byte 20")
    data.add_argument("--pixel-bytes", type=int, help="of each file; default: 512 KiB, little in sweeps")
    data.add_argument("--elements", type=int, default=110, help="of each header, at any depth (110)")
    data.add_argument("--slices", type=int, default=SLICES_OF_A_SERIES, help="of each series (250); 1 is the bad case")
    data.add_argument("--varying", type=_amount, default=0, metavar="N",
                      help="this many more elements differ in every file; all: the bad case")  # fmt: skip
    data.add_argument("--scratch", type=Path, help="where to put the files; default: the folder for temporary files")
    who = parser.add_argument_group("who runs")
    who.add_argument("--only", default="", help="names of contenders, with semicolons; yardsticks too")
    who.add_argument("--slow-files", type=int, default=200,
                     help="the reference engine and other tools get so many files, beside yardsticks of their own; "
                          "0: none of them is run")  # fmt: skip
    who.add_argument("--peer-python", action="append", default=[], metavar="[NAME=]PATH",
                     help="interpreter that has other tools; with a name for that tool alone")  # fmt: skip
    how = parser.add_argument_group("how")
    how.add_argument("--rounds", type=int, default=2)
    how.add_argument("--warm-up", type=int, default=1, help="rounds that are thrown away (1)")
    how.add_argument("--settle", type=float, default=0, help="seconds to wait at the start; 70 where many files were "
                     "deleted just before, such as those of another benchmark")  # fmt: skip
    how.add_argument("--time-limit", type=float, default=1800, help="seconds after which a contender is killed")
    how.add_argument("--output", type=Path, metavar="FILE.md", help="write tables and machine there too")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--sweep", choices=("files", "elements", "size"), help="how cost grows")
    what.add_argument("--first-byte", action="store_true", help="seconds until the first output of a small folder")
    parser.add_argument("--points", type=_points, help="of the sweep, with commas")
    parser.add_argument("--total-bytes", type=int, default=2_000_000_000, help="of a point of --sweep size, at most, "
                        "but for a single file")  # fmt: skip
    return parser


def chosen(only: str) -> list[str]:
    """Return the names in ``--only``."""
    return [name.strip() for name in only.split(";") if name.strip()]


def pythons(words: list[str]) -> dict[str, str]:
    """Return interpreters by tool; that without a name is for all others."""
    return dict(word.rpartition("=")[::2] for word in words)


def _amount(text: str) -> int:
    return EVERY_ELEMENT if text == "all" else int(text)


def _points(text: str) -> list[int]:
    return [int(float(word)) for word in text.split(",")]

"""``deidentify key new FILE``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..pseudonyms.key import Key, KeyFileError
from .main import WRONG_USE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the sub command."""
    parser.add_argument("what", choices=["new"], help="make a new key")
    parser.add_argument("file", type=Path, metavar="FILE", help="file to write it to; must not exist")


def main(arguments: argparse.Namespace) -> int:
    """Make a key and print its fingerprint."""
    try:
        key = Key.new(arguments.file)
    except KeyFileError as error:
        print(f"deidentify: {error}", file=sys.stderr)
        return WRONG_USE
    print(f"key written, fingerprint {key.fingerprint}; keep it secret and keep a copy: it cannot be made again")
    return 0

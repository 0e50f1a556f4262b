"""Run ``deidentify face`` as ``python -m DeidentifyLib.face``."""

import sys

from ..command_line.main import main

if __name__ == "__main__":
    sys.exit(main(["face", *sys.argv[1:]]))

"""Version of the library and of the tables that it follows."""

__version__ = "0.1.0"

STANDARD_EDITION = "PS3.15 2026d"

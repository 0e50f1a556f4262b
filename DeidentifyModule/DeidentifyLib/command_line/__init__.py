"""The sub commands of ``deidentify``."""

"""Cleaning of free text (PS3.15 E.3.5): what identifies in a text, and which words may be kept."""

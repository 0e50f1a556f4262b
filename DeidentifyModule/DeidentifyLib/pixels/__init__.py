"""Pixel data: what may hide between and behind the pixels."""

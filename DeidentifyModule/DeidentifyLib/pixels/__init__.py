"""Pixel data: decoding, masks of changed voxels, and bytes hidden between and behind the pixels."""

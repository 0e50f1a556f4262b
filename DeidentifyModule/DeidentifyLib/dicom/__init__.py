"""DICOM files as both engines see them: files, stored elements, forms of values, private blocks."""

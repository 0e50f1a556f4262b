"""Stand-in for Slicer's package DICOMLib: import into the stand-in database, and loading with the real MRML reader."""

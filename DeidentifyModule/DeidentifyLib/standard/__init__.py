"""Tables of the standard as data files, and their loaders."""

"""Sub commands of ``deidentify``; each module has `add_arguments` and `main`."""

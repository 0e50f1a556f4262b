"""From folders to tasks to de-identified files: scan, plan, run."""

"""What a run plans and did, in a form that can be written and read back: tasks, results, journal, map, summary."""

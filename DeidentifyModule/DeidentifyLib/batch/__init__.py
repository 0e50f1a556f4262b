"""A batch: request, plan, workers, run and preview; the only room that knows all steps from scan to journal."""

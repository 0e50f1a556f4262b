"""An independent proof of every output: it shares no table and no code with the engine."""

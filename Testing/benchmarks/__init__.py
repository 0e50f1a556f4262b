"""Benchmarks; each is a command of its own, not a test."""

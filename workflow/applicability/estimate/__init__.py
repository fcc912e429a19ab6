"""Estimates of a run's jobs, time and memory, and the bounds that cluster jobs request."""

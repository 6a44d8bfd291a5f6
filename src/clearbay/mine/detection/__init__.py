"""Discovering that something is wrong: pure functions and streams over measured values, no input or output."""

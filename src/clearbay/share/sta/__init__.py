"""OGC SensorThings API 1.1 (18-088) over a home: its own stations at once, and what clients make."""

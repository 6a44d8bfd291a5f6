"""The tests, one directory a room."""

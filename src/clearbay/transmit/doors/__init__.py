"""Doors beside the gateway: pushed readings, a watched folder, files fetched on a schedule."""

from .casehome import casework, home, time

__all__ = ["casework", "home", "time"]

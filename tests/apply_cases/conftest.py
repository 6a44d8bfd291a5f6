from .casehome import casework, home, template, time

__all__ = ["casework", "home", "template", "time"]

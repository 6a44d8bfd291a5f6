from .homes import desk, home_path

__all__ = ["desk", "home_path"]

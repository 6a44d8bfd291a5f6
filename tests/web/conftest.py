from tests.apply.homes import home_path

__all__ = ["home_path"]

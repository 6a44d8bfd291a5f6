"""The engines of ``tests.mine``, for the kernels of the rules."""

from tests.mine.conftest import engine, engines

__all__ = ["engine", "engines"]

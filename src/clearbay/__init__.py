"""clearbay: from a probe's packet to a closed case, on one map."""

__version__ = "0.1.0"

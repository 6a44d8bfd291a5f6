"""The HJ 212 gateway: devices connect, what they send is stored, and then they are told so."""

from __future__ import annotations

from clearbay.transmit.gateway.server import Gateway, Settings

__all__ = ["Gateway", "Settings"]

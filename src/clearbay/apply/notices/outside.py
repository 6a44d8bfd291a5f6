"""Requests to addresses that people give: never into this machine or its network, never anywhere else by a redirect.

A name is resolved once, every address that it has must lie outside (or in a network that the operator allows), and the
connection goes to the very address that was looked at: a name that changes its mind meanwhile changes nothing.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from clearbay.apply.notices.settings import Network
from clearbay.model.errors import BadInput

TIMEOUT = 10.0
"""Seconds for each step: connecting, sending, the first byte of the answer."""
_MOST = 4096
_INSIDE = tuple(ipaddress.ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
"""Addresses that carry another address within, which may be a private one."""


class Failed(Exception):
    """It did not arrive; ``for_good``: trying again would not help."""

    def __init__(self, why: str, *, for_good: bool = False, status: int = 0) -> None:
        super().__init__(why)
        self.for_good, self.status = for_good, status


def check(url: str) -> str:
    """An address to which requests may go, as far as its text shows; ``BadInput`` otherwise."""
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError:
        split, port = urlsplit(""), None
    if split.scheme not in ("http", "https") or not split.hostname or len(url) > 2000 or not url.isascii():
        raise BadInput("this is no web address", where="url", mend="such as https://receiver.example/clearbay")
    if split.username or split.password or split.fragment or port == 0 or any(ord(one) <= 32 for one in url):
        raise BadInput("an address has no user, password, blank or #part", where="url", mend="leave them out")
    return url


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, allow: Sequence[Network] = (), timeout: float = TIMEOUT
) -> int:
    """Send a request and return the status (200 to 299); raises ``Failed`` for anything else.

    Without TLS only where the operator allows the address.
    """
    try:
        split = urlsplit(check(url))
    except BadInput as error:
        raise Failed(error.what, for_good=True) from None
    host = split.hostname or ""
    port = split.port or (443 if split.scheme == "https" else 80)
    address, allowed = _resolved(host, port, allow)
    if split.scheme == "http" and not allowed:
        raise Failed("messages about cases go out by https only", for_good=True)
    connection = _Pinned(host, port, address, split.scheme == "https", timeout)
    path = (split.path or "/") + (f"?{split.query}" if split.query else "")
    try:
        connection.request("POST", path, body=body, headers={"User-Agent": "clearbay", **headers})
        answer = connection.getresponse()
        answer.read(_MOST)
        status = answer.status
    except ssl.SSLCertVerificationError as error:
        raise Failed(f"the certificate does not hold: {error.verify_message}") from None
    except (OSError, http.client.HTTPException) as error:
        raise Failed(f"{type(error).__name__}: {error}"[:200]) from None
    finally:
        connection.close()
    if not 200 <= status < 300:
        gone = 300 <= status < 500 and status not in (408, 425, 429)
        raise Failed(f"the receiver answered {status}", for_good=gone, status=status)
    return status


def _resolved(host: str, port: int, allow: Sequence[Network]) -> tuple[str, bool]:
    """An address of a name to which we may go, and whether it is the operator's permission that lets us."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Failed(f"the name {host} is not known ({error})") from None
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not addresses:
        raise Failed(f"the name {host} is not known")
    permitted = [_permitted(one, allow) for one in addresses]
    if not all(fine or outside(one) for one, fine in zip(addresses, permitted, strict=True)):
        raise Failed("this address lies within a private network", for_good=True)
    return addresses[0], permitted[0]


def _permitted(address: str, allow: Sequence[Network]) -> bool:
    one = _plain(address)
    return any(one.version == network.version and one in network for network in allow)


def outside(address: str) -> bool:
    """Whether an address lies in the open network: not this machine, not a private or special one.

    >>> [outside(one) for one in ("8.8.8.8", "127.0.0.1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "::1")]
    [True, False, False, False, False, False]
    """
    one = _plain(address)
    if one.version == 6 and any(one in network for network in _INSIDE):
        return False
    return one.is_global and not one.is_multicast and not one.is_reserved


def _plain(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    one = ipaddress.ip_address(address.partition("%")[0])
    return one.ipv4_mapped or one if isinstance(one, ipaddress.IPv6Address) else one


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, which speaks to a name."""

    def __init__(self, host: str, port: int, address: str, tls: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address, self._tls = address, tls
        if tls:
            self.default_port = 443

    def connect(self) -> None:
        """As ``HTTPConnection``, but to the address that was looked at."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

"""
Which addresses may be asked.

A page can send us anywhere: to the router, to the neighbour's database, to the cloud's
own metadata. So only public addresses are asked, unless a source names a host or a
network. What is checked is the address that is connected to, after the name was looked
up, whatever the spelling was and whatever a second look-up would say.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from ada_url import idna_to_ascii

from flows.fetch.trouble import Trouble

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Beside what `is_global` knows of, as it differs between versions of Python.
NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
            "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23",       # Teredo, benchmarks, ORCHID: tunnels and no places
            "2001:db8::/32", "3fff::/20",  # documentation
            "2002::/16",       # 6to4: an IPv4 address, private or not, in other clothes
        ),
    )
)  # fmt: skip
UNICAST = ipaddress.ip_network("2000::/3")  # so no ::ffff:127.0.0.1, 64:ff9b::, fe80::, fc00::


def is_public(address: Address) -> bool:
    """
    Whether an address belongs to everybody's Internet.

    >>> [is_public(ipaddress.ip_address(a)) for a in ("1.2.4.8", "10.0.0.1", "64:ff9b::7f00:1")]
    [True, False, False]
    """
    if address.version == 6 and address not in UNICAST:  # noqa: PLR2004
        return False
    return address.is_global and not any(address in network for network in NOT_PUBLIC)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a source lets us ask although it is not public."""

    host: str = ""  # begins with a dot for all names below
    port: int = 0  # 0: any
    network: Network | None = None

    def covers(self, host: str, port: int, address: Address) -> bool:
        if self.port and self.port != port:
            return False
        if self.network is not None:
            return address in self.network
        return host == self.host or (self.host.startswith(".") and host.endswith(self.host))


def allowed(entry: str) -> Allowed:
    """
    An entry of `allow_private`. ValueError: it is none.

    >>> allowed("127.0.0.1:8080").network, allowed("127.0.0.1:8080").port
    (IPv4Network('127.0.0.1/32'), 8080)
    >>> allowed(".intranet.example").host
    '.intranet.example'
    """
    text = entry.strip().lower()
    host, colon, port = text.rpartition(":")
    if colon and port.isdecimal() and (":" not in host or host.startswith("[")):
        return _allowed(host.strip("[]"), int(port))
    return _allowed(text.strip("[]"), 0)


def _allowed(text: str, port: int) -> Allowed:
    try:
        return Allowed(port=port, network=ipaddress.ip_network(text))
    except ValueError:
        if not text or "/" in text or ":" in text or any(c.isspace() for c in text):
            raise
        return Allowed(text if text.isascii() else idna_to_ascii(text).decode(), port)


@dataclass(frozen=True, slots=True)
class Guard:
    """Says which addresses of a host may be connected to."""

    exceptions: tuple[Allowed, ...] = ()

    @classmethod
    def letting(cls, entries: Iterable[str]) -> Guard:
        """The guard with these entries of `allow_private`. ValueError: one of them is none."""
        return cls(tuple(map(allowed, entries)))

    def check(self, host: str, port: int, addresses: Iterable[str]) -> None:
        """Trouble `private-address`: one of the addresses is not public, nor allowed by name."""
        for text in addresses:
            address = ipaddress.ip_address(text)
            if not is_public(address) and not self._excepted(host.lower(), port, address):
                raise Trouble(
                    "private-address",
                    f"{host} leads to {address}, which is not a public address; "
                    "a source may name it in allow_private",
                )

    def _excepted(self, host: str, port: int, address: Address) -> bool:
        return any(each.covers(host, port, address) for each in self.exceptions)

"""Where a visitor is, for limits that hold for one household, school or company."""

import ipaddress

import gradio as gr

HOUSEHOLD_BITS = 64  # of an IPv6 address: a provider gives each customer at least so many to choose freely


def network_address(request: gr.Request) -> str:
    """The network that a request came from: an IPv4 address, or the first half of an IPv6 one; "" where it is not known.

    Behind a proxy it is the proxy's, unless the server is set to trust the proxy (FORWARDED_ALLOW_IPS).
    """
    host = getattr(getattr(request, "client", None), "host", None) or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, HOUSEHOLD_BITS), strict=False))

"""One household is one network, however many addresses it can choose from."""

from types import SimpleNamespace

import pytest

from bertmini_demo.ui.server.network_address import network_address


def request_from(host: object) -> SimpleNamespace:
    return SimpleNamespace(client=SimpleNamespace(host=host))


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_a_request_comes_from_a_network(host, network):
    assert network_address(request_from(host)) == network


def test_where_nothing_is_known_the_network_is_empty():
    assert network_address(SimpleNamespace(client=None)) == network_address(SimpleNamespace()) == ""

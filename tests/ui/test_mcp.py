"""The endpoints as tools for assistants, where Gradio's MCP server is installed."""

import json
import urllib.request

import pytest
from serving import running_app

pytest.importorskip("mcp", reason="gradio[mcp] is not installed")

KIND = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with running_app(tmp_path_factory.mktemp("mcp") / "log", "--mcp") as address:
        yield f"{address}/gradio_api/mcp/"


def ask(address: str, method: str, **choices: object) -> dict:
    """The result of one call, by MCP's streamable HTTP."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": choices})
    with urllib.request.urlopen(urllib.request.Request(address, body.encode(), KIND), timeout=120) as answer:
        text = answer.read().decode()
    [data] = [line for line in text.splitlines() if line.startswith(("data: ", "{"))]
    return json.loads(data.removeprefix("data: "))["result"]


def test_the_endpoints_and_nothing_else_are_tools_that_say_what_they_do(address):
    tools = {tool["name"]: tool for tool in ask(address, "tools/list")["tools"]}
    assert set(tools) == {"predict", "attribute", "attention"}
    for tool in tools.values():
        assert len(tool["description"].split()) > 25
        assert all(given.get("description") for given in tool["inputSchema"]["properties"].values())
        assert tool["inputSchema"]["required"][:2] == ["premise", "hypothesis"]


def test_a_tool_answers_as_the_model_does(address, shipped):
    pair = {"premise": "A man is asleep.", "hypothesis": "A man is awake."}
    [content] = ask(address, "tools/call", name="predict", arguments=pair)["content"]
    assert shipped.predict(**pair).label in content["text"]

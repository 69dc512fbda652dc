"""The HTTP interface, spoken to by gradio's own client and by bare requests."""

import json
import re
import shutil
import subprocess
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import gradio as gr
import numpy as np
import pytest
from asking import Asker
from gradio_client.exceptions import AppError
from readme_tables import SERVER
from serving import running_app

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.server.api import add_endpoints

PAIR = ("A man is asleep.", "A man is awake.")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with running_app(tmp_path_factory.mktemp("app") / "log") as address:
        yield address


@pytest.fixture(scope="module")
def client(address):
    return Asker(address, verbose=False)


def post(address: str, endpoint: str, body: bytes) -> str:
    """Calls an endpoint without a client and returns its event stream."""
    request = urllib.request.Request(
        f"{address}/gradio_api/call/{endpoint}", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        event = json.load(response)["event_id"]
    with urllib.request.urlopen(f"{address}/gradio_api/call/{endpoint}/{event}", timeout=60) as stream:
        return stream.read().decode()


def test_predict_answers_as_the_model_does(client, shipped):
    answer, expected = client.predict(*PAIR, api_name="/predict"), shipped.predict(*PAIR)
    assert answer["label"] == expected.label
    assert answer["probabilities"] == pytest.approx(expected.probabilities, abs=1e-5)
    assert tuple(answer["tokens"]) == expected.tokens
    assert tuple(answer["notes"]) == expected.notes


def test_attribute_gives_words_that_add_up_their_pieces(client):
    answer = client.predict(*PAIR, "integrated_gradients", "contradiction", api_name="/attribute")
    assert answer["target"] == "contradiction"
    assert len(answer["scores"]) == len(answer["tokens"])
    inside = sum(answer["scores"]) - sum(
        score
        for token, score in zip(answer["tokens"], answer["scores"], strict=True)
        if token.startswith("[")
    )
    assert sum(word["score"] for word in answer["words"]) == pytest.approx(inside, abs=1e-4)
    assert {word["sentence"] for word in answer["words"]} == {"premise", "hypothesis"}
    assert answer["completeness_gap"] < 0.05


@pytest.mark.parametrize("target", [False, 0, [], {}])
def test_a_target_that_is_no_text_is_refused_not_left_out(address, target):
    answer = post(address, "attribute", json.dumps({"data": [*PAIR, "saliency", target]}).encode())
    assert f"target is {json.dumps(target)}; it must be text in quotes." in answer


def test_attention_rows_sum_to_one(client, shipped):
    weights = np.array(client.predict(*PAIR, api_name="/attention")["attentions"])
    assert weights.shape[:2] == (shipped.layers, shipped.heads)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-3)
    np.testing.assert_allclose(weights, shipped.trace(*PAIR).attentions, atol=0.6e-5)
    assert all(len(repr(weight)) <= 7 for weight in weights.ravel().tolist() if weight > 1e-4), "rounded"


def test_only_attribution_waits_for_the_slow_lane(tiny):
    with gr.Blocks() as page:
        add_endpoints(Analysis(tiny))
    lanes = {event.api_name: event.concurrency_id for event in page.fns.values()}
    assert lanes["predict"] == lanes["attention"] != lanes["attribute"]


@pytest.mark.parametrize(
    ("arguments", "endpoint", "message"),
    [
        (("", "A dog."), "/predict", "premise is empty"),
        (("A dog.", " \t"), "/predict", "hypothesis is empty"),
        (("A dog.", "x" * 10_001), "/attention", "10,001 characters; the limit is 10,000"),
        (("A dog.", "y" * 1_000_000), "/predict", "1,000,000 characters"),
        ((*PAIR, "integrated_gradients", "maybe"), "/attribute", "Choose one of: entailment"),
    ],
)
def test_what_is_refused_comes_back_as_a_message(client, arguments, endpoint, message):
    with pytest.raises(AppError, match=message):
        client.predict(*arguments, api_name=endpoint)


@pytest.mark.parametrize(
    "data",
    [
        '["\\ud800 half", "A dog."]',
        '[["a", "list"], "A dog."]',
        '[{"an": "object"}, "A dog."]',
        "[5, null]",
    ],
)
def test_wrong_types_get_an_error_and_the_next_caller_an_answer(address, client, data):
    stream = post(address, "predict", b'{"data": ' + data.encode() + b"}")
    assert "event: error" in stream or '"label"' in stream
    assert "Traceback" not in stream
    assert client.predict(*PAIR, api_name="/predict")["label"]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "狗在跑", "كلب", "🐕🐕", "é́́", "{{value}} ${1}", "a\x00b\x07c"]
)
def test_odd_text_gets_an_answer(client, text):
    assert client.predict(text, text, api_name="/predict")["label"]


def test_sixteen_clients_at_once_get_their_own_answers(address, shipped):
    pairs = [
        (f"{count} dogs are running.", f"{count + n % 2} dogs are running.")
        for n, count in enumerate(range(200))
    ]
    expected = [shipped.predict(*pair).probabilities for pair in pairs]
    clients = [Asker(address, verbose=False) for _ in range(16)]

    def ask(number: int) -> dict:
        return clients[number % 16].predict(*pairs[number], api_name="/predict")["probabilities"]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(len(pairs))))
    for answer, truth in zip(answers, expected, strict=True):
        assert answer == pytest.approx(truth, abs=1e-5)


def test_every_endpoint_documents_its_parameters(client):
    described = client.view_api(return_format="dict")["named_endpoints"]
    assert set(described) == {"/predict", "/attribute", "/attention"}
    for endpoint in described.values():
        assert endpoint["description"]
        assert all(parameter["parameter_name"] for parameter in endpoint["parameters"])


def example(language: str, address: str) -> str:
    """The README's example of the interface, for the page at an address."""
    part = SERVER.read_text(encoding="utf-8").split("## The HTTP interface")[1]
    [found] = re.findall(rf"```{language}\n(.*?)```", part, re.DOTALL)
    assert "http://127.0.0.1:7860" in found
    return found.replace("http://127.0.0.1:7860", address)


def test_the_readmes_python_example_runs_and_asks_every_endpoint(address, client):
    code = example("python", address)
    exec(code, {})
    asked = set(re.findall(r'api_name="(/\w+)"', code))
    assert asked == set(client.view_api(return_format="dict")["named_endpoints"])


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_readmes_curl_example_runs_and_asks_every_endpoint(address, client):
    code = example("bash", address)
    done = subprocess.run(["bash", "-euc", code], capture_output=True, text=True, timeout=120, check=True)
    asked = {f"/{name}" for name in re.findall(r"^ask (\w+)", code, re.MULTILINE)}
    assert asked == set(client.view_api(return_format="dict")["named_endpoints"])
    answers = [json.loads(line[6:])[0] for line in done.stdout.splitlines() if line.startswith("data: ")]
    assert [set(answer) & {"label", "words", "attentions"} for answer in answers] == [
        {"label"},
        {"words"},
        {"attentions"},
    ]
    assert done.stdout.count("event: complete") == 3
    assert '"uptime_seconds"' in done.stdout

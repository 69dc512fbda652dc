"""Ten visitors of one server with three models between them."""

import asyncio
import re
from itertools import chain
from pathlib import Path

import httpx
import pytest
from conftest import write_tiny_checkpoint
from hub_server import running_hub
from serving import starting_app, wait_until_served

import bertmini_demo
from bertmini_demo.benchmark.page_client import PageClient
from bertmini_demo.inference import NLIModel

SMALL, LARGER = "owner/small", "owner/larger"
PAIRS = (
    ("A dog runs in the park.", "An animal moves."),
    ("Nobody sings.", "A woman sings loudly."),
    ("The chef smiled at the guests.", "The guests smiled at the chef."),
)
GROWTH = 80  # megabytes at most that ten more visitors add to what ten before them took


def peak_megabytes(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1000


async def visit(page: PageClient, model: NLIModel, name: str | None) -> list[tuple]:
    """What a visitor sees who chooses a model and asks all pairs: (pair, probabilities seen, those of the model alone)."""
    if name is not None:
        page.state |= {"options": {"wanted": name}}
        await page.ask("workbench.fetch")
        page.state |= {"options": {}}
    seen = []
    for premise, hypothesis in PAIRS:
        page.state |= {"premise": premise, "hypothesis": hypothesis, "model": name}
        reply = await page.ask("verdict")
        alone = model.predict(premise, hypothesis).probabilities
        seen.append(
            ((premise, hypothesis), list(reply["verdict"]["probabilities"].values()), list(alone.values()))
        )
    return seen


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the system does not tell a process's memory"
)
def test_ten_visitors_with_three_models_see_their_own_and_memory_stays(tmp_path):
    with running_hub() as hub:
        hub.models[SMALL] = write_tiny_checkpoint(tmp_path / "small", hidden_size=64, intermediate_size=64)
        hub.models[LARGER] = write_tiny_checkpoint(
            tmp_path / "larger", hidden_size=128, intermediate_size=128
        )
        own = write_tiny_checkpoint(tmp_path / "own", hidden_size=256, intermediate_size=256)
        models = {
            name: bertmini_demo.load_model(str(folder))
            for name, folder in ((None, own), (SMALL, hub.models[SMALL]), (LARGER, hub.models[LARGER]))
        }
        variables = {
            "HF_ENDPOINT": hub.address,
            "HF_HUB_OFFLINE": "0",
            "HF_HUB_CACHE": str(tmp_path / "cache"),
            "BERTMINI_VISITOR_MODELS": f"{SMALL},{LARGER}",
        }

        async def all_visits(address: str, process: int) -> tuple[list, list[float]]:
            names = [list(models)[number % len(models)] for number in range(10)]
            seen, peaks = [], []
            async with httpx.AsyncClient(base_url=address, timeout=120) as client:
                for _ in range(2):
                    visits = (visit(PageClient(client), models[name], name) for name in names)
                    seen += chain(*await asyncio.gather(*visits))
                    peaks.append(peak_megabytes(process))
            return seen, peaks

        log = tmp_path / "log"
        with starting_app(log, "--model", str(own), **variables) as (address, process):
            wait_until_served(address, process, log)
            seen, peaks = asyncio.run(all_visits(address, process.pid))
    assert len(seen) == 2 * 10 * len(PAIRS)
    for pair, shares, alone in seen:
        assert shares == pytest.approx(alone, abs=1e-4), pair
    assert len({tuple(alone) for _, _, alone in seen}) == len(models) * len(PAIRS)  # else a mix-up would pass
    assert peaks[1] - peaks[0] < GROWTH, peaks

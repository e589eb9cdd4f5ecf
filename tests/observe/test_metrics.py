"""GET /metrics in Prometheus' text format."""

from __future__ import annotations

import re
import urllib.error
import urllib.request

import pytest

from tests.pages.servers import Server
from tests.support.tab import Tab
from tests.support.waiting import eventually, seconds

SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z_]+="[^"]*",?)*)\})? (\S+)')


def scrape(server: Server) -> dict[str, float]:
    """Samples by name and labels; fails on a line that Prometheus would not take."""
    request = urllib.request.Request(
        f"{server.url}metrics", headers={"Authorization": f"Bearer {server.token}"}
    )
    with urllib.request.urlopen(request, timeout=seconds(30)) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = answer.read().decode()
    samples: dict[str, float] = {}
    families: set[str] = set()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            name = line.split()[2]
            assert name not in families, f"{name} twice"
            families.add(name)
        elif not line.startswith("# "):
            match = SAMPLE.fullmatch(line)
            assert match, line
            assert re.sub("_(bucket|sum|count)$", "", match[1]) in families or match[1] in families
            key = f"{match[1]}{{{match[2] or ''}}}"
            assert key not in samples, f"{key} twice"
            samples[key] = float(match[3])
    return samples


def test_cells_are_counted_by_status_and_time(page: Tab) -> None:
    page.run("1")  # each status has a row from its first cell on
    before = scrape(page.server)
    page.run("print('ok')")
    page.run("1 / 0")
    after = scrape(page.server)

    def grown(sample: str) -> float:
        return after[sample] - before.get(sample, 0)

    assert grown('penstock_executions_total{status="ok"}') == 1
    assert grown('penstock_executions_total{status="error"}') == 1
    for stage in ("queue", "worker"):
        assert grown(f'penstock_latency_seconds_count{{stage="{stage}"}}') == 2
        whole = f'penstock_latency_seconds_bucket{{le="+Inf",stage="{stage}"}}'
        assert after[whole] == after[f'penstock_latency_seconds_count{{stage="{stage}"}}']
    assert grown('penstock_sent_messages_total{door="websocket"}') >= 8
    assert grown('penstock_sent_bytes_total{door="websocket"}') > 1000


def test_kernels_are_measured(page: Tab) -> None:
    page.run("keep = bytearray(100_000_000)")
    mine = f'{{kernel="{page.kernel}",name="{page.model()["name"]}"}}'

    def large() -> bool:
        return scrape(page.server)[f"penstock_kernel_memory_bytes{mine}"] > 100_000_000

    eventually(large, 20, "the kernel's memory is seen")
    cell = page.start("print('busy', flush=True)\nwhile True: pass").until_text("busy")

    def busy() -> bool:
        return scrape(page.server)[f"penstock_kernel_cpu_ratio{mine}"] > 0

    eventually(busy, 20, "the processor is seen")
    samples = scrape(page.server)
    assert samples['penstock_kernels{kind="penstock",state="busy"}'] >= 1
    assert samples["penstock_websocket_connections{}"] >= 1
    assert samples[f"penstock_kernel_messages_total{mine}"] >= 3
    assert samples[f"penstock_kernel_logged_bytes_total{mine}"] > 1000
    assert samples["penstock_jvm_heap_used_bytes{}"] > 0
    page.act("interrupt")
    cell.finish()


def test_nobody_sees_them_without_the_token(server: Server) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{server.url}metrics", timeout=30)
    assert refused.value.code == 403

"""Who holds an environment, and which builds go when."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest
from envs.made_builds import Use, add_build

from penstock.client.errors import GatewayError
from penstock.envs import leftovers, store
from penstock.envs.locks import changing, in_use


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last switch is long ago."""
    monkeypatch.setattr(leftovers, "SETTLE", -1.0)


def test_a_build_is_used_until_its_last_user_ends(folder: Path, use: Use) -> None:
    build = add_build(folder, "1")
    assert not in_use(str(build))
    first, second = use(build), use(build)
    first.communicate(timeout=20)
    assert in_use(str(build))
    second.kill()
    second.wait(20)
    assert not in_use(str(build))


def test_only_one_command_changes_it(folder: Path) -> None:
    refused = pytest.raises(GatewayError, match="being changed")
    with changing(str(folder)), refused as raised, changing(str(folder)):
        pass
    assert raised.value.code == "busy"
    with changing(str(folder)) as fd:
        assert fcntl.fcntl(fd, fcntl.F_GETFD) & fcntl.FD_CLOEXEC


def test_an_environment_that_is_gone_cannot_be_changed(folder: Path) -> None:
    other = str(folder.parent / "other")
    with pytest.raises(GatewayError, match="no environment other"), changing(other):
        pass


def test_old_builds_go_when_nobody_uses_them(folder: Path, use: Use, settled: None) -> None:
    add_build(folder, "1")
    used = add_build(folder, "2")
    current = add_build(folder, "3", current=True)
    user = use(used)
    leftovers.sweep(str(folder))
    assert leftovers.builds(str(folder)) == [str(used), str(current)]
    user.communicate(timeout=20)
    leftovers.sweep(str(folder))
    assert [path.name for path in (folder / "builds").iterdir()] == ["3"]


def test_what_was_interrupted_goes_at_once_and_the_build_before_stays(folder: Path) -> None:
    before = add_build(folder, "1")
    current = add_build(folder, "2", current=True)
    add_build(folder, "3", complete=False)
    leftovers.sweep(str(folder))
    assert leftovers.builds(str(folder)) == [str(before), str(current)]


def test_one_that_is_used_is_not_removed(folder: Path, use: Use) -> None:
    user = use(add_build(folder, "1"))
    add_build(folder, "2", current=True)
    with pytest.raises(GatewayError, match="A kernel runs in environment plant") as raised:
        store.remove("plant")
    assert raised.value.code == "in-use"
    (listed,) = store.environments()
    assert listed["in_use"] is True
    user.communicate(timeout=20)
    assert store.remove("plant") == {"name": "plant", "kernelspecs": []}
    assert list(folder.parent.iterdir()) == []

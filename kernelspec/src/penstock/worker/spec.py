"""What a worker is told at its start: the ``spec`` of ``docs/local-sockets.md``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class SpecError(ValueError):
    """The spec misses a field or holds one of the wrong type."""


@dataclass(frozen=True)
class Spec:
    """Everything one worker needs.

    ``link`` is the path of the gateway's worker socket, ``token`` a hex secret, ``nonce`` the 16
    bytes of the lane markers, ``lanes`` the paths of the FIFOs that become fds 1 and 2 (none: keep
    the fds as they are), ``rlimits`` maps a name to (soft, hard) with -1 for infinity. ``cgroup``
    is the ``cgroup.procs`` file by which a fork joins its cgroup (none: it stays in the zygote's).
    """

    session: str
    link: str
    token: str = field(repr=False)
    nonce: bytes = field(repr=False)
    kernel_session: str
    lanes: tuple[str, str] | None
    env: Mapping[str, str] = field(repr=False)
    cwd: str | None
    args: tuple[str, ...]
    umask: int | None
    affinity: frozenset[int] | None
    rlimits: Mapping[str, tuple[int, int]]
    cgroup: str | None

    @classmethod
    def parse(cls, raw: Any) -> Spec:
        """A spec from its JSON object. Raises :class:`SpecError`."""
        try:
            lanes = raw.get("lanes")
            affinity = raw.get("affinity")
            spec = cls(
                session=raw["session"],
                link=raw["link"],
                token=raw["token"],
                nonce=bytes.fromhex(raw["nonce"]),
                kernel_session=raw.get("kernel_session") or raw["session"],
                lanes=(lanes[0], lanes[1]) if lanes else None,
                env=dict(raw["env"]),
                cwd=raw.get("cwd"),
                args=tuple(raw.get("args") or ()),
                umask=raw.get("umask"),
                affinity=frozenset(affinity) if affinity else None,
                rlimits={k: (int(v[0]), int(v[1])) for k, v in (raw.get("rlimits") or {}).items()},
                cgroup=raw.get("cgroup"),
            )
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            # Whatever is wrong in it, the sender can only be told which field could not be read.
            raise SpecError(f"worker spec is not usable: {error!r}") from error
        if len(spec.nonce) != 16:
            raise SpecError("worker spec is not usable: nonce must be 32 hex digits")
        return spec

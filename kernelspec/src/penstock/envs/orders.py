"""What a server's clients may ask for with environments, as `penstock env` does it.

An order is an object with `action`, `name` (all but `list`) and `options`, the body of the HTTP
call (docs/environments.md, "Over HTTP").
"""

from __future__ import annotations

import os
from typing import Any

from ..client.errors import GatewayError
from . import declared, kernelspecs, store
from .events import Report
from .folders import current_build, existing, folder_of

SOURCES = ("python", "installer", "packages", "requirements")

FIELDS = {
    "list": (),
    "describe": (),
    "create": SOURCES,
    "put": SOURCES,
    "sync": (*SOURCES, "rebuild"),
    "remove": (),
    "kernelspec": ("display_name",),
}
"""The options that each action knows."""

INSTALLERS = (None, "uv", "pip")


def perform(order: dict[str, Any], report: Report) -> dict[str, Any]:
    """Does it; one field that says what there is now: `environment` or `environments` (as `penstock
    env list --json`), `removed` or `kernelspec`. Raises GatewayError.
    """
    action, name, options = order["action"], order.get("name", ""), order.get("options", {})
    for field in options:
        if field not in FIELDS[action]:
            known = ", ".join(FIELDS[action]) or "no fields"
            raise GatewayError("option", f"{field!r} cannot be told here", f"there is {known}")
    match action:
        case "list":
            return {"environments": store.environments()}
        case "describe":
            return {"environment": store.describe(existing(name))}
        case "remove":
            return {"removed": store.remove(name)}
        case "kernelspec":
            spec, folder = kernelspecs.install(
                name, user=True, display_name=_line(options, "display_name")
            )
            return {"kernelspec": {"name": spec, "directory": folder}}
    sources = _sources(options)
    if action == "create" or (action == "put" and current_build(folder_of(name)) is None):
        return {"environment": store.create(name, report, **sources)}
    rebuild = options.get("rebuild", False)
    if not isinstance(rebuild, bool):
        raise GatewayError("option", "rebuild is true or false")
    return {"environment": store.sync(name, report, **sources, rebuild=rebuild)}


def _sources(options: dict[str, Any]) -> dict[str, Any]:
    python = _line(options, "python")
    if python and os.sep in python and not os.path.isabs(python):
        raise GatewayError("option", "python is a version or a whole path", "as in 3.12")
    installer = _line(options, "installer")
    if installer not in INSTALLERS:
        raise GatewayError("option", "installer is uv or pip")
    return {"python": python, "listed": _listed(options), "installer": installer}


def _listed(options: dict[str, Any]) -> str | None:
    """The text of the list, which is told whole or by its lines."""
    packages, text = options.get("packages"), options.get("requirements")
    if packages is None and text is None:
        return None
    if packages is not None and text is not None:
        raise GatewayError("option", "packages and requirements are two ways to say the same")
    if packages is not None:
        if not isinstance(packages, list) or not all(_is_line(line) for line in packages):
            raise GatewayError("option", "packages is a list of lines, as in requirements.txt")
        text = "".join(f"{line}\n" for line in packages)
    if not isinstance(text, str) or "\0" in text or not _is_utf8(text):
        raise GatewayError("option", "requirements is the text of a requirements.txt")
    return declared.checked(text, "the list")


def _line(options: dict[str, Any], field: str) -> str | None:
    value = options.get(field)
    if value is not None and not (_is_line(value) and value):
        raise GatewayError("option", f"{field} is a text of one line")
    return value


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable()


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can say
        return False
    return True

"""Options of `penstock serve --api pathview`."""

from __future__ import annotations

from .serve_option import DAY, INT, Option

PATHVIEW_OPTIONS = (
    Option("static", str, "", "with pathview, folder of the page that is served at /", "DIR"),
    Option(
        "packages_dir",
        str,
        "",
        "with pathview, virtual environment that packages go into (default: one of its own)",
        "DIR",
    ),
    Option("exec_timeout", int, 30, "with pathview, how long code may take", "SECONDS", (), DAY, 1),
    Option(
        "init_timeout",
        int,
        120,
        "with pathview, how long the installation of a package may take",
        "SECONDS",
        (),
        DAY,
        1,
    ),
    Option(
        "session_ttl",
        int,
        3600,
        "with pathview, end sessions that nobody called for so long",
        "SECONDS",
        (),
        INT,
        1,
    ),
)

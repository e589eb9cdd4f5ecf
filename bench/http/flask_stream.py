"""What programs that stream a command's output do today: a Flask generator, served by waitress.

usage: python flask_stream.py PORT
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import waitress
from flask import Flask, Response, request

app = Flask(__name__)


@app.post("/run")
def run() -> Response:
    """Runs the command and sends its lines as server-sent events."""
    process = subprocess.Popen(request.get_json()["argv"], stdout=subprocess.PIPE, text=True)

    def lines() -> Iterator[str]:
        assert process.stdout is not None
        for line in process.stdout:
            yield f"data: {line}\n"
        yield f"event: exit\ndata: {process.wait()}\n\n"

    return Response(lines(), mimetype="text/event-stream")


@app.get("/api/health")
def health() -> dict[str, str]:
    """Whether it is there."""
    return {"status": "ok"}


waitress.serve(app, port=int(sys.argv[1]), host="127.0.0.1", threads=4)

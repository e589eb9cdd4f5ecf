"""A keeper to be killed: one worker by each way, whose pids it prints as one JSON line."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from testing_gateway import Gateway, Zygote, be_subreaper

be_subreaper(True)
env = dict(os.environ)
gateway = Gateway(Path(tempfile.mkdtemp(prefix="pw-")), env)
gateway.zygote = Zygote(env)
workers = [gateway.start(mode) for mode in ("fork", "fresh")]
for worker in workers:
    worker.start("while True: pass")
print(json.dumps([worker.pid for worker in workers] + [gateway.zygote.process.pid]), flush=True)
time.sleep(120)

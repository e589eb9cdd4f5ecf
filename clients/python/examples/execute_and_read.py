"""Runs code and reads what it writes while it runs; then reads it all again."""

import json
import os

from penstock.client import Client, Exit, Text

with (
    Client(os.environ["PENSTOCK_URL"], os.environ["PENSTOCK_TOKEN"]) as client,
    client.start_session() as session,
):
    execution = session.execute("for i in range(3):\n    print('line', i, flush=True)")
    for output in execution.outputs():
        if isinstance(output, Text):
            print(output.text, end="", flush=True)
        elif isinstance(output, Exit):
            print("state:", output.state)

    print("again:", json.dumps("".join(session.execution(execution.id).text())))

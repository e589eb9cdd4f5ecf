"""Reads some values of a stream, leaves, and comes back for the rest: none is lost and none comes
twice. With the asynchronous client.
"""

import asyncio
import os
from contextlib import aclosing

from penstock.client import AsyncClient, Value

STEP = "n = 0\ndef step():\n    global n\n    n += 1\n    return {'result': n, 'done': n > 10}"


async def main() -> None:
    """Runs it."""
    async with (
        AsyncClient(os.environ["PENSTOCK_URL"], os.environ["PENSTOCK_TOKEN"]) as client,
        await client.start_session() as session,
    ):
        await (await session.execute(STEP)).result()
        stream = await session.start_stream("step()", pace=100)

        start = 0
        async with aclosing(stream.outputs()) as outputs:
            async for output in outputs:
                if isinstance(output, Value):
                    print("value:", output.value["result"])
                    start = output.seq + 1
                    if output.value["result"] == 4:
                        break
        print("back")
        async for value in stream.values(start):
            print("value:", value["result"])


asyncio.run(main())

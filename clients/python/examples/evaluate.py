"""Sets a variable, evaluates expressions to JSON, and meets an error of Python."""

import os

from penstock.client import Client, CodeError

with (
    Client(os.environ["PENSTOCK_URL"], os.environ["PENSTOCK_TOKEN"]) as client,
    client.start_session() as session,
):
    session.execute("prices = {'tea': 2.5, 'coffee': 3}").result()
    print("sum:", session.evaluate("sum(prices.values())"))
    print("names:", ", ".join(session.evaluate("sorted(prices)")))
    try:
        session.evaluate("prices['milk']")
    except CodeError as error:
        print("error:", error.ename, error.evalue)

"""What every client of the gateway needs: where it is, how to start it, how to talk to it.

The launcher imports these modules while a person waits: they import little, and late.
"""

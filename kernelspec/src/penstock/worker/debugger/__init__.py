"""The debugger that JupyterLab's panel talks to: debug_request, debug_reply and debug_event.

Requests come over the control lane to a thread of their own (:mod:`.service`), so they are answered
while the main thread runs a cell or stands at a breakpoint. What the Jupyter protocol adds to the
Debug Adapter Protocol is done here (:mod:`.debugger`); the rest is forwarded to debugpy, which is
imported when the debugger is first started and not before.
"""

"""The keeper: the small process that is the parent of gateway, zygotes and workers.

It uses the standard library only and imports as little as it can: it lives as long as any kernel of
the user does, so its memory is part of the fixed cost. No module below may import `typing`,
`dataclasses`, `logging`, `threading`, `asyncio` or `subprocess`.
"""

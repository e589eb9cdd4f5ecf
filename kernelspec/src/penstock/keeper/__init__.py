"""The keeper: the small process that is the parent of gateway, zygotes and workers. And the guard,
the parent of one worker that must have the surroundings of its client.

It uses the standard library only and imports as little as it can: it lives as long as any kernel of
the user does, so its memory is part of the fixed cost. No module below may import `typing`,
`dataclasses`, `logging`, `threading`, `asyncio` or `subprocess`.
"""

"""Python environments for sessions: made, brought up to date and removed by `penstock env`
(docs/environments.md). An environment is a folder with a list of packages and the builds that were
made from it; kernels run in the build that was the current one when they started.
"""

"""What the acceptance tests share: kernels to talk to, processes to look at, conditions to wait
for.
"""

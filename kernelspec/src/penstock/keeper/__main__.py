"""Entry of keeper and guard. Run as ``python -I -S -X utf8 .../penstock/keeper/__main__.py``, see
`penstock.client.starter` and `penstock.client.guard`.

Without ``site`` the package's own folder is not on ``sys.path``; it is added last, so that nothing
that lives beside it can hide a module of the standard library.
"""

import os
import sys

sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

if sys.argv[1] == "guard":
    from penstock.keeper.guarding import main
else:
    from penstock.keeper.startup import main

main()

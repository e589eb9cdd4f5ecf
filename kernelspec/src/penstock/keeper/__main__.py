"""Entry of keeper, guard and tether. Run as ``python -I -S -X utf8 .../keeper/__main__.py``, see
`penstock.client.starter`, `penstock.client.guard` and the gateway's package `foreign`.

Without ``site`` the package's own folder is not on ``sys.path``; it is added last, so that nothing
that lives beside it can hide a module of the standard library.
"""

import os
import sys

sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

if sys.argv[1] == "guard":
    from penstock.keeper.guarding import main
elif sys.argv[1] == "tether":
    from penstock.keeper.tether import main
else:
    from penstock.keeper.startup import main

main()

"""Entry of the keeper. Run as ``python -I -S -X utf8 .../penstock/keeper/__main__.py``, see
`penstock.client.starter`.

Without ``site`` the package's own folder is not on ``sys.path``; it is added last, so that nothing
that lives beside it can hide a module of the standard library.
"""

import os
import sys

sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from penstock.keeper.startup import main

main()

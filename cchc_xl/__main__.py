"""``python -m cchc_xl`` is ``cchc-xl``."""

import sys

from cchc_xl.hosts.cli import main

sys.exit(main())

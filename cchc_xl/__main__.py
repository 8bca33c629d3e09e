"""``python -m cchc_xl`` is ``cchc-xl``."""

import sys

try:
    from cchc_xl.hosts.cli import main
except KeyboardInterrupt:  # while it is being loaded, before there is a sentence for it
    sys.exit(2)

sys.exit(main())

"""Where the packaged program begins: the same command line as ``python -m villagedesk``."""

import multiprocessing
import sys

from villagedesk.app.command_line import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main(sys.argv[1:]))

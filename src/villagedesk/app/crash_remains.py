"""What a crash of the program leaves to the system: nothing of its memory, where pages and names lie in clear."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes

    _SEM_FAILCRITICALERRORS = 0x0001
    _SEM_NOGPFAULTERRORBOX = 0x0002

    def leave_no_memory_image() -> None:
        """Ask Windows for no error report with a memory image of this process. A technician who turned on dumps of all
        programs in the registry still gets them (threat model)."""
        ctypes.WinDLL("kernel32").SetErrorMode(_SEM_FAILCRITICALERRORS | _SEM_NOGPFAULTERRORBOX)
else:
    import contextlib
    import resource

    def leave_no_memory_image() -> None:
        """No core file, for this process and those it starts, whatever the system's own setting is."""
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

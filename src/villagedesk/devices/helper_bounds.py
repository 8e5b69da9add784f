"""What a process that reads files from elsewhere may take: memory to a bound, and nothing on the disk (I8, I11)."""

from __future__ import annotations

import sys


def hold(most_memory: int) -> None:
    """Bound this process, before it reads anything. Where the system cannot, it goes on without.

    Args:
        most_memory: bytes of its own.
    """
    if sys.platform == "win32":
        _hold_on_windows(most_memory)
    else:
        _hold_on_unix(most_memory)


def _hold_on_unix(most_memory: int) -> None:
    import resource  # noqa: PLC0415 - not there on Windows
    import signal  # noqa: PLC0415 - SIGXFSZ is not there on Windows

    # not of address space: readers reserve much of that and use little of it
    resource.setrlimit(resource.RLIMIT_DATA, (most_memory, most_memory))
    # what is read is somebody's papers: no copy of it in a file, also not of this process's memory when it crashes
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _hold_on_windows(most_memory: int) -> None:
    """A job object for this process alone: ended with its maker, memory bounded, no window when it crashes.

    STATUS: never run on Windows itself.
    """
    import ctypes  # noqa: PLC0415 - Windows only, as what it calls
    from ctypes import wintypes  # noqa: PLC0415

    class _Basic(ctypes.Structure):
        _fields_ = [
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        ]

    class _Extended(ctypes.Structure):
        _fields_ = [
            ("BasicLimitInformation", _Basic),
            ("IoInfo", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        ]

    process_memory, no_others, dies_quietly, on_close = 0x100, 0x8, 0x400, 0x2000
    extended_limits = 9
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    kernel.CreateJobObjectW.restype = wintypes.HANDLE
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD)
    kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    kernel.SetErrorMode(0x0001 | 0x0002)  # SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX
    limits = _Extended()
    limits.BasicLimitInformation.LimitFlags = process_memory | no_others | dies_quietly | on_close
    limits.BasicLimitInformation.ActiveProcessLimit = 1
    limits.ProcessMemoryLimit = most_memory
    job = kernel.CreateJobObjectW(None, None)
    if job and kernel.SetInformationJobObject(job, extended_limits, ctypes.byref(limits), ctypes.sizeof(limits)):
        # the handle is kept open for the life of the process
        kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())

"""Binds this process to a job object of Windows: memory, processor time, no second process."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

# As <winnt.h> and <errhandlingapi.h> name them.
_EXTENDED_LIMIT_INFORMATION = 9
_PROCESS_TIME, _ACTIVE_PROCESS, _PROCESS_MEMORY = 0x2, 0x8, 0x100
_DIE_ON_UNHANDLED_EXCEPTION = 0x400
_FAIL_CRITICAL_ERRORS, _NO_FAULT_BOX, _NO_OPEN_FILE_BOX = 0x1, 0x2, 0x8000


class _BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION; times are in steps of 100 nanoseconds."""

    _fields_ = [
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    ]


class _ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = [
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    ]


def limits(memory: int, seconds: int) -> _ExtendedLimits:
    """The limits as Windows takes them: bytes of memory and seconds of processor time."""
    wanted = _ExtendedLimits()
    wanted.BasicLimitInformation.LimitFlags = (
        _PROCESS_TIME | _ACTIVE_PROCESS | _PROCESS_MEMORY | _DIE_ON_UNHANDLED_EXCEPTION
    )
    wanted.BasicLimitInformation.PerProcessUserTimeLimit = seconds * 10_000_000
    wanted.BasicLimitInformation.ActiveProcessLimit = 1
    wanted.ProcessMemoryLimit = memory
    return wanted


def confine(memory: int, seconds: int) -> None:
    """Put this process into a job with these limits, and let it die without a box on the screen.

    A system that refuses (a job around us that allows none inside) leaves the process as it is.
    """
    if sys.platform == "win32":
        with suppress(OSError):
            _confine(ctypes.WinDLL("kernel32", use_last_error=True), memory, seconds)


def _confine(kernel: ctypes.CDLL, memory: int, seconds: int) -> None:
    # Handles are pointers: without types, ctypes would cut them to 32 bits.
    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    kernel.CreateJobObjectW.argtypes = [ctypes.c_void_p, ctypes.c_wchar_p]
    kernel.SetInformationJobObject.argtypes = [
        ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32,
    ]  # fmt: skip
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    kernel.AssignProcessToJobObject.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    kernel.SetErrorMode(_FAIL_CRITICAL_ERRORS | _NO_FAULT_BOX | _NO_OPEN_FILE_BOX)
    # The handle is never closed: the job lasts as long as the process.
    job = kernel.CreateJobObjectW(None, None)
    wanted = limits(memory, seconds)
    if job and kernel.SetInformationJobObject(
        job, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(wanted), ctypes.sizeof(wanted)
    ):
        kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())

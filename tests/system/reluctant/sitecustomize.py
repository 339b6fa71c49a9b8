"""Makes open(2) of a device hang in a process, as a sick USB device does.

A folder to be put on a process's PYTHONPATH; Python runs this file at its start. An
opening hangs as long as there is a file of the device's name with ``.hangs`` after it.
"""

from __future__ import annotations

__all__: list[str] = []

import os
import time
from typing import Any

_open = os.open
_LOOK_S = 0.05


def _open_late(path: Any, *args: Any, **settings: Any) -> int:
    while isinstance(path, str) and os.path.exists(f"{path}.hangs"):
        time.sleep(_LOOK_S)
    return _open(path, *args, **settings)


os.open = _open_late

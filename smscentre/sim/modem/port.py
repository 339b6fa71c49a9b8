"""A modem's port: a pseudo-terminal with a stable name, as udev gives real ones.

Beneath the shells, which read and write its master. It can be pulled out and put in
again, and comes back under another name, to which the stable one then points.
"""

from __future__ import annotations

__all__ = ["ModemPort"]

import errno
import os
import tty
from pathlib import Path
from typing import Final

_TERMINALS: Final = "/dev/pts/"
"""Where pseudo-terminals are; a link to one is a modem's, of now or of before."""


class ModemPort:
    """A pty and a symbolic link to its slave.

    The slave stays open here while the port is plugged in, so that a client may close
    it and open it again; a client sees the end only when the port is pulled out.
    """

    def __init__(self, link: Path) -> None:
        self.link = link
        self._ends: tuple[int, int] | None = None

    @property
    def is_plugged(self) -> bool:
        """Whether there is a terminal behind the link."""
        return self._ends is not None

    def fileno(self) -> int:
        """The master, to be read and written; it does not block.

        :raises OSError: it is pulled out.
        """
        if self._ends is None:
            raise OSError(f"{self.link} is pulled out")
        return self._ends[0]

    def plug(self) -> None:
        """Make a new terminal and let the link point to it, in one step.

        :raises OSError: it cannot be made, or something else stands at its name
        """
        self._spare_others()
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        self._ends = master, slave
        fresh = self.link.with_name(f".{self.link.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(slave))
        fresh.replace(self.link)

    def unplug(self) -> None:
        """Hang up: whoever has the terminal open reads its end."""
        if self._ends is None:
            return
        self.link.unlink(missing_ok=True)
        ends, self._ends = self._ends, None
        for end in ends:
            os.close(end)

    def _spare_others(self) -> None:
        if self.link.is_symlink():
            ours = os.readlink(self.link).startswith(_TERMINALS)
        else:
            ours = not self.link.exists()
        if not ours:
            words = "stands there already and is no simulated modem; name another"
            raise FileExistsError(errno.EEXIST, words)

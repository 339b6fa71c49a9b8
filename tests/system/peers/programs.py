"""Which SMSCs there are besides our own, and why one cannot be run here.

A program is a command line and the reason for which its tests are skipped. What
they need is installed by ``make test``; nothing is installed from here.
"""

from __future__ import annotations

__all__ = ["NODE", "PERL", "Program"]

import shutil
import subprocess
from pathlib import Path

from attrs import frozen

from tests.system.centre import ROOT

_HERE = Path(__file__).parent
_NODE = _HERE / "node"
_PERL = _HERE / "perl"


@frozen
class Program:
    """One SMSC; ``missing`` is empty where it can be run."""

    name: str
    command: tuple[str, ...]
    missing: str


def _node_missing() -> str:
    if shutil.which("node") is None:
        return "no node (Debian: nodejs) is installed"
    if not (_NODE / "node_modules/smpp/package.json").exists():
        return f"no npm package smpp: npm ci --prefix {_NODE.relative_to(ROOT)}"
    return ""


def _perl_missing() -> str:
    if shutil.which("perl") is None:
        return "no perl is installed"
    tried = subprocess.run(
        ["perl", "-MNet::SMPP", "-MJSON::PP", "-e1"], capture_output=True, check=False
    )
    if tried.returncode:
        return "no Net::SMPP for Perl (Debian: libnet-smpp-perl) is installed"
    return ""


NODE = Program("node", ("node", str(_NODE / "smsc.js")), _node_missing())
PERL = Program("perl", ("perl", str(_PERL / "smsc.pl")), _perl_missing())

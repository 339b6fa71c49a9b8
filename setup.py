"""Package metadata: what is installed, what it needs, which commands it brings."""

import re
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

_VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)


def _version() -> str:
    text = Path("smscentre/__init__.py").read_text(encoding="utf-8")
    found = _VERSION.search(text)
    if found is None:
        raise SystemExit("smscentre/__init__.py holds no __version__")
    return found[1]


class _BuildWithSamples(build_py):
    """Puts the demo's samples, which lie in etc/, into the package."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib, "smscentre", "data", "demo")
            self.mkpath(str(target))
            for sample in sorted(Path("etc/demo").iterdir()):
                self.copy_file(str(sample), str(target))


setup(
    name="smscentre",
    version=_version(),
    description="Counts by SMS for Indonesia's directorate of corrections",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    # The mapping keeps an editable install to one entry in sys.path, by which Twisted
    # finds the plugin; setuptools would otherwise hook into the import system.
    package_dir={"": "."},
    # twisted.plugins is no package of ours: it has no __init__.py, and what is
    # in it is installed beside Twisted's own plugins.
    packages=[*find_packages(include=["smscentre", "smscentre.*"]), "twisted.plugins"],
    package_data={
        "smscentre": [
            "py.typed",
            "data/**/*",
            "web/templates/**/*",
            "web/static/**/*",
            "store/migrations/*.mako",
        ],
    },
    install_requires=[
        "alembic>=1.18",
        # Of the hashes for passwords the one that costs an attacker memory.
        "argon2-cffi>=25.1",
        "attrs>=25.3",
        "cattrs>=25.1",
        "click>=8.2",
        "jinja2>=3.1.6",
        "klein>=24.8",
        # Types of the API as JSON Schema, and the check of what programs send: from
        # one declaration, so that its document cannot say anything else.
        "msgspec>=0.20",
        "phonenumbers>=9.0",
        "prometheus-client>=0.22",
        "pyserial>=3.5",
        "smpplib>=2.2.4",
        "sqlalchemy>=2.1",
        "twisted[tls]>=25.5",
        # Debian may come without the system's time zones.
        "tzdata>=2025.2",
        "xlsxwriter>=3.2.5",
    ],
    extras_require={
        "postgresql": ["psycopg[binary]>=3.2"],
        "test": [
            "hypothesis>=6.130",
            "mypy>=2.0",
            "mypy-zope>=1.0.13",
            # Drives Debian's Chromium; its own browsers are not used.
            "playwright>=1.55",
            # Reads what xlsxwriter wrote.
            "openpyxl>=3.1.5",
            "pytest>=9.0",
            # Half of the tests wait for processes: two at a time take half as long.
            "pytest-xdist>=3.8",
            "ruff>=0.15",
            # Makes requests from the API's own document and judges the answers.
            "schemathesis>=4.20",
        ],
    },
    entry_points={"console_scripts": ["smscentre = smscentre.cli:main"]},
    cmdclass={"build_py": _BuildWithSamples},
    zip_safe=False,
)

"""Tests for `smscentre.provinces`."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.directory import Directory, fold
from smscentre.provinces import load

_OF_TODAY = 38


class ProvinceTests(SynchronousTestCase):
    """The file that ships with the package."""

    def setUp(self) -> None:
        self.provinces = load()

    def test_complete(self) -> None:
        """All provinces of today are there, each with a known zone."""
        self.assertEqual(len(self.provinces), _OF_TODAY)
        self.assertEqual(len({each.keyword for each in self.provinces}), _OF_TODAY)
        for province in self.provinces:
            self.assertTrue(str(province.timezone).startswith("Asia/"))

    def test_names_are_unique(self) -> None:
        """No name or alias stands for two provinces."""
        owners: dict[str, str] = {}
        for province in self.provinces:
            for name in (province.keyword, province.name, *province.aliases):
                owner = owners.setdefault(fold(name), province.keyword)
                self.assertEqual(owner, province.keyword, name)

    def test_aliases(self) -> None:
        """Names that are in use find their province."""
        directory = Directory.of(self.provinces)
        for name, keyword in (("jakarta", "DKI"), ("Jogja", "DIY"), ("NAD", "ACEH")):
            province = directory.province_named(name)
            assert province is not None
            self.assertEqual(province.keyword, keyword)

"""Provinces, cities and districts of mainland China, from the file beside this one."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PROVINCE_LENGTH, CITY_LENGTH, DISTRICT_LENGTH = 2, 4, 6
_FILE = Path(__file__).with_name("mainland.txt")


@dataclass(frozen=True, slots=True)
class Division:
    """One administrative division: its official code (2, 4 or 6 digits) and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Region:
    """Where a parcel goes, down to the district."""

    province: Division
    city: Division
    district: Division


class UnknownRegion(ValueError):
    """No district has this code."""


def list_provinces() -> list[Division]:
    """All provinces, autonomous regions and municipalities."""
    return list(_children().get("", ()))


def list_cities(province_code: str) -> list[Division]:
    """The cities of a province; empty for a code that is none."""
    return list(_children().get(province_code, ())) if len(province_code) == PROVINCE_LENGTH else []


def list_districts(city_code: str) -> list[Division]:
    """The districts of a city; empty for a code that is none."""
    return list(_children().get(city_code, ())) if len(city_code) == CITY_LENGTH else []


def get_region(district_code: str) -> Region:
    """The district with its city and province; raises `UnknownRegion`."""
    names = _names()
    if len(district_code) != DISTRICT_LENGTH or district_code not in names:
        raise UnknownRegion(district_code)
    province, city = district_code[:PROVINCE_LENGTH], district_code[:CITY_LENGTH]
    return Region(
        province=Division(province, names[province]),
        city=Division(city, names[city]),
        district=Division(district_code, names[district_code]),
    )


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    lines = (line.partition(" ") for line in _FILE.read_text(encoding="utf-8").splitlines())
    return {code: name for code, _, name in lines}


@lru_cache(maxsize=1)
def _children() -> dict[str, tuple[Division, ...]]:
    found: dict[str, list[Division]] = {}
    for code, name in _names().items():
        found.setdefault(code[:-2], []).append(Division(code, name))
    return {code: tuple(divisions) for code, divisions in found.items()}

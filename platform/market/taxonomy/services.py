"""Staff's care of the tree. Every change moves the version, so that every process reads the tree again."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F

from market.taxonomy.contracts import MAX_DEPTH, ParameterKind
from market.taxonomy.models import Brand, Category, CategoryParameter, TaxonomyVersion
from market.taxonomy.selectors import forget_tree

TRADES_FILE = Path(__file__).with_name("trades.json")


class TooDeep(ValueError):
    """A category below the fourth level."""


class SlugTaken(ValueError):
    """Another category has this slug."""


class NotEmpty(ValueError):
    """A category with others below it cannot be removed."""


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """What staff say of a category."""

    slug: str
    name_zh: str
    name_en: str
    icon: str = ""
    position: int = 0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ParameterDraft:
    """What staff say of a category's parameter."""

    code: str
    name_zh: str
    name_en: str
    kind: ParameterKind = ParameterKind.TEXT
    unit: str = ""
    is_facet: bool = False


@transaction.atomic
def add_category(*, draft: CategoryDraft, parent_id: int | None = None) -> int:
    """A new category. Returns its id. Raises `TooDeep`, `SlugTaken`."""
    parent = Category.objects.select_for_update(no_key=True).get(pk=parent_id) if parent_id else None
    depth = parent.depth + 1 if parent else 1
    if depth > MAX_DEPTH:
        raise TooDeep(draft.slug)
    if Category.objects.filter(slug=draft.slug).exists():
        raise SlugTaken(draft.slug)
    row = Category(parent=parent, depth=depth)
    _fill(row, draft, parent)
    row.save()
    _move_version()
    return row.pk


@transaction.atomic
def change_category(*, category_id: int, draft: CategoryDraft) -> None:
    """Rename, move among its neighbours, hide. A new slug moves the paths below. Raises `SlugTaken`."""
    row = Category.objects.select_for_update(no_key=True).get(pk=category_id)
    if Category.objects.filter(slug=draft.slug).exclude(pk=category_id).exists():
        raise SlugTaken(draft.slug)
    old_path = row.path
    parent = Category.objects.get(pk=row.parent_id) if row.parent_id else None
    _fill(row, draft, parent)
    row.save()
    if row.path != old_path:
        below = list(Category.objects.filter(path__startswith=f"{old_path}/"))
        for child in below:
            child.path = row.path + child.path[len(old_path) :]
        Category.objects.bulk_update(below, ["path"])
    _move_version()


@transaction.atomic
def remove_category(*, category_id: int) -> None:
    """Remove a leaf. Goods that name it stay, without a category that anyone sees. Raises `NotEmpty`."""
    if Category.objects.filter(parent_id=category_id).exists():
        raise NotEmpty(category_id)
    Category.objects.filter(pk=category_id).delete()
    _move_version()


@transaction.atomic
def set_parameters(*, category_id: int, parameters: Sequence[ParameterDraft]) -> None:
    """Replace the parameters of a category. Codes that stay keep their rows."""
    CategoryParameter.objects.filter(category_id=category_id).exclude(code__in=[p.code for p in parameters]).delete()
    rows = [
        CategoryParameter(
            category_id=category_id,
            code=draft.code,
            name_zh=draft.name_zh,
            name_en=draft.name_en,
            kind=draft.kind.value,
            unit=draft.unit,
            is_facet=draft.is_facet,
            position=position,
        )
        for position, draft in enumerate(parameters)
    ]
    CategoryParameter.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["category", "code"],
        update_fields=["name_zh", "name_en", "kind", "unit", "is_facet", "position"],
    )
    _move_version()


@transaction.atomic
def add_brand(*, slug: str, name_zh: str = "", name_en: str = "") -> int:
    """A brand the market knows; the same slug again corrects its spelling."""
    row, _ = Brand.objects.update_or_create(slug=slug, defaults={"name_zh": name_zh, "name_en": name_en})
    return row.pk


@transaction.atomic
def load_taxonomy(*, file: Path = TRADES_FILE) -> int:
    """Load the trades that come with the house; again, it changes nothing. Returns how many the file names.

    What staff renamed, added or removed parameters from stays as it is.
    """
    entries: list[dict[str, Any]] = json.loads(file.read_text())
    tops = {
        entry["slug"]: CategoryDraft(entry["slug"], entry["zh"], entry["en"], entry["icon"], position)
        for position, entry in enumerate(entries)
    }
    new_tops = _load(tops.values(), dict.fromkeys(tops, None))
    rows = Category.objects.in_bulk(list(tops), field_name="slug")
    children: list[CategoryDraft] = []
    parents: dict[str, Category | None] = {}
    for entry in entries:
        if entry["slug"] in new_tops:
            parameters = [_read_parameter(line) for line in entry["parameters"]]
            set_parameters(category_id=rows[entry["slug"]].pk, parameters=parameters)
        for position, (slug, zh, en) in enumerate(entry["children"]):
            children.append(CategoryDraft(slug, zh, en, "", position))
            parents[slug] = rows[entry["slug"]]
    if new_tops | _load(children, parents):
        _move_version()
    return len(tops) + len(children)


def _load(drafts: Collection[CategoryDraft], parents: Mapping[str, Category | None]) -> set[str]:
    """Add the categories whose slug is not there yet. Returns their slugs."""
    known = set(Category.objects.filter(slug__in=[d.slug for d in drafts]).values_list("slug", flat=True))
    rows = []
    for draft in drafts:
        if draft.slug not in known:
            parent = parents[draft.slug]
            row = Category(parent=parent, depth=parent.depth + 1 if parent else 1)
            _fill(row, draft, parent)
            rows.append(row)
    Category.objects.bulk_create(rows)
    return {row.slug for row in rows}


def _read_parameter(line: list[Any]) -> ParameterDraft:
    code, zh, en, kind, unit, is_facet = line
    return ParameterDraft(code, zh, en, ParameterKind(kind), unit, is_facet)


def _fill(row: Category, draft: CategoryDraft, parent: Category | None) -> None:
    row.slug = draft.slug
    row.path = f"{parent.path}/{draft.slug}" if parent else draft.slug
    row.name_zh, row.name_en = draft.name_zh, draft.name_en
    row.icon, row.position, row.hidden = draft.icon, draft.position, draft.hidden


def _move_version() -> None:
    if not TaxonomyVersion.objects.filter(pk=1).update(number=F("number") + 1):
        TaxonomyVersion.objects.bulk_create([TaxonomyVersion(pk=1)], ignore_conflicts=True)
    transaction.on_commit(forget_tree)

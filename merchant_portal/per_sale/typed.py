"""What a merchant typed of a plan, and what is wrong with it in words."""

from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext

from market.money import BadAmount, format_minor, parse_minor
from merchant_portal.frame import read_number
from search.per_sale.contracts import BadPlan, PlanDraft, PlanView

LONGEST_RATE = 8


@dataclass(frozen=True, slots=True)
class TypedPlan:
    """The fields as they were typed; rates are in percent, "" for none. `words` search for goods to tick."""

    name: str = ""
    default: str = ""
    ticked: frozenset[int] = frozenset()
    goods: dict[int, str] = field(default_factory=dict)
    categories: dict[int, str] = field(default_factory=dict)
    words: str = ""

    def read(self) -> PlanDraft:
        """The plan they say. Raises `BadPlan` for what is no rate."""
        return PlanDraft(
            name=self.name,
            default_bps=_read_rate(self.default, "default"),
            goods={
                pk: _read_rate(self.goods[pk], "goods") if self.goods.get(pk) else None for pk in sorted(self.ticked)
            },
            categories={pk: _read_rate(text, "categories") for pk, text in self.categories.items() if text},
        )


def read_typed(posted: QueryDict) -> TypedPlan:
    """What was posted."""
    ticked = {read_number(text) for text in posted.getlist("product")} - {0}
    return TypedPlan(
        posted.get("name", ""),
        posted.get("default", "").strip(),
        frozenset(ticked),
        _read_fields(posted, "rate-"),
        _read_fields(posted, "category-"),
        posted.get("q", ""),
    )


def show_plan(plan: PlanView) -> TypedPlan:
    """A plan as its fields show it."""
    return TypedPlan(
        plan.name,
        print_rate(plan.default_bps),
        frozenset(plan.rates),
        {pk: print_rate(bps) for pk, bps in plan.own.items()},
        {pk: print_rate(bps) for pk, bps in plan.categories.items()},
    )


def print_rate(bps: int) -> str:
    """A rate in percent: 5, 5.25."""
    return format_minor(bps).replace(",", "").removesuffix("00").removesuffix(".")


def say_wrong(error: BadPlan) -> str:
    """What is wrong with a plan."""
    if error.code == "out_of_range" and error.least is not None and error.most is not None:
        limits = {"least": print_rate(error.least), "most": print_rate(error.most)}
        return gettext("A commission is between %(least)s %% and %(most)s %%.") % limits
    if error.code == "too_many":
        return gettext("That is more than there may be: at most %(most)s.") % {"most": error.most}
    if error.code == "rate":
        return gettext("Enter a commission in percent, such as 5 or 5.25.")
    if error.code == "twice":
        return gettext("This is said twice.")
    if error.field == "categories":
        return gettext("There is no such category.")
    if error.field == "goods":
        return gettext("Tick at least one product.")
    return gettext("Give the plan a name of at most 60 letters.")


def _read_fields(posted: QueryDict, prefix: str) -> dict[int, str]:
    return {
        number: str(posted[name]).strip()
        for name in posted
        if name.startswith(prefix) and (number := read_number(name.removeprefix(prefix)))
    }


def _read_rate(text: str, field_name: str) -> int:
    try:
        if len(text) > LONGEST_RATE:
            raise BadPlan(field_name, "rate")
        return parse_minor(text.removesuffix("%").strip())
    except BadAmount as error:
        raise BadPlan(field_name, "rate") from error

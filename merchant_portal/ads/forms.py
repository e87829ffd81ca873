"""What a shop's team types of a campaign: to whom it is shown, how much it may cost."""

from collections.abc import Mapping
from datetime import date
from typing import Any  # Any: what Django hands to a form is open by nature

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from market.accounts.regions import list_provinces
from merchant_portal.ads.sentences import describe
from merchant_portal.shop_settings.forms import SumField
from search.auction.contracts import ALL_HOURS, FrequencyCap, Pace, Window
from search.campaigns.contracts import (
    PAGES_OF_KIND,
    BadInput,
    CampaignDraft,
    CampaignKind,
    CampaignView,
    Charge,
    PageKind,
    Targeting,
)
from search.campaigns.contracts import limits as most
from search.campaigns.rules.checking import check_bid, check_budgets, check_fits
from search.campaigns.rules.hours import (
    DAYS,
    HOURS_A_DAY,
    BadHours,
    join_hours,
    print_hours,
    read_hours,
    split_hours,
)

WEEK = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip
_PACES = ((Pace.EVEN.value, _("Even, along the day")), (Pace.FAST.value, _("As fast as possible")))
_CHARGES = ((Charge.MILLE.value, _("For 1,000 views")), (Charge.CLICK.value, _("For a click")))


class DayField(forms.DateField):
    """A day, with the browser's calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {"required": _("Choose a day."), "invalid": _("Choose a day.")}


class TargetForm(forms.Form):
    """To whom and when. No day or province ticked means all."""

    days = forms.TypedMultipleChoiceField(
        label=_("Days"),
        coerce=int,
        choices=list(enumerate(WEEK)),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "tick"}),
    )
    from_hour = forms.TypedChoiceField(
        label=_("From"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(HOURS_A_DAY)], initial=0
    )
    to_hour = forms.TypedChoiceField(
        label=_("Until"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(1, 25)], initial=HOURS_A_DAY
    )
    regions = forms.MultipleChoiceField(
        label=_("Provinces"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "tick"})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(one.code, one.name) for one in list_provinces()]
        self.fields["regions"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Hours as auctions know them."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and data["from_hour"] >= data["to_hour"]:
            self.add_error("to_hour", gettext("The end is before the beginning. Change one of them."))
        if not self.errors:
            data["hours"] = _make_hours(data["days"] or range(DAYS), data["from_hour"], data["to_hour"])
        return data

    def aim(self, week: "WeekForm", before: Targeting) -> Targeting:
        """Provinces and hours as they were typed: day by day where a day was changed, else for all days alike.

        Hours that differ by day stay as they are where nothing of either was changed.
        """
        hours = before.hours
        if week.is_changed:
            hours = week.cleaned_data["hours"]
        elif {"days", "from_hour", "to_hour"} & set(self.changed_data):
            hours = self.cleaned_data["hours"]
        return Targeting(hours=hours, regions=tuple(self.cleaned_data["regions"]))


class WeekForm(forms.Form):
    """Hours that differ by day: spans for each day from Monday on, nothing for a day without ads."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for day, name in enumerate(WEEK):
            self.fields[f"day_{day}"] = forms.CharField(label=name, required=False, max_length=80)

    @property
    def is_changed(self) -> bool:
        """Whether a day was changed; not in a form that has no days."""
        return any(name in self.data for name in self.fields) and bool(self.changed_data)

    def clean(self) -> dict[str, Any]:
        """Each day is read, so that every wrong one is named."""
        data: dict[str, Any] = super().clean() or {}
        days = [0] * DAYS
        for day in range(DAYS):
            try:
                days[day] = read_hours(data.get(f"day_{day}", ""))
            except BadHours:
                self.add_error(f"day_{day}", gettext("Write spans of full hours such as 8-12, 18-24."))
        data["hours"] = join_hours(days)
        return data


class MoneyForm(forms.Form):
    """How much: budgets, days, pace."""

    name = forms.CharField(
        label=_("Name of the campaign"),
        max_length=most.LONGEST_NAME,
        error_messages={
            "required": _("Give the campaign a name."),
            "max_length": _("A name has at most %(limit_value)s characters, this one %(show_value)s."),
        },
    )
    daily_budget = SumField(
        has_limits=True,
        label=_("Budget a day"),
        error_messages={"required": _("Enter what may be spent a day at most.")},
        help_text=_("Never exceeded by a cent."),
    )
    total_budget = SumField(has_limits=True, label=_("Budget in all"), required=False)
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"), required=False)
    pace = forms.ChoiceField(
        label=_("Pace"), choices=_PACES, initial=Pace.EVEN.value, widget=forms.RadioSelect(), required=False
    )

    def clean(self) -> dict[str, Any]:
        """Budgets are held to their limits here, so that what is wrong stands at its field."""
        data: dict[str, Any] = super().clean() or {}
        if isinstance(data.get("daily_budget"), int):
            try:
                check_budgets(data["daily_budget"], data.get("total_budget"))
            except BadInput as error:
                self.add_error(error.field, describe(error))
        return data

    def draft(self, kind: CampaignKind, targeting: Targeting) -> CampaignDraft:
        """The campaign as it was typed."""
        typed = self.cleaned_data
        return CampaignDraft(
            name=typed["name"],
            kind=kind,
            daily_budget_minor=typed["daily_budget"],
            total_budget_minor=typed["total_budget"],
            starts_on=typed["starts_on"],
            ends_on=typed["ends_on"],
            pace=Pace(typed["pace"] or Pace.EVEN.value),
            targeting=targeting,
        )


class BidForm(forms.Form):
    """What a group bids, and for what."""

    bid = SumField(
        has_limits=True,
        label=pgettext_lazy("advertising", "Bid"),
        error_messages={"required": _("Enter a bid.")},
    )
    charge = forms.ChoiceField(
        label=pgettext_lazy("ads", "Paid"), choices=_CHARGES, required=False, widget=forms.RadioSelect()
    )

    def is_right(self, kind: CampaignKind, daily_minor: int | None) -> bool:
        """Whether the bid is within its limits and a day's budget (None for one that is wrong itself); if it is not, a
        sentence stands at its field."""
        if not self.is_valid():
            return False
        try:
            check_bid(self.cleaned_data["bid"], self.charge_of(kind))
            if daily_minor is not None:
                check_fits(self.cleaned_data["bid"], self.charge_of(kind), daily_minor)
        except BadInput as error:
            self.add_error("bid", describe(error))
        return not self.errors

    def charge_of(self, kind: CampaignKind) -> Charge:
        """Words are always paid by the click."""
        return Charge(self.cleaned_data["charge"] or Charge.CLICK) if kind is CampaignKind.DISPLAY else Charge.CLICK


class ShareField(forms.IntegerField):
    """How much of its bid a page gets, in whole percent."""

    default_error_messages = dict.fromkeys(
        ("required", "invalid", "min_value", "max_value"), _("Enter 50 to 600 percent for each page.")
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(
            min_value=most.LEAST_PAGE_BPS // 100,
            max_value=most.LARGEST_PAGE_BPS // 100,
            error_messages=self.default_error_messages,
            **options,
        )


class TimesField(forms.IntegerField):
    """How often at most; nothing for as often as it comes."""

    default_error_messages = dict.fromkeys(
        ("invalid", "min_value", "max_value"), _("Enter 1 to 1,000 times, or nothing for no limit.")
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=most.MOST_VIEWS, error_messages=self.default_error_messages, **options)


class PagesForm(forms.Form):
    """How much more or less a page is worth, of those that ads of a kind are shown on, and how often one person sees
    it."""

    search = ShareField(label=_("Search pages"))
    category = ShareField(label=_("Category pages"))
    product = ShareField(label=_("Product pages"))
    home = ShareField(label=_("Home page"))
    most_a_day = TimesField(label=_("One person a day at most"), required=False)
    most_a_life = TimesField(label=_("One person in all at most"), required=False)

    def __init__(self, *args: Any, kind: CampaignKind, **keywords: Any) -> None:  # Any: a form's own
        super().__init__(*args, **keywords)
        for page in set(PageKind) - set(PAGES_OF_KIND[kind]):
            del self.fields[page.value]

    def multipliers(self) -> list[forms.BoundField]:
        """The fields of the pages that ads of the kind are shown on."""
        return [self[page.value] for page in PageKind if page.value in self.fields]

    def caps(self) -> tuple[FrequencyCap, ...]:
        """The frequency caps that were typed."""
        typed = ((Window.DAY, self.cleaned_data["most_a_day"]), (Window.LIFE, self.cleaned_data["most_a_life"]))
        return tuple(FrequencyCap(window, number) for window, number in typed if number)

    def page_bps(self, known: Mapping[PageKind, int]) -> dict[PageKind, int]:
        """The multipliers that were typed; those of other pages as they are known."""
        typed = {page: self.cleaned_data[page.value] * 100 for page in PageKind if page.value in self.fields}
        return {**known, **typed}


def show_target(targeting: Targeting) -> dict[str, Any]:  # Any: initial values of many kinds
    """A target as `TargetForm` shows it. Hours that differ by day (of an API) show as the widest."""
    days = split_hours(targeting.hours)
    used = [day for day, bits in enumerate(days) if bits]
    every = 0
    for bits in days:
        every |= bits
    first = next((hour for hour in range(HOURS_A_DAY) if every >> hour & 1), 0)
    return {
        "days": used if len(used) < DAYS else [],
        "from_hour": first,
        "to_hour": every.bit_length() or HOURS_A_DAY,
        "regions": list(targeting.regions),
    }


def show_week(targeting: Targeting) -> dict[str, str]:
    """A target's hours as `WeekForm` shows them."""
    return {f"day_{day}": print_hours(bits) for day, bits in enumerate(split_hours(targeting.hours))}


def show_money(campaign: CampaignView) -> dict[str, Any]:  # Any: initial values of many kinds
    """A campaign as `MoneyForm` shows it."""
    return {
        "name": campaign.name,
        "daily_budget": show_sum(campaign.daily_budget_minor),
        "total_budget": show_sum(campaign.total_budget_minor),
        "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on,
        "pace": campaign.pace.value,
    }


def show_pages(targeting: Targeting) -> dict[str, Any]:  # Any: initial values of many kinds
    """Multipliers and caps as `PagesForm` shows them."""
    caps = {cap.window: cap.most for cap in targeting.frequency_caps}
    shown: dict[str, Any] = {page.value: targeting.page_bps.get(page, 10_000) // 100 for page in PageKind}
    return {**shown, "most_a_day": caps.get(Window.DAY), "most_a_life": caps.get(Window.LIFE)}


def show_sum(amount_minor: int | None) -> str:
    """A sum as a field holds it."""
    return "" if amount_minor is None else f"{amount_minor // 100}.{amount_minor % 100:02}"


def first_values(today: date, name: str, bid_minor: int) -> dict[str, Any]:  # Any: initial values of many kinds
    """What the last step of creation begins with."""
    return {"name": name, "daily_budget": "50.00", "starts_on": today, "bid": show_sum(bid_minor), "pace": "even",
            "charge": Charge.MILLE.value}  # fmt: skip


def _make_hours(days: Any, first: int, end: int) -> int:  # Any: a list or a range
    bits = ((1 << end) - 1) & ~((1 << first) - 1)
    return join_hours([bits if day in set(days) else 0 for day in range(DAYS)]) & ALL_HOURS

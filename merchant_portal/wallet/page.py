"""The advertising balance as its shop sees it: words for top-ups, bonuses and what came and went."""

from dataclasses import dataclass

from django.utils.translation import gettext, pgettext

from billing.wallets.contracts import BonusSource, BonusView, TopUpSource, TopUpState, TopUpView

_TONES = {TopUpState.OPEN: "warn", TopUpState.PAID: "good", TopUpState.CLOSED: ""}


@dataclass(frozen=True, slots=True)
class TopUpRow:
    """A top-up with its words. `waits`: it can still be paid."""

    top_up: TopUpView
    state: str
    tone: str
    way: str

    @property
    def waits(self) -> bool:
        return self.top_up.state is TopUpState.OPEN


@dataclass(frozen=True, slots=True)
class BonusRow:
    """A bonus with what it was given for."""

    bonus: BonusView
    why: str


def describe_top_up(top_up: TopUpView) -> TopUpRow:
    """A top-up in words."""
    state = {
        TopUpState.OPEN: pgettext("top-up", "Not paid yet"),
        TopUpState.PAID: pgettext("top-up", "Paid"),
        TopUpState.CLOSED: pgettext("top-up", "Not paid"),
    }[top_up.state]
    return TopUpRow(top_up, state, _TONES[top_up.state], _name_way(top_up))


def list_bonus_rows(bonuses: list[BonusView]) -> list[BonusRow]:
    """What is left of bonuses, the one that expires first first."""
    left = sorted((one for one in bonuses if one.left_minor), key=lambda one: one.expires_at)
    return [
        BonusRow(one, gettext("given back for invalid clicks") if one.source is BonusSource.RETURNED else one.reason)
        for one in left
    ]


def _name_way(top_up: TopUpView) -> str:
    if top_up.source is TopUpSource.PAYMENT:
        return gettext("WeChat Pay")
    return gettext("Sales, by itself") if top_up.automatic else gettext("Sales")

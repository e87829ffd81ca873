"""How many people a targeting is for. Pure; never says more than is certain.

Of a week it is known how many people each audience has, not how many are in two of them. People with one of several
interests are at least as many as those with the commonest; provinces do not overlap. Different kinds are taken to be
independent of each other.
"""

from collections.abc import Collection, Mapping

from search.auction.audiences import BUYERS, COMPUTER, DEVICES, INTERESTS, KNOWN_BUYER, MOBILE, NEW_BUYER, list_bits
from search.auction.contracts.units import PPM
from search.campaigns.contracts.audiences import LEAST_PEOPLE, AudienceKind, AudienceView, Reach, Sizes
from search.campaigns.contracts.drafts import Targeting
from search.signals.contracts import Device
from search.signals.rules.audiences import EVERYBODY, name_device, name_interest, name_region


def gather_sizes(counted: Mapping[str, int], tops: Collection[int], provinces: Collection[str], buyers: int) -> Sizes:
    """Counts of the log by bit and province. `tops` are the uppermost categories in their order."""
    everybody = counted.get(EVERYBODY, 0)
    by_bit = {1 << place: counted.get(name_interest(trade_id), 0) for place, trade_id in enumerate(tops)}
    by_bit[MOBILE] = counted.get(name_device(Device.MOBILE.value), 0)
    by_bit[COMPUTER] = counted.get(name_device(Device.COMPUTER.value), 0)
    by_bit[KNOWN_BUYER] = min(buyers, everybody)
    by_bit[NEW_BUYER] = everybody - by_bit[KNOWN_BUYER]
    return Sizes(everybody, by_bit, {code: counted.get(name_region(code), 0) for code in provinces})


def list_views(sizes: Sizes, tops: Collection[int]) -> list[AudienceView]:
    """Every audience there is, too small ones without their number."""
    interests = [(AudienceKind.INTEREST, 1 << place, str(trade_id)) for place, trade_id in enumerate(tops)]
    others = [
        (AudienceKind.DEVICE, MOBILE, "mobile"),
        (AudienceKind.DEVICE, COMPUTER, "computer"),
        (AudienceKind.BUYER, NEW_BUYER, "new"),
        (AudienceKind.BUYER, KNOWN_BUYER, "known"),
    ]
    return [AudienceView(kind, bit, key, hide_few(sizes.by_bit.get(bit, 0))) for kind, bit, key in interests + others]


def hide_few(people: int) -> int | None:
    """A number of people, None for one that is not said."""
    return people if people >= LEAST_PEOPLE else None


def estimate_reach(audiences: int, regions: Collection[str], sizes: Sizes) -> Reach:
    """For how many people of a week a targeting is at least, kinds taken as independent."""
    people = everybody = sizes.everybody
    parts = [
        max((sizes.by_bit.get(bit, 0) for bit in list_bits(audiences & INTERESTS)), default=None),
        _add_up(audiences & DEVICES, DEVICES, sizes),
        _add_up(audiences & BUYERS, BUYERS, sizes),
        min(everybody, sum(sizes.by_region.get(code, 0) for code in regions)) if regions else None,
    ]
    share_ppm = PPM
    for part in parts:
        if part is not None:
            people = people * part // everybody if everybody else 0
            share_ppm = share_ppm * part // everybody if everybody else share_ppm
    return Reach(hide_few(people), share_ppm)


def find_small(audiences: int, regions: Collection[str], sizes: Sizes) -> bool:
    """Whether an audience is too small to be chosen, or all that was chosen together is."""
    if any(sizes.by_bit.get(bit, 0) < LEAST_PEOPLE for bit in list_bits(audiences)):
        return True
    return bool(audiences) and estimate_reach(audiences, regions, sizes).people is None


def is_narrowed(before: Targeting, after: Targeting) -> bool:
    """Whether a change chooses an audience that was not chosen, or leaves somebody out who was reached before.

    Of a kind and of provinces nothing chosen is everybody, so that choosing nothing more leaves nobody out.
    """
    if after.audiences & ~before.audiences:
        return True
    kinds = [(before.audiences & kind, after.audiences & kind) for kind in (INTERESTS, DEVICES, BUYERS)]
    if any(now and now != was for was, now in kinds):
        return True
    were, are = set(before.regions), set(after.regions)
    return bool(are) and not (were and were <= are)


def _add_up(wanted: int, kind: int, sizes: Sizes) -> int | None:
    """Who has one of these bits, which hardly anybody has two of; None where nothing, or all of it, is wanted."""
    if not wanted or wanted == kind:
        return None
    return min(sizes.everybody, sum(sizes.by_bit.get(bit, 0) for bit in list_bits(wanted)))

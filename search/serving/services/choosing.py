"""What a page calls: its ads, within its time, or none. Nothing here may fail a page."""

import time
from collections.abc import Hashable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import orjson
import structlog
from django.conf import settings

from billing.settlement.services.days import business_date
from search.auction.ad_tokens import BadToken, Signer, TokenExpired, compute_expiry, read_token
from search.auction.audiences import BUYERS, DEVICES, INTERESTS
from search.auction.contracts import TokenKind
from search.auction.frequency import find_reached_cap
from search.auction.versions import get_rules
from search.campaigns.contracts import CampaignKind, Charge, LiveCampaign
from search.serving.contracts import NO_ADS, AdAsk, PageAds, ShownLine, Usage
from search.serving.rules.choosing import Chosen, Winner, choose_for_places, choose_for_words, list_capped
from search.serving.rules.finding import Found, find_display_offers, find_offers
from search.serving.rules.index import Offer
from search.serving.rules.scene import Scene, TooSlow
from search.serving.services.answers import Answer, name_question
from search.serving.services.holding_out import find_holdout
from search.serving.services.lending import may_ask
from search.serving.services.seen import count_views, hold_views, name_viewer, read_seen
from search.serving.services.server import AdServer, get_server
from search.serving.services.state import ServerState
from search.serving.services.turnstile import NoTurn
from search.spending.contracts import StoredDecision
from search.spending.rules.days import number_day, to_us
from search.spending.services import get_key_ring

log = structlog.get_logger(__name__)

LIMIT_SECONDS = 0.030
"""A page waits so long for its ads, and then goes without them."""

LEASE_WAIT_SECONDS = 0.015
MOST_SLOW = 5
"""So many pages in a row have to go without ads before the next ones do not even ask. One stumble of the machine makes
as many late as the process draws at once, and is over by then."""

PAUSE_SECONDS = 1.0


@dataclass(slots=True)
class _Pause:
    """Leaves the part alone for a moment after it failed, or was slow again and again."""

    until: float = 0.0
    slow: int = 0

    def begin(self) -> None:
        self.until, self.slow = time.monotonic() + PAUSE_SECONDS, 0

    def note_slow(self) -> None:
        self.slow += 1
        if self.slow >= MOST_SLOW:
            self.begin()


_pause = _Pause()


def choose_ads(*, ask: AdAsk, now: datetime) -> PageAds:
    """The ads of a page, chosen, priced and signed; the decision is stored within a second. Never raises."""
    if not settings.ADS_ON or time.monotonic() < _pause.until:
        return NO_ADS
    try:
        server = get_server()
        server.start()
        found = _Choosing(server, ask, now, find_holdout(ask.person, now)).choose() if server.is_fresh else NO_ADS
        _pause.slow = 0
        return found
    except (TooSlow, NoTurn) as slow:
        log.warning("ads.too_slow", page=ask.page.value, why=str(slow))
        _pause.note_slow()
    except Exception:  # whatever is wrong here, the page is shown without ads
        log.exception("ads.failed", page=ask.page.value)
        _pause.begin()
    return NO_ADS


def count_seen(*, tokens: Sequence[str], person: str, network: str, now: datetime) -> int:
    """Count views for frequency caps, by their tokens; of campaigns without caps nothing is counted."""
    state = get_server().state
    campaigns = [_find_campaign(state, token, now) for token in tokens]
    capped = [campaign_id for campaign_id in campaigns if campaign_id and _has_caps(state, campaign_id)]
    count_views(viewer=name_viewer(person=person, network=network), campaign_ids=capped, now=now)
    return len(capped)


def forget_pause() -> None:
    """Ask again at once, between tests."""
    _pause.until, _pause.slow = 0.0, 0


@dataclass(slots=True)
class _Choosing:
    """One page's question."""

    server: AdServer
    ask: AdAsk
    now: datetime
    is_held_out: bool = False

    def choose(self) -> PageAds:
        state = self.server.state
        until = time.monotonic() + LIMIT_SECONDS
        if state.money.day != business_date(self.now):
            return NO_ADS  # midnight has passed, and no money of the new day is here yet
        lines: list[ShownLine] = []
        for kind in (CampaignKind.KEYWORD, CampaignKind.DISPLAY):
            places = self.ask.places.get(kind, 0)
            if places:
                taken = {line.shop_id for line in lines}
                lines += self._hold(kind, places, taken, until)
        if self.is_held_out:
            return NO_ADS
        capped = [line.campaign_id for line in lines if _has_caps(state, line.campaign_id)]
        if capped:
            hold_views(viewer=self._viewer, campaign_ids=capped, now=self.now)
        return PageAds(tuple(lines))

    @property
    def _viewer(self) -> str:
        return name_viewer(person=self.ask.person, network=self.ask.network)

    def _hold(self, kind: CampaignKind, places: int, taken: set[int], until: float) -> list[ShownLine]:
        state, decision = self.server.state, uuid4()
        question = name_question(self.ask, kind, taken, self.now)
        answer = state.answers.find(question)
        if answer is None or not answer.holds(state.list_made_by(), state.index.version):
            return self._hold_anew(kind, places, taken, decision, until, question)
        state.asked.append(answer.asked)
        return list(self._show(answer.chosen.again(str(decision)), decision, answer.day))

    def _hold_anew(
        self, kind: CampaignKind, places: int, taken: set[int], decision: UUID, until: float, question: Hashable
    ) -> list[ShownLine]:
        state = self.server.state
        made_by, version = state.list_made_by(), state.index.version
        scene = self._make_scene(decision, until)
        with self._taking_turn(until):
            found = self._find(kind, scene)
            offers = _drop_taken(found.offers, taken)
            wanting = {campaign_id for campaign_id in found.wanting if may_ask(state, campaign_id, self.now)}
            chosen = None
            if offers and not wanting and not list_capped(offers):  # nobody has to be asked anything
                chosen = self._choose(kind, offers, places, scene, is_usual=not found.is_drawn)
                if not found.is_drawn and not found.wanting:
                    answer = Answer(made_by, version, scene.day, tuple(found.asked), chosen)
                    state.answers.keep(question, answer)
        if wanting:
            wait = min(LEASE_WAIT_SECONDS, until - time.monotonic()) if not found.offers else 0.0
            if self.server.want(wanting, self.now, wait_seconds=wait):
                scene = replace(scene, budgets=state.budgets)
                with self._taking_turn(until):
                    found = self._find(kind, scene)
                    offers = _drop_taken(found.offers, taken)
        if found.asked:
            state.asked.append(tuple(found.asked))
        if chosen is None:
            offers = self._drop_capped(offers)
            if not offers:
                return []
            with self._taking_turn(until):
                chosen = self._choose(kind, offers, places, scene, is_usual=False)
        return list(self._show(chosen, decision, scene.day))

    def _choose(
        self, kind: CampaignKind, offers: Sequence[Offer], places: int, scene: Scene, *, is_usual: bool
    ) -> Chosen:
        if scene.is_late():
            raise TooSlow("the auction was not reached")
        if kind is CampaignKind.KEYWORD:
            return choose_for_words(offers, places, scene, is_usual=is_usual)
        floor_minor = scene.floors.find(self.ask.page, Charge.MILLE)
        return choose_for_places(offers, places, scene, floor_minor=floor_minor, is_usual=is_usual)

    def _make_scene(self, decision: UUID, until: float) -> Scene:
        state = self.server.state
        local = self.now.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE))
        return Scene(
            request=str(decision),
            day=local.date(),
            hour_of_week=local.weekday() * 24 + local.hour,
            rules=get_rules(),
            floors=state.floors,
            reserves=state.reserves,
            scores=state.scores,
            budgets=state.budgets,
            is_late=lambda: time.monotonic() > until,
        )

    def _find(self, kind: CampaignKind, scene: Scene) -> Found:
        find = find_offers if kind is CampaignKind.KEYWORD else find_display_offers
        return find(self.server.state.index, self.ask, scene)

    def _taking_turn(self, until: float) -> AbstractContextManager[None]:
        """For what only computes; nobody is waited for inside."""
        return self.server.turnstile.passing(until - time.monotonic())

    def _drop_capped(self, offers: list[Offer]) -> list[Offer]:
        """Without those whose caps are reached, or of which it is not known."""
        capped = list_capped(offers)
        if not capped:
            return offers
        campaigns = {offer.campaign.campaign_id: offer.campaign for offer in capped}
        seen = read_seen(viewer=self._viewer, campaign_ids=list(campaigns), now=self.now)
        open_ones = {
            pk
            for pk, campaign in campaigns.items()
            if pk in seen and find_reached_cap(campaign.frequency_caps, seen[pk], to_us(self.now)) is None
        }
        return [
            offer for offer in offers if not offer.campaign.frequency_caps or offer.campaign.campaign_id in open_ones
        ]

    def _show(self, chosen: Chosen, decision: UUID, day: date) -> Iterator[ShownLine]:
        """Sign what is shown and keep the decision. A lease that is gone meanwhile shows nothing."""
        state = self.server.state
        shown = [winner for winner in chosen.winners if winner.offer.campaign.campaign_id in state.money.leases]
        if not shown:
            return
        state.keep_decision(
            partial(_write_decision, self.ask, self.now, decision, day, chosen, shown, held_out=self.is_held_out)
        )
        if self.is_held_out:  # what would have been shown is noted; nothing of it is signed, and no lease is used
            return
        signer, second = Signer(get_key_ring(), decision=decision, day=number_day(day)), int(self.now.timestamp())
        for winner in shown:
            lease = state.money.leases[winner.offer.campaign.campaign_id]
            state.shown[lease.lease_id] = self.now
            yield _make_line(signer, second, chosen.kind, winner, lease.lease_id)


def _write_decision(
    ask: AdAsk,
    now: datetime,
    decision: UUID,
    day: date,
    chosen: Chosen,
    shown: Sequence[Winner],
    *,
    held_out: bool,
) -> StoredDecision:
    return StoredDecision(
        decision_id=decision,
        day=day,
        decided_at=now,
        page=ask.page.value,
        query=ask.query,
        region=ask.region,
        auction=chosen.write_record(context=_write_context(ask), decided_us=to_us(now)),
        person=ask.person,
        network=ask.network,
        lines=chosen.note_lines({winner.place for winner in shown}),
        held_out=held_out,
    )


def _drop_taken(offers: list[Offer], taken: set[int]) -> list[Offer]:
    """Without those of shops that have an ad on the page already."""
    return [offer for offer in offers if offer.held.ad.shop_id not in taken] if taken else offers


def _find_campaign(state: ServerState, token: str, now: datetime) -> int | None:
    try:
        shown = read_token(token, get_key_ring(), now_second=int(now.timestamp()))
    except (BadToken, TokenExpired):
        return None
    return state.index.find_campaign_of(shown.ad)


def _has_caps(state: ServerState, campaign_id: int) -> bool:
    campaign = state.index.find_campaign(campaign_id)
    return campaign is not None and bool(campaign.frequency_caps)


def _write_context(ask: AdAsk) -> str:
    known = {
        "page": ask.page.value,
        "tokens": ask.tokens,
        "region": ask.region,
        "audiences": ask.audiences,
        "category": ask.category_id,
    }
    return orjson.dumps(known, option=orjson.OPT_SORT_KEYS).decode()


def _make_line(signer: Signer, second: int, kind: CampaignKind, winner: Winner, lease_id: int) -> ShownLine:
    held, campaign = winner.offer.held, winner.offer.campaign
    used = _list_used(campaign)
    return ShownLine(
        place=winner.place,
        kind=kind,
        ad_id=held.ad.ad_id,
        campaign_id=campaign.campaign_id,
        shop_id=held.ad.shop_id,
        listing_id=held.goods.listing_id if held.goods else None,
        creative=held.ad.creative if held.goods is None else None,
        click_token=_sign(signer, second, TokenKind.CLICK, winner, lease_id),
        view_token=_sign(signer, second, TokenKind.VIEW, winner, lease_id),
        used=used,
    )


def _list_used(campaign: LiveCampaign) -> Usage:
    """Facts of a visitor that a campaign is aimed by."""
    wanted = campaign.audiences
    found = (
        ("region", bool(campaign.regions)),
        ("interests", bool(wanted & INTERESTS)),
        ("device", bool(wanted & DEVICES)),
        ("buyer", bool(wanted & BUYERS)),
    )
    return frozenset(name for name, is_used in found if is_used)


def _sign(signer: Signer, second: int, kind: TokenKind, winner: Winner, lease_id: int) -> str:
    """What is not billed costs nothing: a view of an ad that is paid by the click, a click of one paid by views."""
    return signer.sign(
        kind,
        ad=winner.offer.held.ad.ad_id,
        place=winner.place,
        price_micro=winner.price_micro if kind is winner.billed else 0,
        lease=lease_id,
        expires_second=compute_expiry(kind, second),
    )

"""Live ads in memory, found by words, by category, or all that are shown without words.

A bought word stands under one of its tokens, the one that fewest others stand under: whoever asks for all of its tokens
asks for that one. What is found under a key is an immutable value that is replaced whole, so that threads read without
a lock while another one changes a campaign: they find it as it was or as it is.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from search.auction.contracts import Candidate, DisplayCandidate, Keyword
from search.campaigns.contracts import CampaignKind, LiveAd, LiveCampaign, LiveKeyword
from search.listings.keeping import Memory
from search.serving.contracts import Goods, Product

MOST_GROUPS_FOUND = 2_000
"""Groups that one question looks at, of all that bought its words."""

MOST_BYTES_ENTERED = 8 * 1024 * 1024
"""Of remembered answers, for words and for places each: some 400 with 200 groups, or 13,000 with none."""


@dataclass(frozen=True, slots=True)
class HeldAd:
    """An ad with what can be shown for it: goods, or its own creative.

    `offers` are those it made before, by all that makes one differ: making 200 takes longer than their auction, and
    auctions are remembered by who took part, so the same offer has to be the same object. A campaign that changes is
    held anew, without them.
    """

    ad: LiveAd
    goods: Goods | None
    offers: dict[tuple[int, int, int, int], "Offer"] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """An ad that takes part, for the word that bids most (None without words), and its candidate.

    Equal to itself only: auctions are remembered by who took part, and 200 offers are compared at once by it.
    """

    held: HeldAd
    campaign: LiveCampaign
    keyword: LiveKeyword | None
    candidate: Candidate | DisplayCandidate


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """The ads of a group that can be shown."""

    group_id: int
    campaign: LiveCampaign
    ads: tuple[HeldAd, ...]
    negatives: tuple[Keyword, ...]
    bid_minor: int
    keywords: tuple[LiveKeyword, ...]


@dataclass(frozen=True, slots=True)
class Entered:
    """Groups, each with offers of its ads, that could take part in a question.

    It was worked out at a version of the index, by floors, reserves, scores and rules: these very ones.
    """

    version: int
    made_by: tuple[object, ...]
    groups: tuple[tuple[HeldGroup, tuple[Offer, ...]], ...]

    def weigh(self) -> int:
        """Bytes, roughly: the question and its groups, and where their offers are."""
        return 600 + sum(100 + 8 * len(offers) for _, offers in self.groups)


@dataclass(frozen=True, slots=True)
class HeldWord:
    """A bought word and whose it is."""

    keyword: LiveKeyword
    group: HeldGroup


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Equal words bought with an equal match are matched once. `bag` sorts out most of them faster than matching."""

    keyword: Keyword
    bag: frozenset[str]


@dataclass
class _Held:
    """Where a campaign stands in the index, so that it can be taken out."""

    campaign: LiveCampaign
    groups: tuple[HeldGroup, ...]
    words: list[tuple[str, _Phrase]] = field(default_factory=list)


class AdIndex:
    """All live campaigns of a process. One thread changes it, any number read it.

    `version` is another one before and after each change, and odd during it: what was worked out at an even one is of
    all the campaigns as they are, as long as it is the same. `entered` are answers to questions, by that.
    """

    def __init__(self) -> None:
        self.version = 0
        self.entered: Mapping[CampaignKind, Memory[Entered]] = {
            kind: Memory(MOST_BYTES_ENTERED, weigh=Entered.weigh)
            for kind in (CampaignKind.KEYWORD, CampaignKind.DISPLAY)
        }
        self._held: dict[int, _Held] = {}
        self._words: dict[str, dict[_Phrase, tuple[HeldWord, ...]]] = defaultdict(dict)
        self._by_category: dict[int, dict[int, HeldGroup]] = defaultdict(dict)
        self._display: dict[int, HeldGroup] = {}
        self._campaigns_of: dict[Product, set[int]] = defaultdict(set)
        self._campaign_of_ad: dict[int, int] = {}

    def put(self, campaign: LiveCampaign, goods: Mapping[Product, Goods], *, is_shop_open: bool = True) -> None:
        """Take a campaign in, or what became of it. Ads of goods that are not in `goods` cannot be shown, and none of a
        shop that is not open: its campaign is held without any, to be found when the shop opens again."""
        with self._changing():
            self._drop(campaign.campaign_id)
            self._put(campaign, goods, is_shop_open)

    def drop(self, campaign_id: int) -> None:
        """Take a campaign out; nothing happens to one that is not in."""
        if campaign_id in self._held:
            with self._changing():
                self._drop(campaign_id)

    def forget_answers(self) -> None:
        """Remember no answer to any question."""
        for memory in self.entered.values():
            memory.forget()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        self.version += 1
        try:
            yield
        finally:
            self.version += 1

    def _put(self, campaign: LiveCampaign, goods: Mapping[Product, Goods], is_shop_open: bool) -> None:
        groups = tuple(_make_groups(campaign, goods)) if is_shop_open else ()
        held = _Held(campaign, groups)
        for group in groups:
            if campaign.kind is CampaignKind.DISPLAY:
                self._display[group.group_id] = group
                continue
            for keyword in group.keywords:
                held.words.append(self._add_word(HeldWord(keyword, group)))
            for category_id in _list_categories(group):
                self._by_category[category_id][group.group_id] = group
        for product in list_products([campaign]):
            self._campaigns_of[product].add(campaign.campaign_id)
        self._campaign_of_ad.update((ad.ad_id, campaign.campaign_id) for ad in campaign.ads)
        self._held[campaign.campaign_id] = held

    def _drop(self, campaign_id: int) -> None:
        held = self._held.pop(campaign_id, None)
        if held is None:
            return
        for token, phrase in held.words:
            left = tuple(
                word for word in self._words[token].get(phrase, ()) if word.group.campaign.campaign_id != campaign_id
            )
            if left:
                self._words[token][phrase] = left
            else:
                self._words[token].pop(phrase, None)
        for group in held.groups:
            self._display.pop(group.group_id, None)
            for category_id in _list_categories(group):
                self._by_category[category_id].pop(group.group_id, None)
        for product in list_products([held.campaign]):
            self._campaigns_of[product].discard(campaign_id)
        for ad in held.campaign.ads:
            self._campaign_of_ad.pop(ad.ad_id, None)

    def find_words(self, tokens: Sequence[str]) -> Iterator[tuple[Keyword, tuple[HeldWord, ...]]]:
        """Bought words all of whose tokens are asked for, in whatever order: the caller looks how they match."""
        asked = frozenset(tokens)
        found = 0
        for token in asked:
            # A dictionary's items are copied by one step of the interpreter: nobody changes them meanwhile.
            for phrase, words in tuple(self._words.get(token, _NOTHING).items()):
                if phrase.bag <= asked:
                    yield phrase.keyword, words
                    found += len(words)
                    if found >= MOST_GROUPS_FOUND:
                        return

    def list_in_category(self, category_id: int) -> list[HeldGroup]:
        """Groups that buy words and have goods in a category or below it."""
        return list(self._by_category.get(category_id, _NO_GROUPS).values())[:MOST_GROUPS_FOUND]

    def list_display(self) -> list[HeldGroup]:
        """Groups that buy places on pages."""
        return list(self._display.values())[:MOST_GROUPS_FOUND]

    def list_campaigns(self) -> list[LiveCampaign]:
        """Every campaign that is held."""
        return [held.campaign for held in tuple(self._held.values())]

    def find_campaign(self, campaign_id: int) -> LiveCampaign | None:
        """A campaign as it is held."""
        held = self._held.get(campaign_id)
        return held.campaign if held else None

    def find_campaign_of(self, ad_id: int) -> int | None:
        """Whose ad it is."""
        return self._campaign_of_ad.get(ad_id)

    def list_advertising(self, products: Iterable[Product]) -> set[int]:
        """The campaigns with ads for any of these products."""
        return {campaign_id for product in products for campaign_id in self._campaigns_of.get(product, ())}

    def list_of_shops(self, shop_ids: Collection[int]) -> set[int]:
        """The campaigns of these shops."""
        return {pk for pk, held in tuple(self._held.items()) if held.campaign.shop_id in shop_ids}

    def list_products(self) -> list[Product]:
        """Everything that is advertised."""
        return [product for product, campaigns in tuple(self._campaigns_of.items()) if campaigns]

    def count(self) -> tuple[int, int, int]:
        """Campaigns, ads that can be shown, bought words."""
        held = tuple(self._held.values())
        ads = sum(len(group.ads) for one in held for group in one.groups)
        return len(held), ads, sum(len(one.words) for one in held)

    def _add_word(self, word: HeldWord) -> tuple[str, _Phrase]:
        keyword = word.keyword
        phrase = _Phrase(Keyword(keyword.tokens, keyword.match), frozenset(keyword.tokens))
        standing = [token for token in keyword.tokens if phrase in self._words.get(token, _NOTHING)]
        token = standing[0] if standing else min(keyword.tokens, key=lambda one: len(self._words.get(one, _NOTHING)))
        self._words[token][phrase] = (*self._words[token].get(phrase, ()), word)
        return token, phrase


_NOTHING: Mapping[_Phrase, tuple[HeldWord, ...]] = {}
_NO_GROUPS: Mapping[int, HeldGroup] = {}


def list_products(campaigns: Iterable[LiveCampaign]) -> list[Product]:
    """The products that campaigns advertise, each once."""
    pairs = ((ad.shop_id, ad.product_id) for campaign in campaigns for ad in campaign.ads)
    return list(dict.fromkeys((shop, product) for shop, product in pairs if product is not None))


def _make_groups(campaign: LiveCampaign, goods: Mapping[Product, Goods]) -> Iterator[HeldGroup]:
    by_group: dict[int, list[HeldAd]] = defaultdict(list)
    for ad in campaign.ads:
        found = goods.get((ad.shop_id, ad.product_id)) if ad.product_id is not None else None
        if found is not None or ad.creative is not None:
            by_group[ad.group_id].append(HeldAd(ad, found))
    for group_id, ads in by_group.items():
        first = ads[0].ad
        words = tuple(word for word in first.keywords if word.tokens)
        yield HeldGroup(group_id, campaign, tuple(ads), first.negatives, first.bid_minor, words)


def _list_categories(group: HeldGroup) -> set[int]:
    return {category_id for held in group.ads if held.goods for category_id in held.goods.category_ids}

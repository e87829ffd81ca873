"""Campaigns, groups, words."""

from typing import Any  # Any: serializers without instances

from rest_framework import serializers

from search.auction.audiences import MOST_INTERESTS
from search.campaigns.contracts import (
    AudienceKind,
    CampaignKind,
    CampaignState,
    Charge,
    Competition,
    MatchType,
    Pace,
    PartState,
    Window,
)
from search.campaigns.contracts import limits as most
from web.api.fields import MAX_ID, Choice, Flag, Id, Line, Minor, StrictSerializer, Whole
from web.api.pages import PageQuery, page_of

KINDS = [CampaignKind.KEYWORD.value, CampaignKind.DISPLAY.value]
STATES = [state.value for state in CampaignState]
PARTS = [state.value for state in PartState]
MATCHES = [match.value for match in MatchType]
CHARGES = [charge.value for charge in Charge]
PACES = [pace.value for pace in Pace]
WINDOWS = [window.value for window in Window]
MOVES = [CampaignState.RUNNING.value, CampaignState.PAUSED.value, CampaignState.ENDED.value]
DEVICES, BUYERS = ["mobile", "computer"], ["new", "known"]
DAY = r"^[01]{24}$"


class FrequencyBody(serializers.Serializer[Any]):
    """At most so many views of one person in a window."""

    window = serializers.ChoiceField(WINDOWS)
    most = serializers.IntegerField()


class AudiencesBody(serializers.Serializer[Any]):
    """For whom a campaign is; nothing in a list means all. Interests are ids of uppermost categories."""

    interests = serializers.ListField(child=serializers.IntegerField())
    devices = serializers.ListField(child=serializers.ChoiceField(DEVICES))
    buyers = serializers.ListField(child=serializers.ChoiceField(BUYERS))


class AudienceBody(serializers.Serializer[Any]):
    """An audience with its people in the busiest of four weeks; null where they are fewer than 1,000."""

    kind = serializers.ChoiceField([kind.value for kind in AudienceKind])
    key = serializers.CharField()
    people = serializers.IntegerField(allow_null=True)


class AudienceListBody(serializers.Serializer[Any]):
    """All audiences, those that cannot be chosen too."""

    items = AudienceBody(many=True)


class CampaignBody(serializers.Serializer[Any]):
    """A campaign. `hours` has a text of 24 signs for each day from Monday on, `1` for an hour in which it shows."""

    campaign_id = serializers.IntegerField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    state = serializers.ChoiceField(STATES)
    pace = serializers.ChoiceField(PACES)
    daily_budget_minor = serializers.IntegerField()
    total_budget_minor = serializers.IntegerField(allow_null=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    hours = serializers.ListField(child=serializers.CharField())
    regions = serializers.ListField(child=serializers.CharField())
    audiences = AudiencesBody()
    frequency_caps = FrequencyBody(many=True)
    page_percent = serializers.DictField(child=serializers.IntegerField())
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class GroupBody(serializers.Serializer[Any]):
    """A group; `ads` and `words` say how many it has."""

    group_id = serializers.IntegerField()
    campaign_id = serializers.IntegerField()
    name = serializers.CharField()
    state = serializers.ChoiceField(PARTS)
    bid_minor = serializers.IntegerField()
    charge = serializers.ChoiceField(CHARGES)
    ads = serializers.IntegerField()
    words = serializers.IntegerField()


class NegativeBody(serializers.Serializer[Any]):
    """A word for which nothing is shown; of the whole campaign without a group."""

    negative_id = serializers.IntegerField()
    group_id = serializers.IntegerField(allow_null=True)
    text = serializers.CharField()
    match = serializers.ChoiceField(MATCHES)


class WholeCampaignBody(serializers.Serializer[Any]):
    """A campaign with its groups and the words it keeps away from."""

    campaign = CampaignBody()
    groups = GroupBody(many=True)
    negatives = NegativeBody(many=True)


class QualityRateBody(serializers.Serializer[Any]):
    """A rate of the last 28 days, smoothed, and what is usual in the category; both in millionths."""

    rate_ppm = serializers.IntegerField()
    usual_ppm = serializers.IntegerField()


class QualityBody(serializers.Serializer[Any]):
    """An ad's quality, 1 to 10, and what makes it: expected click rate, relevance, experience (a million is usual).

    The experience is made of the clicks that lead to an order, the orders that go back, and those sent within 48 hours.
    """

    shown = serializers.IntegerField(min_value=1, max_value=10)
    click = QualityRateBody()
    relevance_ppm = serializers.IntegerField()
    experience_ppm = serializers.IntegerField()
    conversion = QualityRateBody()
    refund = QualityRateBody()
    on_time = QualityRateBody()
    version = serializers.IntegerField()


class AdBody(serializers.Serializer[Any]):
    """An ad: of a product or of a creative. `quality` is null while its product is not on sale."""

    ad_id = serializers.IntegerField()
    state = serializers.ChoiceField(PARTS)
    product_id = serializers.IntegerField(allow_null=True)
    creative_id = serializers.IntegerField(allow_null=True)
    quality = QualityBody(allow_null=True)


class KeywordBody(serializers.Serializer[Any]):
    """A bought word. Without a bid of its own it bids what its group does."""

    keyword_id = serializers.IntegerField()
    text = serializers.CharField()
    match = serializers.ChoiceField(MATCHES)
    bid_minor = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(PARTS)


class WholeGroupBody(serializers.Serializer[Any]):
    """A group with its ads and words."""

    group = GroupBody()
    ads = AdBody(many=True)
    keywords = KeywordBody(many=True)


class ChangedBody(serializers.Serializer[Any]):
    """How many are new or changed, and how all of them stand now."""

    changed = serializers.IntegerField()
    keywords = KeywordBody(many=True)


class SuggestionBody(serializers.Serializer[Any]):
    """A word that people ask for. `usual_bid_minor` is null where fewer than five other shops bid."""

    text = serializers.CharField()
    searches_a_day = serializers.IntegerField()
    competition = serializers.ChoiceField([one.value for one in Competition])
    usual_bid_minor = serializers.IntegerField(allow_null=True)


class SuggestionsBody(serializers.Serializer[Any]):
    """Words, best first."""

    items = SuggestionBody(many=True)


class CampaignQuery(PageQuery):
    """Which campaigns."""

    state = serializers.ChoiceField(STATES, required=False)


class SuggestionQuery(StrictSerializer):
    """For which product, or like which words."""

    product_id = serializers.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    like = Line(required=False, max_length=most.LONGEST_WORD)


class FrequencyInput(StrictSerializer):
    """At most so many views of one person in a window."""

    window = Choice(WINDOWS)
    most = Whole(min_value=1, max_value=most.MOST_VIEWS)


class PagesInput(StrictSerializer):
    """What a page is worth in percent of the bid, 50 to 600; 100 where nothing is said."""

    search = Whole(required=False, default=100, min_value=50, max_value=600)
    category = Whole(required=False, default=100, min_value=50, max_value=600)
    product = Whole(required=False, default=100, min_value=50, max_value=600)
    home = Whole(required=False, default=100, min_value=50, max_value=600)


class AudiencesInput(StrictSerializer):
    """For whom. Of each list one has to fit. Every audience, and all together, have at least 1,000 people."""

    interests = serializers.ListField(child=Id(), required=False, default=list, max_length=MOST_INTERESTS)
    devices = serializers.ListField(child=Choice(DEVICES), required=False, default=list, max_length=2)
    buyers = serializers.ListField(child=Choice(BUYERS), required=False, default=list, max_length=2)


class CampaignFields(StrictSerializer):
    """What is said of a campaign, new or changed. Days are those of China; regions are codes of provinces: 33."""

    name = Line(max_length=most.LONGEST_NAME)
    daily_budget_minor = Minor(min_value=most.LEAST_BUDGET_MINOR, max_value=most.LARGEST_BUDGET_MINOR)
    total_budget_minor = Minor(required=False, allow_null=True, default=None, max_value=most.LARGEST_BUDGET_MINOR)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    pace = Choice(PACES, required=False, default=Pace.EVEN.value)
    hours = serializers.ListField(
        child=serializers.RegexField(DAY), required=False, allow_null=True, default=None, min_length=7, max_length=7
    )
    regions = serializers.ListField(child=Line(max_length=2), required=False, default=list, max_length=40)
    audiences = AudiencesInput(required=False)
    frequency_caps = FrequencyInput(many=True, required=False, max_length=3)  # type: ignore[call-arg]
    page_percent = PagesInput(required=False)


class WordInput(StrictSerializer):
    """A word to buy."""

    text = Line(max_length=most.LONGEST_WORD)
    match = Choice(MATCHES, required=False, default=MatchType.PHRASE.value)
    bid_minor = Minor(required=False, allow_null=True, default=None)
    state = Choice(PARTS[:2], required=False, default=PartState.RUNNING.value)


class GroupInput(StrictSerializer):
    """A group with what it advertises."""

    name = Line(max_length=most.LONGEST_NAME)
    bid_minor = Minor()
    charge = Choice(CHARGES, required=False, default=Charge.CLICK.value)
    product_ids = serializers.ListField(child=Id(), required=False, default=list, max_length=most.MOST_ADS)
    creative_ids = serializers.ListField(child=Id(), required=False, default=list, max_length=most.MOST_ADS)
    keywords = WordInput(many=True, required=False, max_length=most.MOST_WORDS)  # type: ignore[call-arg]


class CampaignInput(CampaignFields):
    """A new campaign with its first group. It runs at once unless it is to be a draft."""

    kind = Choice(KINDS)
    group = GroupInput()
    draft = Flag(required=False, default=False)


class CampaignReplacement(CampaignFields):
    """All that is said of a campaign; `expected_version` guards against somebody else's change in between."""

    expected_version = Whole(required=False, allow_null=True, default=None, min_value=1)


class StateMove(StrictSerializer):
    """Run, pause, or end for good."""

    state = Choice(MOVES)


class GroupReplacement(StrictSerializer):
    """What is said of a group."""

    name = Line(max_length=most.LONGEST_NAME)
    bid_minor = Minor()
    charge = Choice(CHARGES, required=False, default=Charge.CLICK.value)
    state = Choice(PARTS, required=False)


class WordsInput(StrictSerializer):
    """Words to buy. One that is there takes the bid and state that are said."""

    keywords = WordInput(many=True, min_length=1, max_length=most.MOST_WORDS)  # type: ignore[call-arg]


class WordChange(StrictSerializer):
    """What becomes of a word; what is left out stays. `bid_minor` null: it bids what its group does."""

    keyword_id = Id()
    match = Choice(MATCHES, required=False)
    bid_minor = Minor(required=False, allow_null=True)
    state = Choice(PARTS, required=False)


class WordChanges(StrictSerializer):
    """Changes of words, all or none."""

    changes = WordChange(many=True, min_length=1, max_length=most.MOST_WORDS)  # type: ignore[call-arg]


class NegativeInput(StrictSerializer):
    """A word to keep away from."""

    text = Line(max_length=most.LONGEST_WORD)
    match = Choice(MATCHES, required=False, default=MatchType.PHRASE.value)


class NegativesInput(StrictSerializer):
    """Words to keep away from, for the campaign or for one group of it."""

    negatives = NegativeInput(many=True, min_length=1, max_length=most.MOST_NEGATIVES)  # type: ignore[call-arg]
    group_id = Id(required=False, allow_null=True, default=None)


class AdsInput(StrictSerializer):
    """Goods and pictures to advertise. What is there already runs again."""

    product_ids = serializers.ListField(child=Id(), required=False, default=list, max_length=most.MOST_ADS)
    creative_ids = serializers.ListField(child=Id(), required=False, default=list, max_length=most.MOST_ADS)


class PartMove(StrictSerializer):
    """Run, pause or remove."""

    state = Choice(PARTS)


CampaignPageBody = page_of(CampaignBody, "CampaignPage")

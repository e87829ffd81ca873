"""Bought words and words to keep away from: adding, changing many at once, undoing that."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from search.campaigns.contracts import (
    BadInput,
    CampaignKind,
    Charge,
    EditOutcome,
    MatchType,
    NegativeDraft,
    PartState,
    WordDraft,
    WordEdit,
)
from search.campaigns.contracts import limits as most
from search.campaigns.models import Campaign, Group, Keyword, NegativeKeyword, WordsEdit
from search.campaigns.rules.checking import check_bid, check_fits, check_word
from search.campaigns.services.touching import NoSuchCampaign, lock_campaign, lock_group, tell

UNDO_FOR = timedelta(days=1)
_Key = tuple[tuple[str, ...], str]


class NothingToUndo(LookupError):
    """The change is not the shop's, was undone already, or is older than a day."""


@transaction.atomic(durable=True)
def add_words(*, shop_id: int, group_id: int, drafts: Sequence[WordDraft], actor_id: int, now: datetime) -> int:
    """Buy words; one that is there takes the bid that is said. Returns how many are new or changed.

    Raises `BadInput`, `NoSuchCampaign`, `CampaignEnded`.
    """
    campaign, group = lock_group(shop_id=shop_id, group_id=group_id)
    if campaign.kind != CampaignKind.KEYWORD.value:
        raise BadInput("words", "unknown")
    number = put_words(campaign=campaign, group=group, drafts=drafts)
    detail = {"group_id": group.pk, "words": number}
    tell("campaign.words_added", campaign=campaign, actor_id=actor_id, now=now, detail=detail)
    return number


@transaction.atomic(durable=True)
def edit_words(*, shop_id: int, group_id: int, edits: Sequence[WordEdit], actor_id: int, now: datetime) -> EditOutcome:
    """Change many words of a group, all or none. Raises `BadInput`, `NoSuchCampaign`, `CampaignEnded`."""
    if len(edits) > most.MOST_EDITED:
        raise BadInput("words", "too_many", most=most.MOST_EDITED)
    campaign, group = lock_group(shop_id=shop_id, group_id=group_id)
    living = Keyword.objects.filter(group=group).exclude(state=PartState.REMOVED.value)
    rows = {row.pk: row for row in living.filter(pk__in=[edit.keyword_id for edit in edits])}
    if len(rows) < len({edit.keyword_id for edit in edits}):
        raise NoSuchCampaign(group_id)
    before = {pk: _facts(row) for pk, row in rows.items()}
    for edit in edits:
        _apply(rows[edit.keyword_id], edit, Charge(group.charge), campaign.daily_budget_minor)
    changed = [row for pk, row in rows.items() if _facts(row) != before[pk]]
    if not changed:
        return EditOutcome(0, 0)
    _store(group, changed)
    kept = WordsEdit.objects.create(
        group=group,
        before={str(row.pk): before[row.pk] for row in changed},
        after={str(row.pk): _facts(row) for row in changed},
        actor_id=actor_id,
        made_at=now,
    )
    detail = {"group_id": group.pk, "edit_id": kept.pk, "words": len(changed)}
    tell("campaign.words_changed", campaign=campaign, actor_id=actor_id, now=now, detail=detail)
    return EditOutcome(kept.pk, len(changed))


@transaction.atomic(durable=True)
def undo_edit(*, shop_id: int, edit_id: int, actor_id: int, now: datetime) -> int:
    """Take a change of many words back, where nothing was changed since. Returns how many words are as before.

    Raises `NothingToUndo`, `CampaignEnded`, and `BadInput` where bids or matches of before are no longer possible.
    """
    found = WordsEdit.objects.filter(pk=edit_id, group__campaign__shop_id=shop_id, made_at__gte=now - UNDO_FOR)
    group_id = found.values_list("group_id", flat=True).first()
    if group_id is None:
        raise NothingToUndo(edit_id)
    try:
        campaign, group = lock_group(shop_id=shop_id, group_id=group_id)
    except NoSuchCampaign as error:
        raise NothingToUndo(edit_id) from error
    edit = found.filter(undone_at=None).first()
    if edit is None:
        raise NothingToUndo(edit_id)
    rows = Keyword.objects.filter(group=group, pk__in=[int(pk) for pk in edit.before])
    unchanged = [row for row in rows if _facts(row) == edit.after[str(row.pk)]]
    for row in unchanged:
        facts = edit.before[str(row.pk)]
        row.state, row.match, row.bid_minor = facts["state"], facts["match"], facts["bid_minor"]
        check_fits(row.bid_minor or 0, Charge(group.charge), campaign.daily_budget_minor)
    _store(group, unchanged)
    WordsEdit.objects.filter(pk=edit.pk).update(undone_at=now)
    tell("campaign.words_undone", campaign=campaign, actor_id=actor_id, now=now, detail={"edit_id": edit.pk})
    return len(unchanged)


def forget_edits(*, now: datetime) -> int:
    """Forget changes that nobody can undo any more; the words and the trail stay. Returns how many."""
    number, _ = WordsEdit.objects.filter(made_at__lt=now - UNDO_FOR).delete()
    return number


@transaction.atomic(durable=True)
def add_negatives(
    *,
    shop_id: int,
    campaign_id: int,
    drafts: Sequence[NegativeDraft],
    actor_id: int,
    now: datetime,
    group_id: int | None = None,
) -> int:
    """Keep a campaign, or one group of it, away from words. Returns how many are new.

    Raises `BadInput`, `NoSuchCampaign`, `CampaignEnded`.
    """
    campaign = lock_campaign(shop_id=shop_id, campaign_id=campaign_id)
    if group_id is not None and not Group.objects.filter(pk=group_id, campaign=campaign).exists():
        raise NoSuchCampaign(group_id)
    rows = NegativeKeyword.objects.filter(campaign=campaign)
    rows = rows.filter(group=None) if group_id is None else rows.filter(group_id=group_id)
    known = {(tuple(row.tokens), row.match) for row in rows}
    new: dict[_Key, NegativeKeyword] = {}
    for draft in drafts:
        text, tokens = check_word(draft.text)
        key = (tokens, draft.match.value)
        if key not in known:
            new[key] = NegativeKeyword(
                campaign=campaign, group_id=group_id, text=text, tokens=list(tokens), match=draft.match.value
            )
    if len(known) + len(new) > most.MOST_NEGATIVES:
        raise BadInput("negatives", "too_many", most=most.MOST_NEGATIVES)
    NegativeKeyword.objects.bulk_create(new.values())
    tell("campaign.negatives_added", campaign=campaign, actor_id=actor_id, now=now, detail={"words": len(new)})
    return len(new)


@transaction.atomic(durable=True)
def remove_negative(*, shop_id: int, negative_id: int, actor_id: int, now: datetime) -> None:
    """Let a word be shown for again. Raises `NoSuchCampaign`, `CampaignEnded`."""
    rows = NegativeKeyword.objects.filter(pk=negative_id, campaign__shop_id=shop_id)
    campaign_id = rows.values_list("campaign_id", flat=True).first()
    if campaign_id is None:
        raise NoSuchCampaign(negative_id)
    campaign = lock_campaign(shop_id=shop_id, campaign_id=campaign_id)
    rows.delete()
    tell("campaign.negative_removed", campaign=campaign, actor_id=actor_id, now=now)


def put_words(*, campaign: Campaign, group: Group, drafts: Sequence[WordDraft]) -> int:
    """Add words to a group whose campaign is locked: a step. Said twice, the last one holds. Raises `BadInput`."""
    known: dict[_Key, Keyword] = {_key(row): row for row in Keyword.objects.filter(group=group)}
    new: dict[_Key, Keyword] = {}
    changed: dict[_Key, Keyword] = {}
    for draft in drafts:
        text, tokens = check_word(draft.text)
        if draft.bid_minor is not None:
            check_bid(draft.bid_minor, Charge(group.charge))
            check_fits(draft.bid_minor, Charge(group.charge), campaign.daily_budget_minor)
        key = (tokens, draft.match.value)
        facts = {"state": draft.state.value, "match": draft.match.value, "bid_minor": draft.bid_minor}
        if key not in known:
            new[key] = Keyword(group=group, text=text, tokens=list(tokens), **facts)
        elif _facts(known[key]) != facts:
            known[key].state, known[key].bid_minor = draft.state.value, draft.bid_minor
            changed[key] = known[key]
    _check_room([*known.values(), *new.values()])
    Keyword.objects.bulk_create(new.values())
    Keyword.objects.bulk_update(changed.values(), ["state", "bid_minor"])
    return len(new) + len(changed)


def _check_room(rows: Sequence[Keyword]) -> None:
    if len([row for row in rows if row.state != PartState.REMOVED.value]) > most.MOST_WORDS:
        raise BadInput("words", "too_many", most=most.MOST_WORDS)
    if len(rows) > most.MOST_WORDS_EVER:
        raise BadInput("words", "too_many", most=most.MOST_WORDS_EVER)


def _apply(row: Keyword, edit: WordEdit, charge: Charge, daily_minor: int) -> None:
    row.state = (edit.state or PartState(row.state)).value
    row.match = (edit.match or MatchType(row.match)).value
    if edit.own_bid is False:
        row.bid_minor = None
    elif edit.bid_minor is not None:
        check_bid(edit.bid_minor, charge)
        if edit.bid_minor != row.bid_minor:
            check_fits(edit.bid_minor, charge, daily_minor)
        row.bid_minor = edit.bid_minor


def _store(group: Group, rows: Sequence[Keyword]) -> None:
    """Write changed rows, unless two words of the group would become one. Raises `BadInput`."""
    others = Keyword.objects.filter(group=group).exclude(pk__in=[row.pk for row in rows])
    taken = {_key(other): other for other in others}
    keys = [_key(row) for row in rows]
    if len(set(keys)) < len(keys) or not taken.keys().isdisjoint(keys):
        raise BadInput("match", "twice")
    _check_room([*taken.values(), *rows])
    Keyword.objects.bulk_update(rows, ["state", "match", "bid_minor"])


def _key(row: Keyword) -> _Key:
    return tuple(row.tokens), row.match


def _facts(row: Keyword) -> dict[str, Any]:  # Any: as JSON holds them
    return {"state": row.state, "match": row.match, "bid_minor": row.bid_minor}

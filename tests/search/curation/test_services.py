"""What staff say is kept, told to every process, and in the trail."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from market.audit.models import AuditEntry
from market.shops.selectors import read_epochs
from search.curation.contracts import MOST_PINNED, HotWord, Placements, SynonymGroup
from search.curation.rules import BadPhrases
from search.curation.selectors import (
    get_curation,
    list_blocked,
    list_groups,
    list_hot_words,
    list_placements,
)
from search.curation.services import (
    BadWord,
    NotThere,
    TooMuch,
    block_word,
    import_synonyms,
    remove_hot_word,
    remove_synonyms,
    save_hot_word,
    save_synonyms,
    set_placements,
    unblock_word,
)
from tests.conftest import Clock

STAFF = 41


def add(clock: Clock, *phrases: str, one_way: bool = False, group_id: int = 0) -> int:
    group = SynonymGroup(group_id, phrases, one_way)
    return save_synonyms(group=group, actor_id=STAFF, now=clock.now)


def test_synonyms_are_added_changed_and_removed(db: None, clock: Clock) -> None:
    group_id = add(clock, "手机", "mobile phone")
    add(clock, "手机", "mobile phone", "cellphone", one_way=True, group_id=group_id)
    assert list_groups() == [SynonymGroup(group_id, ("手机", "mobile phone", "cellphone"), True)]
    removed = remove_synonyms(group_id=group_id, actor_id=STAFF, now=clock.now)
    assert list_groups() == [] and removed.phrases == ("手机", "mobile phone", "cellphone")
    with pytest.raises(NotThere):
        remove_synonyms(group_id=group_id, actor_id=STAFF, now=clock.now)
    with pytest.raises(NotThere):
        add(clock, "a", "b", group_id=group_id)
    actions = list(AuditEntry.objects.order_by("id").values_list("action", "actor_id"))
    assert actions == [("search.synonyms_set", STAFF)] * 2 + [("search.synonyms_removed", STAFF)]


def test_what_is_refused_changes_nothing(db: None, clock: Clock) -> None:
    add(clock, "手机", "mobile phone")
    before = read_epochs()
    with pytest.raises(BadPhrases):
        add(clock, "Mobile Phone", "手机", "x")
    assert len(list_groups()) == 1 and read_epochs() == before


def test_an_import_is_whole_or_not_at_all_and_repeats_nothing(db: None, clock: Clock) -> None:
    groups = [SynonymGroup(0, ("杯子", "cup")), SynonymGroup(0, ("灯", "lamp", "light"), True)]
    assert import_synonyms(groups=groups, actor_id=STAFF, now=clock.now) == 2
    again = [*groups, SynonymGroup(0, ("cup", "杯子"))]
    assert import_synonyms(groups=again, actor_id=STAFF, now=clock.now) == 0
    with pytest.raises(BadPhrases):
        import_synonyms(
            groups=[SynonymGroup(0, ("书", "book")), SynonymGroup(0, ("x",))], actor_id=STAFF, now=clock.now
        )
    assert len(list_groups()) == 2


def test_every_change_moves_the_epoch_and_nothing_else_is_read(db: None, clock: Clock) -> None:
    first = get_curation(read_epochs().curation)
    assert first.groups == ()
    add(clock, "手机", "phone")
    save_hot_word(word=HotWord(0, "新茶", "New tea", "茶", 1), actor_id=STAFF, now=clock.now)
    set_placements(words="Mugs", placements=Placements((7, 3), frozenset({9})), actor_id=STAFF, now=clock.now)
    block_word(words="赌博", actor_id=STAFF, now=clock.now)
    version = read_epochs().curation
    assert version == first.version + 4
    curation = get_curation(version)
    assert [group.phrases for group in curation.groups] == [("手机", "phone")]
    assert curation.find_placements("mug") == Placements((7, 3), frozenset({9}))
    assert curation.blocked == {"赌博"} and curation.hot_words[0].query == "茶"
    with CaptureQueriesContext(connection) as caught:
        assert get_curation(version) is curation
    assert len(caught) == 0


def test_hot_words_have_their_time_and_their_order(db: None, clock: Clock) -> None:
    later = save_hot_word(
        word=HotWord(0, "月饼", "", "月饼", 1, starts_at=clock.now + timedelta(days=1)), actor_id=STAFF, now=clock.now
    )
    always = save_hot_word(word=HotWord(0, "", "Mugs", "", 2), actor_id=STAFF, now=clock.now)
    words = list_hot_words()
    assert [word.word_id for word in words] == [later, always] and words[1].query == "Mugs"
    assert [word.is_offered(clock.now) for word in words] == [False, True]
    ended = HotWord(later, "月饼", "Mooncake", "月饼", 3, ends_at=clock.now)
    assert save_hot_word(word=ended, actor_id=STAFF, now=clock.now) == later
    assert not list_hot_words()[1].is_offered(clock.now)
    remove_hot_word(word_id=later, actor_id=STAFF, now=clock.now)
    assert [word.word_id for word in list_hot_words()] == [always]


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        (HotWord(0, "", "", "x", 1), "no_word"),
        (HotWord(0, "！", "", "！", 1), "no_word"),
        (HotWord(0, "字" * 41, "", "x", 1), "too_long"),
        (HotWord(0, "茶", "", "旧茶", 1), "same_twice"),
    ],
)
def test_a_bad_hot_word_is_refused(db: None, clock: Clock, word: HotWord, reason: str) -> None:
    save_hot_word(word=HotWord(0, "旧茶", "", "旧茶", 1), actor_id=STAFF, now=clock.now)
    with pytest.raises(BadWord) as refused:
        save_hot_word(word=word, actor_id=STAFF, now=clock.now)
    assert refused.value.args == (reason,) and len(list_hot_words()) == 1


def test_a_hot_word_ends_after_its_start(db: None, clock: Clock) -> None:
    word = HotWord(0, "茶", "", "茶", 1, starts_at=clock.now, ends_at=clock.now)
    with pytest.raises(BadWord):
        save_hot_word(word=word, actor_id=STAFF, now=clock.now)


def test_placements_are_of_one_query_and_said_whole(db: None, clock: Clock) -> None:
    set_placements(words="茶壶", placements=Placements((3, 1, 3)), actor_id=STAFF, now=clock.now)
    set_placements(words=" Lamp", placements=Placements((5, 6), frozenset({6})), actor_id=STAFF, now=clock.now)
    assert list_placements() == {"lamp": Placements((5,), frozenset({6})), "茶壶": Placements((3, 1))}
    set_placements(words="lamps", placements=Placements(), actor_id=STAFF, now=clock.now)
    assert set(list_placements()) == {"茶壶"}
    with pytest.raises(TooMuch):
        too_many = Placements(tuple(range(MOST_PINNED + 1)))
        set_placements(words="茶壶", placements=too_many, actor_id=STAFF, now=clock.now)
    with pytest.raises(BadWord):
        set_placements(words="…", placements=Placements((1,)), actor_id=STAFF, now=clock.now)
    assert list_placements() == {"茶壶": Placements((3, 1))}


def test_a_word_is_blocked_once_and_let_go(db: None, clock: Clock) -> None:
    assert block_word(words="Casino", actor_id=STAFF, now=clock.now) == "casino"
    block_word(words="CASINO", actor_id=STAFF, now=clock.now)
    assert list_blocked() == ["casino"]
    unblock_word(key="casino", actor_id=STAFF, now=clock.now)
    with pytest.raises(NotThere):
        unblock_word(key="casino", actor_id=STAFF, now=clock.now)

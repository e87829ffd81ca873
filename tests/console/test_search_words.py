"""Search words on the console: synonyms, hot words and pinned products, with every refusal said."""

import re
from dataclasses import replace
from html import unescape
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone

from market.accounts.contracts import StaffRole
from search.curation.contracts import HotWord, Placements, SynonymGroup
from search.curation.selectors import list_blocked, list_groups, list_hot_words, list_placements
from search.curation.services import save_hot_word, save_synonyms
from search.listings.selectors import find_listing_id
from search.listings.services import refresh_listings
from tests.fixtures.goods import stock_product


def address(name: str, *args: object) -> str:
    return reverse(f"console:{name}", args=args, urlconf="config.urls.console")


def add_group(*phrases: str, one_way: bool = False) -> int:
    return save_synonyms(group=SynonymGroup(0, phrases, one_way), actor_id=1, now=timezone.now())


def test_a_group_is_added_changed_and_removed(db, enter) -> None:
    staff = enter(StaffRole.REVIEWER)
    answer = staff.client.post(address("add-synonyms"), {"phrases": "手机\nmobile phone\n"}, follow=True)
    assert "Saved. Search knows it" in answer.content.decode()
    (group,) = list_groups()
    assert group.phrases == ("手机", "mobile phone") and not group.is_one_way
    given = {"phrases": "手机\nmobile phone\ncellphone", "is_one_way": "on"}
    assert "mobile phone" in staff.get(address("edit-synonyms", group.group_id)).content.decode()
    staff.client.post(address("edit-synonyms", group.group_id), given)
    assert list_groups() == [SynonymGroup(group.group_id, ("手机", "mobile phone", "cellphone"), True)]
    page = staff.client.post(address("remove-synonyms", group.group_id), follow=True).content.decode()
    assert "add what stands in the form" in page and "cellphone" in page and list_groups() == []
    assert staff.get(address("edit-synonyms", group.group_id)).status_code == 404


@pytest.mark.parametrize(
    ("phrases", "said"),
    [
        ("", "Write two phrases or more"),
        ("手机", "two phrases or more"),
        ("mug\nMugs", "stands there twice"),
        ("灯\nlamp", "Another group has"),
        ("手机\n" + "x" * 41, "longer than 40"),
        ("手机\n！", "holds no word"),
    ],
)
def test_a_bad_group_is_refused_and_kept_in_the_form(db, enter, phrases, said) -> None:
    add_group("灯", "lamp")
    answer = enter().client.post(address("add-synonyms"), {"phrases": phrases})
    assert answer.status_code == 422 and said in answer.content.decode() and len(list_groups()) == 1


def test_groups_go_out_as_a_file_and_come_back(db, enter) -> None:
    staff = enter()
    add_group("灯", "lamp")
    add_group("=SUM(A1)", "公式", one_way=True)
    content = staff.client.get(address("export-synonyms")).content
    assert b"'=SUM(A1)" in content
    page = staff.client.post(address("import-synonyms"), {"file": _file(content)}, follow=True).content.decode()
    assert "0 groups added" in page
    more = content + "杯子,cup,mug\r\n>,瓷器,茶壶\r\n".encode()
    page = staff.client.post(address("import-synonyms"), {"file": _file(more)}, follow=True).content.decode()
    assert "2 groups added" in page and SynonymGroup(list_groups()[0].group_id, ("瓷器", "茶壶"), True) in list_groups()


def test_a_file_with_a_fault_changes_nothing_and_names_the_line(db, enter) -> None:
    content = "杯子,cup\n只有一个\n\n茶,tea,TEA\n".encode()
    answer = enter().client.post(address("import-synonyms"), {"file": _file(content)})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Line 2:" in page and "Line 4:" in page and list_groups() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        (b'a,"b\n', "quotation mark"),
        (b"x" * 1_000_001, "larger than 1 MB"),
        (b"", "The submitted file is empty"),
    ],
)
def test_a_file_that_is_none_is_said(db, enter, content, said) -> None:
    answer = enter().client.post(address("import-synonyms"), {"file": _file(content)})
    assert answer.status_code == 422 and said in answer.content.decode() and list_groups() == []


def _file(content: bytes) -> BytesIO:
    file = BytesIO(content)
    file.name = "synonyms.csv"
    return file


def test_a_hot_word_is_offered_in_its_time(db, enter) -> None:
    staff = enter()
    given = {"zh": "月饼", "en": "Mooncakes", "place": "1", "starts_on": "2020-09-01", "ends_on": "2020-09-30"}
    page = staff.client.post(address("add-hot-word"), given, follow=True).content.decode()
    (word,) = list_hot_words()
    assert "not now" in page and word.query == "月饼" and (word.ends_at - word.starts_at).days == 30
    assert 'value="2020-09-30"' in staff.get(address("edit-hot-word", word.word_id)).content.decode()
    page = staff.client.post(
        address("edit-hot-word", word.word_id), {"zh": "月饼", "place": "2"}, follow=True
    ).content.decode()
    assert "offered" in page
    staff.client.post(address("remove-hot-word", word.word_id))
    assert list_hot_words() == []


def test_a_removed_hot_word_is_put_back_as_it_was(db, enter) -> None:
    staff = enter(StaffRole.REVIEWER)
    given = {"zh": "月饼", "en": "mooncake", "query": "月饼 礼盒", "place": "3"}
    days = {"starts_on": "2026-09-01", "ends_on": "2026-10-01"}
    staff.client.post(address("add-hot-word"), {**given, **days})
    (word,) = list_hot_words()
    page = staff.client.post(address("remove-hot-word", word.word_id), follow=True).content.decode()
    (undo,) = re.findall(r'action="(/search/hot/put-back/[^"]+)"', page)
    assert list_hot_words() == []
    for _ in range(2):  # the second press finds it there
        staff.client.post(unescape(undo))
        (back,) = list_hot_words()
        assert replace(back, word_id=0) == replace(word, word_id=0)
    assert staff.client.post(f"{address('put-back-hot-word')}?place=x").status_code == 404


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"zh": "", "en": "", "place": "1"}, "at least one word"),
        ({"zh": "茶", "place": ""}, "Give it a place"),
        ({"zh": "茶", "place": "x"}, "A whole number"),
        ({"zh": "旧茶", "place": "1"}, "Another hot word asks the same"),
        ({"zh": "茶", "place": "1", "starts_on": "2026-01-02", "ends_on": "2026-01-01"}, "ends before it begins"),
    ],
)
def test_a_bad_hot_word_is_refused(db, enter, given, said) -> None:
    save_hot_word(word=HotWord(0, "旧茶", "", "旧茶", 1), actor_id=1, now=timezone.now())
    answer = enter().client.post(address("add-hot-word"), given)
    assert answer.status_code == 422 and said in answer.content.decode() and len(list_hot_words()) == 1


def test_a_word_is_kept_from_becoming_hot(db, enter) -> None:
    staff = enter()
    assert (
        "never becomes hot"
        in staff.client.post(address("block-word"), {"words": "Casino"}, follow=True).content.decode()
    )
    assert list_blocked() == ["casino"]
    staff.client.post(address("unblock-word"), {"key": "casino"})
    assert list_blocked() == []
    assert staff.client.post(address("block-word"), {"words": "！"}).status_code == 422


@pytest.fixture
def mugs(shop_a) -> list[int]:
    """Listing ids of three mugs."""
    now = timezone.now()
    offers = [
        stock_product(shop_a, sku=f"MUG-{n}", price_minor=4200, pieces=5, title=f"青釉杯{n}号", now=now)
        for n in (1, 2, 3)
    ]
    refresh_listings(shop_id=shop_a.shop_id, product_ids=[offer.product_id for offer in offers], now=now)
    return [find_listing_id(shop_id=shop_a.shop_id, product_id=offer.product_id) or 0 for offer in offers]


def test_products_are_pinned_and_buried_for_a_query(mugs, enter) -> None:
    staff = enter()
    page = staff.get(address("place"), q="青釉杯").content.decode()
    assert "3 products found" in page and f"place-{mugs[2]}" in page
    given = {f"place-{mugs[2]}": "1", f"place-{mugs[0]}": "x", "add": f"http://jishi.localhost/item/{mugs[1]}/"}
    page = staff.client.post(f"{address('place')}?q=青釉杯", given, follow=True).content.decode()
    assert list_placements() == {"青釉杯": Placements((mugs[2], mugs[1]), frozenset({mugs[0]}))}
    assert "青釉杯" in staff.get(address("placements")).content.decode()
    assert "Search shows it so within a second" in page
    staff.client.post(f"{address('place')}?q=青釉杯", {f"place-{mugs[2]}": ""})
    assert list_placements() == {}


@pytest.mark.parametrize(
    ("given", "said"),
    [({"place-1": "soon"}, "A place is a number"), ({"add": "no such"}, "No product on the market")],
)
def test_a_bad_place_is_refused(mugs, enter, given, said) -> None:
    answer = enter().client.post(f"{address('place')}?q=青釉杯", given)
    assert answer.status_code == 422 and said in answer.content.decode() and list_placements() == {}


def read_sides(page: str) -> tuple[list[str], list[str]]:
    """The titles with the decision and without it, in their order; the sought ones stand before both."""
    with_it, without = (part.partition("</section>")[0] for part in page.split('<section class="panel flush"')[-2:])
    return tuple(re.findall(r'class="two-lines">(青釉杯\d号)', side) for side in (with_it, without))  # type: ignore[return-value]


def test_a_product_is_found_by_its_title_tried_and_saved(mugs, enter) -> None:
    staff = enter(StaffRole.REVIEWER)
    here = f"{address('place')}?q=青釉杯"
    plain, same = read_sides(staff.get(address("place"), q="青釉杯").content.decode())
    assert plain == same and len(plain) == 3
    last = next(
        pk for pk, title in zip(mugs, ("青釉杯1号", "青釉杯2号", "青釉杯3号"), strict=True) if title == plain[2]
    )
    other = next(pk for pk in mugs if pk != last)
    found = staff.client.post(here, {"add": "青釉杯", "try": "find"})
    page = found.content.decode()
    assert found.status_code == 200 and "Place now" in page
    assert all(page.count(f'name="place-{pk}"') == 1 for pk in mugs), "a field is there once, wherever its product is"
    given = {f"place-{last}": "1", f"place-{other}": "x", "add": ""}
    page = staff.client.post(here, {**given, "try": "places"}).content.decode()
    assert "not saved yet" in page and list_placements() == {}
    tried, without = read_sides(page)
    assert without == plain and tried[0] == plain[2] and len(tried) == 3, "the buried one stands below"
    assert f'name="place-{last}" size="3" maxlength="2" autocomplete="off" value="1"' in page
    page = staff.client.post(here, given, follow=True).content.decode()
    assert "not saved yet" not in page and read_sides(page) == (tried, plain)
    assert list_placements() == {"青釉杯": Placements((last,), frozenset({other}))}


def test_saving_with_a_title_asks_for_the_product_and_keeps_what_was_typed(mugs, enter) -> None:
    staff = enter()
    answer = staff.client.post(f"{address('place')}?q=青釉杯", {"add": "青釉杯2号", f"place-{mugs[0]}": "x"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Give one of these products a place" in page and list_placements() == {}
    assert re.search(rf'name="place-{mugs[0]}"[^>]*value="x"', page)


def test_too_many_pins_are_refused_before_anything_is_asked(mugs, enter) -> None:
    given = {f"place-{number}": "1" for number in range(1_000_000, 1_000_011)}
    answer = enter().client.post(f"{address('place')}?q=青釉杯", {**given, "try": "places"})
    assert answer.status_code == 422 and "At most 10 products can be pinned" in answer.content.decode()


def test_a_pinned_product_that_is_gone_is_flagged(mugs, enter) -> None:
    staff = enter()
    staff.client.post(f"{address('place')}?q=青釉杯", {"place-99999": "1"})
    assert "1 pinned product is not on the market" in staff.get(address("placements")).content.decode()
    assert "not on the market" in staff.get(address("place"), q="青釉杯").content.decode()


def test_only_reviewers_change_words(mugs, enter) -> None:
    support = enter(StaffRole.SUPPORT)
    for name in ("synonyms", "hot-words", "placements"):
        assert "Add the" not in support.get(address(name)).content.decode()
    posts = {"add-synonyms": {"phrases": "a\nb"}, "add-hot-word": {"zh": "a", "place": 1}, "block-word": {"words": "a"}}
    for name, given in posts.items():
        assert support.client.post(address(name), given).status_code == 403
    assert support.client.post(f"{address('place')}?q=青釉杯", {f"place-{mugs[0]}": "1"}).status_code == 403
    assert not list_groups() and not list_hot_words() and not list_placements()

"""Words and bids as a file: what goes out comes in the same, and no file breaks the reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.auction.contracts import MatchType
from search.campaigns.contracts import BadInput, Charge, KeywordView, PartState
from search.campaigns.rules.checking import check_word
from search.campaigns.rules.word_table import MOST_BYTES, FileRefused, read_table, write_table


def _is_word(text: str) -> bool:
    try:
        return check_word(text)[0] == text
    except BadInput:
        return False


words = st.builds(
    lambda number, text, match, bid, state: KeywordView(
        keyword_id=number, group_id=1, text=text, match=match, bid_minor=bid, state=state
    ),
    st.integers(1, 10**6),
    st.text(st.sampled_from("杯碗茶 mug\"',=+-@12"), min_size=1, max_size=20).filter(_is_word),
    st.sampled_from(MatchType),
    st.none() | st.integers(5, 99_999),
    st.sampled_from([PartState.RUNNING, PartState.PAUSED]),
)


@given(st.lists(words, min_size=1, max_size=20))
def test_what_goes_out_comes_in_the_same(rows: list[KeywordView]) -> None:
    table = read_table("".join(write_table(rows)).encode(), Charge.CLICK, 100_000)
    assert table.issues == ()
    assert [(word.text, word.match, word.bid_minor, word.state) for word in table.words] == [
        (row.text, row.match, row.bid_minor, row.state) for row in rows
    ]


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    try:
        table = read_table(content, Charge.CLICK, 5_000)
    except FileRefused as error:
        assert error.code
    else:
        assert table.words or table.issues


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"word\n", "empty"),
        (b"text,bid\n\xe6\x9d\xaf,1\n", "no_head"),
        (b"word\n" + b"cup\n" * 2_001, "too_many_rows"),
        (b"word\n" + b"x" * MOST_BYTES, "too_large"),
        (b"word\n\0\n", "not_text"),
        (b"\xff\xff\xff\x81", "not_text"),
    ],
)
def test_what_is_no_table_is_refused_whole(content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_table(content, Charge.CLICK, 5_000)
    assert refused.value.code == code


def test_files_of_chinese_spreadsheets_are_read() -> None:
    content = "关键词,匹配方式,出价,状态\r\n马克杯,精确,¥1.20,暂停\r\n陶瓷 杯,,,\r\n".encode("gb18030")
    first, second = read_table(content, Charge.CLICK, 5_000).words
    assert (first.text, first.match, first.bid_minor, first.state) == (
        "马克杯", MatchType.EXACT, 120, PartState.PAUSED
    )  # fmt: skip
    assert (second.match, second.bid_minor, second.state) == (MatchType.PHRASE, None, PartState.RUNNING)


@pytest.mark.parametrize(
    ("typed", "match"),
    [("短语匹配", "phrase"), ("精准匹配", "exact"), ("广泛匹配", "broad"), ("精确", "exact"), ("词组", "phrase")],
)
def test_a_match_may_be_typed_as_pages_call_it(typed: str, match: str) -> None:
    table = read_table(f"词,匹配\n马克杯,{typed}\n".encode(), Charge.CLICK, 5_000)
    assert [word.match.value for word in table.words] == [match]


@pytest.mark.parametrize(("text", "cell"), [("=杯", "'=杯"), ("'=杯", "''=杯"), ("'杯", "''杯"), ("杯=", "杯=")])
def test_a_formula_in_a_word_is_made_harmless_and_comes_back(text: str, cell: str) -> None:
    row = KeywordView(
        keyword_id=1, group_id=1, text=text, match=MatchType.BROAD, bid_minor=None, state=PartState.RUNNING
    )
    table = "".join(write_table([row]))
    assert table.splitlines()[1].split(",")[0] == cell
    assert read_table(table.encode(), Charge.CLICK, 5_000).words[0].text == text

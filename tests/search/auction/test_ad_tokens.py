"""Tokens of shown ads: what we signed is read back, whatever else is refused."""

import hmac
import random
import string
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.auction import ad_tokens
from search.auction.ad_tokens import BadToken, TokenExpired, compute_expiry, read_token, sign_token
from search.auction.contracts import KeyRing, ShownAd, TokenKind
from tests.search.auction.markets import LONG, SEED, steady

NOW = 1_795_862_400
TRIES = 1_000_000 if LONG else 30_000
OLD, NEW, FOREIGN = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))
RING = KeyRing(8, ((7, OLD), (8, NEW)))
SHOWN = ShownAd(
    kind=TokenKind.CLICK,
    decision=UUID(int=0x1234_5678_9ABC_DEF0_1234_5678_9ABC_DEF0),
    day=20_785,
    ad=4_711,
    place=3,
    price_micro=37_000_000,
    lease=99,
    expires_second=NOW + 7_200,
)
ALPHABET = string.ascii_letters + string.digits + "-_"

many_shown = st.builds(
    ShownAd,
    kind=st.sampled_from(TokenKind),
    decision=st.uuids(),
    day=st.integers(0, 2**16 - 1),
    ad=st.integers(0, 2**63 - 1),
    place=st.integers(1, 255),
    price_micro=st.integers(0, 2**63 - 1),
    lease=st.integers(0, 2**63 - 1),
    expires_second=st.integers(1, 2**48 - 1),
)


@steady
@given(many_shown)
def test_what_was_signed_is_read_back_whole(shown: ShownAd) -> None:
    text = sign_token(shown, RING)
    assert len(text) == ad_tokens.LENGTH
    assert set(text) <= set(ALPHABET)
    assert read_token(text, RING, now_second=shown.expires_second - 1) == shown


def test_a_view_lives_30_minutes_and_a_click_two_hours() -> None:
    for kind, seconds in ((TokenKind.VIEW, 1_800), (TokenKind.CLICK, 7_200)):
        shown = replace(SHOWN, kind=kind, expires_second=compute_expiry(kind, NOW))
        text = sign_token(shown, RING)
        assert read_token(text, RING, now_second=NOW + seconds - 1) == shown
        with pytest.raises(TokenExpired):
            read_token(text, RING, now_second=NOW + seconds)


def test_keys_rotate_and_old_tokens_live_while_their_key_is_kept() -> None:
    before = sign_token(SHOWN, KeyRing(7, ((7, OLD),)))
    assert read_token(before, RING, now_second=NOW) == SHOWN
    with pytest.raises(BadToken):
        read_token(before, KeyRing(8, ((8, NEW),)), now_second=NOW)
    with pytest.raises(BadToken):
        read_token(before, KeyRing(8, ((7, FOREIGN), (8, NEW))), now_second=NOW)


def test_a_token_of_another_version_is_not_read_as_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ad_tokens, "VERSION", 2)
    text = sign_token(SHOWN, RING)
    monkeypatch.undo()
    with pytest.raises(BadToken):
        read_token(text, RING, now_second=NOW)


def test_a_late_forgery_is_bad_and_not_expired() -> None:
    forged = sign_token(replace(SHOWN, expires_second=5), KeyRing(8, ((8, FOREIGN),)))
    with pytest.raises(BadToken):
        read_token(forged, RING, now_second=NOW)


def rewritten(text: str, start: int, part: bytes) -> str:
    raw = bytearray(urlsafe_b64decode(text))
    raw[start : start + len(part)] = part
    return urlsafe_b64encode(bytes(raw)).decode()


@pytest.mark.parametrize(
    ("name", "start", "part"),
    [
        ("version", 0, b"\x02"),
        ("key", 1, b"\x00\x07"),
        ("unknown key", 1, b"\xff\xff"),
        ("kind", 3, b"\x01"),
        ("day", 4, (20_786).to_bytes(2)),
        ("decision", 6, bytes(16)),
        ("ad", 22, (4_712).to_bytes(8)),
        ("place", 30, b"\x01"),
        ("price", 31, bytes(8)),
        ("lease", 39, (98).to_bytes(8)),
        ("expiry", 47, (NOW + 99_999).to_bytes(8)),
        ("signature", 55, bytes(32)),
    ],
)
def test_no_field_can_be_rewritten(name: str, start: int, part: bytes) -> None:
    text = sign_token(SHOWN, RING)
    changed = rewritten(text, start, part)
    assert changed != text, name
    with pytest.raises(BadToken):
        read_token(changed, RING, now_second=NOW)


def test_a_field_of_another_token_does_not_fit() -> None:
    """Every cut: the first part of one token and the rest of another, both signed by us."""
    one = urlsafe_b64decode(sign_token(SHOWN, RING))
    other = urlsafe_b64decode(sign_token(replace(SHOWN, ad=5, price_micro=1, decision=UUID(int=7)), RING))
    for cut in range(len(one) + 1):
        mixed = one[:cut] + other[cut:]
        if mixed in (one, other):
            continue
        with pytest.raises(BadToken):
            read_token(urlsafe_b64encode(mixed).decode(), RING, now_second=NOW)


def test_every_bit_counts() -> None:
    raw = urlsafe_b64decode(sign_token(SHOWN, RING))
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BadToken):
            read_token(urlsafe_b64encode(bytes(flipped)).decode(), RING, now_second=NOW)


def test_truncated_longer_and_differently_spelt_tokens_are_refused() -> None:
    text = sign_token(SHOWN, RING)
    spelt = [text[:length] for length in range(len(text))]
    spelt += [text + "=", text + "A", " " + text, text[:-1] + "\n", text[:-1] + "é", text[:-1] + "\0"]
    spelt += [text[:50] + "!" + text[50:-1], text[:-4] + "====", "+" * 116, "/" * 116, "=" * 116]
    standard = text.replace("-", "+").replace("_", "/")
    assert standard != text, "this token has to have one of the two"
    for wrong in [*spelt, standard, text.swapcase()]:
        with pytest.raises(BadToken):
            read_token(wrong, RING, now_second=NOW)


@steady
@given(st.text(max_size=200) | st.text(ALPHABET, min_size=116, max_size=116))
def test_any_text_is_bad_and_no_crash(text: str) -> None:
    with pytest.raises(BadToken):
        read_token(text, RING, now_second=NOW)


def forge(chance: random.Random, text: str, other: str) -> str:
    """A forgery: chance, a few changed characters, two tokens crossed, another key, a known digest on another body."""
    kind = chance.randrange(6)
    if kind == 0:
        return "".join(chance.choices(ALPHABET, k=116))
    if kind == 1:
        letters = list(text)
        for _ in range(chance.randint(1, 4)):
            letters[chance.randrange(116)] = chance.choice(ALPHABET)
        return "".join(letters)
    if kind == 2:
        cut = chance.randrange(1, 116)
        return text[:cut] + other[cut:]
    if kind == 3:
        cheaper = replace(SHOWN, price_micro=chance.randrange(37_000_000), ad=chance.randrange(10**6))
        return sign_token(cheaper, KeyRing(8, ((8, chance.randbytes(32)),)))
    if kind == 4:
        return rewritten(text, chance.randrange(55), chance.randbytes(chance.randint(1, 16)))
    return urlsafe_b64encode(chance.randbytes(55) + urlsafe_b64decode(text)[55:]).decode()


@pytest.mark.timeout(3_600)
def test_no_forged_token_is_accepted() -> None:
    chance = random.Random(SEED)
    text, other = sign_token(SHOWN, RING), sign_token(replace(SHOWN, ad=5, price_micro=1), RING)
    accepted = tried = 0
    while tried < TRIES:
        forged = forge(chance, text, other)
        if forged in (text, other):
            continue
        tried += 1
        try:
            read_token(forged, RING, now_second=NOW)
        except BadToken:
            continue
        accepted += 1
    print(f"{tried} forged tokens from seed {SEED}, {accepted} accepted")
    assert accepted == 0


def test_signatures_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(ad_tokens, "hmac", type("Watched", (), {"compare_digest": compare, "digest": hmac.digest}))
    text = sign_token(SHOWN, RING)
    read_token(text, RING, now_second=NOW)
    with pytest.raises(BadToken):
        read_token(rewritten(text, 55, bytes(32)), RING, now_second=NOW)
    assert compared == [(32, 32), (32, 32)]


@pytest.mark.parametrize(
    ("current", "keys"),
    [
        (1, ()),
        (1, ((2, OLD),)),
        (1, ((1, OLD), (1, NEW))),
        (1, ((1, OLD[:31]),)),
        (-1, ((-1, OLD),)),
        (65_536, ((65_536, OLD),)),
    ],
)
def test_key_rings_that_could_not_be_trusted_are_refused(current: int, keys: tuple[tuple[int, bytes], ...]) -> None:
    with pytest.raises(ValueError, match="key"):
        KeyRing(current, keys)


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": 65_536},
        {"place": 0},
        {"place": 256},
        {"ad": -1},
        {"price_micro": 2**63},
        {"lease": -1},
        {"expires_second": -1},
    ],
)
def test_what_does_not_fit_is_not_signed(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"day|ad"):
        replace(SHOWN, **wrong)

"""The third ranker of the pool: pieces of words, for typing errors, pinyin and the goods of the other language."""

import re
from collections.abc import Iterable, Iterator

from pypinyin import lazy_pinyin

from search.listings.contracts import ListingDocument
from search.tokens.text import clean
from tests.search.relevance.rankers import TermRanker

_LATIN = re.compile(r"[a-z0-9]+")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
# Words whose translation stands in the goods of the other language.
TRANSLATIONS = {
    "耳机": "headphones headset",
    "手机": "phone smartphone galaxy",
    "手机壳": "mobile phone case cover",
    "笔记本电脑": "notebook laptop",
    "电脑": "computer pc notebook",
    "口红": "lipstick",
    "打印机": "printer",
    "墨盒": "ink cartridge",
    "硒鼓": "toner cartridge",
    "鼠标": "mouse",
    "游戏": "gaming",
    "键盘": "keyboard",
    "机械": "mechanical",
    "投影": "projector",
    "灯泡": "lamp bulb",
    "不间断电源": "uninterruptible power supply ups",
    "内存": "memory module ddr",
    "剃须刀": "shaver",
    "数据线": "usb cable",
    "网线": "networking cable patch",
    "线": "cable",
    "显示器": "monitor lcd",
    "laptop": "notebook 笔记本电脑",
    "notebook": "笔记本电脑",
    "headphones": "耳机",
    "phone": "手机",
    "lipstick": "口红 唇膏",
    "lotion": "乳液 化妆水",
    "pajamas": "睡衣",
    "stripes": "条纹",
    "xiaomi": "小米 红米",
    "honor": "荣耀",
    "apple": "苹果 iphone macbook",
    "red": "红色",
    "gaming": "游戏",
    "洗面奶": "洁面",
    "中性笔": "凝胶墨水圆珠笔",
    "文具": "铅笔 橡皮 荧光笔 笔记本",
    "苹果": "iphone apple macbook",
    "screen": "monitor lcd",
    "stick": "flash drive",
    "spare": "projector lamp",
}


_LONGEST_TEXT = 600
_LONGEST_RUN = 12


def make_pieces_ranker(documents: Iterable[ListingDocument]) -> TermRanker:
    """BM25 over three letters of Latin, one and two characters of Chinese, and three letters of its pinyin."""
    return TermRanker(
        "pieces", documents, cut_product=_cut, cut_query=lambda words: _cut(f"{words} {_translate(words)}")
    )


def _translate(words: str) -> str:
    """What the query would be in the goods' other language, as far as we know."""
    plain = clean(words)
    latin = _LATIN.findall(plain)
    return " ".join(said for word, said in TRANSLATIONS.items() if word in (latin if word.isascii() else plain))


def _cut(text: str) -> Iterator[str]:
    """The pieces of the first part of a text."""
    plain = clean(text[:_LONGEST_TEXT])
    for run in _LATIN.findall(plain):
        yield from _cut_letters(run)
    for run in _HAN.findall(plain):
        yield from run
        yield from (run[start : start + 2] for start in range(len(run) - 1))
        yield from _cut_letters("".join(lazy_pinyin(run[:_LONGEST_RUN])))


def _cut_letters(run: str) -> Iterator[str]:
    edged = f"^{run}$"
    yield from (edged[start : start + 3] for start in range(len(edged) - 2))

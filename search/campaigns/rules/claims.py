"""What a line of advertising may not claim: superlatives (Advertising Law of the PRC, Article 9) and the like."""

import re
import unicodedata
from collections.abc import Iterable

_WORDS = (
    "国家级",
    "最高级",
    "最佳",
    "最好",
    "顶级",
    "极品",
    "最低价",
    "全网最低",
    "全网最",
    "史上最",
    "唯一",
    "第一品牌",
    "绝对",
    "100%有效",
    "免检",
    "特供",
    "专供",
    "加微信",
)
_COUNTED = (
    "次天步眼课章季代口杯件双本册集批周年月日期场篇页排遍颗支单台把只个份款条套瓶盒盏束封站层道轮届号位句首家块手",
    "时间|人称|印象|学期|桶金|夫人",
)
_GOODS = (
    "口碑|口红|眼镜|眼霜|手机|手表|手工|手袋|手游|家具|家电|家居|家纺|家装|批发(?!货)|杯子|杯具|本土|本地|首饰|首选|"
    "单车|代工(?!艺)|代购"
)
"""What begins like something that is counted, and is not: 第一手 may be said, 第一手机 may not."""

_ONE = "第(?:一|1(?![0-9]))"
_FIRST = re.compile(f"{_ONE}(?:名|{_GOODS}|(?![{_COUNTED[0]}]|{_COUNTED[1]}))")
"""First without what is counted: 第一次 and 第一杯 say when, not how good. 第一名 is a rank."""

_ALL = re.compile("全国|全网|全球|全市|世界|中国|国内|亚洲|行业|销量|口碑|品质|质量|人气|天下")
_FIRST_OF_ALL = re.compile(f"(?:{_ALL.pattern}){_ONE}")
"""First of all that there are, whatever follows."""

_CLAIMS = (_FIRST_OF_ALL, _FIRST, *(re.compile(re.escape(word)) for word in _WORDS))

_ALLOWED = re.compile(r"《[^》]*》|全网最后|国家级(?=非物质文化遗产|非遗)")
"""Titles of works, the last of something, and what the state itself calls so."""

_LEAST_OF_A_NAME = 2


def find_claim(line: str, *, names: Iterable[str] = ()) -> str:
    """The first word of a line that may not be claimed; "" where there is none.

    `names` may be said as they are, but hide no claim that is not wholly inside of them. A name that is little else
    than a claim hides none at all.
    """
    said = _prepare(line)
    own = [
        span
        for name in filter(_is_name, map(_prepare, names))
        for span in _list_spans(re.compile(re.escape(name)), said)
    ]
    claims = (span for pattern in _CLAIMS for span in _list_spans(pattern, said))
    outside = [claim for claim in claims if not any(name[0] <= claim[0] and claim[1] <= name[1] for name in own)]
    if not outside:
        return ""
    start, end = min(outside, key=lambda claim: claim[0])
    return said[start:end]


def _prepare(text: str) -> str:
    """Without spaces, wide signs as plain ones, and without what may be said."""
    return _ALLOWED.sub("·", "".join(unicodedata.normalize("NFKC", text).split()))


def _list_spans(pattern: re.Pattern[str], said: str) -> list[tuple[int, int]]:
    return [found.span() for found in pattern.finditer(said)]


def _is_name(name: str) -> bool:
    """Whether something is left of a name without its claims, and without the words that make them larger."""
    claimed = {place for pattern in (*_CLAIMS, _ALL) for span in _list_spans(pattern, name) for place in range(*span)}
    return len(name) - len(claimed) >= _LEAST_OF_A_NAME

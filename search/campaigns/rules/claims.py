"""What a line of advertising may not claim: superlatives (Advertising Law of the PRC, Article 9) and the like."""

import re
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
    "次天步眼课章季代口杯件双本册集批周年月日期场篇页排遍颗支单台把只个份款条套瓶盒盏束封站层道轮届号位句首",
    "时间|人称|印象|学期|桶金|夫人",
)
_FIRST = re.compile(f"第一(?:名|(?![{_COUNTED[0]}]|{_COUNTED[1]}))")
"""First without what is counted: 第一次 and 第一杯 say when, not how good. 第一名 is a rank."""

_FIRST_OF_ALL = re.compile(r"(?:全国|全网|全球|全市|世界|中国|国内|亚洲|行业|销量|口碑|品质|质量|人气|天下)第一")
"""First of all that there are, whatever follows."""

_ALLOWED = re.compile(r"《[^》]*》|全网最后|国家级(?=非物质文化遗产|非遗)")
"""Titles of works, the last of something, and what the state itself calls so."""


def find_claim(line: str, *, names: Iterable[str] = ()) -> str:
    """The first word of a line that may not be claimed; "" where there is none. `names` may be said as they are."""
    said = line
    for name in filter(None, names):
        said = said.replace(name, "·")
    said = _ALLOWED.sub("·", "".join(said.split()))
    places = {said.find(word): word for word in reversed(_WORDS) if word in said}
    for pattern in (_FIRST, _FIRST_OF_ALL):
        if found := pattern.search(said):
            places[found.start()] = found[0]
    return places[min(places)] if places else ""

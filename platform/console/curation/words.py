"""What is said when a word or a group of them is refused."""

from django.utils.translation import gettext

from search.curation.contracts import LONGEST_PHRASE, MOST_PHRASES
from search.curation.rules import BadPhrases


def say_phrases(error: BadPhrases) -> str:
    """The sentence for a refused group."""
    sentences = {
        "too_few": gettext("A group needs two phrases or more, one a line."),
        "too_many": gettext("A group has at most %(most)s phrases. Make a second one of some."),
        "too_long": gettext("“%(phrase)s” is longer than %(longest)s characters. Shorten it."),
        "no_word": gettext("“%(phrase)s” holds no word. Leave it out."),
        "same_twice": gettext("“%(phrase)s” stands there twice: search sees no difference. Leave one out."),
        "said_elsewhere": gettext("Another group has “%(phrase)s” beside a phrase of this one. Change that one."),
    }
    return sentences[error.reason] % {"phrase": error.phrase, "most": MOST_PHRASES, "longest": LONGEST_PHRASE}


def say_word(reason: str) -> str:
    """The sentence for a refused hot or blocked word."""
    sentences = {
        "no_word": gettext("Write at least one word that can be searched for."),
        "too_long": gettext("At most %(longest)s characters. Shorten it.") % {"longest": LONGEST_PHRASE},
        "same_twice": gettext("Another hot word asks the same. Change that one."),
        "ends_before_start": gettext("It ends before it begins. Change one of the two days."),
    }
    return sentences[reason]

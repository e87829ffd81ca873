"""`{% translate %}` as Django's, but a sentence that stands in the template is looked up once per language."""

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.translation import get_language

register = template.Library()


class SaidNode(TranslateNode):
    """Remembers its sentence. What comes out of a variable is translated each time, as Django does it."""

    def __init__(self, node: TranslateNode) -> None:
        super().__init__(node.filter_expression, node.noop, node.asvar, node.message_context)
        self._is_constant = not node.filter_expression.filters and node.filter_expression.var.literal is not None
        self._is_constant &= node.message_context is None or not node.message_context.is_var
        self._said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        if not self._is_constant:
            return super().render(context)
        language = get_language()
        sentence = self._said.get(language)
        if sentence is None:
            drawn = super().render(context)
            sentence = self._said[language] = str(context[self.asvar]) if self.asvar else drawn
        if self.asvar:
            context[self.asvar] = sentence
            return ""
        return sentence


@register.tag
def translate(parser: Parser, token: Token) -> SaidNode:
    """Compile the tag as Django does."""
    return SaidNode(do_translate(parser, token))

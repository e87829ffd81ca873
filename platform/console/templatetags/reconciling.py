"""Tags of reconciliation: kinds and states in words, files by name, refusals as sentences."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.settlement.contracts.reconciling import FindingView, ProviderStatementView
from console.reconciling import words

register = template.Library()
_LISTS = {
    "provider": words.PROVIDERS,
    "statement": words.STATEMENTS,
    "kind": words.FINDING_KINDS,
    "sentence": words.KIND_SENTENCES,
    "line": words.LINE_KINDS,
    "finding": words.FINDING_STATES,
    "file": words.STATEMENT_STATES,
}


@register.filter
def called(value: object, kind: str) -> str:
    """The word for a kind or state of reconciliation; what has none shows as it is."""
    return str(_LISTS[kind].get(str(value), value))


@register.simple_tag
def stands(value: object, kind: str) -> SafeString:
    """A state as a badge with its word."""
    return format_html('<span class="badge {}">{}</span>', words.STATE_TONES.get(str(value), ""), called(value, kind))


@register.filter
def refused(statement: ProviderStatementView) -> str:
    """Why a file was refused, with row and column."""
    return words.explain_refusal(
        statement.refusal, statement.refused_row, statement.refused_column, statement.refused_params
    )


@register.filter
def why(finding: FindingView) -> str:
    """Why a difference is decided."""
    return words.say_reason(finding)


@register.filter
def share_of(part: int, whole: int) -> int:
    """A part in percent, rounded down: 100 only when all of it is."""
    return 100 * part // whole if whole else 100

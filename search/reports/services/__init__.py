"""Writes of reports."""

from search.reports.services.crediting import credit_sale, note_refund

__all__ = ["credit_sale", "note_refund"]

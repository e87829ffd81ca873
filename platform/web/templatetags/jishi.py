"""The tags of all pages: a builtin library, so no template has to load it. README.md shows each one in use."""

from django import template

from web.tags import forms, kept, parts, said, ways, words

register = template.Library()
for library in (words.register, ways.register, parts.register, forms.register, kept.register, said.register):
    register.tags.update(library.tags)
    register.filters.update(library.filters)

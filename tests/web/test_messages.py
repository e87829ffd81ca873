"""Catalogues compile without gettext, and a word without Chinese is found."""

from pathlib import Path

import pytest

from web.messages import compile_all, list_keys, list_missing

PO = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=1; plural=0;\\n"

msgid "Cart"
msgstr "购物车"

msgctxt "door"
msgid "Account"
msgstr "我的"

msgid "Search"
msgstr ""

msgid "%(count)s item"
msgid_plural "%(count)s items"
msgstr[0] "%(count)s件"
"""
PAGE = """<div>
    {% translate "Cart" %}{% translate "Account" context "door" %}
  {% blocktranslate count count=n %}{{ count }} item{% plural %}{{ count }} items{% endblocktranslate %}
 {% translate "Search" %}{# {% translate "Never" %} #}</div>"""
CODE = """from django.utils.translation import gettext as _


def say():
    return _("Cart"), _("Pay now"), "not a message"
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "app" / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO, encoding="utf-8")
    (tmp_path / "app" / "page.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "app" / "code.py").write_text(CODE, encoding="utf-8")
    return tmp_path


def test_a_catalogue_is_compiled_once(tree: Path) -> None:
    assert compile_all(tree) == 1
    assert (tree / "app/locale/zh_Hans/LC_MESSAGES/django.mo").stat().st_size > 0
    assert compile_all(tree) == 0
    assert not list(tree.rglob("django.[0-9]*"))


def test_messages_of_templates_and_code_are_found(tree: Path) -> None:
    assert list_keys(tree / "app/page.html") == {
        ("", "Cart"),
        ("door", "Account"),
        ("", "%(count)s item"),
        ("", "Search"),
    }
    assert list_keys(tree / "app/code.py") == {("", "Cart"), ("", "Pay now")}


def test_a_word_without_chinese_is_named_with_its_file(tree: Path) -> None:
    assert sorted((path.name, word) for path, word in list_missing(tree)) == [
        ("code.py", "Pay now"),
        ("page.html", "Search"),
    ]

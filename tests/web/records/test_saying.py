"""Templates and forms say what they say in the language of the visitor."""

from __future__ import annotations

import pytest
from django.template import Context, Engine
from django.utils.safestring import mark_safe
from django.utils.translation import override

from mingyue.phrases import chinese, say
from mingyue.printing.profiles.sourced import Title
from mingyue.web.records.language import current_language, in_current_language, said

ENGINE = Engine(builtins=["mingyue.web.records.templatetags.saying"])


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    for english, zh in {
        "{count:,} parts of {owner}": "{owner} 的 {count:,} 个零件",
        "Cut & print": "切片 & 打印",
    }.items():
        monkeypatch.setitem(chinese(), english, zh)


def shown(template: str, language: str = "zh-hans", **values: object) -> str:
    with override(language):
        return ENGINE.from_string(template).render(Context(values))


@pytest.mark.parametrize(
    ("code", "language"),
    [("zh-hans", "zh"), ("zh-cn", "zh"), ("zh", "zh"), ("en", "en"), ("en-gb", "en"), ("de", "en")],
)
def test_every_kind_of_chinese_is_chinese(code: str, language: str) -> None:
    with override(code):
        assert current_language() == language


def test_without_a_language_english_is_spoken() -> None:
    with override(None):
        assert current_language() == "en"


@pytest.mark.parametrize(("language", "text"), [("en", "1,234 parts of Ada"), ("zh-hans", "Ada 的 1,234 个零件")])
def test_a_phrase_is_said_with_its_values(language: str, text: str) -> None:
    page = '{% say "{count:,} parts of {owner}" count=n owner=name %}'

    assert shown(page, language, n=1234, name="Ada") == text


def test_values_are_escaped_once_and_safe_ones_never() -> None:
    page = '{% say "{count:,} parts of {owner}" count=1 owner=name as text %}[{{ text }}]'

    assert shown(page, name="<b>'A'</b>") == "[&lt;b&gt;&#x27;A&#x27;&lt;/b&gt; 的 1 个零件]"
    assert shown(page, name=mark_safe("<b>A</b>")) == "[<b>A</b> 的 1 个零件]"
    assert shown('{% say "Cut & print" %}') == "切片 &amp; 打印"


def test_a_mail_is_not_escaped() -> None:
    page = '{% autoescape off %}{% say "{count:,} parts of {owner}" count=1 owner=name %}'
    page += '{% say "Cut & print" %}{% endautoescape %}'

    assert shown(page, name="<A>") == "<A> 的 1 个零件切片 & 打印"


def test_values_that_are_phrases_or_titles_are_translated_too() -> None:
    page = '{% say "{count:,} parts of {owner}" count=1 owner=name %}'

    assert shown(page, name=say("is encrypted")) == "已加密 的 1 个零件"
    assert shown(page, name=Title("S230 class", "S230 级")) == "S230 级 的 1 个零件"
    assert shown(page, "en", name=Title("S230 class", "S230 级")) == "1 parts of S230 class"


def test_a_phrase_of_python_is_shown_in_the_visitors_language() -> None:
    phrase = say("{file} is empty.", file="<a>")

    assert shown("{{ phrase|said }}", phrase=phrase) == "&lt;a&gt; 是空文件。"
    assert shown("{{ phrase|said }}", "en", phrase=phrase) == "&lt;a&gt; is empty."
    assert shown("{{ phrase|said }}", phrase="no phrase") == "no phrase"
    assert shown("{{ phrase|said }}", phrase=Title("S230 class", "S230 级")) == "S230 级"
    with override("zh-hans"):
        assert in_current_language(phrase) == "<a> 是空文件。"


def test_a_label_is_translated_when_it_is_shown() -> None:
    label = said("Cut & print")

    with override("zh-hans"):
        assert str(label) == "切片 & 打印"
    with override("en"):
        assert str(label) == "Cut & print"

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from html.parser import HTMLParser
from itertools import pairwise
import re
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._report.page import page, verdict_in_words
from ansible_collections.assumerole.s3.plugins.module_utils._report.style import INDEX, REPORT, style

VOID = ("meta", "br")


class Reader(HTMLParser):
    """Notes what a browser would find, and that everything opened is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag]


def all_kinds(a_check: Any) -> list[dict[str, Any]]:
    return [
        a_check("role.assume", principal="user", action="sts:AssumeRole"),
        a_check("role.read", "missing_access"),
        a_check("user.read", "excess_access", principal="user", expected="denied"),
        a_check("config.role.trust", "inconclusive", action="iam:GetRole"),
    ]


BOUNDED = {
    "Path in IAM": {"path": "/partners/"},
    "Permissions boundary": {"permissions_boundary": "arn:aws:iam::123456789012:policy/bounds"},
    "Must not use": {"forbidden_kms_keys": ["arn:aws:kms:eu-central-1:123456789012:key/1234abcd"]},
}


@pytest.mark.parametrize("name", BOUNDED)
def test_what_few_contracts_have_is_said_where_they_have_it(name: str, a_report: Any, a_contract: Any) -> None:
    (value,) = BOUNDED[name].values()
    said = value if isinstance(value, str) else value[0]
    assert f"<dt>{name}</dt><dd>{said}</dd>" in page(a_report(about=a_contract(**BOUNDED[name])))
    assert f"<dt>{name}</dt>" not in page(a_report())


HOSTILE = "\"'><script>alert(1)</script><img src=//x onerror=alert(1)>{{ 7 * 7 }}</style>\x00\ud800"
FREE = ("id", "principal", "action", "resource", "observed", "cause", "advice", "request_id", "time")


def hostile(a_report: Any, a_check: Any, a_contract: Any) -> dict[str, Any]:
    """A report with the hostile text wherever a text can stand."""
    error = {"code": HOSTILE, "status": 403, "message": HOSTILE, "request_id": HOSTILE}
    bad = [{**check, **dict.fromkeys(FREE, HOSTILE), "error": error} for check in all_kinds(a_check)]
    placed = [{**check, "id": f"role.read@{HOSTILE}", "action": "s3:GetObject"} for check in bad]
    about = a_contract(
        **dict.fromkeys(("user", "role", "bucket", "prefix"), HOSTILE),
        permissions=[HOSTILE],
        forbidden_buckets=[HOSTILE],
    )
    made = a_report(
        *bad,
        *placed,
        about=about,
        msg=HOSTILE,
        caller={"arn": HOSTILE},
        session={"arn": HOSTILE},
        leftovers=[HOSTILE],
    )
    return {**made, "created": HOSTILE, "collection_version": HOSTILE}


def test_hostile_names_are_text(a_report: Any, a_check: Any, a_contract: Any) -> None:
    made = page(hostile(a_report, a_check, a_contract))
    seen = Reader(made)
    assert seen.all("script") == []
    assert seen.all("img") == []
    assert len(seen.all("style")) == 1
    assert "<script" not in made
    shown = HOSTILE.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")
    assert "".join(seen.text).count(shown) > 40
    made.encode()


def test_no_element_can_run_or_load_anything(a_report: Any, a_check: Any, a_contract: Any) -> None:
    for made in (a_report(*all_kinds(a_check)), hostile(a_report, a_check, a_contract)):
        for tag, attrs in Reader(page(made)).found:
            assert tag not in ("script", "link", "iframe", "object", "embed", "img", "form", "base")
            assert [name for name in attrs if name.startswith("on") or name in ("src", "style", "srcset")] == []
            assert (attrs.get("href") or "#").startswith("#mark-") or "href" not in attrs
    assert re.findall(r"url\(|@import|//", style(REPORT, INDEX)) == []


def test_the_browser_is_told_to_run_and_load_nothing(a_report: Any) -> None:
    policies = [item for item in Reader(page(a_report())).all("meta") if item.get("http-equiv")]
    assert policies == [
        {
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
        }
    ]


def test_the_page_has_a_language_landmarks_and_headings_in_order(a_report: Any, a_check: Any) -> None:
    seen = Reader(page(a_report(*all_kinds(a_check))))
    assert seen.all("html") == [{"lang": "en"}]
    assert [len(seen.all(tag)) for tag in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    levels = [int(tag[1]) for tag, _attrs in seen.found if re.fullmatch(r"h\d", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_section_is_named_by_its_heading(a_report: Any, a_check: Any) -> None:
    seen = Reader(page(a_report(*all_kinds(a_check))))
    named = [section["aria-labelledby"] for section in seen.all("section")]
    assert named == [heading["id"] for heading in seen.all("h2")]
    assert named == ["findings", "contract", "objects", "else", "evidence"]


def test_no_id_is_given_twice(a_report: Any, a_check: Any) -> None:
    ids = [attrs["id"] for _tag, attrs in Reader(page(a_report(*all_kinds(a_check)))).found if "id" in attrs]
    assert len(ids) == len(set(ids))


WORDS = [
    (["pass", "pass"], "All 2 checks passed: what must work works, and what must be refused is refused."),
    (["excess_access", "pass"], "1 thing works that must be refused; 1 check passed."),
    (["missing_access", "missing_access"], "2 things are refused that must work; no check passed."),
    (
        ["excess_access", "excess_access", "missing_access", "inconclusive", "pass", "pass"],
        "2 things work that must be refused, 1 thing is refused that must work, 1 question stays open; "
        "2 checks passed.",
    ),
    (["inconclusive", "inconclusive", "pass"], "2 questions stay open; 1 check passed."),
]


@pytest.mark.parametrize(("outcomes", "sentence"), WORDS)
def test_the_verdict_is_one_sentence(a_report: Any, a_check: Any, outcomes: list[str], sentence: str) -> None:
    made = a_report(*(a_check(f"x{number}", outcome) for number, outcome in enumerate(outcomes)))
    assert verdict_in_words(made) == sentence
    assert sentence in page(made)


VERDICTS = [
    ("pass", "Verified", "works"),
    ("excess_access", "Violated", "missing"),
    ("inconclusive", "Inconclusive", "unknown"),
]


@pytest.mark.parametrize(("outcome", "word", "mark"), VERDICTS)
def test_the_verdict_is_a_word_and_a_mark_at_the_top_and_in_the_title(
    a_report: Any, a_check: Any, outcome: str, word: str, mark: str
) -> None:
    made = page(a_report(a_check("role.read", outcome)))
    assert f"<title>{word}: partner-exchange on example</title>" in made
    assert f'<p class="verdict {mark}"><svg class="mark {mark}"' in made
    assert f"<strong>{word}. </strong>" in made


ENFORCED = [(False, "it does not enforce IAM"), (None, "It could not be told whether the endpoint enforces IAM")]


@pytest.mark.parametrize(("enforced", "words"), ENFORCED)
def test_an_endpoint_that_does_not_enforce_is_named_at_the_top(
    a_report: Any, enforced: bool | None, words: str
) -> None:
    header = page(a_report(enforced=enforced)).split("</header>")[0]
    assert words in header
    assert words not in page(a_report()).split("</header>")[0]


def test_whether_an_external_id_is_required_is_shown(a_report: Any, a_contract: Any) -> None:
    assert "<dt>External id</dt><dd>required</dd>" in page(a_report())
    assert "<dt>External id</dt><dd>not required</dd>" in page(a_report(about=a_contract(external_id_required=False)))


def test_a_role_that_could_not_be_assumed_leaves_no_gap(a_report: Any, a_check: Any) -> None:
    made = page(a_report(a_check("role.assume", "missing_access", action="sts:AssumeRole"), caller={}, session={}))
    assert "the role could not be assumed" in made
    assert "<dt>User</dt><dd>partner</dd>" in made
    assert "<dt>Account</dt><dd>it could not be told</dd>" in made
    assert "<dt>User that asked</dt><dd>its key was not let in</dd>" in made
    assert 'id="objects"' not in made


def test_user_role_and_bucket_are_named_alike_with_their_account(a_report: Any) -> None:
    made = page(a_report())
    for what, name in (("User", "partner"), ("Role", "partner-exchange"), ("Bucket", "example")):
        assert f"<dt>{what}</dt><dd>{name}</dd>" in made
    assert "<dt>Account</dt><dd>123456789012</dd>" in made
    assert "partner through the role partner-exchange, account 123456789012</p>" in made
    assert "Region" not in made


def test_the_region_is_named_where_it_is_known(a_report: Any) -> None:
    made = page({**a_report(), "region": "eu-central-1"})
    assert "<dt>Region</dt><dd>eu-central-1</dd>" in made
    assert "account 123456789012, eu-central-1</p>" in made


def test_what_is_no_matter_of_objects_stands_by_what_it_is_about(a_report: Any, a_check: Any) -> None:
    made = page(a_report(*all_kinds(a_check)))
    table = made.split('class="statements"')[1].split("</table>")[0]
    assert re.findall(r'<th scope="rowgroup"[^>]*>([^<]*)</th>', table) == ["The role", "Configuration"]
    assert table.count("<tbody>") == 2

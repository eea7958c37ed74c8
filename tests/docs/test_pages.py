# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README and the guides hold together. ``make docs`` does what they say."""

from __future__ import annotations

from collections import Counter
import re

from pages import Command, Excused, File, Unclear, shows, steps
import pytest
from stories import STORIES
import yaml

from lab.checkout import CHECKOUT
from mutations.catalogue import EXCESS, HARMLESS, MISSING
from mutations.every import EVERY

FOLLOWED = [page for story in STORIES for page in story.pages]
PATTERNS = ("*.md", "docs/**/*.md", "examples/*.md", "roles/*/README.md")
PAGES = sorted(str(path.relative_to(CHECKOUT)) for pattern in PATTERNS for path in CHECKOUT.glob(pattern))


def test_a_page_is_followed_once() -> None:
    assert sorted(FOLLOWED) == sorted(set(FOLLOWED))
    assert set(FOLLOWED) <= set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_whatever_a_page_asks_for_is_done_in_a_story(page: str) -> None:
    assert page in FOLLOWED or not _asked((CHECKOUT / page).read_text()), f"{page} is in none of STORIES"


@pytest.mark.parametrize("page", PAGES)
def test_no_block_of_code_is_overlooked(page: str) -> None:
    """By the reader of :mod:`pages`, who knows blocks between lines of three backticks."""
    text = (CHECKOUT / page).read_text()
    fences = re.findall(r"^[ >]*(?:```|~~~).*$", text, flags=re.MULTILINE)
    blocks = {step.line for step in steps(text) if not isinstance(step, Command)} | _console_blocks(text)
    assert len(fences) == 2 * len(blocks), f"{page}: {fences}"


def _asked(text: str) -> list[int]:
    """The lines of what a reader would type, or write into a file."""
    return [step.line for step in steps(text) if not isinstance(step, Excused)]


def _console_blocks(text: str) -> set[int]:
    """The lines on which blocks of commands begin, but for those that are excused."""
    excused = {step.line for step in steps(text) if isinstance(step, Excused)}
    begins = {text.count("\n", 0, found.start()) + 1 for found in re.finditer(r"^```console$", text, re.MULTILINE)}
    return begins - excused


@pytest.mark.parametrize("page", PAGES)
def test_its_yaml_is_yaml(page: str) -> None:
    for step in steps((CHECKOUT / page).read_text()):
        if (isinstance(step, Excused) and step.language == "yaml") or (
            isinstance(step, File) and step.name.endswith((".yml", ".yaml"))
        ):
            assert yaml.safe_load(step.text), f"{page}:{step.line}"


#: The files of a page that stand in ``examples``, too.
EXAMPLES = {
    "README.md": ("partner.yml", "site.yml"),
    "docs/adopting.md": ("analyst.yml",),
    "docs/many-contracts.md": ("inventory.yml", "group_vars/contracts.yml", "host_vars/globex.yml"),
}


@pytest.mark.parametrize("page", EXAMPLES)
def test_an_example_is_what_its_page_shows(page: str) -> None:
    shown = {step.name: step.text for step in steps((CHECKOUT / page).read_text()) if isinstance(step, File)}
    for name in EXAMPLES[page]:
        assert (CHECKOUT / "examples" / name).read_text() == f"---\n{shown[name]}", name


def test_every_example_stands_on_a_page() -> None:
    files = {str(path.relative_to(CHECKOUT / "examples")) for path in (CHECKOUT / "examples").glob("**/*.yml")}
    assert files == {name for names in EXAMPLES.values() for name in names}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    folder = (CHECKOUT / page).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", (CHECKOUT / page).read_text()):
        if target.startswith(("https://", "http://")):
            continue
        path, _hash, anchor = target.partition("#")
        linked = folder / path if path else CHECKOUT / page
        assert linked.exists(), f"{page} links to {target}, and there is no such file"
        assert not anchor or anchor in _anchors(linked.read_text()), f"{page} links to {target}: no such heading"


def _anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub and GitLab make them."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_index_lists_every_page() -> None:
    index = (CHECKOUT / "docs" / "index.md").read_text()
    assert [page for page in PAGES if page.startswith("docs/") and f"({page.removeprefix('docs/')})" not in index] == [
        "docs/index.md"
    ]


def test_the_readme_names_all_plugins_and_playbooks() -> None:
    contents = (CHECKOUT / "README.md").read_text().split("## Contents")[1].split("## ")[0]
    kinds = (
        "plugins/modules/*.py",
        "plugins/inventory/*.py",
        "plugins/filter/*.py",
        "plugins/lookup/*.py",
        "playbooks/*.yml",
    )
    names = {path.stem for kind in kinds for path in CHECKOUT.glob(kind)} - {"__init__"}
    assert sorted(name for name in names if f"`{name}`" not in contents) == []


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Only words.\n", []),
        ("```console\n$ ls\n```\n", [2]),
        ("```yaml\n# site.yml\na: 1\n```\n", [1]),
        ("<!-- not run: why -->\n```yaml\na: 1\n```\n", []),
        ("<!-- run as: ls -l; because why -->\n```console\n$ ls\n```\n", [2]),
    ],
)
def test_what_a_page_asks_for_is_known(text: str, asked: list[int]) -> None:
    assert _asked(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "```\nls\n```\n",
        "```yaml\nkey: value\n```\n",
        "```console\nls\n```\n",
        "  ```console\n  $ ls\n  ```\n",
        "<!-- in the checkout -->\n```sh\nls\n```\n",
    ],
)
def test_a_block_that_nobody_would_run_is_noticed(text: str) -> None:
    with pytest.raises(Unclear):
        steps(text)


@pytest.mark.parametrize(
    ("page", "output", "same"),
    [
        ("one\n", "one\n", True),
        ("one\n", "\none  \n\n", True),
        ("one\n", "one\ntwo\n", False),
        ("one\n", "zero\none\n", False),
        ("one\n…\n", "one\ntwo\nthree\n", True),
        ("…\nthree\n", "one\ntwo\nthree\n", True),
        ("one\n…\nthree\n", "one\nthree\n", True),
        ("one\n…\nthree\n", "one\ntwo\n", False),
        ("ok=… changed=0\n", "ok=12 changed=0\n", True),
        ("ok=… changed=0\n", "ok=12 changed=10\n", False),
        ("ok=…changed=0\n", "ok=12\nchanged=0\n", False),
        ("a.c\n", "abc\n", False),
        ("done\n", "1 %\r50 %\rdone \n", True),
        ("", "whatever\n", True),
    ],
)
def test_output_is_what_the_page_shows(page: str, output: str, same: bool) -> None:
    assert shows(page, output) is same


def test_the_readme_s_figures_are_true() -> None:
    """Of the mutations there are at least as many as it says."""
    made = Counter(mutation.kind for mutation in EVERY)
    said = re.findall(r"[Mm]ore than (\d+) (ways|changes)", (CHECKOUT / "README.md").read_text())
    there_are = {"ways": made[EXCESS] + made[MISSING], "changes": made[HARMLESS]}
    assert [there_are[what] > int(number) for number, what in said] == [True, True]

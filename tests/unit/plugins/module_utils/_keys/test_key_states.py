# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each state does: the rules that all stores share, tried with stores in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import json
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._keys.states import absent, present, read
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import (
    Kept,
    Request,
    StoredKey,
    Surroundings,
    Trouble,
)
from ansible_collections.assumerole.s3.plugins.module_utils._keys.text_store import TextStore, key_in, text_of

OWNER = "arn:aws:iam::123456789012:user/partner"
KEY = StoredKey("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIEXAMPLEKEY", OWNER)
OLD = StoredKey("AKIAOLDEXAMPLE", "OLDSECRETEXAMPLE", OWNER)
OTHERS = StoredKey("AKIAOTHEREXAMPLE", "OTHERSECRETEXAMPLE", "arn:aws:iam::123456789012:user/other")
FOREIGN = ["", "a password", "[]", "null", '{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}', text_of(OTHERS)]
ASKED = Request(owner=OWNER, path="shelf")
GIVEN = Request(owner=OWNER, path="shelf", access_key_id=KEY.access_key_id, secret_access_key=KEY.secret_access_key)
ADOPTING = Request(**{**vars(GIVEN), "adopt": True})


class Shelf(TextStore):
    """A store in memory, that remembers what was done with it."""

    name = "shelf"
    on_control_node = True
    place = "the shelf"

    def __init__(self, text: str | None = None, in_the_way: str = "") -> None:
        super().__init__(ASKED, Surroundings())
        self.text, self.in_the_way = text, in_the_way
        self.done: list[str] = []

    def read_text(self) -> str | None:
        return self.text

    def write_text(self, text: str) -> None:
        self.text = text
        self.done.append("write")

    def delete(self) -> None:
        self.text = None
        self.done.append("delete")

    def obstacle(self) -> str:
        return self.in_the_way

    @contextmanager
    def held(self) -> Iterator[None]:
        self.done.append("hold")
        yield
        self.done.append("let go")


class Note(Shelf):
    """A store that tells a key whoever put it there, and can be left open to everybody."""

    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self.kept = kept

    def read(self) -> Kept:
        return self.kept


def test_what_is_kept_is_what_a_credential_process_prints() -> None:
    kept = json.loads(text_of(KEY))
    assert kept["Version"] == 1
    assert (kept["AccessKeyId"], kept["SecretAccessKey"]) == (KEY.access_key_id, KEY.secret_access_key)
    assert key_in(text_of(KEY)) == KEY


@pytest.mark.parametrize("holder", [KEY, GIVEN, Kept(OWNER, KEY)], ids=lambda holder: type(holder).__name__)
def test_the_secret_is_not_shown_by_accident(holder: object) -> None:
    assert KEY.secret_access_key not in repr(holder) + str(holder)


def test_a_key_is_read_with_the_options_that_use_it() -> None:
    found = read(Shelf(text_of(KEY)), ASKED, False)
    assert found["access_key_id"] == KEY.access_key_id
    assert found["credentials"] == {"profile": "", "access_key": KEY.access_key_id, "secret_key": KEY.secret_access_key}
    assert (found["obstacle"], found["readable"], found["changed"]) == ("", True, False)


def test_an_empty_store_can_be_written() -> None:
    shelf = Shelf()
    found = read(shelf, ASKED, False)
    assert (found["access_key_id"], found["obstacle"]) == ("", "")
    assert present(shelf, GIVEN, False)["changed"]
    assert shelf.text == text_of(KEY)


@pytest.mark.parametrize("text", FOREIGN)
def test_what_somebody_else_keeps_is_in_the_way(text: str) -> None:
    shelf = Shelf(text)
    found = read(shelf, ASKED, False)
    assert found["access_key_id"] == ""
    assert found["obstacle"].startswith("the shelf ")
    assert found["obstacle"].endswith(
        ": choose another bucket_access_key_store_path, or set bucket_access_adopt to [profile] to overwrite it."
    )
    with pytest.raises(Trouble, match=r"^The shelf "):
        present(shelf, GIVEN, False)
    assert absent(shelf, ASKED, False) == {"changed": False}
    assert shelf.text == text


def test_it_is_said_whose_key_is_in_the_way_and_not_which() -> None:
    found = str(read(Shelf(text_of(OTHERS)), ASKED, False))
    assert f"the shelf belongs to {OTHERS.owner}: " in found
    assert OTHERS.access_key_id not in found
    assert OTHERS.secret_access_key not in found


@pytest.mark.parametrize("text", FOREIGN)
def test_what_somebody_else_keeps_is_overwritten_when_told_to(text: str) -> None:
    shelf = Shelf(text)
    assert read(shelf, ADOPTING, False)["obstacle"] == ""
    assert present(shelf, ADOPTING, False)["changed"]
    assert shelf.text == text_of(KEY)


def test_a_place_that_holds_this_very_key_becomes_ours() -> None:
    theirs = StoredKey(KEY.access_key_id, KEY.secret_access_key, "")
    note = Note(Kept(owner="", key=theirs))
    assert present(note, GIVEN, False)["changed"]
    assert note.text == text_of(KEY)


def test_a_place_that_others_can_read_is_written_again() -> None:
    note = Note(Kept(OWNER, KEY, exposed=True))
    assert present(note, GIVEN, False)["changed"]
    assert note.text == text_of(KEY)


def test_the_same_key_is_not_written_again() -> None:
    shelf = Shelf(text_of(KEY))
    assert present(shelf, GIVEN, False) == {"changed": False}
    assert "write" not in shelf.done


def test_a_key_is_replaced_and_removed_while_others_wait() -> None:
    shelf = Shelf(text_of(OLD))
    assert present(shelf, GIVEN, False)["changed"]
    assert shelf.text == text_of(KEY)
    assert absent(shelf, ASKED, False)["changed"]
    assert shelf.text is None
    assert absent(shelf, ASKED, False) == {"changed": False}
    assert shelf.done == ["hold", "write", "let go", "hold", "delete", "let go"]


def test_check_mode_says_what_would_change_and_touches_nothing() -> None:
    empty, full = Shelf(), Shelf(text_of(KEY))
    assert present(empty, GIVEN, True)["changed"]
    assert absent(full, ASKED, True)["changed"]
    assert empty.done == full.done == []


def test_a_diff_shows_the_ids_and_of_the_secrets_that_they_are_there() -> None:
    diff = present(Shelf(text_of(OLD)), GIVEN, True)["diff"]
    assert diff["before_header"] == diff["after_header"] == "the shelf"
    assert diff["before"] == f"access_key_id: AKIAOLDEXAMPLE\nsecret_access_key: (not shown)\nowner: {OWNER}\n"
    assert KEY.access_key_id in diff["after"]
    assert KEY.secret_access_key not in str(diff)
    assert absent(Shelf(text_of(OLD)), ASKED, True)["diff"]["after"] == ""


def test_an_obstacle_is_read_and_stops_a_write() -> None:
    shelf = Shelf(in_the_way="the shelf is full.")
    assert read(shelf, ASKED, False)["obstacle"] == "the shelf is full."
    with pytest.raises(Trouble, match=r"^The shelf is full\.$"):
        present(shelf, GIVEN, False)
    assert shelf.text is None


@pytest.mark.parametrize("missing", ["access_key_id", "secret_access_key"])
def test_half_a_key_is_never_kept(missing: str) -> None:
    shelf = Shelf()
    half: Any = {**vars(GIVEN), "state": "present", "store": "shelf", missing: ""}
    with pytest.raises(Trouble) as caught:
        present(shelf, Request(**half), False)
    assert str(caught.value) == f"{missing} is empty: give one, as store=shelf with state=present needs it."
    assert shelf.done == []

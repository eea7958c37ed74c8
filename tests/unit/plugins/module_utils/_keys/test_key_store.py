# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._keys.key_store import (
    NotOurs,
    StoredKey,
    parsed,
    read,
    remove,
    write,
)

OWNER = "arn:aws:iam::123456789012:user/partner"
KEY = StoredKey("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIEXAMPLEKEY", OWNER)
OTHERS = StoredKey("AKIAOTHEREXAMPLE", "OTHERSECRETEXAMPLE", "arn:aws:iam::123456789012:user/other")
FOREIGN = ["", "a password", "[]", "null", '{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}', OTHERS.text]


class Shelf:
    """A store in memory, that remembers what was done with it."""

    place = "the shelf"

    def __init__(self, text: str | None = None) -> None:
        self.text = text
        self.touched = False

    def read(self) -> str | None:
        return self.text

    def write(self, text: str) -> None:
        self.text, self.touched = text, True

    def remove(self) -> None:
        self.text, self.touched = None, True


def test_what_is_kept_is_what_a_credential_process_prints() -> None:
    kept = json.loads(KEY.text)
    assert kept["Version"] == 1
    assert (kept["AccessKeyId"], kept["SecretAccessKey"]) == (KEY.access_key_id, KEY.secret_access_key)
    assert parsed(KEY.text) == KEY


def test_the_secret_is_not_shown_by_accident() -> None:
    assert KEY.secret_access_key not in repr(KEY)


def test_a_key_is_read_with_the_options_that_use_it() -> None:
    found = read(Shelf(KEY.text), OWNER)
    assert found["access_key_id"] == KEY.access_key_id
    assert found["credentials"] == {"profile": "", "access_key": KEY.access_key_id, "secret_key": KEY.secret_access_key}
    assert (found["obstacle"], found["readable"]) == ("", True)


def test_an_empty_store_can_be_written() -> None:
    shelf = Shelf()
    assert read(shelf, OWNER)["access_key_id"] == ""
    assert read(shelf, OWNER)["obstacle"] == ""
    assert write(shelf, KEY, adopt=False, check_mode=False)
    assert shelf.text == KEY.text


@pytest.mark.parametrize("text", FOREIGN)
def test_what_somebody_else_keeps_is_in_the_way(text: str) -> None:
    shelf = Shelf(text)
    found = read(shelf, OWNER)
    assert found["access_key_id"] == ""
    assert found["obstacle"].startswith("The shelf ")
    assert "bucket_access_adopt_profile" in found["obstacle"]
    with pytest.raises(NotOurs, match="The shelf"):
        write(shelf, KEY, adopt=False, check_mode=False)
    assert not remove(shelf, OWNER, check_mode=False)
    assert not shelf.touched


@pytest.mark.parametrize("text", FOREIGN)
def test_what_somebody_else_keeps_is_overwritten_when_told_to(text: str) -> None:
    shelf = Shelf(text)
    assert read(shelf, OWNER, adopt=True)["obstacle"] == ""
    assert write(shelf, KEY, adopt=True, check_mode=False)
    assert shelf.text == KEY.text


def test_the_same_key_is_not_written_again() -> None:
    shelf = Shelf(KEY.text)
    assert not write(shelf, KEY, adopt=False, check_mode=False)
    assert not shelf.touched


def test_a_key_is_replaced_and_removed() -> None:
    shelf = Shelf(StoredKey("AKIAOLDEXAMPLE", "OLDSECRETEXAMPLE", OWNER).text)
    assert write(shelf, KEY, adopt=False, check_mode=False)
    assert shelf.text == KEY.text
    assert remove(shelf, OWNER, check_mode=False)
    assert shelf.text is None
    assert not remove(shelf, OWNER, check_mode=False)


def test_check_mode_says_what_would_change_and_changes_nothing() -> None:
    empty, full = Shelf(), Shelf(KEY.text)
    assert write(empty, KEY, adopt=False, check_mode=True)
    assert remove(full, OWNER, check_mode=True)
    assert not empty.touched
    assert not full.touched

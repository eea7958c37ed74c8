# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.plugin_utils._validated import WrongArguments, validated

SPEC: dict[str, Any] = {
    "store": {"type": "str", "choices": ["profile", "none"], "default": "profile"},
    "owner": {"type": "str", "required": True},
    "adopt": {"type": "bool", "default": False},
    "tags": {"type": "dict", "default": {}},
    "secret": {"type": "str", "no_log": True},
}


def sentence_for(**given: Any) -> str:
    with pytest.raises(WrongArguments) as caught:
        validated("a_module", SPEC, {"owner": "me", **given})
    return str(caught.value)


@pytest.mark.parametrize(("text", "value"), [("false", False), ("no", False), ("0", False), ("true", True)])
def test_the_text_of_a_command_line_is_the_value_that_it_says(text: str, value: bool) -> None:
    assert validated("a_module", SPEC, {"owner": "me", "adopt": text})["adopt"] is value


def test_what_is_left_out_has_its_default() -> None:
    assert validated("a_module", SPEC, {"owner": "me"}) == {
        "store": "profile",
        "owner": "me",
        "adopt": False,
        "tags": {},
        "secret": None,
    }


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"adopt": "perhaps"}, "argument 'adopt' is of type "),
        ({"tags": "team"}, "argument 'tags' is of type "),
        ({"store": "profil"}, "value of store must be one of: profile, none, got: profil"),
        ({"stoer": "none"}, "Unsupported parameters for (a_module) module: stoer. Supported parameters include: "),
    ],
)
def test_what_is_wrong_is_a_sentence_that_names_the_argument(given: dict[str, Any], names: str) -> None:
    assert sentence_for(**given).startswith(names)


def test_a_missing_argument_is_named() -> None:
    with pytest.raises(WrongArguments, match=r"^missing required arguments: owner$"):
        validated("a_module", SPEC, {})


def test_a_misspelt_argument_is_named_before_the_one_that_is_missing_for_it() -> None:
    with pytest.raises(WrongArguments, match=r"module: ownr\."):
        validated("a_module", SPEC, {"ownr": "me"})


@pytest.mark.parametrize("name", ["store", "adopt", "stoer"])
def test_a_secret_is_not_in_the_sentence_even_in_the_wrong_place(name: str) -> None:
    assert "SECRETEXAMPLE" not in sentence_for(secret="SECRETEXAMPLE", **{name: "SECRETEXAMPLE"})


def test_the_tasks_own_arguments_stay_as_they_are() -> None:
    given = {"owner": "me", "adopt": "false"}
    validated("a_module", SPEC, given)
    assert given == {"owner": "me", "adopt": "false"}

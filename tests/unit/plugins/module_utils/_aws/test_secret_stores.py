# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws import secret_stores

CALLS: list[Callable[[Any], object]] = [
    lambda client: secret_stores.get_secret(client, "x"),
    lambda client: secret_stores.put_secret(client, "x", "SECRETEXAMPLE"),
    lambda client: secret_stores.create_secret(client, "x", "SECRETEXAMPLE", {}),
    lambda client: secret_stores.delete_secret(client, "x"),
    lambda client: secret_stores.get_parameter(client, "x"),
    lambda client: secret_stores.create_parameter(client, "x", "SECRETEXAMPLE", {}),
    lambda client: secret_stores.replace_parameter(client, "x", "SECRETEXAMPLE"),
    lambda client: secret_stores.delete_parameter(client, "x"),
]


class Client:
    """A client whose every call ends the same way."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, _operation: str) -> Callable[..., object]:
        def call(**_params: object) -> object:
            raise self.error

        return call


@pytest.mark.parametrize("call", CALLS)
def test_an_answer_that_cannot_be_parsed_is_never_quoted(call: Callable[[Any], object]) -> None:
    with pytest.raises(secret_stores.UnreadableAnswer) as caught:
        call(Client(ResponseParserError("invalid XML: SECRETEX")))
    assert str(caught.value) == ""
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("call", CALLS)
def test_a_refusal_goes_on_to_whoever_asked(call: Callable[[Any], object]) -> None:
    with pytest.raises(ClientError):
        call(Client(ClientError({"Error": {"Code": "AccessDeniedException"}}, "Any")))


@pytest.mark.parametrize(
    ("code", "call", "answer"),
    [
        ("ResourceNotFoundException", CALLS[0], None),
        ("ResourceNotFoundException", CALLS[1], False),
        ("ParameterNotFound", CALLS[4], None),
        ("ParameterAlreadyExists", CALLS[5], False),
    ],
)
def test_what_is_not_there_or_there_already_is_an_answer(
    code: str, call: Callable[[Any], object], answer: object
) -> None:
    assert call(Client(ClientError({"Error": {"Code": code}}, "Any"))) is answer

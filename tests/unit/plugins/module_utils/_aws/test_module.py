# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a module ends when AWS cannot be asked, or its answer cannot be read."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError, NoCredentialsError
from botocore.parsers import ResponseParserError
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import usable_connection


class Ended(Exception):
    """The module has ended with this message."""


class Module:
    """A module that fails."""

    def fail_json(self, msg: str) -> None:
        raise Ended(msg)


ENDS = [
    (NoCredentialsError(), "The credentials or the connection cannot be used"),
    (ValueError("Invalid endpoint: ftp"), "The credentials or the connection cannot be used"),
    (ResponseParserError("not well-formed"), "AWS's answer was cut off"),
]


@pytest.mark.parametrize(("error", "sentence"), ENDS, ids=lambda value: type(value).__name__)
def test_what_cannot_be_asked_ends_the_module_with_a_sentence(error: Exception, sentence: str) -> None:
    module: Any = Module()
    with pytest.raises(Ended, match=sentence), usable_connection(module):
        raise error


def test_what_aws_answers_is_the_modules_to_explain() -> None:
    module: Any = Module()
    refused = ClientError({"Error": {"Code": "AccessDenied"}}, "GetUser")
    with pytest.raises(ClientError), usable_connection(module):
        raise refused

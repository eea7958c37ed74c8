# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An answer that is cut off or not from AWS is an answer that cannot be told, and nothing of it is shown."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from botocore.parsers import ResponseParserError
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import read

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def cut_off() -> Any:
    raise ResponseParserError(f"invalid XML received: <SecretAccessKey>{SECRET}</Sec")


def no_timestamp() -> Any:
    raise ValueError(f"Invalid timestamp {SECRET}")


def round_in_circles() -> Any:
    return round_in_circles()


@pytest.mark.parametrize("call", [cut_off, no_timestamp, round_in_circles])
def test_what_botocore_cannot_read_is_not_quoted(call: Callable[[], Any]) -> None:
    answer = probes.ask(call)
    assert (answer.code, answer.status) == ("UnreadableAnswer", None)
    assert SECRET not in repr(answer)


@pytest.mark.parametrize("arn", ["", "x", "arn:aws:iam::1:", "arn:aws:sts::1:assumed-role", "arn:aws:iam::1:user/"])
def test_an_identity_that_is_no_arn_is_unreadable(arn: str) -> None:
    sts = SimpleNamespace(get_caller_identity=lambda: {"Arn": arn, "Account": "1", "UserId": "AIDA"})
    assert probes.identity(sts).code == "UnreadableAnswer"


@pytest.mark.parametrize("arn", ["arn:aws:iam::1:root", "arn:aws:iam::1:user/a/b", "arn:aws:sts::1:assumed-role/r/s"])
def test_an_identity_that_is_one_is_read(arn: str) -> None:
    sts = SimpleNamespace(get_caller_identity=lambda: {"Arn": arn, "Account": "1", "UserId": "AIDA"})
    assert probes.identity(sts).value["arn"] == arn


KEYS = {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": SECRET, "SessionToken": SECRET}


@pytest.mark.parametrize("response", [{}, {"Credentials": {}}, {"Credentials": KEYS}])
def test_half_a_session_is_none(response: dict[str, Any]) -> None:
    answer, credentials = probes.assume(SimpleNamespace(assume_role=lambda **_params: response), {})
    assert answer.code == "UnreadableAnswer"
    assert credentials is None


def test_a_part_of_the_configuration_that_is_missing_in_the_answer_is_unreadable() -> None:
    reading = read(dict, lambda page: page["User"])
    assert reading.unreadable
    assert reading.data is None

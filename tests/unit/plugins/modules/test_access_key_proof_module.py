# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that talks to AWS ends without a word of the SDK's and without a credential that it was given."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.modules.access_key_proof import main
from ansible_collections.assumerole.s3.plugins.plugin_utils._module_call import call

#: Nothing leaves this machine: the SDK refuses the header, the name or the profile before it connects.
KEY = {"access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
TOKEN = "IQoJb3JpZ2luX2Vj-very-secret\nsecond-line-of-it"

BREAKS = [
    ({**KEY, "session_token": TOKEN}, "the request could not be sent"),
    ({**KEY, "endpoint_url": "ftp//no-url"}, "a value is none that the SDK takes"),
    ({"profile": "no\x1b[31mbody"}, "there is no profile nobody"),
]


@pytest.mark.parametrize(("given", "sentence"), BREAKS)
def test_what_breaks_in_the_sdk_is_told_in_our_words(given: dict[str, Any], sentence: str) -> None:
    options = {"endpoint_url": "http://127.0.0.1:9", "region": "us-east-1", "state": "dead", "wait_timeout": 0, **given}
    result = call(main, options, {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": ""})
    assert (result.get("failed"), sentence in result["msg"]) == (True, True), result["msg"]
    assert "\x1b" not in result["msg"]
    for secret in ("very-secret", "second-line", KEY["secret_key"], "Traceback"):
        assert secret not in json.dumps(result)

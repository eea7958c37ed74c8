# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operator whom AWS does not let in has read nothing, so nothing is judged."""

from __future__ import annotations

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration, Reading
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller
from ansible_collections.assumerole.s3.plugins.module_utils._verification.operator import REFUSED, refuse_refused


def found(*codes: str | None) -> Configuration:
    return Configuration({f"reading-{number}": Reading(Answer(code=code)) for number, code in enumerate(codes)})


@pytest.mark.parametrize("code", sorted(REFUSED))
def test_one_reading_that_the_credentials_were_refused_for_is_enough(code: str) -> None:
    with pytest.raises(WrongCaller, match=rf"^AWS refuses the operator's credentials \({code}\), so nothing could be"):
        refuse_refused(found(None, "NoSuchEntity", code))


@pytest.mark.parametrize("code", [None, "AccessDenied", "NoSuchEntity", "Throttling", "NoSuchBucket"])
def test_what_the_operator_may_not_read_is_for_the_audit_to_say(code: str | None) -> None:
    refuse_refused(found(None, code))

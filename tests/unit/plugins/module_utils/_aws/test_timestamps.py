# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dates of AWS's answers: as botocore reads them, whichever form they have."""

from __future__ import annotations

from datetime import datetime, timezone

from botocore.utils import parse_timestamp
import dateutil.parser
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Connection, Identities
from ansible_collections.assumerole.s3.plugins.module_utils._aws.timestamps import timestamp
from ansible_collections.assumerole.s3.tests.unit.plugins.module_utils._aws.on_the_wire import answered

ISO = "2026-02-28T23:59:58Z"

USERS = f"""<ListUsersResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListUsersResult><Users><member>
<Arn>arn:aws:iam::123456789012:user/partner</Arn><CreateDate>{ISO}</CreateDate></member></Users>
<IsTruncated>false</IsTruncated></ListUsersResult></ListUsersResponse>"""


def _slow(*_value: object, **_options: object) -> datetime:
    raise AssertionError("this one is to be read without dateutil")


@pytest.mark.parametrize(
    "written",
    [
        ISO,
        "2026-02-28T23:59:58.123Z",
        "2026-02-28T23:59:58.123456Z",
        "2026-02-28T23:59:58+02:00",
        "2026-02-28 23:59:58",
        "Sat, 28 Feb 2026 23:59:58 GMT",
        "20260228T235958Z",
        "1772323198",
        1772323198,
        1772323198.25,
    ],
)
def test_each_form_is_the_moment_that_botocore_reads(written: str | float) -> None:
    found, expected = timestamp(written), parse_timestamp(written)
    assert found == expected
    assert found.utcoffset() == expected.utcoffset()


@pytest.mark.parametrize("written", ["Z", "soon", "2026-13-28T23:59:58Z", ""])
def test_what_is_no_date_is_refused_as_botocore_does(written: str) -> None:
    with pytest.raises(ValueError, match="Invalid timestamp"):
        timestamp(written)


def test_the_dates_of_users_are_read_without_dateutil(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dateutil.parser, "parse", _slow)
    key = {"access_key": "AKIAUSEREXAMPLE", "secret_key": "user-secret"}
    iam = Identities(Connection(region="us-east-1", **key)).user("iam")
    iam.meta.events.register("before-send.iam", lambda request, **_more: answered(request, 200, USERS))
    user = iam.list_users()["Users"][0]
    assert user["CreateDate"] == datetime(2026, 2, 28, 23, 59, 58, tzinfo=timezone.utc)

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an endpoint sends, for the SDK to read: the event ``before-send`` answers with it, and nothing is sent."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse


class Body(BytesIO):
    """As urllib3 gives it."""

    def stream(self, **_options: Any) -> Any:
        yield self.read()


def answered(request: Any, status: int, body: str, **headers: str) -> AWSResponse:
    """The answer to a request."""
    return AWSResponse(request.url, status, {"Content-Length": str(len(body)), **headers}, Body(body.encode()))

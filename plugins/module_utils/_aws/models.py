# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What botocore knows of AWS's services, read once and no more of it than is wanted: to read takes long."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any

try:
    from botocore.exceptions import DataNotFoundError
    from botocore.loaders import Loader, create_loader
except ImportError:
    Loader = None  # aws_module says so


@cache
def models(data_path: str | None) -> Loader:
    """The descriptions of all services, each read when it is first asked for.

    ``data_path`` is botocore's setting of that name: more folders to look into first.
    """
    return create_loader(data_path)


def read_ahead(*services: str) -> None:
    """Read what a client of each of these services needs. Without botocore there is nothing to be read."""
    if Loader is None:
        return
    with suppress(DataNotFoundError):
        built_in = models(None)
        for table in ("endpoints", "partitions", "sdk-default-configuration"):
            built_in.load_data(table)
        for service in services:
            for kind in ("service-2", "endpoint-rule-set-1"):
                built_in.load_service_model(service, kind, api_version=None)  # as botocore asks, or it is read anew


def read_only_trust(iam: Any) -> None:
    """From now on this client reads of each role that it lists the ARN and the trust policy, and that as IAM sends it.

    Where an account has thousands of roles, most of the time of the list goes into what nobody asks for.
    """
    role = iam.meta.service_model.operation_model("ListRoles").output_shape.members["Roles"].member
    text = role.members["Arn"]
    role.members.clear()
    role.members.update(Arn=text, AssumeRolePolicyDocument=text)

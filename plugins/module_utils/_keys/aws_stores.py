# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key in Secrets Manager or in the Parameter Store of Systems Manager."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.assumerole.s3.plugins.module_utils._aws import secret_stores
from ansible_collections.assumerole.s3.plugins.module_utils._aws.secret_stores import UnreadableAnswer
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import Request, Surroundings, Trouble
from ansible_collections.assumerole.s3.plugins.module_utils._keys.text_store import TextStore


class AwsStore(TextStore):
    """A store that AWS has; its name is that of the service. What is in the way of writing, only writing shows."""

    on_control_node = False
    lags = True
    kind: str

    def __init__(self, request: Request, surroundings: Surroundings) -> None:
        super().__init__(request, surroundings)
        self.place = self.kind.format(request.path)
        self._name, self._tags = request.path, request.tags
        self._client = surroundings.client(self.name)

    def obstacle(self) -> str:
        """None is known."""
        return ""

    @contextmanager
    def _answered(self) -> Iterator[None]:
        try:
            yield
        except UnreadableAnswer:
            raise Trouble(
                f"AWS's answer for {self.place} was cut off: run this again, and look for a proxy that cuts it."
            ) from None


class SecretsManager(AwsStore):
    """A secret, whose current version is the key."""

    name = "secretsmanager"
    kind = "the secret {} of Secrets Manager"

    def read_text(self) -> str | None:
        """The current version. A secret that is no text is somebody else's."""
        with self._answered():
            return secret_stores.get_secret(self._client, self._name)

    def write_text(self, text: str) -> None:
        """The next version; without a secret, one is made."""
        with self._answered():
            if not secret_stores.put_secret(self._client, self._name, text):
                secret_stores.create_secret(self._client, self._name, text, self._tags)

    def delete(self) -> None:
        """The secret goes."""
        with self._answered():
            secret_stores.delete_secret(self._client, self._name)


class Ssm(AwsStore):
    """A parameter that AWS encrypts, whose current version is the key."""

    name = "ssm"
    kind = "the parameter {} of Systems Manager"

    def read_text(self) -> str | None:
        """The current version."""
        with self._answered():
            return secret_stores.get_parameter(self._client, self._name)

    def write_text(self, text: str) -> None:
        """The next version; without a parameter, one is made."""
        with self._answered():
            if not secret_stores.create_parameter(self._client, self._name, text, self._tags):
                secret_stores.replace_parameter(self._client, self._name, text)

    def delete(self) -> None:
        """The parameter goes."""
        with self._answered():
            secret_stores.delete_parameter(self._client, self._name)

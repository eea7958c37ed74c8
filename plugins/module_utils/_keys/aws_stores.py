# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS's own stores for a text that is secret, each operation one call or two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

try:
    from botocore.exceptions import ClientError
    from botocore.parsers import ResponseParserError
except ImportError:
    pass  # aws_module says so

Client = Any


class UnreadableAnswer(Exception):
    """The answer is cut off, or none of AWS's. Nothing of it is kept: it may hold the secret."""


class SecretsManager:
    """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html"""

    def __init__(self, client: Client, name: str, tags: Mapping[str, str]) -> None:
        self.place = f"the secret {name} of Secrets Manager"
        self._client = client
        self._name = name
        self._tags = _tag_list(tags)

    def read(self) -> str | None:
        """The current version. A secret that is no text is somebody else's, and stands for itself by its ARN."""
        response = _unless_missing("ResourceNotFoundException", self._client.get_secret_value, SecretId=self._name)
        if response is None:
            return None
        return str(_member(response, "ARN" if "SecretBinary" in response else "SecretString"))

    def write(self, text: str) -> None:
        """A new version becomes the current one at once; without a secret, one is made."""
        try:
            self._client.put_secret_value(SecretId=self._name, SecretString=text)
        except ClientError as error:
            if _code(error) != "ResourceNotFoundException":
                raise
            self._client.create_secret(
                Name=self._name, SecretString=text, Tags=self._tags, Description="An access key, made by assumerole.s3"
            )

    def remove(self) -> None:
        """At once: AWS would keep the name for a week otherwise, and the key is dead by then."""
        self._client.delete_secret(SecretId=self._name, ForceDeleteWithoutRecovery=True)


class Ssm:
    """https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html"""

    def __init__(self, client: Client, name: str, tags: Mapping[str, str]) -> None:
        self.place = f"the parameter {name} of Systems Manager"
        self._client = client
        self._name = name
        self._tags = _tag_list(tags)

    def read(self) -> str | None:
        """The current version, decrypted."""
        call = self._client.get_parameter
        response = _unless_missing("ParameterNotFound", call, Name=self._name, WithDecryption=True)
        return None if response is None else str(_member(_member(response, "Parameter"), "Value"))

    def write(self, text: str) -> None:
        """AWS takes tags only for a parameter that is new."""
        values = {"Name": self._name, "Value": text, "Type": "SecureString"}
        try:
            self._client.put_parameter(**values, Tags=self._tags, Description="An access key, made by assumerole.s3")
        except ClientError as error:
            if _code(error) != "ParameterAlreadyExists":
                raise
            self._client.put_parameter(**values, Overwrite=True)

    def remove(self) -> None:
        """https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html"""
        self._client.delete_parameter(Name=self._name)


STORES: Mapping[str, Callable[[Client, str, Mapping[str, str]], SecretsManager | Ssm]] = {
    "secretsmanager": SecretsManager,
    "ssm": Ssm,
}


def _tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": str(value)} for key, value in tags.items()]


def _unless_missing(code: str, call: Callable[..., Any], **params: Any) -> Any:
    try:
        return call(**params)
    except ClientError as error:
        if _code(error) == code:
            return None
        raise
    except ResponseParserError:
        raise UnreadableAnswer from None


def _member(answer: Any, name: str) -> Any:
    try:
        return answer[name]
    except (LookupError, TypeError):
        raise UnreadableAnswer from None


def _code(error: Any) -> str:
    return str(error.response["Error"]["Code"])

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS's own stores for a text that is secret: Secrets Manager and the Parameter Store of Systems Manager."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

try:
    from botocore.exceptions import ClientError
    from botocore.parsers import ResponseParserError
except ImportError:
    pass  # aws_module says so

Client = Any

DESCRIPTION = "An access key, made by assumerole.s3"


class UnreadableAnswer(Exception):
    """The answer is cut off, or not from AWS. Nothing of it is kept: it may hold the secret."""


def get_secret(secretsmanager: Client, name: str) -> str | None:
    """The current version, ``None`` without one. A secret that is no text stands for itself by its ARN.

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
    """
    response = _asked(secretsmanager.get_secret_value, "ResourceNotFoundException", SecretId=name)
    if response is None:
        return None
    return str(_member(response, "ARN" if "SecretBinary" in response else "SecretString"))


def put_secret(secretsmanager: Client, name: str, text: str) -> bool:
    """A new version, which is the current one at once; ``False`` when there is no secret.

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
    """
    call = secretsmanager.put_secret_value
    return _asked(call, "ResourceNotFoundException", SecretId=name, SecretString=text) is not None


def create_secret(secretsmanager: Client, name: str, text: str, tags: Mapping[str, str]) -> None:
    """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html"""
    about: dict[str, Any] = {"Tags": _tag_list(tags), "Description": DESCRIPTION}
    _asked(secretsmanager.create_secret, Name=name, SecretString=text, **about)


def delete_secret(secretsmanager: Client, name: str) -> None:
    """At once: AWS would keep the name for a week otherwise, and the key is dead by then.

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
    """
    _asked(secretsmanager.delete_secret, SecretId=name, ForceDeleteWithoutRecovery=True)


def get_parameter(ssm: Client, name: str) -> str | None:
    """The current version, decrypted; ``None`` without one.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
    """
    response = _asked(ssm.get_parameter, "ParameterNotFound", Name=name, WithDecryption=True)
    return None if response is None else str(_member(_member(response, "Parameter"), "Value"))


def create_parameter(ssm: Client, name: str, text: str, tags: Mapping[str, str]) -> bool:
    """A new parameter, which alone takes tags; ``False`` when there is one.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
    """
    new: dict[str, Any] = {"Type": "SecureString", "Tags": _tag_list(tags), "Description": DESCRIPTION}
    return _asked(ssm.put_parameter, "ParameterAlreadyExists", Name=name, Value=text, **new) is not None


def replace_parameter(ssm: Client, name: str, text: str) -> None:
    """https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html"""
    _asked(ssm.put_parameter, Name=name, Value=text, Type="SecureString", Overwrite=True)


def delete_parameter(ssm: Client, name: str) -> None:
    """https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html"""
    _asked(ssm.delete_parameter, Name=name)


def _tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": str(value)} for key, value in tags.items()]


def _asked(call: Callable[..., Any], unless: str = "", **params: Any) -> Any:
    """The answer; ``None`` when AWS refuses with the code ``unless``."""
    try:
        return call(**params)
    except ClientError as error:
        if error.response["Error"]["Code"] == unless:
            return None
        raise
    except ResponseParserError:
        raise UnreadableAnswer from None


def _member(answer: Any, name: str) -> Any:
    try:
        return answer[name]
    except (LookupError, TypeError):
        raise UnreadableAnswer from None

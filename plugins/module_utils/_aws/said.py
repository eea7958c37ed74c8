# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be repeated of what others said: AWS's messages cleaned, the SDK's exceptions in words of ours. Pure.

The SDK quotes what it was given in its exceptions, a session's token among it, and a server may answer with anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
import re
from typing import Any
from urllib.parse import quote, urlsplit

#: The longest message of AWS's that is worth repeating; the denials that name policies have some hundred characters.
LONGEST = 1000

#: What stands in the place of a secret, as Ansible writes it.
HIDDEN = "********"

#: What is shorter is no secret of AWS's, and would be found everywhere.
SHORTEST_SECRET = 8

CHECK = "Check the network, the region and endpoint_url."
LOG_IN = "Log in, or name a profile or a key: AWS_PROFILE, or AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY."
LOG_IN_AGAIN = "Log in again with what gives the credentials, for example aws sso login."
MEND_FILES = "Mend the AWS config file, or the profile in it."

#: What went wrong and what to do, by the name of the SDK's exception, of which ``{}`` takes what is no secret:
#: https://github.com/boto/botocore/blob/develop/botocore/exceptions.py
TROUBLES: Mapping[str, tuple[str, str]] = {
    "NoCredentialsError": ("there are no credentials", LOG_IN),
    "PartialCredentialsError": ("a part of the credentials is missing", "Give both the id and the secret of the key."),
    "CredentialRetrievalError": ("what gives the credentials has failed", LOG_IN_AGAIN),
    "MetadataRetrievalError": ("this machine's metadata service gives no credentials", LOG_IN),
    "SSOTokenLoadError": ("nobody is logged in to IAM Identity Center", LOG_IN_AGAIN),
    "UnauthorizedSSOTokenError": ("the login to IAM Identity Center is over", LOG_IN_AGAIN),
    "TokenRetrievalError": ("the login to IAM Identity Center cannot be renewed", LOG_IN_AGAIN),
    "ProfileNotFound": (
        "there is no profile {profile}",
        "Set AWS_PROFILE, or the profile option, to one of the AWS files: aws configure list-profiles names them.",
    ),
    "ConfigNotFound": ("the AWS config file is not there", MEND_FILES),
    "ConfigParseError": ("the AWS config file cannot be read", MEND_FILES),
    "InvalidConfigError": ("the AWS config file does not fit together", MEND_FILES),
    "InfiniteLoopConfigError": ("profiles name each other as their source in a circle", MEND_FILES),
    "NoRegionError": ("no region is given", "Give a region."),
    "InvalidRegionError": ("the region is no region's name", "Give a region like eu-central-1."),
    "UnknownEndpointError": ("the SDK knows no endpoint in this region", CHECK),
    "EndpointConnectionError": ("{host} cannot be connected to", CHECK),
    "ConnectTimeoutError": ("{host} did not accept a connection in time", CHECK),
    "ReadTimeoutError": ("{host} did not answer in time", CHECK),
    "ConnectionClosedError": ("{host} closed the connection before it answered", CHECK),
    "ProxyConnectionError": ("the proxy {proxy} cannot be connected to", "Check HTTPS_PROXY and HTTP_PROXY."),
    "InvalidProxiesConfigError": ("the proxy's settings cannot be used", "Check HTTPS_PROXY and HTTP_PROXY."),
    "SSLError": (
        "the certificate of {host} is not trusted, or not valid by this machine's clock",
        "Name its authority in aws_ca_bundle or AWS_CA_BUNDLE, and check the clock: by a wrong one a certificate is "
        "not yet valid, or expired.",
    ),
    "HTTPClientError": ("the request could not be sent", "Check endpoint_url, and keys and tokens for line breaks."),
    "ValueError": ("a value is none that the SDK takes", "Check endpoint_url, the region and the profile."),
    "ParamValidationError": ("an option is none that AWS takes", "Check the names in the contract."),
}

#: Those that keep the SDK from asking anybody anything.
UNASKED = frozenset(name for name, (_what, advice) in TROUBLES.items() if advice in (LOG_IN, LOG_IN_AGAIN))


def trouble(error: Exception) -> tuple[str, str]:
    """What went wrong, and what to do about it, without a word of the exception's own text."""
    for kind in type(error).__mro__:
        if kind.__name__ in TROUBLES:
            what, advice = TROUBLES[kind.__name__]
            return what.format_map(_facts(getattr(error, "kwargs", {}))), advice
    return f"the SDK broke off with {type(error).__name__}", CHECK


def what_went_wrong(error: Exception) -> str:
    """Only that."""
    return trouble(error)[0]


def clean(text: object) -> str:
    """A message on one line, without control characters, and not longer than :data:`LONGEST`."""
    line = " ".join(_CONTROL.sub("", str(text).replace("\n", " ").replace("\t", " ")).split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}..."


def scrubbed(value: Any, secrets: Collection[str]) -> Any:
    """The same value; in all its strings secrets are hidden, however quoted, and control characters are spelt out."""
    if isinstance(value, str):
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", _hidden(value, secrets))
    if isinstance(value, Mapping):
        return {scrubbed(name, secrets): scrubbed(item, secrets) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [scrubbed(item, secrets) for item in value]
    return value


def _hidden(text: str, secrets: Iterable[str]) -> str:
    for form in sorted(_forms(secrets), key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return text


def _forms(secrets: Iterable[str]) -> Iterator[str]:
    """A secret as it is, as Python quotes it, and as a URL holds it."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            yield from {secret, repr(secret)[1:-1], quote(secret, safe="")}


def _facts(kwargs: Mapping[str, Any]) -> Mapping[str, str]:
    return {
        "profile": clean(kwargs.get("profile", "")),
        "host": _host(kwargs.get("endpoint_url")) or "the endpoint",
        "proxy": _host(kwargs.get("proxy_url")),
    }


def _host(url: object) -> str:
    """A URL may hold a password, and a signature; its host does not."""
    try:
        parts = urlsplit(str(url or ""))
        return "" if "@" in parts.path else clean(parts.hostname or "")
    except ValueError:
        return ""


#: All but line breaks and tabs, also those beyond ASCII: https://www.unicode.org/charts/PDF/U0080.pdf
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")

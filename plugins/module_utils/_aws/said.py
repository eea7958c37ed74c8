# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be repeated of what others said: AWS's messages cleaned, the SDK's exceptions in words of ours. Pure.

The SDK quotes what it was given in its exceptions, a session's token among it, and a server may answer with anything.
"""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping
import re
import sys
from typing import Any
from urllib.parse import urlsplit

#: The longest message of AWS's that is worth repeating; the denials that name policies have some hundred characters.
LONGEST = 1000

#: What stands in the place of a secret, as Ansible writes it.
HIDDEN = "********"

#: What is shorter is no secret of AWS's, and would be found everywhere.
SHORTEST_SECRET = 8

#: How often a text may have been spelt anew: a policy in JSON, as a URL has it, in an answer in JSON again.
MOST_SPELLINGS = 3

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
    """A message on one line, without what a terminal obeys, and not longer than :data:`LONGEST`."""
    printed = _CONTROL.sub("", _SEQUENCE.sub("", str(text)).replace("\n", " ").replace("\t", " "))
    line = " ".join(printed.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}..."


def refusal(error: BaseException) -> dict[str, str]:
    """Code and message of AWS's answer as they may be repeated; nothing when it did not answer."""
    said = (getattr(error, "response", None) or {}).get("Error") or {}
    return {"code": clean(said.get("Code") or "Unknown"), "message": clean(said.get("Message") or "")} if said else {}


def status(error: BaseException) -> int | None:
    """The HTTP status of AWS's answer."""
    found: int | None = (getattr(error, "response", None) or {}).get("ResponseMetadata", {}).get("HTTPStatusCode")
    return found


def scrubbed(value: Any, secrets: Collection[str]) -> Any:
    """The same value; in all its strings secrets are hidden, however spelt, and control characters are spelt out."""
    return _scrubbed(value, _forms(secrets))


def _scrubbed(value: Any, forms: Collection[str]) -> Any:
    if isinstance(value, str):
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", hidden(value, forms))
    if isinstance(value, Mapping):
        return {_scrubbed(name, forms): _scrubbed(item, forms) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_scrubbed(item, forms) for item in value]
    return value


def hidden(text: str, forms: Collection[str]) -> str:
    """The text without these forms of secrets, however often JSON, a URL or a page has spelt it anew.

    A secret may also stand in it with line breaks or control characters between its parts, as a wrapped header does.
    """
    for form in forms:
        text = text.replace(form, HIDDEN)
    if not any(form in plain for plain in _plain_texts(text) for form in forms):
        return text
    for start, end in reversed(_united(_spans(text, forms))):
        text = f"{text[:start]}{HIDDEN}{text[end:]}"
    return text


def _forms(secrets: Iterable[str]) -> list[str]:
    """Each secret as it is, and as it stands in base64, wherever in a longer text; the longest first."""
    found = {
        form
        for secret in secrets
        for plain in (secret, repr(secret)[1:-1], _spelt_out(secret))
        if len(plain) >= SHORTEST_SECRET
        for form in (plain, *_in_base64(plain.encode(errors="surrogateescape")))
    }
    return sorted(found, key=lambda form: (-len(form), form))


def _in_base64(secret: bytes) -> Iterator[str]:
    """What base64 always has of it. Its letters stand for three bytes, so that the ends depend on what is beside it."""
    for shift, first in ((0, 0), (1, 2), (2, 3)):
        whole = (shift + len(secret)) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(b"\0" * shift + secret).decode()[first:whole]


def _plain_texts(text: str) -> Iterator[str]:
    """The text as it was before it was spelt for JSON, a URL or a page; and as it was before that."""
    for _times in range(MOST_SPELLINGS):
        before, text = text, _spelt_out(text)
        if text == before:
            return
        yield text


def _spelt_out(text: str) -> str:
    return _SPELLING.sub(_meant, text)


def _meant(spelling: re.Match[str]) -> str:
    """The character that is spelt so; none for what only breaks a line."""
    if spelling.lastgroup is None:
        return _QUOTED.get(spelling[0], "")
    number = int(spelling[spelling.lastgroup], 10 if spelling.lastgroup == "decimal" else 16)
    return chr(number) if ord(" ") <= number <= sys.maxunicode else ""


def _spans(text: str, forms: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where in the text a form stands that is spelt in some way; spaces after it are none of its."""
    plain, places = text, list(range(len(text) + 1))
    for _times in range(MOST_SPELLINGS):
        plain, began = _with_places(plain)
        places = [places[place] for place in began]
        for found in (found for form in forms for found in re.finditer(re.escape(form), plain)):
            yield places[found.start()], len(text[: places[found.end()]].rstrip())


def _with_places(text: str) -> tuple[str, list[int]]:
    """The text spelt out, and where each of its characters began, and its end."""
    characters: list[str] = []
    began: list[int] = []
    last = 0
    for spelling in _SPELLING.finditer(text):
        for place in range(last, spelling.start()):
            characters.append(text[place])
            began.append(place)
        meant = _meant(spelling)
        characters += meant
        began += [spelling.start()] * len(meant)
        last = spelling.end()
    characters += text[last:]
    return "".join(characters), [*began, *range(last, len(text) + 1)]


def _united(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same in order, and those that touch as one."""
    united: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


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

#: What a terminal takes for one command: https://www.ecma-international.org/publications-and-standards/standards/ecma-48
_SEQUENCE = re.compile("\x1b\\][^\x07\x1b\n]{0,200}(?:\x07|\x1b\\\\)|\x1b\\[[0-?]*[ -/]*[@-~]|\x9b[0-?]+[@-~]")

#: How JSON, Python, a URL and a page spell a character, and what breaks a line in them.
_SPELLING = re.compile(
    r"%(?P<url>[0-9a-fA-F]{2})|\\x(?P<byte>[0-9a-fA-F]{2})|\\u(?P<json>[0-9a-fA-F]{4})"
    r"|&#[xX](?P<page>[0-9a-fA-F]{1,6});?|&#(?P<decimal>[0-9]{1,7});?|&(?:amp|lt|gt|quot|apos);"
    r"|\\[\\/\"'nrt]|\s+|" + f"{_SEQUENCE.pattern}|{_CONTROL.pattern}"
)
_QUOTED = {
    **{f"\\{character}": character for character in "\\/\"'"},
    **{"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"},
}

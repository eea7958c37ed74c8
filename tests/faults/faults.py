# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fault is, and which requests it strikes. Pure but for the clock that it is given.

A fault is a mapping, in JSON or made by the functions below::

    {"kind": "error", "code": "Throttling", "service": "iam", "operation": "CreateUser", "first": 2}

``kind`` is one of :data:`KINDS`. ``service``, ``operation``, ``key`` (how an access key id begins), ``subject`` (part
of a name) and ``parameters`` say which requests it is about; what is left out does not matter. ``first`` strikes the
first n of them, ``on`` the n-th ones that it lists, ``seconds`` all until that many seconds after the first; without
any, it strikes all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wire import Asked

Fault = dict[str, Any]

KINDS = {
    "error": "refused with a code, not passed on",
    "error-after": "passed on, and answered with an error all the same",
    "body": "answered with the status and body given, not passed on",
    "reset": "the connection ends before the request is passed on",
    "reset-after": "passed on, and the connection ends without an answer",
    "hang": "no answer for `delay` seconds, then the connection ends; not passed on",
    "hang-after": "passed on, and the answer is late by `delay` seconds",
    "cut": "passed on, and of the answer's body only the part `keep` arrives",
    "stale": "answered as the same request was answered the first time",
    "delayed": "answered with success at once, and passed on `delay` seconds later",
    "kill": "the client's processes end by SIGKILL, before the request is passed on",
    "kill-after": "the client's processes end by SIGKILL, once the request has been passed on",
}

#: Errors by name: status and message, as AWS words them.
ERRORS: Mapping[str, tuple[int, str]] = {
    "Throttling": (400, "Rate exceeded"),
    "RequestLimitExceeded": (503, "Request limit exceeded."),
    "SlowDown": (503, "Please reduce your request rate."),
    "InternalFailure": (500, "The request processing has failed because of an unknown error, exception or failure."),
    "InternalError": (500, "We encountered an internal error. Please try again."),
    "ServiceUnavailable": (503, "Service is unable to handle request."),
    "InvalidClientTokenId": (403, "The security token included in the request is invalid."),
    "InvalidAccessKeyId": (403, "The AWS Access Key Id you provided does not exist in our records."),
    "AccessDenied": (403, "Access Denied"),
    "ExpiredToken": (403, "The security token included in the request is expired"),
    "SignatureDoesNotMatch": (403, "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z"),
    "RequestTimeTooSkewed": (403, "The difference between the request time and the current time is too large."),
    "MalformedPolicyDocument": (400, 'Invalid principal in policy: "AWS":"arn:aws:iam::000000000000:user/unknown"'),
    "NoSuchEntity": (404, "The user cannot be found."),
    "NoSuchBucket": (404, "The specified bucket does not exist"),
    "OperationAborted": (409, "A conflicting conditional operation is currently in progress. Please try again."),
}


@dataclass
class Script:
    """The faults of one lane, with how often each has met a request that it is about."""

    faults: list[Fault] = field(default_factory=list)
    met: dict[int, int] = field(default_factory=dict)
    since: dict[int, float] = field(default_factory=dict)
    remembered: dict[tuple[int, str], Any] = field(default_factory=dict)
    repeats: dict[tuple[int, str], int] = field(default_factory=dict)

    def strike(self, request: Asked, now: float) -> tuple[int, Fault] | None:
        """The first fault that strikes this request, with its place in the list; every one that is about it counts."""
        struck = None
        for number, fault in enumerate(self.faults):
            if not about(fault, request):
                continue
            self.met[number] = self.met.get(number, 0) + 1
            start = self.since.setdefault(number, now)
            if struck is None and due(fault, self.met[number], now - start):
                struck = (number, fault)
        return struck

    def recall(self, number: int, identity: str) -> Any:
        """For a stale read: the remembered answer, as long as this request has not been repeated ``first`` times."""
        place = (number, identity)
        if place not in self.remembered:
            return None
        self.repeats[place] = self.repeats.get(place, 0) + 1
        return self.remembered[place] if self.repeats[place] <= self.faults[number].get("repeats", 1) else None


def about(fault: Fault, request: Asked) -> bool:
    """Whether the fault is about this request at all."""
    return (
        fault.get("service") in (None, request.service)
        and fault.get("operation") in (None, "*", request.operation)
        and _is_by(fault.get("key"), request.key)
        and str(fault.get("subject") or "") in request.subject
        and dict(fault.get("parameters") or {}).items() <= dict(request.parameters).items()
    )


def _is_by(beginning: str | None, key: str) -> bool:
    """Nobody's key is empty, and begins like every other one."""
    return beginning is None or (key.startswith(beginning) if beginning else not key)


def due(fault: Fault, occurrence: int, age: float) -> bool:
    """Whether it strikes the request that it meets for the n-th time, ``age`` seconds after the first."""
    if "on" in fault:
        return occurrence in fault["on"]
    if "first" in fault:
        return occurrence <= int(fault["first"])
    return age < float(fault["seconds"]) if "seconds" in fault else True


def error_of(fault: Fault, service: str) -> tuple[int, str, str]:
    """Status, code and message of an error fault; names are translated into the service's own."""
    code = str(fault.get("code", "InternalFailure"))
    status, message = ERRORS.get(code, (400, code))
    if code == "ExpiredToken" and service == "s3":
        status, message = 400, "The provided token has expired."
    return int(fault.get("status", status)), code, str(fault.get("message", message))


def problems(faults: list[Fault]) -> list[str]:
    """What is wrong with a script, in sentences: a fault that never strikes would make a test pass for nothing."""
    return [
        f"there is no fault of the kind {fault.get('kind')!r}" for fault in faults if fault.get("kind") not in KINDS
    ]

# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The matrix: every fault on every operation that a verb uses, and the ways in which AWS catches up late. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
import random
from typing import Any

from bench import error, fault

from lab.checkout import Json

READS = ("Get", "List", "Head")


@dataclass(frozen=True, order=True)
class Operation:
    """An operation as a clean run used it; ``key`` is how the caller's access key id begins.

    With a ``subject`` it is only what is asked about that.
    """

    service: str
    name: str
    key: str
    subject: str = ""

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.name.startswith(READS)

    @property
    def by_operator(self) -> bool:
        """Whether the operator asks, and not the user, the role or nobody."""
        return self.key not in ("AKIA", "ASIA", "")

    def about(self) -> Json:
        """What a fault must say in order to strike exactly this."""
        subject = {"subject": self.subject} if self.subject else {}
        return {"service": self.service, "operation": self.name, "key": self.key, **subject}

    def __str__(self) -> str:
        return f"{WHO.get(self.key, 'operator')} {self.name}" + (f" of {self.subject}" if self.subject else "")


@dataclass(frozen=True)
class Cell:
    """One run of a verb with faults. ``denies`` says that they take access away for good, which is no wrong verdict."""

    verb: str
    name: str
    faults: tuple[Json, ...]
    denies: bool = False
    variables: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.verb} / {self.name}"


Maker = Callable[[Operation], Json]
WHO = {"AKIA": "user", "ASIA": "role", "": "anonymous"}


def _named(s3: str, query: str, **when: Any) -> Maker:
    """An error that S3 calls otherwise than IAM and STS do."""
    return lambda operation: error(s3 if operation.service == "s3" else query, **when, **operation.about())


def _kind(kind: str, **when: Any) -> Maker:
    return lambda operation: fault(kind, **when, **operation.about())


#: On every operation.
EVERYWHERE: Mapping[str, Maker] = {
    "throttled": _named("SlowDown", "Throttling", first=2),
    "rate limit": _named("RequestLimitExceeded", "RequestLimitExceeded", first=2),
    "500": _named("InternalError", "InternalFailure", first=2),
    "503": _named("ServiceUnavailable", "ServiceUnavailable", first=2),
    "reset": _kind("reset", first=1),
    "timeout": _kind("hang", delay=3, first=1),
    "cut body": _kind("cut", keep=0.9, first=1),
    "skewed clock": _named("RequestTimeTooSkewed", "SignatureDoesNotMatch"),
    "expired token": _named("ExpiredToken", "ExpiredToken"),
    "denied": _named("AccessDenied", "AccessDenied"),
}

#: On what changes something: the server did it, and the client is not told.
ON_WRITES: Mapping[str, Maker] = {
    "reset after": _kind("reset-after", first=1),
    "500 after": lambda operation: fault(
        "error-after",
        code="InternalError" if operation.service == "s3" else "InternalFailure",
        first=1,
        **operation.about(),
    ),
    "slow": _kind("hang-after", delay=2, first=1),
}

#: On what the operator reads.
ON_READS: Mapping[str, Maker] = {"lagging read": _kind("stale", repeats=1)}

#: On what the user and the role ask.
ON_PROBES: Mapping[str, Maker] = {
    "flapping": _named("AccessDenied", "AccessDenied", on=[1, 3]),
    "unknown key": _named("InvalidAccessKeyId", "InvalidClientTokenId", first=2),
}


def faults_for(operation: Operation) -> dict[str, Json]:
    """Every fault that makes sense on the operation."""
    tables = [EVERYWHERE]
    tables += [] if operation.reads else [ON_WRITES]
    tables += [ON_READS] if operation.reads and operation.by_operator else []
    tables += [ON_PROBES] if operation.key in ("AKIA", "ASIA") else []
    return {name: make(operation) for table in tables for name, make in table.items()}


def cells(verb: str, operations: Iterable[Operation], *, scenarios: bool = True) -> list[Cell]:
    """All cells of a verb: its operations with their faults, and its scenarios."""
    found = [
        Cell(verb, f"{operation} / {name}", (one,), denies=name == "denied")
        for operation in sorted(set(operations))
        for name, one in faults_for(operation).items()
    ]
    return found + [cell for cell in SCENARIOS if scenarios and cell.verb == verb]


def crashes(verb: str, requests: int, runs: int, seed: int) -> list[Cell]:
    """SIGKILL at random moments: before or after one of the verb's requests was passed on."""
    chance = random.Random(f"{verb} {seed}")
    kinds = [(chance.choice(("kill", "kill-after")), chance.randint(1, requests)) for _run in range(runs)]
    return [
        Cell(
            verb,
            f"request {number} of {requests} / SIGKILL {'after' if kind == 'kill-after' else 'before'} it",
            (fault(kind, on=[number]),),
        )
        for kind, number in kinds
    ]


def sample(all_cells: list[Cell], size: int, seed: int) -> list[Cell]:
    """The same cells for the same seed, in the matrix's order."""
    chosen = random.Random(seed).sample(range(len(all_cells)), min(size, len(all_cells)))
    return [all_cells[number] for number in sorted(chosen)]


_FIRST_ASSUMPTION = {"service": "sts", "operation": "AssumeRole", "parameters": {"DurationSeconds": "900"}}

#: How AWS catches up late: more than one answer is concerned.
SCENARIOS = (
    Cell(
        "provision",
        "the new user is an invalid principal for a while",
        (error("MalformedPolicyDocument", operation="CreateRole", first=2),),
        variables={"bucket_access_wait_timeout": 30},
    ),
    Cell("provision", "every read lags behind", (fault("stale", service="iam", key="test", repeats=1),)),
    Cell("provision", "the new bucket is unknown", (error("NoSuchBucket", operation="GetBucketPolicy", first=1),)),
    Cell("provision", "S3 has a conflicting operation", (error("OperationAborted", service="s3", first=1),)),
    Cell(
        "verify",
        "STS does not know the new key for a while",
        (error("InvalidClientTokenId", service="sts", key="AKIA", seconds=3),),
        variables={"bucket_access_wait_timeout": 30},
    ),
    Cell(
        "verify",
        "S3 does not know the new key for a while",
        (
            error("InvalidAccessKeyId", service="s3", key="AKIA", seconds=3),
            error("InvalidAccessKeyId", service="s3", key="ASIA", seconds=3),
        ),
        variables={"bucket_access_wait_timeout": 30},
    ),
    Cell(
        "verify",
        "the new role is refused, accepted, refused, accepted",
        (error("AccessDenied", on=[1, 3, 4], **_FIRST_ASSUMPTION),),
        variables={"bucket_access_wait_timeout": 30},
    ),
    Cell(
        "verify",
        "S3 lets the new role in, then not, then in",
        (error("AccessDenied", service="s3", key="ASIA", on=[2, 3, 8, 9, 20]),),
        variables={"bucket_access_wait_timeout": 30},
    ),
    Cell("verify", "AWS throttles everything in turn", (error("Throttling", on=list(range(1, 200, 3))),)),
    Cell("teardown", "every read lags behind", (fault("stale", service="iam", key="test", repeats=1),)),
    Cell("teardown", "the keys' deletion is late", (fault("delayed", operation="DeleteAccessKey", delay=2),)),
)

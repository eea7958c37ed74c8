# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of an interview that is about the key of KMS that encrypts a contract's places.

What encrypts an object, S3 says in the answer to a write that was done, and to a read: no other answer shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws import kms
from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import UPLOAD
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import (
    ALLOWED,
    ANOTHER_KEY,
    PROBES,
    Answer,
    not_tried,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, RoleSession
from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import UPLOADED_NAME, Place, Specimen
from ansible_collections.assumerole.s3.plugins.module_utils._aws.uploads import upload_in_parts, write_by
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import Expectation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import INSIDE
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import partition, region
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, bucket_arn

DIRECTLY: Mapping[str, Callable[..., Answer]] = {
    "encrypt_directly": kms.encrypt_directly,
    "decrypt_directly": kms.decrypt_directly,
}

#: All that is asked here.
KEY_PROBES = frozenset({*DIRECTLY, "written_by_key", "uploaded_by_key", "read_by_key", "write_by_another_key"})

#: By which regular probes the role writes and reads for real.
WRITES, READS = ("create",), ("read_back", "read")

#: What a write is answered by, and what is made of that, where an earlier object is in its way.
ALREADY_THERE = frozenset({"PreconditionFailed", "WriteNotDone"})

Answers = Mapping[str, Answer]


class KeyInterview:
    """Asks for one contract, as often as one likes; ``obstacle`` says why nothing may be made in a bucket, if so."""

    def __init__(
        self,
        identities: Identities,
        contract: Contract,
        questions: tuple[Expectation, ...],
        owner: str,
        obstacle: Callable[[str], str] = lambda _bucket: "",
    ) -> None:
        self._identities = identities
        self._contract = contract
        self._questions = questions
        self._owner = owner
        self._obstacle = obstacle
        self._uploads = {bucket: self._upload_at(bucket) for bucket in contract.buckets}
        self._other = Specimen.fresh(_writable(contract.grants))
        self._done: dict[str, Answer] = {}
        self.leftovers: set[str] = set()

    def ask(self, answers: Answers, role: RoleSession) -> Iterator[tuple[str, Answer, Place | None]]:
        """Each answer, and where an object lies now that the role is to remove; ``answers`` are the others'."""
        for question in self._questions:
            if question.probe in DIRECTLY:
                yield question.id, self._asked_of_kms(question, role), None
            elif question.probe == "written_by_key":
                yield question.id, self._seen(question, answers, WRITES), None
            elif question.probe == "read_by_key":
                yield question.id, self._seen(question, answers, READS), None
            elif question.probe == "uploaded_by_key":
                yield self._uploaded(question, answers, role.client("s3"))
            elif question.probe == "write_by_another_key":
                yield self._written_by_another(question, role.client("s3"))

    def _asked_of_kms(self, question: Expectation, role: RoleSession) -> Answer:
        """As S3 would ask for this bucket: that nothing but S3 asks is all that stands in the way then."""
        key = self._contract.kms_key
        client = role.client("kms", region=region(key)) if question.principal == "role" else self._as_user
        return DIRECTLY[question.probe](client, key, bucket_arn(question.bucket, partition(key)))

    @cached_property
    def _as_user(self) -> Any:
        return self._identities.user("kms", region(self._contract.kms_key))

    def _seen(self, question: Expectation, answers: Answers, probes: tuple[str, ...]) -> Answer:
        """What the role's write or read of this round shows, or an earlier write of the run where its object stays."""
        answer = answers[self._regular(question.bucket, probes).id]
        if answer.succeeded:
            self._done[question.id] = self._by_the_key(answer)
            return self._done[question.id]
        stays = answer.code in PROBES["create"].authorized
        return self._done.get(question.id, answer) if stays else answer

    def _regular(self, bucket: str, probes: tuple[str, ...]) -> Expectation:
        """The question by which the role writes or reads there anyway."""
        return next(item for item in self._questions if _is_regular(item, bucket, probes))

    def _by_the_key(self, answer: Answer) -> Answer:
        """The answer if it names the contract's key."""
        named = answer.value.get("key", "")
        if named == self._contract.kms_key:
            return answer
        return replace(answer, code=ANOTHER_KEY, message=named or answer.value.get("encryption") or "no key at all")

    def _upload_at(self, bucket: str) -> tuple[Place, bool]:
        """Where the upload in parts goes in a bucket, and whether the role removes it; else it stays there."""
        grant = _writable(self._contract.at(bucket).grants)
        removes = grant.allows("delete")
        specimen = Specimen.fresh(grant) if removes else Specimen.leftover(grant, UPLOADED_NAME)
        return Place(bucket, specimen, owner=self._owner), removes

    def _uploaded(self, question: Expectation, answers: Answers, s3: Any) -> tuple[str, Answer, Place | None]:
        """Where the object stays, it is made once, and only where the role's own write was done just now.

        Where the own one was there already, so is this one, of the same earlier run.
        """
        obstacle = self._obstacle(question.bucket)
        if obstacle:
            return question.id, not_tried(obstacle), None
        place, removes = self._uploads[question.bucket]
        own = answers[self._regular(question.bucket, WRITES).id]
        if not removes and (question.id in self._done or not own.succeeded):
            self._stays(place, own)
            return question.id, self._done.get(question.id, own), None
        answer = upload_in_parts(s3, place)
        if "upload" in answer.value:
            self.leftovers.add(f"{place.url}{UPLOAD}{answer.value['upload']}")
        if answer.succeeded:
            answer = self._done[question.id] = self._by_the_key(answer)
        elif answer.code == "PreconditionFailed":
            answer = replace(answer, code="WriteNotDone")
        if removes:
            return question.id, answer, place if _may_lie_there(answer) else None
        self._stays(place, answer)
        return question.id, answer, None

    def _stays(self, place: Place, answer: Answer) -> None:
        """The operator is told of what the role leaves: while it is there, no upload is done that shows the key."""
        if _may_lie_there(answer) or answer.code in ALREADY_THERE:
            self.leftovers.add(place.url)

    def _written_by_another(self, question: Expectation, s3: Any) -> tuple[str, Answer, Place | None]:
        obstacle = self._obstacle(question.bucket)
        if obstacle:
            return question.id, not_tried(obstacle), None
        place = Place(question.bucket, self._other, owner=self._owner)
        answer = write_by(s3, place, question.resource)
        return question.id, answer, place if _may_lie_there(answer) else None


def _writable(grants: Iterable[Grant]) -> Grant:
    """The first place where the role may write, or one where nobody asks it to."""
    return next((grant for grant in grants if grant.allows("write")), Grant(""))


def _is_regular(item: Expectation, bucket: str, probes: tuple[str, ...]) -> bool:
    of_the_role = item.principal == "role" and item.place == INSIDE and item.expected == ALLOWED
    return of_the_role and item.bucket == bucket and item.probe in probes


def _may_lie_there(answer: Answer) -> bool:
    """Written, whatever encrypts it, or perhaps written although the answer got lost."""
    return answer.succeeded or answer.code == ANOTHER_KEY or answer.status is None

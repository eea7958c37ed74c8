# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interview: rounds of all questions to AWS, with what the rounds made cleaned up after each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer, not_tried
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, RoleSession
from ansible_collections.assumerole.s3.plugins.module_utils._aws.side_by_side import side_by_side
from ansible_collections.assumerole.s3.plugins.module_utils._checks.expectations import Expectation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import INSIDE, OUTSIDE
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import is_session, is_session_of
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller, refuse_wrong_caller
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant

Answers = dict[str, Answer]
Client = Any
Params = Mapping[str, Any]


@dataclass(frozen=True)
class Circumstances:
    """How to ask.

    ``assume_params`` are those of AssumeRole; ``grant`` is the place; ``max_session_duration`` the role's maximum;
    ``caller_arn`` is who the user must be; ``inside_object`` and ``outside_object`` are keys of objects that somebody
    else put below and beside the prefix; ``traceless`` leaves out what cannot be asked without a trace.
    """

    assume_params: Params
    grant: Grant
    max_session_duration: int = 3600
    caller_arn: str | None = None
    inside_object: str | None = None
    outside_object: str | None = None
    traceless: bool = False

    @property
    def role_arn(self) -> str:
        """The role in question."""
        return str(self.assume_params["RoleArn"])

    def assume_variations(self) -> dict[str, Params]:
        """How the role must not be assumed, by the name of the probe."""
        external_id = str(self.assume_params.get("ExternalId", ""))
        return {
            "assume_without_external_id": {k: v for k, v in self.assume_params.items() if k != "ExternalId"},
            "assume_with_wrong_external_id": {**self.assume_params, "ExternalId": external_id[:1218] + "-wrong"},
            "assume_for_too_long": {**self.assume_params, "DurationSeconds": self.max_session_duration + 1},
        }


class Interview:
    """Asks all questions about one contract as often as one likes; ``leftovers`` are the objects that stayed behind."""

    def __init__(
        self, identities: Identities, questions: tuple[Expectation, ...], circumstances: Circumstances
    ) -> None:
        self._identities = identities
        self._questions = questions
        self._how = circumstances
        self._role_removes = any(question.probe == "remove" for question in questions)
        specimen = probes.Specimen.fresh if self._role_removes else probes.Specimen.leftover
        self._specimen = specimen(circumstances.grant)
        self._beside = probes.Specimen.beside(circumstances.grant)
        self._sts = identities.user("sts")
        self._outsider = identities.outsider("sts")
        self._s3 = {"user": identities.user("s3"), "anonymous": identities.anonymous("s3")}
        self._looked_for_abandoned = False
        self.leftovers: set[str] = set()

    def ask_round(self) -> Answers:
        """An answer to every question; the ones that could not be asked say why."""
        answers = {question.id: self._unasked(question) for question in self._questions}
        role = self._assume_role(answers)
        if role:
            self._ask_everybody(answers, {**self._s3, **self._role_clients(role)})
        return answers

    def _unasked(self, question: Expectation) -> Answer:
        """Why a question is not asked; on a versioned bucket even deleting a missing key leaves a marker."""
        if self._how.traceless and question.probe in ("remove", "delete"):
            return not_tried("check mode asks only what leaves no trace")
        if question.probe == "assume_for_too_long":
            return not_tried("nobody assumed the role, or the caller is a session, which gets an hour at most anyway")
        return not_tried("a step before it did not succeed")

    def _assume_role(self, answers: Answers) -> RoleSession | None:
        """The session, once the user, the assumption and the session are what they should be."""
        answers["user.identity"] = user = probes.identity(self._sts)
        if not user.succeeded:
            return None
        refuse_wrong_caller(user.value["arn"], self._how.caller_arn, self._how.role_arn)
        answers["role.assume"], credentials = probes.assume(self._sts, self._how.assume_params)
        if credentials is None:
            return None
        role = self._identities.role(credentials)
        answers["role.identity"] = self._session_identity(role.client("sts"))
        return role if answers["role.identity"].succeeded else None

    def _session_identity(self, sts: Client) -> Answer:
        answer = probes.identity(sts)
        if answer.succeeded and not is_session_of(answer.value["arn"], self._how.role_arn):
            message = f"the session is {answer.value['arn']}, not one of {self._how.role_arn}"
            return Answer(code="WrongSession", message=message)
        return answer

    def _role_clients(self, role: RoleSession) -> dict[str, Client]:
        clients = {"role": role.client("s3")}
        if any(question.principal == "role over plain HTTP" for question in self._questions):
            # The session token is visible on the way; without its secret key it is of no use.
            clients["role over plain HTTP"] = role.client("s3", self._identities.plain_http_url)
        return clients

    def _ask_for_trust(self, answers: Answers) -> None:
        """Tries to get into the role as one must not. Whatever credentials that gives are dropped at once."""
        variations = self._how.assume_variations()
        if is_session(answers["user.identity"].value["arn"]):
            variations.pop("assume_for_too_long")  # whatever the role's maximum, a session gets an hour at most
        for question in self._questions:
            if question.probe in variations:
                answers[question.id], _dropped = probes.assume(self._sts, variations[question.probe])
        if self._outsider:
            answers["outsider.identity"] = outsider = self._outsider_identity(answers["user.identity"])
            if outsider.succeeded:
                answers["trust.outsider"], _dropped = probes.assume(self._outsider, self._how.assume_params)

    def _outsider_identity(self, user: Answer) -> Answer:
        answer = probes.identity(self._outsider)
        arn = answer.value.get("arn", "")
        if arn == user.value["arn"]:
            raise WrongCaller(f"The outsider is {arn}, the user itself: give somebody else's credentials.")
        return replace(answer, code="OutsiderIsRoot") if arn.endswith(":root") else answer

    def _ask_everybody(self, answers: Answers, clients: Mapping[str, Client]) -> None:
        """Makes the object, asks everybody side by side, and removes what that made whatever happens on the way."""
        questions = [question for question in self._questions if question.probe in probes.S3_PROBES]
        made: list[probes.Place] = []

        def ask(asked: list[Expectation], object_key: str | None) -> None:
            for question in asked:
                place = self._place(question, object_key)
                answers[question.id] = answer = self._ask(clients[question.principal], question, place)
                made.extend(self._made(question, place, answer))

        try:
            ask([question for question in questions if question.probe == "create"], self._how.inside_object)
            object_key = self._specimen.key if made else self._how.inside_object
            others = [question for question in questions if question.probe != "create"]
            side_by_side(
                lambda: self._ask_for_trust(answers),
                *(partial(ask, [q for q in others if q.principal == name], object_key) for name in clients),
            )
        finally:
            self._remove(answers, clients["role"], made)
        self._remove_abandoned(answers, clients["role"])

    def _made(self, question: Expectation, place: probes.Place, answer: Answer) -> Iterator[probes.Place]:
        """What is there now and was not before."""
        if question.probe == "create" and not self._how.traceless and _may_exist(answer):
            yield place
        if question.probe == "write" and answer.succeeded:
            # The endpoint ignored the digest and wrote.
            yield replace(place, specimen=replace(place.specimen, key=place.missing_key))

    def _ask(self, s3: Client, question: Expectation, place: probes.Place) -> Answer:
        if self._how.traceless and question.probe == "create":
            return probes.write(s3, place)
        if self._how.traceless and question.probe == "delete":
            return self._unasked(question)
        return probes.S3_PROBES[question.probe](s3, place)

    def _place(self, question: Expectation, object_key: str | None) -> probes.Place:
        """The owner is known of the contract's own bucket only."""
        owner = self._how.role_arn.split(":")[4]
        if question.place == INSIDE:
            return probes.Place(question.bucket, self._specimen, object_key, owner)
        if question.place == OUTSIDE:
            return probes.Place(question.bucket, self._beside, self._how.outside_object, owner)
        return probes.Place(question.bucket, self._specimen)

    def _remove(self, answers: Answers, role: Client, made: list[probes.Place]) -> None:
        """Where the role may not delete, its one object stays: that is what its fixed key is for."""
        for place in made:
            own = place.specimen.key == self._specimen.key
            if own and not self._role_removes:
                continue
            answer = probes.remove(role, place, place.specimen.key)
            if own:
                answers.update({question.id: answer for question in self._questions if question.probe == "remove"})
            if answer.succeeded:
                self.leftovers.discard(place.url)
            else:
                self.leftovers.add(place.url)

    def _remove_abandoned(self, answers: Answers, role: Client) -> None:
        """Once, what runs left below the prefix when they were killed: where the role was seen to list and delete."""
        seen = all(name in answers and answers[name].succeeded for name in ("role.list", "role.delete"))
        if self._looked_for_abandoned or not seen:
            return
        self._looked_for_abandoned = True
        place = self._place(next(item for item in self._questions if item.id == "role.list"), None)
        found = probes.list_abandoned(role, place, self._how.grant)
        for key in found.value.get("found", "").splitlines():
            if not probes.remove(role, place, key).succeeded:
                self.leftovers.add(replace(place, specimen=replace(self._specimen, key=key)).url)


def _may_exist(created: Answer) -> bool:
    """Whether the object is there: written now or before, or written although the answer got lost."""
    return created.succeeded or created.code == "PreconditionFailed" or created.status is None

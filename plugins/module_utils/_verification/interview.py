# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interview: rounds of all questions to AWS, with what the rounds made cleaned up after each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import (
    UPLOAD,
    VERSION,
    is_stray,
    unknown_name,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import (
    ALLOWED,
    DENIED,
    PROBES,
    Answer,
    not_tried,
    observed,
    other_layer,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, RoleSession
from ansible_collections.assumerole.s3.plugins.module_utils._aws.listings import NULL_VERSION
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import LOCKED, UNREADABLE_LOCK
from ansible_collections.assumerole.s3.plugins.module_utils._aws.side_by_side import side_by_side
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import row_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import Expectation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import ELSEWHERE, INSIDE, OUTSIDE
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account, is_session, is_session_of
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import USER, Principal
from ansible_collections.assumerole.s3.plugins.module_utils._verification.key_interview import KeyInterview
from ansible_collections.assumerole.s3.plugins.module_utils._verification.second_factor import (
    NO_FACTOR,
    Factor,
    SecondFactor,
)
from ansible_collections.assumerole.s3.plugins.module_utils._verification.ways_in import (
    GIVE_A_PROFILE,
    NO_TOKENS,
    READ_IT,
    Tokens,
    WayIn,
    is_it,
    ways_in,
    with_external_id,
)

#: The principal of questions that are asked without TLS.
OVER_PLAIN_HTTP = "role over plain HTTP"

#: The principals of questions that are asked from another network.
FROM_ELSEWHERE = "role from another network"
FROM_ELSEWHERE_TOO = frozenset({FROM_ELSEWHERE, "user from another network"})
ASSUME_FROM_ELSEWHERE = "assume_from_elsewhere"

#: How S3 begins to say that a key of KMS encrypts: ``aws:kms`` and ``aws:kms:dsse``.
KMS = "aws:kms"

#: What to do where nobody can ask without TLS, or nobody shall.
ASK_FROM_ELSEWHERE = (
    "Verify from where S3 answers without TLS, or read in config.bucket.policy whether the bucket denies it, "
    "which nobody has tried then."
)

ASK_THROUGH_A_PROXY = (
    "Give bucket_access_outside_proxy, a proxy outside of the contract's network, or read in config.role.trust and "
    "config.role.permissions which addresses the policies name."
)

#: Those who give no MFA, without which anybody is refused, by what they ask.
NO_MFA_EITHER = {
    f"assume_as_{who}": not_tried(
        f"the contract requires MFA, which the {who} does not give, so its refusal shows nothing",
        "Read in config.role.trust whom the trust policy names.",
    )
    for who in ("outsider", "operator")
}

#: A session does not say whether it has MFA.
SESSION_WITH_MFA = not_tried(
    "nobody came with a key that lasts, which alone is known to have no MFA",
    "Verify once with such a key in the profile, or read in config.role.trust under which conditions it is trusted.",
)

Answers = dict[str, Answer]
Client = Any
Params = Mapping[str, Any]


@dataclass(frozen=True)
class Made:
    """What a run has made: where, and in which version on a bucket that keeps them; ``marker`` if it is no object."""

    place: probes.Place
    version: str
    marker: bool = False


@dataclass(frozen=True)
class Circumstances:
    """How to ask.

    ``assume_params`` are those of AssumeRole by the contract's user; ``asked`` are those of its principals that can be
    asked to assume the role, some with ``tokens``; ``caller_arn`` is who the user must be, and ``factor`` its MFA
    device and what that shows; ``inside_objects`` and ``outside_objects`` are keys of objects that somebody else put
    below and beside the prefixes, by the names of the places, ``forbidden_objects`` those of objects in the forbidden
    buckets, by bucket, and ``object_versions`` the ids of versions of all these, by their addresses; ``traceless``
    leaves out what cannot be asked without a trace, and nobody asks without TLS when ``plain_http`` is false;
    ``object_locks`` says what the operator has read of each bucket's Object Lock, if somebody has.
    """

    assume_params: Params
    contract: Contract
    asked: tuple[Principal, ...] = ()
    tokens: Tokens = NO_TOKENS
    caller_arn: str | None = None
    inside_objects: Mapping[str, str] = field(default_factory=dict)
    outside_objects: Mapping[str, str] = field(default_factory=dict)
    forbidden_objects: Mapping[str, str] = field(default_factory=dict)
    object_versions: Mapping[str, str] = field(default_factory=dict)
    traceless: bool = False
    plain_http: bool = True
    object_locks: Mapping[str, str] = field(default_factory=dict)
    factor: Factor = NO_FACTOR

    @property
    def role_arn(self) -> str:
        """The role in question."""
        return str(self.assume_params["RoleArn"])

    def version(self, bucket: str, key: str | None) -> probes.Version | None:
        """The version that is known of an object of somebody else's."""
        known = self.object_versions.get(f"s3://{bucket}/{key}")
        return probes.Version(str(key), known) if known else None


class Interview:
    """Asks all questions about one contract as often as one likes; ``leftovers`` are the objects that stayed behind.

    ``caller`` is whoever was let in, or turned away, whose session is the role's.
    """

    def __init__(
        self, identities: Identities, questions: tuple[Expectation, ...], circumstances: Circumstances
    ) -> None:
        self._identities = identities
        self._questions = questions
        self._how = circumstances
        self._contract = circumstances.contract
        somewhere = {_where(question): question for question in questions}
        self._specimens = {where: self._specimen(question) for where, question in somewhere.items()}
        self._beside = {grant.name: probes.Specimen.beside(grant) for grant in self._contract.grants}
        self._elsewhere = probes.Specimen.fresh(Grant(""))
        self._in_a_folder = probes.Specimen.fresh(Grant("", unknown_name() + "/"))
        how = circumstances
        self._ways_in = ways_in(identities, how.asked, how.assume_params, how.caller_arn, how.tokens)
        self._user = next((way for way in self._ways_in if way.principal.kind is USER), None)
        self._second_factor = SecondFactor(identities, how.factor)
        self._outsider = identities.outsider("sts")
        asked = any(question.probe == "assume_as_operator" for question in questions)
        self._operator = identities.user("sts") if asked else None
        self._s3 = {
            **({"user": identities.user("s3")} if self._user else {}),
            "anonymous": identities.anonymous("s3"),
        }
        self._looked_for_abandoned: set[str] = set()
        self._written: set[str] = set()
        self._own_versions: dict[str, probes.Version] = {}
        self._removes_versions = True
        self.caller: dict[str, str] = {}
        self.leftovers: set[str] = set()
        self._of_the_key = self._key_interview()

    def _key_interview(self) -> KeyInterview | None:
        """The part that is about the contract's key, if it names one."""
        if not self._contract.kms_key:
            return None
        owner = account(self._how.role_arn)
        return KeyInterview(self._identities, self._contract, self._questions, owner, self._makes_none)

    def _makes_none(self, bucket: str) -> str:
        """Why nothing is made in a bucket, if so."""
        return "check mode asks only what leaves no trace" if self._how.traceless else self._would_stay(bucket)

    @property
    def first_assumption(self) -> str:
        """The check that the one gets in whose session is the role's; empty where nobody can be asked."""
        return self._ways_in[0].assume if self._ways_in else ""

    def ask_round(self) -> Answers:
        """An answer to every question; the ones that could not be asked say why."""
        answers = {question.id: self._unasked(question) for question in self._questions}
        role = self._assume_role(answers)
        if role:
            self._ask_everybody(answers, {**self._s3, **self._role_clients(role)}, role)
        return answers

    def _unasked(self, question: Expectation) -> Answer:
        """Why a question is not asked; on a versioned bucket even deleting a missing key leaves a marker."""
        if self._how.traceless and question.probe in ("remove", "delete"):
            return not_tried("check mode asks only what leaves no trace")
        would_stay = self._would_stay(question.bucket)
        if would_stay and question.probe == "remove":
            return not_tried(would_stay)
        from_elsewhere = question.principal in FROM_ELSEWHERE_TOO or question.probe == ASSUME_FROM_ELSEWHERE
        if from_elsewhere and not self._identities.goes_elsewhere:
            return not_tried("nobody could ask from another network", ASK_THROUGH_A_PROXY)
        if question.principal == OVER_PLAIN_HTTP and self._no_plain_http:
            return not_tried(self._no_plain_http, ASK_FROM_ELSEWHERE)
        if question.probe == "assume_without_mfa" and question.principal == "trusted" and self._ways_in:
            return SESSION_WITH_MFA
        return self._without_a_way_in(question) or not_tried(
            "nobody assumed the role, or the caller is a session, which gets an hour at most anyway"
            if question.probe == "assume_for_too_long"
            else "a step before it did not succeed"
        )

    def _without_a_way_in(self, question: Expectation) -> Answer | None:
        """Why nobody can ask whom a question is about, if so."""
        if question.probe == "assume_as_service":
            return not_tried("nobody can ask as a service", READ_IT)
        is_way_in = question.probe in ("assume_as_trusted", "assume_with_token")
        if not self._ways_in or (is_way_in and question.id not in self._known):
            return not_tried("nobody who may assume the role can be asked from here", GIVE_A_PROFILE)
        return None

    def _specimen(self, question: Expectation) -> probes.Specimen:
        """The run's own object at a place of the role's, and the key of none at a place of others."""
        here = Grant(question.bucket, question.prefix)
        if here.name not in {grant.name for grant in self._contract.grants} or self._role_removes(here.name):
            return probes.Specimen.fresh(here)
        by_kms = self._contract.encryption == KMS
        return probes.Specimen.leftover(here, probes.WRITTEN_NAME if by_kms else probes.LEFTOVER_NAME)

    def _role_removes(self, place: str) -> bool:
        return any(question.probe == "remove" and _where(question) == place for question in self._questions)

    def _would_stay(self, bucket: str) -> str:
        """Why no object may be made, if so: a bucket that has Object Lock, or may have it, might keep it for years.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
        """
        reasons = {
            LOCKED: "the bucket has Object Lock, under which an object would stay, so none is made",
            UNREADABLE_LOCK: "nobody can tell whether the bucket's Object Lock would keep an object, so none is made; "
            "allow the operator s3:GetBucketObjectLockConfiguration",
        }
        return reasons.get(self._how.object_locks.get(bucket, ""), "")

    def _assume_role(self, answers: Answers) -> RoleSession | None:
        """The session, once the user, the assumption and the session are what they should be."""
        if not self._ways_in:
            self._ask_strangers(answers)
            return None
        way = self._ways_in[0]
        caller = self._ask_who(answers, way)
        if not caller.succeeded:
            return None
        answers[way.assume], credentials = self._get_in(answers, way)
        if credentials is None:
            return None
        role = self._identities.role(credentials)
        answers["role.identity"] = self._session_identity(role.client("sts"))
        return role if answers["role.identity"].succeeded else None

    def _ask_who(self, answers: Answers, way: WayIn) -> Answer:
        caller = way.asked_who(self._how.role_arn)
        if way.identity:
            answers[way.identity] = caller
        if way is self._ways_in[0]:
            self.caller = dict(caller.value)
        return caller

    def _session_identity(self, sts: Client) -> Answer:
        answer = probes.identity(sts)
        if answer.succeeded and not is_session_of(answer.value["arn"], self._how.role_arn):
            message = f"the session is {answer.value['arn']}, not one of {self._how.role_arn}"
            return Answer(code="WrongSession", message=message)
        return answer

    def _role_clients(self, role: RoleSession) -> dict[str, Client]:
        clients = {"role": role.client("s3")}
        asked = {question.principal for question in self._questions}
        if FROM_ELSEWHERE in asked and self._identities.goes_elsewhere:
            clients[FROM_ELSEWHERE] = role.client("s3", elsewhere=True)
        if OVER_PLAIN_HTTP in asked and not self._no_plain_http:
            # The session token is visible on the way; without its secret key it is of no use.
            clients[OVER_PLAIN_HTTP] = role.client("s3", self._identities.plain_http_url)
        return clients

    @cached_property
    def _no_plain_http(self) -> str:
        """Why nothing can be asked without TLS, if so: looked at once, as a closed port takes its time."""
        if not self._how.plain_http:
            return "plain HTTP is left out, as plain_http says"
        answer = probes.list_buckets(self._identities.anonymous_over_plain_http())
        if answer.status is not None:
            return ""
        return f"{self._identities.plain_http_url} does not answer ({answer.code}), port 80 may be closed on the way"

    @cached_property
    def _known(self) -> frozenset[str]:
        """The checks that somebody gets in who can be asked."""
        return frozenset(way.assume for way in self._ways_in)

    def _ask_for_trust(self, answers: Answers) -> None:
        """Tries to get into the role as one must not. Whatever credentials that gives are dropped at once."""
        for way in self._ways_in:
            if way is not self._ways_in[0]:
                if not self._ask_who(answers, way).succeeded:
                    continue
                answers[way.assume], _dropped = self._get_in(answers, way)
            self._ask_otherwise(answers, way)
        self._ask_strangers(answers)
        self._ask_from_elsewhere(answers)

    def _get_in(self, answers: Answers, way: WayIn) -> tuple[Answer, dict[str, Any] | None]:
        """One of those who may assume the role; where the contract requires MFA, first without, which must be refused.

        Of others nobody has a code here, so they come as their profile does. A key that lasts never has MFA, and of a
        session nobody is told whether it has.
        """
        if not self._contract.conditions.mfa:
            return way.assumed(way.params)
        answer, credentials = way.assumed(way.params)
        if way is self._user:
            answers[way.without_mfa] = answer
            opened = self._second_factor.open(way.sts)
            return (opened, None) if isinstance(opened, Answer) else self._with_mfa(way).assumed(way.params)
        if self._identities.lasts(str(way.principal.profile)):
            answers[way.without_mfa] = answer
        refused = observed("assume_as_trusted", answer) == DENIED
        return (replace(answer, code="PerhapsWithoutMfa") if refused else answer), credentials

    def _with_mfa(self, way: WayIn) -> WayIn:
        """The way of the user by its session with MFA, where one is open."""
        session = self._second_factor.session
        return replace(way, sts=session.client("sts")) if session and way is self._user else way

    def _ask_from_elsewhere(self, answers: Answers) -> None:
        """Those who get in, with MFA where the contract requires it, so that the place alone makes the difference."""
        if not self._identities.goes_elsewhere:
            return
        asked = {question.id for question in self._questions}
        if "network.identity" in asked:
            answers["network.identity"] = probes.identity(self._identities.user_from_elsewhere("sts"))
        for way in self._ways_in:
            if way.elsewhere in asked:
                session = self._second_factor.session if way is self._user else None
                sts = session.client("sts", elsewhere=True) if session else way.sts_elsewhere()
                answers[way.elsewhere], _dropped = replace(way, sts=sts).assumed(way.params)

    def _ask_strangers(self, answers: Answers) -> None:
        """Those who get in neither with an external id of their own nor with anybody else's."""
        others = {who.label: who for who in self._contract.principals if who.kind is not USER}
        askers = {
            "assume_as_outsider": self._outsider if self._outsider and self._ask_outsider(answers) else None,
            "assume_as_operator": self._operator if self._operator and self._ask_operator(answers) else None,
            "assume_as_user": self._user and self._with_mfa(self._user).sts,
        }
        for question in self._questions:
            asker = askers.get(question.probe)
            if asker:
                other = others.get(question.id.partition("@")[2])
                params = self._how.assume_params
                its = with_external_id(params, other.external_id) if other else params
                answer, _dropped = probes.assume(asker, its)
                shows = answer.succeeded or not self._contract.conditions.mfa
                answers[question.id] = answer if shows else NO_MFA_EITHER.get(question.probe, answer)

    def _ask_otherwise(self, answers: Answers, way: WayIn) -> None:
        """Somebody who gets in must not, for longer or without the right external id."""
        variations = way.variations(self._contract.max_session_duration)
        if way.identity and is_session(answers[way.identity].value["arn"]):
            variations.pop("assume_for_too_long")  # whatever the role's maximum, a session gets an hour at most
        label = "" if way.principal.kind is USER else way.principal.label
        longest = next((one for one in self._ways_in if not one.principal.is_role), None)
        for question in self._questions:
            its = question.id.partition("@")[2] == label
            if question.probe == "assume_for_too_long":
                its = way is longest
            if its and question.probe in variations:
                answers[question.id], _dropped = self._with_mfa(way).assumed(variations[question.probe])

    def _ask_outsider(self, answers: Answers) -> bool:
        """Whether the outsider is somebody else, who may be let in or refused."""
        answers["outsider.identity"] = outsider = self._outsider_identity(answers)
        return outsider.succeeded

    def _ask_operator(self, answers: Answers) -> bool:
        """Whether the operator is known, who may be let in or refused."""
        answers["operator.identity"] = operator = probes.identity(self._operator)
        return operator.succeeded

    def _outsider_identity(self, answers: Answers) -> Answer:
        answer = probes.identity(self._outsider)
        arn = answer.value.get("arn", "")
        if self._user and arn == answers[self._user.identity].value["arn"]:
            raise WrongCaller(f"The outsider is {arn}, the user itself: give somebody else's credentials.")
        if arn and any(is_it(arn, principal) for principal in self._contract.principals):
            raise WrongCaller(
                f"The outsider is {arn}, whom bucket_access_trusted names: give somebody else's credentials."
            )
        return replace(answer, code="OutsiderIsRoot") if arn.endswith(":root") else answer

    def _ask_everybody(self, answers: Answers, clients: Mapping[str, Client], role: RoleSession) -> None:
        """Makes the object, asks everybody side by side, and removes what that made whatever happens on the way."""
        questions = [
            question for question in self._questions if probes.steps(question.probe) and question.principal in clients
        ]
        made: list[Made] = []

        def ask(asked: list[Expectation]) -> None:
            for question in asked:
                given: list[Answer] = []
                for probe, place in self._tries(question, keys.get(_where(question))):
                    if probe in probes.MAKING and not all(_allows(question, answer) for answer in given):
                        break
                    given.append(self._asked(probe, clients[question.principal], place, question))
                    made.extend(self._made(probe, place, given[-1]))
                    self._note_upload(place, given[-1])
                if given:
                    answers[question.id] = decisive(question, given)

        keys = dict(self._how.inside_objects)
        try:
            ask([question for question in questions if question.probe == "create"])
            keys.update(self._own(made))
            others = [question for question in questions if question.probe != "create"]
            side_by_side(
                lambda: self._ask_for_trust(answers),
                *(partial(ask, [q for q in others if q.principal == name]) for name in clients),
            )
            self._doubt_write(answers)
            self._ask_for_the_key(answers, role, made)
        finally:
            self._remove(answers, clients["role"], made)
        self._remove_abandoned(answers, clients["role"])

    def _doubt_write(self, answers: Answers) -> None:
        """Where KMS encrypts, only a write that was done shows that its key may be used.

        A wrong digest, or an object that is there already, may be noticed before KMS is asked.
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
        """
        for question in self._questions:
            if question.probe != "create":
                continue
            answer = answers[question.id]
            if answer.succeeded:
                self._written.add(_where(question))
            here = (answers[other.id] for other in self._questions if other.bucket == question.bucket)
            kms = self._contract.encryption == KMS or any(
                seen.value.get("encryption", "").startswith(KMS) for seen in here
            )
            if kms and _where(question) not in self._written and answer.code in PROBES["create"].authorized:
                answers[question.id] = replace(answer, code="WriteNotDone")

    def _ask_for_the_key(self, answers: Answers, role: RoleSession, made: list[Made]) -> None:
        if self._of_the_key is None:
            return
        for name, answer, place in self._of_the_key.ask(answers, role):
            answers[name] = answer
            if place:
                made.append(Made(place, answer.value.get("version", "")))
        self.leftovers |= self._of_the_key.leftovers

    def _asked(self, probe: str, client: Client, place: probes.Place, question: Expectation) -> Answer:
        answer = probes.S3_PROBES[probe](client, place)
        nothing_there = place.object_key is None and answer.code in ("NoObjectToRead", "NoSuchKey")
        would_stay = self._would_stay(question.bucket)
        if nothing_there and question.place == INSIDE and would_stay:
            return replace(answer, code="NoObjectMade", message=would_stay)
        return answer

    def _made(self, probe: str, place: probes.Place, answer: Answer) -> Iterator[Made]:
        """What is there now and was not before."""
        version = answer.value.get("version", "")
        missing = replace(place, specimen=replace(place.specimen, key=place.missing_key))
        if probe == "create" and _may_exist(answer):
            for where, key in self._own([Made(place, version)]):
                if answer.succeeded:
                    self._own_versions[where] = probes.Version(key, version or NULL_VERSION)
                elif self._role_removes(where):
                    self._own_versions.pop(where, None)
            yield Made(place, version)
        if probe == "write" and answer.succeeded:
            yield Made(missing, version)  # The endpoint ignored the digest and wrote.
        if probe == "delete" and version:
            yield Made(missing, version, marker=True)

    def _note_upload(self, place: probes.Place, answer: Answer) -> None:
        """What was begun and could not be aborted stays, and is no object."""
        if "upload" in answer.value:
            self.leftovers.add(f"{place.url}{UPLOAD}{answer.value['upload']}")

    def _tries(self, question: Expectation, object_key: str | None) -> list[tuple[str, probes.Place]]:
        """The probes that one question takes, and where each asks."""
        if self._how.traceless and question.probe == "delete":
            return []
        if question.place == ELSEWHERE:
            return self._tries_elsewhere(question)
        place = self._place(question, object_key)
        if question.probe != "create":
            steps = probes.steps(question.probe)
            if question.place == OUTSIDE and "list_versions" in steps:
                steps = ("list_all_versions", *steps)
            return [(step, place) for step in steps if not self._leaves_out(step)]
        # A policy may let in the names alone that are documented, so a key that it cannot know is asked for first.
        return [
            ("write", place),
            *([] if self._how.traceless or self._would_stay(question.bucket) else [("create", place)]),
        ]

    def _leaves_out(self, step: str) -> bool:
        return self._how.traceless and step in probes.MAKING

    def _tries_elsewhere(self, question: Expectation) -> list[tuple[str, probes.Place]]:
        """In the root of a bucket and in a folder; what takes an object, on the one that is known."""
        known = self._how.forbidden_objects.get(question.bucket)
        root = probes.Place(question.bucket, self._elsewhere)
        folder = replace(root, specimen=self._in_a_folder)
        tries: list[tuple[str, probes.Place]] = []
        for step in probes.steps(question.probe):
            if step in probes.OF_AN_OBJECT:
                version = self._how.version(question.bucket, known)
                tries.append((step, replace(root, object_key=known, version=version)))
            elif step == "locate":
                tries.append((step, root))
            else:
                tries += [(probes.WHOLE.get(step, step), root), (step, folder)]
        return tries

    def _place(self, question: Expectation, object_key: str | None) -> probes.Place:
        """In a bucket of the contract's own, whose owner is known."""
        owner, where, how = account(self._how.role_arn), _where(question), self._how
        if question.place == OUTSIDE:
            key = how.outside_objects.get(where)
            version = how.version(question.bucket, key)
            return probes.Place(question.bucket, self._beside[where], key, owner, version)
        specimen = self._specimens[where]
        version = self._own_versions.get(where) if object_key == specimen.key else None
        version = version or how.version(question.bucket, how.inside_objects.get(where))
        return probes.Place(question.bucket, specimen, object_key, owner, version)

    def _remove(self, answers: Answers, role: Client, made: list[Made]) -> None:
        """Where the role may not delete, its one object stays: that is what its fixed key is for.

        Where KMS encrypts, the operator is told of it: while it is there, no write is done that shows the key.
        """
        for item in made:
            where = next((where for where, _key in self._own([item])), "")
            if where and not self._role_removes(where):
                self.leftovers |= {item.place.url} if is_stray(item.place.url) else set()
                continue
            if item.marker:
                self._remove_versions(role, item.place, [item.version])
                continue
            answer = self._remove_object(role, item)
            if where:
                removed = (q for q in self._questions if q.probe == "remove" and _where(q) == where)
                answers.update({question.id: answer for question in removed})

    def _own(self, made: Iterable[Made]) -> Iterator[tuple[str, str]]:
        """The places whose own object is among what was made, each with its key."""
        for item in made:
            for grant in self._contract.grants:
                specimen = self._specimens.get(grant.name)
                if specimen and (item.place.bucket, item.place.specimen.key) == (grant.bucket, specimen.key):
                    yield grant.name, specimen.key

    def _remove_object(self, role: Client, item: Made) -> Answer:
        """First as the contract says, then what that leaves on a bucket that keeps versions.

        When nobody has told the object's version, its marker stays: without it, the object would be seen again.
        """
        answer = probes.remove(role, item.place, item.place.specimen.key)
        marker = answer.value.get("version", "")
        if item.version or marker == NULL_VERSION:
            self._remove_versions(role, item.place, [item.version, marker])
        elif marker or not answer.succeeded:
            self.leftovers.add(item.place.url)
        else:
            self.leftovers.discard(item.place.url)
        return answer

    def _remove_versions(self, role: Client, place: probes.Place, versions: Iterable[str]) -> None:
        """A role that may not do this is asked once: each refusal is an event that somebody may be alarmed by."""
        for version in dict.fromkeys(filter(None, versions)):
            self._removes_versions = (
                self._removes_versions and probes.remove_version(role, place, place.specimen.key, version).succeeded
            )
            if not self._removes_versions:
                self.leftovers.add(f"{place.url}{VERSION}{version}")

    def _remove_abandoned(self, answers: Answers, role: Client) -> None:
        """Once, what runs left below a prefix when they were killed: where the role was seen to list and delete."""
        for grant in self._contract.grants:
            here = {row_of(item.id).id: item for item in self._questions if _where(item) == grant.name}
            both = [here[name] for name in ("role.list", "role.delete") if name in here]
            seen = len(both) == 2 and all(answers[item.id].succeeded for item in both)
            if grant.name in self._looked_for_abandoned or not seen:
                continue
            self._looked_for_abandoned.add(grant.name)
            place = self._place(both[0], None)
            found = probes.list_abandoned(role, place, grant)
            for key in found.value.get("found", "").splitlines():
                its = replace(place, specimen=replace(place.specimen, key=key))
                self._remove_object(role, Made(its, ""))


def _where(question: Expectation) -> str:
    """The name of the place that a question is about, or beside which it asks."""
    return Grant(question.bucket, question.prefix).name


def decisive(question: Expectation, answers: list[Answer]) -> Answer:
    """Of several answers to one question the one that speaks most against what is expected; the last if none does."""

    def speaks_against(answer: Answer) -> int:
        seen = observed(question.probe, answer)
        if seen == question.expected:
            return int(seen == DENIED and other_layer(answer) != "")
        return 2 if seen in (ALLOWED, DENIED) else 1

    return max(reversed(answers), key=speaks_against)


def _allows(question: Expectation, answer: Answer) -> bool:
    return observed(question.probe, answer) == ALLOWED


def _may_exist(created: Answer) -> bool:
    """Whether the object is there: written now or before, or written although the answer got lost."""
    return created.succeeded or created.code == "PreconditionFailed" or created.status is None

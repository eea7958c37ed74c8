# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways into the role that can be gone from here, each with the credentials of who goes it and nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities
from ansible_collections.assumerole.s3.plugins.module_utils._aws.tokens import NoToken, Token, read_token
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account, is_session_of
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import who as named
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller, refuse_wrong_caller
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import ARN, OIDC, USER, Principal

Params = Mapping[str, Any]

#: What to do where nobody can get into the role from here.
GIVE_A_PROFILE = (
    "Give the profile of a role or user in bucket_access_trusted, or of an identity provider "
    "bucket_access_web_identity_token_file, or verify where one is: what was read shows how the role is configured, "
    "and nobody has used it."
)


#: What to do about a service.
READ_IT = (
    "Verify with the audit, which reads whether the trust policy lets it in; what it reaches, its own use of it shows."
)


@dataclass(frozen=True)
class Tokens:
    """A token that the contract lets in, and one that it does not."""

    good: Token | None = None
    refused: Token | None = None

    def of(self, principal: Principal) -> Token | None:
        """The token of a principal, if it comes with this one."""
        return self.good if self.good and principal.kind is OIDC and self.good.is_for(principal) else None


NO_TOKENS = Tokens()


@dataclass(frozen=True)
class WayIn:
    """One principal, its client for STS, and what it asks for.

    ``identity`` is the check of who it is, if that can be asked, and ``assume`` that it gets in; ``caller_arn`` is
    who it must be. ``tokens`` is what it comes with, and ``sts_elsewhere`` makes its client in another network.
    """

    principal: Principal
    sts: Any
    params: Params = field(repr=False)
    identity: str
    assume: str
    caller_arn: str | None = None
    tokens: Tokens = NO_TOKENS
    sts_elsewhere: Callable[[], Any] = field(default=lambda: None, repr=False)

    @property
    def without_mfa(self) -> str:
        """The check that it does not get in without MFA."""
        who = self.principal
        return "trust.no_mfa" if who.kind is USER else f"trusted.no_mfa@{who.label}"

    @property
    def elsewhere(self) -> str:
        """The check that it does not get in from another network."""
        who = self.principal
        return "network.assume" if who.kind is USER else f"trusted.elsewhere@{who.label}"

    def asked_who(self, role_arn: str) -> Answer:
        """Whose the credentials are; raises :class:`WrongCaller` when they are somebody else's.

        Whose a token is AWS says when it lets it in.
        """
        if self.principal.kind is OIDC:
            arn, subject = self.principal.arn(role_arn), self.tokens.good.subject if self.tokens.good else ""
            return Answer(value={"arn": arn, "account": account(arn), "user_id": subject})
        answer = probes.identity(self.sts)
        if answer.succeeded:
            if self.principal.kind is USER:
                refuse_wrong_caller(answer.value["arn"], self.caller_arn, role_arn)
            else:
                _refuse_another(answer.value["arn"], self.principal)
        return answer

    def assumed(self, params: Params) -> tuple[Answer, dict[str, Any] | None]:
        """What STS answers, and apart from it the credentials."""
        call = probes.assume_with_token if self.principal.kind is OIDC else probes.assume
        return call(self.sts, params)

    def variations(self, longest: int) -> dict[str, Params]:
        """How the role must not be assumed, by the name of the probe."""
        longer = {"assume_for_too_long": {**self.params, "DurationSeconds": longest + 1}}
        if self.tokens.good:
            refused = {"assume_with_refused_token": self.tokens.refused.text} if self.tokens.refused else {}
            other = {
                "assume_with_tampered_token": self.tokens.good.tampered,
                "assume_with_unsigned_token": self.tokens.good.unsigned,
                **refused,
            }
            return {**longer, **{name: {**self.params, "WebIdentityToken": text} for name, text in other.items()}}
        external_id = str(self.params.get("ExternalId", ""))
        return {
            "assume_without_external_id": with_external_id(self.params, None),
            "assume_with_wrong_external_id": {**self.params, "ExternalId": external_id[:1218] + "-wrong"},
            **longer,
        }


def ways_in(
    identities: Identities,
    principals: tuple[Principal, ...],
    params: Params,
    caller_arn: str | None = None,
    tokens: Tokens = NO_TOKENS,
) -> tuple[WayIn, ...]:
    """The ways of these principals. ``params`` are those of the contract's user, without an external id of others."""
    return tuple(_MAKE[who.kind.name](identities, who, params, caller_arn, tokens) for who in principals)


def with_external_id(params: Params, external_id: str | None) -> Params:
    """The same assumption by somebody with another external id, or with none."""
    bare = {name: value for name, value in params.items() if name != "ExternalId"}
    return {**bare, **({"ExternalId": external_id} if external_id else {})}


def _users(identities: Identities, who: Principal, params: Params, caller_arn: str | None, _tokens: Tokens) -> WayIn:
    there = partial(identities.user_from_elsewhere, "sts")
    return WayIn(who, identities.user("sts"), params, "user.identity", who.way_in, caller_arn, sts_elsewhere=there)


def _by_profile(identities: Identities, who: Principal, params: Params, _arn: str | None, _tokens: Tokens) -> WayIn:
    sts, its = identities.other(str(who.profile), "sts"), with_external_id(params, who.external_id)
    there = partial(identities.other_from_elsewhere, str(who.profile), "sts")
    return WayIn(who, sts, its, f"trusted.identity@{who.label}", who.way_in, sts_elsewhere=there)


def _by_token(identities: Identities, who: Principal, params: Params, _arn: str | None, tokens: Tokens) -> WayIn:
    token = {"WebIdentityToken": tokens.good.text} if tokens.good else {}
    its = {**with_external_id(params, None), **token}
    there = partial(identities.anonymous_from_elsewhere, "sts")
    return WayIn(who, identities.anonymous("sts"), its, "", who.way_in, tokens=tokens, sts_elsewhere=there)


_MAKE: Mapping[str, Callable[[Identities, Principal, Params, str | None, Tokens], WayIn]] = {
    USER.name: _users,
    ARN.name: _by_profile,
    OIDC.name: _by_token,
}


def _refuse_another(arn: str, principal: Principal) -> None:
    if not is_it(arn, principal):
        raise WrongCaller(
            f"The profile {principal.profile} holds credentials of {arn}, not of {principal.name}, so nothing was "
            "judged: name the right profile in bucket_access_trusted."
        )


def is_it(arn: str, principal: Principal) -> bool:
    """Whether somebody is this role or user; a role is seen as one of its sessions."""
    if principal.kind is not ARN:
        return False
    return is_session_of(arn, principal.name) or named(arn) == named(principal.name)


def tokens_for(options: Mapping[str, Any], trusted: tuple[Principal, ...]) -> Tokens:
    """The tokens that were given; raises :class:`WrongCaller` where they are not what they are given as."""
    given = {name: options.get(name) for name in ("web_identity_token_file", "web_identity_refused_token_file")}
    try:
        good, refused = (
            read_token(str(path), f"bucket_access_{name}") if path else None for name, path in given.items()
        )
    except NoToken as error:
        raise WrongCaller(str(error)) from None
    if good and not any(good.is_for(principal) for principal in trusted if principal.kind is OIDC):
        raise WrongCaller(
            f"bucket_access_web_identity_token_file: the token is of {good.issuer} for {', '.join(good.audiences)}, "
            f"its subject is {good.subject}, and bucket_access_trusted names nobody like that, so nothing was judged: "
            "give a token of the contract's, or correct the contract."
        )
    if good and refused and (refused.issuer != good.issuer or any(refused.is_for(principal) for principal in trusted)):
        raise WrongCaller(
            "bucket_access_web_identity_refused_token_file: the token is one that the contract lets in, or of another "
            f"provider than {good.issuer}, so nothing was judged: give one of the same provider for another "
            "audience, or of another subject."
        )
    return Tokens(good, refused)

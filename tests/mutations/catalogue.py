# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way of making access wrong that we could think of, and changes that leave it right.

Each mutation is a function that changes a provisioned world on the server. Its kind is what ``verify`` must then find:
``excess``, ``missing``, or ``harmless``; or ``untold``, where it may say neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
import json
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._policies.key_use import for_the_owner
from lab.checkout import Json
from lab.world import World
from mutations.sound import NEW_KEY, OWN_ORGANIZATION

EXCESS, MISSING, HARMLESS, UNTOLD = "excess_access", "missing_access", "harmless", "inconclusive"
READ_ONLY = {"permissions": ("list", "read")}
WRITE_ONLY = {"permissions": ("write",)}
FOR_CLIENTS = {"permissions": ("list", "read", "write", "delete", "multipart", "tags", "locate", "versions")}
#: What clients need beside the four, by the Sid of its statement.
ACTIONS_FOR_CLIENTS = {
    "Multipart": ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
    "Tags": ["s3:GetObjectTagging", "s3:PutObjectTagging"],
    "Locate": ["s3:GetBucketLocation"],
    "Versions": ["s3:GetObjectVersion"],
    "VersionsOnBucket": ["s3:ListBucketVersions"],
}
FOUR = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
OUTSIDE = {"StringNotLike": {"s3:prefix": "team/*"}}


@dataclass(frozen=True)
class Mutation:
    """A change of the world, and what it makes of the verdict.

    Where there is a ``survey``, the account is surveyed, too, and these of its lists find so much; the others pass.
    """

    name: str
    kind: str
    apply: Callable[[World], Any]
    contract: dict[str, Any] = field(default_factory=dict)
    survey: Mapping[str, str] | None = None


MUTATIONS: list[Mutation] = []


def mutation(kind: str, **contract: Any) -> Callable[[Callable[[World], Any]], Callable[[World], Any]]:
    """Register the function under its name."""

    def register(apply: Callable[[World], Any]) -> Callable[[World], Any]:
        MUTATIONS.append(Mutation(apply.__name__, kind, apply, contract))
        return apply

    return register


def register_all(kind: str, cases: dict[str, Callable[[World], Any]], **contract: Any) -> None:
    """Register many functions by given names."""
    MUTATIONS.extend(Mutation(name, kind, apply, contract) for name, apply in cases.items())


def allow(action: Any, resource: Any, **more: Any) -> Json:
    """A policy of one statement."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]}


def deny(action: Any, resource: Any, **more: Any) -> Json:
    """A policy of one denial."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": action, "Resource": resource, **more}]}


def objects(world: World, pattern: str = "*") -> str:
    """The ARN of objects of the contract's bucket."""
    return f"arn:aws:s3:::{world.bucket}/{pattern}"


def bucket(world: World) -> str:
    """The ARN of the contract's bucket."""
    return f"arn:aws:s3:::{world.bucket}"


def everything(world: World) -> list[str]:
    """The bucket and all its objects."""
    return [bucket(world), objects(world)]


def trust_with(world: World, **changes: Any) -> None:
    """The contract's trust policy with elements of its statement changed."""
    document = world.trust()
    document["Statement"][0].update(changes)
    world.set_trust(document)


def trust_also(world: World, **statement: Any) -> None:
    """The contract's trust policy with one more statement."""
    document = world.trust()
    document["Statement"].append({"Effect": "Allow", "Action": "sts:AssumeRole", **statement})
    world.set_trust(document)


def bucket_also(world: World, **statement: Any) -> None:
    """The contract's bucket policy with one more statement; an element that is nothing is left out."""
    document = world.bucket_document()
    more = {"Effect": "Allow", "Resource": everything(world), **statement}
    document["Statement"].append({name: value for name, value in more.items() if value is not None})
    world.set_bucket_policy(document)


def permissions_with(world: World, sid: str, **changes: Any) -> None:
    """The contract's permissions policy with elements of one statement changed."""
    document = world.permissions()
    next(item for item in document["Statement"] if item["Sid"] == sid).update(changes)
    world.set_permissions(document)


def permissions_without(world: World, sid: str) -> None:
    """The contract's permissions policy without one statement."""
    document = world.permissions()
    document["Statement"] = [item for item in document["Statement"] if item["Sid"] != sid]
    world.set_permissions(document)


def all_denied_beside(world: World) -> list[Json]:
    """Denials of every object and every listing that is not below the prefix."""
    return [
        {"Effect": "Deny", "Action": "s3:*", "NotResource": [bucket(world), objects(world, "team/*")]},
        {"Effect": "Deny", "Action": "s3:ListBucket", "Resource": bucket(world), "Condition": OUTSIDE},
    ]


def another_user(world: World) -> str:
    """A second user, by ARN."""
    name = f"other-{world.user}"
    return str(world.iam.create_user(UserName=name)["User"]["Arn"])


def managed_in_versions(world: World, first: Json, default: Json) -> None:
    """The role's permissions come from a managed policy that has two versions, the second of which is in force."""
    arn = world.managed_policy(first)
    world.iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(default), SetAsDefault=True)
    world.iam.attach_role_policy(RoleName=world.role, PolicyArn=arn)
    world.iam.delete_role_policy(RoleName=world.role, PolicyName="bucket-access")


def role_is_bounded_by(world: World, **statement: Any) -> None:
    """A permissions boundary of one statement on the role."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **statement}]}
    world.iam.put_role_permissions_boundary(RoleName=world.role, PermissionsBoundary=world.managed_policy(document))


def another_role(world: World, *statements: Json) -> None:
    """A second role of the account, which has nothing to do with the contract and trusts so."""
    document = {"Version": "2012-10-17", "Statement": [{"Action": "sts:AssumeRole", **item} for item in statements]}
    world.iam.create_role(RoleName=f"other-{world.role}", AssumeRolePolicyDocument=json.dumps(document))


def lets_in(principal: Any, **more: Any) -> Json:
    """A statement of a trust policy."""
    return {"Effect": "Allow", "Principal": principal, **more}


def id_of_user(world: World) -> str:
    """What AWS puts into a policy for the user's ARN."""
    return str(world.iam.get_user(UserName=world.user)["User"]["UserId"])


BY_ADDRESS = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}

# --- The user has more than nothing ---------------------------------------------------------------------------------

register_all(
    EXCESS,
    {
        f"user_gets_{action.replace('*', 'star').replace(':', '_')}": (
            lambda world, action=action: world.give_user(allow(action, "*"))
        )
        for action in (
            "s3:ListBucket",
            "s3:GetObject",
            "s3:PutObject",
            "s3:DeleteObject",
            "s3:*",
            "*",
            "s3:ListAllMyBuckets",
            "iam:PassRole",
            "iam:UpdateAssumeRolePolicy",
            "ec2:DescribeInstances",
            "sts:AssumeRole",
        )
    },
)


@mutation(EXCESS)
def user_gets_everything_but_iam(world: World) -> None:
    world.give_user({"Statement": [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]})


@mutation(EXCESS)
def user_gets_an_aws_managed_policy(world: World) -> None:
    world.iam.attach_user_policy(UserName=world.user, PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")


@mutation(EXCESS)
def user_gets_a_managed_policy(world: World) -> None:
    world.iam.attach_user_policy(
        UserName=world.user, PolicyArn=world.managed_policy(allow("s3:GetObject", objects(world)))
    )


@mutation(EXCESS)
def user_joins_a_group_with_a_policy(world: World) -> None:
    group = f"group-{world.user}"
    world.iam.create_group(GroupName=group)
    world.iam.put_group_policy(GroupName=group, PolicyName="p", PolicyDocument=json.dumps(allow("s3:*", "*")))
    world.iam.add_user_to_group(GroupName=group, UserName=world.user)


@mutation(EXCESS)
def user_joins_a_group_without_a_policy(world: World) -> None:
    group = f"group-{world.user}"
    world.iam.create_group(GroupName=group)
    world.iam.add_user_to_group(GroupName=group, UserName=world.user)


@mutation(EXCESS)
def user_gets_a_password(world: World) -> None:
    world.iam.create_login_profile(UserName=world.user, Password="Example-Passw0rd-EXAMPLE")


@mutation(EXCESS)
def user_gets_a_second_active_key(world: World) -> None:
    world.iam.create_access_key(UserName=world.user)


@mutation(EXCESS)
def bucket_policy_lets_the_user_read(world: World) -> None:
    bucket_also(world, Principal={"AWS": world.user_arn}, Action="s3:GetObject")


@mutation(EXCESS)
def bucket_policy_lets_the_user_list(world: World) -> None:
    bucket_also(world, Principal={"AWS": world.user_arn}, Action="s3:ListBucket")


@mutation(EXCESS)
def user_may_read_from_one_network(world: World) -> None:
    world.give_user(allow("s3:GetObject", "*", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}))


# --- More can assume the role, or more easily -----------------------------------------------------------------------


@mutation(EXCESS)
def trust_names_the_account(world: World) -> None:
    trust_with(world, Principal={"AWS": "arn:aws:iam::000000000000:root"})


@mutation(EXCESS)
def trust_names_the_account_as_a_number_too(world: World) -> None:
    trust_also(world, Principal={"AWS": "000000000000"})


@mutation(EXCESS)
def trust_names_everybody(world: World) -> None:
    trust_with(world, Principal="*")


@mutation(EXCESS)
def trust_names_everybody_of_aws(world: World) -> None:
    trust_with(world, Principal={"AWS": "*"})


@mutation(EXCESS)
def trust_names_another_user_too(world: World) -> None:
    trust_with(world, Principal={"AWS": [world.user_arn, another_user(world)]})


@mutation(EXCESS)
def trust_names_another_account_too(world: World) -> None:
    trust_also(world, Principal={"AWS": "arn:aws:iam::111111111111:root"})


@mutation(EXCESS)
def trust_names_a_service_too(world: World) -> None:
    trust_also(world, Principal={"Service": "ec2.amazonaws.com"})


@mutation(EXCESS)
def trust_names_an_identity_provider_too(world: World) -> None:
    provider = "arn:aws:iam::000000000000:oidc-provider/token.example.com"
    trust_also(world, Principal={"Federated": provider}, Action="sts:AssumeRoleWithWebIdentity")


@mutation(EXCESS)
def trust_forgets_the_external_id(world: World) -> None:
    document = world.trust()
    del document["Statement"][0]["Condition"]
    world.set_trust(document)


@mutation(EXCESS)
def trust_takes_any_external_id(world: World) -> None:
    trust_with(world, Condition={"StringLike": {"sts:ExternalId": "*"}})


@mutation(EXCESS)
def trust_takes_a_second_external_id(world: World) -> None:
    trust_with(world, Condition={"StringEquals": {"sts:ExternalId": [world.external_id, "another"]}})


@mutation(EXCESS)
def trust_asks_for_the_external_id_only_if_it_exists(world: World) -> None:
    trust_with(world, Condition={"StringEqualsIfExists": {"sts:ExternalId": world.external_id}})


@mutation(EXCESS)
def trust_allows_session_tags(world: World) -> None:
    trust_with(world, Action=["sts:AssumeRole", "sts:TagSession"])


@mutation(EXCESS)
def trust_allows_every_action_of_sts(world: World) -> None:
    trust_with(world, Action="sts:*")


@mutation(EXCESS)
def trust_takes_external_ids_that_begin_alike(world: World) -> None:
    trust_with(world, Condition={"StringLike": {"sts:ExternalId": "contract-*"}})


@mutation(EXCESS)
def trust_takes_the_external_id_in_any_case(world: World) -> None:
    trust_with(world, Condition={"StringEqualsIgnoreCase": {"sts:ExternalId": world.external_id}})


@mutation(EXCESS)
def trust_asks_for_some_external_id(world: World) -> None:
    trust_with(world, Condition={"Null": {"sts:ExternalId": "false"}})


@mutation(EXCESS)
def trust_excludes_one_external_id(world: World) -> None:
    trust_with(world, Condition={"StringNotEquals": {"sts:ExternalId": "another"}})


@mutation(EXCESS)
def trust_takes_every_external_id_of_none(world: World) -> None:
    trust_with(world, Condition={"ForAllValues:StringEquals": {"sts:ExternalId": [world.external_id]}})


@mutation(EXCESS)
def trust_allows_a_source_identity(world: World) -> None:
    trust_with(world, Action=["sts:AssumeRole", "sts:SetSourceIdentity"])


@mutation(EXCESS)
def trust_names_another_partition_too(world: World) -> None:
    trust_also(world, Principal={"AWS": "arn:aws-cn:iam::111111111111:root"})


@mutation(EXCESS)
def trust_names_a_session_of_another_role_too(world: World) -> None:
    trust_also(world, Principal={"AWS": "arn:aws:sts::000000000000:assumed-role/other/nightly"})


# --- Others may assume the role, too: the contract names a role of another account -----------------------------------

THEIR_ROLE = "arn:aws:iam::111111111111:role/partner"
SHARED = {"trusted": ({"arn": THEIR_ROLE, "external_id": "theirs-4711"},)}


def theirs_with(world: World, **changes: Any) -> None:
    """The contract's trust policy with elements of the other's statement changed."""
    document = world.trust()
    document["Statement"][1].update(changes)
    world.set_trust(document)


def with_their_id(operator: str, *values: str) -> Json:
    """A condition on the external id."""
    return {"Condition": {operator: {"sts:ExternalId": list(values)}}}


register_all(
    EXCESS,
    {
        "their_whole_account_is_trusted": lambda world: theirs_with(
            world, Principal={"AWS": "arn:aws:iam::111111111111:root"}
        ),
        "their_account_is_trusted_by_its_number": lambda world: theirs_with(world, Principal={"AWS": "111111111111"}),
        "everybody_is_trusted_with_their_external_id": lambda world: theirs_with(world, Principal="*"),
        "they_need_no_external_id": lambda world: theirs_with(world, Condition={}),
        "they_may_give_any_external_id": lambda world: theirs_with(world, **with_their_id("StringLike", "*")),
        "they_may_give_a_second_external_id": lambda world: theirs_with(
            world, **with_their_id("StringEquals", "theirs-4711", "another")
        ),
        "they_may_give_none": lambda world: theirs_with(world, **with_their_id("StringEqualsIfExists", "theirs-4711")),
        "they_may_tag_their_sessions": lambda world: theirs_with(world, Action=["sts:AssumeRole", "sts:TagSession"]),
        "a_second_role_of_theirs_is_trusted": lambda world: theirs_with(
            world, Principal={"AWS": [THEIR_ROLE, f"{THEIR_ROLE}-2"]}
        ),
        "somebody_is_trusted_beside_them": lambda world: trust_also(
            world,
            Principal={"AWS": "arn:aws:iam::222222222222:role/partner"},
            **with_their_id("StringEquals", "theirs-4711"),
        ),
        "the_user_may_come_with_their_external_id": lambda world: trust_also(
            world, Principal={"AWS": world.user_arn}, **with_their_id("StringEquals", "theirs-4711")
        ),
        "they_may_come_with_the_users_external_id": lambda world: trust_also(
            world, Principal={"AWS": THEIR_ROLE}, **with_their_id("StringEquals", str(world.external_id))
        ),
        "the_user_needs_no_external_id_beside_them": lambda world: trust_with(world, Condition={}),
    },
    **SHARED,
)

register_all(
    MISSING,
    {
        "they_are_trusted_no_more": lambda world: world.set_trust(
            {"Version": "2012-10-17", "Statement": world.trust()["Statement"][:1]}
        ),
        "only_they_are_trusted": lambda world: world.set_trust(
            {"Version": "2012-10-17", "Statement": world.trust()["Statement"][1:]}
        ),
        "they_are_trusted_with_another_external_id": lambda world: theirs_with(
            world, **with_their_id("StringEquals", "wrong-4711")
        ),
        "they_are_denied": lambda world: trust_also(world, Effect="Deny", Principal={"AWS": THEIR_ROLE}),
        "their_account_is_denied": lambda world: trust_also(world, Effect="Deny", Principal={"AWS": "111111111111"}),
        "their_external_id_is_denied": lambda world: trust_also(
            world, Effect="Deny", Principal="*", **with_their_id("StringEquals", "theirs-4711")
        ),
        "everybody_but_the_user_is_denied": lambda world: trust_also(
            world,
            Effect="Deny",
            Principal="*",
            Condition={"ArnNotEquals": {"aws:PrincipalArn": world.user_arn}},
        ),
        "they_must_give_their_external_id_in_a_second_way": lambda world: theirs_with(
            world, Condition={"StringEquals": {"sts:ExternalId": "theirs-4711", "aws:PrincipalArn": f"{THEIR_ROLE}-2"}}
        ),
    },
    **SHARED,
)

register_all(
    UNTOLD,
    {
        "they_are_trusted_within_an_organization": lambda world: theirs_with(
            world, Condition={"StringEquals": {"sts:ExternalId": "theirs-4711", "aws:PrincipalOrgID": "o-example"}}
        ),
        "they_are_trusted_with_mfa": lambda world: theirs_with(
            world,
            Condition={
                "StringEquals": {"sts:ExternalId": "theirs-4711"},
                "Bool": {"aws:MultiFactorAuthPresent": "true"},
            },
        ),
    },
    **SHARED,
)

register_all(
    HARMLESS,
    {
        "they_are_trusted_as_agreed": lambda world: None,
        "they_come_before_the_user": lambda world: world.set_trust(
            {"Version": "2012-10-17", "Statement": world.trust()["Statement"][::-1]}
        ),
        "their_statement_has_another_sid": lambda world: theirs_with(world, Sid="Theirs"),
        "everybody_else_is_denied": lambda world: trust_also(
            world,
            Effect="Deny",
            Principal="*",
            Condition={"ArnNotEquals": {"aws:PrincipalArn": [world.user_arn, THEIR_ROLE]}},
        ),
    },
    **SHARED,
)


# --- Tokens of an identity provider get in, too ---------------------------------------------------------------------

CI = "token.ci.example"
TOKENS = {
    "trusted": (
        {"oidc": f"https://{CI}", "audience": "sts.amazonaws.com", "subjects": ["repo:ours/exchange:ref:main"]},
    )
}
AUD, SUB = {f"{CI}:aud": "sts.amazonaws.com"}, {f"{CI}:sub": "repo:ours/exchange:ref:main"}


def of_a_ci(change: Callable[[World], Any]) -> Callable[[World], Any]:
    """The same change in an account that has the provider."""

    def changed(world: World) -> None:
        audiences = {"ClientIDList": ["sts.amazonaws.com", "another"]}
        with suppress(world.iam.exceptions.EntityAlreadyExistsException):
            world.iam.create_open_id_connect_provider(Url=f"https://{CI}", **audiences)
        change(world)

    return changed


def tokens_with(**changes: Any) -> Callable[[World], Any]:
    """The contract's trust policy with elements of the provider's statement changed."""
    return of_a_ci(lambda world: theirs_with(world, **changes))


def tokens_if(**blocks: Json) -> Callable[[World], Any]:
    """The provider's statement under other conditions."""
    return tokens_with(Condition=blocks)


def tokens_also(**statement: Any) -> Callable[[World], Any]:
    """One more statement about tokens."""
    action = {"Action": "sts:AssumeRoleWithWebIdentity"}
    return of_a_ci(lambda world: trust_also(world, **{**action, "Principal": "*", **statement}))


register_all(
    EXCESS,
    {
        "tokens_of_every_subject_get_in": tokens_if(StringEquals=AUD, StringLike={f"{CI}:sub": "*"}),
        "tokens_of_every_repository_get_in": tokens_if(StringEquals=AUD, StringLike={f"{CI}:sub": "repo:*/*:*"}),
        "tokens_of_every_branch_get_in": tokens_if(StringEquals=AUD, StringLike={f"{CI}:sub": "repo:ours/exchange:*"}),
        "tokens_of_a_second_subject_get_in": tokens_if(
            StringEquals={**AUD, f"{CI}:sub": ["repo:ours/exchange:ref:main", "repo:ours/other:ref:main"]}
        ),
        "tokens_need_no_subject": tokens_if(StringEquals=AUD),
        "tokens_need_no_audience": tokens_if(StringEquals=SUB),
        "tokens_of_any_audience_get_in": tokens_if(StringEquals=SUB, StringLike={f"{CI}:aud": "*"}),
        "tokens_without_an_audience_get_in": tokens_if(StringEquals=SUB, StringEqualsIfExists=AUD),
        "tokens_need_nothing": tokens_if(),
        "tokens_may_tag_their_sessions": tokens_with(Action=["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]),
        "tokens_of_every_provider_get_in": tokens_with(Principal={"Federated": "*"}),
        "tokens_of_another_provider_get_in": tokens_also(
            Principal={"Federated": "arn:aws:iam::000000000000:oidc-provider/another.example"},
            Condition={"StringEquals": {"another.example:sub": "repo:ours/exchange:ref:main"}},
        ),
        "tokens_and_everybody_else_get_in": tokens_with(Principal="*"),
    },
    **TOKENS,
)

register_all(
    MISSING,
    {
        "tokens_get_in_no_more": of_a_ci(
            lambda world: world.set_trust({"Version": "2012-10-17", "Statement": world.trust()["Statement"][:1]})
        ),
        "tokens_get_in_for_another_audience_only": tokens_if(StringEquals={**SUB, f"{CI}:aud": "another"}),
        "tokens_of_another_subject_get_in_only": tokens_if(
            StringEquals={**AUD, f"{CI}:sub": "repo:ours/exchange:ref:x"}
        ),
        "tokens_get_in_by_another_action_only": tokens_with(Action="sts:AssumeRole"),
        "tokens_of_the_subject_are_denied": tokens_also(
            Effect="Deny", Condition={"StringLike": {f"{CI}:sub": "repo:ours/*"}}
        ),
        "tokens_are_denied_without_exception": tokens_also(Effect="Deny"),
        "the_provider_is_not_there": of_a_ci(
            lambda world: world.iam.delete_open_id_connect_provider(
                OpenIDConnectProviderArn=f"arn:aws:iam::000000000000:oidc-provider/{CI}"
            )
        ),
    },
    **TOKENS,
)

register_all(
    UNTOLD,
    {
        "tokens_must_claim_something_else_too": tokens_if(StringEquals={**AUD, **SUB, f"{CI}:actor": "somebody"}),
        "tokens_of_one_actor_are_denied": tokens_also(
            Effect="Deny", Condition={"StringEquals": {f"{CI}:actor": "somebody"}}
        ),
    },
    **TOKENS,
)

register_all(
    HARMLESS,
    {
        "tokens_get_in_as_agreed": tokens_with(),
        "tokens_are_compared_like_a_pattern": tokens_if(StringEquals=AUD, StringLike=SUB),
        "tokens_of_another_subject_are_denied": tokens_also(
            Effect="Deny", Condition={"StringEquals": {f"{CI}:sub": "repo:ours/other:ref:main"}}
        ),
        "tokens_of_every_other_audience_are_denied": tokens_also(Effect="Deny", Condition={"StringNotEquals": AUD}),
    },
    **TOKENS,
)


# --- A service may assume the role, too, for this account -----------------------------------------------------------

ECS = "ecs-tasks.amazonaws.com"
SERVICES = {"account_id": "000000000000", "trusted": ({"service": ECS},)}
MACHINES = {"trusted": ({"service": "ec2.amazonaws.com"},)}


def service_with(**changes: Any) -> Callable[[World], Any]:
    """The contract's trust policy with elements of the service's statement changed."""
    return lambda world: theirs_with(world, **changes)


def service_for(operator: str, *accounts: str) -> Callable[[World], Any]:
    """The service comes for these accounts."""
    return service_with(Condition={operator: {"aws:SourceAccount": list(accounts)}})


def profile_holds(world: World, *roles: str) -> None:
    """There is the role's instance profile, with these in it."""
    world.iam.create_instance_profile(InstanceProfileName=world.role)
    for role in roles:
        world.iam.add_role_to_instance_profile(InstanceProfileName=world.role, RoleName=role)


register_all(
    EXCESS,
    {
        "a_service_comes_for_anybody": service_with(Condition={}),
        "a_service_comes_for_any_account": service_for("StringLike", "*"),
        "a_service_comes_for_a_second_account": service_for("StringEquals", "000000000000", "111111111111"),
        "a_service_comes_for_this_account_or_for_none": service_for("StringEqualsIfExists", "000000000000"),
        "a_second_service_comes": service_with(Principal={"Service": [ECS, "lambda.amazonaws.com"]}),
        "a_service_tags_its_sessions": service_with(Action=["sts:AssumeRole", "sts:TagSession"]),
        "the_whole_account_comes_like_a_service": service_with(Principal={"AWS": "000000000000"}),
    },
    **SERVICES,
)
register_all(
    MISSING,
    {
        "a_service_comes_no_more": lambda world: world.set_trust(
            {"Version": "2012-10-17", "Statement": world.trust()["Statement"][:1]}
        ),
        "a_service_comes_for_another_account_only": service_for("StringEquals", "111111111111"),
        "another_service_comes_instead": service_with(Principal={"Service": "ecs.amazonaws.com"}),
        "a_service_is_denied": lambda world: trust_also(world, Effect="Deny", Principal={"Service": ECS}),
        "what_comes_for_this_account_is_denied": lambda world: trust_also(
            world,
            Effect="Deny",
            Principal="*",
            Condition={"StringEquals": {"aws:SourceAccount": "000000000000"}},
        ),
    },
    **SERVICES,
)
register_all(
    UNTOLD,
    {
        "a_service_comes_for_one_of_its_resources": service_with(
            Condition={
                "StringEquals": {"aws:SourceAccount": "000000000000"},
                "ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-east-1:000000000000:*"},
            }
        ),
    },
    **SERVICES,
)
register_all(
    HARMLESS,
    {
        "a_service_comes_as_agreed": service_with(),
        "a_service_that_comes_for_others_is_denied": lambda world: trust_also(
            world,
            Effect="Deny",
            Principal={"Service": ECS},
            Condition={"StringNotEquals": {"aws:SourceAccount": "000000000000"}},
        ),
    },
    **SERVICES,
)
#: It comes for one of its clusters alone.
CLUSTER = "arn:aws:ecs:us-east-1:000000000000:cluster/exchange"
ONE_CLUSTER: dict[str, Any] = {
    "account_id": "000000000000",
    "trusted": ({"service": ECS, "source_arn": CLUSTER},),
}


def service_for_source(*sources: str, operator: str = "ArnLike") -> Callable[[World], Any]:
    """The service comes for these resources of this account."""
    account = {"StringEquals": {"aws:SourceAccount": "000000000000"}}
    return service_with(Condition={**account, operator: {"aws:SourceArn": list(sources)}})


register_all(
    EXCESS,
    {
        "a_service_comes_for_any_of_its_clusters": service_for_source("arn:aws:ecs:us-east-1:000000000000:cluster/*"),
        "a_service_comes_for_a_second_cluster": service_for_source(CLUSTER, f"{CLUSTER}-2"),
        "a_service_comes_for_its_cluster_or_for_none": service_for_source(CLUSTER, operator="ArnLikeIfExists"),
        "a_service_comes_for_all_of_the_account": service_for("StringEquals", "000000000000"),
    },
    **ONE_CLUSTER,
)
register_all(
    MISSING,
    {
        "a_service_comes_for_another_cluster_only": service_for_source(f"{CLUSTER}-2"),
        "what_comes_for_the_cluster_is_denied": lambda world: trust_also(
            world, Effect="Deny", Principal={"Service": ECS}, Condition={"ArnEquals": {"aws:SourceArn": CLUSTER}}
        ),
    },
    **ONE_CLUSTER,
)
register_all(
    HARMLESS,
    {
        "a_service_comes_for_its_cluster": service_for_source(CLUSTER, operator="ArnEquals"),
        "what_comes_for_another_cluster_is_denied": lambda world: trust_also(
            world, Effect="Deny", Principal={"Service": ECS}, Condition={"ArnEquals": {"aws:SourceArn": f"{CLUSTER}-2"}}
        ),
    },
    **ONE_CLUSTER,
)
register_all(
    MISSING,
    {
        "machines_have_no_instance_profile": service_with(),
        "machines_have_an_empty_instance_profile": profile_holds,
        "machines_must_say_for_whom_they_come": lambda world: (
            profile_holds(world, world.role),
            service_for("StringEquals", "000000000000")(world),
        ),
    },
    **MACHINES,
)
register_all(
    HARMLESS, {"machines_have_their_instance_profile": lambda world: profile_holds(world, world.role)}, **MACHINES
)


@mutation(EXCESS)
def role_gives_longer_sessions(world: World) -> None:
    world.iam.update_role(RoleName=world.role, MaxSessionDuration=43200)


# --- The role may do more -------------------------------------------------------------------------------------------

register_all(
    EXCESS,
    {
        f"role_gets_{action.replace('*', 'star').replace(':', '_')}": (
            lambda world, action=action: world.set_permissions(allow(action, "*"), "extra")
        )
        for action in (
            "s3:*",
            "*",
            "s3:Get*",
            "s3:ListAllMyBuckets",
            "s3:GetBucketPolicy",
            "s3:PutBucketPolicy",
            "s3:DeleteBucket",
            "s3:PutObjectAcl",
            "s3:GetObjectVersion",
            "s3:BypassGovernanceRetention",
            "s3:ListBucketVersions",
            "s3:ListBucketMultipartUploads",
            "s3:ListMultipartUploadParts",
            "s3:AbortMultipartUpload",
            "s3:PutObjectTagging",
            "s3:DeleteObjectVersion",
            "s3:PutBucketPublicAccessBlock",
            "iam:CreateAccessKey",
            "iam:PutRolePolicy",
            "sts:AssumeRole",
            "kms:Decrypt",
        )
    },
)


register_all(
    EXCESS,
    {
        f"the_permission_{sid.lower()}_reaches_beside_the_prefix": (
            lambda world, sid=sid: permissions_with(world, sid, Resource=objects(world, "team*"))
        )
        for sid in ("Multipart", "Tags", "Versions")
    },
    **FOR_CLIENTS,
)

register_all(
    EXCESS,
    {
        f"versions_are_listed_{name}": (
            lambda world, prefixes=prefixes: permissions_with(
                world, "VersionsOnBucket", Condition={"StringLike": {"s3:prefix": prefixes}} if prefixes else {}
            )
        )
        for name, prefixes in (
            ("of_the_whole_bucket", []),
            ("beside_the_prefix", "team*"),
            ("where_no_prefix_is_given", ["team/*", ""]),
        )
    },
    **FOR_CLIENTS,
)


@mutation(EXCESS, **FOR_CLIENTS)
def every_bucket_can_be_located(world: World) -> None:
    permissions_with(world, "Locate", Resource="arn:aws:s3:::*")


register_all(
    EXCESS,
    {
        f"who_may_{name}_gets_{action.replace(':', '_')}": (
            lambda world, action=action: world.set_permissions(allow(action, [bucket(world), objects(world)]), "extra")
        )
        for name, action in (
            ("locate", "s3:AbortMultipartUpload"),
            ("locate", "s3:ListMultipartUploadParts"),
            ("locate", "s3:GetObjectTagging"),
            ("locate", "s3:PutObjectTagging"),
            ("locate", "s3:DeleteObjectTagging"),
            ("locate", "s3:GetObjectVersion"),
            ("locate", "s3:ListBucketVersions"),
            ("locate", "s3:ListBucketMultipartUploads"),
        )
    },
    permissions=("list", "read", "locate"),
)


register_all(
    EXCESS,
    {
        f"who_may_read_versions_gets_{action.replace(':', '_')}": (
            lambda world, action=action: world.set_permissions(allow(action, objects(world)), "extra")
        )
        for action in ("s3:DeleteObjectVersion", "s3:GetObjectVersionTagging", "s3:GetObjectVersionAcl")
    },
    permissions=("list", "read", "versions"),
)


#: The role may list the whole bucket, and has the rest below the prefix.
LISTS_ALL: dict[str, Any] = {"permissions": ("list_all", "read", "write", "delete")}

register_all(
    EXCESS,
    {
        "who_may_list_all_reads_beside_the_prefix": lambda world: permissions_with(
            world, "Read", Resource=objects(world)
        ),
        "who_may_list_all_lists_versions": (
            lambda world: world.set_permissions(allow("s3:ListBucketVersions", bucket(world)), "extra")
        ),
        "who_may_list_all_lists_every_bucket": lambda world: permissions_with(
            world, "ListAll", Resource="arn:aws:s3:::*"
        ),
    },
    **LISTS_ALL,
)


@mutation(EXCESS)
def the_whole_bucket_can_be_listed_as_if_the_contract_said_so(world: World) -> None:
    world.set_permissions(allow("s3:ListBucket", bucket(world)), "extra")


register_all(
    MISSING,
    {
        "who_may_list_all_lists_below_the_prefix_alone": lambda world: permissions_with(
            world, "ListAll", Condition={"StringLike": {"s3:prefix": "team/*"}}
        ),
        "who_may_list_all_lists_nothing": lambda world: permissions_without(world, "ListAll"),
    },
    **LISTS_ALL,
)


@mutation(HARMLESS, **LISTS_ALL)
def who_may_list_all_also_may_list_below_the_prefix(world: World) -> None:
    below = {"StringLike": {"s3:prefix": "team/*"}}
    world.set_permissions(allow("s3:ListBucket", bucket(world), Condition=below), "extra")


@mutation(EXCESS, permissions=("list", "read", "tags"))
def a_tagger_may_locate_the_bucket(world: World) -> None:
    world.set_permissions(allow("s3:GetBucketLocation", bucket(world)), "extra")


@mutation(EXCESS, **FOR_CLIENTS)
def the_user_alone_may_write_tags(world: World) -> None:
    world.give_user(allow("s3:PutObjectTagging", objects(world)))


@mutation(EXCESS, **FOR_CLIENTS)
def the_user_alone_may_read_versions(world: World) -> None:
    world.give_user(allow("s3:GetObjectVersion", objects(world)))


@mutation(EXCESS)
def role_gets_an_aws_managed_policy(world: World) -> None:
    world.iam.attach_role_policy(RoleName=world.role, PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")


@mutation(EXCESS)
def role_gets_a_managed_policy_for_the_forbidden_bucket(world: World) -> None:
    arn = world.managed_policy(allow("s3:ListBucket", f"arn:aws:s3:::{world.forbidden_buckets[0]}"))
    world.iam.attach_role_policy(RoleName=world.role, PolicyArn=arn)


@mutation(EXCESS)
def role_may_do_everything_but_delete_the_bucket(world: World) -> None:
    extra = {"Statement": [{"Effect": "Allow", "NotAction": "s3:DeleteBucket", "Resource": everything(world)}]}
    world.set_permissions(extra, "extra")


@mutation(EXCESS)
def role_may_read_what_is_not_below_the_prefix(world: World) -> None:
    extra = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": objects(world, "team/*")}]}
    world.set_permissions(extra, "extra")


def only_pictures(world: World) -> None:
    """The bucket takes nothing but pictures outside of the contract's place: nothing is said of other buckets."""
    spared = [objects(world, "*.jpg"), objects(world, "team/*")]
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:PutObject", NotResource=spared, Resource=None)


@mutation(EXCESS)
def what_the_bucket_takes_elsewhere_hides_nothing_of_another_bucket(world: World) -> None:
    world.set_permissions(allow("s3:PutObject", "arn:aws:s3:::payroll/*"), "extra")
    only_pictures(world)


@mutation(EXCESS)
def what_the_bucket_denies_but_for_actions_hides_nothing_of_iam(world: World) -> None:
    world.set_permissions(allow("iam:*", "*"), "extra")
    everywhere = {"NotAction": FOUR, "NotResource": objects(world, "logs/*"), "Resource": None}
    bucket_also(world, Effect="Deny", Principal={"AWS": world.role_arn}, **everywhere)


@mutation(HARMLESS)
def the_bucket_takes_nothing_but_pictures_outside_of_the_place(world: World) -> None:
    only_pictures(world)


@mutation(EXCESS)
def prefix_is_forgotten_for_reading(world: World) -> None:
    permissions_with(world, "Read", Resource=objects(world))


@mutation(EXCESS)
def prefix_is_forgotten_for_writing(world: World) -> None:
    permissions_with(world, "Write", Resource=objects(world))


@mutation(EXCESS)
def prefix_is_forgotten_for_deleting(world: World) -> None:
    permissions_with(world, "Delete", Resource=objects(world))


@mutation(EXCESS)
def prefix_loses_its_slash(world: World) -> None:
    permissions_with(world, "Read", Resource=objects(world, "team*"))


@mutation(EXCESS)
def prefix_loses_its_slash_for_writing(world: World) -> None:
    permissions_with(world, "Write", Resource=objects(world, "team*"))


@mutation(EXCESS)
def listing_forgets_the_prefix(world: World) -> None:
    document = world.permissions()
    del document["Statement"][0]["Condition"]
    world.set_permissions(document)


@mutation(EXCESS)
def listing_prefix_loses_its_slash(world: World) -> None:
    permissions_with(world, "List", Condition={"StringLike": {"s3:prefix": "team*"}})


@mutation(EXCESS)
def listing_takes_the_empty_prefix_too(world: World) -> None:
    permissions_with(world, "List", Condition={"StringLike": {"s3:prefix": ["team/*", ""]}})


@mutation(EXCESS)
def listing_is_limited_only_if_a_prefix_is_given(world: World) -> None:
    permissions_with(world, "List", Condition={"StringLikeIfExists": {"s3:prefix": "team/*"}})


@mutation(EXCESS)
def reading_reaches_a_second_bucket(world: World) -> None:
    permissions_with(world, "Read", Resource=[objects(world, "team/*"), f"arn:aws:s3:::{world.forbidden_buckets[0]}/*"])


@mutation(EXCESS)
def reading_reaches_every_bucket(world: World) -> None:
    permissions_with(world, "Read", Resource="arn:aws:s3:::*/*")


@mutation(EXCESS, **READ_ONLY)
def a_reader_may_write(world: World) -> None:
    world.set_permissions(allow("s3:PutObject", objects(world, "team/*")), "extra")


@mutation(EXCESS, **READ_ONLY)
def a_reader_may_delete(world: World) -> None:
    world.set_permissions(allow("s3:DeleteObject", objects(world, "team/*")), "extra")


@mutation(EXCESS, **WRITE_ONLY)
def a_writer_may_read(world: World) -> None:
    world.set_permissions(allow("s3:GetObject", objects(world, "team/*")), "extra")


@mutation(EXCESS, **WRITE_ONLY)
def a_writer_may_list(world: World) -> None:
    world.set_permissions(allow("s3:ListBucket", bucket(world)), "extra")


@mutation(EXCESS)
def the_managed_policy_in_force_is_a_wider_version(world: World) -> None:
    managed_in_versions(world, world.permissions(), allow("s3:*", everything(world)))


@mutation(EXCESS)
def a_wildcard_for_one_character_reaches_a_neighbour(world: World) -> None:
    permissions_with(world, "Read", Resource=objects(world, "tea?/*"))


@mutation(EXCESS)
def reading_reaches_a_folder_named_by_a_variable(world: World) -> None:
    world.set_permissions(allow("s3:GetObject", objects(world, "${aws:PrincipalTag/team}/*")), "extra")


@mutation(EXCESS)
def reading_reaches_every_bucket_of_a_similar_name(world: World) -> None:
    permissions_with(world, "Read", Resource=f"arn:aws:s3:::{world.bucket}*/team/*")


@mutation(EXCESS)
def listing_is_limited_for_all_values_of_none(world: World) -> None:
    permissions_with(world, "List", Condition={"ForAllValues:StringLike": {"s3:prefix": "team/*"}})


@mutation(EXCESS)
def listing_takes_requests_without_a_prefix_too(world: World) -> None:
    extra = allow("s3:ListBucket", bucket(world), Condition={"Null": {"s3:prefix": "true"}})
    world.set_permissions(extra, "extra")


@mutation(EXCESS)
def listing_excludes_one_prefix_only(world: World) -> None:
    permissions_with(world, "List", Condition={"StringNotLike": {"s3:prefix": "secret/*"}})


@mutation(EXCESS)
def reading_reaches_everything_over_tls(world: World) -> None:
    extra = allow("s3:GetObject", objects(world), Condition={"Bool": {"aws:SecureTransport": "true"}})
    world.set_permissions(extra, "extra")


@mutation(EXCESS)
def reading_reaches_everything_from_one_network(world: World) -> None:
    extra = allow("s3:GetObject", objects(world), Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})
    world.set_permissions(extra, "extra")


# --- The bucket is more open ----------------------------------------------------------------------------------------


@mutation(EXCESS)
def bucket_policy_is_removed(world: World) -> None:
    world.s3.delete_bucket_policy(Bucket=world.bucket)


@mutation(EXCESS)
def plain_http_is_denied_for_reading_only(world: World) -> None:
    document = world.bucket_document()
    document["Statement"][0]["Action"] = "s3:GetObject"
    world.set_bucket_policy(document)


@mutation(EXCESS)
def plain_http_is_denied_to_the_user_only(world: World) -> None:
    document = world.bucket_document()
    document["Statement"][0]["Principal"] = {"AWS": world.user_arn}
    world.set_bucket_policy(document)


@mutation(EXCESS)
def plain_http_is_denied_for_objects_only(world: World) -> None:
    document = world.bucket_document()
    document["Statement"][0]["Resource"] = objects(world)
    world.set_bucket_policy(document)


@mutation(EXCESS)
def everybody_may_read(world: World) -> None:
    world.s3.delete_public_access_block(Bucket=world.bucket)
    bucket_also(world, Principal="*", Action="s3:GetObject")


@mutation(EXCESS)
def everybody_but_the_user_may_read(world: World) -> None:
    world.s3.delete_public_access_block(Bucket=world.bucket)
    document = world.bucket_document()
    document["Statement"] += [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": objects(world, "team/*")},
        {"Effect": "Deny", "Principal": {"AWS": world.user_arn}, "Action": "s3:GetObject", "Resource": objects(world)},
    ]
    world.set_bucket_policy(document)


@mutation(EXCESS)
def everybody_may_list(world: World) -> None:
    world.s3.delete_public_access_block(Bucket=world.bucket)
    bucket_also(world, Principal={"AWS": "*"}, Action="s3:ListBucket")


@mutation(EXCESS)
def another_account_may_read(world: World) -> None:
    bucket_also(world, Principal={"AWS": "arn:aws:iam::111111111111:root"}, Action="s3:GetObject")


@mutation(EXCESS)
def bucket_policy_gives_the_role_more(world: World) -> None:
    bucket_also(world, Principal={"AWS": world.role_arn}, Action="s3:PutBucketPolicy")


@mutation(EXCESS)
def public_access_block_is_removed(world: World) -> None:
    world.s3.delete_public_access_block(Bucket=world.bucket)


register_all(
    EXCESS,
    {
        f"public_access_block_is_off_for_{name}": (
            lambda world, name=name: world.s3.put_public_access_block(
                Bucket=world.bucket,
                PublicAccessBlockConfiguration={
                    other: other != name
                    for other in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
                },
            )
        )
        for name in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    },
)


@mutation(EXCESS)
def plain_http_is_denied_by_the_version_of_tls(world: World) -> None:
    document = world.bucket_document()
    document["Statement"][0]["Condition"] = {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    world.set_bucket_policy(document)


@mutation(EXCESS)
def plain_http_is_denied_from_elsewhere_only(world: World) -> None:
    document = world.bucket_document()
    document["Statement"][0]["Condition"]["NotIpAddress"] = {"aws:SourceIp": "10.0.0.0/8"}
    world.set_bucket_policy(document)


@mutation(EXCESS)
def log_delivery_may_write(world: World) -> None:
    bucket_also(
        world,
        Principal={"Service": "logging.s3.amazonaws.com"},
        Action="s3:PutObject",
        Condition={"StringEquals": {"aws:SourceAccount": "000000000000"}},
    )


@mutation(EXCESS)
def a_canonical_user_may_read(world: World) -> None:
    bucket_also(world, Principal={"CanonicalUser": "79a59df900b949e55d96a1e698fbaceEXAMPLE"}, Action="s3:GetObject")


@mutation(EXCESS)
def everybody_but_the_user_may_write(world: World) -> None:
    world.s3.delete_public_access_block(Bucket=world.bucket)
    bucket_also(world, NotPrincipal={"AWS": world.user_arn}, Action="s3:PutObject")


@mutation(EXCESS)
def the_organization_may_read(world: World) -> None:
    world.s3.delete_public_access_block(Bucket=world.bucket)
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-example"}}
    bucket_also(world, Principal="*", Action="s3:GetObject", Condition=condition)


@mutation(EXCESS)
def bucket_policy_lets_the_role_beside_the_prefix(world: World) -> None:
    bucket_also(world, Principal={"AWS": world.role_arn}, Action="s3:GetObject", Resource=objects(world))


@mutation(EXCESS)
def acls_are_switched_on(world: World) -> None:
    world.s3.put_bucket_ownership_controls(
        Bucket=world.bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )


# --- The key that encrypts: too much, too little, and what cannot be told --------------------------------------------

VIA_S3 = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
ENCRYPTED: dict[str, Any] = {"kms_key": NEW_KEY}
USE = ["kms:GenerateDataKey", "kms:Decrypt"]


def key_policy_with(world: World, *statements: Json, delegates: bool = True) -> None:
    """The key's policy: it leaves the key to its account, or to its keeper, and has more statements."""
    owner = f"arn:aws:iam::{world.emulator.account}:{'root' if delegates else 'user/keeper'}"
    own = {"Effect": "Allow", "Principal": {"AWS": owner}, "Action": "kms:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [own, *statements]})
    world.kms.put_key_policy(KeyId=world.contract.kms_key, PolicyName="default", Policy=document)


def of_the_key(principal: str, action: Any = "kms:*", **more: Any) -> Json:
    """A statement of a key's policy."""
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*", **more}


def key_statements_with(world: World, **changes: Any) -> None:
    """The statements of the role's policy about the key, with elements changed."""
    for sid in ("EncryptByTheKey", "DecryptByTheKey"):
        permissions_with(world, sid, **changes)


def without_a_condition(world: World, operator: str) -> None:
    """The same without one of their conditions."""
    document = world.permissions()
    for statement in document["Statement"]:
        if statement["Sid"].endswith("ByTheKey"):
            del statement["Condition"][operator]
    world.set_permissions(document)


def of_what(world: World, *resources: str) -> Json:
    """Their condition on what is encrypted, with other values; the operator is given as the policy has it."""
    return {**VIA_S3, "StringLike": {"kms:EncryptionContext:aws:s3:arn": list(resources)}}


register_all(
    EXCESS,
    {
        "the_role_may_do_everything_with_the_key": (
            lambda world: world.set_permissions(allow("kms:*", world.contract.kms_key), "extra")
        ),
        "the_role_may_decrypt_by_every_key": lambda world: world.set_permissions(allow("kms:Decrypt", "*"), "extra"),
        "the_role_may_encrypt_by_every_key_through_s3": (
            lambda world: world.set_permissions(allow("kms:GenerateDataKey", "*", Condition=VIA_S3), "extra")
        ),
        "the_key_may_be_used_outside_of_s3": lambda world: without_a_condition(world, "StringEquals"),
        "the_key_may_be_used_for_every_bucket": lambda world: without_a_condition(world, "StringLike"),
        "the_key_may_be_used_without_conditions": lambda world: key_statements_with(world, Condition={}),
        "the_user_may_decrypt_by_the_key": (
            lambda world: world.give_user(allow("kms:Decrypt", world.contract.kms_key))
        ),
        "the_keys_policy_lets_the_user_in": (
            lambda world: key_policy_with(world, of_the_key(world.user_arn, "kms:Decrypt"))
        ),
        "the_keys_policy_gives_the_role_everything": lambda world: key_policy_with(world, of_the_key(world.role_arn)),
        "the_keys_policy_lets_the_role_use_it_outside_of_s3": (
            lambda world: key_policy_with(world, of_the_key(world.role_arn, USE))
        ),
        "the_keys_policy_lets_everybody_decrypt": (
            lambda world: key_policy_with(world, of_the_key("*", "kms:Decrypt"))
        ),
        "a_grant_of_the_key_is_the_roles": (
            lambda world: world.kms.create_grant(
                KeyId=world.contract.kms_key, GranteePrincipal=world.role_arn, Operations=["Decrypt"]
            )
        ),
        "the_bucket_encrypts_by_another_key": lambda world: world.encrypt_by(world.emulator.new_key()),
        "the_bucket_encrypts_by_no_key_of_kms": lambda world: world.encrypt_by(),
    },
    **ENCRYPTED,
)
register_all(
    MISSING,
    {
        "the_role_may_not_decrypt": lambda world: permissions_without(world, "DecryptByTheKey"),
        "the_role_may_not_encrypt": lambda world: permissions_without(world, "EncryptByTheKey"),
        "the_key_may_be_used_for_objects_alone": (
            lambda world: key_statements_with(world, Condition=of_what(world, objects(world, "team/*")))
        ),
        "the_key_may_be_used_for_another_bucket": (
            lambda world: key_statements_with(
                world, Condition=of_what(world, "arn:aws:s3:::another", "arn:aws:s3:::another/*")
            )
        ),
        "the_key_may_be_used_through_s3_of_elsewhere": (
            lambda world: key_statements_with(
                world, Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
            )
        ),
        "the_roles_policy_names_another_key": (
            lambda world: key_statements_with(world, Resource=world.emulator.new_key())
        ),
        "the_keys_policy_names_neither_the_role_nor_the_account": lambda world: key_policy_with(world, delegates=False),
        "the_keys_policy_denies_the_role_to_decrypt": (
            lambda world: key_policy_with(world, {**of_the_key(world.role_arn, "kms:Decrypt"), "Effect": "Deny"})
        ),
        "the_keys_policy_leaves_the_account_less": (
            lambda world: key_policy_with(
                world, of_the_key(f"arn:aws:iam::{world.emulator.account}:root", "kms:Decrypt"), delegates=False
            )
        ),
        "the_roles_boundary_leaves_s3_alone": lambda world: role_is_bounded_by(world, Action="s3:*"),
        "the_key_is_disabled": lambda world: world.kms.disable_key(KeyId=world.contract.kms_key),
        "the_key_is_to_be_deleted": (
            lambda world: world.kms.schedule_key_deletion(KeyId=world.contract.kms_key, PendingWindowInDays=7)
        ),
        "the_bucket_has_no_bucket_key": lambda world: world.encrypt_by(world.contract.kms_key, bucket_key=False),
    },
    **ENCRYPTED,
)
register_all(
    UNTOLD,
    {
        "the_keys_policy_denies_it_to_a_part_of_an_organization": (
            lambda world: key_policy_with(
                world,
                {
                    **of_the_key("*"),
                    "Effect": "Deny",
                    "Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/ou-1/*"}},
                },
            )
        ),
    },
    **ENCRYPTED,
)
register_all(
    HARMLESS,
    {
        "the_keys_policy_names_the_role_as_it_is_told_to": (
            lambda world: key_policy_with(world, *for_the_owner(world.contract, world.role_arn), delegates=False)
        ),
        "the_keys_policy_lets_others_in": (lambda world: key_policy_with(world, of_the_key(another_user(world)))),
        "a_grant_of_the_key_is_somebody_elses": (
            lambda world: world.kms.create_grant(
                KeyId=world.contract.kms_key, GranteePrincipal=another_user(world), Operations=["Decrypt"]
            )
        ),
        "what_was_there_before_the_key_keeps_its_own": (
            lambda world: world.s3.put_object(
                Bucket=world.bucket, Key=f"{world.prefix}old", Body=b"", ServerSideEncryption="AES256"
            )
        ),
    },
    **ENCRYPTED,
)

# --- Other roles of the account let them in -------------------------------------------------------------------------

register_all(
    EXCESS,
    {
        "another_role_trusts_the_user": lambda world: another_role(world, lets_in({"AWS": world.user_arn})),
        "another_role_trusts_the_users_id": lambda world: another_role(world, lets_in({"AWS": id_of_user(world)})),
        "another_role_trusts_the_role": lambda world: another_role(world, lets_in({"AWS": world.role_arn})),
        "another_role_trusts_a_session_of_the_role": lambda world: another_role(
            world, lets_in({"AWS": f"arn:aws:sts::000000000000:assumed-role/{world.role}/nightly"})
        ),
        "another_role_trusts_everybody": lambda world: another_role(world, lets_in("*")),
        "another_role_trusts_everybody_of_aws": lambda world: another_role(world, lets_in({"AWS": "*"})),
        "another_role_trusts_the_user_over_tls": lambda world: another_role(
            world, lets_in({"AWS": world.user_arn}, Condition={"Bool": {"aws:SecureTransport": "true"}})
        ),
        "another_role_trusts_the_user_for_all_of_sts": lambda world: another_role(
            world, lets_in({"AWS": [another_user(world), world.user_arn]}, Action="sts:*")
        ),
    },
)

register_all(
    UNTOLD,
    {
        "another_role_trusts_the_user_from_one_network": lambda world: another_role(
            world, lets_in({"AWS": world.user_arn}, Condition=BY_ADDRESS)
        ),
        "another_role_trusts_the_users_id_with_an_external_id": lambda world: another_role(
            world, lets_in({"AWS": id_of_user(world)}, Condition={"StringEquals": {"sts:ExternalId": "another"}})
        ),
        "another_role_trusts_the_role_except_from_one_network": lambda world: another_role(
            world, lets_in({"AWS": world.role_arn}), {"Effect": "Deny", "Principal": "*", "Condition": BY_ADDRESS}
        ),
    },
)

register_all(
    HARMLESS,
    {
        "another_role_trusts_a_service": lambda world: another_role(world, lets_in({"Service": "ec2.amazonaws.com"})),
        "another_role_trusts_another_user": lambda world: another_role(world, lets_in({"AWS": another_user(world)})),
        "another_role_trusts_the_account": lambda world: another_role(
            world, lets_in({"AWS": "arn:aws:iam::000000000000:root"}), lets_in({"AWS": "000000000000"})
        ),
        "another_role_trusts_everybody_but_them": lambda world: another_role(
            world,
            lets_in("*"),
            {"Effect": "Deny", "Principal": {"AWS": [world.user_arn, world.role_arn]}},
        ),
        "another_role_trusts_the_user_over_plain_http": lambda world: another_role(
            world, lets_in({"AWS": world.user_arn}, Condition={"Bool": {"aws:SecureTransport": "false"}})
        ),
    },
)


# --- Access is missing ----------------------------------------------------------------------------------------------


@mutation(MISSING)
def the_user_is_deleted(world: World) -> None:
    world.iam.delete_access_key(UserName=world.user, AccessKeyId=world.key["AccessKeyId"])
    world.iam.delete_user(UserName=world.user)


@mutation(MISSING)
def the_key_is_deleted(world: World) -> None:
    world.iam.delete_access_key(UserName=world.user, AccessKeyId=world.key["AccessKeyId"])


@mutation(MISSING)
def the_key_is_deactivated(world: World) -> None:
    world.iam.update_access_key(UserName=world.user, AccessKeyId=world.key["AccessKeyId"], Status="Inactive")


@mutation(MISSING)
def the_role_is_deleted(world: World) -> None:
    world.iam.delete_role_policy(RoleName=world.role, PolicyName="bucket-access")
    world.iam.delete_role(RoleName=world.role)


@mutation(MISSING)
def the_bucket_is_deleted(world: World) -> None:
    for key in ("team/inside", world.beside):
        world.s3.delete_object(Bucket=world.bucket, Key=key)
    world.s3.delete_bucket(Bucket=world.bucket)


@mutation(MISSING)
def the_permissions_policy_is_deleted(world: World) -> None:
    world.iam.delete_role_policy(RoleName=world.role, PolicyName="bucket-access")


register_all(
    MISSING,
    {
        f"the_permission_to_{sid.lower()}_is_removed": lambda world, sid=sid: permissions_without(world, sid)
        for sid in ("List", "Read", "Write", "Delete")
    },
)


register_all(
    MISSING,
    {
        f"the_permission_{sid.lower()}_is_removed": lambda world, sid=sid: permissions_without(world, sid)
        for sid in ACTIONS_FOR_CLIENTS
    },
    **FOR_CLIENTS,
)

register_all(
    MISSING,
    {
        f"{action.replace(':', '_')}_alone_is_removed": (
            lambda world, sid=sid, action=action: permissions_with(
                world, sid, Action=[name for name in ACTIONS_FOR_CLIENTS[sid] if name != action]
            )
        )
        for sid in ("Multipart", "Tags")
        for action in ACTIONS_FOR_CLIENTS[sid]
    },
    **FOR_CLIENTS,
)


@mutation(MISSING)
def reading_is_narrowed_to_a_deeper_folder(world: World) -> None:
    permissions_with(world, "Read", Resource=objects(world, "team/reports/*"))


@mutation(MISSING)
def reading_depends_on_the_address(world: World) -> None:
    permissions_with(world, "Read", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})


@mutation(MISSING)
def writing_is_denied_by_the_role(world: World) -> None:
    world.set_permissions(deny("s3:Put*", objects(world)), "extra")


@mutation(MISSING)
def reading_is_denied_in_a_deeper_folder(world: World) -> None:
    world.set_permissions(deny("s3:GetObject", objects(world, "team/secret/*")), "extra")


@mutation(MISSING)
def reading_is_denied_by_the_bucket_policy(world: World) -> None:
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:GetObject")


@mutation(MISSING)
def the_role_is_denied_by_the_bucket_policy(world: World) -> None:
    bucket_also(world, Effect="Deny", Principal={"AWS": world.role_arn}, Action="s3:*")


@mutation(MISSING)
def the_bucket_policy_denies_all_but_the_contract(world: World) -> None:
    bucket_also(world, Effect="Deny", Principal={"AWS": world.role_arn}, NotAction=["s3:GetObject"])


@mutation(MISSING)
def the_roles_boundary_leaves_out_writing(world: World) -> None:
    boundary = world.managed_policy(allow(["s3:ListBucket", "s3:GetObject", "s3:DeleteObject"], "*"))
    world.iam.put_role_permissions_boundary(RoleName=world.role, PermissionsBoundary=boundary)


@mutation(MISSING)
def the_users_boundary_denies_assuming(world: World) -> None:
    document = allow("*", "*")
    document["Statement"] += deny("sts:AssumeRole", "*")["Statement"]
    world.iam.put_user_permissions_boundary(UserName=world.user, PermissionsBoundary=world.managed_policy(document))


@mutation(MISSING)
def trust_names_a_deleted_user(world: World) -> None:
    trust_with(world, Principal={"AWS": "AIDAEXAMPLEEXAMPLE123"})


@mutation(MISSING)
def trust_is_denied_to_the_user(world: World) -> None:
    trust_also(world, Effect="Deny", Principal={"AWS": world.user_arn})


@mutation(MISSING)
def trust_asks_for_more(world: World) -> None:
    condition = {
        "StringEquals": {"sts:ExternalId": world.external_id},
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
    }
    trust_with(world, Condition=condition)


@mutation(MISSING)
def the_account_is_denied_a_deeper_folder(world: World) -> None:
    account = {"AWS": "arn:aws:iam::000000000000:root"}
    bucket_also(
        world, Effect="Deny", Principal=account, Action="s3:GetObject", Resource=objects(world, "team/secret/*")
    )


@mutation(MISSING)
def the_account_is_denied_a_deeper_folder_by_its_number(world: World) -> None:
    account = {"AWS": "000000000000"}
    bucket_also(
        world, Effect="Deny", Principal=account, Action="s3:GetObject", Resource=objects(world, "team/secret/*")
    )


@mutation(MISSING)
def one_session_of_the_role_is_denied(world: World) -> None:
    session = f"arn:aws:sts::000000000000:assumed-role/{world.role}/nightly"
    bucket_also(world, Effect="Deny", Principal={"AWS": session}, Action="s3:GetObject")


@mutation(MISSING)
def one_session_of_the_role_is_denied_by_a_condition(world: World) -> None:
    role_id = world.iam.get_role(RoleName=world.role)["Role"]["RoleId"]
    condition = {"StringEquals": {"aws:userid": f"{role_id}:nightly"}}
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:GetObject", Condition=condition)


@mutation(MISSING)
def all_but_one_session_are_denied_by_name(world: World) -> None:
    session = f"arn:aws:sts::000000000000:assumed-role/{world.role}/nightly"
    spared = {"AWS": [world.role_arn, session, "arn:aws:iam::000000000000:root"]}
    bucket_also(world, Effect="Deny", NotPrincipal=spared, Action="s3:*")


@mutation(MISSING)
def reading_is_denied_in_a_folder_named_by_a_variable(world: World) -> None:
    world.set_permissions(deny("s3:GetObject", objects(world, "${aws:PrincipalTag/team}/*")), "extra")


@mutation(MISSING)
def all_but_a_deeper_folder_is_denied(world: World) -> None:
    extra = {"Effect": "Deny", "Action": "s3:*", "NotResource": [bucket(world), objects(world, "team/reports/*")]}
    world.set_permissions({"Version": "2012-10-17", "Statement": [extra]}, "extra")


@mutation(MISSING)
def all_but_reading_and_listing_is_denied(world: World) -> None:
    extra = {"Effect": "Deny", "NotAction": ["s3:Get*", "s3:List*"], "Resource": "*"}
    world.set_permissions({"Version": "2012-10-17", "Statement": [extra]}, "extra")


@mutation(MISSING)
def uploads_must_name_their_encryption(world: World) -> None:
    condition = {"Null": {"s3:x-amz-server-side-encryption": "true"}}
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:PutObject", Condition=condition)


@mutation(MISSING)
def requests_must_come_through_one_vpc_endpoint(world: World) -> None:
    condition = {"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}
    bucket_also(world, Effect="Deny", Principal={"AWS": world.role_arn}, Action="s3:*", Condition=condition)


@mutation(MISSING)
def deleting_must_come_from_one_network(world: World) -> None:
    condition = {"NotIpAddress": {"aws:SourceIp": ["127.0.0.0/8", "::1/128"]}}
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:DeleteObject", Condition=condition)


@mutation(MISSING)
def all_but_another_role_are_denied(world: World) -> None:
    condition = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::000000000000:role/other-*"}}
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:*", Condition=condition)


@mutation(MISSING)
def the_managed_policy_in_force_is_a_narrower_version(world: World) -> None:
    narrow = world.permissions()
    narrow["Statement"] = narrow["Statement"][:1]
    managed_in_versions(world, world.permissions(), narrow)


@mutation(MISSING)
def the_roles_boundary_allows_all_but_writing(world: World) -> None:
    role_is_bounded_by(world, NotAction=["iam:*", "s3:PutObject"])


@mutation(MISSING)
def the_roles_boundary_depends_on_the_address(world: World) -> None:
    role_is_bounded_by(world, Action="*", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})


@mutation(MISSING)
def trust_is_denied_to_the_account(world: World) -> None:
    trust_also(world, Effect="Deny", Principal={"AWS": "arn:aws:iam::000000000000:root"})


@mutation(MISSING)
def trust_asks_for_an_address(world: World) -> None:
    document = world.trust()
    document["Statement"][0]["Condition"]["IpAddress"] = {"aws:SourceIp": "192.0.2.0/24"}
    world.set_trust(document)


@mutation(MISSING, max_session_duration=7200)
def role_gives_shorter_sessions(world: World) -> None:
    world.iam.update_role(RoleName=world.role, MaxSessionDuration=3600)


@mutation(MISSING)
def trust_is_denied_by_the_users_id(world: World) -> None:
    user_id = world.iam.get_user(UserName=world.user)["User"]["UserId"]
    trust_also(world, Effect="Deny", Principal="*", Condition={"StringEquals": {"aws:userid": user_id}})


@mutation(MISSING)
def trust_is_denied_to_some_session_names(world: World) -> None:
    condition = {"StringLike": {"sts:RoleSessionName": "nightly-*"}}
    trust_also(world, Effect="Deny", Principal="*", Condition=condition)


@mutation(MISSING)
def one_version_of_tls_is_denied(world: World) -> None:
    condition = {"NumericEquals": {"s3:TlsVersion": "1.2"}}
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:*", Condition=condition)


@mutation(MISSING)
def listing_of_a_deeper_folder_is_denied(world: World) -> None:
    condition = {"StringLike": {"s3:prefix": "team/secret/*"}}
    world.set_permissions(deny("s3:ListBucket", bucket(world), Condition=condition), "extra")


@mutation(MISSING)
def all_but_the_account_are_denied_by_name(world: World) -> None:
    spared = {"AWS": [world.role_arn, "arn:aws:iam::000000000000:root"]}
    bucket_also(world, Effect="Deny", NotPrincipal=spared, Action="s3:GetObject")


@mutation(EXCESS)
def plain_http_is_denied_to_all_but_the_role(world: World) -> None:
    document = world.bucket_document()
    del document["Statement"][0]["Principal"]
    document["Statement"][0]["NotPrincipal"] = {"AWS": world.role_arn}
    world.set_bucket_policy(document)


@mutation(EXCESS)
def everything_is_allowed_and_too_little_of_it_denied(world: World) -> None:
    wide = allow("s3:*", everything(world))
    wide["Statement"].append({"Effect": "Deny", "NotAction": [*FOUR, "s3:PutObjectAcl"], "Resource": "*"})
    wide["Statement"] += all_denied_beside(world)
    world.set_permissions(wide)


@mutation(EXCESS)
def log_delivery_may_write_in_the_contracts_place(world: World) -> None:
    logging = {"Service": "logging.s3.amazonaws.com"}
    bucket_also(world, Principal=logging, Action="s3:PutObject", Resource=objects(world, "tea*"))


# --- What cannot be told: the probes work here, and may not elsewhere ------------------------------------------------


register_all(
    UNTOLD,
    {
        name: lambda world, condition=condition: bucket_also(
            world, Effect="Deny", Principal="*", Action="s3:*", Condition=condition
        )
        for name, condition in {
            "another_organization_is_denied": {"StringEquals": {"aws:PrincipalOrgID": "o-another"}},
            "some_paths_of_the_organization_are_denied": {
                "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-example/r-1/ou-guests/*"}
            },
            "one_vpc_endpoint_is_denied": {"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}},
            "an_old_signature_is_denied": {"StringEquals": {"s3:signatureversion": "AWS"}},
            "everything_is_denied_from_2099_on": {"DateGreaterThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}},
            "a_role_with_a_tag_is_denied": {"StringLike": {"aws:PrincipalTag/team": "guests-*"}},
        }.items()
    },
)


@mutation(UNTOLD)
def trust_is_denied_from_2099_on(world: World) -> None:
    condition = {"DateGreaterThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}}
    trust_also(world, Effect="Deny", Principal="*", Condition=condition)


@mutation(UNTOLD)
def the_users_boundary_denies_another_organization(world: World) -> None:
    document = allow("*", "*")
    document["Statement"] += deny("*", "*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-another"}})[
        "Statement"
    ]
    world.iam.put_user_permissions_boundary(UserName=world.user, PermissionsBoundary=world.managed_policy(document))


# --- Nothing that matters ---------------------------------------------------------------------------------------------


@mutation(HARMLESS)
def nothing_changes(_world: World) -> None:
    pass


@mutation(HARMLESS)
def everything_is_allowed_and_the_rest_of_it_denied(world: World) -> None:
    wide = allow("s3:*", everything(world))
    wide["Statement"].append({"Effect": "Deny", "NotAction": FOUR, "Resource": "*"})
    wide["Statement"] += all_denied_beside(world)
    world.set_permissions(wide)


@mutation(HARMLESS)
def everything_is_allowed_within_a_boundary_that_is_the_contract(world: World) -> None:
    boundary = world.managed_policy(world.permissions())
    world.iam.put_role_permissions_boundary(RoleName=world.role, PermissionsBoundary=boundary)
    world.set_permissions(allow("*", "*"))


@mutation(HARMLESS)
def listings_outside_of_the_prefix_are_denied(world: World) -> None:
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:ListBucket", Condition=OUTSIDE)


@mutation(HARMLESS)
def tls_is_demanded_as_text(world: World) -> None:
    document = world.bucket_document()
    document["Statement"][0]["Condition"] = {"StringNotEquals": {"aws:SecureTransport": "true"}}
    world.set_bucket_policy(document)


@mutation(HARMLESS)
def a_grant_for_everybody_is_narrowed_to_the_role(world: World) -> None:
    world.s3.put_public_access_block(
        Bucket=world.bucket,
        PublicAccessBlockConfiguration={
            name: True for name in ("BlockPublicAcls", "IgnorePublicAcls", "RestrictPublicBuckets")
        },
    )
    condition = {"ArnEquals": {"aws:PrincipalArn": world.role_arn}}
    bucket_also(world, Principal="*", Action="s3:GetObject", Resource=objects(world, "team/*"), Condition=condition)
    world.s3.put_public_access_block(
        Bucket=world.bucket,
        PublicAccessBlockConfiguration=dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        ),
    )


@mutation(HARMLESS)
def log_delivery_may_write_beside_the_contracts_place(world: World) -> None:
    logging = {"Service": "logging.s3.amazonaws.com"}
    bucket_also(world, Principal=logging, Action="s3:PutObject", Resource=objects(world, "logs/*"))


@mutation(HARMLESS)
def trust_demands_the_users_id(world: World) -> None:
    document = world.trust()
    user_id = world.iam.get_user(UserName=world.user)["User"]["UserId"]
    document["Statement"][0]["Condition"]["StringLike"] = {"aws:userid": user_id}
    world.set_trust(document)


@mutation(HARMLESS)
def sids_are_renamed(world: World) -> None:
    document = world.permissions()
    for number, statement in enumerate(document["Statement"]):
        statement["Sid"] = f"S{number}"
    world.set_permissions(document)


@mutation(HARMLESS)
def statements_are_reordered(world: World) -> None:
    document = world.permissions()
    document["Statement"].reverse()
    world.set_permissions(document)


@mutation(HARMLESS)
def strings_become_lists(world: World) -> None:
    document = world.permissions()
    for statement in document["Statement"]:
        statement["Action"], statement["Resource"] = [statement["Action"]], [statement["Resource"]]
    world.set_permissions(document)


@mutation(HARMLESS)
def actions_are_written_in_capitals(world: World) -> None:
    document = world.permissions()
    for statement in document["Statement"]:
        statement["Action"] = statement["Action"].replace("s3:", "S3:").upper()
    world.set_permissions(document)


@mutation(HARMLESS)
def statements_are_merged(world: World) -> None:
    actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    merged = {"Effect": "Allow", "Action": actions, "Resource": objects(world, "team/*")}
    world.set_permissions({"Version": "2012-10-17", "Statement": [world.permissions()["Statement"][0], merged]})


@mutation(HARMLESS, **FOR_CLIENTS)
def two_actions_of_one_permission_stand_in_two_statements(world: World) -> None:
    document = world.permissions()
    (tags,) = [item for item in document["Statement"] if item["Sid"] == "Tags"]
    document["Statement"] += [{**tags, "Sid": "MoreTags", "Action": tags["Action"][1:]}]
    tags["Action"] = tags["Action"][0]
    world.set_permissions(document)


register_all(
    HARMLESS,
    {
        f"the_permission_{sid.lower()}_is_repeated_for_a_deeper_folder": (
            lambda world, sid=sid: world.set_permissions(
                allow(ACTIONS_FOR_CLIENTS[sid], objects(world, "team/reports/*")), "extra"
            )
        )
        for sid in ("Multipart", "Tags", "Versions")
    },
    **FOR_CLIENTS,
)


@mutation(HARMLESS, **FOR_CLIENTS)
def a_second_policy_lets_the_bucket_be_located(world: World) -> None:
    permissions_without(world, "Locate")
    world.set_permissions(allow("s3:GetBucketLocation", bucket(world)), "extra")


@mutation(HARMLESS, **FOR_CLIENTS)
def listing_objects_and_versions_is_one_statement(world: World) -> None:
    document = world.permissions()
    document["Statement"] = [item for item in document["Statement"] if item["Sid"] not in ("List", "VersionsOnBucket")]
    below = {"StringLike": {"s3:prefix": "team/*"}}
    both = allow(["s3:ListBucketVersions", "s3:ListBucket"], bucket(world))["Statement"][0] | {"Condition": below}
    world.set_permissions({**document, "Statement": [*document["Statement"], both]})


@mutation(HARMLESS)
def permissions_are_split_over_two_policies(world: World) -> None:
    first, *others = world.permissions()["Statement"]
    world.set_permissions({"Version": "2012-10-17", "Statement": others})
    world.set_permissions({"Version": "2012-10-17", "Statement": [first]}, "second")


@mutation(HARMLESS)
def permissions_move_to_a_managed_policy(world: World) -> None:
    world.iam.attach_role_policy(RoleName=world.role, PolicyArn=world.managed_policy(world.permissions()))
    world.iam.delete_role_policy(RoleName=world.role, PolicyName="bucket-access")


@mutation(HARMLESS)
def a_permission_is_given_twice(world: World) -> None:
    world.set_permissions(allow("s3:GetObject", objects(world, "team/*")), "again")


@mutation(HARMLESS)
def a_permission_is_repeated_for_a_deeper_folder(world: World) -> None:
    world.set_permissions(allow("s3:GetObject", objects(world, "team/reports/*")), "again")


@mutation(HARMLESS)
def the_role_is_denied_what_it_may_not_do_anyway(world: World) -> None:
    world.set_permissions(deny("s3:DeleteBucket", bucket(world)), "extra")


@mutation(HARMLESS)
def the_bucket_policy_denies_deleting_the_bucket(world: World) -> None:
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:DeleteBucket", Resource=bucket(world))


@mutation(HARMLESS)
def the_bucket_policy_denies_plain_http_twice(world: World) -> None:
    bucket_also(
        world,
        Effect="Deny",
        Principal={"AWS": "*"},
        Action="s3:GetObject",
        Condition={"Bool": {"aws:SecureTransport": False}},
    )


@mutation(HARMLESS)
def the_bucket_policy_repeats_the_contract(world: World) -> None:
    bucket_also(world, Principal={"AWS": world.role_arn}, Action="s3:GetObject", Resource=objects(world, "team/*"))


@mutation(HARMLESS)
def the_secure_transport_is_written_as_a_boolean(world: World) -> None:
    document = world.bucket_document()
    document["Statement"][0]["Condition"] = {"Bool": {"AWS:SecureTransport": False}}
    world.set_bucket_policy(document)


@mutation(HARMLESS)
def an_inactive_key_waits_to_be_deleted(world: World) -> None:
    old = world.iam.create_access_key(UserName=world.user)["AccessKey"]["AccessKeyId"]
    world.iam.update_access_key(UserName=world.user, AccessKeyId=old, Status="Inactive")


@mutation(HARMLESS)
def boundaries_leave_the_contract_whole(world: World) -> None:
    boundary = world.managed_policy(allow(["s3:*", "sts:AssumeRole"], "*"))
    world.iam.put_role_permissions_boundary(RoleName=world.role, PermissionsBoundary=boundary)
    world.iam.put_user_permissions_boundary(UserName=world.user, PermissionsBoundary=boundary)


@mutation(HARMLESS)
def everything_is_tagged(world: World) -> None:
    tags = [{"Key": "team", "Value": "exchange"}]
    world.iam.tag_user(UserName=world.user, Tags=tags)
    world.iam.tag_role(RoleName=world.role, Tags=tags)
    world.s3.put_bucket_tagging(Bucket=world.bucket, Tagging={"TagSet": tags})


@mutation(HARMLESS)
def the_bucket_keeps_versions(world: World) -> None:
    world.s3.put_bucket_versioning(Bucket=world.bucket, VersioningConfiguration={"Status": "Enabled"})


@mutation(HARMLESS)
def the_trust_policy_is_written_otherwise(world: World) -> None:
    trust_with(
        world,
        Sid="Other",
        Principal={"AWS": [world.user_arn]},
        Action=["STS:assumerole"],
        Condition={"stringEquals": {"STS:ExternalID": [world.external_id]}},
    )


@mutation(HARMLESS)
def the_bucket_holds_objects_of_others(world: World) -> None:
    for key in ("team/.access-check", "team/report.csv", "elsewhere/file"):
        world.s3.put_object(Bucket=world.bucket, Key=key, Body=b"theirs")


@mutation(HARMLESS, **READ_ONLY)
def a_reader_is_left_alone(_world: World) -> None:
    pass


@mutation(HARMLESS, **WRITE_ONLY)
def a_writer_is_left_alone(_world: World) -> None:
    pass


@mutation(HARMLESS, prefix="", external_id=None)
def a_plain_contract_is_left_alone(_world: World) -> None:
    pass


@mutation(HARMLESS)
def old_versions_of_tls_are_denied(world: World) -> None:
    condition = {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:*", Condition=condition)


@mutation(HARMLESS)
def plain_http_is_denied_if_it_exists(world: World) -> None:
    document = world.bucket_document()
    document["Statement"][0]["Condition"] = {"BoolIfExists": {"aws:SecureTransport": ["false"]}}
    world.set_bucket_policy(document)


@mutation(HARMLESS)
def all_but_the_role_are_denied(world: World) -> None:
    # AWS gives the role's ARN for its sessions, the emulator the session's.
    session = f"arn:aws:sts::000000000000:assumed-role/{world.role}/*"
    condition = {"ArnNotLike": {"aws:PrincipalArn": [world.role_arn, session]}}
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:GetObject", Condition=condition)


@mutation(HARMLESS)
def all_but_the_role_are_denied_by_its_id(world: World) -> None:
    role_id = world.iam.get_role(RoleName=world.role)["Role"]["RoleId"]
    condition = {"StringNotLike": {"aws:userid": f"{role_id}:*"}}
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:GetObject", Condition=condition)


@mutation(HARMLESS)
def the_users_boundary_leaves_out_assuming(world: World) -> None:
    # The trust policy names the user, so what the boundary does not allow is allowed.
    boundary = world.managed_policy(allow("s3:*", "*"))
    world.iam.put_user_permissions_boundary(UserName=world.user, PermissionsBoundary=boundary)


@mutation(HARMLESS)
def other_accounts_are_denied(world: World) -> None:
    condition = {"StringNotEquals": {"aws:PrincipalAccount": "000000000000"}}
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:*", Condition=condition)


@mutation(HARMLESS)
def others_are_denied(world: World) -> None:
    others = [world.user_arn, "arn:aws:iam::111111111111:root", "arn:aws:sts::000000000000:assumed-role/other/x"]
    bucket_also(world, Effect="Deny", Principal={"AWS": others}, Action="s3:*")


@mutation(HARMLESS)
def a_session_of_the_role_is_let_in_by_name(world: World) -> None:
    session = f"arn:aws:sts::000000000000:assumed-role/{world.role}/nightly"
    bucket_also(world, Principal={"AWS": session}, Action="s3:GetObject", Resource=objects(world, "team/*"))


@mutation(HARMLESS)
def the_role_is_denied_other_buckets(world: World) -> None:
    extra = {"Effect": "Deny", "Action": "s3:*", "NotResource": everything(world)}
    world.set_permissions({"Version": "2012-10-17", "Statement": [extra]}, "extra")


@mutation(HARMLESS)
def the_role_is_denied_other_actions(world: World) -> None:
    actions = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    extra = {"Effect": "Deny", "NotAction": actions, "Resource": "*"}
    world.set_permissions({"Version": "2012-10-17", "Statement": [extra]}, "extra")


@mutation(HARMLESS)
def the_role_is_denied_other_folders_by_a_variable(world: World) -> None:
    world.set_permissions(deny("s3:GetObject", objects(world, "home/${aws:PrincipalTag/team}/*")), "extra")


@mutation(HARMLESS)
def permissions_demand_tls_themselves(world: World) -> None:
    document = world.permissions()
    for statement in document["Statement"]:
        statement.setdefault("Condition", {})["Bool"] = {"aws:SecureTransport": "true"}
    world.set_permissions(document)


@mutation(HARMLESS)
def listing_of_one_folder_is_repeated(world: World) -> None:
    extra = allow("s3:ListBucket", bucket(world), Condition={"StringEquals": {"s3:prefix": ["team/", "team/a/"]}})
    world.set_permissions(extra, "again")


@mutation(HARMLESS)
def the_managed_policy_in_force_is_the_contract(world: World) -> None:
    managed_in_versions(world, allow("s3:*", "*"), world.permissions())


@mutation(HARMLESS)
def the_roles_boundary_allows_all_but_iam(world: World) -> None:
    role_is_bounded_by(world, NotAction=["iam:*", "organizations:*"])


@mutation(HARMLESS)
def the_trust_policy_denies_calls_without_the_external_id(world: World) -> None:
    condition = {"StringNotEquals": {"sts:ExternalId": world.external_id}}
    trust_also(world, Effect="Deny", Principal="*", Condition=condition)


@mutation(HARMLESS)
def the_trust_policy_denies_everybody_else(world: World) -> None:
    condition = {"ArnNotEquals": {"aws:PrincipalArn": world.user_arn}}
    trust_also(world, Effect="Deny", Principal={"AWS": "*"}, Condition=condition)


@mutation(HARMLESS)
def the_trust_policy_names_the_user_twice_over(world: World) -> None:
    document = world.trust()
    document["Statement"][0]["Condition"]["ArnEquals"] = {"aws:PrincipalArn": world.user_arn}
    world.set_trust(document)


@mutation(HARMLESS)
def objects_are_encrypted_with_a_key_of_kms(world: World) -> None:
    encrypt = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
    world.s3.put_bucket_encryption(Bucket=world.bucket, ServerSideEncryptionConfiguration={"Rules": [encrypt]})


@mutation(MISSING, region="eu-central-1")
def the_bucket_is_in_another_region_than_the_contract(_world: World) -> None:
    pass


@mutation(HARMLESS, region="us-east-1")
def the_contract_names_the_region_of_the_bucket(_world: World) -> None:
    pass


@mutation(HARMLESS, prefix="Ablage für alle/2026 Ü/")
def a_contract_with_spaces_and_umlauts_is_left_alone(_world: World) -> None:
    pass


# The conditions of a contract.

HERE, PARTNER, OFFICE = "127.0.0.1", "203.0.113.0/24", "198.51.100.7"
ENDPOINT, OTHER_ENDPOINT = "vpce-0123456789abcdef0", "vpce-0fedcba9876543210"
WITH_MFA = {"require_mfa": True}
FROM_SOMEWHERE = {"source_ips": [HERE, PARTNER, OFFICE]}
THROUGH_ENDPOINTS = {"vpc_endpoints": [ENDPOINT, OTHER_ENDPOINT]}
OF_AN_ORGANIZATION = {"organization_id": "o-a1b2c3d4e5"}
OF_ITS_ORGANIZATION = {"organization_id": OWN_ORGANIZATION}


def conditions_of(world: World, where: str, change: Callable[[Json], Any]) -> None:
    """The contract's trust or permissions policy with the conditions of its statements changed."""
    document = getattr(world, where)()
    for statement in document["Statement"]:
        change(statement["Condition"])
        if not statement["Condition"]:
            del statement["Condition"]
    getattr(world, f"set_{where}")(document)


def changed_conditions(where: str, operator: str, changes: dict[str, Any]) -> dict[str, Callable[[World], Any]]:
    """A mutation for each of the changes of one operator's block; ``None`` drops it."""

    def change(world: World, to: Any) -> None:
        conditions_of(world, where, lambda found: found.pop(operator) if to is None else found.update(to))

    return {name: (lambda world, to=to: change(world, to)) for name, to in changes.items()}


def addresses(*networks: str) -> Json:
    """The condition of the contract's addresses, with others."""
    return {"IpAddress": {"aws:SourceIp": list(networks)}}


register_all(
    EXCESS,
    changed_conditions(
        "trust",
        "Bool",
        {
            "mfa_is_not_required": None,
            "mfa_is_required_where_it_is_told": {"Bool": {}, "BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}},
            "mfa_may_be_missing": {"Bool": {"aws:MultiFactorAuthPresent": ["true", "false"]}},
            "mfa_must_be_missing": {"Bool": {"aws:MultiFactorAuthPresent": "false"}},
        },
    ),
    **WITH_MFA,
)
register_all(
    EXCESS,
    {
        f"{name}_in_the_{where}": apply
        for where in ("trust", "permissions")
        for name, apply in changed_conditions(
            where,
            "IpAddress",
            {
                "the_addresses_are_dropped": None,
                "one_address_is_added": addresses(HERE, PARTNER, OFFICE, "192.0.2.1"),
                "a_network_is_wider": addresses(HERE, "203.0.112.0/23", OFFICE),
                "every_address_is_let_in": addresses("0.0.0.0/0"),
                "other_addresses_are_let_in": addresses("192.0.2.0/24"),
                "an_address_may_be_missing": {
                    "IpAddress": {},
                    "IpAddressIfExists": addresses(HERE, PARTNER, OFFICE)["IpAddress"],
                },
                "all_but_the_addresses_are_let_in": {
                    "IpAddress": {},
                    "NotIpAddress": addresses(HERE, PARTNER, OFFICE)["IpAddress"],
                },
            },
        ).items()
    },
    **FROM_SOMEWHERE,
)
register_all(
    EXCESS,
    changed_conditions(
        "permissions",
        "StringEquals",
        {
            "the_endpoints_are_dropped": None,
            "an_endpoint_is_added": {
                "StringEquals": {"aws:SourceVpce": [ENDPOINT, OTHER_ENDPOINT, "vpce-00000000000000000"]}
            },
            "every_endpoint_is_let_in": {"StringEquals": {}, "StringLike": {"aws:SourceVpce": "vpce-*"}},
            "an_endpoint_may_be_missing": {
                "StringEquals": {},
                "StringEqualsIfExists": {"aws:SourceVpce": [ENDPOINT, OTHER_ENDPOINT]},
            },
        },
    ),
    **THROUGH_ENDPOINTS,
)


def organization_with(world: World, **condition: Json) -> None:
    """The trust policy with the external id, and this instead of the organization."""
    external_id = {"sts:ExternalId": world.external_id}
    trust_with(world, Condition={**condition, "StringEquals": {**external_id, **condition.get("StringEquals", {})}})


register_all(
    EXCESS,
    {
        "the_organization_is_dropped": organization_with,
        "another_organization_is_let_in": (
            lambda world: organization_with(world, StringEquals={"aws:PrincipalOrgID": "o-zzzzzzzzzz"})
        ),
        "any_organization_is_let_in": (
            lambda world: organization_with(world, StringLike={"aws:PrincipalOrgID": "o-*"})
        ),
        "an_organization_may_be_missing": (
            lambda world: organization_with(world, StringEqualsIfExists={"aws:PrincipalOrgID": "o-a1b2c3d4e5"})
        ),
    },
    **OF_AN_ORGANIZATION,
)


def denied_to(world: World, operator: str) -> None:
    """Whose organization compares so with the contract's is denied the role."""
    condition = {operator: {"aws:PrincipalOrgID": world.contract.conditions.organization_id}}
    trust_also(world, Effect="Deny", Principal="*", Condition=condition)


register_all(
    MISSING,
    {"those_of_the_organization_are_denied": lambda world: denied_to(world, "StringEquals")},
    **OF_ITS_ORGANIZATION,
)
register_all(
    HARMLESS,
    {
        "the_organization_is_as_agreed": lambda world: None,
        "those_of_other_organizations_are_denied": lambda world: denied_to(world, "StringNotEquals"),
        "the_organization_is_compared_like_a_pattern": lambda world: organization_with(
            world, StringLike={"aws:PrincipalOrgID": world.contract.conditions.organization_id}
        ),
    },
    **OF_ITS_ORGANIZATION,
)


@mutation(MISSING, **WITH_MFA)
def the_user_with_mfa_is_denied(world: World) -> None:
    trust_also(world, Effect="Deny", Principal="*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})


@mutation(HARMLESS, **THROUGH_ENDPOINTS)
def the_endpoints_stand_in_another_order(world: World) -> None:
    endpoints = {"StringEquals": {"aws:SourceVpce": [OTHER_ENDPOINT, ENDPOINT]}}
    conditions_of(world, "permissions", lambda found: found.update(endpoints))


@mutation(EXCESS, **FROM_SOMEWHERE)
def another_policy_forgets_the_addresses(world: World) -> None:
    world.set_permissions(allow("s3:GetObject", objects(world)), "extra")


@mutation(EXCESS, **FROM_SOMEWHERE)
def the_bucket_policy_forgets_the_addresses(world: World) -> None:
    bucket_also(world, Principal={"AWS": world.role_arn}, Action="s3:GetObject")


@mutation(EXCESS, **WITH_MFA)
def a_second_statement_forgets_mfa(world: World) -> None:
    trust_also(world, Principal={"AWS": world.user_arn})


register_all(
    MISSING,
    {
        f"{name}_in_the_{where}": apply
        for where in ("trust", "permissions")
        for name, apply in changed_conditions(
            where,
            "IpAddress",
            {
                "an_address_is_taken_away": addresses(HERE, PARTNER),
                "a_network_is_narrower": addresses(HERE, "203.0.113.0/25", OFFICE),
            },
        ).items()
    },
    **FROM_SOMEWHERE,
)
register_all(
    MISSING,
    changed_conditions(
        "permissions",
        "StringEquals",
        {"an_endpoint_is_taken_away": {"StringEquals": {"aws:SourceVpce": ENDPOINT}}},
    ),
    **THROUGH_ENDPOINTS,
)


@mutation(MISSING, **FROM_SOMEWHERE)
def the_partners_network_is_denied(world: World) -> None:
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:*", Condition=addresses("203.0.113.128/25"))


@mutation(MISSING, **THROUGH_ENDPOINTS)
def one_endpoint_is_denied(world: World) -> None:
    condition = {"StringEquals": {"aws:SourceVpce": OTHER_ENDPOINT}}
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:*", Condition=condition)


register_all(
    HARMLESS,
    {
        f"{name}_in_the_{where}": apply
        for where in ("trust", "permissions")
        for name, apply in changed_conditions(
            where,
            "IpAddress",
            {
                "the_addresses_stand_in_another_order": addresses(OFFICE, PARTNER, HERE),
                "an_address_is_a_network_of_one": addresses(f"{HERE}/32", PARTNER, OFFICE),
                "a_network_is_two_halves": addresses(HERE, "203.0.113.0/25", "203.0.113.128/25", OFFICE),
                "a_network_holds_another": addresses(HERE, PARTNER, "203.0.113.7", OFFICE),
            },
        ).items()
    },
    **FROM_SOMEWHERE,
)


@mutation(HARMLESS, **FROM_SOMEWHERE)
def each_address_has_a_statement(world: World) -> None:
    document = world.permissions()
    document["Statement"] = [
        {**item, "Sid": f"{item['Sid']}{number}", "Condition": {**item["Condition"], **addresses(network)}}
        for item in document["Statement"]
        for number, network in enumerate((HERE, PARTNER, OFFICE))
    ]
    world.set_permissions(document)


@mutation(HARMLESS, **FROM_SOMEWHERE)
def all_other_addresses_are_denied_on_the_bucket(world: World) -> None:
    condition = {"NotIpAddress": addresses(HERE, PARTNER, OFFICE)["IpAddress"]}
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:*", Condition=condition)


@mutation(HARMLESS, **THROUGH_ENDPOINTS)
def all_other_endpoints_are_denied_on_the_bucket(world: World) -> None:
    condition = {"StringNotEquals": {"aws:SourceVpce": [ENDPOINT, OTHER_ENDPOINT]}}
    bucket_also(world, Effect="Deny", Principal="*", Action="s3:*", Condition=condition)


@mutation(HARMLESS, **WITH_MFA)
def the_user_without_mfa_is_denied_in_the_trust_policy(world: World) -> None:
    condition = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    trust_also(world, Effect="Deny", Principal="*", Condition=condition)


# The conditions of a contract, for whoever else may assume the role.

THEIR_USER = "arn:aws:iam::111111111111:user/partner"
OTHERS_FROM_SOMEWHERE = {**FROM_SOMEWHERE, **SHARED}
OTHERS_WITH_MFA = {**WITH_MFA, "trusted": ({"arn": THEIR_USER, "external_id": "theirs-4711"},)}
OTHERS_OF_AN_ORGANIZATION = {**OF_AN_ORGANIZATION, **SHARED}


def their_conditions(operator: str, changes: dict[str, Any]) -> dict[str, Callable[[World], Any]]:
    """A mutation for each of the changes of one operator's block in the other's statement; ``None`` drops it."""

    def change(world: World, to: Any) -> None:
        condition = dict(world.trust()["Statement"][1]["Condition"])
        if to is None:
            del condition[operator]
        theirs_with(world, Condition={**condition, **(to or {})})

    return {name: (lambda world, to=to: change(world, to)) for name, to in changes.items()}


register_all(
    EXCESS,
    their_conditions(
        "IpAddress",
        {
            "they_may_come_from_everywhere": None,
            "they_may_come_from_one_more_address": addresses(HERE, PARTNER, OFFICE, "192.0.2.1"),
            "they_may_come_without_an_address": {
                "IpAddress": {},
                "IpAddressIfExists": addresses(HERE, PARTNER, OFFICE)["IpAddress"],
            },
        },
    ),
    **OTHERS_FROM_SOMEWHERE,
)
register_all(
    EXCESS,
    their_conditions(
        "Bool",
        {
            "they_need_no_mfa": None,
            "they_may_leave_out_mfa": {"Bool": {"aws:MultiFactorAuthPresent": ["true", "false"]}},
        },
    ),
    **OTHERS_WITH_MFA,
)
register_all(
    EXCESS,
    their_conditions(
        "StringEquals",
        {
            "they_may_be_of_no_organization": {"StringEquals": {"sts:ExternalId": "theirs-4711"}},
            "they_may_be_of_another_organization": {
                "StringEquals": {
                    "sts:ExternalId": "theirs-4711",
                    "aws:PrincipalOrgID": ["o-a1b2c3d4e5", "o-zzzzzzzzzz"],
                }
            },
        },
    ),
    **OTHERS_OF_AN_ORGANIZATION,
)
register_all(
    MISSING,
    their_conditions("IpAddress", {"they_may_come_from_fewer_addresses": addresses(HERE, PARTNER)}),
    **OTHERS_FROM_SOMEWHERE,
)
register_all(
    HARMLESS,
    their_conditions("IpAddress", {"their_addresses_stand_in_another_order": addresses(OFFICE, PARTNER, HERE)}),
    **OTHERS_FROM_SOMEWHERE,
)

# The conditions of a contract, for tokens of a provider.

TOKENS_FROM_SOMEWHERE = {**FROM_SOMEWHERE, **TOKENS}
CLAIMS = {"StringEquals": {**AUD, **SUB}}

register_all(
    EXCESS,
    {
        "tokens_may_come_from_everywhere": tokens_if(**CLAIMS),
        "tokens_may_come_from_one_more_address": tokens_if(**CLAIMS, **addresses(HERE, PARTNER, OFFICE, "192.0.2.1")),
    },
    **TOKENS_FROM_SOMEWHERE,
)
register_all(
    MISSING,
    {"tokens_may_come_from_fewer_addresses": tokens_if(**CLAIMS, **addresses(HERE, PARTNER))},
    **TOKENS_FROM_SOMEWHERE,
)
register_all(
    HARMLESS,
    {
        "tokens_come_from_where_they_may": tokens_with(),
        "the_addresses_of_tokens_stand_in_another_order": tokens_if(**CLAIMS, **addresses(OFFICE, PARTNER, HERE)),
    },
    **TOKENS_FROM_SOMEWHERE,
)

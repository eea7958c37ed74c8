# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``bucket_access_trusted`` may say: one rule a kind of principal, none of which lets everybody in. Pure.

A rule gives what is wrong, in words that follow the name of the variable, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
import re
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import ACCOUNT_ID, partition, who
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import (
    ARN,
    OIDC,
    SERVICE,
    TRUSTED,
    provider,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import (
    account_problem,
    external_id_problem,
    items,
    no_text,
    profile_problem,
    quoted,
    role_arn_problem,
    user_arn_problem,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.services import (
    CHINA,
    EC2,
    NO_SOURCE,
    SERVICE_NAME,
    says_source,
)

Item = Mapping[str, Any]


def trusted_problem(value: object) -> str | None:
    """Each item names one principal of one kind, and no principal is named twice."""
    seen: set[object] = set()
    for item in items(value):
        problem = _item_problem(item)
        if problem or not isinstance(item, Mapping):
            return problem
        key = next(key for key in TRUSTED if item.get(key))
        if IDENTITIES[key](item) in seen:
            return f"names {quoted(item[key])} twice: keep one"
        seen.add(IDENTITIES[key](item))
    return None


def _item_problem(item: object) -> str | None:
    choices = ", ".join(TRUSTED)
    if not isinstance(item, Mapping):
        return f"has {quoted(item)}, not a principal: write it like {{arn: arn:aws:iam::123456789012:role/NAME}}"
    given = [key for key in TRUSTED if item.get(key)]
    if len(given) != 1:
        return f"has an item with {' and '.join(given) or 'no principal'}: give each item one of {choices}"
    (key,) = given
    unknown = sorted(str(name) for name in item if name not in (key, *TRUSTED[key].options))
    if unknown:
        known = ", ".join(TRUSTED[key].options)
        return f"has {quoted(unknown[0])} beside {key} {quoted(item[key])}: choose from {known}"
    return PROBLEMS[key](item)


def arn_problem(item: Item) -> str | None:
    """One role or user. An account as a whole would be whomever somebody in it lets in.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
    """
    arn = str(item["arn"])
    if re.search(r"[*?$]", arn):
        return f"has {quoted(arn)}, which lets in whoever matches it: name one role or user"
    if re.fullmatch(rf"{ACCOUNT_ID}|arn:[^:]*:iam::[^:]*:root", arn):
        return (
            f"has {quoted(arn)}, a whole account, which lets in everybody whom somebody there allows: name one role or "
            "user of it"
        )
    if ":assumed-role/" in arn:
        return f"has {quoted(arn)}, a session of a role, which ends: name the role"
    if role_arn_problem(arn) and user_arn_problem(arn):
        return f"has {quoted(arn)}, no ARN of a role or user: write it like arn:aws:iam::123456789012:role/NAME"
    return _of(item, external_id=external_id_problem, profile=profile_problem)


#: Providers that IAM knows without being told of them, and by other names than the rest.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated-web-identity
BUILT_IN = ("accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com")

#: What stands before the first ``*`` of a subject: a kind and an owner, both whole, as in ``repo:OWNER/``; for EKS,
#: where all service accounts of the cluster begin alike, the namespace; for Bitbucket the repository.
_FIXED = re.compile(
    r"system:serviceaccount:[^:]+:.*"
    r"|\{[0-9a-f-]{36}\}:.*"
    r"|(?!system:serviceaccount:)[^:/]+[:/][^:/]+[:/].*"
)


def oidc_problem(item: Item) -> str | None:
    """A provider, an audience, and subjects of which none lets in whoever has an account there.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    """
    host, audience = provider(item["oidc"]), item.get("audience")
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/[\w.~-]+)*", host, re.ASCII):
        return f"has {quoted(item['oidc'])}, no identity provider: write it like https://token.actions.githubusercontent.com"
    if host in BUILT_IN:
        return f"has {quoted(item['oidc'])}, which is no OpenID Connect provider of the account: name one of these"
    if not isinstance(audience, str) or not audience:
        return (
            f"has {quoted(host)} without an audience, so a token for any service would do: name it, like "
            "sts.amazonaws.com"
        )
    if re.search(r"[*?$\s]", audience):
        return f"has {quoted(host)} with the audience {quoted(audience)}: write exactly one, without * ? $ and spaces"
    given = item.get("subjects")
    subjects = [given] if isinstance(given, str) else given
    if not isinstance(subjects, (list, tuple)) or not given:
        return f"has {quoted(host)} without subjects, so everybody there would be let in: name them, like {EXAMPLE}"
    wrong = (_subject_problem(subject, host) for subject in subjects)
    return next(filter(None, wrong), None) or _twice(subjects)


#: Where a repository may choose what its subjects are made of, and so claim all but who it is.
#: https://docs.github.com/en/actions/reference/security/oidc
GITHUB = "token.actions.githubusercontent.com"
_OF_GITHUB = re.compile(r"(repo|repository|repository_owner|repository_id|repository_owner_id):[^:]")


def service_problem(item: Item) -> str | None:
    """A service, and for whom it comes, if it says that."""
    name, account, arn = str(item["service"]), item.get("source_account"), item.get("source_arn")
    if not SERVICE_NAME.fullmatch(name):
        return f"has {quoted(name)}, no service of AWS: write its principal, like ecs-tasks.amazonaws.com"
    says = says_source(name)
    if says is None and not account:
        return (
            f"has {quoted(name)}, of which it is not known whether it says for whom it comes: give its item a "
            f"source_account, or {NO_SOURCE} where its own page says that it has none"
        )
    if name.removesuffix(".cn") == EC2 and (arn or account not in (None, "", NO_SOURCE)):
        return f"has {quoted(name)} with a source, which it never says, so nobody would get in: leave it out"
    if account not in (None, "", NO_SOURCE) and account_problem(account):
        return f"has {quoted(name)}, whose source_account {account_problem(account)}"
    if arn and not _SOURCE.fullmatch(str(arn)):
        return (
            f"has {quoted(name)}, whose source_arn is {quoted(arn)}: write it with service and account, like "
            "arn:aws:ecs:eu-central-1:123456789012:*"
        )
    return _of_two_sources(name, str(account or ""), str(arn)) if arn else None


def _of_two_sources(name: str, account: str, arn: str) -> str | None:
    """A source that is in no account, or partition, that the item says: nobody would get in."""
    _arn, where, _service, _region, owner, *_more = arn.split(":")
    if account not in ("", NO_SOURCE, owner):
        return (
            f"has {quoted(name)}, whose source_arn is in the account {owner}, and its source_account is {account}: "
            "name one account"
        )
    if name.endswith(".cn") and where != CHINA:
        return f"has {quoted(name)}, whose source_arn is {quoted(arn)}: in China it begins with arn:{CHINA}"
    return None


#: A resource, or a pattern of some, of one service and one account.
_SOURCE = re.compile(rf"arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]*|\*):{ACCOUNT_ID}:[\x21-\x23\x25-\x7e]+")

EXAMPLE = "repo:OWNER/REPO:ref:refs/heads/main"


def _subject_problem(subject: object, host: str) -> str | None:
    """A pattern may stand behind a part that says whose it is, and nowhere else."""
    if not isinstance(subject, str) or not re.fullmatch(r"[\x21-\x7e]{1,255}", subject):
        return f"has the subject {quoted(subject)}: write one as the tokens have it, like {EXAMPLE}"
    if re.search(r"[?$]", subject):
        return (
            f"has the subject {quoted(subject)}, which has a character that means more in a policy: leave out ? and $"
        )
    if host == GITHUB and not _OF_GITHUB.match(subject):
        return f"has the subject {quoted(subject)}, which may be anybody's at GitHub: begin with repo:OWNER/REPO"
    fixed, star, _rest = subject.partition("*")
    if star and not _FIXED.fullmatch(fixed):
        return (
            f"has the subject {quoted(subject)}, which lets in others than yours: say whose it is before the first *, "
            "like repo:OWNER/REPO:*"
        )
    return None


def _twice(subjects: Sequence[object]) -> str | None:
    return f"has a subject twice: {quoted(subjects[0])}" if len(set(map(str, subjects))) < len(subjects) else None


def _of(item: Item, **rules: Callable[[object], str | None]) -> str | None:
    """What is wrong with the other keys of an item."""
    for name, rule in rules.items():
        problem = no_text(item[name]) or rule(item[name]) if item.get(name) not in (None, "") else None
        if problem:
            return f"has an item whose {name} {problem}"
    return None


#: The rule of each kind, and by what one of its items is known to be another's.
PROBLEMS: Mapping[str, Callable[[Item], str | None]] = {
    ARN.key: arn_problem,
    OIDC.key: oidc_problem,
    SERVICE.key: service_problem,
}
IDENTITIES: Mapping[str, Callable[[Item], object]] = {
    ARN.key: lambda item: (partition(item["arn"]), *who(item["arn"])),
    OIDC.key: lambda item: provider(item["oidc"]),
    SERVICE.key: lambda item: str(item["service"]).removesuffix(".cn"),
}

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the role's variables, as people write them, to the contract as the collection's code takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
import os
from typing import Any

from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_dict,
    check_type_float,
    check_type_int,
    check_type_list,
)

from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import operators_name
from ansible_collections.assumerole.s3.plugins.module_utils._aws.pace import ACCOUNT, RATE
from ansible_collections.assumerole.s3.plugins.module_utils._aws.partitions import partition_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.expectations import siblings
from ansible_collections.assumerole.s3.plugins.module_utils._contract import callers
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import LAST_REGION, sibling
from ansible_collections.assumerole.s3.plugins.module_utils._contract.conditions import private_networks
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import FIELDS, Field
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import asked
from ansible_collections.assumerole.s3.plugins.module_utils._contract.problems import problems
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import items, quoted, role_arn_problem

#: Where the operator's region may stand when no profile tells it.
REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")

#: https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html
FILES = {
    "credentials_file": ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    "config_file": ("AWS_CONFIG_FILE", "~/.aws/config"),
}

#: Where the operator may have to put one.
PLACES = ("inside", "outside", "forbidden")

#: Why a verb about a key has nothing to do.
NO_USER = (
    "bucket_access_user is empty: the contract has no user, so there is no key to rotate and none to open a session "
    "with; whoever bucket_access_trusted names comes with credentials of their own."
)

Values = dict[str, Any]
Profile = Callable[[str, Mapping[str, Any]], Mapping[str, str]]


def _path(value: Any) -> str:
    """Anything else would become the name of a file, too: ``[reports]`` would be written to."""
    if not isinstance(value, str):
        raise TypeError(value)
    return value


_TYPES: Mapping[str, Callable[[Any], Any]] = {
    "bool": check_type_bool,
    "int": check_type_int,
    "float": check_type_float,
    "list": check_type_list,
    "dict": check_type_dict,
    "str": str,
    "path": _path,
}


def completed(given: Mapping[str, Any], environ: Mapping[str, str], folder: str, profile: Profile) -> Values:
    """All fields, each with its type and default; relative paths begin in the folder.

    A value that cannot have its type stays as it is, for the rules to name.
    """
    values = {name: _typed(field, given.get(name)) for name, field in FIELDS.items()}
    for name, (variable, standard) in FILES.items():
        values[name] = values[name] or environ.get(variable) or standard
    for name, field in FIELDS.items():
        if field.type == "path" and isinstance(values[name], str):
            values[name] = os.path.join(folder, os.path.expanduser(values[name]))
    values["user_profile"] = values["user_profile"] or values["user"]
    values["role_profile"] = values["role_profile"] or values["role"]
    if values["key_store"] in ("secretsmanager", "ssm") and values["user"]:
        values["key_store_path"] = values["key_store_path"] or f"/bucket-access/{values['user']}"
    return values


def operator_region(environ: Mapping[str, str], profile: Profile) -> str:
    """The first of the environment's, the operator's profile's and amazon.aws's last resort."""
    name = environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE") or "default"
    exported = next((environ[variable] for variable in REGION_VARIABLES if environ.get(variable)), None)
    return exported or profile(name, {}).get("region") or LAST_REGION


def environment(values: Values, environ: Mapping[str, str], folder: str) -> dict[str, str]:
    """What modules are told by the environment: the operator's files, and how many requests a second they may send."""
    limit, account_id = values["requests_per_second"], values["account_id"]
    told = {RATE: str(limit), ACCOUNT: account_id or ""} if limit else {}
    return {**operator_files(environ, folder), **told}


def operator_files(environ: Mapping[str, str], folder: str) -> dict[str, str]:
    """Exported paths of AWS files that are relative, whole: a module would look for them beside the playbook."""
    given = {variable: os.path.expanduser(environ.get(variable, "")) for variable, _standard in FILES.values()}
    return {name: os.path.join(folder, path) for name, path in given.items() if path and not os.path.isabs(path)}


def agreed(values: Values, environ: Mapping[str, str], profile: Profile, theirs: Iterable[Grant] = ()) -> Values:
    """The contract as the role's tasks use it; without a key's secret. ``theirs`` are places of other hosts."""
    files = {name: values[name] for name in FILES}
    of_the_role = profile(values["role_profile"], files) if values["user"] else {}
    region = values["region"] or of_the_role.get("region") or operator_region(environ, profile)
    told = of_the_role.get("role_arn") or ""
    role_arn = _role_arn_of_account(values, region) if role_arn_problem(told) else told
    contract = Contract.of(values)
    others = siblings(contract, theirs)
    values = {**values, **first_place(values)}
    terms = {name: values[name] for name, field in FIELDS.items() if field.term and values[name] is not None}
    return {
        "contract": {**terms, "manage": [name for name in items(values["manage"]) if name in contract.manage]},
        "settings": {name: values[name] for name, field in FIELDS.items() if not (field.term or field.secret)},
        "region": region,
        "role_arn": role_arn,
        "profile_role_arn": told,
        "profile_region": of_the_role.get("region") or "",
        "user_arn": sibling(role_arn, "user", contract.user, values["path"]) if role_arn and contract.has_user else "",
        "assumed_from_here": not (values["require_mfa"] or values["source_ips"]),
        "siblings": [{"bucket": one.bucket, "prefix": one.prefix} for one in others],
        "canaries": canaries(contract, others) if values["audit"] else dict.fromkeys(PLACES, ""),
    }


def seen_of_nobody(values: Values) -> str:
    """What a contract's addresses do not do, where AWS never sees some of them; empty where it may see all."""
    private = private_networks(str(network) for network in values["source_ips"])
    if not private:
        return ""
    return (
        f"bucket_access_source_ips has {', '.join(private)}, which AWS sees of nobody: it sees public addresses, "
        "and none through a VPC endpoint. So they let nobody in there: name the address that your requests leave from, "
        "or bucket_access_vpc_endpoints."
    )


def first_place(values: Values) -> Values:
    """The first of several places, as the one that has variables of its own, for whoever knows of one only."""
    if not values["grants"]:
        return {}
    first = Contract.of(values).grants[0]
    return {"bucket": first.bucket, "prefix": first.prefix, "permissions": list(first.permissions)}


def places_of(said: Mapping[str, Any]) -> tuple[Grant, ...]:
    """The places that another host's contract says; none where it says something that cannot be one."""
    given = {name: said.get(name) for name in ("bucket", "prefix", "grants")}
    if problems(given):
        return ()
    return Contract.of({**given, "user": "", "role": ""}).grants


def change_note(values: Values) -> str:
    """The file in which this machine notes when it changed something in AWS last, of whichever contract."""
    return os.path.join(os.path.dirname(values["config_file"]), "bucket-access-saved", "changed-at")


def canaries(contract: Contract, others: Sequence[Grant] = ()) -> Values:
    """Keys below the prefix, when the role cannot put an object there, beside it, and in the forbidden buckets.

    Where there are several places, and at the places of ``others``, each has its keys by itself.
    """
    name = operators_name()
    forbidden = {"forbidden": name if contract.forbidden_buckets else ""}
    first, *more = contract.grants
    at_others = [{"bucket": one.bucket, "prefix": one.prefix, "inside": one.key(name)} for one in others]
    if not more:
        return {**_around(first, name), **forbidden, **({"places": at_others} if at_others else {})}
    each = [{"bucket": one.bucket, "prefix": one.prefix, **_around(one, name)} for one in contract.grants]
    needed = [one for one in each if one["inside"] or one["outside"]]
    return {**dict.fromkeys(PLACES, ""), **forbidden, "places": [*needed, *at_others]}


def _around(grant: Grant, name: str) -> dict[str, str]:
    """The keys on both sides of a prefix."""
    return {
        "inside": "" if _makes_an_object(grant) else grant.key(name),
        "outside": grant.key_beside(name) if grant.prefix else "",
    }


def _makes_an_object(grant: Grant) -> bool:
    """Whether the role itself puts one; of one that stays from run to run it is not told the version."""
    if "versions" in asked(grant.permissions) and not grant.allows("delete"):
        return False
    return grant.allows("write")


def other_role(values: Values, role_arn: str) -> str | None:
    """What is wrong with the ARN that the role's profile tells: another role would be judged, or assumed."""
    name, file = values["role_profile"], values["config_file"]
    mend = "run provision, which writes the profile, or name the right profile."
    if role_arn_problem(role_arn):
        return (
            f"bucket_access_role_profile: the profile {name} in {file} says role_arn = {quoted(role_arn)}, which is no "
            f"role's ARN: {mend}"
        )
    wrong = callers.other_role(role_arn, values["role"], values["account_id"])
    if wrong:
        return f"bucket_access_role_profile: the profile {name} in {file} is for {role_arn}, and {wrong}: {mend}"
    return None


def no_role_arn(values: Values) -> str:
    """What to do where nobody tells the role's ARN."""
    if not values["user"] and not values["account_id"]:
        return (
            f"bucket_access_account_id is empty: without a user the role {values['role']} has no profile that tells "
            "its ARN: set it, or set bucket_access_audit to true."
        )
    if values["account_id"]:
        return (
            f"bucket_access_role_profile: there is no profile {values['role_profile']} for the role {values['role']} "
            f"in {values['config_file']}, and without botocore here it is not known which partition of AWS the region "
            "is in, which the role's ARN begins with: run provision, or install botocore for Ansible's own Python."
        )
    return (
        f"bucket_access_role_profile: there is no profile {values['role_profile']} for the role {values['role']} in "
        f"{values['config_file']}: run provision, or set bucket_access_account_id."
    )


def _role_arn_of_account(values: Values, region: str) -> str:
    """The ARN of the role at its path; empty where account or partition are not known.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    partition = partition_of(region) if values["account_id"] else ""
    return f"arn:{partition}:iam::{values['account_id']}:role{values['path']}{values['role']}" if partition else ""


def _typed(field: Field, value: Any) -> Any:
    if value is None or (value == "" and field.default != ""):
        return field.default if not isinstance(field.default, (list, dict)) else field.default.copy()
    try:
        return _TYPES[field.type](value)
    except (TypeError, ValueError):
        return value

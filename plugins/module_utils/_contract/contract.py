# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access contract: who may do what with which bucket, and the values that it accepts.

Pure: imports neither Ansible nor boto3. Both arms of the collection start here, the policy documents
(``_policies/documents``) and the expectations (``_checks/expectations``), so what is granted and what is proven cannot
drift apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
import re

PERMISSIONS = ("list", "read", "write", "delete")

#: Where the user's key can be kept.
KEY_STORES = ("profile", "secretsmanager", "ssm", "vault_file", "none")

#: One permission is one IAM action:
#: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
ACTIONS = {
    "list": "s3:ListBucket",
    "read": "s3:GetObject",
    "write": "s3:PutObject",
    "delete": "s3:DeleteObject",
}


@dataclass(frozen=True)
class Contract:
    """What the role may do with the objects of one bucket, and under which conditions it is assumed."""

    bucket: str
    permissions: tuple[str, ...] = PERMISSIONS
    prefix: str = ""
    external_id: str | None = None
    max_session_duration: int = 3600
    forbidden_buckets: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Contract:
        """The contract in a mapping that :func:`problems` found nothing wrong with; other keys are ignored."""
        return cls(
            bucket=str(values["bucket"]),
            permissions=tuple(name for name in PERMISSIONS if name in _items(values.get("permissions", PERMISSIONS))),
            prefix=folder(str(values.get("prefix") or "")),
            external_id=str(values["external_id"]) if values.get("external_id") else None,
            max_session_duration=int(str(values.get("max_session_duration") or 3600)),
            forbidden_buckets=tuple(str(name) for name in _items(values.get("forbidden_buckets"))),
        )

    def allows(self, permission: str) -> bool:
        """Whether the role holds one of :data:`PERMISSIONS`."""
        return permission in self.permissions


def folder(prefix: str) -> str:
    """The prefix with a slash at its end: ``team`` must not let the role into ``team-secrets/``."""
    return prefix if not prefix or prefix.endswith("/") else prefix + "/"


def problems(values: Mapping[str, object], naming: str = "bucket_access_") -> list[str]:
    """What is wrong with the values, one sentence each, named as the user wrote them; empty when all can be used.

    ``values`` maps names of :data:`RULES` to values; a name that is missing or ``None`` is not judged (which ones are
    required is for the argument specification to say, but Ansible takes a variable that is written without a value for
    given). ``naming`` is put before each name.
    """
    found = [
        f"{naming}{name} is empty: give it a value."
        for name in ("bucket", "user", "role")
        if name in values and values[name] is None
    ]
    found += [
        f"{naming}{name} {problem}."
        for name, rule in RULES.items()
        if values.get(name) is not None
        for problem in [rule(values[name])]
        if problem
    ]
    return found or [f"{naming}{clash}." for clash in _clashes(values, naming)]


def bucket_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""
    name = str(value)
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name, re.ASCII):
        return (
            f"is {quoted(name)}, which is no bucket name: use 3 to 63 lowercase letters, digits, dots and hyphens, "
            "with a letter or digit at both ends"
        )
    if ".." in name or re.fullmatch(r"(\d+\.){3}\d+", name):
        return f"is {quoted(name)}, which is no bucket name: it has two dots in a row or looks like an IP address"
    if name.startswith(("xn--", "sthree-", "amzn-s3-demo-")):
        return f"is {quoted(name)}, which is no bucket name: AWS keeps its beginning for itself"
    if name.endswith(("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")):
        return f"is {quoted(name)}, which is no general purpose bucket: AWS keeps its ending for other things"
    return None


def iam_name_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (names of users and roles)"""
    if re.fullmatch(r"[\w+=,.@-]{1,64}", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, which is no IAM name: use 1 to 64 letters, digits and characters of _+=,.@-"


def session_name_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (RoleSessionName)"""
    if re.fullmatch(r"[\w+=,.@-]{2,64}", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, which is no session name: use 2 to 64 letters, digits and characters of _+=,.@-"


def external_id_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (ExternalId)"""
    if value == "" or re.fullmatch(r"[\w+=,.@:/-]{2,1224}", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, which is no external id: use 2 to 1224 letters, digits and characters of _+=,.@:/-"


def permissions_problem(value: object) -> str | None:
    """At least one of :data:`PERMISSIONS`, none twice."""
    names = [str(name) for name in _items(value)]
    unknown = [name for name in names if name not in PERMISSIONS]
    if unknown:
        return f"has {quoted(unknown[0])}, which is no permission: choose from {', '.join(PERMISSIONS)}"
    if not names:
        return f"is empty, so the role could do nothing: choose from {', '.join(PERMISSIONS)}"
    if len(set(names)) < len(names):
        return "names a permission twice: keep one"
    return None


def prefix_problem(value: object) -> str | None:
    """A wildcard or policy variable in a prefix would widen the policy that is made of it."""
    prefix = str(value)
    if re.search(r"[*?$\x00-\x1f\x7f\ud800-\udfff]", prefix):
        return f"is {quoted(prefix)}, which has a character that means more in a policy: leave out * ? $ and controls"
    if prefix.startswith("/") or "//" in prefix:
        return f"is {quoted(prefix)}, which names no folder: write it like team/reports/, without an empty part"
    if len(folder(prefix).encode()) > 900:
        return "is longer than 900 bytes, which leaves too little of S3's 1024 for the keys below it"
    return None


def account_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html"""
    if re.fullmatch(r"\d{12}", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, which is no AWS account id: write its 12 digits in quotes"


def max_session_duration_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html (MaxSessionDuration)"""
    return _range_problem(value, 3600, 43200)


def duration_seconds_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (DurationSeconds)"""
    return _range_problem(value, 900, 43200)


def wait_timeout_problem(value: object) -> str | None:
    """Longer than an hour, something else than propagation is wrong."""
    return _range_problem(value, 0, 3600)


def tags_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules"""
    tags = value if isinstance(value, Mapping) else {}
    if len(tags) > 50:
        return f"has {len(tags)} tags, and AWS takes 50"
    for key, text in tags.items():
        if not 1 <= len(str(key)) <= 128 or str(key).lower().startswith("aws:"):
            return f"has the key {quoted(key)}: use 1 to 128 characters that do not begin with aws:"
        if len(str(text)) > 256:
            return f"has a value for {quoted(key)} that is longer than 256 characters"
    return None


def profile_problem(value: object) -> str | None:
    """A profile is a section of an INI file, and its name is used bare in commands."""
    if re.fullmatch(r"[\w+=,.@:/-]{1,128}", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, which is no profile name: use 1 to 128 letters, digits and characters of _+=,.@:/-"


def encryption_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html"""
    return None if value in ("AES256", "aws:kms") else f"is {quoted(value)}: choose AES256 or aws:kms"


def region_problem(value: object) -> str | None:
    """The form of a region's code; whether it exists and is enabled, AWS says."""
    if re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, which is no AWS region: write it like eu-central-1"


def role_arn_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns"""
    if re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:role/([\x21-\x7e]+/)?[\w+=,.@-]{1,64}", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, which is no role ARN: write it like arn:aws:iam::123456789012:role/NAME"


def user_arn_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns"""
    if re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:user/([\x21-\x7e]+/)?[\w+=,.@-]{1,64}", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, which is no user ARN: write it like arn:aws:iam::123456789012:user/NAME"


def moment_problem(value: object) -> str | None:
    """ISO 8601, as AWS writes moments."""
    try:
        aware = datetime.fromisoformat(str(value).replace("Z", "+00:00")).tzinfo is not None
    except ValueError:
        aware = False
    return None if aware else f"is {quoted(value)}: write it like 2026-01-01T00:00:00+00:00"


def key_store_problem(value: object) -> str | None:
    """The stores that ``stored_access_key`` has."""
    return None if value in KEY_STORES else f"is {quoted(value)}: choose from {', '.join(KEY_STORES)}"


def access_key_id_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html (AccessKeyId)"""
    if value == "" or re.fullmatch(r"[A-Z0-9]{16,128}", str(value), re.ASCII):
        return None
    return "is no access key id: use 16 to 128 capital letters and digits"


def rotate_after_days_problem(value: object) -> str | None:
    """Zero rotates whenever it is asked to."""
    try:
        days = float(str(value))
    except ValueError:
        days = -1.0
    return None if 0 <= days <= 3650 else f"is {quoted(value)}: write days from 0 to 3650"


def rotation_grace_problem(value: object) -> str | None:
    """A key that was inactive for a year helps nobody."""
    return _range_problem(value, 0, 31536000)


def mfa_serial_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (SerialNumber)"""
    if value == "" or re.fullmatch(r"[\w+=/:,.@-]{9,256}", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, which is no MFA device: write its serial number, or its ARN"


def forbidden_buckets_problem(value: object) -> str | None:
    """Each one is a bucket name."""
    for name in _items(value):
        problem = bucket_problem(name)
        if problem:
            return f"has an entry that {problem}"
    return None


RULES = {
    "bucket": bucket_problem,
    "user": iam_name_problem,
    "role": iam_name_problem,
    "role_arn": role_arn_problem,
    "caller_arn": user_arn_problem,
    "permissions": permissions_problem,
    "prefix": prefix_problem,
    "external_id": external_id_problem,
    "session_name": session_name_problem,
    "max_session_duration": max_session_duration_problem,
    "duration_seconds": duration_seconds_problem,
    "account_id": account_problem,
    "region": region_problem,
    "tags": tags_problem,
    "encryption": encryption_problem,
    "user_profile": profile_problem,
    "role_profile": profile_problem,
    "forbidden_buckets": forbidden_buckets_problem,
    "wait_timeout": wait_timeout_problem,
    "changed_at": moment_problem,
    "key_store": key_store_problem,
    "access_key_id": access_key_id_problem,
    "rotate_after_days": rotate_after_days_problem,
    "rotation_grace": rotation_grace_problem,
    "profile_duration_seconds": duration_seconds_problem,
    "mfa_serial": mfa_serial_problem,
}


def _clashes(values: Mapping[str, object], naming: str) -> Iterator[str]:
    """The same name for two things, once each name by itself is sound."""
    if values.get("bucket") and values["bucket"] in _items(values.get("forbidden_buckets")):
        yield f"forbidden_buckets has {quoted(values['bucket'])}, which is the bucket of the contract: remove it there"
    if values.get("user_profile") and values.get("user_profile") == values.get("role_profile"):
        yield (
            f"user_profile and {naming}role_profile are both {quoted(values['user_profile'])}: "
            "one profile cannot be the user and the role, so name them apart"
        )
    if values.get("credentials_file") and values.get("credentials_file") == values.get("config_file"):
        yield (
            f"credentials_file and {naming}config_file are both {quoted(values['credentials_file'])}: "
            "keys and settings need a file each"
        )
    yield from _store_clashes(values, naming)


def _store_clashes(values: Mapping[str, object], naming: str) -> Iterator[str]:
    """What the store of the key needs besides its name.

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html and
    https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
    """
    store, path = values.get("key_store"), str(values.get("key_store_path") or "")
    if store == "vault_file" and not path:
        yield f"key_store_path is empty: name the file for {naming}key_store vault_file"
    if store in ("secretsmanager", "ssm") and path and not re.fullmatch(r"/?[\w.-]+(/[\w.-]+)*", path, re.ASCII):
        yield (
            f"key_store_path is {quoted(path)}, which is no name for {naming}key_store {store}: use letters, digits "
            "and characters of _.- in parts that slashes separate"
        )
    longest = values.get("max_session_duration")
    if (
        values.get("profile_duration_seconds")
        and longest
        and int(str(values["profile_duration_seconds"])) > int(str(longest))
    ):
        yield (
            f"profile_duration_seconds is {values['profile_duration_seconds']}, and sessions of the role last at most "
            f"{naming}max_session_duration, {longest}: make one shorter or the other longer"
        )


def _range_problem(value: object, least: int, most: int) -> str | None:
    try:
        number = int(str(value))
    except ValueError:
        number = None
    if number is not None and least <= number <= most:
        return None
    return f"is {quoted(value)}: write whole seconds from {least} to {most}"


def _items(value: object) -> list[object]:
    """The entries of a list; Ansible takes one written with commas, too."""
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return list(value) if isinstance(value, (list, tuple)) else []


def quoted(value: object) -> str:
    """The value as it goes into a sentence: on one line, and not longer than a reader wants."""
    text = str(value)
    return repr(text if len(text) <= 80 else text[:77] + "...")

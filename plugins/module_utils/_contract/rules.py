# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that a contract accepts: one rule a kind of value, each with its source. Pure.

A rule gives what is wrong with a value, in words that follow its name, or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
import re

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import ACCOUNT_ID
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import folder
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS

MANAGED = ("user", "role", "bucket")
ADOPTABLE = (*MANAGED, "profile")

#: The verdicts that may fail a run; the first always does.
FAILING = ("violated", "inconclusive")

#: AWS takes 50 tags; two of a user's are the contract's own: its mark, and the note about keys.
MOST_TAGS = 48

_TAG = r"[\w\s.:/=+@-]*"


def bucket_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""
    name = str(value)
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name, re.ASCII):
        return (
            f"is {quoted(name)}, not a bucket name: use 3 to 63 lowercase letters, digits, dots and hyphens, "
            "with a letter or digit at both ends"
        )
    if ".." in name or re.fullmatch(r"(\d+\.){3}\d+", name):
        return f"is {quoted(name)}, not a bucket name: it has two dots in a row or looks like an IP address"
    if name.startswith(("xn--", "sthree-", "amzn-s3-demo-")):
        return f"is {quoted(name)}, not a bucket name: AWS keeps its beginning for itself"
    if name.endswith(("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")):
        return f"is {quoted(name)}, not a general purpose bucket: AWS keeps its ending for other things"
    return None


def iam_name_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (names of users and roles)"""
    if re.fullmatch(r"[\w+=,.@-]{1,64}", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, not an IAM name: use 1 to 64 letters, digits and characters of _+=,.@-"


def session_name_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (RoleSessionName)"""
    if re.fullmatch(r"[\w+=,.@-]{2,64}", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, not a session name: use 2 to 64 letters, digits and characters of _+=,.@-"


def external_id_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (ExternalId)"""
    if value == "" or re.fullmatch(r"[\w+=,.@:/-]{2,1224}", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, not an external id: use 2 to 1224 letters, digits and characters of _+=,.@:/-"


def permissions_problem(value: object) -> str | None:
    """At least one of the permissions, none twice."""
    names = [str(name) for name in items(value)]
    unknown = [name for name in names if name not in PERMISSIONS]
    if unknown:
        return f"has {quoted(unknown[0])}, not a permission: choose from {', '.join(PERMISSIONS)}"
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
        return f"is {quoted(prefix)}, which has an empty part: write it like team/reports/"
    if {".", ".."} & set(prefix.split("/")):
        return f"is {quoted(prefix)}, and clients take . and .. for folders and ask for another place: leave them out"
    if len(folder(prefix).encode()) > 900:
        return "is longer than 900 bytes, which leaves too little of S3's 1024 for the keys below it"
    return None


def account_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html, and Ceph's."""
    if re.fullmatch(ACCOUNT_ID, str(value)):
        return None
    return f"is {quoted(value)}, not an AWS account id: write its 12 digits in quotes (on Ceph, RGW and 17 digits)"


def max_session_duration_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html (MaxSessionDuration)"""
    return range_problem(value, 3600, 43200)


def duration_seconds_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (DurationSeconds)"""
    return range_problem(value, 900, 43200)


def wait_timeout_problem(value: object) -> str | None:
    """Longer than an hour, something else than propagation is wrong."""
    return range_problem(value, 0, 3600)


def tags_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules"""
    tags = value if isinstance(value, Mapping) else {}
    if len(tags) > MOST_TAGS:
        return f"has {len(tags)} tags, and AWS takes 50 with those by which a contract knows its own: leave {MOST_TAGS}"
    if len({str(key).lower() for key in tags}) < len(tags):
        return "has a key twice, as IAM does not tell capital letters from small ones: keep one"
    for key, text in tags.items():
        if not re.fullmatch(_TAG, f"{key}{text}"):
            return f"has {quoted(f'{key}={text}')}: use letters, digits, spaces and characters of _.:/=+-@"
        if not 1 <= len(str(key)) <= 128 or str(key).lower().startswith("aws:"):
            return f"has the key {quoted(key)}: use 1 to 128 characters that do not begin with aws:"
        if len(str(text)) > 256:
            return f"has a value for {quoted(key)} that is longer than 256 characters"
    return None


def profile_problem(value: object) -> str | None:
    """A profile is a section of an INI file, and its name is used bare in commands."""
    if re.fullmatch(r"[\w+=,.@:/-]{1,128}", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, not a profile name: use 1 to 128 letters, digits and characters of _+=,.@:/-"


def region_problem(value: object) -> str | None:
    """The form of a region's code; whether it exists and is enabled, AWS says. Ceph calls its only one ``default``."""
    if re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}|default", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, not an AWS region: write it like eu-central-1"


def role_arn_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns"""
    if _is_arn_of("role", value):
        return None
    return f"is {quoted(value)}, not a role ARN: write it like arn:aws:iam::123456789012:role/NAME"


def user_arn_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns"""
    if _is_arn_of("user", value):
        return None
    return f"is {quoted(value)}, not a user ARN: write it like arn:aws:iam::123456789012:user/NAME"


def _is_arn_of(kind: str, value: object) -> bool:
    form = rf"arn:aws[a-z-]*:iam::{ACCOUNT_ID}:{kind}/([\x21-\x7e]+/)?[\w+=,.@-]{{1,64}}"
    return re.fullmatch(form, str(value), re.ASCII) is not None


def policy_arn_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html (a managed policy)"""
    pattern = rf"arn:aws[a-z-]*:iam::({ACCOUNT_ID}|aws):policy/([\x21-\x7e]+/)?[\w+=,.@-]{{1,128}}"
    if re.fullmatch(pattern, str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, not a managed policy's ARN: write it like arn:aws:iam::123456789012:policy/NAME"


def kms_key_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/concepts-key-id.html: an alias may come to name another."""
    if re.fullmatch(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+", str(value), re.ASCII):
        return None
    example = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    return f"is {quoted(value)}, not a key's ARN: write no alias and no id alone, but {example}"


def forbidden_kms_keys_problem(value: object) -> str | None:
    """Each one is a key's ARN."""
    for name in items(value):
        problem = kms_key_problem(name)
        if problem:
            return f"has an entry that {problem}"
    return None


def path_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html (Path), without what a policy reads."""
    if len(str(value)) <= 512 and re.fullmatch(r"/([\w+=,.@:-]+/)*", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, not an IAM path: begin and end it with a slash, like /partners/, or write / alone"


def moment_problem(value: object) -> str | None:
    """ISO 8601, as AWS writes moments."""
    try:
        aware = datetime.fromisoformat(str(value).replace("Z", "+00:00")).tzinfo is not None
    except ValueError:
        aware = False
    return None if aware else f"is {quoted(value)}: write it like 2026-01-01T00:00:00+00:00"


def access_key_id_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html (AccessKeyId)"""
    if value == "" or re.fullmatch(r"[A-Z0-9]{16,128}", str(value), re.ASCII):
        return None
    return "is not an access key id: use 16 to 128 capital letters and digits"


def rotate_after_days_problem(value: object) -> str | None:
    """Zero rotates whenever it is asked to."""
    try:
        days = float(str(value))
    except ValueError:
        days = -1.0
    return None if 0 <= days <= 3650 else f"is {quoted(value)}: write days from 0 to 3650"


def requests_per_second_problem(value: object) -> str | None:
    """With fewer than one in a thousand seconds nothing would ever end."""
    try:
        number = float(str(value))
    except ValueError:
        number = 0.0
    if 0.001 <= number < float("inf"):
        return None
    return f"is {quoted(value)}: write a number from 0.001 on, such as 10 or 0.5"


def rotation_grace_problem(value: object) -> str | None:
    """A key that was inactive for a year helps nobody."""
    return range_problem(value, 0, 31536000)


def mfa_serial_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (SerialNumber)"""
    if value == "" or re.fullmatch(r"[\w+=/:,.@-]{9,256}", str(value), re.ASCII):
        return None
    return f"is {quoted(value)}, not an MFA device: write its serial number, or its ARN"


def proxy_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html; a password would be in logs."""
    if value == "" or re.fullmatch(
        r"https?://[\w.-]+(:\d{1,5})?/?|https?://\[[0-9A-Fa-f:.]+\](:\d{1,5})?/?", str(value)
    ):
        return None
    return "is not a proxy's address: write it like http://proxy.example:3128, without a user or password"


def manage_problem(value: object) -> str | None:
    """What the contract makes and keeps; an empty list is a contract that is only verified."""
    return _names_problem(value, MANAGED)


def adopt_problem(value: object) -> str | None:
    """What may be taken over from somebody else."""
    return _names_problem(value, ADOPTABLE)


def fail_on_problem(value: object) -> str | None:
    """A contract that is violated must not pass."""
    problem = _names_problem(value, FAILING)
    if problem or FAILING[0] in items(value):
        return problem
    return f"has no {FAILING[0]}, which always fails a run: add it"


def _names_problem(value: object, known: tuple[str, ...]) -> str | None:
    names = [str(name) for name in items(value)]
    unknown = [name for name in names if name not in known]
    if unknown:
        return f"has {quoted(unknown[0])}: choose from {', '.join(known)}"
    return "names something twice: keep one" if len(set(names)) < len(names) else None


def other_roles_problem(value: object) -> str | None:
    """Names of roles, as :func:`iam_name_problem` has them."""
    wrong = ((name, iam_name_problem(name)) for name in items(value))
    return next((f"has {quoted(name)}, which {problem}" for name, problem in wrong if problem), None)


def forbidden_buckets_problem(value: object) -> str | None:
    """Each one is a bucket name."""
    for name in items(value):
        problem = bucket_problem(name)
        if problem:
            return f"has an entry that {problem}"
    return None


def range_problem(value: object, least: int, most: int) -> str | None:
    """Whole seconds between two limits."""
    try:
        number = int(str(value))
    except ValueError:
        number = None
    if number is not None and least <= number <= most:
        return None
    return f"is {quoted(value)}: write whole seconds from {least} to {most}"


def no_text(value: object) -> str:
    """What YAML reads as a number, or as true or false, is another text than was written: ``0123`` is 83, ``no`` False.

    https://docs.ansible.com/ansible/latest/reference_appendices/YAMLSyntax.html#gotchas
    """
    return "" if isinstance(value, str) else f"is {quoted(value)}, which YAML reads as no text: put it in quotes"


def items(value: object) -> list[object]:
    """The entries of a list; Ansible takes one written with commas, too."""
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return list(value) if isinstance(value, (list, tuple)) else []


def quoted(value: object) -> str:
    """The value as it goes into a sentence: on one line, and not longer than a reader wants."""
    text = str(value)
    return repr(text if len(text) <= 80 else text[:77] + "...")

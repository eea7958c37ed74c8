# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the life of a contract needs and Ceph 20.2 lacks, told and kept here.

====================================  ================================================================================
GetCallerIdentity                     who has signed
TagUser, UntagUser, ListUserTags      kept here; those of CreateUser, too, and GetUser's answer tells them
A role's tags                         Ceph keeps them: GetRole's answer tells them, and ListRoleTags's tells them right
GetLoginProfile                       nobody has a password
GetAccessKeyLastUsed                  no key was ever used
Lists of :data:`EMPTY`                there is none of these
A bucket's ownershipControls          kept here; Ceph's buckets have access control lists
A bucket's encryption                 kept here, and nothing is encrypted: Ceph needs a key server for it
====================================  ================================================================================

All but the first are the root user's alone to ask. Nothing here has a part in what somebody may do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import re
from typing import Any
from xml.sax.saxutils import escape

from botocore.exceptions import ClientError

from lab.emulator import Emulator
from servers.ceph_requests import Answer, Key, Request, refusal, result

#: Lists that are empty, and what each is a list of.
EMPTY = {
    "ListAccountAliases": "AccountAliases",
    "ListInstanceProfilesForRole": "InstanceProfiles",
    "ListMFADevices": "MFADevices",
    "ListSSHPublicKeys": "SSHPublicKeys",
    "ListServiceSpecificCredentials": "ServiceSpecificCredentials",
    "ListSigningCertificates": "Certificates",
}

#: Settings of a bucket, and how AWS says that there is none.
SETTINGS = {
    "encryption": "ServerSideEncryptionConfigurationNotFoundError",
    "ownershipControls": "OwnershipControlsNotFoundError",
}


class Lacks:
    """Keeps what Ceph does not: the users' tags, and settings of buckets, by the name of each."""

    def __init__(self, gateway: Emulator) -> None:
        self._gateway = gateway
        self._tags: dict[str, dict[str, str]] = {}
        self._settings: dict[tuple[str, str], bytes] = {}
        self._own: dict[str, Callable[[Request], Answer]] = {
            "TagUser": self._tag,
            "UntagUser": self._untag,
            "ListUserTags": lambda request: result(request, _told(self._tags_of(request)) + _WHOLE),
            "GetLoginProfile": lambda request: refusal(request, 404, "NoSuchEntity"),
            "GetAccessKeyLastUsed": lambda request: result(request, f"<AccessKeyLastUsed>{_NEVER}</AccessKeyLastUsed>"),
        }

    def has(self, request: Request) -> bool:
        """Whether it is answered here."""
        return request.action in {"GetCallerIdentity", *self._own, *EMPTY} or _setting(request) != ""

    def answer(self, request: Request, key: Key) -> Answer:
        """To somebody whose key this is."""
        if request.action == "GetCallerIdentity":
            account, who = key.arn.split(":")[4], key.arn.rsplit("/", 1)[-1]
            return result(request, f"<Arn>{key.arn}</Arn><UserId>{who}</UserId><Account>{account}</Account>")
        if not key.is_roots:
            return refusal(request, 403, "AccessDenied")
        if request.action in EMPTY:
            return result(request, f"<{EMPTY[request.action]}/>{_WHOLE}")
        return self._own[request.action](request) if request.action else self._of_bucket(request)

    def completed(self, request: Request, answer: Answer) -> Answer:
        """Ceph's answer, with the tags that it leaves out; what it has deleted is forgotten here, too."""
        name = request.form.get("UserName", "")
        if answer.status >= 300:
            return answer
        if request.action == "CreateUser":
            self._tags[name] = _members(request)
        if request.action == "DeleteUser":
            self._tags.pop(name, None)
        if request.method == "DELETE" and not request.query:
            for setting in SETTINGS:
                self._settings.pop((request.bucket, setting), None)
        return self._with_tags(request, answer)

    def _with_tags(self, request: Request, answer: Answer) -> Answer:
        if request.action == "GetUser":
            return answer.with_more("</User>", _told(self._tags_of(request)))
        if request.action == "GetRole":
            return answer.with_more("</Role>", _told(self._tags_of_role(request)))
        if request.action == "ListRoleTags":
            return result(request, _told(self._tags_of_role(request)) + _WHOLE)
        return answer

    def _tags_of(self, request: Request) -> dict[str, str]:
        return self._tags.get(request.form.get("UserName", ""), {})

    def _tags_of_role(self, request: Request) -> dict[str, str]:
        """Ceph lists the key and the value of a tag as if they were two tags."""
        listed = self._gateway.iam.list_role_tags(RoleName=request.form["RoleName"])["Tags"]
        keys, values = ([tag[part] for tag in listed if part in tag] for part in ("Key", "Value"))
        return dict(zip(keys, values, strict=True))

    def _tag(self, request: Request) -> Answer:
        self._tags.setdefault(request.form["UserName"], {}).update(_members(request))
        return result(request)

    def _untag(self, request: Request) -> Answer:
        tags = self._tags.get(request.form["UserName"], {})
        for name, key in request.form.items():
            if name.startswith("TagKeys.member."):
                tags.pop(key, None)
        return result(request)

    def _of_bucket(self, request: Request) -> Answer:
        name = _setting(request)
        at = (request.bucket, name)
        if not done(self._gateway.s3.head_bucket, Bucket=request.bucket):
            return refusal(request, 404, "NoSuchBucket")
        if request.method == "PUT":
            self._settings[at] = request.body
            return Answer(200)
        if request.method == "DELETE":
            self._settings.pop(at, None)
            return Answer(204)
        return Answer(200, self._settings[at]) if at in self._settings else refusal(request, 404, SETTINGS[name])


_WHOLE = "<IsTruncated>false</IsTruncated>"
_NEVER = "<ServiceName>N/A</ServiceName><Region>N/A</Region>"


def done(call: Callable[..., Any], **params: str) -> bool:
    """Whether the gateway does it, or has it."""
    try:
        call(**params)
    except ClientError:
        return False
    return True


def _told(tags: Mapping[str, str]) -> str:
    told = (f"<member><Key>{escape(key)}</Key><Value>{escape(value)}</Value></member>" for key, value in tags.items())
    return f"<Tags>{''.join(told)}</Tags>"


def _setting(request: Request) -> str:
    return next((name for name in SETTINGS if name in request.query and not request.action), "")


def _members(request: Request) -> dict[str, str]:
    """The tags of a request: https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html"""
    numbers = [name.split(".")[2] for name in request.form if re.fullmatch(r"Tags\.member\.\d+\.Key", name)]
    return {request.form[f"Tags.member.{n}.Key"]: request.form[f"Tags.member.{n}.Value"] for n in numbers}

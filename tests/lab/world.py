# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A contract, provisioned in a moment by boto3, and hands to change and to verify it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
import json
import secrets
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Connection, Identities
from ansible_collections.assumerole.s3.plugins.module_utils._aws.kms import read_key
from ansible_collections.assumerole.s3.plugins.module_utils._aws.partitions import located
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import read_configuration, read_doors
from ansible_collections.assumerole.s3.plugins.module_utils._checks.audit import audit
from ansible_collections.assumerole.s3.plugins.module_utils._checks.merge import merged
from ansible_collections.assumerole.s3.plugins.module_utils._checks.rules import Subject
from ansible_collections.assumerole.s3.plugins.module_utils._checks.verdict import verdict
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import names
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    trust_policy,
)
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import MARK
from ansible_collections.assumerole.s3.plugins.module_utils._verification.access import check_access
from ansible_collections.assumerole.s3.plugins.module_utils._verification.operator import with_key
from ansible_collections.assumerole.s3.plugins.module_utils._verification.surveying import surveyed
from lab.checkout import Json
from lab.device import Device
from lab.emulator import Emulator
from lab.proxy import BEHIND_THE_ENDPOINT, OUTSIDE, proxy_at
from lab.reality import seen

#: The role's inline policy.
POLICY = "bucket-access"

#: The four blocks of public access, as S3 calls them.
PUBLIC_ACCESS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def contract_of(**values: Any) -> Contract:
    """The contract with these values, named as the role's variables are. No other line of the lab makes one."""
    return located(Contract.of(values))


@dataclass
class World:
    """One contract under names that nobody else uses. ``terms`` are values of the contract, its names among them."""

    emulator: Emulator
    terms: Json = field(default_factory=dict)
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    key: Json = field(default_factory=dict, repr=False)
    #: The emulator itself, where something stands before it; what the lab looks up does not go through that.
    direct: Emulator | None = None
    siblings: list[Json] = field(default_factory=list)

    @property
    def values(self) -> Json:
        """The contract in plain values; what is not given has the role's default."""
        names = {"user": f"user-{self.tag}", "role": f"role-{self.tag}", "bucket": f"bucket-{self.tag}"}
        return {**names, **self.terms}

    @cached_property
    def contract(self) -> Contract:
        return contract_of(**self.values)

    @property
    def user(self) -> str:
        """The user's name; empty where the contract has none."""
        return str(self.values["user"] or "")

    @property
    def role(self) -> str:
        return str(self.values["role"])

    @property
    def bucket(self) -> str:
        return str(self.values["bucket"])

    @property
    def prefix(self) -> str:
        return str(self.values.get("prefix", ""))

    @property
    def granted(self) -> list[str]:
        """The contract's permissions."""
        return list(self.values.get("permissions", ("list", "read", "write", "delete")))

    @property
    def external_id(self) -> str | None:
        found: str | None = self.values.get("external_id")
        return found

    @property
    def forbidden_buckets(self) -> list[str]:
        return list(self.values.get("forbidden_buckets", ()))

    @property
    def user_arn(self) -> str:
        return f"arn:aws:iam::{self.emulator.account}:user{self.contract.path}{self.user}"

    @property
    def role_arn(self) -> str:
        return f"arn:aws:iam::{self.emulator.account}:role{self.contract.path}{self.role}"

    @property
    def iam(self) -> Any:
        """The operator's hands."""
        return self.emulator.iam

    @property
    def s3(self) -> Any:
        """The operator's hands."""
        return self.emulator.s3

    @property
    def kms(self) -> Any:
        """The hands of whoever keeps the account's keys."""
        return self.emulator.kms

    # What the contract writes, to start from.

    def trust(self) -> Json:
        return trust_policy(self.contract, self.contract.arns(self.user_arn, self.role_arn))

    def permissions(self) -> Json:
        return permissions_policy(self.contract)

    def bucket_document(self) -> Json:
        return bucket_policy(self.contract)

    # Making it, and changing it.

    @property
    def tags(self) -> list[dict[str, str]]:
        """The contract's tags and its mark, as AWS lists them."""
        return [{"Key": key, "Value": value} for key, value in {**self.contract.tags, MARK: self.role}.items()]

    def make(self) -> World:
        """What provision makes, and the buckets that the role must not reach."""
        for bucket in self.forbidden_buckets:
            self.s3.create_bucket(Bucket=bucket)
        for bucket in self.contract.buckets:
            self._make_bucket(bucket)
        if self.user:
            self.iam.create_user(UserName=self.user, Tags=self.tags, **self._bounds)
        self.iam.create_role(
            RoleName=self.role,
            AssumeRolePolicyDocument=json.dumps(self.trust()),
            Description=f"Gives {names(self.contract.principals)} access to the bucket {self.bucket}",
            MaxSessionDuration=self.contract.max_session_duration,
            Tags=self.tags,
            **self._bounds,
        )
        self.set_permissions(self.permissions())
        if self.user:
            self.key = self.iam.create_access_key(UserName=self.user)["AccessKey"]
        return self

    @property
    def _bounds(self) -> Json:
        """The path and the permissions boundary of what is made."""
        boundary = self.contract.permissions_boundary
        return {"Path": self.contract.path, **({"PermissionsBoundary": boundary} if boundary else {})}

    def _make_bucket(self, bucket: str) -> None:
        s3 = self.s3
        s3.create_bucket(Bucket=bucket)
        block = dict.fromkeys(PUBLIC_ACCESS, True)
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
        owner = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=owner)
        self.encrypt_by(self.contract.kms_key, bucket=bucket)
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": self.tags})
        if self.contract.versioning:
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(bucket_policy(self.contract.at(bucket))))

    def encrypt_by(self, key: str = "", bucket_key: bool = True, bucket: str | None = None) -> None:
        """Set a bucket's default encryption: by a key of KMS, or by S3's own."""
        by = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key} if key else {"SSEAlgorithm": "AES256"}
        rule = {"ApplyServerSideEncryptionByDefault": by, **({"BucketKeyEnabled": bucket_key} if key else {})}
        rules = {"Rules": [rule]}
        self.s3.put_bucket_encryption(Bucket=bucket or self.bucket, ServerSideEncryptionConfiguration=rules)

    def set_trust(self, document: Json) -> None:
        self.iam.update_assume_role_policy(RoleName=self.role, PolicyDocument=json.dumps(document))

    def set_permissions(self, document: Json, name: str = POLICY) -> None:
        self.iam.put_role_policy(RoleName=self.role, PolicyName=name, PolicyDocument=json.dumps(document))

    def set_bucket_policy(self, document: Json) -> None:
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=json.dumps(document))

    def set_bucket_policy_with(self, *statements: Json) -> None:
        """The contract's bucket policy, and more statements."""
        document = self.bucket_document()
        document["Statement"] += statements
        self.set_bucket_policy(document)

    def give_user(self, document: Json) -> None:
        self.iam.put_user_policy(UserName=self.user, PolicyName="extra", PolicyDocument=json.dumps(document))

    def managed_policy(self, document: Json) -> str:
        """Make a managed policy; gives its ARN."""
        name = f"managed-{secrets.token_hex(4)}"
        return str(self.iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))["Policy"]["Arn"])

    def put(self, *keys: str, bucket: str | None = None) -> None:
        for key in keys:
            self.s3.put_object(Bucket=bucket or self.bucket, Key=key, Body=b"somebody's")

    def deactivate_key(self) -> None:
        self.iam.update_access_key(UserName=self.user, AccessKeyId=self.key["AccessKeyId"], Status="Inactive")

    # The contract's identities at work.

    def as_user(self, service: str) -> Any:
        """A client with the user's key."""
        return self.emulator.client(service, self.key["AccessKeyId"], self.key["SecretAccessKey"])

    def assume(self, **options: Any) -> Json:
        """The credentials of a session of the role."""
        external_id = {"ExternalId": self.external_id} if self.external_id else {}
        params = {"RoleArn": self.role_arn, "RoleSessionName": "test", **external_id, **options}
        credentials: Json = self.as_user("sts").assume_role(**params)["Credentials"]
        return credentials

    def as_role(self, service: str, endpoint_url: str | None = None) -> Any:
        """A client with a session of the role."""
        given = self.assume()
        keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return self.emulator.client(service, *keys, endpoint_url=endpoint_url)

    # Verifying it, in this process.

    @property
    def inside(self) -> str:
        """An object that is the role's to read."""
        return f"{self.prefix}inside"

    @property
    def beside(self) -> str:
        """An object that a policy for ``team*`` instead of ``team/*`` would let the role read."""
        return f"{self.prefix.rstrip('/')}.outside"

    @property
    def theirs(self) -> dict[str, str]:
        """An object of each bucket that nobody of the contract may reach."""
        return dict.fromkeys(self.forbidden_buckets, "folder/theirs")

    @property
    def versions(self) -> dict[str, str]:
        """The versions of all objects of the buckets that there are, by their addresses."""
        s3 = (self.direct or self.emulator).s3
        buckets = {item["Name"] for item in s3.list_buckets()["Buckets"]}
        return {
            f"s3://{bucket}/{item['Key']}": item["VersionId"]
            for bucket in buckets.intersection((*self.contract.buckets, *self.forbidden_buckets))
            for item in s3.list_object_versions(Bucket=bucket).get("Versions", [])
            if item["IsLatest"]
        }

    @property
    def lying(self) -> dict[str, dict[str, str]]:
        """Objects at each of several places, below and beside, and at the siblings', by the names of the places."""
        if len(self.contract.grants) == 1:
            return {}
        own = {
            grant.name: {"inside": grant.key("inside"), "outside": grant.key_beside(".outside") if grant.prefix else ""}
            for grant in self.contract.grants
        }
        return {**own, **{f"{one['bucket']}/{one['prefix']}": {"inside": f"{one['prefix']}x"} for one in self.siblings}}

    def put_lying(self) -> None:
        """Put them all."""
        for place, keys in self.lying.items():
            self.put(*filter(None, keys.values()), bucket=place.partition("/")[0])

    def options(self, contract: Json | None = None, **more: Any) -> Json:
        """The module's options for this contract, or for one that differs from it."""
        return {
            "contract": {**self.values, **(contract or {})},
            "role_arn": self.role_arn,
            "session_name": "test",
            "duration_seconds": 900,
            "caller_arn": self.user_arn if self.user else None,
            "wait_timeout": 0,
            **more,
        }

    def identities(self, **connection: Any) -> Identities:
        """The user's identity, as the module makes it."""
        standard = {
            "region": "us-east-1",
            "endpoint_url": self.emulator.endpoint_url,
            "verify": self.emulator.ca_bundle,
            "access_key": self.key.get("AccessKeyId"),
            "secret_key": self.key.get("SecretAccessKey"),
        }
        return Identities(Connection(**{**standard, **connection}))

    def check(self, traceless: bool = False, **more: Any) -> Json:
        """What the module finds with the options that it must have."""
        return check_access(self.identities(), self.options(**more), traceless=traceless)

    def probe(self, **more: Any) -> Json:
        """What the probes of ``verify`` find: all that can be asked."""
        everything: Json = {
            "inside_object": None if "write" in self.granted else self.inside,
            "outside_object": self.beside if self.prefix else None,
            "forbidden_objects": self.theirs,
            "object_versions": self.versions,
            "place_objects": self.lying,
            "siblings": self.siblings,
        }
        plain = self.emulator.plain_endpoint_url
        identities = self.identities(plain_http_endpoint_url=plain, **self._ways())
        return check_access(identities, self.options(**everything, **self._factor(), **more))

    def _ways(self) -> Json:
        """Into the contract's network, and out of it, where it has one."""
        conditions = self.contract.conditions
        inside = proxy_at(BEHIND_THE_ENDPOINT) if conditions.vpc_endpoints else None
        ways: Json = {"outside_proxy": proxy_at(OUTSIDE)} if conditions.of_requests else {}
        return {**ways, **({"config": {"proxies": {"https": inside}}} if inside else {})}

    def _factor(self) -> Json:
        """A new device of the user's, and what it shows, where the contract requires one; no fault keeps it away."""
        if not self.contract.conditions.mfa:
            return {}
        device = Device.of((self.direct or self.emulator).iam, self.user)
        return {"mfa_serial": device.serial, "mfa_code": device.code()}

    def audit(self) -> Json:
        """What the audit of ``verify`` finds."""
        found = read_configuration(self.iam, self.s3, self.contract)
        if self.contract.kms_key:
            found = Configuration({**found.readings, **dict(read_key(self.kms, self.contract.kms_key))})
        checks = audit(Subject(self.contract, found))
        return {"checks": checks, "verdict": verdict(checks)}

    def survey(self, *expected: str, **options: Any) -> Json:
        """What the survey of ``verify`` finds, by the operator's key."""
        env = self.emulator.env
        operator = self.identities(access_key=env["AWS_ACCESS_KEY_ID"], secret_key=env["AWS_SECRET_ACCESS_KEY"])
        found = with_key(read_doors(operator.user("s3"), self.contract), operator, self.contract.kms_key)
        store = {"key_store": "profile", "key_store_path": None}
        return surveyed(operator, self.contract, found, {**store, "expected_principals": list(expected), **options})

    def verify(self, *expected: str) -> Json:
        """What ``verify`` finds: probes and audit in one verdict, and a survey where it is known whom to expect."""
        found = self.survey(*expected) if expected else {}
        probed = self.probe(roles_to_try=found.get("roles_to_try", []))
        return merged(probed, self.audit(), surveyed=found)

    # What is there.

    def seen(self) -> Json:
        """User, role and bucket, without the collection's code."""
        return seen(self.iam, self.s3, self.user, self.role, self.bucket)

    def left(self) -> list[str]:
        """Which of user, role and bucket there are."""
        return [name for name, state in self.seen().items() if state]

    def key_states(self) -> dict[str, str]:
        """The user's keys by id, and whether each is Active; none when there is no user."""
        try:
            found = self.iam.list_access_keys(UserName=self.user)["AccessKeyMetadata"]
        except self.iam.exceptions.NoSuchEntityException:
            return {}
        return {key["AccessKeyId"]: key["Status"] for key in found}

    def objects(self, bucket: str | None = None) -> list[str]:
        """The keys of a bucket's objects, by default the contract's; none when there is no bucket."""
        try:
            listing = self.s3.list_objects_v2(Bucket=bucket or self.bucket)
        except self.s3.exceptions.NoSuchBucket:
            return []
        return [item["Key"] for item in listing.get("Contents", [])]


def provision(emulator: Emulator, **terms: Any) -> World:
    """A world in which everything is as its contract says."""
    return World(emulator, terms).make()

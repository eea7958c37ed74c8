# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A provisioned contract on the enforcing emulator, made in a moment by boto3, and its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
import json
import secrets
from typing import Any

import boto3
from botocore.config import Config

from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Connection, Identities
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import read_configuration
from ansible_collections.assumerole.s3.plugins.module_utils._checks.audit import audit
from ansible_collections.assumerole.s3.plugins.module_utils._checks.merge import merged
from ansible_collections.assumerole.s3.plugins.module_utils._checks.rules import Subject
from ansible_collections.assumerole.s3.plugins.module_utils._checks.verdict import verdict
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    trust_policy,
)
from ansible_collections.assumerole.s3.plugins.module_utils._verification.access import check_access

Json = dict[str, Any]
POLICY = "bucket-access"


@dataclass
class World:
    """One contract, provisioned under names of its own, and the operator's hands to change it."""

    env: Mapping[str, str]
    contract: Contract
    user: str
    role: str
    iam: Any
    s3: Any
    key: Json = field(default_factory=dict)

    @property
    def bucket(self) -> str:
        """The contract's bucket."""
        return self.contract.bucket

    @property
    def user_arn(self) -> str:
        """The user that may assume the role."""
        return f"arn:aws:iam::000000000000:user/{self.user}"

    @property
    def role_arn(self) -> str:
        """The role."""
        return f"arn:aws:iam::000000000000:role/{self.role}"

    @property
    def forbidden(self) -> str:
        """A bucket that the role must not reach."""
        return self.contract.forbidden_buckets[0]

    @property
    def beside(self) -> str:
        """An object that a policy for ``team*`` instead of ``team/*`` would let the role read."""
        return f"{self.contract.prefix.rstrip('/')}.outside"

    # What the contract writes, for mutations to start from.

    def trust(self) -> Json:
        """The trust policy of the contract."""
        return trust_policy(self.contract, self.user_arn)

    def permissions(self) -> Json:
        """The permissions policy of the contract."""
        return permissions_policy(self.contract)

    def bucket_document(self) -> Json:
        """The bucket policy of the contract."""
        return bucket_policy(self.contract)

    def set_trust(self, document: Json) -> None:
        """Put a trust policy on the role."""
        self.iam.update_assume_role_policy(RoleName=self.role, PolicyDocument=json.dumps(document))

    def set_permissions(self, document: Json, name: str = POLICY) -> None:
        """Put an inline policy on the role."""
        self.iam.put_role_policy(RoleName=self.role, PolicyName=name, PolicyDocument=json.dumps(document))

    def set_bucket_policy(self, document: Json) -> None:
        """Put a bucket policy."""
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=json.dumps(document))

    def give_user(self, document: Json) -> None:
        """Put an inline policy on the user."""
        self.iam.put_user_policy(UserName=self.user, PolicyName="extra", PolicyDocument=json.dumps(document))

    def managed_policy(self, document: Json) -> str:
        """Make a managed policy; gives its ARN."""
        name = f"managed-{secrets.token_hex(4)}"
        return str(self.iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))["Policy"]["Arn"])

    def verify(self) -> Json:
        """What ``verify`` finds: probes and audit in one verdict."""
        return merged(self.probe(), self.audit())

    def probe(self) -> Json:
        """What the probes alone find."""
        return check_access(self._user_identities(), self._options())

    def audit(self) -> Json:
        """What the audit alone finds."""
        found = read_configuration(self.iam, self.s3, self.user, self.role, self.bucket)
        checks = audit(Subject(self.contract, self.user, self.role, "AES256", found))
        return {"checks": checks, "verdict": verdict(checks)}

    def _user_identities(self) -> Identities:
        return Identities(
            Connection(
                region="us-east-1",
                endpoint_url=self.env["AWS_ENDPOINT_URL"],
                verify=self.env["AWS_CA_BUNDLE"],
                plain_http_endpoint_url=self.env["PLAIN_HTTP_ENDPOINT_URL"],
                access_key=self.key["AccessKeyId"],
                secret_key=self.key["SecretAccessKey"],
            )
        )

    def _options(self) -> Json:
        return {
            "role_arn": self.role_arn,
            "bucket": self.bucket,
            "prefix": self.contract.prefix,
            "permissions": list(self.contract.permissions),
            "external_id": self.contract.external_id,
            "max_session_duration": self.contract.max_session_duration,
            "forbidden_buckets": list(self.contract.forbidden_buckets),
            "session_name": "mutations",
            "duration_seconds": 900,
            "caller_arn": self.user_arn,
            "wait_timeout": 0,
            "inside_object": None if self.contract.allows("write") else f"{self.contract.prefix}inside",
            "outside_object": self.beside if self.contract.prefix else None,
        }


def provisioned(env: Mapping[str, str], **contract: Any) -> World:
    """A world in which everything is as its contract says."""
    tag = secrets.token_hex(4)
    names = {"bucket": f"mutated-{tag}", "forbidden_buckets": (f"forbidden-{tag}",)}
    world = World(
        env,
        Contract(**{"prefix": "team/", "external_id": f"contract-{tag}", **names, **contract}),
        user=f"user-{tag}",
        role=f"role-{tag}",
        iam=operator(env, "iam"),
        s3=operator(env, "s3"),
    )
    make_buckets(world)
    world.iam.create_user(UserName=world.user)
    world.iam.create_role(
        RoleName=world.role,
        AssumeRolePolicyDocument=json.dumps(world.trust()),
        MaxSessionDuration=world.contract.max_session_duration,
    )
    world.set_permissions(world.permissions())
    world.key = world.iam.create_access_key(UserName=world.user)["AccessKey"]
    return world


def make_buckets(world: World) -> None:
    """The contract's bucket with an object on each side of the prefix, and the forbidden one."""
    s3, bucket = world.s3, world.bucket
    s3.create_bucket(Bucket=world.forbidden)
    s3.create_bucket(Bucket=bucket)
    blocks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(blocks, True))
    s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    encrypt = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [encrypt]})
    world.set_bucket_policy(world.bucket_document())
    for key in (f"{world.contract.prefix}inside", world.beside):
        s3.put_object(Bucket=bucket, Key=key, Body=b"canary")


def operator(env: Mapping[str, str], service: str) -> Any:
    """A client with the operator's credentials."""
    key = env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]
    return _client(service, env["AWS_ENDPOINT_URL"], env["AWS_CA_BUNDLE"], *key)


@cache
def _client(service: str, endpoint_url: str, verify: str, access_key: str, secret_key: str) -> Any:
    """Clients are dear to make, and serve all worlds."""
    return boto3.client(
        service,
        endpoint_url=endpoint_url,
        verify=verify,
        region_name="us-east-1",
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=Config(retries={"total_max_attempts": 1}),
    )

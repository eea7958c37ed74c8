# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A contract with all that one may have beside the usual: what the usual one never asks, this one does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
import json

from subject import Subject

from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import bucket_policy
from lab.account import allow
from lab.checkout import Json
from lab.issuer import AUDIENCE, SUBJECT
from lab.partner import Partner
from lab.reality import bucket_state
from lab.world import World

MACHINES = "ec2.amazonaws.com"


@dataclass
class RichSubject(Subject):
    """Two buckets by a key of KMS, a partner, a CI, and machines of EC2; bounded, and at a path of its own."""

    @cached_property
    def world(self) -> World:
        """The contract, once there is what it names."""
        emulator = self.bench.emulator
        host = f"token-{self.tag}.ci.example"
        some = ["list", "write", "delete", "multipart", "locate"]
        bounds = allow(["s3:*", "kms:*", "sts:AssumeRole"], "*")
        made = emulator.iam.create_policy(PolicyName=f"bounds-{self.tag}", PolicyDocument=json.dumps(bounds))
        emulator.iam.create_open_id_connect_provider(Url=f"https://{host}", ClientIDList=[AUDIENCE])
        partner = Partner(emulator, name=f"theirs-{self.tag}").make()
        terms = {
            "account_id": emulator.account,
            "bucket": f"bucket-{self.tag}",
            "grants": [
                {"bucket": f"bucket-{self.tag}", "prefix": "team/"},
                {"bucket": f"more-{self.tag}", "prefix": "in/", "permissions": some},
            ],
            "kms_key": emulator.new_key(),
            "forbidden_kms_keys": [emulator.new_key()],
            "path": "/partners/",
            "permissions_boundary": made["Policy"]["Arn"],
            "trusted": [
                {"arn": partner.arn, "external_id": "partner-4711"},
                {"oidc": host, "audience": AUDIENCE, "subjects": [SUBJECT]},
                {"service": MACHINES},
            ],
        }
        return World(emulator, terms, self.tag)

    def extra_vars(self) -> Json:
        """The role's variables: places say where, so no bucket of its own is named."""
        return {name: value for name, value in super().extra_vars().items() if name != "bucket_access_bucket"}

    def provision(self) -> None:
        """With the instance profile by which machines get the role."""
        super().provision()
        name = self.world.role
        self.world.iam.create_instance_profile(InstanceProfileName=name, Tags=self.world.tags)
        self.world.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)

    def wanted(self) -> Json:
        """With the key, the second bucket, and the instance profile."""
        wanted = super().wanted()
        of_more = bucket_policy(self.world.contract.at(self._more))
        role = {**wanted["role"], "instance_profiles": [self.world.role]}
        bucket = {**wanted["bucket"], "encryption": ["aws:kms"]}
        return {**wanted, "role": role, "bucket": bucket, "more": {**bucket, "policy": of_more["Statement"]}}

    def found(self, *, inactive_too: bool) -> Json:
        """With the second bucket; of instance profiles the names."""
        found = super().found(inactive_too=inactive_too)
        if found["role"]:
            held = found["role"]["instance_profiles"]
            found["role"]["instance_profiles"] = [profile["InstanceProfileName"] for profile in held]
        return {**found, "more": bucket_state(self.world.s3, self._more)}

    def remains(self) -> list[str]:
        """The second bucket and the instance profile, too; what the contract only names is nobody's to remove."""
        names = [one["InstanceProfileName"] for one in self.world.iam.list_instance_profiles()["InstanceProfiles"]]
        left = ["the instance profile is still there"] if self.world.role in names else []
        left += ["the second bucket is still there"] if bucket_state(self.world.s3, self._more) else []
        return super().remains() + left

    @property
    def _more(self) -> str:
        return f"more-{self.tag}"

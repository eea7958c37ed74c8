# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The instance profile by which machines of EC2 get the role: made, marked and taken down with the role. Pure.

It holds one role, and is named like it, as AWS's console does.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import MARK, whose
from ansible_collections.assumerole.s3.plugins.module_utils._provision.steps import CHANGE, DELETE, MAKE, Step
from ansible_collections.assumerole.s3.plugins.module_utils._provision.tags import lacking, shown
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import InstanceProfile, There


def steps(contract: Contract, there: There) -> Iterator[Step]:
    """What brings it in line. One that somebody else has made for the role is left to them."""
    found, what = there.instance_profile, _what(contract)
    if not contract.on_machines:
        yield from removal(contract, there)
        return
    tags = {**contract.tags, MARK: contract.role}
    options = {
        "name": contract.role,
        "role": contract.role,
        "path": contract.path,
        "tags": tags,
        "purge_tags": False,
        "state": "present",
    }
    after = {"role": contract.role, "tags": tags}
    if found is None:
        yield Step("instance_profile", MAKE, what, {}, after, options)
    elif _is_ours(found, contract):
        before = {"role": ", ".join(found.roles), "tags": shown(found.tags, tags)}
        if before["role"] != contract.role or lacking(found.tags, tags):
            yield Step("instance_profile", CHANGE, what, before, after, options)


def refusals(contract: Contract, there: There) -> Iterator[str]:
    """Somebody else's, which holds no role or another."""
    found = there.instance_profile
    if contract.on_machines and found and not _is_ours(found, contract) and contract.role not in found.roles:
        holds = f"holds {', '.join(found.roles)}" if found.roles else "holds no role"
        yield (
            f"bucket_access_trusted: there is an instance profile {found.name} already, which the contract has not "
            f"made (it has no tag {MARK} of it) and which {holds}: put the role into it yourself, or remove it"
        )


def removal(contract: Contract, there: There) -> Iterator[Step]:
    """It goes, where it is ours; machines that run lose the role."""
    found = there.instance_profile
    if found and _is_ours(found, contract):
        before = {"role": ", ".join(found.roles), "tags": dict(found.tags)}
        options = {"name": found.name, "state": "absent"}
        yield Step("instance_profile", DELETE, _what(contract), before, {}, options)


def _what(contract: Contract) -> str:
    return f"the instance profile {contract.role}"


def _is_ours(found: InstanceProfile, contract: Contract) -> bool:
    return whose(found.tags, contract.role).ours

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inventory of contracts: a folder of files, one contract each, checked when it is read."""

from __future__ import annotations

DOCUMENTATION = r"""
name: contracts
version_added: 0.1.0
short_description: An inventory of access contracts, one file each
description:
  - Reads a folder of YAML files. Each is one host, named after the file, and holds the variables of the role
    P(assumerole.s3.bucket_access#role) for one contract, and others that its user needs.
  - All files are checked when they are read. Names that the role does not know, values that break a rule, a file that
    is named like a group, two contracts of one role in one account, two owners of one bucket, two places that overlap,
    and one profile of one AWS file for two users or roles are told together, one sentence each, and stop the run with
    exit code 4. As in IAM, names of roles that differ by case alone are one.
  - Values with templates, and values that are encrypted by themselves, are known in a run only and are checked there.
    So are values of C(group_vars) and C(host_vars). A file that is encrypted as a whole is checked like any other.
  - All hosts are in the group C(contracts), and in groups by account, like C(account_123456789012), and by tag, like
    C(tag_team_payments) for the tag C(team=payments) of C(bucket_access_tags).
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices: [assumerole.s3.contracts]
  path:
    description:
      - The folder with the contracts' files, which end in C(.yml) or C(.yaml). A relative path begins at the folder of
        the inventory's file.
      - Hidden files, and files that end in C(.md) or C(~), may lie beside them. Anything else is a mistake.
    type: str
    default: contracts
  defaults:
    description: Variables of each contract that does not say them itself. They are checked with it.
    type: dict
    default: {}
  strict:
    description:
      - Whether anything that is wrong with a contract stops the run.
      - With V(false) each is a warning, and the run of the contract itself refuses what it can. A file that cannot be
        read stops the run all the same, and with O(discover) so does anything that is wrong.
    type: bool
    default: true
  discover:
    description:
      - Whether to read the users and roles of the account that the credentials are of, and to list as hosts of the
        group C(orphaned) what carries the mark C(assumerole.s3/contract) of a contract which is in none of the files.
        Its variables are what taking it down needs, as far as the marks and the role's policies tell, and never where
        its key is kept.
      - Each is named after its role, like C(orphaned-partner-exchange), with C(%) and two digits, as in addresses, for
        any other character than letters, digits and those of C(_.-). Where a host has that name already, C(%) and the
        account follow.
      - Orphaned hosts are in no other group, so that no run of C(contracts) ever comes upon them.
      - They have the variable C(assumerole_s3_orphaned). By it a run refuses to do anything to one whose role or user,
        or whose bucket, where it would take that down, is that of another host of the inventory, such as by
        C(host_vars), which this plugin does not see. What cannot be read of another host is refused, too.
      - The options of the connection are used for this alone.
      - Needs C(iam:GetAccountAuthorizationDetails), and C(s3:GetBucketTagging) of the buckets that orphaned roles name.
        When AWS refuses one of them, the run stops.
    type: bool
    default: false
author:
  - The assumerole.s3 contributors (@assumerole)
notes:
  - The inventory's file must end in C(contracts.yml) or C(contracts.yaml).
  - Ansible turns what an inventory raises into a warning and goes on without its hosts. A run that has verified nothing
    is no success, so this plugin ends Ansible itself.
  - There is no cache.
seealso:
  - name: What is the contract's own
    description: Users, roles and buckets carry marks as tags.
    link: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
  - name: GetAccountAuthorizationDetails
    description: How discovery reads users and roles.
    link: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
extends_documentation_fragment:
  - amazon.aws.common.plugins
  - amazon.aws.region.plugins
"""

EXAMPLES = r"""
# contracts.yml: the folder contracts/ beside it has a file for each contract, like contracts/initech.yml with
#   bucket_access_user: initech
#   bucket_access_role: initech-exchange
#   bucket_access_bucket: example-initech-exchange
plugin: assumerole.s3.contracts
path: contracts
defaults:
  bucket_access_account_id: "123456789012"
  bucket_access_report_dir: "{{ inventory_dir }}/reports/{{ inventory_hostname }}"

---
# found.contracts.yml: also lists as orphaned what has the mark of a contract and no file
plugin: assumerole.s3.contracts
discover: true
profile: auditor
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
import os
from typing import Any, NoReturn
from urllib.parse import quote

from ansible.errors import AnsibleError
from ansible.module_utils.common.validation import check_type_bool
from ansible.plugins.inventory import BaseInventoryPlugin

from ansible_collections.amazon.aws.plugins.module_utils.botocore import HAS_BOTO3
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.marked import bucket_tags, users_and_roles
from ansible_collections.assumerole.s3.plugins.module_utils._aws.pace import Unpaced
from ansible_collections.assumerole.s3.plugins.module_utils._aws.said import refusal, trouble
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fleet import clashes, groups, mixed_groups
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import MARK
from ansible_collections.assumerole.s3.plugins.module_utils._provision.orphans import (
    Orphan,
    orphans,
    tags_of,
    variables,
)
from ansible_collections.assumerole.s3.plugins.plugin_utils._contract_files import (
    Read,
    groups_of,
    hosts_of,
    is_contract,
    misplaced,
    read,
)
from ansible_collections.assumerole.s3.plugins.plugin_utils._orphaned_hosts import ORPHANED as IS_ORPHANED

try:
    from ansible.parsing.vault import EncryptedString
except ImportError:  # ansible-core before 2.19
    from ansible.parsing.yaml.objects import AnsibleVaultEncryptedUnicode as EncryptedString

#: As Ansible ends when it cannot read what it was given.
EXIT_CODE = 4

#: Groups that are always there.
CONTRACTS = "contracts"
ORPHANED = "orphaned"

NOT_TOLD = (
    "is known in a run only, so its role could be taken for an orphaned one: write the name out, or set discover to "
    "false."
)

SWITCHES = ("strict", "discover")

#: Options of amazon.aws that say where AWS is and who asks.
CONNECTION = ("access_key", "secret_key", "session_token", "profile", "endpoint_url", "aws_ca_bundle", "region")

Found = Sequence[tuple[Orphan, Mapping[str, Any]]]


class InventoryModule(BaseInventoryPlugin):
    """Reads the files, has them judged, and makes hosts and groups of them."""

    NAME = "assumerole.s3.contracts"

    #: Templates in the contracts' files are the user's own.
    trusted_by_default = True

    def verify_file(self, path: str) -> bool:
        """Whether the file is an inventory of this kind, by its name."""
        return bool(super().verify_file(path)) and path.endswith(("contracts.yml", "contracts.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Make the inventory, or end Ansible with a sentence for each thing that is wrong."""
        super().parse(inventory, loader, path)
        try:
            wrong = list(self._mistakes(self._read_config_data(path)))
        except AnsibleError as error:
            wrong = [str(error.message)]
        if wrong:
            self._end([f"{path}: {sentence}" for sentence in wrong])
        folder = os.path.join(os.path.dirname(path), os.path.expanduser(self.get_option("path")))
        contracts = self._contracts(folder)
        found = self._orphaned(contracts) if self.get_option("discover") else []
        self._fill(contracts, found)

    def _mistakes(self, config: Mapping[str, Any]) -> Iterator[str]:
        """What Ansible overlooks in the inventory's file: a name that is no option, and a switch that says neither."""
        for name in config:
            if not (self.has_option(name) or name.startswith("aws_")):
                yield f"{name} is no option: see ansible-doc -t inventory {self.NAME}."
        for name in SWITCHES:
            try:
                check_type_bool(config.get(name, False))
            except TypeError:
                yield f"{name} is {config[name]!r}: write true or false."

    def _contracts(self, folder: str) -> list[Read]:
        """All contracts of the folder; what is wrong with them ends Ansible, or is a warning."""
        try:
            names = sorted(os.listdir(folder))
        except OSError as error:
            self._end([f"path: the folder {folder} cannot be read: {error.strerror}. Name the one with the contracts."])
        contracts = [self._read(folder, name) for name in names if is_contract(name)]
        lost = [misplaced(name, os.path.isdir(os.path.join(folder, name))) for name in names]
        if not contracts:
            lost.append(f"path: the folder {folder} has no contract: write one, or name another folder.")
        members = [contract.member for contract in contracts]
        own = [sentence for contract in contracts for sentence in contract.wrong]
        named = [*hosts_of(contracts), *groups_of(contracts, self.inventory.groups)]
        wrong = [*filter(None, lost), *own, *named, *clashes(members), *mixed_groups(members)]
        if wrong and (self.get_option("strict") or self.get_option("discover")):
            self._end(wrong)
        for sentence in wrong:
            self.display.warning(sentence)
        return contracts

    def _read(self, folder: str, name: str) -> Read:
        try:
            said = self.loader.load_from_file(os.path.join(folder, name), cache="none")
        except (AnsibleError, OSError, ValueError) as error:
            words = str(getattr(error, "message", None) or "it cannot be decoded").splitlines()
            self._end([f"{name} cannot be read: {words[0].rstrip('.')}. Mend the file, or move it elsewhere."])
        return read(
            name, said, self.get_option("defaults"), os.environ, lambda value: isinstance(value, EncryptedString)
        )

    def _orphaned(self, contracts: Sequence[Read]) -> Found:
        """What has a mark and no contract; where that cannot be told for sure, Ansible ends."""
        unsure = [contract.member.file for contract in contracts if not contract.member.text("role")]
        if unsure:
            self._end([f"discover: bucket_access_role of {unsure[0]} {NOT_TOLD}"])
        if not HAS_BOTO3:
            self._end(["discover: boto3 or botocore is missing: install both for Ansible's own Python."])
        known = [(contract.member.text("account_id"), contract.member.text("role")) for contract in contracts]
        asking = "the account's users and roles"
        try:
            options = {name: self.get_option(name) for name in CONNECTION if self.has_option(name)}
            clients = Identities(connection(options, os.environ))
            found = orphans(*users_and_roles(clients.user("iam")), known)
            result = []
            for orphan in found:
                asking = f"the tags of the buckets of {orphan.role}"
                result.append((orphan, variables(orphan, _owned(clients.user("s3"), orphan))))
        except Unpaced as error:
            self._end([f"discover: {error}"])
        except Exception as error:
            self._end([_refused(asking, error)])
        return result

    def _fill(self, contracts: Sequence[Read], found: Found) -> None:
        """The hosts, their variables and their groups."""
        self.inventory.add_group(CONTRACTS)
        for contract in contracts:
            self._add(contract.host, CONTRACTS, contract.variables)
            for group in groups(contract.member):
                self.inventory.add_group(group)
                self.inventory.add_host(contract.host, group=group)
        if self.get_option("discover"):
            self.inventory.add_group(ORPHANED)
        taken = set(self.inventory.hosts)
        for orphan, said in found:
            host = _host(orphan, taken)
            self._add(host, ORPHANED, {**said, IS_ORPHANED: True})

    def _add(self, host: str, group: str, said: Mapping[str, Any]) -> None:
        self.inventory.add_host(host, group=group)
        for name, value in said.items():
            self.inventory.set_variable(host, name, value)

    def _end(self, sentences: Sequence[str]) -> NoReturn:
        """Say what is wrong and end Ansible, which would go on without the hosts of an inventory that raises."""
        for sentence in sentences:
            self.display.error(sentence)
        raise SystemExit(EXIT_CODE)


def _host(orphan: Orphan, taken: Collection[str]) -> str:
    """A name for it that patterns take, and that no other role and no contract's file has: neither may have a ``%``."""
    name = f"{ORPHANED}-{quote(orphan.role, safe='')}"
    return f"{name}%{orphan.account}" if name in taken else name


def _owned(s3: Any, orphan: Orphan) -> list[str]:
    """The buckets that carry the contract's mark."""
    return [bucket for bucket in orphan.buckets if tags_of({"Tags": bucket_tags(s3, bucket)}).get(MARK) == orphan.role]


def _refused(asking: str, error: Exception) -> str:
    """Why it is not known what is orphaned, without the SDK's own words."""
    said = refusal(error)
    if said:
        return (
            f"discover: AWS does not give {asking} ({said['code']}: {said['message']}), so what is orphaned is not "
            "known: let the operator read them, or set discover to false."
        )
    what, advice = trouble(error)
    return f"discover: {asking} cannot be read: {what}. {advice}"

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an access key is kept, for every module that keeps one."""

from __future__ import annotations


class ModuleDocFragment:
    """The store, the place in it, and whose the key is."""

    DOCUMENTATION = r"""
options:
  store:
    description:
      - V(profile) is a profile in the AWS credentials file, V(secretsmanager) a secret of AWS Secrets Manager, V(ssm)
        a SecureString parameter of AWS Systems Manager, V(vault_file) a file that ansible-vault encrypts with the
        password of the run.
      - V(none) keeps nothing. The caller gives the key that it has, and takes the new one.
    type: str
    choices: [profile, secretsmanager, ssm, vault_file, none]
    default: profile
  owner:
    description: The ARN of the user that the key belongs to.
    type: str
    required: true
  path:
    description: The name of the secret or parameter, or the path of the vault file. Required with these stores.
    type: str
  user_profile:
    description: The profile. Required with O(store=profile).
    type: str
  credentials_file:
    description: The credentials file. Required with O(store=profile).
    type: path
  access_key_id:
    description: The key's id. With O(store=none), that of the key that the caller keeps.
    type: str
  secret_access_key:
    description: The key's secret.
    type: str
  adopt:
    description: Overwrite what somebody else keeps there.
    type: bool
    default: false
  tags:
    description: Tags for a secret or parameter that is made.
    type: dict
    default: {}
"""

    # A module that works with a key that is kept somewhere.
    KEPT_IN = r"""
options:
  kept_in:
    description:
      - Where the user's key is kept, with the options of M(assumerole.s3.stored_access_key), for the contract's user in
        the role's account.
      - The action of this name reads the key, so that no argument of a task, no result and no variable holds it. The
        connection options are then those of who reads a store of AWS, and the module goes on with the key.
    type: dict
    suboptions:
      store:
        description: The store.
        type: str
        choices: [profile, secretsmanager, ssm, vault_file, none]
        default: profile
      path:
        description: The name of the secret or parameter, or the path of the vault file.
        type: str
      user_profile:
        description: The profile.
        type: str
      credentials_file:
        description: The credentials file.
        type: path
      access_key_id:
        description: With the store V(none), the key that the caller keeps.
        type: str
      secret_access_key:
        description: Its secret.
        type: str
  profile_files:
    description:
      - With O(kept_in), the environment variables by which AWS tools find the files that a profile is in.
    type: dict
    default: {}
"""

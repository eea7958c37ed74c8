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

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the terms of an access contract mean, for every module that takes one."""

from __future__ import annotations


class ModuleDocFragment:
    """The option ``contract``."""

    DOCUMENTATION = r"""
options:
  contract:
    description:
      - The terms of the access contract, named like the role's variables without C(bucket_access_).
      - The role P(assumerole.s3.bucket_access#role) gives all of them; a module uses what it needs.
    type: dict
    required: true
    suboptions:
      bucket:
        description:
          - The bucket that the role gives access to. It must belong to the role's account.
          - Required, unless O(contract.grants) names the buckets.
        type: str
      user:
        description:
          - The name of the IAM user that may assume the role.
          - There is none when it is left out, which it may be where O(contract.trusted) names somebody.
        type: str
      role:
        description: The name of the IAM role.
        type: str
        required: true
      permissions:
        description:
          - What the role may do with objects.
          - V(list) is C(s3:ListBucket), V(read) is C(s3:GetObject), V(write) is C(s3:PutObject), V(delete) is
            C(s3:DeleteObject).
          - V(multipart) is C(s3:AbortMultipartUpload) and C(s3:ListMultipartUploadParts). To upload in parts, V(write)
            is enough.
          - V(tags) is C(s3:GetObjectTagging) and C(s3:PutObjectTagging). Taking all tags off is putting none.
          - V(locate) is C(s3:GetBucketLocation) on the bucket, whatever the prefix.
          - V(list_all) is C(s3:ListBucket) whatever the prefix, which shows the keys of the whole bucket. Programs need
            it that begin with HeadBucket, or list the prefix without its slash.
          - V(versions) is C(s3:ListBucketVersions) below the prefix and C(s3:GetObjectVersion), to read what was
            overwritten or deleted. No version can be deleted with it.
        type: list
        elements: str
        choices: [list, read, write, delete, multipart, tags, locate, list_all, versions]
        default: [list, read, write, delete]
      prefix:
        description: The role's permissions are limited to keys below this prefix. A slash at its end is added.
        type: str
        default: ""
      trusted:
        description:
          - Who else may assume the role, each an item of one kind.
          - C(arn) is a role or user, of this account or another. Beside it, C(external_id) is the one that it must
            give, otherwise O(contract.external_id), and C(profile) names credentials of its own to ask with.
          - C(oidc) is an identity provider of the account. Beside it stand the C(audience) and the C(subjects) of the
            tokens that get in.
          - C(service) is a service of AWS. Beside it may stand the C(source_account) and the C(source_arn) for which it
            comes.
        type: list
        elements: dict
        default: []
      grants:
        description:
          - Several places, also in several buckets, and what the role may do at each. No place may lie in another.
          - Leave out O(contract.bucket), O(contract.prefix) and O(contract.permissions) then, or let them say what the
            first of the places does.
        type: list
        elements: dict
        suboptions:
          bucket:
            description: The place's bucket. All buckets must be in one region.
            type: str
            required: true
          prefix:
            description: The place is the keys below this prefix. A slash at its end is added.
            type: str
            default: ""
          permissions:
            description: What the role may do there, as in O(contract.permissions).
            type: list
            elements: str
            choices: [list, read, write, delete, multipart, tags, locate, list_all, versions]
            default: [list, read, write, delete]
      external_id:
        description: The external id that the role's trust policy demands. It is no secret.
        type: str
      max_session_duration:
        description: The longest session of the role in seconds, from 3600 to 43200.
        type: int
        default: 3600
      account_id:
        description: The account's 12 digits, or C(RGW) and the 17 digits of Ceph's.
        type: str
      region:
        description: The bucket's region. Left out, it may be in any.
        type: str
      tags:
        description: Tags for the user, the role and the bucket, 48 at most.
        type: dict
        default: {}
      versioning:
        description: Whether the bucket keeps old versions of objects. Left out, it is left as it is.
        type: bool
      encryption:
        description:
          - The bucket's default encryption. A stronger one than V(AES256) is no finding. Left out, any is right, and a
            bucket is left as it is.
        type: str
        choices: [AES256, "aws:kms"]
      kms_key:
        description:
          - The ARN of a customer's key of KMS that the bucket encrypts by.
          - The role may use it through S3 for this bucket, and nowhere else.
        type: str
      forbidden_kms_keys:
        description: The ARNs of other keys of KMS, by which the role may not encrypt.
        type: list
        elements: str
        default: []
      permissions_boundary:
        description: The ARN of the managed policy that is the permissions boundary of the user and the role.
        type: str
      path:
        description: The IAM path of the user and the role that the contract makes.
        type: str
        default: /
      require_mfa:
        description: Whether the role is assumed with MFA alone. Of O(contract.trusted) only users can have it.
        type: bool
        default: false
      source_ips:
        description:
          - The addresses, or networks in CIDR notation, from which the role is assumed and its sessions are used. With
            O(contract.vpc_endpoints) they limit from where the role is assumed alone.
        type: list
        elements: str
        default: []
      vpc_endpoints:
        description: The ids of the VPC endpoints of S3 through which the role's sessions reach the bucket.
        type: list
        elements: str
        default: []
      organization_id:
        description: The id of the AWS organization that whoever assumes the role must belong to.
        type: str
      adopt:
        description: What may be taken over although the contract has not made it.
        type: list
        elements: str
        choices: [user, role, bucket, profile]
        default: []
      manage:
        description: What the contract makes and keeps; the rest is somebody else's, and never changed.
        type: list
        elements: str
        choices: [user, role, bucket]
        default: [user, role, bucket]
      other_roles:
        description:
          - The names of other roles of the account that the user, or the role, may assume. What these allow is not
            judged here. Any role beside them that lets either in is excess access.
        type: list
        elements: str
        default: []
      forbidden_buckets:
        description: Buckets that the role must not reach.
        type: list
        elements: str
        default: []
"""

    # What a survey of the account is told beside it.
    SURVEY = r"""
options:
  survey_sessions:
    description:
      - Whether to try the roles that reach the places as well - the operator opens a session of each that may let it
        in, 50 at most and for 900 seconds, asks there for what leaves no trace, and drops it. CloudTrail shows it.
      - It takes C(sts:AssumeRole) on these roles. Where the operator is refused, the role is named as not tried.
    type: bool
    default: false
  expected_principals:
    description:
      - Whom the survey may find, as ARNs of roles and users, V(arn:PARTITION:iam::ACCOUNT:root) for another account, or
        names of services. A V(*) stands for any characters between two of C(:) and C(/).
      - With such a list the survey has checks, and without one it informs.
    type: list
    elements: str
    default: []
  key_store:
    description: Where the user's key is kept. Of V(ssm) and V(secretsmanager), the survey finds who can read it there.
    type: str
    choices: [profile, secretsmanager, ssm, vault_file, none]
    default: profile
  key_store_path:
    description: The name of the secret or parameter.
    type: str
"""

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is the same in all modules of the collection: what they support, and what they need on the host."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes as they usually are, and the AWS SDK."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Can run in check_mode and return changed status prediction without modifying target.
  diff_mode:
    support: none
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
"""

    # A module of which a part, or all, is done where Ansible runs.
    ACTION = r"""
options: {}
attributes:
  action:
    support: full
    description: >-
      Indicates this has a corresponding action plugin so some parts of the options can be executed on the controller.
"""

    AWS = r"""
options: {}
requirements:
  - boto3 >= 1.35.69
  - botocore >= 1.35.69
notes:
  - The environment variable E(ASSUMEROLE_S3_REQUESTS_PER_SECOND) limits how many requests a second the collection's
    modules send, together in all processes of this machine's user. E(ASSUMEROLE_S3_ACCOUNT_ID) names the account, as
    each has a queue of its own. The role P(assumerole.s3.bucket_access#role) sets both.
"""

    # A module that waits for AWS to catch up with itself.
    WAITING = r"""
options:
  wait_timeout:
    description: For how many seconds to ask again while eventual consistency can explain an answer.
    type: int
    default: 120
  progress_file:
    description:
      - A file that a line is added to whenever the module waits, with what it waits for.
      - The action of this name gives one of its own, and shows the lines, when the module runs on the control node.
    type: path
"""

#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: change_note
version_added: 0.1.0
short_description: Note on this machine when a contract was changed last
description:
  - AWS shows no date of a policy or a setting. A verification on this machine reads what it finds again for a while
    after the moment that this module notes.
  - Nothing fails for a note that cannot be written. A verification reads on for longer then, and no more.
options:
  path:
    description: The file of the note, RV(assumerole.s3.access_contract#module:change_note). Its folder is made.
    type: path
    required: true
author:
  - The assumerole.s3 contributors (@assumerole)
extends_documentation_fragment:
  - assumerole.s3.conventions
"""

EXAMPLES = r"""
- name: The moment of the last change is noted
  assumerole.s3.change_note:
    path: "{{ contract.change_note }}"
"""

RETURN = r"""
noted:
  description: Whether the moment stands in the file.
  returned: success
  type: bool
  sample: true
"""

from datetime import datetime, timezone
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ScrubbedModule, ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._files import private_file

ARGUMENT_SPEC: dict[str, Any] = {"path": {"type": "path", "required": True}}


@ends_in_our_words
def main() -> None:
    """Run the module. The note is no change of the contract, so it is never said to be one."""
    module = ScrubbedModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    noted = not module.check_mode and is_noted(module.params["path"])
    module.exit_json(changed=False, noted=noted)


def is_noted(path: str) -> bool:
    """Write the note, and say whether it is written."""
    try:
        with private_file.locked(path):
            private_file.replace(path, f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}", 0o600)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How each module of the collection ends: with nothing in its words that is secret, and with no words of others'.

Results, failures, differences and warnings are scrubbed of all that the process has held (``held.py``). A module that
breaks off says where, and not what the exception says: the SDK's quote what they were given.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import wraps
import inspect
import json
import os
import sys
import traceback
from typing import TYPE_CHECKING, Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.assumerole.s3.plugins.module_utils._aws.held import held
from ansible_collections.assumerole.s3.plugins.module_utils._aws.pace import Unpaced
from ansible_collections.assumerole.s3.plugins.module_utils._aws.said import scrubbed

#: Whether there is a module yet, which talks to others. What breaks before is a mistake in the module itself.
_begun: list[bool] = []


# It goes before a module's own class, whose methods it calls.
if TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule as _Module
else:
    _Module = object


class Scrubbing(_Module):
    """What a module says has no secret in it: none of its options, and none that the process was given since."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _begun.append(True)

    def exit_json(self, **result: Any) -> None:
        """End with this result."""
        super().exit_json(**self.scrubbed(result))

    def fail_json(self, msg: str, **result: Any) -> None:
        """Fail with this result, and no traceback: the exception's own words are in one."""
        result.pop("exception", None)
        super().fail_json(**self.scrubbed({"msg": msg, **result}), **_unquoted())

    def hand_over(self, asked_for: Mapping[str, Any], **result: Any) -> None:
        """End with this result, and beside it what the caller asked for, which alone may hold a secret."""
        super().exit_json(**self.scrubbed(result), **asked_for)

    def warn(self, warning: str, **more: Any) -> None:
        """Warn of this."""
        super().warn(self.scrubbed(warning), **more)

    def scrubbed(self, value: Any) -> Any:
        """What may be told of a value."""
        options: Collection[str] = self.no_log_values
        return scrubbed(value, held(os.environ) | {str(secret) for secret in options})


class ScrubbedModule(Scrubbing, AnsibleModule):
    """A module that does not talk to AWS."""


def ends_in_our_words(main: Callable[[], None]) -> Callable[[], None]:
    """A module's ``main`` that ends with a sentence whatever happens: Python would print what the exception says."""

    @wraps(main)
    def ending() -> None:
        _begun.clear()
        try:
            main()
        except Exception as error:
            if not _begun:
                raise
            said = str(error) if isinstance(error, Unpaced) else broken_off(error)
            sys.stdout.write("\n" + json.dumps({"failed": True, "msg": said}) + "\n")
            raise SystemExit(1) from None

    return ending


def _unquoted() -> dict[str, None]:
    """Newer versions of Ansible add the words of the exception at hand to a failure, unless they are told not to."""
    return {"exception": None} if "exception" in inspect.signature(AnsibleModule.fail_json).parameters else {}


def broken_off(error: Exception) -> str:
    """Where a module broke off."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"The module broke off with {type(error).__name__} in {os.path.basename(place.filename)}, line {place.lineno}."
    )

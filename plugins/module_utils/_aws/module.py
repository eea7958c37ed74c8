# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that talks to AWS: amazon.aws's, with the oldest SDK that the collection is tested with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

try:
    from botocore.exceptions import BotoCoreError
    from botocore.parsers import ResponseParserError
except ImportError:
    pass  # the module fails before it comes here

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.assumerole.s3.plugins.module_utils._aws.said import scrubbed, trouble
from ansible_collections.assumerole.s3.plugins.module_utils._contract.problems import problems

#: With an older one the module would fail later, and less clearly: it does not know ``IfNoneMatch`` of PutObject.
OLDEST_BOTO3 = "1.35.69"


class OurModule(AnsibleAWSModule):
    """Ends with no secret in its result that it asked with: none of its options, and none that it was given since."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.secrets_since: Callable[[], Iterable[str]] = tuple

    def exit_json(self, *args: Any, **result: Any) -> None:
        """End with this result."""
        super().exit_json(*args, **scrubbed(result, self._secrets()))

    def fail_json(self, *args: Any, **result: Any) -> None:
        """Fail with this result."""
        super().fail_json(*args, **scrubbed(result, self._secrets()))

    def warn(self, *args: Any, **options: Any) -> None:
        """Warn once: amazon.aws would hand the warning to ``exit_json``, too, which ansible-core deprecates."""
        self._module.warn(*args, **options)

    def _secrets(self) -> set[str]:
        given = (self.params.get(name) for name in ("secret_key", "session_token"))
        return {str(secret) for secret in (*given, *self.secrets_since()) if secret}


def aws_module(argument_spec: dict[str, Any], **options: Any) -> OurModule:
    """The module, which has ended with a sentence when the SDK is missing or too old."""
    module = OurModule(argument_spec=argument_spec, **options)
    module.require_boto3_at_least(OLDEST_BOTO3)
    module.require_botocore_at_least(OLDEST_BOTO3)
    return module


def refuse_problems(module: AnsibleAWSModule, names: Iterable[str]) -> None:
    """End the module with a sentence for each option of these that cannot be used; nothing has been asked yet."""
    options = {name: module.params[name] for name in names if name != "contract"}
    wrong = problems(module.params.get("contract") or {}, naming="contract.") + problems(options, naming="")
    if wrong:
        module.fail_json(msg=" ".join(wrong))


@contextmanager
def usable_connection(module: AnsibleAWSModule) -> Iterator[None]:
    """End the module with a sentence where the credentials, the connection or an answer of AWS cannot be used."""
    try:
        yield
    except ResponseParserError:
        module.fail_json(msg="AWS's answer was cut off: look for a proxy that cuts it, and run this again.")
    except (BotoCoreError, ValueError) as error:
        what, advice = trouble(error)
        module.fail_json(msg=f"The credentials or the connection cannot be used: {what}. {advice}")

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that talks to AWS: amazon.aws's, with the oldest SDK that the collection is tested with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

try:
    from botocore.exceptions import BotoCoreError
    from botocore.parsers import ResponseParserError
except ImportError:
    pass  # the module fails before it comes here

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.assumerole.s3.plugins.module_utils._aws.said import refusal, status, trouble, what_went_wrong
from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import Scrubbing
from ansible_collections.assumerole.s3.plugins.module_utils._contract.problems import problems

#: With an older one the module would fail later, and less clearly: it does not know ``IfNoneMatch`` of PutObject.
OLDEST_BOTO3 = "1.35.69"


class OurModule(Scrubbing, AnsibleAWSModule):
    """amazon.aws's, which ends as all modules of ours do (``told.py``)."""

    def fail_json_aws(self, exception: Exception, msg: str | None = None, **result: Any) -> None:
        """Fail with what may be repeated of AWS's answer; without one, with what went wrong in words of ours."""
        said = refusal(exception)
        if said:
            self.fail_with_answer(said["code"], said["message"], status(exception), msg, **result)
        why = what_went_wrong(exception)
        self.fail_json(msg=f"{msg}: {why}" if msg else why, **self._gather_versions(), **result)

    def fail_with_answer(
        self, code: str | None, message: str, http_status: int | None, msg: str | None = None, **result: Any
    ) -> None:
        """Fail with what AWS said, in the members that amazon.aws's modules have."""
        why = f"{code}: {message}".rstrip(": ")
        self.fail_json(
            msg=f"{msg}: {why}" if msg else why,
            error={"code": code, "message": message},
            response_metadata={"http_status_code": http_status},
            **self._gather_versions(),
            **result,
        )

    def warn(self, warning: str, **more: Any) -> None:
        """Warn once: amazon.aws would hand the warning to ``exit_json``, too, which ansible-core deprecates."""
        self._module.warn(self.scrubbed(warning), **more)


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


def refuse_unread_key(module: AnsibleAWSModule) -> None:
    """End a module that was told where a key is: its action reads it, and no other credentials may take its place."""
    if module.params["kept_in"] is not None:
        module.fail_json(msg="kept_in is read where Ansible runs: use this module as a task of a playbook.")


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

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arguments of an action that does the work itself: validated as AnsibleModule validates those of a module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError


class WrongArguments(AnsibleActionFail):
    """What is wrong with one of them, in a sentence that names it and holds no secret: the task fails with it."""


def validated(module: str, spec: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments in their types and with their defaults; raises :class:`WrongArguments`.

    An argument that is unknown is named first: it may be another one, misspelt, that seems to be missing then.
    """
    result = ArgumentSpecValidator(dict(spec)).validate(dict(given))
    if not result.errors.errors:
        return dict(result.validated_parameters)
    unknown = [error for error in result.errors.errors if isinstance(error, UnsupportedError)]
    prefix = f"Unsupported parameters for ({module}) module: " if unknown else ""
    sentence = prefix + (unknown or result.errors.errors)[0].msg
    raise WrongArguments(remove_values(sentence, result._no_log_values))

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secrets that a module may have signed with, as far as they are known where Ansible runs.

They are in its options, in its environment or in the AWS files. What a login or a program gave it, nobody else knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import os
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec
from ansible_collections.assumerole.s3.plugins.module_utils._aws.held import held
from ansible_collections.assumerole.s3.plugins.module_utils._files import private_file
from ansible_collections.assumerole.s3.plugins.module_utils._keys.profiles import is_secret
from ansible_collections.assumerole.s3.plugins.plugin_utils._variables import FILES


def known_secrets(options: Mapping[str, Any], environment: Mapping[str, str]) -> frozenset[str]:
    """All of them, for a module with these options and in this environment."""
    return held({**os.environ, **environment}) | {*_given(options), *_in_files({**os.environ, **environment})}


def _given(options: Mapping[str, Any]) -> Iterator[str]:
    for name, option in aws_argument_spec().items():
        if option.get("no_log"):
            yield from (str(options[key]) for key in (name, *option.get("aliases", ())) if options.get(key))


def _in_files(environ: Mapping[str, str]) -> Iterator[str]:
    """Those of all profiles: which one the module took does not matter."""
    for variable, standard in FILES.values():
        try:
            text = private_file.read(os.path.expanduser(environ.get(variable) or standard))
        except (OSError, ValueError):
            continue
        for name, _sign, value in (line.partition("=") for line in text.splitlines()):
            if is_secret(name.strip().lower()) and value.strip():
                yield value.strip()

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls the ``main`` of a module in this process, with the options and the environment that it would get in its own.

What it prints last is its result, as ever. Nothing of the call stays behind: a module keeps its options, secrets among
them, in globals of ``ansible.module_utils``, and what it warns of, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stderr, redirect_stdout, suppress
import io
import json
import os
import traceback
from typing import Any

from ansible.module_utils import basic
from ansible.module_utils.common import json as wire
from ansible.module_utils.common import warnings

from ansible_collections.assumerole.s3.plugins.module_utils._aws.models import models

try:
    from botocore import session as sdk
except ImportError:
    sdk = None  # a module that needs it says so

Main = Callable[[], None]
Result = dict[str, Any]

#: The one way of ansible-core 2.17 and 2.18 to write JSON; newer ones tell several apart by this name.
PROFILE = "legacy"

#: The variable that keeps modules out of Ansible's process when it is false.
SWITCH = "assumerole_s3_in_process"


def call(main: Main, arguments: Mapping[str, Any], environment: Mapping[str, str]) -> Result:
    """What the module returns. It ends by leaving Python, after it has printed its result."""
    printed = io.StringIO()
    with (
        _given(arguments),
        _exported(environment),
        _models_shared(),
        redirect_stdout(printed),
        redirect_stderr(io.StringIO()),
    ):
        try:
            main()
        except SystemExit:
            pass
        except Exception as error:
            return _broken_off(error)
    return _result(printed.getvalue())


def _result(printed: str) -> Result:
    """The last line that is a JSON object. Modules print theirs as one line; a library may have said something, too."""
    for line in reversed(printed.split("\n")):
        with suppress(ValueError):
            found = json.loads(line, cls=_decoder())
            if isinstance(found, dict):
                return {key: value for key, value in found.items() if not key.startswith("_ansible_")}
    return _failure("The module ended without a result.")


def _broken_off(error: Exception) -> Result:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return _failure(
        f"The module broke off with {type(error).__name__} in {os.path.basename(place.filename)}, line {place.lineno}."
    )


def _failure(what: str) -> Result:
    """What was said meanwhile may hold a secret: an answer that cannot be parsed, for example, is quoted whole."""
    more = f"What else it said is not shown, as it may hold a secret: to see it, set {SWITCH} to false."
    return {"failed": True, "msg": f"{what} {more}"}


@contextmanager
def _given(arguments: Mapping[str, Any]) -> Iterator[None]:
    """The options, where a module looks for them before it reads its standard input, and nothing of another module."""
    options = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}, **_encoding()).encode()
    nothing = {name: type(getattr(warnings, name))() for name in ("_global_warnings", "_global_deprecations")}
    with (
        _set(basic, {"_ANSIBLE_ARGS": options, "_ANSIBLE_PROFILE": PROFILE, "_PARSED_MODULE_ARGS": None}),
        _set(warnings, nothing),
    ):
        yield


def _models_shared() -> AbstractContextManager[None]:
    """What has been read of AWS's services is there for the sessions of others, too: botocore has no setting for it."""
    return _set(sdk, {"create_loader": models}) if sdk else nullcontext()


@contextmanager
def _set(holder: Any, values: Mapping[str, Any]) -> Iterator[None]:
    """Globals of a module of Ansible or botocore, for the block; those that this version of it knows."""
    before = {name: getattr(holder, name) for name in values if hasattr(holder, name)}
    vars(holder).update({name: values[name] for name in before})
    try:
        yield
    finally:
        vars(holder).update(before)


@contextmanager
def _exported(environment: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update({name: str(value) for name, value in environment.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _encoding() -> dict[str, Any]:
    """How Ansible writes a module's options: dates, sets and what a vault holds."""
    if hasattr(wire, "get_module_encoder"):  # ansible-core 2.19 and newer
        return {"cls": wire.get_module_encoder(PROFILE, wire.Direction.CONTROLLER_TO_MODULE)}
    return {"cls": wire.AnsibleJSONEncoder, "vault_to_text": True}


def _decoder() -> Any:
    """How Ansible reads a module's result."""
    if hasattr(wire, "get_module_decoder"):  # ansible-core 2.19 and newer
        return wire.get_module_decoder(PROFILE, wire.Direction.MODULE_TO_CONTROLLER)
    return json.JSONDecoder

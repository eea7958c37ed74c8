# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timezone
import json
import os
import sys
from typing import Any, NoReturn

from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from botocore.session import get_session
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.models import models
from ansible_collections.assumerole.s3.plugins.plugin_utils._module_call import Main, call

SECRET = "SECRETEXAMPLE"
NO_RESULT = (
    "The module ended without a result. What else it said is not shown, as it may hold a secret: to see it, set "
    "assumerole_s3_in_process to false."
)


def prints(result: Callable[[], object], before: str = "", after: str = "") -> Main:
    """A module's main, which ends as modules do."""

    def main() -> None:
        sys.stdout.write(before)
        print("\n" + json.dumps(result()))
        sys.stdout.write(after)
        sys.exit(0)

    return main


def options() -> Any:
    """What AnsibleModule would read."""
    return json.loads(basic._ANSIBLE_ARGS or b"{}")["ANSIBLE_MODULE_ARGS"]


def raises(error: BaseException) -> Main:
    """A module's main that breaks off."""

    def main() -> NoReturn:
        raise error

    return main


def a_real_module() -> None:
    """What modules do, with a secret among its options."""
    spec = {"bucket": {"type": "str"}, "secret_key": {"type": "str", "no_log": True}, "fail": {"type": "bool"}}
    module = basic.AnsibleModule(spec)
    if module.params["fail"]:
        module.fail_json(msg=f"{module.params['secret_key']} does not fit")
    module.exit_json(bucket=module.params["bucket"], said=module.params["secret_key"])


def left_behind() -> dict[str, Any]:
    """All of the module's that is in Ansible's globals."""
    names = ("_ANSIBLE_ARGS", "_ANSIBLE_PROFILE", "_PARSED_MODULE_ARGS")
    return {
        **{name: getattr(basic, name, None) for name in names},
        "warnings": list(warnings._global_warnings),
        "deprecations": list(warnings._global_deprecations),
    }


def test_a_module_gets_its_options_and_its_result_comes_back() -> None:
    assert call(prints(options), {"bucket": "b", "permissions": ["list"], "wait_timeout": 3}, {}) == {
        "bucket": "b",
        "permissions": ["list"],
        "wait_timeout": 3,
    }


@pytest.mark.parametrize(
    ("given", "comes"),
    [
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc), "2026-01-02T03:04:05+00:00"),
        (("one", 2), ["one", 2]),
    ],
)
def test_an_option_comes_as_ansible_would_send_it(given: object, comes: object) -> None:
    assert call(prints(options), {"option": given}, {}) == {"option": comes}


@pytest.mark.parametrize("how", ["ends", "fails", "breaks off"])
def test_nothing_of_the_task_stays_behind(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "operator")
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", b"before")
    before, seen = left_behind(), {}

    def main() -> None:
        seen.update({name: os.environ.get(name) for name in ("AWS_PROFILE", "AWS_CONFIG_FILE")})
        a_real_module()

    call(
        raises(RuntimeError(SECRET)) if how == "breaks off" else main,
        {"bucket": "b", "secret_key": SECRET, "fail": how == "fails"},
        {"AWS_PROFILE": "user", "AWS_CONFIG_FILE": "/config"},
    )
    assert how == "breaks off" or seen == {"AWS_PROFILE": "user", "AWS_CONFIG_FILE": "/config"}
    assert os.environ["AWS_PROFILE"] == "operator"
    assert "AWS_CONFIG_FILE" not in os.environ
    assert left_behind() == before
    assert SECRET not in repr(vars(basic))


@pytest.mark.parametrize("fails", [False, True])
def test_a_secret_option_is_not_in_the_result(fails: bool) -> None:
    result = call(a_real_module, {"bucket": "b", "secret_key": SECRET, "fail": fails}, {})
    assert result.get("failed", False) is fails
    assert SECRET not in json.dumps(result)


def test_a_wrong_option_is_a_failure_in_the_modules_own_words() -> None:
    result = call(a_real_module, {"bukket": "b", "_ansible_module_name": "a_module"}, {})
    assert result["failed"] is True
    assert result["msg"].startswith("Unsupported parameters for (a_module) module: bukket.")


def test_a_warning_of_another_module_is_not_this_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = type(warnings._global_warnings)
    monkeypatch.setattr(warnings, "_global_warnings", kind(["somebody else's"] if kind is list else {"other": None}))
    before = left_behind()
    seen = call(prints(lambda: {"warnings": list(warnings._global_warnings)}), {}, {})
    assert seen == {"warnings": []}
    assert left_behind() == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a library says hello\n", ""),
        ("without an end", ""),
        ("{not json\n", ""),
        ('{"failed": true}\n', ""),
        ("", "and goodbye\n"),
        ("", "3\n[]\nnull\n"),
        ("", "{'a': 'dictionary of Python'}"),
    ],
)
def test_a_stray_print_is_harmless(before: str, after: str) -> None:
    assert call(prints(lambda: {"changed": False}, before, after), {}, {}) == {"changed": False}


def test_what_a_library_says_on_standard_error_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> None:
        print(SECRET, file=sys.stderr)
        prints(dict)()

    assert call(main, {}, {}) == {}
    assert capsys.readouterr() == ("", "")


def test_what_only_ansible_may_say_is_not_in_the_result() -> None:
    said = {"_ansible_no_log": True, "_ansible_suppress_tmpdir_delete": True, "changed": False}
    assert call(prints(lambda: said), {}, {}) == {"changed": False}


@pytest.mark.parametrize(
    "main", [raises(SystemExit(SECRET)), raises(SystemExit(0)), lambda: None, lambda: print(SECRET)]
)
def test_a_module_without_a_result_has_failed(main: Main) -> None:
    assert call(main, {}, {}) == {"failed": True, "msg": NO_RESULT}


def test_a_module_that_breaks_off_has_failed_and_shows_no_secret() -> None:
    result = call(raises(KeyError(SECRET)), {"secret_key": SECRET}, {})
    here = raises.__code__.co_firstlineno + 4
    assert result == {
        "failed": True,
        "msg": f"The module broke off with KeyError in test_module_call.py, line {here}. {NO_RESULT.split('. ', 1)[1]}",
    }


class OutOfTime(BaseException):
    """Ansible's own, for a task with a timeout."""


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OutOfTime()])
def test_who_ends_the_task_ends_it(error: BaseException) -> None:
    before = left_behind()
    with pytest.raises(type(error)):
        call(raises(error), {"secret_key": SECRET}, {})
    assert left_behind() == before


def test_a_failure_with_an_exception_is_one_that_ansible_understands() -> None:
    def main() -> None:
        try:
            raises(ValueError("no such thing"))()
        except ValueError as error:
            cause: Mapping[str, Any] = {"exception": error} if hasattr(basic, "_PARSED_MODULE_ARGS") else {}
            basic.AnsibleModule({}).fail_json(msg="It failed", **cause)

    result = call(main, {}, {})
    assert (result["failed"], result["msg"]) == (True, "It failed")
    assert not isinstance(result.get("exception"), dict)


def test_a_session_of_the_sdk_has_what_was_read_before_for_the_call_alone() -> None:
    loaders: list[object] = []

    def main() -> None:
        loaders.append(get_session().get_component("data_loader"))
        print("{}")

    assert call(main, {}, {}) == {}
    assert loaders == [models(None)]
    assert get_session().get_component("data_loader") is not models(None)

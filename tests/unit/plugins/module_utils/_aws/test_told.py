# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""However a module ends, nothing in its words is secret, and none of them is another's."""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
import json
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from botocore import exceptions as sdk
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws import held as held_module
from ansible_collections.assumerole.s3.plugins.module_utils._aws import user_keys
from ansible_collections.assumerole.s3.plugins.module_utils._aws.held import VARIABLES, held, hold, hold_credentials
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Connection, Identities
from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import OurModule
from ansible_collections.assumerole.s3.plugins.module_utils._aws.pace import Unpaced
from ansible_collections.assumerole.s3.plugins.module_utils._aws.said import HIDDEN
from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import (
    ScrubbedModule,
    Scrubbing,
    ends_in_our_words,
)
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import StoredKey
from ansible_collections.assumerole.s3.plugins.plugin_utils._module_call import call

MODULES = sorted((Path(__file__).resolve().parents[5] / "plugins" / "modules").glob("*.py"))

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLETOKEN=="
EXPORTED = "exported/EXAMPLE+secret"
OPTION = "an/option/EXAMPLE"
EVERY = (SECRET, TOKEN, EXPORTED, OPTION)

#: What a hostile server says, and what the SDK quotes.
FOREIGN = f"\x1b[31m{SECRET[:20]}\n {SECRET[20:]} and {TOKEN} and {EXPORTED} and {OPTION}\x1b[0m"


@pytest.fixture(autouse=True)
def nothing_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """But what a test holds."""
    monkeypatch.setattr(held_module, "_HELD", set())
    monkeypatch.setenv("AWS_SESSION_TOKEN", EXPORTED)


def ended(end: Callable[[Any], None], kind: type[Scrubbing] = ScrubbedModule, **settings: bool) -> dict[str, Any]:
    """The result of a module that ends so, while it handles an exception that quotes what it was given."""

    def main() -> None:
        spec = {"path": {"type": "str"}, "password": {"type": "str", "no_log": True}}
        module = kind(argument_spec=spec, supports_check_mode=True)
        hold(SECRET, TOKEN)
        try:
            raise ValueError(FOREIGN)
        except ValueError:
            end(module)

    arguments = {"path": "p", "password": OPTION, "_ansible_diff": True, "_ansible_verbosity": 3, **settings}
    return call(ends_in_our_words(main), arguments, {})


def fails(module: Any) -> None:
    module.fail_json(msg=f"It failed: {FOREIGN}", exception=FOREIGN, checks=[{"error": {"message": FOREIGN}}])


def exits(module: Any) -> None:
    module.exit_json(changed=True, diff={"before": FOREIGN, "after": f"two\nlines {FOREIGN}"}, names={FOREIGN: FOREIGN})


def warns(module: Any) -> None:
    module.warn(f"Mind: {FOREIGN}")
    module.exit_json(changed=False)


def breaks(_module: Any) -> None:
    raise RuntimeError(FOREIGN)


def test_a_request_without_a_turn_ends_the_module_with_its_sentence() -> None:
    def unpaced(_module: Any) -> None:
        raise Unpaced("Requests are limited, and their turns cannot be noted: why.")

    assert ended(unpaced) == {"failed": True, "msg": "Requests are limited, and their turns cannot be noted: why."}


@pytest.mark.parametrize("kind", [ScrubbedModule, OurModule])
@pytest.mark.parametrize("end", [fails, exits, breaks])
def test_nothing_that_was_held_is_in_a_result(end: Callable[[Any], None], kind: type[Scrubbing]) -> None:
    said = json.dumps(ended(end, kind), ensure_ascii=False, default=str)
    assert "\x1b" not in json.loads(json.dumps(said))
    assert "\\u001b" not in said
    for secret in EVERY:
        assert secret not in said
        assert secret[:20] not in said
    assert HIDDEN in said or end is breaks


@pytest.mark.parametrize("kind", [ScrubbedModule, OurModule])
def test_nothing_that_was_held_is_in_a_warning(kind: type[Scrubbing], monkeypatch: pytest.MonkeyPatch) -> None:
    """Newer versions of Ansible show it at once where it is their own process, and else return it."""
    said: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda _module, warning, **_more: said.append(warning))
    ended(warns, kind)
    assert [text for text in said if HIDDEN in text and "\x1b" not in text] == said != []
    assert [secret for secret in EVERY if secret[:20] in said[0]] == []


@pytest.mark.parametrize("kind", [ScrubbedModule, OurModule])
def test_a_failure_has_no_words_of_the_exception_at_hand(
    kind: type[Scrubbing], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Ansible is asked for tracebacks: since 2.19 the exception's own words are in them."""
    with suppress(ImportError):
        tracebacks = import_module("ansible.module_utils._internal._traceback")
        monkeypatch.setattr(tracebacks, "_is_traceback_enabled", lambda _event: True)
    found = ended(lambda module: module.fail_json(msg="It failed."), kind)
    assert found["msg"] == "It failed."
    assert "ValueError: " not in str(found)
    assert SECRET[:20] not in str(found)


def test_what_a_caller_asked_for_is_handed_over_and_stands_nowhere_else() -> None:
    def hand_over(module: Any) -> None:
        module.hand_over({"secret_key": SECRET}, changed=False, place=f"by {SECRET}")

    found = ended(hand_over)
    assert found["secret_key"] == SECRET
    assert found["place"] == f"by {HIDDEN}"


def test_a_module_that_breaks_off_says_where_and_not_what() -> None:
    assert ended(breaks)["msg"].startswith("The module broke off with RuntimeError in test_told.py, line ")


def test_what_breaks_before_there_is_a_module_is_no_answer_of_anybody() -> None:
    @ends_in_our_words
    def main() -> None:
        raise RuntimeError("a mistake")

    with pytest.raises(RuntimeError, match="a mistake"):
        main()


REFUSED = ClientError(
    {
        "Error": {"Code": "Access\x1bDenied", "Message": FOREIGN},
        "ResponseMetadata": {"HTTPStatusCode": 403, "HTTPHeaders": {"x-said": FOREIGN}},
    },
    "GetUser",
)


def test_of_awss_refusal_the_code_and_a_cleaned_message_stay() -> None:
    found = ended(lambda module: module.fail_json_aws(REFUSED, msg="The keys of partner: look"), OurModule)
    assert found["msg"].startswith(f"The keys of partner: look: AccessDenied: {HIDDEN} and")
    assert found["error"]["code"] == "AccessDenied"
    assert found["response_metadata"] == {"http_status_code": 403}
    assert "boto3_version" in found


def test_of_the_sdks_exception_nothing_stays_but_what_it_means() -> None:
    error = sdk.HTTPClientError(error=ValueError(f"Invalid header value {FOREIGN!r}"))
    found = ended(lambda module: module.fail_json_aws(error, msg="The keys of partner"), OurModule)
    assert found["msg"] == "The keys of partner: the request could not be sent"
    assert "error" not in found


class Iam:
    """A client that makes one key."""

    def create_access_key(self, **_params: str) -> dict[str, Any]:
        return {"AccessKey": {"AccessKeyId": "AKIAEXAMPLE", "SecretAccessKey": SECRET}}


def a_client() -> None:
    where = Connection(
        "us-east-1", "https://aws.test", access_key="AKIAEXAMPLE", secret_key=SECRET, session_token=TOKEN
    )
    Identities(where).user("sts")


def a_session_of_the_role() -> None:
    identities = Identities(Connection("us-east-1", "https://aws.test", access_key="AKIAEXAMPLE", secret_key="EXAMPLE"))
    identities.role({"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": SECRET, "SessionToken": TOKEN})


HOLDING: dict[str, Callable[[], object]] = {
    "a client": a_client,
    "a session of the role": a_session_of_the_role,
    "a stored key": lambda: StoredKey("AKIAEXAMPLE", SECRET, "arn:aws:iam::1:user/u"),
    "a new key": lambda: user_keys.make(Iam(), "u"),
    "credentials": lambda: hold_credentials(Credentials("AKIAEXAMPLE", SECRET, TOKEN)),
}


@pytest.mark.parametrize("name", HOLDING)
def test_wherever_a_secret_comes_from_it_is_known_from_then_on(name: str) -> None:
    assert SECRET not in held({})
    HOLDING[name]()
    assert SECRET in held({})


@pytest.mark.parametrize("name", VARIABLES)
def test_what_is_exported_is_held(name: str) -> None:
    assert held({name: SECRET}) == {SECRET}


def test_nobody_has_no_secret() -> None:
    hold_credentials(None)
    hold(None, "")
    assert held({}) == frozenset()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.stem))
def test_every_module_ends_so(path: Path) -> None:
    tree = ast.parse(path.read_text())
    mains = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main"]
    decorators = [ast.unparse(decorator) for main in mains for decorator in main.decorator_list]
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert decorators == ["ends_in_our_words"]
    assert calls & {"ScrubbedModule", "aws_module"}
    assert not calls & {"AnsibleModule", "AnsibleAWSModule", "OurModule", "module.client", "print"}


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 12

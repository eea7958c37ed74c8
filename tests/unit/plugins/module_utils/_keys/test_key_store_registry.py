# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of stores: each is documented, and each keeps its one protocol through the same story."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
import importlib
import inspect
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
import pytest
import yaml

from ansible_collections.assumerole.s3.plugins.doc_fragments.store import ModuleDocFragment
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import FIELDS
from ansible_collections.assumerole.s3.plugins.module_utils._keys import stores
from ansible_collections.assumerole.s3.plugins.module_utils._keys.states import STATES
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import (
    KeyStore,
    Request,
    Surroundings,
    Trouble,
)
from ansible_collections.assumerole.s3.plugins.module_utils._keys.stores import STORES, carry_out, open_store
from ansible_collections.assumerole.s3.plugins.modules import stored_access_key

COLLECTION = Path(__file__).parents[5]
OWNER, OTHER = "arn:aws:iam::123456789012:user/partner", "arn:aws:iam::123456789012:user/other"
FIRST = {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "FIRSTSECRETEXAMPLE"}
SECOND = {"access_key_id": "AKIAI44QH8DHBEXAMPLE", "secret_access_key": "SECONDSECRETEXAMPLE"}
OPTIONS = {
    name: option
    for text in (ModuleDocFragment.DOCUMENTATION, stored_access_key.DOCUMENTATION)
    for name, option in yaml.safe_load(text)["options"].items()
}


class Aws:
    """Secrets Manager and Systems Manager, as far as the stores use them."""

    def __init__(self, _service: str = "") -> None:
        self.values: dict[str, str] = {}

    def get_secret_value(self, SecretId: str) -> Any:  # noqa: N803
        return {"SecretString": self._value(SecretId, "ResourceNotFoundException")}

    def put_secret_value(self, SecretId: str, SecretString: str) -> Any:  # noqa: N803
        self._value(SecretId, "ResourceNotFoundException")
        return self.values.update({SecretId: SecretString}) or {}

    def create_secret(self, Name: str, SecretString: str, **_more: Any) -> Any:  # noqa: N803
        return self.values.update({Name: SecretString}) or {}

    def delete_secret(self, SecretId: str, **_more: Any) -> Any:  # noqa: N803
        return self.values.pop(SecretId)

    def get_parameter(self, Name: str, **_more: Any) -> Any:  # noqa: N803
        return {"Parameter": {"Value": self._value(Name, "ParameterNotFound")}}

    def put_parameter(self, Name: str, Value: str, Overwrite: bool = False, **_more: Any) -> Any:  # noqa: N803
        if Name in self.values and not Overwrite:
            raise ClientError({"Error": {"Code": "ParameterAlreadyExists"}}, "PutParameter")
        return self.values.update({Name: Value}) or {}

    def delete_parameter(self, Name: str) -> Any:  # noqa: N803
        return self.values.pop(Name)

    def _value(self, name: str, code: str) -> str:
        if name not in self.values:
            raise ClientError({"Error": {"Code": code}}, "Get")
        return self.values[name]


class Backwards:
    """A cipher that anybody can read, and ansible-vault's mark."""

    def has_password(self) -> bool:
        return True

    def is_encrypted(self, text: str) -> bool:
        return text.startswith("$ANSIBLE_VAULT;")

    def encrypt(self, text: str) -> str:
        return "$ANSIBLE_VAULT;" + text[::-1]

    def decrypt(self, text: str) -> str:
        return text.removeprefix("$ANSIBLE_VAULT;")[::-1]


@pytest.fixture
def surroundings() -> Surroundings:
    aws = Aws()
    return Surroundings(client=lambda _service: aws, cipher=Backwards)


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    """A place for every store that has one."""
    return {
        "path": str(tmp_path / "keys" / "place"),
        "user_profile": "partner",
        "credentials_file": str(tmp_path / "aws" / "credentials"),
    }


def test_a_store_of_the_registry_is_a_documented_choice_and_the_other_way_round() -> None:
    role = yaml.safe_load((COLLECTION / "roles/bucket_access/meta/argument_specs.yml").read_text())
    choices = {
        "the contract": list(FIELDS["key_store"].choices),
        "the role": role["argument_specs"]["main"]["options"]["bucket_access_key_store"]["choices"],
        "the module's documentation": OPTIONS["store"]["choices"],
        "the module": stored_access_key.ARGUMENT_SPEC["store"]["choices"],
    }
    assert choices == {place: list(STORES) for place in choices}


def test_a_documented_state_is_one_that_something_is_done_for() -> None:
    assert OPTIONS["state"]["choices"] == list(STATES)


def test_the_modules_arguments_are_those_of_a_request() -> None:
    assert set(stored_access_key.ARGUMENT_SPEC) == {item.name for item in fields(Request)}


def test_every_class_that_is_a_store_is_in_the_registry() -> None:
    package = stores.__name__.rpartition(".")[0]
    for path in Path(stores.__file__).parent.glob("*.py"):
        importlib.import_module(f"{package}.{path.stem}")
    found = {store for store in kinds_of(KeyStore) if store.__module__.startswith(package)}
    assert {store for store in found if hasattr(store, "name")} == set(STORES.values())


def kinds_of(kind: type[KeyStore]) -> set[type[KeyStore]]:
    below = kind.__subclasses__()
    return set(below).union(*map(kinds_of, below))


@pytest.mark.parametrize("name", STORES)
def test_a_store_says_what_it_is(name: str) -> None:
    store = STORES[name]
    assert isinstance(store.on_control_node, bool)
    assert set(store.needs) <= {item.name for item in fields(Request)}
    assert not inspect.isabstract(store)


@pytest.mark.parametrize("name", [name for name in STORES if STORES[name].needs])
def test_what_a_store_needs_is_missed_before_it_is_opened(name: str, places: dict[str, str]) -> None:
    for missing in ("owner", *STORES[name].needs):
        request = replace(Request(store=name, owner=OWNER, **places), **{missing: ""})
        with pytest.raises(Trouble) as caught:
            open_store(request, Surroundings())
        assert str(caught.value) == f"{missing} is empty: give one, as store={name} with state=read needs it."


def keeps(name: str, surroundings: Surroundings, places: dict[str, str]) -> None:
    """A key is kept, replaced, told to its owner alone, and removed by nobody else."""

    def does(state: str, owner: str = OWNER, **more: Any) -> Any:
        request = Request(store=name, state=state, owner=owner, **{**places, **more})
        return carry_out(open_store(request, surroundings), request, False)

    assert does("absent") == {"changed": False}
    assert (does("read")["access_key_id"], does("read")["obstacle"]) == ("", "")
    for key in (FIRST, SECOND):
        assert does("present", **key)["changed"]
        assert does("present", **key) == {"changed": False}
        assert {item: does("read")[item] for item in key} == key
    assert f"belongs to {OWNER}" in does("read", owner=OTHER)["obstacle"]
    with pytest.raises(Trouble, match=f"belongs to {OWNER}"):
        does("present", owner=OTHER, **FIRST)
    assert does("absent", owner=OTHER) == {"changed": False}
    assert does("read")["secret_access_key"] == SECOND["secret_access_key"]
    assert does("present", owner=OTHER, adopt=True, **FIRST)["changed"]
    assert does("absent") == {"changed": False}
    assert does("absent", owner=OTHER)["changed"]
    assert does("read")["secret_access_key"] == ""


def hands_over(name: str, surroundings: Surroundings, places: dict[str, str]) -> None:
    """Nothing is kept; what the caller gives is told, and what is made is handed over."""

    def does(state: str, **more: Any) -> Any:
        request = Request(store=name, state=state, owner=OWNER, **{**places, **more})
        return carry_out(open_store(request, surroundings), request, False)

    assert not does("read")["readable"]
    assert not does("read", access_key_id=FIRST["access_key_id"])["readable"]
    found = does("read", **FIRST)
    assert (found["readable"], found["secret_access_key"]) == (True, FIRST["secret_access_key"])
    for _again in range(2):
        done = does("present", **FIRST)
        assert (done["changed"], done["handed_over"]) == (True, True)
    assert does("absent") == {"changed": False}
    assert not does("read")["readable"]


STORIES: Mapping[bool, Callable[[str, Surroundings, dict[str, str]], None]] = {False: keeps, True: hands_over}


@pytest.mark.parametrize("name", STORES)
def test_every_store_keeps_the_protocol(name: str, surroundings: Surroundings, places: dict[str, str]) -> None:
    STORIES[STORES[name].hands_over](name, surroundings, places)


def test_a_vault_is_not_opened_where_there_is_none(places: dict[str, str]) -> None:
    with pytest.raises(Trouble, match="cannot be used from here: use "):
        open_store(Request(store="vault_file", owner=OWNER, **places), Surroundings())

# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS's stores, on the emulator, by the classes that the module uses."""

from __future__ import annotations

import json
import secrets
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import KeyStore, Request, Surroundings, Trouble
from ansible_collections.assumerole.s3.plugins.module_utils._keys.stores import STORES, carry_out, open_store
from lab.account import code_of
from lab.checkout import Json
from lab.emulator import Emulator

OWNER = "arn:aws:iam::000000000000:user/partner"
FIRST = {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "FIRSTSECRETEXAMPLE"}
SECOND = {"access_key_id": "AKIAI44QH8DHBEXAMPLE", "secret_access_key": "SECONDSECRETEXAMPLE"}
TAGS = {"team": "exchange"}
NAMES = [name for name, store in STORES.items() if not store.on_control_node]


class Place:
    """A place of one kind that nobody has used yet."""

    def __init__(self, emulator: Emulator, store: str) -> None:
        self.surroundings = Surroundings(client=emulator.client)
        self.client = emulator.client(store)
        self.where = {"store": store, "path": f"/team/{secrets.token_hex(4)}", "owner": OWNER}

    @property
    def name(self) -> str:
        return self.where["path"]

    def store(self, **more: Any) -> KeyStore:
        return open_store(Request(**{**self.where, **more}), self.surroundings)

    def does(self, state: str, **more: Any) -> Json:
        request = Request(**{**self.where, "state": state, "tags": TAGS, **more})
        return carry_out(open_store(request, self.surroundings), request, False)


@pytest.fixture(params=NAMES)
def place(request: pytest.FixtureRequest, enforcing: Emulator) -> Place:
    return Place(enforcing, request.param)


def test_a_store_that_is_not_there_is_empty(place: Place) -> None:
    found = place.does("read")
    assert (found["access_key_id"], found["obstacle"]) == ("", "")
    assert place.does("absent") == {"changed": False}


def test_a_key_is_kept_replaced_and_removed(place: Place) -> None:
    for key in (FIRST, SECOND):
        assert place.does("present", **key)["changed"]
        assert not place.does("present", **key)["changed"]
        assert {name: place.does("read")[name] for name in key} == key
    assert place.does("absent")["changed"]
    assert place.store().read().owner is None
    assert place.does("present", **FIRST)["changed"], "the name is free again at once"


THEIRS = {
    "secretsmanager": lambda client, name: client.create_secret(Name=name, SecretString="their password"),
    "ssm": lambda client, name: client.put_parameter(Name=name, Value="their password", Type="SecureString"),
}
READ = {
    "secretsmanager": lambda client, name: client.get_secret_value(SecretId=name)["SecretString"],
    "ssm": lambda client, name: client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"],
}


def test_what_somebody_else_keeps_there_stays(place: Place) -> None:
    store = place.where["store"]
    THEIRS[store](place.client, place.name)
    with pytest.raises(Trouble, match="holds something else"):
        place.does("present", **FIRST)
    assert place.does("absent") == {"changed": False}
    assert READ[store](place.client, place.name) == "their password"


def test_the_parameter_is_encrypted_and_tagged(enforcing: Emulator) -> None:
    place = Place(enforcing, "ssm")
    place.does("present", **FIRST)
    assert place.client.get_parameter(Name=place.name)["Parameter"]["Type"] == "SecureString"
    tags = place.client.list_tags_for_resource(ResourceType="Parameter", ResourceId=place.name)["TagList"]
    assert tags == [{"Key": "team", "Value": "exchange"}]


def test_the_secret_is_tagged(enforcing: Emulator) -> None:
    place = Place(enforcing, "secretsmanager")
    place.does("present", **FIRST)
    assert place.client.describe_secret(SecretId=place.name)["Tags"] == [{"Key": "team", "Value": "exchange"}]
    kept = json.loads(place.client.get_secret_value(SecretId=place.name)["SecretString"])
    assert kept["AccessKeyId"] == FIRST["access_key_id"]
    place.does("absent")
    assert code_of(place.client.describe_secret, SecretId=place.name) == "ResourceNotFoundException"


class CutOff:
    """A client whose answers lack what AWS's have: what a proxy leaves of them."""

    def __init__(self, _service: str) -> None:
        pass

    def get_secret_value(self, **_params: str) -> dict[str, str]:
        return {"message": '{"SecretString": "SECRETEX'}

    get_parameter = get_secret_value


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_that_is_cut_off_is_not_an_empty_store(name: str) -> None:
    store = open_store(Request(store=name, owner=OWNER, path="/team/x"), Surroundings(client=CutOff))
    with pytest.raises(Trouble) as caught:
        store.read()
    assert str(caught.value).startswith(f"AWS's answer for {store.place} was cut off: run this again")
    assert "SECRETEX" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_secret_that_is_no_text_is_somebody_elses(enforcing: Emulator) -> None:
    place = Place(enforcing, "secretsmanager")
    place.client.create_secret(Name=place.name, SecretBinary=b"theirs")
    assert "holds something else" in place.does("read")["obstacle"]

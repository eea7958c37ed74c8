# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS's stores, on the emulator, by the classes that the module uses."""

from __future__ import annotations

import json
import secrets

from emulated import Emulator, code_of
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._keys import key_store
from ansible_collections.assumerole.s3.plugins.module_utils._keys.aws_stores import (
    STORES,
    SecretsManager,
    Ssm,
    UnreadableAnswer,
)
from ansible_collections.assumerole.s3.plugins.module_utils._keys.key_store import NotOurs, StoredKey

OWNER = "arn:aws:iam::000000000000:user/partner"
FIRST = StoredKey("AKIAIOSFODNN7EXAMPLE", "FIRSTSECRETEXAMPLE", OWNER)
SECOND = StoredKey("AKIAI44QH8DHBEXAMPLE", "SECONDSECRETEXAMPLE", OWNER)
TAGS = {"team": "exchange"}
Store = SecretsManager | Ssm


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, enforcing: Emulator) -> Store:
    """A place of each kind that nobody has used yet."""
    return STORES[request.param](enforcing.client(request.param), f"/team/{secrets.token_hex(4)}", TAGS)


def test_a_store_that_is_not_there_is_empty(store: Store) -> None:
    assert store.read() is None
    assert not key_store.remove(store, OWNER, check_mode=False)


def test_a_key_is_kept_replaced_and_removed(store: Store) -> None:
    for key in (FIRST, SECOND):
        assert key_store.write(store, key, adopt=False, check_mode=False)
        assert not key_store.write(store, key, adopt=False, check_mode=False)
        assert key_store.read(store, OWNER)["access_key_id"] == key.access_key_id
    assert key_store.remove(store, OWNER, check_mode=False)
    assert store.read() is None
    assert key_store.write(store, FIRST, adopt=False, check_mode=False), "the name is free again at once"


def test_what_somebody_else_keeps_there_stays(store: Store) -> None:
    store.write("their password")
    with pytest.raises(NotOurs, match="holds something else"):
        key_store.write(store, FIRST, adopt=False, check_mode=False)
    assert not key_store.remove(store, OWNER, check_mode=False)
    assert store.read() == "their password"


def test_the_parameter_is_encrypted_and_tagged(enforcing: Emulator) -> None:
    client, name = enforcing.client("ssm"), f"/team/{secrets.token_hex(4)}"
    Ssm(client, name, TAGS).write(FIRST.text)
    assert client.get_parameter(Name=name)["Parameter"]["Type"] == "SecureString"
    tags = client.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    assert tags == [{"Key": "team", "Value": "exchange"}]


def test_the_secret_is_tagged(enforcing: Emulator) -> None:
    client, name = enforcing.client("secretsmanager"), f"/team/{secrets.token_hex(4)}"
    SecretsManager(client, name, TAGS).write(FIRST.text)
    assert client.describe_secret(SecretId=name)["Tags"] == [{"Key": "team", "Value": "exchange"}]
    assert json.loads(client.get_secret_value(SecretId=name)["SecretString"])["AccessKeyId"] == FIRST.access_key_id
    SecretsManager(client, name, TAGS).remove()
    assert code_of(client.describe_secret, SecretId=name) == "ResourceNotFoundException"


class CutOff:
    """A client whose answers lack what AWS's have: what a proxy leaves of them."""

    def get_secret_value(self, **_params: str) -> dict[str, str]:
        return {"message": '{"SecretString": "SECRETEX'}

    get_parameter = get_secret_value


@pytest.mark.parametrize("name", STORES)
def test_an_answer_that_is_cut_off_is_not_an_empty_store(name: str) -> None:
    with pytest.raises(UnreadableAnswer) as caught:
        STORES[name](CutOff(), "/team/x", {}).read()
    assert "SECRETEX" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_secret_that_is_no_text_is_somebody_elses(enforcing: Emulator) -> None:
    client, name = enforcing.client("secretsmanager"), f"/team/{secrets.token_hex(4)}"
    client.create_secret(Name=name, SecretBinary=b"theirs")
    assert "holds something else" in key_store.read(SecretsManager(client, name, {}), OWNER)["obstacle"]

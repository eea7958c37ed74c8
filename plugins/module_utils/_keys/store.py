# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a store of access keys is, wherever it keeps them: one class a store, all with this one protocol."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, NoReturn

from ansible_collections.assumerole.s3.plugins.module_utils._aws.held import hold
from ansible_collections.assumerole.s3.plugins.module_utils._keys.cipher import Cipher


class Trouble(Exception):
    """Why a store cannot be used as it is asked to, in a sentence that holds no secret."""


@dataclass(frozen=True)
class StoredKey:
    """A key and the ARN of the user that it belongs to."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    owner: str

    def __post_init__(self) -> None:
        hold(self.secret_access_key)


#: The account of an owner where it is not known yet.
ANY_ACCOUNT = "*"


def belongs(owner: str | None, wanted: str) -> bool:
    """Whether a key's owner is the one that is asked for, in any account when its ARN names none."""
    if f":{ANY_ACCOUNT}:" in wanted:
        return str(owner).rpartition(":")[2] == wanted.rpartition(":")[2]
    return owner == wanted


@dataclass(frozen=True)
class Kept:
    """What a store holds.

    ``owner`` is for whom we put it there: empty for what somebody else keeps there, ``None`` when nothing is. ``key``
    is the key as far as it may be told. A store that is not ``readable`` does not tell; one that is
    ``exposed`` can be read by others than it should be.
    """

    owner: str | None = None
    key: StoredKey | None = None
    readable: bool = True
    exposed: bool = False


@dataclass(frozen=True)
class Request:
    """What ``stored_access_key`` is asked to do: its arguments, but for those of a connection to AWS."""

    store: str = "profile"
    state: str = "read"
    owner: str = ""
    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    path: str = ""
    user_profile: str = ""
    credentials_file: str = ""
    adopt: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Request:
        """From arguments that are validated; those that are not given are ``None`` there."""
        given = {name.name: arguments.get(name.name) for name in fields(cls)}
        return cls(**{name: value for name, value in given.items() if value is not None})

    @property
    def key(self) -> StoredKey:
        """The key that the caller gives."""
        return StoredKey(self.access_key_id, self.secret_access_key, self.owner)

    def must_name(self, *arguments: str) -> None:
        """Raises :class:`Trouble` for an argument that is missing or empty."""
        for name in arguments:
            if not getattr(self, name):
                raise Trouble(f"{name} is empty: give one, as store={self.store} with state={self.state} needs it.")


def _not_from_here(*_of: str) -> NoReturn:
    raise Trouble("This store cannot be used from here: use assumerole.s3.stored_access_key as a task of a playbook.")


@dataclass(frozen=True)
class Surroundings:
    """What there is where a store is used: a module can make clients of AWS, the control node has the run's vault."""

    client: Callable[[str], Any] = _not_from_here
    cipher: Callable[[], Cipher] = _not_from_here


class KeyStore(ABC):
    """One place for the key of one user. A subclass is a store; ``stores.py`` has them all."""

    #: What the store is called in ``bucket_access_key_store``.
    name: ClassVar[str]
    #: Whether it is used where Ansible runs, and not where a module would.
    on_control_node: ClassVar[bool]
    #: The arguments of a request that it cannot do without.
    needs: ClassVar[tuple[str, ...]]
    #: Whether the caller must keep the key, because the store does not.
    hands_over: ClassVar[bool] = False
    #: The variable by which another place is chosen, and what is there when nobody has told us whose it is.
    chosen_by: ClassVar[str] = "bucket_access_key_store_path"
    unknown: ClassVar[str] = "holds something else than an access key of ours"

    #: Whether it may show for a while what it held before, and a write that failed may have been done.
    lags: ClassVar[bool] = False

    #: Where the key is kept, in words that fit into a sentence.
    place: str
    #: The profile by which AWS tools use the key by themselves; empty where they must be given it.
    profile: str = ""

    def __init__(self, request: Request, surroundings: Surroundings) -> None:
        """Asks for nothing yet; raises :class:`Trouble` when the request lacks what the store needs."""
        request.must_name("owner", *self.needs)

    @abstractmethod
    def read(self) -> Kept:
        """What is there now."""

    @abstractmethod
    def write(self, key: StoredKey) -> None:
        """Keep the key instead of what is there, whole or not at all."""

    @abstractmethod
    def delete(self) -> None:
        """Keep nothing any more."""

    @abstractmethod
    def obstacle(self) -> str:
        """Why nothing could be written, in a sentence; empty when nothing is known to be in the way.

        Asked before the store is held, as it may look whether somebody else holds it.
        """

    def held(self) -> AbstractContextManager[None]:
        """Keeps other runs of ours away meanwhile, where that is possible."""
        return nullcontext()

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contracts in files of their own: what one file says, judged as far as it can be before a run.

A template, and a value that is encrypted by itself, is known only in a run, which judges it then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
import os
import re
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import FIELDS, REQUIRED
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fleet import Member, groups
from ansible_collections.assumerole.s3.plugins.module_utils._contract.problems import problems
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import items, quoted
from ansible_collections.assumerole.s3.plugins.plugin_utils._unknown_variables import PREFIX, unknown
from ansible_collections.assumerole.s3.plugins.plugin_utils._variables import FILES, completed

#: The endings of files that hold a contract, and those of others that may lie beside them.
ENDINGS, BESIDE = (".yml", ".yaml"), (".md", "~")

#: Groups of ours and of Ansible's, and its own host.
TAKEN = ("all", "ungrouped", "contracts", "orphaned", "localhost")

#: What is worked out of another field where it is not given.
WORKED_OUT = {"user": ("user_profile", "key_store_path"), "role": ("role_profile",), "key_store": ("key_store_path",)}

#: How much alike a name without the prefix must be to have been meant for one with it.
ALIKE = 0.85


@dataclass(frozen=True)
class Read:
    """A contract that was read: the host's name, its variables, what is known of it, and what is wrong."""

    host: str
    variables: Mapping[str, Any]
    member: Member
    wrong: list[str] = field(default_factory=list)


def misplaced(name: str, is_folder: bool) -> str:
    """What is wrong with something in the folder that is no contract's file; empty when it may lie there."""
    if name.startswith(".") or (name.endswith(BESIDE) and not is_folder):
        return ""
    if is_folder:
        return f"{name} is a folder, and its files would not be read: move them up, or elsewhere."
    return "" if name.endswith(ENDINGS) else f"{name} is no contract: give it the ending .yml, or move it elsewhere."


def is_contract(name: str) -> bool:
    """Whether the name is that of a contract's file."""
    return name.endswith(ENDINGS) and not name.startswith(".")


def read(
    file: str,
    said: object,
    defaults: Mapping[str, Any],
    environ: Mapping[str, str],
    encrypted: Callable[[object], bool],
) -> Read:
    """What a file says, with what all of them share. ``encrypted`` tells values whose text nobody may ask for."""
    host = os.path.splitext(file)[0]
    wrong = _host_problem(host)
    if not isinstance(said, Mapping) or not said:
        return Read(host, {}, Member(file, {}), [f"{file}: {text}" for text in [*wrong, "it holds no variables."]])
    variables = {**defaults, **{str(name): value for name, value in said.items()}}
    hidden = {name for name, value in variables.items() if _is_hidden(value, encrypted)}
    values, known = _values(variables, hidden, environ)
    others = [str(name) for name in items(variables.get(f"{PREFIX}other_variables"))]
    wrong += [*unknown(variables, others), *_without_prefix(set(variables) - set(others))]
    wrong = [f"{file}: {text}" for text in wrong or _problems(values, known, hidden)]
    return Read(host, variables, Member(file, {} if wrong else known), wrong)


def hosts_of(contracts: Sequence[Read]) -> list[str]:
    """A sentence for each two files that would be one host."""
    first: dict[str, str] = {}
    found = []
    for contract in contracts:
        file = first.setdefault(contract.host, contract.member.file)
        if file != contract.member.file:
            found.append(f"{contract.member.file}: {file} is the host {contract.host}, too: keep one of the files.")
    return found


def groups_of(contracts: Sequence[Read], others: Iterable[str]) -> list[str]:
    """A sentence for each file whose host has the name of a group: a limit would take the host, and not the group.

    ``others`` are the groups that there are beside those that contracts make.
    """
    taken = {group for contract in contracts for group in groups(contract.member)} | {*others}
    named = [contract for contract in contracts if contract.host in taken - {*TAKEN}]
    return [
        f"{contract.member.file}: {contract.host} is a group of contracts, too, and a limit to it would take this one "
        "alone: choose another name for the file."
        for contract in named
    ]


def _values(
    variables: Mapping[str, Any], hidden: set[str], environ: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """All fields, completed; and those of them that are known."""
    given = {name: variables[PREFIX + name] for name in FIELDS if PREFIX + name in variables}
    open_to_all = {name: value for name, value in given.items() if PREFIX + name not in hidden}
    values = completed(open_to_all, environ, os.getcwd(), lambda _name, _files: {})
    left = {name for name in given if PREFIX + name in hidden}
    left |= {made for name in left for made in WORKED_OUT.get(name, ()) if not given.get(made)}
    known = {name: value for name, value in values.items() if name not in left}
    return values, {**known, **{name: _same(known[name]) for name in FILES if name in known}}


def _same(path: Any) -> Any:
    """The same for whatever names a file, over links or not; what is no path stays as it is."""
    return os.path.realpath(path) if isinstance(path, str) and "\0" not in path else path


def _problems(values: Mapping[str, Any], known: Mapping[str, Any], hidden: set[str]) -> list[str]:
    """All that is wrong; where something is known only in the run, nothing that follows from several fields."""
    if not hidden.intersection(PREFIX + name for name in FIELDS if FIELDS[name].type != "path"):
        return problems(known)
    judged = {name: FIELDS[name].problem(value) for name, value in known.items() if value is not None}
    missing = [f"{PREFIX}{name} is empty: give it a value." for name in REQUIRED if name in known and not values[name]]
    return [*missing, *(f"{PREFIX}{name} {problem}." for name, problem in judged.items() if problem)]


def _host_problem(host: str) -> list[str]:
    if host in TAKEN:
        return [f"{host} is a name that the inventory has already: choose another for the file."]
    if not re.fullmatch(r"[A-Za-z0-9_][\w.-]*", host, re.ASCII):
        return [f"{quoted(host)} is no host's name: use letters, digits and characters of _.- for the file."]
    return []


def _without_prefix(names: set[str]) -> list[str]:
    """Variables that were meant for the role's, and are nobody's without the prefix."""
    meant = [PREFIX + name for name in FIELDS]
    found = []
    for name in sorted(names):
        full = [PREFIX + name] if name in FIELDS else get_close_matches(name, meant, n=1, cutoff=ALIKE)
        if full and not name.startswith(PREFIX):
            found.append(
                f"{name} is unknown: did you mean {full[0]}? If it is your own, name it in {PREFIX}other_variables."
            )
    return found


def _is_hidden(value: object, encrypted: Callable[[object], bool]) -> bool:
    """Whether a value, or a part of it, is known only in a run."""
    if encrypted(value):
        return True
    if isinstance(value, str):
        return any(mark in value for mark in ("{{", "{%", "{#"))
    if isinstance(value, Mapping):
        return any(_is_hidden(item, encrypted) for item in value.values())
    return isinstance(value, (list, tuple)) and any(_is_hidden(item, encrypted) for item in value)

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a verb ends: a sentence of what came of it, the facts below it, and the next step. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Outputs = Mapping[str, Any]
Lines = Iterator[str]

#: The width of the words before the facts.
WIDTH = 9


def ending(outputs: Outputs) -> list[str]:
    """The lines to show."""
    return list(ENDINGS[outputs["verb"]](outputs))


def _provision(found: Outputs) -> Lines:
    state = "would be" if found["check_mode"] and found["changed"] else "is"
    yield f"The contract {found['role']} {state} in place{_where(found)}{_unchanged(found)}:"
    if found["user"]:
        yield _fact("user", found["user_arn"])
    for name in found["trusted"]:
        yield _fact("trusted", name)
    yield _fact("role", found["role_arn"])
    yield from _places(found)
    if found["user"]:
        yield _fact("key", _key(found))
        yield _fact("profile", f"{found['role_profile']} of {found['config_file']}, which assumes the role")
    for path in found["saved_files"]:
        yield _fact("before", f"{path} holds what was there before")
    if found["check_mode"]:
        yield from _without_check(found)
        return
    yield "Next: run verify, which proves it."
    if found["user_profile"] and found["access_key_id"]:
        yield f"To use it: aws --profile {found['role_profile']} s3 ls s3://{found['bucket']}/{found['prefix']}"


def _places(found: Outputs) -> Lines:
    """The place; of several each, with what the role may do there."""
    if len(found["grants"]) < 2:
        yield _fact("bucket", _place(found))
        return
    for grant in found["grants"]:
        yield _fact("bucket", f"{_place(grant)}: {', '.join(grant['permissions'])}")


def _place(where: Mapping[str, Any]) -> str:
    return str(where["bucket_arn"]) + (f", below {where['prefix']}" if where["prefix"] else "")


def _rotate(found: Outputs) -> Lines:
    would, whose = "would get" if found["check_mode"] else "has", f"The user {found['user']}{_where(found)}"
    if found["new_key"]:
        yield f"{whose} {would} a new key:"
    elif found["changed"]:
        yield f"{whose} keeps its key, and an old one {'would be' if found['check_mode'] else 'is'} put away:"
    else:
        yield f"{whose} keeps its key{_unchanged(found)}:"
    yield _fact("key", _key(found))
    yield from _old_keys(found)
    if found["check_mode"]:
        yield from _without_check(found)
    elif found["new_key"]:
        yield "Next: run verify, and give the new key to whoever has a copy of the old one."
    elif found["retired_key_id"]:
        yield f"Next: run rotate after {found['retired_key_deleted_after']}, which deletes the old key."
    else:
        yield "Next: nothing, until the key is to be rotated again."


def _old_keys(found: Outputs) -> Lines:
    for what in found["gone"]:
        yield _fact("gone", what)
    if found["retired_key_id"]:
        state = "would be inactive" if found["check_mode"] and found["changed"] else "is inactive"
        until = f"the first rotate after {found['retired_key_deleted_after']} deletes it"
        yield _fact("old key", f"{found['retired_key_id']} {state}; {until}")


def _verify(found: Outputs) -> Lines:
    for path in found["report_files"]:
        if path.endswith(".html"):
            yield f"The report is {path}"
    yield NEXT_AFTER_VERIFY[found["verdict"]]


NEXT_AFTER_VERIFY: Mapping[str, str] = {
    "verified": "Next: nothing is to be mended; run verify again whenever somebody may have changed something.",
    "violated": "Next: mend what is named above (provision --check --diff shows what provision would); verify again.",
    "inconclusive": "Next: mend what could not be judged, as it is named above, then verify again.",
}


def _session(found: Outputs) -> Lines:
    if found["check_mode"]:
        yield f"A session of the role {found['role']} would be opened."
        yield from _without_check(found)
        return
    yield f"A session of the role {found['role']} is open until {found['session_expires_at']}:"
    yield _fact("role", found["role_arn"])
    yield _fact("variable", "bucket_access_session, for the tasks that follow")
    for path in found["session_files"]:
        yield _fact("file", path)
    for note in found["notes"]:
        yield f"Whether AWS has put the user into quarantine is not known. {note}"
    for path in found["session_files"]:
        yield f"Next: {_how_to_use(found, path)}"
    if not found["session_files"]:
        yield "Next: to hand it to other tools, set bucket_access_session_env_file or bucket_access_session_json_file."


def _how_to_use(found: Outputs, path: str) -> str:
    if path == found["session_env_file"]:
        return f". {path} makes it known to the tools that a shell starts."
    return f"credential_process = cat {path} makes it known to a profile."


def _teardown(found: Outputs) -> Lines:
    state = "would be" if found["check_mode"] else "is"
    if found["changed"]:
        yield f"The contract {found['role']} {state} taken down{_where(found)}:"
    else:
        yield f"Nothing of the contract {found['role']} is there{_where(found)}{_unchanged(found)}."
    for what in found["gone"]:
        yield _fact("gone", what)
    for what in found["stays"]:
        yield _fact("stays", what)
    for path in found["saved_files"]:
        yield _fact("before", f"{path} holds what was there before the contract")
    if found["check_mode"]:
        yield from _without_check(found)
    elif found["stays"]:
        yield "Next: what stays is its owner's to keep or to remove; provision makes the contract anew."
    else:
        yield "Next: nothing; provision makes the contract anew."


ENDINGS: Mapping[str, Callable[[Outputs], Lines]] = {
    "provision": _provision,
    "rotate": _rotate,
    "verify": _verify,
    "session": _session,
    "teardown": _teardown,
}


def _fact(name: str, value: str) -> str:
    return f"  {name:<{WIDTH}} {value}"


def _where(found: Outputs) -> str:
    return f" in the account {found['account']}" if found["account"] else ""


def _unchanged(found: Outputs) -> str:
    if found["changed"]:
        return ""
    return ", and nothing would be changed" if found["check_mode"] else ", and nothing was changed"


def _without_check(found: Outputs) -> Lines:
    if found["changed"]:
        yield f"Next: run {found['verb']} without --check, which does it."


def _key(found: Outputs) -> str:
    if found["access_key_id"]:
        return f"{found['access_key_id']} in {found['key_place']}"
    if found["new_key"]:
        return f"a new one in {found['key_place']}"
    return f"not known here, in {found['key_place']}" if found["key_place"] else "none that the contract makes"

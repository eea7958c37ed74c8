# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each promise of the matrix breaks when what guards it is taken out: else a kept promise would say nothing.

A guard is taken out of a copy of the checkout, and a fault against which it stands strikes that copy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
import shutil

from bench import Bench, error, fault
from cells import SCENARIOS, Cell
from matrix import Matrix
import pytest
from stored import StoredSubject
from test_adoption_crashes import Adoption
from test_key_crashes import Crash, crash_and_go_on

from ansible_collections.assumerole.s3.plugins.module_utils._aws import answers
from lab.checkout import CHECKOUT
from mutations.catalogue import MUTATIONS
from mutations.sound import sound

pytestmark = pytest.mark.whole

TASKS = "roles/bucket_access/tasks"
UTILS = "plugins/module_utils"

#: A fault on one operation of the user's key.
KEY = {"operation": "CreateAccessKey", "service": "iam"}


@dataclass(frozen=True)
class Guard:
    """What keeps a promise: ``code`` in a file, what stands there ``without`` it, and the words of the broken promise.

    ``fault`` is a cell of the matrix, a crash, or a function that tries something else and tells what broke.
    """

    name: str
    file: str
    code: str
    without: str
    fault: Cell | Crash | Callable[[StoredSubject], list[str]]
    broken: str


def the_store_refuses(subject: StoredSubject) -> list[str]:
    """A rotation whose new key cannot be stored, and the one after it."""
    subject.provision()
    before = subject.world.key_states()
    subject.lane.script(error("AccessDeniedException", operation="PutSecretValue"))
    subject.play("rotate")
    subject.lane.script()
    return [] if subject.world.key_states() == before else ["a key was left that nobody has the secret of"]


def an_adoption_is_killed(subject: StoredSubject) -> list[str]:
    """Once something of somebody else's has been taken away."""
    return Adoption(subject).kill({"operation": "DeleteUserPolicy"})


GUARDS = (
    Guard(
        "the next run removes what a killed one left",
        f"{UTILS}/_aws/abandoned.py",
        "    ended = found",
        "    ended = None and found",
        # The first is refused for its digest whoever asks, and makes nothing.
        Cell("verify", "killed", (fault("kill-after", key="ASIA", operation="PutObject", on=[2]),)),
        "objects': ['.access-check-",
    ),
    Guard(
        "a key that is not stored is deleted again",
        f"{UTILS}/_keys/making.py",
        "        for name in made:\n            self.hands.delete(name)\n",
        "        for name in ():\n            self.hands.delete(name)\n",
        the_store_refuses,
        "a key was left",
    ),
    Guard(
        "a user is deleted whether or not its role was there",
        f"{UTILS}/_provision/plan.py",
        '    if asked.manages("user") and there.user:\n',
        '    if asked.manages("user") and there.user and there.role:\n',
        Cell("teardown", "killed", (fault("kill-after", operation="DeleteRole"),)),
        "afterwards user is still there",
    ),
    Guard(
        "a bucket is known that a killed run had no time to mark",
        f"{UTILS}/_provision/plan.py",
        "            return Whose(MADE, self.contract.role)\n",
        "            return state\n",
        Cell("provision", "killed", (fault("kill-after", operation="CreateBucket"),)),
        "afterwards the next run fails",
    ),
    Guard(
        "what is taken over is saved before anything is taken away",
        f"{TASKS}/_provision/steps.yml",
        "  when: __bucket_access_plan.saved is truthy\n",
        "  when: false\n",
        an_adoption_is_killed,
        "is in no file",
    ),
    Guard(
        "one key is asked for by one request",
        "plugins/modules/user_access_key.py",
        '{"retries": {"total_max_attempts": 1}}',
        "{}",
        Cell("provision", "500 after", (fault("error-after", code="InternalFailure", first=1, **KEY),)),
        "it says that it is done, and user is",
    ),
    Guard(
        "the next run knows which keys nobody has the secret of",
        f"{UTILS}/_keys/plan.py",
        "    if request is None or request.done:\n        return ()\n",
        "    if request or not request:\n        return ()\n",
        Cell("provision", "killed", (fault("kill-after", **KEY),)),
        "afterwards the next run fails",
    ),
    Guard(
        "the credentials file is its owner's alone",
        f"{UTILS}/_keys/key_files.py",
        "PRIVATE = 0o600",
        "PRIVATE = 0o644",
        Cell("provision", "throttled", (error("Throttling", operation="CreateUser", first=1),)),
        "the credentials file has mode 644",
    ),
    Guard(
        "a file is replaced whole or not at all",
        f"{UTILS}/_files/whole.py",
        "        os.replace(draft, target)\n",
        '        with open(target, "w", encoding="utf-8") as file:\n            file.write(text[:3])\n'
        "        os.replace(draft, target)\n",
        Crash("profile", "rotate", "", {}, write="before"),
        "MissingSectionHeaderError",
    ),
    Guard(
        "a module that breaks is put into words",
        f"{UTILS}/_provision/failures.py",
        "if not message or _BROKEN.search(message):",
        "if not task:",
        Cell("provision", "cut", (fault("cut", keep=0.6, operation="CreateUser", first=1),)),
        "message",
    ),
    Guard(
        "only a refusal is a refusal",
        f"{UTILS}/_aws/answers.py",
        'AUTHORIZATION_CODES = frozenset({"AccessDenied"})',
        'AUTHORIZATION_CODES = frozenset({"AccessDenied", "SlowDown"})',
        Cell("verify", "throttled", (error("SlowDown", key="ASIA", operation="GetObject"),)),
        "the verdict is violated, and the contract is sound",
    ),
    Guard(
        "what propagation can cause is asked again",
        f"{UTILS}/_aws/answers.py",
        'PROPAGATION_CODES = S3_REFUSALS | AUTHENTICATION_CODES | {"NoSuchBucket"}',
        "PROPAGATION_CODES = frozenset()",
        next(cell for cell in SCENARIOS if cell.name == "STS does not know the new key for a while"),
        "the verdict is violated, and the contract is sound",
    ),
)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name.replace(" ", "_"))
def test_the_promise_breaks_without_its_guard(guard: Guard, bench: Bench, tmp_path: Path) -> None:
    sound, without = tmp_path / "sound", tmp_path / "without"
    shutil.copytree(
        CHECKOUT, without, symlinks=True, ignore=shutil.ignore_patterns(".git", ".venv*", ".state", ".*_cache")
    )
    code = (without / guard.file).read_text()
    assert code.count(guard.code) == 1
    (without / guard.file).write_text(code.replace(guard.code, guard.without))

    assert tried(guard, bench, sound, CHECKOUT) == []
    broken = tried(guard, bench, tmp_path / "home", without)
    assert [text for text in broken if guard.broken in text] != [], broken


def test_an_error_taken_for_a_refusal_would_hide_access(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other wrong verdict: verified, for a user who may list the bucket and whose question was throttled."""
    lane = bench.lanes[-1]
    world = sound(bench.emulator)
    next(mutation for mutation in MUTATIONS if mutation.name == "user_gets_s3_ListBucket").apply(world)
    world.direct, world.emulator = world.emulator, lane.emulator
    lane.script(error("SlowDown", service="s3", key=world.key["AccessKeyId"]))
    try:
        assert world.probe()["verdict"] == "inconclusive"
        lenient = {name: replace(row, refused=row.refused | {"SlowDown"}) for name, row in answers.PROBES.items()}
        monkeypatch.setattr(answers, "PROBES", lenient)
        assert world.probe()["verdict"] == "verified"
    finally:
        lane.script()


def tried(guard: Guard, bench: Bench, home: Path, checkout: Path) -> list[str]:
    """What the fault breaks in this checkout."""
    home.mkdir()
    if isinstance(guard.fault, Cell):
        return list(Matrix(bench, bench.lanes[:1], home, checkout).run(guard.fault).broken)
    store = guard.fault.store if isinstance(guard.fault, Crash) else "secretsmanager"
    subject = StoredSubject(bench, bench.lanes[0], home, checkout=checkout, store=store)
    try:
        return crash_and_go_on(guard.fault, subject) if isinstance(guard.fault, Crash) else guard.fault(subject)
    except ValueError as unreadable:
        return [str(unreadable)]
    finally:
        subject.lane.script()

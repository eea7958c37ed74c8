# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A power cut while a contract takes over what others made: nothing of theirs is lost, and the next run goes on.

Here are the moments that hurt; ``make faults`` tries every request that changes something.
"""

from __future__ import annotations

from dataclasses import dataclass
import json
from pathlib import Path

from bench import Bench, fault
import pytest
from subject import KILLED, Subject

from lab.account import allow
from lab.checkout import Json

READS = ("Get", "List", "Head")
ADOPT = ["user", "role", "bucket"]
OTHERS_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
MANAGED = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@dataclass
class Adoption:
    """A user, a role and a bucket of somebody else's, and the contract that takes them over."""

    subject: Subject

    def __post_init__(self) -> None:
        self.subject.variables |= {"bucket_access_adopt": ADOPT}
        world = self.subject.world
        tags = [{"Key": "team", "Value": "theirs"}]
        world.iam.create_user(UserName=world.user, Tags=tags)
        world.give_user(allow("s3:GetObject"))
        world.iam.attach_user_policy(UserName=world.user, PolicyArn=MANAGED)
        world.iam.create_role(
            RoleName=world.role, AssumeRolePolicyDocument=json.dumps(OTHERS_TRUST), Description="theirs", Tags=tags
        )
        world.set_permissions(allow("s3:PutObject"), "more")
        world.s3.create_bucket(Bucket=world.bucket)
        world.s3.put_bucket_tagging(Bucket=world.bucket, Tagging={"TagSet": tags})
        world.set_bucket_policy({"Version": "2012-10-17", "Statement": [self.theirs]})
        world.put("precious")

    @property
    def theirs(self) -> Json:
        """A statement that is not the contract's."""
        resource = f"arn:aws:s3:::{self.subject.world.bucket}/theirs/*"
        return {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": resource}

    def kill(self, on: Json) -> list[str]:
        """Kill a run, look at what is left, let the next one go on, and look again; gives what was broken."""
        running = self.subject.start("provision", "-vvvv")
        self.subject.lane.script(fault("kill-after", pid=running.pid, **on))
        ran = self.subject.finish(running)
        self.subject.lane.script()
        broken = [] if ran.code == KILLED else [f"it was not killed: {ran.sentence or ran.output[-500:]}"]
        broken += self.lost()
        again = self.subject.play("provision")
        broken += [] if again.code == 0 else [f"the next run fails: {again.sentence or again.output[-500:]}"]
        broken += [f"afterwards {text}" for text in (*self.lost(), *self.not_converged())]
        return broken

    def lost(self) -> list[str]:
        """What was theirs, is not there any more, and is in no file either."""
        saved = self.saved()
        untouched = self.subject.world.left() == ["user", "role", "bucket"] and not self.marked()
        wanted = {
            "the user": {"inline_policies": {"extra": allow("s3:GetObject")}, "managed_policies": [MANAGED]},
            "the role": {"trust_policy": OTHERS_TRUST, "inline_policies": {"more": allow("s3:PutObject")}},
            "the bucket": {"policy": {"Version": "2012-10-17", "Statement": [self.theirs]}},
        }
        missing = [
            f"{what}: {name} is in no file"
            for what, values in wanted.items()
            for name, value in values.items()
            if not untouched
            if not any(one.get(name) == value for key, one in saved.items() if key.startswith(what))
        ]
        policy = self.subject.world.seen()["bucket"]["policy"]
        missing += [] if self.theirs in policy else [f"their statement is gone: {policy}"]
        return missing + ([] if self.subject.world.objects() == ["precious"] else ["their object is gone"])

    def marked(self) -> list[str]:
        """What carries the contract's mark."""
        return [name for name, state in self.subject.world.seen().items() if state and state["contract"]]

    def saved(self) -> Json:
        """All that files hold, of which each must be whole; what was saved first counts."""
        found: Json = {}
        for path in sorted((self.subject.home / ".aws" / "bucket-access-saved").glob("*.json")):
            found = {**json.loads(path.read_text()), **found}
        return found

    def not_converged(self) -> list[str]:
        """In what user, role and bucket differ from the contract, beside what stays theirs."""
        world, found = self.subject.world, self.subject.world.seen()
        theirs = {"tags": [{"Key": "team", "Value": "theirs"}], "contract": world.role}
        ours = world.bucket_document()["Statement"]
        expected = {
            "user": {"inline": [], "managed": [], "groups": [], "access_keys": ["Active"], **theirs},
            "role": {"trust": world.trust()["Statement"], "inline": [world.permissions()["Statement"]], **theirs},
            "bucket": {"policy": [self.theirs, *ours], "objects": ["precious"], **theirs},
        }
        return [
            f"{kind}.{name} is {found[kind][name]}, not {value}"
            for kind, values in expected.items()
            for name, value in values.items()
            if found[kind][name] != value
        ]


def adoption(bench: Bench, folder: Path) -> Adoption:
    subject = Subject(bench, bench.lanes[0], folder)
    subject.home = folder / subject.tag
    return Adoption(subject)


#: Something of theirs has been taken away; a policy that they write, too, has been written.
THE_MOMENTS_THAT_HURT = ("DeleteUserPolicy", "PutBucketPolicy")


@pytest.mark.parametrize("operation", THE_MOMENTS_THAT_HURT)
def test_a_killed_adoption_loses_nothing_and_is_finished_by_the_next_run(
    bench: Bench, tmp_path: Path, operation: str
) -> None:
    assert adoption(bench, tmp_path).kill({"operation": operation}) == []


def test_what_is_lost_is_seen(bench: Bench, tmp_path: Path) -> None:
    """The promises can be seen to break."""
    place = adoption(bench, tmp_path)
    assert place.lost() == []
    assert place.subject.play("provision").code == 0
    assert (place.lost(), place.not_converged()) == ([], [])
    (path,) = (place.subject.home / ".aws" / "bucket-access-saved").glob("*.json")
    path.unlink()
    place.subject.world.set_bucket_policy(place.subject.world.bucket_document())
    assert len(place.lost()) == 6
    assert any(text.startswith("bucket.policy is") for text in place.not_converged())


@pytest.mark.whole
def test_an_adoption_that_is_killed_at_any_change_is_finished_by_the_next_run(bench: Bench, tmp_path: Path) -> None:
    place = adoption(bench, tmp_path)
    before = len(place.subject.lane.requests())
    assert place.subject.play("provision").code == 0
    asked = [entry["operation"] for entry in place.subject.lane.requests()[before:]]
    changes = [number for number, name in enumerate(asked, 1) if not name.startswith((*READS, "AssumeRole"))]
    broken = {number: adoption(bench, tmp_path).kill({"on": [number]}) for number in changes}
    assert {f"{number} {asked[number - 1]}": texts for number, texts in broken.items() if texts} == {}

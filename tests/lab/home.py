# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A home of one's own: the AWS files in it, as provision writes them, and the environment of a program."""

from __future__ import annotations

import os
from pathlib import Path

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import sibling
from ansible_collections.assumerole.s3.plugins.module_utils._keys.profiles import with_section
from lab.checkout import BIN, Env, inherited
from lab.world import World


def environment(home: Path, aws: Env, **more: str) -> dict[str, str]:
    """The environment of a program in this home, with these variables of AWS and none of the caller's."""
    own = {
        "HOME": str(home),
        "ANSIBLE_HOME": str(home / ".ansible"),
        "ANSIBLE_REMOTE_TMP": str(home / ".ansible" / "tmp"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_DEPRECATION_WARNINGS": "0",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]]),
    }
    return {**inherited(), **aws, **own, **more}


def credentials_file(home: Path) -> Path:
    """Where AWS tools look for keys."""
    return home / ".aws" / "credentials"


def config_file(home: Path) -> Path:
    """Where AWS tools look for roles."""
    return home / ".aws" / "config"


def write_profiles(home: Path, world: World) -> None:
    """Both profiles of a contract, beside those that are there."""
    add_user_profile(credentials_file(home), world, world.user)
    add_role_profile(config_file(home), world, world.role, world.user)


def add_user_profile(path: Path, world: World, name: str) -> None:
    """The user's key under a name."""
    key = {"aws_access_key_id": world.key["AccessKeyId"], "aws_secret_access_key": world.key["SecretAccessKey"]}
    _add(path, name, key, sibling(world.user_arn, "user", world.user))


def add_role_profile(path: Path, world: World, name: str, source: str) -> None:
    """The role under a name, assumed with the key of another profile."""
    role = {"role_arn": world.role_arn, "source_profile": source, "region": world.emulator.env["AWS_REGION"]}
    _add(path, f"profile {name}", role, sibling(world.role_arn, "role", world.role))


def _add(path: Path, section: str, settings: dict[str, str], owner: str) -> None:
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(with_section(path.read_text(), section, settings, owner))

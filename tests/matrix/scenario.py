# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the steps of the enforced scenario with any ansible-core, also those that Molecule refuses.

    PYTHON tests/matrix/scenario.py NAME

The steps, their playbooks and their environment are read from Molecule's own configuration. PYTHON is the interpreter
of the environment to try; NAME is where the scenario keeps its state: .state/molecule/NAME.
"""

from __future__ import annotations

from collections.abc import Mapping
import os
from pathlib import Path
import shutil
import string
import subprocess
import sys
from typing import Any

import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
SCENARIO = CHECKOUT / "molecule" / "enforced"
CONFIG: dict[str, Any] = yaml.safe_load((CHECKOUT / ".config" / "molecule" / "config.yml").read_text())

Env = Mapping[str, str]


class Trouble(Exception):
    """Which step failed, and what it said."""


def main() -> None:
    """Run all steps; the emulator is stopped whatever happens."""
    name = sys.argv[1]
    steps = [step for step in CONFIG["scenario"]["test_sequence"] if step != "destroy"]
    state = CHECKOUT / ".state" / "molecule"
    try:
        env = environment(name, state / f"{name}.run")
        play("destroy", env)
        try:
            for step in steps:
                play(step, env)
        finally:
            play("destroy", env)
        if not (state / f"{name}.verified").exists():
            raise Trouble("verify: nothing was verified")
    except Trouble as trouble:
        sys.exit(str(trouble))
    finally:
        shutil.rmtree(state / f"{name}.run", ignore_errors=True)


def environment(name: str, folder: Path) -> Env:
    """What Molecule gives to a playbook: its own variables, the configured ones, an inventory and an ansible.cfg."""
    given = {
        "MOLECULE_PROJECT_DIRECTORY": str(CHECKOUT),
        "MOLECULE_SCENARIO_DIRECTORY": str(SCENARIO),
        "MOLECULE_SCENARIO_NAME": name,
    }
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "inventory").mkdir(parents=True)
    (folder / "inventory" / "hosts").write_text("localhost\n")
    for link, target in CONFIG["provisioner"]["inventory"]["links"].items():
        (folder / "inventory" / link).symlink_to(filled(target, given))
    (folder / "ansible.cfg").write_text(ansible_cfg(given))
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "ANSIBLE_"))}
    configured = {key: filled(value, given) for key, value in CONFIG["provisioner"]["env"].items()}
    own = {
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_INVENTORY": str(folder / "inventory"),
        "ANSIBLE_NOCOLOR": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), inherited["PATH"]]),
    }
    return {**inherited, **given, **configured, **own}


def ansible_cfg(given: Env) -> str:
    """The provisioner's config_options as a file."""
    lines = []
    for section, options in CONFIG["provisioner"]["config_options"].items():
        lines += [f"[{section}]", *(f"{key} = {filled(str(value), given)}" for key, value in options.items())]
    return "\n".join([*lines, ""])


def filled(text: str, given: Env) -> str:
    """A configured value with Molecule's variables filled in."""
    return string.Template(text).substitute(given)


def play(step: str, env: Env) -> None:
    """Run one step; idempotence is converge once more, which must change nothing."""
    playbook = CONFIG["provisioner"]["playbooks"]["converge" if step == "idempotence" else step]
    command = [str(Path(sys.executable).parent / "ansible-playbook"), filled(playbook, env)]
    done = subprocess.run(command, check=False, cwd=CHECKOUT, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise Trouble(f"{step}: {(done.stdout + done.stderr)[-3000:]}")
    if step == "idempotence" and " changed=0 " not in done.stdout:
        raise Trouble(f"idempotence: {done.stdout[-3000:]}")


if __name__ == "__main__":
    main()

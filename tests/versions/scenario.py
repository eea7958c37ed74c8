# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a Molecule scenario with any ansible-core, by what Molecule's configuration says.

    python tests/versions/scenario.py BIN NAME

BIN is the environment's folder of programs, NAME is for the folder that the scenario has for itself. Molecule refuses
ansible-core 2.17, and works with the one that it is installed beside.
"""

from __future__ import annotations

import configparser
import os
from pathlib import Path
import re
import shutil
from string import Template
import subprocess
import sys
from typing import Any

from supported import CHECKOUT
import yaml

CONFIG = CHECKOUT / ".config" / "molecule" / "config.yml"
SCENARIO = CHECKOUT / "molecule" / "enforced"

Env = dict[str, str]


def main(bin_folder: str, name: str) -> None:
    """Each step in turn; after one that fails the emulator is stopped, and the rest is left out."""
    molecule = {
        "MOLECULE_PROJECT_DIRECTORY": str(CHECKOUT),
        "MOLECULE_SCENARIO_DIRECTORY": str(SCENARIO),
        "MOLECULE_SCENARIO_NAME": name,
    }
    config = yaml.safe_load(Template(CONFIG.read_text()).substitute(molecule))
    folder = CHECKOUT / ".state" / "versions" / name
    shutil.rmtree(folder, ignore_errors=True)
    env = {**environment(Path(bin_folder), config), **molecule, **write_project(folder, config)}
    playbooks = config["provisioner"]["playbooks"]
    try:
        for step in config["scenario"]["test_sequence"]:
            play(step, playbooks.get(step, playbooks["converge"]), folder, env)
        refuse_unverified(name)
    finally:
        play("destroy", playbooks["destroy"], folder, env)
        shutil.rmtree(folder)


def environment(bin_folder: Path, config: dict[str, Any]) -> Env:
    """Nothing of the caller's but where programs are."""
    path = os.pathsep.join([str(bin_folder), "/usr/local/bin", "/usr/bin", "/bin"])
    return {"PATH": path, "LANG": "C.UTF-8", **config["provisioner"]["env"]}


def write_project(folder: Path, config: dict[str, Any]) -> Env:
    """The inventory and the ansible.cfg that Molecule would write."""
    inventory = folder / "inventory"
    inventory.mkdir(parents=True)
    (inventory / "hosts").write_text("".join(f"{platform['name']}\n" for platform in config["platforms"]))
    for name, target in config["provisioner"]["inventory"]["links"].items():
        (inventory / name).symlink_to(target)
    settings = configparser.ConfigParser(interpolation=None)
    settings.read_dict(config["provisioner"]["config_options"])
    with (folder / "ansible.cfg").open("w") as file:
        settings.write(file)
    return {"ANSIBLE_CONFIG": str(folder / "ansible.cfg"), "ANSIBLE_INVENTORY": str(inventory)}


def play(step: str, playbook: str, folder: Path, env: Env) -> None:
    """One step; ``idempotence`` is the playbook of ``converge`` once more, which must change nothing."""
    print(f"--- {step}", flush=True)
    done = subprocess.run(
        ["ansible-playbook", playbook], check=False, cwd=folder, env=env, text=True, stdout=subprocess.PIPE, stderr=None
    )
    print(done.stdout, flush=True)
    if done.returncode:
        sys.exit(f"{step} ended with {done.returncode}")
    if step == "idempotence" and not re.search(r" changed=0 ", done.stdout):
        sys.exit("a second run changes something")


def refuse_unverified(name: str) -> None:
    """A playbook that does nothing is a success, too, so the scenario leaves a note of what it has verified."""
    note = CHECKOUT / ".state" / "molecule" / f"{name}.verified"
    if not note.exists():
        sys.exit("the scenario has verified nothing: see molecule/shared/verify.yml")
    note.unlink()


if __name__ == "__main__":
    main(*sys.argv[1:])

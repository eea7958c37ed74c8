# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program of Ansible's that runs in the checkout, with a home of its own, and what it printed."""

from __future__ import annotations

from dataclasses import dataclass
import json
from pathlib import Path
import re
import subprocess

from lab.checkout import BIN, CHECKOUT, Env, Json
from lab.emulator import Emulator
from lab.home import environment

#: How a caller's play on this machine begins; its tasks follow.
PLAY = """
- name: A caller's play
  hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
"""


@dataclass(frozen=True)
class Ran:
    """What a program said, and how it ended."""

    code: int
    stdout: str
    stderr: str = ""

    @property
    def output(self) -> str:
        return self.stdout + self.stderr

    @property
    def result(self) -> Json:
        """What the one module that ``ansible`` ran has returned."""
        found: Json = json.loads(self.stdout.split("=> ", 1)[1])
        return found

    @property
    def recap(self) -> dict[str, dict[str, int]]:
        """The counts of ``ansible-playbook``, by host."""
        lines = self.stdout.split("PLAY RECAP")[1].splitlines()[1:]
        return {
            line.split(":")[0].strip(): {
                name: int(number) for name, number in (item.split("=") for item in line.split(":")[1].split())
            }
            for line in lines
            if ":" in line
        }

    @property
    def changed(self) -> bool:
        """Whether it changed anything."""
        return " changed=0 " not in self.output

    @property
    def sentence(self) -> str:
        """What the run ended with, as a person reads it: the message of the last task that failed for good."""
        _before, fatal, last = self.output.rpartition("fatal: [")
        found = re.search(r'"msg": "((?:[^"\\]|\\.)*)"', last)
        return str(json.loads(f'"{found[1]}"')) if fatal and found else ""


def ansible(
    program: str,
    *arguments: str,
    home: Path,
    emulator: Emulator,
    operator: Env | None = None,
    checkout: Path = CHECKOUT,
    **environ: str,
) -> Ran:
    """Run a program of Ansible's to its end, with the emulator's operator or with these credentials and no others."""
    aws = emulator.env if operator is None else {**emulator.keyless, **operator}
    return finish(start(program, *arguments, home=home, aws=aws, checkout=checkout, **environ))


def start(
    program: str, *arguments: str, home: Path, aws: Env, checkout: Path = CHECKOUT, **environ: str
) -> subprocess.Popen[str]:
    """Start a program of Ansible's, as people do."""
    home.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [str(BIN / program), *arguments],
        cwd=checkout,
        env=environment(home, aws, **environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(running: subprocess.Popen[str], timeout: float | None = None) -> Ran:
    """Wait for a program that was started."""
    stdout, stderr = running.communicate(timeout=timeout)
    return Ran(running.returncode, stdout, stderr)

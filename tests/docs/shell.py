# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reader at the keyboard: runs a page's commands one after the other, and writes its files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
import subprocess

from pages import PROJECT, Command, File, shows, steps

from lab.checkout import CHECKOUT

#: Runs one command as an interactive shell would: after the last one's exit code, folder and exported variables.
SCRIPT = """
. "$1"
(exit "$3")
eval "$2"
code=$?
{ export -p; printf 'cd %q\\n' "$PWD"; } > "$1"
exit $code
"""


class PageIsWrong(AssertionError):
    """The page promises something else than what happens."""


class Reader:
    """Follows pages in a folder of its own; what one page sets up is there for the next.

    ``aws`` are the variables that stand for a real account. In the checkout, where pages start emulators, none are set.
    """

    def __init__(self, folder: Path, env: Mapping[str, str], aws: Mapping[str, str]) -> None:
        self._folder = folder
        self._env = {"in the checkout": dict(env), PROJECT: {**env, **aws}}

    def follow(self, page: str) -> None:
        """Do what the page says, and compare what comes of it with what the page shows."""
        code = 0
        for step in steps((CHECKOUT / page).read_text()):
            if isinstance(step, File):
                self._write(step)
            elif isinstance(step, Command):
                code, output = self._run(step, code)
                _judge(page, step, code, output)

    def _write(self, file: File) -> None:
        path = self._folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
        path.chmod(0o755 if path.suffix == ".sh" else 0o644)

    def _run(self, command: Command, last_code: int) -> tuple[int, str]:
        home = self._folder if command.place == PROJECT else CHECKOUT
        state = self._folder.parent / f"{command.place.replace(' ', '-')}.state"
        if not state.exists():
            state.write_text(f"cd {home}\n")
        done = subprocess.run(
            ["bash", "-c", SCRIPT, "bash", state, command.text, str(last_code)],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._env[command.place],
        )
        return done.returncode, done.stdout.decode()


def _judge(page: str, command: Command, code: int, output: str) -> None:
    said = f"{page}:{command.line}: $ {command.text}\n"
    if code and not command.may_fail:
        raise PageIsWrong(f"{said}fails with exit code {code}, and says:\n{output}")
    if not shows(command.output, output):
        raise PageIsWrong(f"{said}says:\n{output}\nand not what the page shows:\n{command.output}")

# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that runs inside Ansible's process says what it says in a process of its own, and shows no secret either."""

from __future__ import annotations

import json
from pathlib import Path
import sys
from typing import Any

import pytest

from lab.checkout import Json
from lab.emulator import Emulator
from lab.play import PLAY, Ran, ansible
from lab.world import World, provision

SWITCH = "assumerole_s3_in_process"

#: Two names of one Python: by the first the modules run inside Ansible's process, by the second they do not.
INSIDE, ASIDE = "{{ ansible_playbook_python }}", str(Path(sys.executable).with_name("python3"))
TASKS = """    - name: AWS answers
      assumerole.s3.access_check: OPTIONS
      register: found
    - name: It is kept
      ansible.builtin.copy:
        content: "{{ found | to_json }}"
        dest: "{{ kept }}"
        mode: "0600"
"""
#: What differs from one run to the next anyway.
FLEETING = ("elapsed_ms", "request_id", "time", "attempts")


def checked(made: World, home: Path, interpreter: str, *arguments: str, **more: Any) -> tuple[Ran, Json]:
    """What the playbook printed, and what its module returned."""
    options = {key: value for key, value in made.options(**more).items() if value is not None}
    options |= {"access_key": made.key["AccessKeyId"], "secret_key": made.key["SecretAccessKey"]}
    kept = home / "kept.json"
    (home / "play.yml").write_text((PLAY + TASKS).replace("OPTIONS", json.dumps(options)))
    variables = json.dumps({"kept": str(kept), "ansible_python_interpreter": interpreter})
    ran = ansible(
        "ansible-playbook",
        *(str(home / "play.yml"), "-e", variables, *arguments),
        home=home,
        emulator=made.emulator,
    )
    return ran, json.loads(kept.read_text()) if kept.exists() else {}


def lasting(result: Json) -> Json:
    """The result without what is new in each run."""
    checks = [{key: value for key, value in check.items() if key not in FLEETING} for check in result["checks"]]
    errors = [check["error"] and {**check["error"], "request_id": None} for check in checks]
    return {
        **{key: value for key, value in result.items() if key != "session"},
        "checks": [{**check, "error": error} for check, error in zip(checks, errors, strict=True)],
    }


def test_the_result_is_the_same_in_a_process_of_its_own(enforcing: Emulator, tmp_path: Path) -> None:
    made = provision(enforcing, prefix="partner/", permissions=("list", "read", "write", "delete"))
    inside, found = checked(made, tmp_path, INSIDE, "-vvv")
    aside, expected = checked(made, tmp_path, ASIDE, "-vvv")
    assert "<localhost> assumerole.s3.access_check runs inside Ansible's process: " in inside.output
    assert "modules/access_check.py" not in inside.output
    assert f"access_check runs as every module does: ansible_python_interpreter is {ASIDE}, and" in aside.output
    assert "modules/access_check.py" in aside.output
    assert lasting(found) == lasting(expected)


def test_it_can_be_switched_off(enforcing: Emulator, tmp_path: Path) -> None:
    made = provision(enforcing)
    ran, found = checked(made, tmp_path, INSIDE, "-vvv", "-e", f"{SWITCH}=false")
    assert f"access_check runs as every module does: {SWITCH} is false" in ran.output
    assert "modules/access_check.py" in ran.output
    assert found["verdict"] == "verified"


def test_a_switch_between_on_and_off_stops_the_task(enforcing: Emulator, tmp_path: Path) -> None:
    ran, _kept = checked(provision(enforcing), tmp_path, INSIDE, "-e", f"{SWITCH}=perhaps")
    assert ran.code != 0
    assert f"{SWITCH} is 'perhaps': set it to true or to false." in ran.output


def test_check_mode_leaves_no_trace_inside_either(enforcing: Emulator, tmp_path: Path) -> None:
    made = provision(enforcing)
    before = enforcing.requests()
    ran, _kept = checked(made, tmp_path, INSIDE, "--check")
    assert ran.code == 0, ran.output
    asked = [it for it in enforcing.requests()[len(before) :] if it["service"] == "s3"]
    assert asked
    assert [it for it in asked if it["action"].startswith(("PUT", "DELETE")) and it["status"] < 300] == []


@pytest.mark.parametrize("interpreter", [INSIDE, ASIDE])
def test_a_failure_is_a_sentence_and_shows_no_secret(enforcing: Emulator, tmp_path: Path, interpreter: str) -> None:
    made = provision(enforcing)
    ran, _kept = checked(made, tmp_path, interpreter, "-vvvv", contract={"bucket": "No_Bucket"})
    assert ran.code != 0
    assert "No_Bucket" in ran.stdout.split("fatal:")[1].split("msg")[1]
    assert "Traceback" not in ran.output
    assert made.key["SecretAccessKey"] not in ran.output


@pytest.mark.parametrize("interpreter", [INSIDE, ASIDE])
def test_a_warning_is_shown(localstack: Emulator, tmp_path: Path, interpreter: str) -> None:
    ran, kept = checked(provision(localstack), tmp_path, interpreter)
    assert ran.output.count("[WARNING]: The endpoint lets a made-up access key in") == 1, ran.output
    assert [warning.split(":")[0] for warning in kept["warnings"]] == ["The endpoint lets a made-up access key in"]

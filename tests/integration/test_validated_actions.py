# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every action refuses what it does not understand, in a sentence that names the argument, before it does anything."""

from __future__ import annotations

from dataclasses import dataclass
import json
from pathlib import Path
import subprocess
import sys

import pytest
import yaml

from lab.checkout import CHECKOUT, Json
from lab.home import environment
from lab.play import PLAY

ROLE, USER = "arn:aws:iam::123456789012:role/partner-exchange", "arn:aws:iam::123456789012:user/partner"
SECRET = "wJalrXUtnFEMIEXAMPLEKEY"

CONTRACT = {"user": "partner", "role": "partner-exchange", "bucket": "example"}
MISSPELT = {**CONTRACT, "permissions": ["raed"]}

AGREED: Json = {"contract": CONTRACT, "settings": {"audit": True, "report_dir": "FOLDER"}, "region": "us-east-1"}
AGREED |= {
    name: "" for name in ("role_arn", "profile_role_arn", "profile_region", "no_role_arn", "user_arn", "changed_at")
}
AGREED |= {"siblings": [], "canaries": {}}

#: Sound arguments of each action; what is written in them would be seen in the folder.
SOUND: dict[str, Json] = {
    "access_audit": {"contract": CONTRACT, "secret_key": SECRET},
    "access_check": {"role_arn": ROLE, "contract": CONTRACT, "secret_key": SECRET},
    "access_contract": {},
    "access_key_proof": {"role_arn": ROLE, "caller_arn": USER, "secret_key": SECRET},
    "access_report": {
        "path": "FOLDER/report.json",
        "result": {"msg": SECRET},
        "contract": CONTRACT,
    },
    "access_plan": {"contract": CONTRACT, "plan_file": "FOLDER/plan.json", "secret_key": SECRET},
    "access_report_index": {"path": "FOLDER"},
    "access_survey": {"contract": CONTRACT, "secret_key": SECRET},
    "access_verdict": {"agreed": AGREED, "secret_key": SECRET},
    "aws_profile": {
        "name": "partner",
        "path": "FOLDER/credentials",
        "kind": "credentials",
        "owner": USER,
        "secrets": {"aws_secret_access_key": SECRET},
    },
    "bucket_objects": {"bucket": "example", "state": "absent", "secret_key": SECRET},
    "bucket_statements": {
        "bucket": "example",
        "account_id": "123456789012",
        "statements": [{"Sid": "Ours"}],
        "secret_key": SECRET,
    },
    "change_note": {"path": "FOLDER/changed-at"},
    "explained": {"module": "amazon.aws.iam_user", "options": {}, "contract": {}},
    "kept_access_key": {"user": "partner", "owner": USER, "secret_access_key": SECRET},
    "probe_objects": {"bucket": "example", "keys": {"outside": "x"}, "state": "present", "secret_key": SECRET},
    "role_session": {"role_arn": ROLE, "contract": CONTRACT, "secret_key": SECRET},
    "shown_lines": {"lines": ["A line."]},
    "stored_access_key": {
        "owner": USER,
        "state": "present",
        "user_profile": "partner",
        "credentials_file": "FOLDER/credentials",
        "path": "FOLDER/vault",
        "access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "secret_access_key": SECRET,
    },
}

#: What is wrong about each, and the argument that must be named.
WRONG_TYPES: dict[str, Json] = {
    "access_audit": {"fail_on_violation": "perhaps"},
    "access_check": {"wait_timeout": "two minutes"},
    "access_contract": {"needs_role_arn": "perhaps"},
    "access_key_proof": {"wait_timeout": "two minutes"},
    "access_plan": {"force_destroy": "perhaps"},
    "access_report": {"result": "verified"},
    "access_report_index": {"max_age": "a day"},
    "access_survey": {"expected_principals": {"not": "a list"}},
    "access_verdict": {"profile_files": "none"},
    "aws_profile": {"adopt": "perhaps"},
    "bucket_objects": {"validate_certs": "perhaps"},
    "bucket_statements": {"validate_certs": "perhaps"},
    "change_note": {},  # Ansible makes a path of everything
    "explained": {"options": "none"},
    "kept_access_key": {"make": "perhaps"},
    "probe_objects": {"forbidden_buckets": {"example": "x"}},
    "role_session": {"duration_seconds": "an hour"},
    "shown_lines": {"of_all_hosts": "perhaps"},
    "stored_access_key": {"adopt": "perhaps"},
}
UNKNOWN_VALUES: dict[str, Json] = {
    "access_audit": {"contract": MISSPELT},
    "access_check": {"contract": MISSPELT},
    "access_key_proof": {"state": "alvie"},
    "access_plan": {"verb": "provison"},
    "access_report": {"contract": MISSPELT},
    "access_verdict": {"agreed": {"contract": CONTRACT}},
    "aws_profile": {"kind": "credential"},
    "bucket_objects": {"state": "present"},
    "bucket_statements": {"state": "presnet"},
    "kept_access_key": {"store": "profil"},
    "probe_objects": {"state": "presnet"},
    "role_session": {"contract": MISSPELT},
    "stored_access_key": {"state": "presnet"},
}
#: By what the sentence calls the argument, where that is another name.
NAMED = {
    (action, "contract"): "permissions" for action in ("access_audit", "access_check", "access_report", "role_session")
}


@dataclass(frozen=True)
class Case:
    """One task."""

    action: str
    wrong: str
    given: Json
    names: str

    def __str__(self) -> str:
        return f"{self.action} with {self.wrong}"


def cases() -> list[Case]:
    found = []
    for action in sorted(path.stem for path in (CHECKOUT / "plugins" / "action").glob("*.py")):
        wrong = {"a wrong type": WRONG_TYPES[action], "an unknown argument": {"bukcet": SECRET}}
        wrong |= {"an unknown value": UNKNOWN_VALUES[action]} if action in UNKNOWN_VALUES else {}
        found += [
            Case(action, what, given, NAMED.get((action, name), name))
            for what, given in wrong.items()
            for name in given
        ]
    found += [
        Case("access_verdict", "a key in an unknown store", {"kept_in": {"store": "profil"}}, "store"),
        Case("access_verdict", "an agreement without a setting", {"agreed": AGREED}, "settings.access_key_id"),
    ]
    store = SOUND["stored_access_key"]
    found += [
        Case(action, f"a key that is kept {what}", {"kept_in": {"secret_access_key": SECRET, **place}}, names)
        for action in ("access_check", "role_session")
        for what, place, names in (
            ("in an unknown store", {"store": "profil"}, "store"),
            ("nowhere", {}, "user_profile"),
            ("in a vault without a path", {"store": "vault_file"}, "path"),
            ("with an unknown argument", {"bukcet": SECRET}, "bukcet"),
        )
    ]
    found += [
        Case("stored_access_key", "an unknown store", {"store": "profil"}, "store"),
        Case("stored_access_key", "a store of AWS and a wrong type", {"store": "ssm", "adopt": "perhaps"}, "adopt"),
        Case("stored_access_key", "an empty secret", {"secret_access_key": ""}, "secret_access_key"),
        Case("stored_access_key", "an empty owner", {"owner": ""}, "owner"),
        Case("stored_access_key", "an owner that is null", {"owner": None}, "owner"),
        Case("stored_access_key", "a misspelt owner", {"ownr": USER, "owner": "LEFT OUT"}, "ownr"),
        Case("stored_access_key", "no profile", {"user_profile": "LEFT OUT"}, "user_profile"),
        Case("stored_access_key", "a vault without a path", {"store": "vault_file", "path": "LEFT OUT"}, "path"),
        Case("stored_access_key", "a secret in the wrong place", {"adopt": store["secret_access_key"]}, "adopt"),
    ]
    return found


CASES = cases()


def task(case: Case, folder: Path) -> Json:
    arguments = {name: value for name, value in (SOUND[case.action] | case.given).items() if value != "LEFT OUT"}
    text = json.dumps(arguments).replace("FOLDER", str(folder))
    return {
        "name": str(case),
        f"assumerole.s3.{case.action}": json.loads(text),
        "register": f"result_{CASES.index(case)}",
        "ignore_errors": True,
    }


@dataclass(frozen=True)
class Tried:
    """What one play with all cases left behind."""

    folder: Path
    output: str
    results: list[Json]


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Tried:
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("untouched")
    names = ", ".join(f"result_{number}" for number in range(len(CASES)))
    kept = {"content": f"{{{{ [{names}] | to_json }}}}", "dest": str(home / "results")}
    (play,) = yaml.safe_load(PLAY)
    play["tasks"] = [*(task(case, folder) for case in CASES), {"ansible.builtin.copy": kept}]
    (home / "play.json").write_text(json.dumps([play]))
    env = environment(home, {})
    program = str(Path(sys.executable).parent / "ansible-playbook")
    command = [program, "-vvv", str(home / "play.json")]
    ran = subprocess.run(command, check=False, cwd=CHECKOUT, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return Tried(folder, ran.stdout + ran.stderr, json.loads((home / "results").read_text()))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_wrong_is_a_sentence_that_names_the_argument(case: Case, tried: Tried) -> None:
    result = tried.results[CASES.index(case)]
    assert result["failed"]
    assert case.names in result["msg"].split("Supported parameters")[0]
    assert "\n" not in result["msg"]
    assert SECRET not in result["msg"]


def test_nothing_was_written(tried: Tried) -> None:
    assert list(tried.folder.iterdir()) == []


def test_nothing_broke(tried: Tried) -> None:
    assert "Traceback" not in tried.output


def test_our_own_sentences_show_no_secret(tried: Tried) -> None:
    """Ansible may quote the line of a play that it has found an error in, so only what an action says is looked at."""
    assert [result for result in tried.results if SECRET in json.dumps(result)] == []

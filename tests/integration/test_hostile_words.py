# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that repeats what it was told in confidence: no secret, and no escape sequence, comes out of any module.

It has them in codes, messages, headers, request ids, names in listings, tags, policies and stored texts, however spelt.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler
import importlib
import json
from pathlib import Path
import re
import secrets
from typing import Any
from urllib.parse import parse_qs, quote

from overheard import overheard
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation
from ansible_collections.assumerole.s3.plugins.module_utils._verification.progress import telling
from ansible_collections.assumerole.s3.plugins.plugin_utils._module_call import call
from lab.account import allow, new_account, operator_of
from lab.checkout import CHECKOUT, Json
from lab.emulator import Emulator
from lab.home import credentials_file
from lab.play import ansible
from lab.server import serving

OPERATORS, OPERATORS_TOKEN = "operators/EXAMPLE+secret/0123456789abcdef", "IQoJb3JpZ2luOPERATORSEXAMPLE/a+b/c=="
USERS = "users/EXAMPLE+secret/0123456789abcdefghi"
SESSIONS, SESSIONS_TOKEN = "sessions/EXAMPLE+secret/0123456789abcdef", "FwoGZXIvYXdzSESSIONSEXAMPLE/a+b/c=="

ACCOUNT = "123456789012"
ROLE, USER = f"arn:aws:iam::{ACCOUNT}:role/partner-exchange", f"arn:aws:iam::{ACCOUNT}:user/partner"
CONTRACT = {"user": "partner", "role": "partner-exchange", "bucket": "example-partner", "prefix": "team/"}

#: What a terminal obeys: a title, colours, and characters that turn the line around.
TERMINAL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e"


def repeated(*told: str) -> str:
    """The secrets in every spelling, among what a terminal obeys."""
    spelt = [
        text
        for secret in told
        for text in (
            secret,
            quote(secret, safe=""),
            quote(quote(secret, safe="")),
            json.dumps(secret).replace("/", "\\/"),
            b64encode(f"x{secret}".encode()).decode(),
            f"{secret[:11]}\r\n {secret[11:]}",
            f"{secret[:11]}{TERMINAL}{secret[11:]}",
        )
    ]
    return TERMINAL + " ".join(spelt)


class Hostile:
    """What is said; ``told`` are the secrets that the server was told or has made."""

    def __init__(self, manner: str, *told: str) -> None:
        self.manner, self.words = manner, repeated(*told)

    def answer(self, method: str, path: str, body: str, target: str) -> tuple[int, str]:
        """Status and body."""
        if self.manner == "refuses":
            return 403, refusal(self.words, target)
        if self.manner == "babbles":
            return 200, f"<a {self.words}"
        if target:
            return 200, json.dumps(self._stored(target))
        if method != "GET" and "Action=" not in body:
            return 403, refusal(self.words, target)
        action = parse_qs(body).get("Action", [""])[0]
        return self._said(action) if action else self._of_the_bucket(path)

    def _stored(self, target: str) -> Json:
        """A key of the user's, as Secrets Manager and Systems Manager give it."""
        text = json.dumps({"AccessKeyId": "AKIAUSER", "SecretAccessKey": USERS, "Owner": USER, "More": self.words})
        if target.endswith("GetParameter"):
            return {"Parameter": {"Name": self.words, "Value": text}}
        return {"Name": self.words, "SecretString": text, "ARN": self.words}

    def _said(self, action: str) -> tuple[int, str]:
        """IAM and STS, which know a contract and more than is good."""
        words = escape(printable(self.words))
        policy = escape(json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": self.words, "Effect": self.words}]}))
        tags = f"<Tags><member><Key>{words}</Key><Value>{words}</Value></member></Tags>"
        made = "<CreateDate>2020-01-01T00:00:00Z</CreateDate>"
        trust = f"<AssumeRolePolicyDocument>{policy}</AssumeRolePolicyDocument>"
        key = f"<AccessKeyId>AKIAUSER</AccessKeyId><SecretAccessKey>{USERS}</SecretAccessKey>"
        role = f"<Arn>{ROLE}</Arn><RoleName>{words}</RoleName>{made}{tags}{trust}"
        session = (
            f"<AccessKeyId>ASIASESSION</AccessKeyId><SecretAccessKey>{SESSIONS}</SecretAccessKey>"
            f"<SessionToken>{SESSIONS_TOKEN}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
        )
        known = {
            "GetCallerIdentity": f"<Arn>{USER}</Arn><Account>{ACCOUNT}</Account><UserId>{words}</UserId>",
            "AssumeRole": (
                f"<Credentials>{session}</Credentials><AssumedRoleUser><Arn>{words}</Arn>"
                f"<AssumedRoleId>{words}</AssumedRoleId></AssumedRoleUser>"
            ),
            "GetUser": f"<User><UserName>{words}</UserName><Arn>{USER}</Arn>{made}{tags}</User>",
            "GetRole": f"<Role>{role}</Role>",
            "ListRoles": f"<Roles><member>{role}</member></Roles>",
            "ListUserPolicies": f"<PolicyNames><member>{words}</member></PolicyNames>",
            "ListRolePolicies": f"<PolicyNames><member>{words}</member></PolicyNames>",
            "GetRolePolicy": f"<PolicyDocument>{policy}</PolicyDocument>",
            "GetUserPolicy": f"<PolicyDocument>{policy}</PolicyDocument>",
            "ListGroupsForUser": f"<Groups><member><GroupName>{words}</GroupName></member></Groups>",
            "CreateAccessKey": f"<AccessKey><UserName>{words}</UserName>{key}<Status>{words}</Status></AccessKey>",
            "ListAccessKeys": (
                f"<AccessKeyMetadata><member><AccessKeyId>{words}</AccessKeyId><Status>Active</Status>{made}</member>"
                "</AccessKeyMetadata>"
            ),
        }
        inner = known.get(action, "")
        request = f"<ResponseMetadata><RequestId>{words}</RequestId></ResponseMetadata>"
        return 200, f"<{action}Response><{action}Result>{inner}</{action}Result>{request}</{action}Response>"

    def _of_the_bucket(self, path: str) -> tuple[int, str]:
        """S3, with a stranger's statement, tag and object."""
        words = escape(printable(self.words))
        if "policy" in path.partition("?")[2]:
            statement = {"Sid": self.words, "Effect": "Allow", "Principal": self.words, "Action": self.words}
            return 200, json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Resource": self.words}]})
        if "tagging" in path:
            return 200, f"<Tagging><TagSet><Tag><Key>{words}</Key><Value>{words}</Value></Tag></TagSet></Tagging>"
        listed = f"<Key>team/{words}</Key><VersionId>{words}</VersionId><IsLatest>true</IsLatest>"
        return 200, f"<List><Name>{words}</Name><Contents>{listed}</Contents><Version>{listed}</Version></List>"


def refusal(words: str, target: str) -> str:
    if target:
        return json.dumps({"__type": f"AccessDenied{TERMINAL}", "message": words})
    said = escape(printable(words))
    return (
        f"<ErrorResponse><Error><Code>AccessDenied{said}</Code><Message>{said}</Message></Error>"
        f"<RequestId>{said}</RequestId></ErrorResponse>"
    )


def printable(words: str) -> str:
    """What XML can hold: https://www.w3.org/TR/xml/#charsets"""
    return words.replace(TERMINAL, "\x9b31m\u202e")


@contextmanager
def served(hostile: Hostile) -> Iterator[str]:
    """The address of a server on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
            target = self.headers.get("X-Amz-Target", "")
            status, text = hostile.answer(self.command, self.path, body, target)
            said = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            # What breaks a header would end it.
            header = re.sub("[\r\n\u202e]", " ", hostile.words)
            for name in ("x-amzn-RequestId", "x-amz-request-id", "x-amz-id-2", "x-amz-version-id", "ETag"):
                self.send_header(name, header)
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer  # noqa: N815 - the base class's names

        def log_message(self, *_arguments: object) -> None:
            pass

    with serving(Handler) as url:
        yield url


OPERATOR = {"access_key": "ASIAOPERATOR", "secret_key": OPERATORS, "session_token": OPERATORS_TOKEN}
KEY = {"access_key": "AKIAUSER", "secret_key": USERS}
STATEMENT = {"Sid": "Ours", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
KEYS = {"outside": "team.access-check-operator-0123abcd-7-0123456789abcdef"}
STORED = {"owner": USER, "path": "/team/partner"}
NEW = {"state": "present", "access_key_id": "AKIAUSER", "secret_access_key": USERS}

#: Each module that talks to AWS, as who, and what of its result it was asked for.
ASKED: dict[str, Json] = {
    "access_audit": {**OPERATOR, "contract": CONTRACT},
    "access_check": {**KEY, "contract": CONTRACT, "role_arn": ROLE},
    "access_key_proof": {**KEY, "role_arn": ROLE, "caller_arn": USER},
    "access_key_proof of a dead key": {**KEY, "state": "dead"},
    "access_plan": {**OPERATOR, "contract": CONTRACT, "kept_in": {"store": "ssm", "path": "/team/partner"}},
    "access_plan of a teardown": {**OPERATOR, "contract": CONTRACT, "verb": "teardown", "force_destroy": True},
    "access_survey": {**OPERATOR, "contract": {**CONTRACT, "account_id": ACCOUNT}},
    "bucket_objects": {**OPERATOR, "bucket": "example-partner", "prefix": "team/", "state": "absent"},
    "bucket_statements": {
        **OPERATOR,
        **{"bucket": "example-partner", "account_id": ACCOUNT, "statements": [STATEMENT]},
    },
    **{
        f"probe_objects that are {state}": {**OPERATOR, "bucket": "example-partner", "keys": KEYS, "state": state}
        for state in ("present", "absent")
    },
    "role_session": {**KEY, "contract": CONTRACT, "role_arn": ROLE},
    **{f"stored_access_key in {store}": {**OPERATOR, **STORED, "store": store} for store in ("ssm", "secretsmanager")},
    **{
        f"stored_access_key to {store}": {**OPERATOR, **STORED, **NEW, "store": store}
        for store in ("ssm", "secretsmanager")
    },
    **{f"user_access_key to {step}": {**OPERATOR, "user": "partner", "step": step} for step in ("look", "make")},
    "user_access_key to delete": {**OPERATOR, "user": "partner", "step": "delete", "access_key_id": "AKIAUSER"},
}

#: What is handed over, at the places that are documented to have it.
HANDED = {
    "role_session": {("credentials", "secret_key"), ("credentials", "session_token")},
    "stored_access_key in ssm": {("secret_access_key",), ("credentials", "secret_key")},
    "stored_access_key in secretsmanager": {("secret_access_key",), ("credentials", "secret_key")},
    "user_access_key to make": {("secret_access_key",)},
}
WAITING = ("access_audit", "access_check", "access_key_proof", "access_plan", "user_access_key")

#: What has no connection to AWS, or none of its own.
OTHERS = {
    "access_contract",
    "access_report",
    "access_report_index",
    "aws_profile",
    "access_verdict",
    "change_note",
    "explained",
    "kept_access_key",
    "role_session_file",
    "shown_lines",
}


def result_of(name: str, url: str, **more: Any) -> Json:
    """What the module returns that is asked so."""
    module = name.split(maxsplit=1)[0]
    patience = {"wait_timeout": 0} if module in WAITING else {}
    once = {"endpoint_url": url, "region": "us-east-1", "aws_config": {"retries": {"total_max_attempts": 1}}}
    exported = {
        "AWS_SECRET_ACCESS_KEY": OPERATORS,
        "AWS_SESSION_TOKEN": OPERATORS_TOKEN,
        "AWS_ACCESS_KEY_ID": "ASIAOPERATOR",
    }
    main = importlib.import_module(f"ansible_collections.assumerole.s3.plugins.modules.{module}").main
    arguments = {**once, **patience, **ASKED[name], **more, "_ansible_diff": True, "_ansible_verbosity": 4}
    return call(main, arguments, exported)


def without(found: Any, handed: set[tuple[str, ...]], where: tuple[str, ...] = ()) -> Any:
    """The result but for what was asked for."""
    if isinstance(found, Mapping):
        inner = {name: (value, (*where, str(name))) for name, value in found.items()}
        return {name: without(value, handed, place) for name, (value, place) in inner.items() if place not in handed}
    return found


def leaks(text: str, held: tuple[str, ...]) -> list[str]:
    """What of the secrets, or for a terminal, is in a text; JSON and such have been undone."""
    forms = {secret: secret for secret in held}
    forms |= {f"base64 of {secret}": b64encode(f"xxx{secret}".encode()).decode()[4:-4] for secret in held}
    forms |= {f"half of {secret}": secret[11:] for secret in held}
    forms |= {f"base64 of x{secret}": b64encode(f"x{secret}".encode()).decode()[4:-4] for secret in held}
    plain = text
    for _times in range(3):
        plain = re.sub(r"%([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), plain)
    plain = re.sub(r"\\([/\"])|\s+", r"\1", plain)
    found = [name for name, form in forms.items() if form in text or form in plain]
    return found + [repr(sign) for sign in "\x1b\x07\x9b\u202e\r" if sign in text]


def texts(found: Any) -> Iterator[str]:
    """All strings of a result, names among them."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, Mapping):
        for name, value in found.items():
            yield from texts(name)
            yield from texts(value)
    elif isinstance(found, (list, tuple)):
        for item in found:
            yield from texts(item)
    elif not isinstance(found, (int, float, type(None))):
        yield str(found)


def known_to(name: str, manner: str) -> tuple[str, ...]:
    """What the module holds when it ends: its own, what is exported, and what a session or a store gave it."""
    mine = {USERS} if "secret_access_key" in ASKED[name] or ASKED[name].get("secret_key") == USERS else set[str]()
    read = {USERS} if manner == "agrees" and name in HANDED else set[str]()
    begun = {SESSIONS, SESSIONS_TOKEN} if manner == "agrees" and name == "access_check" else set[str]()
    return tuple(sorted({OPERATORS, OPERATORS_TOKEN} | mine | read | begun))


def test_every_module_is_asked() -> None:
    modules = {path.stem for path in (CHECKOUT / "plugins" / "modules").glob("*.py")}
    assert {name.split()[0] for name in ASKED} | OTHERS == modules


@pytest.mark.parametrize("manner", ["refuses", "babbles", "agrees"])
@pytest.mark.parametrize("name", ASKED)
def test_nothing_that_a_server_repeats_comes_out(name: str, manner: str, tmp_path: Path) -> None:
    held, plan = known_to(name, manner), tmp_path / "plan.json"
    more = {"plan_file": str(plan)} if name.startswith("access_plan") else {}
    with served(Hostile(manner, *held)) as url:
        found = result_of(name, url, **more)
    assert found.get("msg") or not found.get("failed")
    handed = HANDED.get(name, set()) if manner == "agrees" else set()
    rest = without(found, handed)
    assert {text: leaks(text, held) for text in texts(rest) if leaks(text, held)} == {}
    if plan.exists():
        kept = list(texts(json.loads(plan.read_text())))
        assert [text for text in kept if leaks(text, held)] == []


FORMS = ("access-report.json", "access-report.xml", "access-report.html")


@pytest.mark.parametrize("manner", ["refuses", "agrees"])
def test_no_report_repeats_it(manner: str, tmp_path: Path) -> None:
    held = known_to("access_check", manner)
    with served(Hostile(manner, *held)) as url:
        found = result_of("access_check", url, fail_on_violation=False)
    assert found["checks"]
    found = {name: value for name, value in found.items() if name not in ("warnings", "deprecations")}
    module = importlib.import_module("ansible_collections.assumerole.s3.plugins.modules.access_report")
    written = call(module.main, {"result": found, "contract": CONTRACT, "path": str(tmp_path)}, {})
    assert not written.get("failed"), written
    for form in FORMS:
        text = (tmp_path / form).read_text()
        assert leaks(text, held) == []


def test_the_progress_repeats_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", OPERATORS_TOKEN)
    seen = Observation(Answer(code=f"Access{repeated(OPERATORS_TOKEN)}"), True, 1, 1, ())
    telling(str(tmp_path / "told"))(3.0, {"identity": seen})
    said = (tmp_path / "told").read_text().rstrip("\n")
    assert "Access" in said
    assert leaks(said, (OPERATORS_TOKEN,)) == []


def test_a_module_that_is_told_where_the_key_is_asks_as_nobody_else() -> None:
    kept_in = {"store": "ssm", "path": "/team/partner"}
    found = result_of("role_session", "http://127.0.0.1:1", kept_in=kept_in)
    assert found["msg"] == "kept_in is read where Ansible runs: use this module as a task of a playbook."


#: How the operator is given a session: by the environment, or by a profile.
GIVEN = ("environment", "profile")


def operators_session(emulator: Emulator) -> dict[str, str]:
    """A session of somebody who may do everything."""
    operator = operator_of(emulator, [allow("*")])
    client = emulator.client("sts", operator["AWS_ACCESS_KEY_ID"], operator["AWS_SECRET_ACCESS_KEY"])
    made = client.get_session_token()["Credentials"]
    return {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
        "aws_session_token": made["SessionToken"],
    }


@pytest.mark.parametrize("verbosity", [(), ("-vvv",)], ids=["", "vvv"])
@pytest.mark.parametrize("given", GIVEN)
def test_what_a_module_of_amazon_aws_met_is_explained_without_it(
    given: str, verbosity: tuple[str, ...], enforcing: Emulator, tmp_path: Path
) -> None:
    """The plan is known, and then making the user is refused by somebody who repeats the operator's secrets."""
    session, tag = operators_session(new_account(enforcing)), secrets.token_hex(4)
    told = (session["aws_secret_access_key"], session["aws_session_token"])
    operator = {name.upper(): value for name, value in session.items()}
    if given == "profile":
        settings = "".join(f"{name} = {value}\n" for name, value in session.items())
        credentials_file(tmp_path).parent.mkdir(parents=True, exist_ok=True)
        credentials_file(tmp_path).write_text(f"[operator]\n{settings}")
        operator = {"AWS_PROFILE": "operator"}

    def refuse_to_make(body: bytes) -> tuple[int, bytes] | None:
        return (403, refusal(repeated(*told), "").encode()) if b"Action=CreateUser" in body else None

    contract = {f"bucket_access_{what}": f"{what}-{tag}" for what in ("user", "role", "bucket")}
    with overheard(enforcing, refuse_to_make) as heard:
        ran = ansible(
            "ansible-playbook",
            *("playbooks/provision.yml", "-e", json.dumps(contract), *verbosity),
            home=tmp_path,
            emulator=heard.emulator,
            operator=operator,
        )
    assert ran.code == 2
    assert ran.sentence.startswith("The operator may not do this (")
    assert leaks(ran.output, told) == []

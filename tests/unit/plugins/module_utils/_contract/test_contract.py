# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import FIELDS, MORE_RULES
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, folder
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import USER, Principal
from ansible_collections.assumerole.s3.plugins.module_utils._contract.problems import problems
from ansible_collections.assumerole.s3.plugins.module_utils._contract.services import ROWS as SERVICES
from ansible_collections.assumerole.s3.plugins.module_utils._contract.services import Service

SWITCHES = [name for name, field in FIELDS.items() if field.type == "bool"]
RULES = [name for name, field in FIELDS.items() if field.rule or field.choices or field.type in ("bool", "dict")]
RULES += MORE_RULES

SECONDS = [3600, "3600", 7200, 43200]

#: Subjects that say whose they are.
TOKENS = [
    ("https://token.actions.githubusercontent.com", ["repo:example/exchange:ref:refs/heads/main"]),
    ("token.actions.githubusercontent.com", ["repo:example/exchange:*", "repo:example/apps:environment:live"]),
    ("https://token.actions.githubusercontent.com/", "repository_owner_id:4711:*"),
    ("https://token.actions.githubusercontent.com", ["repo:example/*"]),
    ("https://gitlab.com", ["project_path:example/exchange:ref_type:branch:ref:main", "project_path:example/*"]),
    (
        "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
        ["system:serviceaccount:exchange:loader", "system:serviceaccount:exchange:*"],
    ),
    ("https://app.terraform.io", ["organization:example:project:*"]),
    ("https://oidc.circleci.com/org/4711", ["org/4711/project/4712/user/*"]),
    ("https://api.bitbucket.org/2.0/workspaces/example/pipelines-config/identity/oidc", ["{" + "0" * 36 + "}:*"]),
    ("https://login.example", ["auth0|4711", "somebody"]),
]

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY = KEY.replace("1234abcd", "4321dcba")

GOOD: dict[str, list[Any]] = {
    "bucket": ["abc", "a1b", "taka-assume-role-test", "a.b", "0a0", "x" * 63, "1.2.3.4x", "256-1-1-1"],
    "user": ["a", "taka_assume_role_bucket_executor", "a+=,.@-_", "N" * 64],
    "role": ["a", "taka_assume_role_bucket_maintainer", "a+=,.@-_", "N" * 64],
    "role_arn": [
        "arn:aws:iam::123456789012:role/partner",
        "arn:aws-cn:iam::123456789012:role/partner",
        "arn:aws-us-gov:iam::123456789012:role/team/x/partner",
        "arn:aws:iam::RGW12345678901234567:role/partner",
    ],
    "caller_arn": [
        "arn:aws:iam::123456789012:user/partner",
        "arn:aws:iam::123456789012:user/team/x/partner",
        "arn:aws:iam::RGW12345678901234567:user/partner",
    ],
    "permissions": [["list"], ["delete", "list"], list(PERMISSIONS), "read, list", "write"],
    "prefix": ["", "team", "team/", "team/reports/", "a b/ü/", ".hidden/", "x" * 899, "x" * 899 + "/", "team/..a/.b./"],
    "trusted": [
        [],
        [{"arn": "arn:aws:iam::123456789012:role/partner"}],
        [{"arn": "arn:aws-cn:iam::210987654321:user/team/partner", "external_id": "theirs", "profile": "theirs"}],
        [{"service": "ec2.amazonaws.com"}, {"service": "ecs-tasks.amazonaws.com", "source_account": 123456789012}],
        [{"service": "ec2.amazonaws.com.cn", "source_account": "none"}],
        [{"service": "pods.eks.amazonaws.com", "source_arn": "arn:aws:eks:eu-central-1:123456789012:cluster/exchange"}],
        [{"service": "glacier.amazonaws.com", "source_account": "none"}],
        [{"service": "config.amazonaws.com", "source_account": "123456789012", "source_arn": None}],
        *([{"oidc": host, "audience": "sts.amazonaws.com", "subjects": subjects}] for host, subjects in TOKENS),
        [{"arn": f"arn:aws:iam::21098765432{number}:role/partner", "external_id": None} for number in (1, 2)],
    ],
    "external_id": ["", "ab", "contract-4711", "a:b/c=d,e.f@g+h_i", "x" * 1224],
    "session_name": ["ab", "assumerole-s3-access-check", "x" * 64],
    "max_session_duration": SECONDS,
    "duration_seconds": [900, "900", *SECONDS],
    "account_id": ["123456789012", "000000000000", 123456789012, "RGW12345678901234567"],
    "region": ["us-east-1", "eu-central-1", "us-gov-west-1", "ap-southeast-7", "eusc-de-east-1", "default"],
    "tags": [
        {},
        {"team": "x"},
        {"k" * 128: "v" * 256},
        {str(number): "" for number in range(48)},
        {"a b/é": "x_y.z:1=2+3-4@5"},
    ],
    "encryption": ["AES256", "aws:kms"],
    "permissions_boundary": [
        "arn:aws:iam::123456789012:policy/delegated",
        "arn:aws:iam::aws:policy/PowerUserAccess",
        "arn:aws-cn:iam::123456789012:policy/team/x/delegated",
    ],
    "path": ["/", "/partners/", "/team/x.y_z:1/", "/" + "x" * 510 + "/"],
    "user_profile": ["default", "partner", "a@b", "sso/dev:1", "x" * 128],
    "role_profile": ["default", "partner", "a@b", "sso/dev:1", "x" * 128],
    "other_roles": [[], ["reports"], "one, two"],
    "expected_principals": [[], ["arn:aws:iam::123456789012:role/admin"], "ec2.amazonaws.com, arn:aws:iam::*:root"],
    "forbidden_buckets": [[], ["other-bucket"], ["a-1", "b-1", "c-1"], "one-1, two-2"],
    "kms_key": [KEY, KEY.replace(":aws:", ":aws-us-gov:"), "arn:aws:kms:eu-west-1:123456789012:key/mrk-" + "0a" * 16],
    "forbidden_kms_keys": [[]],  # others need a key: below
    "wait_timeout": [0, "0", 120, 3600],
    "changed_at": ["2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00.123456+01:00"],
    "key_store": ["profile", "secretsmanager", "ssm", "none"],  # vault_file needs a path: below
    "access_key_id": ["", "AKIAIOSFODNN7EXAMPLE", "A" * 16, "Z9" * 64],
    "rotate_after_days": [0, "0", 0.5, 90, 3650],
    "requests_per_second": [0.001, "0.5", 1, "10", 1e6],
    "rotation_grace": [0, "0", 86400, 31536000],
    "profile_duration_seconds": [900, "900", 3600],
    "outsider_profile": ["default", "somebody-else"],
    "outside_proxy": ["", "http://proxy.example:3128", "https://10.1.2.3", "http://[2001:db8::1]:3128/", "http://p_1"],
    "source_ips": [
        [],
        "",
        ["203.0.113.7"],
        ["203.0.113.0/24", "2001:db8::/32"],
        "203.0.113.0/24, 198.51.100.7",
        ["0.0.0.0/1"],
        ["10.0.0.0/8"],
        ["::1"],
    ],
    "vpc_endpoints": [[], ["vpce-0123456789abcdef0"], "vpce-0123abcd,vpce-0123abce"],
    "organization_id": ["", "o-a1b2c3d4e5", "o-" + "x" * 32],
    "mfa_code": ["", "012345", 123456],
    "adopt": [[], ["user", "role", "bucket", "profile"], "user, role"],
    "manage": [[], ["user", "role", "bucket"], ["bucket"]],
    "fail_on": [["violated"], ["inconclusive", "violated"], "violated, inconclusive"],
    **{name: [True, False] for name in SWITCHES},
    "mfa_serial": ["", "arn:aws:iam::123456789012:mfa/partner", "GAHT12345678", "x" * 256],
}

BAD: dict[str, list[Any]] = {
    "trusted": [{}, "theirs", ["theirs"], [{"arn": "*"}]],
    "bucket": [
        "ab",
        "x" * 64,
        "No_Bucket",
        "UPPER",
        "-abc",
        "abc-",
        ".abc",
        "abc.",
        "a..b",
        "192.168.0.1",
        "xn--abc",
        "sthree-abc",
        "amzn-s3-demo-abc",
        "abc-s3alias",
        "abc--ol-s3",
        "abc.mrap",
        "abc--x-s3",
        "abc--table-s3",
        "abc\n",
        "a b",
        "bücket",
        "",
    ],
    "user": ["", "x" * 65, "a b", "a/b", "ä", "a\n", "a*"],
    "role": ["", "x" * 65, "a b", "a/b", "ä", "a\n", "a*"],
    "role_arn": [
        "",
        "partner",
        "arn:aws:iam::12345678901:role/partner",
        "arn:aws:iam::123456789012:user/partner",
        "arn:aws:sts::123456789012:assumed-role/partner/session",
        "arn:aws:iam::123456789012:role/",
        "arn:aws:iam::123456789012:role/a b",
        "arn:aws:iam::123456789012:role/partner\n",
    ],
    "caller_arn": ["", "partner", "arn:aws:iam::123456789012:role/partner", "arn:aws:iam::123456789012:root"],
    "permissions": [[], "", ["listen"], "read, admin", ["read", "read"], ["List"], "*"],
    "prefix": [
        "/",
        "/team",
        "a//b",
        ".",
        "..",
        "./team",
        "team/../",
        "team/./reports/",
        "team/..",
        "team/*",
        "te?m",
        "${aws:username}",
        "a\nb",
        "a\x7fb",
        "a\ud800b",
        "x" * 900,
        "ü" * 450,
    ],
    "external_id": ["x", "x" * 1225, "a b", "a;b", "ab\n", "ü-umlaut"],
    "session_name": ["", "x", "x" * 65, "a b", "a:b"],
    "max_session_duration": [3599, 43201, 0, -1, "soon", "", 3600.5, True],
    "duration_seconds": [899, 43201, 0, -1, "soon", "", 900.5, True],
    "account_id": [
        *("", "12345678901", "1234567890123", "12345678901a", 12345678901, "123456789012\n", "١٢٣٤٥٦٧٨٩٠١٢"),
        *("RGW1234567890123456", "RGW123456789012345678", "rgw12345678901234567", "RGW123456789012", "RGW", "root"),
    ],
    "region": ["", "us", "us-east", "useast1", "US-EAST-1", "us-east-1a", "us_east_1", "us-east-1\n", "Default"],
    "tags": [
        {"": "x"},
        {"k" * 129: "x"},
        {"aws:team": "x"},
        {"AWS:team": "x"},
        {"team": "v" * 257},
        {str(number): "" for number in range(49)},
        {"team": "a,b"},
        {"Team": "x", "team": "y"},
        "team=x",
    ],
    "encryption": ["", "aes256", "none", "aws:kms:dsse"],
    "permissions_boundary": [
        "",
        "delegated",
        "arn:aws:iam::123456789012:role/delegated",
        "arn:aws:iam::12345678901:policy/delegated",
        "arn:aws:iam::123456789012:policy/a b",
        "arn:aws:iam::123456789012:policy/delegated\n",
    ],
    "path": [
        "",
        "partners",
        "/partners",
        "partners/",
        "//",
        "/a b/",
        "/*/",
        "/${aws:username}/",
        "/" + "x" * 511 + "/",
    ],
    "user_profile": ["", "a b", "a]", "[a", "a\nb", "x" * 129, "a#b"],
    "role_profile": ["", "a b", "a]", "[a", "a\nb", "x" * 129, "a#b"],
    "other_roles": [["a/b"], ["fine", ""]],
    "expected_principals": [["*"], ["admin"], ["arn:aws:s3:::bucket"], [""]],
    "forbidden_buckets": [["No_Bucket"], ["fine-1", "x"], "fine-1, No_Bucket"],
    "kms_key": [
        "",
        "alias/exchange",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        KEY.replace("key/", "alias/"),
        KEY.replace(":kms:", ":s3:"),
        KEY.replace("123456789012", "12345"),
        KEY.replace("eu-central-1", "*"),
        KEY + "\n",
        KEY + "*",
    ],
    "forbidden_kms_keys": [["alias/other"], f"{KEY}, other"],
    "wait_timeout": [-1, 3601, "soon", "", 1.5],
    "changed_at": ["", "yesterday", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z", 0],
    "key_store": ["", "file", "PROFILE", "vault"],
    "access_key_id": ["A" * 15, "A" * 129, "akiaiosfodnn7example", "AKIA IOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE\n"],
    "rotate_after_days": [-1, 3651, "soon", "", "nan"],
    "requests_per_second": [0, "0", -1, 1e-9, "soon", "", "nan", "inf", float("inf"), True, [1]],
    "rotation_grace": [-1, 31536001, "soon", "", 1.5],
    "profile_duration_seconds": [899, 43201, 0, "soon", ""],
    "outsider_profile": ["", "a b"],
    "outside_proxy": [
        "proxy:3128",
        "socks5://proxy",
        "http://user:secret@proxy",
        "http://",
        "http://a b",
        "http://a/b",
    ],
    "source_ips": [
        ["203.0.113.7/24"],
        ["203.0.113"],
        ["*"],
        [""],
        ["0.0.0.0/0"],
        ["::/0"],
        ["203.0.113.7", "::/0"],
        ["0.0.0.0/1", "128.0.0.0/1"],
        ["203.0.113.7", "203.0.113.7/32"],
        ["${aws:SourceIp}"],
    ],
    "vpc_endpoints": [["vpc-0123456789abcdef0"], ["vpce-*"], ["vpce-xyz"], ["vpce-0123abcd", "vpce-0123abcd"]],
    "organization_id": ["a1b2c3d4e5", "o-*", "o-short", "r-a1b2", "o-A1B2C3D4E5"],
    "mfa_code": ["12345", "1234567", "12345a", 12345, "123456\n"],
    "fail_on": [[], ["inconclusive"], ["verified"], ["violated", "violated"]],
    "adopt": [["everything"], ["user", "user"], "key"],
    "manage": [["profile"], ["role", "role"]],
    **{name: ["maybe", "true", 1] for name in SWITCHES},
    "mfa_serial": ["short", "x" * 257, "a b c d e f", "arn:aws:iam::123456789012:mfa/partner\n"],
}


def cases(table: dict[str, list[Any]]) -> list[tuple[str, Any]]:
    return [(name, value) for name, values in table.items() for value in values]


def test_every_rule_has_good_and_bad_values_here() -> None:
    assert set(GOOD) == set(BAD) == set(RULES)


KEYS = [
    ({"kms_key": KEY, "encryption": "AES256"}, "kms_key is a key of KMS, and bucket_access_encryption is AES256"),
    (
        {"kms_key": KEY, "region": "eu-west-1"},
        "kms_key is a key of eu-central-1, and bucket_access_region is eu-west-1",
    ),
    ({"forbidden_kms_keys": [OTHER_KEY]}, "forbidden_kms_keys names keys, and bucket_access_kms_key none"),
    ({"kms_key": KEY, "forbidden_kms_keys": [OTHER_KEY, KEY]}, f"forbidden_kms_keys has {KEY}, which is the key of"),
    ({"kms_key": KEY, "encryption": "aws:kms", "region": "eu-central-1", "forbidden_kms_keys": [OTHER_KEY]}, None),
]


@pytest.mark.parametrize(("values", "beginning"), KEYS)
def test_a_key_goes_with_its_region_and_with_no_other_encryption(values: dict[str, Any], beginning: str | None) -> None:
    found = problems(values)
    assert [sentence.startswith(f"bucket_access_{beginning}") for sentence in found] == ([True] if beginning else [])


def test_a_contract_with_a_key_has_its_bucket_encrypt_by_kms() -> None:
    assert Contract.of({"bucket": "abc", "kms_key": KEY}).encryption == "aws:kms"
    assert Contract.of({"bucket": "abc"}).encryption is None


@pytest.mark.parametrize(("name", "value"), cases(GOOD))
def test_a_possible_value_is_no_problem(name: str, value: Any) -> None:
    assert problems({name: value}) == []


@pytest.mark.parametrize(("name", "value"), cases(BAD))
def test_an_impossible_value_is_one_sentence_that_names_the_variable(name: str, value: Any) -> None:
    (sentence,) = problems({name: value})
    assert sentence.startswith(
        (f"bucket_access_{name} is ", f"bucket_access_{name} has ", f"bucket_access_{name} names ")
    )
    assert sentence.endswith(".")
    assert not sentence.endswith("..")
    assert "\n" not in sentence


@pytest.mark.parametrize("name", [name for name in RULES if name not in ("bucket", "user", "role")])
def test_a_missing_value_is_not_judged(name: str) -> None:
    assert problems({name: None}) == []
    assert problems({}) == []


SENTENCES = [
    (
        {"bucket": "No_Bucket"},
        "bucket_access_bucket is 'No_Bucket', not a bucket name: use 3 to 63 lowercase letters, digits, dots and "
        "hyphens, with a letter or digit at both ends.",
    ),
    (
        {"bucket": "192.168.0.1"},
        "bucket_access_bucket is '192.168.0.1', not a bucket name: it has two dots in a row or looks like an IP "
        "address.",
    ),
    (
        {"permissions": ["read", "listen"]},
        "bucket_access_permissions has 'listen', not a permission: choose from list, read, write, delete, multipart, "
        "tags, locate, list_all, versions.",
    ),
    (
        {"permissions": []},
        "bucket_access_permissions is empty, so the role could do nothing: choose from list, read, write, delete, "
        "multipart, tags, locate, list_all, versions.",
    ),
    (
        {"source_ips": ["203.0.113.7/24"]},
        "bucket_access_source_ips has '203.0.113.7/24', an address inside of a network: write 203.0.113.0/24, or the "
        "address alone.",
    ),
    (
        {"source_ips": ["everywhere"]},
        "bucket_access_source_ips has 'everywhere', not a network: write it like 203.0.113.0/24, or an address like "
        "203.0.113.7.",
    ),
    (
        {"source_ips": ["128.0.0.0/1", "0.0.0.0/1"]},
        "bucket_access_source_ips names every address (0.0.0.0/0): name the networks from which the role is used, or "
        "none.",
    ),
    (
        {"vpc_endpoints": ["vpc-0123456789abcdef0"]},
        "bucket_access_vpc_endpoints has 'vpc-0123456789abcdef0', not a VPC endpoint: write its id, like "
        "vpce-0123456789abcdef0.",
    ),
    (
        {"organization_id": "o-*"},
        "bucket_access_organization_id is 'o-*', not an organization: write its id, like o-a1b2c3d4e5.",
    ),
    (
        {"mfa_code": "no secret"},
        "bucket_access_mfa_code is not a code of an MFA device: write its six digits in quotes.",
    ),
    (
        {"outside_proxy": "http://me:secret@proxy:3128"},
        "bucket_access_outside_proxy is not a proxy's address: write it like http://proxy.example:3128, without a user "
        "or password.",
    ),
    (
        {"require_mfa": True, "mfa_serial": None},
        "bucket_access_require_mfa is true and bucket_access_mfa_serial is empty, so nobody could be asked for a code: "
        "give the ARN of the user's MFA device.",
    ),
    ({"permissions": "read,read"}, "bucket_access_permissions names a permission twice: keep one."),
    (
        {"prefix": "team/*"},
        "bucket_access_prefix is 'team/*', which has a character that means more in a policy: "
        "leave out * ? $ and controls.",
    ),
    (
        {"account_id": 12345},
        "bucket_access_account_id is '12345', not an AWS account id: write its 12 digits in quotes (on Ceph, "
        "RGW and 17 digits).",
    ),
    (
        {"max_session_duration": 60},
        "bucket_access_max_session_duration is '60': write whole seconds from 3600 to 43200.",
    ),
    (
        {"tags": {"aws:x": "1"}},
        "bucket_access_tags has the key 'aws:x': use 1 to 128 characters that do not begin with aws:.",
    ),
    (
        {"forbidden_buckets": ["x"]},
        "bucket_access_forbidden_buckets has an entry that is 'x', not a bucket name: use 3 to 63 lowercase "
        "letters, digits, dots and hyphens, with a letter or digit at both ends.",
    ),
    (
        {"bucket": "a" * 90},
        "bucket_access_bucket is '" + "a" * 77 + "...', not a bucket name: use 3 to 63 lowercase letters, "
        "digits, dots and hyphens, with a letter or digit at both ends.",
    ),
]


@pytest.mark.parametrize(("values", "sentence"), SENTENCES)
def test_the_sentence_says_what_is_wrong_and_what_to_write(values: dict[str, Any], sentence: str) -> None:
    assert problems(values) == [sentence]


TEXTS = sorted(name for name, field in FIELDS.items() if field.type == "str")


@pytest.mark.parametrize("value", [False, True, 0, 0o123, 1.10])
@pytest.mark.parametrize("name", [name for name in TEXTS if not FIELDS[name].digits])
def test_what_yaml_reads_as_no_text_is_none(name: str, value: Any) -> None:
    """``no``, ``0123`` and ``1.10`` are other texts by then."""
    (sentence,) = problems({name: value})
    assert sentence == f"bucket_access_{name} is '{value}', which YAML reads as no text: put it in quotes."


@pytest.mark.parametrize("value", [False, 0, 2024, 1.10])
def test_a_prefix_of_a_place_is_a_text(value: Any) -> None:
    """That of nothing would be the whole bucket."""
    (sentence,) = problems({"grants": [{"bucket": "abc", "prefix": value}]})
    assert sentence == f"bucket_access_grants[0].prefix is '{value}', which YAML reads as no text: put it in quotes."


def test_what_is_nothing_but_digits_may_be_a_number_and_no_truth() -> None:
    assert [name for name in TEXTS if FIELDS[name].digits] == ["account_id", "mfa_code"]
    assert problems({"account_id": 123456789012, "mfa_code": 123456}) == []
    assert len(problems({"account_id": True, "mfa_code": False})) == 2


def test_an_external_id_of_somebody_trusted_is_a_text() -> None:
    (sentence,) = problems({"trusted": [{"arn": "arn:aws:iam::123456789012:role/r", "external_id": 4711}]})
    assert sentence.endswith("whose external_id is '4711', which YAML reads as no text: put it in quotes.")


def test_each_wrong_value_gets_its_sentence() -> None:
    assert [sentence.split()[0] for sentence in problems({"role": "a b", "user": "", "bucket": "x"})] == [
        "bucket_access_bucket",
        "bucket_access_user",
        "bucket_access_role",
    ]


def test_the_module_names_its_options_without_the_roles_prefix() -> None:
    assert problems({"session_name": "x"}, naming="") == [
        "session_name is 'x', not a session name: use 2 to 64 letters, digits and characters of _+=,.@-."
    ]


CLASHES = [
    (
        {"bucket": "abc", "forbidden_buckets": ["other", "abc"]},
        "bucket_access_forbidden_buckets has 'abc', which is the bucket of the contract: remove it there.",
    ),
    (
        {"bucket": "abc", "forbidden_buckets": "other, abc"},
        "bucket_access_forbidden_buckets has 'abc', which is the bucket of the contract: remove it there.",
    ),
    (
        {"user_profile": "p", "role_profile": "p"},
        "bucket_access_user_profile and bucket_access_role_profile are both 'p': one profile cannot be the user and "
        "the role, so name them apart.",
    ),
    (
        {"metrics_file": "/m", "report_dir": "/r/a"},
        "bucket_access_metrics_file is given without bucket_access_report_index_dir, where what it tells of is read: "
        "name both folders.",
    ),
    (
        {"log_file": "/m"},
        "bucket_access_log_file is given without bucket_access_report_dir and bucket_access_report_index_dir, where "
        "what it tells of is read: name both folders.",
    ),
    (
        {"metrics_file": "/m", "log_file": "/m", "report_dir": "/r/a", "report_index_dir": "/r"},
        "bucket_access_metrics_file and bucket_access_log_file are both '/m': name them apart.",
    ),
    (
        {"credentials_file": "~/.aws/x", "config_file": "~/.aws/x"},
        "bucket_access_credentials_file and bucket_access_config_file are both '~/.aws/x': keys and settings need a "
        "file each.",
    ),
]


@pytest.mark.parametrize(("values", "sentence"), CLASHES)
def test_the_same_name_for_two_things_is_refused(values: dict[str, Any], sentence: str) -> None:
    assert problems(values) == [sentence]


STORE_CLASHES = [
    ({"key_store": "vault_file"}, "bucket_access_key_store_path is empty: name the file for bucket_access_key_store"),
    ({"key_store": "ssm", "key_store_path": "/a b"}, "bucket_access_key_store_path is '/a b', not a name for"),
    ({"key_store": "secretsmanager", "key_store_path": "/a//b"}, "bucket_access_key_store_path is '/a//b'"),
    (
        {"profile_duration_seconds": 7200, "max_session_duration": 3600},
        "bucket_access_profile_duration_seconds is 7200, and sessions of the role last at most",
    ),
]


@pytest.mark.parametrize(("values", "sentence"), STORE_CLASHES)
def test_a_store_that_cannot_be_used_is_one_sentence(values: dict[str, Any], sentence: str) -> None:
    (problem,) = problems(values)
    assert problem.startswith(sentence)


@pytest.mark.parametrize("store", ["profile", "none", "ssm", "secretsmanager"])
def test_only_a_vault_file_needs_a_path(store: str) -> None:
    assert problems({"key_store": store, "key_store_path": None}) == []
    assert problems({"key_store": store, "key_store_path": "/team/partner.key-1"}) == []


CI = {"oidc": "https://token.ci.example", "audience": "sts.amazonaws.com", "subjects": ["repo:o/r:ref:refs/heads/main"]}
TASKS = {"service": "ecs-tasks.amazonaws.com", "source_account": "123456789012"}
THEIR_ROLE, THEIR_USER = ({"arn": f"arn:aws:iam::210987654321:{kind}/theirs"} for kind in ("role", "user"))
LET_IN = "so AWS would never let it in: leave out one of them, or make a contract of its own for it."

#: A condition, whom it would shut out whatever they do, and why.
SHUT_OUT = [
    ({"require_mfa": True}, CI, "'https://token.ci.example', whose tokens say nothing of MFA to AWS"),
    ({"require_mfa": True}, TASKS, "'ecs-tasks.amazonaws.com', a service, which has no MFA"),
    (
        {"require_mfa": True},
        THEIR_ROLE,
        "'arn:aws:iam::210987654321:role/theirs', a role, whose sessions do not say whether there was MFA",
    ),
    (
        {"organization_id": "o-a1b2c3d4e5"},
        CI,
        "'https://token.ci.example', whose tokens are of no organization of AWS",
    ),
    (
        {"organization_id": "o-a1b2c3d4e5"},
        TASKS,
        "'ecs-tasks.amazonaws.com', a service, which belongs to no organization",
    ),
    (
        {"source_ips": ["203.0.113.7"]},
        TASKS,
        "'ecs-tasks.amazonaws.com', a service, which assumes the role from an address of its own",
    ),
]


@pytest.mark.parametrize("user", ["u", None])
@pytest.mark.parametrize(("terms", "item", "why"), SHUT_OUT)
def test_a_condition_that_shuts_somebody_trusted_out_is_refused(
    terms: dict[str, Any], item: dict[str, Any], why: str, user: str | None
) -> None:
    (name,) = terms
    values = {"user": user, "trusted": [THEIR_USER, item], "mfa_serial": "GAHT12345678", **terms}
    sentence = f"bucket_access_{name} is given, and bucket_access_trusted has {why}, {LET_IN}"
    assert problems(values) == [sentence]
    assert problems({**values, "trusted": [THEIR_USER]}) == []


@pytest.mark.parametrize(
    ("terms", "item"),
    [
        ({"require_mfa": True}, THEIR_USER),
        ({"organization_id": "o-a1b2c3d4e5"}, THEIR_USER),
        ({"organization_id": "o-a1b2c3d4e5"}, THEIR_ROLE),
        *(({"source_ips": ["203.0.113.7"]}, item) for item in (THEIR_USER, THEIR_ROLE, CI)),
        *(({"vpc_endpoints": ["vpce-0123456789abcdef0"]}, item) for item in (THEIR_USER, THEIR_ROLE, CI, TASKS)),
    ],
)
def test_a_condition_that_somebody_trusted_can_meet_is_none(terms: dict[str, Any], item: dict[str, Any]) -> None:
    assert problems({"trusted": [item], **terms}) == []


def test_without_a_user_no_device_of_its_is_needed() -> None:
    assert problems({"user": None, "trusted": [THEIR_USER], "require_mfa": True, "mfa_serial": None}) == []
    (sentence,) = problems({"user": "u", "trusted": [THEIR_USER], "require_mfa": True, "mfa_serial": None})
    assert sentence.startswith("bucket_access_require_mfa is true and bucket_access_mfa_serial is empty")


def test_where_the_device_is_not_told_mfa_is_no_mistake() -> None:
    """Modules are given the terms alone."""
    assert problems({"require_mfa": True}) == []
    assert problems({"require_mfa": False, "mfa_serial": None}) == []


def test_clashes_are_looked_for_once_each_name_is_sound() -> None:
    (sentence,) = problems({"user_profile": "a b", "role_profile": "a b", "bucket": "abc", "user": "fine"})[:1]
    assert "not a profile name" in sentence


def test_different_names_do_not_clash() -> None:
    values = {
        "bucket": "abc",
        "forbidden_buckets": ["abcd"],
        "user_profile": "user",
        "role_profile": "role",
        "credentials_file": "credentials",
        "config_file": "config",
    }
    assert problems(values) == []


@pytest.mark.parametrize(
    ("prefix", "expected"), [("", ""), ("team", "team/"), ("team/", "team/"), ("team/reports", "team/reports/")]
)
def test_a_prefix_is_a_folder_so_that_team_does_not_reach_team_secrets(prefix: str, expected: str) -> None:
    assert folder(prefix) == expected
    assert Contract.of({"bucket": "abc", "prefix": prefix}).grants[0].prefix == expected


def test_the_least_contract_is_filled_with_the_defaults() -> None:
    assert Contract.of({"bucket": "abc", "user": "u", "role": "r"}) == Contract(
        grants=(Grant("abc", "", ("list", "read", "write", "delete")),),
        principals=(Principal(USER, "u"),),
        role="r",
        external_id=None,
        max_session_duration=3600,
        forbidden_buckets=(),
    )


def test_values_may_come_as_the_text_that_ansible_makes_of_them() -> None:
    values = {
        "bucket": "abc",
        "permissions": "delete, read",
        "external_id": "",
        "max_session_duration": "7200",
        "forbidden_buckets": "one-1,two-2",
        "unknown": "ignored",
    }
    assert Contract.of(values) == Contract.of(
        {
            "bucket": "abc",
            "permissions": ("read", "delete"),
            "max_session_duration": 7200,
            "forbidden_buckets": ("one-1", "two-2"),
        }
    )


def test_permissions_are_kept_in_one_order() -> None:
    assert Contract.of({"bucket": "abc", "permissions": ["write", "list"]}).grants[0].permissions == ("list", "write")


def test_null_means_as_if_it_were_not_given() -> None:
    nulls = {"prefix": None, "external_id": None, "max_session_duration": None, "forbidden_buckets": None}
    assert Contract.of({"bucket": "abc", **nulls}) == Contract.of({"bucket": "abc"})


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_the_contract_allows_what_it_lists_and_nothing_else(permission: str) -> None:
    grant = Contract.of({"bucket": "abc", "permissions": (permission,)}).grants[0]
    assert [name for name in PERMISSIONS if grant.allows(name)] == [permission]


def test_judging_changes_nothing() -> None:
    values = {"bucket": "abc", "permissions": ["read", "list"], "tags": {"a": "b"}}
    problems(values)
    Contract.of(values)
    assert values == {"bucket": "abc", "permissions": ["read", "list"], "tags": {"a": "b"}}


@pytest.mark.parametrize("name", ["role"])
def test_a_required_variable_without_a_value_is_a_problem(name: str) -> None:
    assert problems({"bucket": "abc", "user": "u", "role": "r", name: None}) == [
        f"bucket_access_{name} is empty: give it a value."
    ]


THEIRS = {"arn": "arn:aws:iam::210987654321:role/theirs"}


@pytest.mark.parametrize("empty", [None, ""])
def test_a_user_may_be_left_out_where_somebody_else_may_assume_the_role(empty: str | None) -> None:
    assert problems({"bucket": "abc", "user": empty, "role": "r"}) == [
        "bucket_access_user is empty: give it a value, or name in bucket_access_trusted who else may assume the role."
    ]
    assert problems({"bucket": "abc", "user": None, "role": "r", "trusted": [THEIRS]}) == []
    found = Contract.of({"bucket": "abc", "user": empty, "role": "r", "trusted": [THEIRS]})
    assert (found.has_user, found.user, [who.name for who in found.principals]) == (False, "", [THEIRS["arn"]])
    assert found.manage == {"role", "bucket"}


def test_the_contracts_external_id_is_that_of_whoever_has_none_of_their_own() -> None:
    trusted = [THEIRS, {"arn": "arn:aws:iam::210987654321:user/u", "external_id": "own"}]
    found = Contract.of({"bucket": "abc", "user": "u", "external_id": "ours", "trusted": trusted})
    assert [who.external_id for who in found.principals] == ["ours", "ours", "own"]


def test_what_tells_principals_apart_is_stable() -> None:
    trusted = [{"arn": f"arn:aws:iam::210987654321:{name}"} for name in ("role/team/a", "user/b")]
    sids = {who.name: who.sid for who in Contract.of({"bucket": "abc", "user": "u", "trusted": trusted}).principals}
    turned = {who.name: who.sid for who in Contract.of({"bucket": "abc", "trusted": trusted[::-1]}).principals}
    assert {**sids, **turned} == sids
    assert len(set(sids.values())) == 3
    assert all(sid.isalnum() for sid in sids.values())
    assert sids["u"] == "OnlyThisUserMayAssumeTheRole"
    labels = [who.label for who in Contract.of({"bucket": "abc", "trusted": trusted}).trusted]
    assert labels == ["210987654321:role/a", "210987654321:user/b"]


OURS = {"oidc": "https://token.ci.example", "audience": "sts.amazonaws.com", "subjects": ["main"]}
GITHUB = {**OURS, "oidc": "https://token.actions.githubusercontent.com"}
ECS = {"service": "ecs-tasks.amazonaws.com"}
TWICE = {"arn": "arn:aws:iam::210987654321:role/team/theirs"}
NOBODY_ELSE = [
    (["theirs"], "has 'theirs', not a principal"),
    ([{}], "has an item with no principal: give each item one of"),
    ([{"external_id": "abc"}], "has an item with no principal"),
    ([{**THEIRS, "subject": "x"}], "has 'subject' beside arn"),
    ([{"arn": "*"}], "has '*', which lets in whoever matches it"),
    ([{"arn": "arn:aws:iam::210987654321:*"}], "which lets in whoever matches it"),
    ([{"arn": "arn:aws:iam::210987654321:role/a?"}], "which lets in whoever matches it"),
    ([{"arn": "arn:aws:iam::210987654321:root"}], "a whole account"),
    ([{"arn": "210987654321"}], "a whole account"),
    ([{"arn": 210987654321}], "a whole account"),
    ([{"arn": "arn:aws:sts::210987654321:assumed-role/theirs/session"}], "a session of a role"),
    ([{"arn": "arn:aws:iam::210987654321:group/theirs"}], "no ARN of a role or user"),
    ([{"arn": "theirs"}], "no ARN of a role or user"),
    ([{**THEIRS, "external_id": "a b"}], "has an item whose external_id is 'a b', not an external id"),
    ([{**THEIRS, "external_id": "*"}], "has an item whose external_id is '*'"),
    ([{**THEIRS, "profile": "a b"}], "has an item whose profile is 'a b', not a profile name"),
    ([{**THEIRS, **OURS}], "has an item with arn and oidc"),
    *(
        ([{"service": service}], "no service of AWS")
        for service in ("*", "*.amazonaws.com", "ec2", "EC2.amazonaws.com", "ec2.example.com", "amazonaws.com")
    ),
    ([{"service": "glacier.amazonaws.com"}], "it is not known whether it says for whom it comes"),
    (
        [{"service": "ec2.amazonaws.com", "source_account": "123456789012"}],
        "which it never says, so nobody would get in",
    ),
    ([{"service": "ec2.amazonaws.com", "source_arn": "arn:aws:ec2:x:123456789012:*"}], "which it never says"),
    ([{**ECS, "source_account": "*"}], "not an AWS account id"),
    ([{**ECS, "source_account": "12345"}], "not an AWS account id"),
    *(
        ([{**ECS, "source_arn": arn}], "write it with service and account")
        for arn in (
            "*",
            "arn:aws:ecs:eu-central-1:*:*",
            "arn:aws:*:eu-central-1:123456789012:*",
            "arn:aws:ecs::1:x",
            "ecs",
        )
    ),
    (
        [{**ECS, "source_arn": "arn:aws:ecs:eu-central-1:123456789012:${aws:username}"}],
        "write it with service and account",
    ),
    ([{**ECS, "external_id": "abc"}], "has 'external_id' beside service"),
    ([ECS, {**ECS, "source_account": "none"}], "names 'ecs-tasks.amazonaws.com' twice: keep one"),
    ([{"service": "ec2.amazonaws.com"}, {"service": "ec2.amazonaws.com.cn"}], "twice: keep one"),
    ([{**OURS, "oidc": "http://token.ci.example"}], "no identity provider"),
    ([{**OURS, "oidc": "https://token.ci.example:8443"}], "no identity provider"),
    ([{**OURS, "oidc": "https://*.ci.example"}], "no identity provider"),
    ([{**OURS, "oidc": "ci"}], "no identity provider"),
    ([{**OURS, "oidc": "https://accounts.google.com"}], "which is no OpenID Connect provider of the account"),
    ([{**OURS, "audience": None}], "without an audience"),
    ([{**OURS, "audience": ""}], "without an audience"),
    ([{**OURS, "audience": "*"}], "with the audience '*': write exactly one"),
    ([{**OURS, "audience": ["a", "b"]}], "without an audience"),
    ([{**OURS, "subjects": None}], "without subjects, so everybody there would be let in"),
    ([{**OURS, "subjects": []}], "without subjects, so everybody there would be let in"),
    ([{**OURS, "subjects": ""}], "without subjects, so everybody there would be let in"),
    *(
        ([{**OURS, "subjects": [subject]}], "which lets in others than yours")
        for subject in (
            "*",
            "repo:*",
            "repo:*/*:*",
            "repo:*/exchange:*",
            "repo:example*",
            "**",
            "system:serviceaccount:*",
        )
    ),
    ([{**OURS, "subjects": ["system:serviceaccount:exchange*"]}], "which lets in others than yours"),
    ([{**OURS, "subjects": ["main", "*:main"]}], "which lets in others than yours"),
    ([{**OURS, "subjects": ["repo:example/exchange:ref?"]}], "leave out ? and $"),
    ([{**OURS, "subjects": ["repo:${aws:username}/exchange"]}], "leave out ? and $"),
    ([{**OURS, "subjects": ["repo:example/exchange main"]}], "write one as the tokens have it"),
    ([{**OURS, "subjects": [4711]}], "write one as the tokens have it"),
    ([{**OURS, "subjects": ["main", "main"]}], "has a subject twice"),
    ([{**GITHUB, "subjects": ["ref:refs/heads/main"]}], "which may be anybody's at GitHub"),
    ([{**GITHUB, "subjects": ["environment:live"]}], "which may be anybody's at GitHub"),
    (
        [{**GITHUB, "subjects": ["job_workflow_ref:example/apps/.github/workflows/*"]}],
        "which may be anybody's at GitHub",
    ),
    ([{**OURS, "external_id": "abc"}], "has 'external_id' beside oidc"),
    ([OURS, {**OURS, "oidc": "token.ci.example/"}], "names 'token.ci.example/' twice: keep one"),
    (
        [{**ECS, "source_account": "123456789012", "source_arn": "arn:aws:ecs:eu-west-1:210987654321:*"}],
        "whose source_arn is in the account 210987654321, and its source_account is 123456789012: name one account",
    ),
    (
        [{"service": "ecs-tasks.amazonaws.com.cn", "source_arn": "arn:aws:ecs:eu-west-1:210987654321:*"}],
        "in China it begins with arn:aws-cn",
    ),
    ([THEIRS, THEIRS], "names 'arn:aws:iam::210987654321:role/theirs' twice: keep one"),
    ([THEIRS, {**THEIRS, "external_id": "another"}], "twice: keep one"),
    ([THEIRS, TWICE], "names 'arn:aws:iam::210987654321:role/team/theirs' twice: keep one"),
]


@pytest.mark.parametrize(("trusted", "reason"), NOBODY_ELSE)
def test_whoever_cannot_be_trusted_is_named_in_one_sentence(trusted: list[Any], reason: str) -> None:
    (sentence,) = problems({"bucket": "abc", "user": "u", "role": "r", "trusted": trusted})
    assert sentence.startswith("bucket_access_trusted ")
    assert reason in sentence
    assert sentence.count(".") == 1 or ":" in sentence


@pytest.mark.parametrize("trusted", [",", [], " , "])
def test_nobody_at_all_is_no_principal(trusted: Any) -> None:
    (sentence,) = problems({"bucket": "abc", "user": "", "role": "r", "trusted": trusted})
    assert sentence.startswith("bucket_access_user is empty: give it a value, or name in bucket_access_trusted")


TRUST_CLASHES = [
    ({"trusted": [ECS]}, "trusted has 'ecs-tasks.amazonaws.com', which is to come for the contract's account alone"),
    ({"external_id": "ours", "trusted": [OURS]}, "external_id is given, and nobody whom bucket_access_trusted names"),
    (
        {"web_identity_token_file": "token", "trusted": [THEIRS]},
        "web_identity_token_file is given, and bucket_access_trusted",
    ),
    (
        {"web_identity_refused_token_file": "token", "trusted": [OURS]},
        "web_identity_refused_token_file is given without bucket_access_web_identity_token_file",
    ),
]


@pytest.mark.parametrize(("values", "clash"), TRUST_CLASHES)
def test_what_nobody_could_make_use_of_is_a_problem(values: dict[str, Any], clash: str) -> None:
    (sentence,) = problems({"bucket": "abc", "user": None, "role": "r", **values})
    assert sentence.startswith(f"bucket_access_{clash}")


def test_an_identity_provider_is_named_as_iam_names_it() -> None:
    (who,) = Contract.of({"bucket": "abc", "trusted": [{**OURS, "oidc": "https://token.ci.example/id/X/"}]}).trusted
    assert (who.name, who.label, who.audience, who.subjects) == (
        "token.ci.example/id/X",
        "token.ci.example/id/X",
        "sts.amazonaws.com",
        ("main",),
    )
    assert who.arn("arn:aws-cn:iam::123456789012:role/r") == (
        "arn:aws-cn:iam::123456789012:oidc-provider/token.ci.example/id/X"
    )


SOURCES = [
    ({"service": "ecs-tasks.amazonaws.com"}, "123456789012"),
    ({"service": "ecs-tasks.amazonaws.com.cn"}, "123456789012"),
    ({"service": "ecs-tasks.amazonaws.com", "source_account": "210987654321"}, "210987654321"),
    ({"service": "ecs-tasks.amazonaws.com", "source_account": "none"}, ""),
    ({"service": "ec2.amazonaws.com"}, ""),
    ({"service": "lambda.amazonaws.com"}, ""),
    ({"service": "config.amazonaws.com", "source_account": "210987654321"}, "210987654321"),
]


@pytest.mark.parametrize(("item", "account"), SOURCES)
def test_a_service_comes_for_the_contracts_account_where_it_says_so(item: dict[str, str], account: str) -> None:
    (who,) = Contract.of({"bucket": "abc", "account_id": "123456789012", "trusted": [item]}).trusted
    assert who.source_account == account
    assert who.sid.startswith("ThisServiceMayAssumeTheRole")


@pytest.mark.parametrize("row", SERVICES, ids=lambda row: row.name)
def test_what_is_known_of_a_service_has_its_page(row: Service) -> None:
    assert row.page.startswith("https://docs.aws.amazon.com/")
    assert problems({"trusted": [{"service": row.name}], "account_id": "123456789012"}) == []


def test_pods_tag_their_sessions() -> None:
    (who,) = Contract.of({"bucket": "abc", "trusted": [{"service": "pods.eks.amazonaws.com"}]}).trusted
    assert who.actions == ("sts:AssumeRole", "sts:TagSession")

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of the access contract, each stated once: type, default, choices and rule. Pure.

The role's variables are these names behind ``bucket_access_``. Options of modules, and the rules by which variables are
judged, are selections of this table; what each field means stands in the role's argument_specs.yml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract import conditions, rules
from ansible_collections.assumerole.s3.plugins.module_utils._contract.expected import expected_principals_problem
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS, USUAL
from ansible_collections.assumerole.s3.plugins.module_utils._contract.trusted import trusted_problem

#: What a value must be where a rule could not tell, and how that is said.
_KINDS: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "bool": (bool, "true or false"),
    "dict": (dict, "names and values"),
    "list": ((list, tuple, str), "a list"),
    "path": (str, "a path"),
}

Rule = Callable[[object], "str | None"]
Spec = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One field. ``type`` and ``elements`` are Ansible's; a ``default`` of ``None`` is none, or is worked out.

    ``secret`` is false, and not none, for what is only named like a secret.
    ``digits`` is true of a text that is nothing but digits, so that YAML may read a number.
    ``options`` are the fields of each entry of a list of dicts. ``term`` tells whether it is a term of the agreement
    itself (who may do what, where): these make up the option ``contract`` of modules. The others say where a key is
    kept, how long to wait, what to write down.
    """

    type: str = "str"
    default: Any = None
    choices: tuple[str, ...] = ()
    rule: Rule | None = None
    elements: str | None = None
    required: bool = False
    secret: bool | None = None
    term: bool = False
    options: Mapping[str, Field] = field(default_factory=dict)
    digits: bool = False

    @property
    def spec(self) -> Spec:
        """What an argument specification of Ansible's says of it."""
        said = {
            "type": self.type,
            "elements": self.elements,
            "required": self.required or None,
            "choices": list(self.choices) or None,
            "default": self.default,
            "no_log": self.secret,
            "options": {name: one.spec for name, one in self.options.items()} or None,
        }
        return {name: value for name, value in said.items() if value is not None}

    def problem(self, value: object) -> str | None:
        """What is wrong with a value of the type, in words that follow the name."""
        if self.type in _KINDS and not isinstance(value, _KINDS[self.type][0]):
            return f"is {rules.quoted(value)}: write {_KINDS[self.type][1]}"
        if self.type == "str" and not (self.digits and _is_number(value)) and rules.no_text(value):
            return rules.no_text(value)
        if self.choices and self.elements is None and value not in self.choices:
            return f"is {rules.quoted(value)}: choose from {', '.join(self.choices)}"
        return self.rule(value) if self.rule else None


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _term(type_: str = "str", **more: Any) -> Field:
    return Field(type_, term=True, **more)


_NAMES = tuple(PERMISSIONS)

#: What a contract makes and keeps, and what it may take over from somebody else.
MANAGED = rules.MANAGED
ADOPTABLE = rules.ADOPTABLE

#: What a grant says: where, and what the role may do there.
GRANT: Mapping[str, Field] = {
    "bucket": _term(required=True, rule=rules.bucket_problem),
    "prefix": _term(default="", rule=rules.prefix_problem),
    "permissions": _term("list", elements="str", choices=_NAMES, default=list(USUAL), rule=rules.permissions_problem),
}

FIELDS: Mapping[str, Field] = {
    "bucket": _term(rule=rules.bucket_problem),
    "user": _term(rule=rules.iam_name_problem),
    "role": _term(required=True, rule=rules.iam_name_problem),
    "permissions": GRANT["permissions"],
    "prefix": GRANT["prefix"],
    "grants": _term("list", elements="dict", options=GRANT),
    "trusted": _term("list", elements="dict", default=[], rule=trusted_problem),
    "external_id": _term(rule=rules.external_id_problem),
    "max_session_duration": _term("int", default=3600, rule=rules.max_session_duration_problem),
    "account_id": _term(rule=rules.account_problem, digits=True),
    "region": _term(rule=rules.region_problem),
    "tags": _term("dict", default={}, rule=rules.tags_problem),
    "versioning": _term("bool"),
    "encryption": _term(choices=("AES256", "aws:kms")),
    "kms_key": _term(rule=rules.kms_key_problem, secret=False),
    "forbidden_kms_keys": _term(
        "list", elements="str", default=[], rule=rules.forbidden_kms_keys_problem, secret=False
    ),
    "adopt": _term("list", elements="str", choices=ADOPTABLE, default=[], rule=rules.adopt_problem),
    "manage": _term("list", elements="str", choices=MANAGED, default=list(MANAGED), rule=rules.manage_problem),
    "permissions_boundary": _term(rule=rules.policy_arn_problem),
    "path": _term(default="/", rule=rules.path_problem),
    "require_mfa": _term("bool", default=False),
    "source_ips": _term("list", elements="str", default=[], rule=conditions.source_ips_problem),
    "vpc_endpoints": _term("list", elements="str", default=[], rule=conditions.vpc_endpoints_problem),
    "organization_id": _term(rule=conditions.organization_id_problem),
    "forbidden_buckets": _term("list", elements="str", default=[], rule=rules.forbidden_buckets_problem),
    "other_roles": _term("list", elements="str", default=[], rule=rules.other_roles_problem),
    "create_key": Field("bool", default=True),
    "key_store": Field(choices=("profile", "secretsmanager", "ssm", "vault_file", "none"), default="profile"),
    "key_store_path": Field(secret=False),
    "access_key_id": Field(rule=rules.access_key_id_problem),
    "secret_access_key": Field(secret=True),
    "rotate_after_days": Field("float", default=0, rule=rules.rotate_after_days_problem),
    "rotation_grace": Field("int", default=86400, rule=rules.rotation_grace_problem),
    "user_profile": Field(rule=rules.profile_problem),
    "role_profile": Field(rule=rules.profile_problem),
    "credentials_file": Field("path"),
    "config_file": Field("path"),
    "profile_duration_seconds": Field("int", rule=rules.duration_seconds_problem),
    "mfa_serial": Field(rule=rules.mfa_serial_problem),
    "mfa_code": Field(rule=conditions.mfa_code_problem, secret=True, digits=True),
    "session_env_file": Field("path"),
    "session_json_file": Field("path"),
    "wait_timeout": Field("int", default=120, rule=rules.wait_timeout_problem),
    "requests_per_second": Field("float", rule=rules.requests_per_second_problem),
    "require_enforcement": Field("bool", default=False),
    "fail_on": Field("list", elements="str", choices=rules.FAILING, default=["violated"], rule=rules.fail_on_problem),
    "audit": Field("bool", default=True),
    "account_survey": Field("bool", default=False),
    "survey_sessions": Field("bool", default=False),
    "expected_principals": Field("list", elements="str", default=[], rule=expected_principals_problem),
    "outsider_profile": Field(rule=rules.profile_problem),
    "web_identity_token_file": Field("path"),
    "web_identity_refused_token_file": Field("path"),
    "outside_proxy": Field(rule=rules.proxy_problem),
    "plain_http": Field("bool", default=True),
    "plain_http_endpoint_url": Field(),
    "plan_file": Field("path"),
    "report_dir": Field("path"),
    "report_index_dir": Field("path"),
    "metrics_file": Field("path"),
    "log_file": Field("path"),
    "force_destroy": Field("bool", default=False),
    "other_variables": Field("list", elements="str", default=[]),
}

#: What modules take beside a contract: names and moments of AWS.
MORE_RULES: Mapping[str, Rule] = {
    "role_arn": rules.role_arn_problem,
    "caller_arn": rules.user_arn_problem,
    "session_name": rules.session_name_problem,
    "duration_seconds": rules.duration_seconds_problem,
    "changed_at": rules.moment_problem,
}

#: What every contract states about who and where.
REQUIRED = tuple(name for name, field in FIELDS.items() if field.required)


def argument_spec(*names: str) -> dict[str, Spec]:
    """The options of a module that are fields of the contract."""
    return {name: FIELDS[name].spec for name in names}


def contract_option() -> dict[str, Spec]:
    """The option ``contract`` of modules: the terms."""
    terms = [name for name, field in FIELDS.items() if field.term]
    return {"contract": {"type": "dict", "required": True, "options": argument_spec(*terms)}}

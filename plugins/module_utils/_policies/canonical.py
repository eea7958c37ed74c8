# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether two policy documents are the same, however they are written. Pure.

Order, one string or a list of one, the case of actions and how a boolean is spelt make no difference. Sids do: by them
a contract knows its own statements.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Mapping
import json
from typing import Any

Document = Mapping[str, Any]


def same(one: Document | None, other: Document | None) -> bool:
    """Whether two documents, or their absence, are the same."""
    return _form(one) == _form(other)


def statements(document: Document | None) -> list[Any]:
    """The statements of a document, which may have one without a list."""
    return _listed((document or {}).get("Statement"))


def _form(document: Document | None) -> list[str]:
    return sorted(json.dumps(_statement(item), sort_keys=True) for item in statements(document))


def _statement(statement: Any) -> Any:
    if not isinstance(statement, Mapping):
        return str(statement)
    return {name: _element(name, value) for name, value in statement.items()}


def _element(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _element(key, item) for key, item in value.items()}
    if name in ("Sid", "Effect"):
        return value
    texts = [_text(item) for item in _listed(value)]
    return sorted(text.lower() for text in texts) if name in ("Action", "NotAction") else sorted(texts)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: stray_objects
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: The objects of a verification that the operator may remove
description:
  - Of what M(assumerole.s3.access_check) left behind, the objects that a run made for itself and could not delete. The
    one object that stays by design is not among them.
options:
  _input:
    description: The C(leftovers) of M(assumerole.s3.access_check).
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Show what is to be removed
  ansible.builtin.debug:
    msg: "{{ access.leftovers | assumerole.s3.stray_objects | map(attribute='key') }}"
"""

RETURN = r"""
_value:
  description: The C(url) and the C(key) of each.
  type: list
  elements: dict
"""

from collections.abc import Callable, Iterable
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import is_stray


def stray_objects(leftovers: Iterable[str]) -> list[dict[str, str]]:
    """Address and key of each; an address is ``s3://BUCKET/KEY``."""
    return [{"url": url, "key": url.split("/", 3)[3]} for url in leftovers if is_stray(url)]


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"stray_objects": stray_objects}

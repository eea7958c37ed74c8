# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What other hosts say: their variables may depend on what is known there alone, or be anything."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

HostVars = Mapping[str, Mapping[str, Any]]


def variables(hostvars: HostVars, host: str) -> Mapping[str, Any]:
    """All of a host's; Ansible gathers them anew each time that it is asked."""
    try:
        return hostvars[host]
    except Exception:
        return {}


def value(of_host: Mapping[str, Any], name: str) -> Any:
    """One of them; nothing where it cannot be read here."""
    try:
        return deepcopy(of_host.get(name))
    except Exception:
        return None

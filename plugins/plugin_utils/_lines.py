# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines for people, as they are: without quotes and brackets, and all in one go, so that those of hosts do not mix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.utils.display import Display


def show(lines: Sequence[str], task_vars: Mapping[str, Any]) -> None:
    """Print them, if there are any."""
    if lines:
        Display().display(text_of(lines, task_vars))


def text_of(lines: Sequence[str], task_vars: Mapping[str, Any]) -> str:
    """The lines, each with its host where there are several."""
    several = len(task_vars.get("ansible_play_hosts_all") or ()) > 1
    before = f"{task_vars['inventory_hostname']}: " if several else ""
    return "\n".join(before + line for line in lines)

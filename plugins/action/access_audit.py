# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the configuration with the contract by the module of this name, and shows what it waits for."""

from __future__ import annotations

from ansible_collections.assumerole.s3.plugins.modules.access_audit import main
from ansible_collections.assumerole.s3.plugins.plugin_utils._shown_progress import ShownProgress


class ActionModule(ShownProgress):
    """Nothing of its own."""

    main = staticmethod(main)

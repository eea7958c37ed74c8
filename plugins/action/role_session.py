# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a session with the module of this name, which documents it.

The key that is kept somewhere is read here, where Ansible runs, and given to the module alone.
"""

from __future__ import annotations

from ansible_collections.assumerole.s3.plugins.modules.role_session import ARGUMENT_SPEC, main
from ansible_collections.assumerole.s3.plugins.plugin_utils._asks_stores import WithKeptKey


class ActionModule(WithKeptKey):
    """Nothing of its own."""

    spec = ARGUMENT_SPEC
    main = staticmethod(main)

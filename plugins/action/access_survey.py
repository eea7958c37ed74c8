# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Surveys the account by the module of this name, which documents it."""

from __future__ import annotations

from ansible_collections.assumerole.s3.plugins.modules.access_survey import main
from ansible_collections.assumerole.s3.plugins.plugin_utils._in_process import InProcess


class ActionModule(InProcess):
    """Nothing of its own."""

    main = staticmethod(main)

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions come before anything else of this collection, so from the first on its Python is compiled once and kept."""

from __future__ import annotations

from ansible_collections.assumerole.s3.plugins.plugin_utils import _bytecode

_bytecode.keep()

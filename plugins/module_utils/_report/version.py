# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's version, for what it writes: a module that was carried to a host has no galaxy.yml beside it."""

from __future__ import annotations

COLLECTION_VERSION = "0.1.0"

# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every mutation, of whichever file."""

from __future__ import annotations

from mutations.bounds import OF_BOUNDS
from mutations.catalogue import MUTATIONS
from mutations.places import OF_PLACES

EVERY = [*MUTATIONS, *OF_PLACES, *OF_BOUNDS]

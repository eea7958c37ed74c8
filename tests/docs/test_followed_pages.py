# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README and the guides: what they say to type works, and shows what they say that it shows."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future

import pytest
from stories import STORIES

pytestmark = pytest.mark.whole

FOLLOWED = [page for story in STORIES for page in story.pages]


@pytest.mark.parametrize("page", FOLLOWED)
def test_the_page_does_what_it_says(page: str, readings: Mapping[str, Future[None]]) -> None:
    readings[page].result(timeout=600)

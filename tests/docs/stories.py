# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pages are followed, and which belong together. The longest first: two are followed at a time.

All stories share one account, so each has names of its own for its users, roles and buckets.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Story:
    """Pages that a reader follows one after the other, with the collection installed before or not."""

    pages: tuple[str, ...]
    installed: bool = True


STORIES = (
    Story(("README.md", "roles/bucket_access/README.md"), installed=False),
    Story(("docs/first-run.md",)),
    Story(("docs/many-contracts.md", "docs/continuous-verification.md")),
    Story(("docs/keys.md", "docs/rotation.md")),
    Story(("docs/adopting.md",)),
    Story(("docs/report.md", "docs/operator-policies.md")),
    Story(("docs/real-account.md",)),
    Story(("docs/partners-role.md",)),
    Story(("docs/ci-without-keys.md",)),
    Story(("docs/services.md",)),
    Story(("docs/who-else.md",)),
    Story(("docs/several-places.md",)),
    Story(("docs/awx.md",)),
    Story(("docs/kms.md",)),
    Story(("docs/ownership.md",)),
    Story(("docs/from-terraform.md",)),
    Story(("docs/conditions.md",)),
)

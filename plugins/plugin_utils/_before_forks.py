# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads, once, what the tasks of ours need. Ansible forks a process for each task, and reads its action before that.

What is loaded by then is in all of these processes; what is not, each of them loads anew: the filters and tests that
templates know, and what botocore knows of the services, take longer than many a task.
"""

from __future__ import annotations

import gc
from importlib import import_module
from pkgutil import iter_modules

from ansible.plugins.loader import filter_loader, test_loader

from ansible_collections.assumerole.s3.plugins import filter as filters
from ansible_collections.assumerole.s3.plugins.module_utils._aws.models import read_ahead


def load() -> None:
    """Load the filters, the tests and the services; what is loaded now stays to the end.

    So it is no garbage: frozen, it is not looked through again in each process, and not copied for that.
    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    # With the first of them that has no namespace, Ansible loads all of its own.
    test_loader.get("truthy")
    filter_loader.get("bool")
    for module in iter_modules(filters.__path__, f"{filters.__name__}."):
        import_module(module.name)
    read_ahead("s3", "iam", "sts")
    gc.freeze()

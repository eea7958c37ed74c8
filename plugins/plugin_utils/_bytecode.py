# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has Python keep what it compiles of this collection, in ``__pycache__``, as it does with everything that it imports.

Ansible's importer of collections compiles each file anew in each run: of a short verification that is a tenth. Where
nothing can be kept, as in a folder of root's or with ``PYTHONDONTWRITEBYTECODE``, it is compiled anew as before.
https://docs.python.org/3/library/importlib.html#importlib.machinery.SourceFileLoader
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
import os
import sys

#: What the full names of this collection's files begin with.
PLUGINS = f"{__name__.rpartition('.plugins.')[0]}.plugins."


class OwnFiles(MetaPathFinder):
    """Finds the files of this collection. What it does not find, packages for example, Ansible's importer finds."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: object = None) -> ModuleSpec | None:
        """The file of this name, to be loaded as Python loads files."""
        if not fullname.startswith(PLUGINS):
            return None
        for folder in path or ():
            file = os.path.join(folder, f"{fullname.rpartition('.')[2]}.py")
            if os.path.isfile(file):
                return spec_from_file_location(fullname, file, loader=SourceFileLoader(fullname, file))
        return None


def keep() -> None:
    """From now on, in this process and those that it forks."""
    if not any(isinstance(finder, OwnFiles) for finder in sys.meta_path):
        sys.meta_path.insert(0, OwnFiles())

# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key in the AWS credentials file, as a profile. One of another kind (SSO, a process) works, and holds no key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
import os
import stat

from ansible_collections.assumerole.s3.plugins.module_utils._files import private_file
from ansible_collections.assumerole.s3.plugins.module_utils._keys import key_files
from ansible_collections.assumerole.s3.plugins.module_utils._keys.profiles import (
    NotAnIniFile,
    owner_of,
    settings_of,
    superseding,
    with_section,
    without_section,
)
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import (
    Kept,
    KeyStore,
    Request,
    StoredKey,
    Surroundings,
    Trouble,
)

ID, SECRET = "aws_access_key_id", "aws_secret_access_key"


class Profile(KeyStore):
    """A profile of the credentials file. A key is told whoever put it there: any AWS tool would use it, too."""

    name = "profile"
    on_control_node = True
    needs = ("user_profile", "credentials_file")
    chosen_by = "bucket_access_user_profile"
    unknown = "was made by somebody else"

    def __init__(self, request: Request, surroundings: Surroundings) -> None:
        super().__init__(request, surroundings)
        self._request = request
        self._path = os.path.expanduser(request.credentials_file)
        self.profile = request.user_profile
        self.place = f"the profile {self.profile} of {self._path}"

    def read(self) -> Kept:
        """The key in the profile, and for whom our mark says that it was made."""
        text = key_files.text_of(self._path)
        with self._parsed():
            settings, mark = settings_of(text, self.profile), owner_of(text, self.profile)
        if settings is None:
            return Kept()
        key = StoredKey(settings[ID], settings.get(SECRET, ""), mark or "") if settings.get(ID) else None
        return Kept(mark or ("" if settings else None), key, exposed=self._is_exposed())

    def write(self, key: StoredKey) -> None:
        """The profile with the key; its other settings stay, but for other sources of credentials."""
        wished = {ID: key.access_key_id, SECRET: key.secret_access_key}
        text = key_files.text_of(self._path)
        with self._parsed():
            settings = superseding(settings_of(text, self.profile) or {}, wished)
            edited = with_section(text, self.profile, settings, key.owner)
        private_file.replace(self._path, edited, key_files.PRIVATE)

    def delete(self) -> None:
        """The profile goes, and an empty file with it."""
        with self._parsed():
            text = without_section(key_files.text_of(self._path), self.profile)
        private_file.replace(self._path, text, key_files.PRIVATE)

    def obstacle(self) -> str:
        """What the file cannot take."""
        for name in ("user_profile", "owner", "access_key_id", "secret_access_key"):
            value = getattr(self._request, name)
            if not value.isprintable() or set("[]") & set(value):
                return f"{name} cannot stand in an AWS file: leave out line breaks, brackets and controls."
        return private_file.obstacle(self._path)

    def held(self) -> AbstractContextManager[None]:
        """The file's folder is locked."""
        return key_files.held(self._path)

    @contextmanager
    def _parsed(self) -> Iterator[None]:
        try:
            yield
        except NotAnIniFile as error:
            raise Trouble(f"{self._path} cannot be read as an AWS credentials file: {error}. Mend it first.") from None

    def _is_exposed(self) -> bool:
        return stat.S_IMODE(os.stat(self._path).st_mode) != key_files.PRIVATE

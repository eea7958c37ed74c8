# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a key and stores it, as one thing: whatever comes between, no key is left whose secret nobody has.

AWS tells a secret once, and has no lock. So a run writes a note on the user (``notes.py``) and looks whether it is the
last that did, before it makes a key and before it stores it; whoever finds another's note takes its own key back. Two
runs may both give way. Never do both go on: the one that wrote last sees the other's key, and the one that wrote first
sees the other's note. Pure: what is asked of AWS and of the store is for the caller to do.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import (
    ANOTHER_RUN,
    Note,
    Retired,
    note_in,
)
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import StoredKey, Trouble


@dataclass(frozen=True)
class Look:
    """What AWS shows of the user: the note, as the tag has it, and the ids of all keys."""

    note: str
    ids: frozenset[str]


@dataclass(frozen=True)
class Wish:
    """What a plan has decided: for whom, and what it saw. The keys to ``remove`` go before one is made."""

    user: str
    note: str = ""
    ids: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    prove: bool = False


class Refused(Exception):
    """AWS or the store has refused what was asked, so it is certain that nothing was done; ``__cause__`` is how."""


class Hands(Protocol):
    """What is done, and asked; each raises what it likes when it cannot be."""

    #: The store in words; empty when it keeps nothing. Whether it may hold what it does not show.
    place: str
    lags: bool

    def look(self) -> Look:
        """Ask AWS."""

    def write_note(self, note: str) -> None:
        """On the user."""

    def make(self) -> StoredKey:
        """One key, asked for once; raises :class:`Refused` when it is certain that none was made."""

    def delete(self, access_key_id: str) -> None:
        """One key that nobody needs."""

    def deactivate(self, access_key_id: str) -> None:
        """One key that another has replaced."""

    def prove(self, key: StoredKey) -> None:
        """That the key works."""

    def store(self, key: StoredKey) -> None:
        """Keep it; raises :class:`Refused` when it is certain that it is not kept."""

    def stored_id(self) -> str:
        """The id of the key that the store shows."""

    def prove_stored(self) -> None:
        """That what the store holds works."""

    def pause(self) -> bool:
        """Wait before a question is asked again; ``False`` when there is no time left."""


@dataclass
class Making:
    """One run that makes a key; ``writer`` tells it from all others."""

    wish: Wish
    hands: Hands
    writer: str
    now: Callable[[], datetime]
    _mine: Note | None = field(default=None, init=False)
    #: What this run has written, in its order: of these, AWS may show one for a while that is not the last.
    _written: list[str] = field(default_factory=list, init=False)
    _key: StoredKey | None = field(default=None, init=False)
    #: Whether the store may hold the key, and whether something may be left that only an open note tells of.
    _held: bool = field(default=False, init=False)
    _unsure: bool = field(default=False, init=False)

    def run(self) -> StoredKey:
        """The key, which is stored; or whatever stopped it, and then there is none."""
        try:
            self._take_turn()
            key = self._make()
            self._stop_unless_mine()
            if self.wish.prove:
                self.hands.prove(key)
                self._stop_unless_mine()
            self._store(key)
            self._note_done(key.access_key_id)
        except BaseException:
            with suppress(Exception):  # the next run does it, and why this one stopped matters more
                self._undo()
            raise
        self._read_back(key)
        return key

    def settle(self) -> None:
        """Delete keys and make none; of what an interrupted run has left, nothing more is to be done then."""
        if self.hands.look().note != self.wish.note:
            self._stop()
        for name in self.wish.remove:
            self.hands.delete(name)
        left = note_in(self.wish.note)
        if left and not left.done:
            self._write(self._note(done=True))

    def retire(self, access_key_id: str) -> None:
        """Deactivate a key that another has replaced. The note comes first: it says whose doing that was.

        No run makes a key meanwhile: with these two there is no place for a third.
        """
        last = self._written[-1] if self._written else self.wish.note
        if self._look_past(self.wish.note, *self._written[:-1]).note != last:
            self._stop()
        note = note_in(last) or Note(self.now(), writer=self.writer)
        self._write(replace(note, retired=Retired((access_key_id,), self.now())))
        self.hands.deactivate(access_key_id)

    def _note(self, *, done: bool, leaving: tuple[str, ...] = ()) -> Note:
        """What the note before ours knows of the keys is known still: of a retired one also until it is deleted."""
        before = note_in(self.wish.note)
        made = before.made if before and before.made in self._kept else ""
        retired = before.retired.among(self.wish.ids) if before and before.retired else None
        return Note(self.now(), self._kept, done, self.writer, leaving, made, retired)

    def _write(self, note: Note) -> None:
        self.hands.write_note(str(note))
        self._written.append(str(note))

    def _look_past(self, *notes: str) -> Look:
        """What AWS shows once it shows none of these, which are older than ours; after a while, what it shows."""
        last = self._written[-1] if self._written else self.wish.note
        found = self.hands.look()
        while found.note in notes and found.note != last and self.hands.pause():
            found = self.hands.look()
        return found

    def _take_turn(self) -> None:
        """Our note is the last, it took the place of the one that the plan saw, and no key has come since."""
        if self.hands.look().note != self.wish.note:
            self._stop()
        self._mine = self._note(done=False, leaving=self.wish.remove)
        self._write(self._mine)
        found = self._look_past(self.wish.note)
        if found.note != str(self._mine):
            self._give_way()
        if found.ids - set(self.wish.ids):
            self._write(replace(self._mine, ids=tuple(sorted(found.ids)), done=True, leaving=()))
            self._give_way()

    @property
    def _kept(self) -> tuple[str, ...]:
        return tuple(name for name in self.wish.ids if name not in self.wish.remove)

    def _make(self) -> StoredKey:
        self._unsure = True
        for name in self.wish.remove:
            self.hands.delete(name)
        try:
            self._key = self.hands.make()
            self._unsure = False
        except Refused:
            self._unsure = False
            raise
        return self._key

    def _stop_unless_mine(self) -> None:
        if self.hands.look().note != str(self._mine):
            self._give_way()

    def _give_way(self) -> None:
        self._mine = None
        self._stop()

    def _stop(self) -> None:
        raise Trouble(ANOTHER_RUN.format(user=self.wish.user))

    def _store(self, key: StoredKey) -> None:
        """A write that broke off may have been done: what the store shows then decides, or what it shows later."""
        try:
            self.hands.store(key)
            self._held = bool(self.hands.place)
        except Refused:
            raise
        except BaseException:
            self._held = True  # until it is known that it is not
            shown = self.hands.stored_id() == key.access_key_id
            self._held = shown or self.hands.lags
            if shown:
                self._note_done(key.access_key_id)
            raise

    def _note_done(self, made: str = "") -> None:
        if self._mine:
            done = replace(self._mine, written=self.now(), done=True, leaving=())
            if made:
                done = replace(done, ids=(*done.ids, made), made=made)
            self._write(done)

    def _read_back(self, key: StoredKey) -> None:
        if not self.hands.place:
            return
        while self.hands.stored_id() != key.access_key_id:
            if not self.hands.pause():
                raise Trouble(
                    f"{self.hands.place} does not hold the key {key.access_key_id} that was just written to it: look "
                    "for another process that writes there, and run this again."
                )
        if self.wish.prove:
            self.hands.prove_stored()

    def _undo(self) -> None:
        """Delete the key that was made, unless the store may hold it, and leave no request behind."""
        if self._held:
            return
        made = [self._key.access_key_id] if self._key else self._made_unseen() if self._unsure else []
        for name in made:
            self.hands.delete(name)
        if made or not self._unsure:
            self._note_done()

    def _made_unseen(self) -> list[str]:
        """What an answer that got lost would have told: the one key that is new, while the note is ours."""
        if self._mine is None:
            return []
        found = self.hands.look()
        made = sorted(found.ids - set(self.wish.ids))
        return made if found.note == str(self._mine) and len(made) == 1 else []

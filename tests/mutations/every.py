# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every mutation, of whichever file, and the world that it has changed."""

from __future__ import annotations

from lab.account import new_account
from lab.emulator import Emulator
from lab.world import World
from mutations.bounds import OF_BOUNDS
from mutations.catalogue import MUTATIONS, Mutation
from mutations.others import OF_OTHERS, with_somebody_known
from mutations.places import OF_PLACES
from mutations.sound import sound

EVERY = [*MUTATIONS, *OF_PLACES, *OF_BOUNDS, *OF_OTHERS]


def changed_by(mutation: Mutation, emulator: Emulator) -> World:
    """A sound world, and then the mutation. What is surveyed is an account of its own."""
    if mutation.survey is None:
        world = sound(emulator, **mutation.contract)
    else:
        world = with_somebody_known(sound(new_account(emulator), **mutation.contract))
    mutation.apply(world)
    return world

#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: probe_objects
version_added: 0.1.0
short_description: Put the objects on which M(assumerole.s3.access_check) tries to read, and remove what a run made
description:
  - A refusal to read proves something only on an object that exists. Where the role may not write, the operator puts
    it.
  - It is put as a client would put it, so that S3 encrypts it with the bucket's own key. None is put into a bucket that
    has Object Lock, or of which S3 does not say whether it has, because it would stay.
  - What is removed is removed for good, in every version, with its delete markers. Only what a run has made is removed;
    its names begin with C(.access-check-). What a run left that was killed is removed, too, once its process has
    ended; from another machine or container, once the object is an hour old.
  - An object that cannot be put or removed is no failure, but is returned.
options:
  bucket:
    description: The name of the contract's bucket.
    type: str
    required: true
  forbidden_buckets:
    description: The names of buckets that the role must not reach.
    type: list
    elements: str
    default: []
  keys:
    description:
      - The keys C(inside), C(outside) and C(forbidden), as M(assumerole.s3.access_contract) returns them.
      - C(places) may list more places, each with its C(bucket) and C(prefix), and the keys C(inside) and C(outside).
    type: dict
    required: true
  urls:
    description:
      - With V(absent), addresses of what else a run has made, as RV(urls) and M(assumerole.s3.access_check) return.
    type: list
    elements: str
    default: []
  state:
    description: Whether the objects are put or removed.
    type: str
    choices: [present, absent]
    required: true
author:
  - The assumerole.s3 contributors (@assumerole)
attributes:
  check_mode:
    support: full
    description: Puts and removes nothing, and looks at nothing.
notes:
  - Needs C(s3:GetBucketObjectLockConfiguration) and C(s3:PutObject) to put, and C(s3:ListBucketVersions),
    C(s3:DeleteObject) and C(s3:DeleteObjectVersion) to remove.
extends_documentation_fragment:
  - assumerole.s3.conventions
  - assumerole.s3.conventions.aws
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: An object lies beside the partner's folder
  assumerole.s3.probe_objects:
    bucket: example-partner-exchange
    keys:
      outside: partner.access-check-operator-0123abcd-7-9f86d081884c7d65
    state: present
"""

RETURN = r"""
inside_object:
  description: The key of the object below the prefix that was put.
  returned: when it was put
  type: str
outside_object:
  description: The key of the object beside the prefix that was put.
  returned: when it was put
  type: str
place_objects:
  description:
    - The keys C(inside) and C(outside) of what was put for the places that are listed, by their bucket and prefix with
      a slash between.
  returned: with O(state=present)
  type: dict
forbidden_objects:
  description: The key of the object that was put, by the name of each of the O(forbidden_buckets) where it was.
  returned: with O(state=present)
  type: dict
object_versions:
  description:
    - The id of the version of each object that was put, by its address; V(null) where the bucket has never kept any.
  returned: with O(state=present)
  type: dict
urls:
  description: The addresses of what was put, with C(?versionId=) where the bucket keeps versions.
  returned: with O(state=present)
  type: list
  elements: str
obstacles:
  description: A sentence for each object that was not put.
  returned: with O(state=present)
  type: list
  elements: str
removed:
  description: Those of the O(urls) that are gone.
  returned: with O(state=absent)
  type: list
  elements: str
left:
  description: The addresses of what could not be removed.
  returned: with O(state=absent)
  type: list
  elements: str
"""

import os
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import aws_module, usable_connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.operators_objects import Put, Spot, put, remove
from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, folder

ARGUMENT_SPEC: dict[str, Any] = {
    "bucket": {"type": "str", "required": True},
    "forbidden_buckets": {"type": "list", "elements": "str", "default": []},
    "keys": {"type": "dict", "required": True, "no_log": False},
    "urls": {"type": "list", "elements": "str", "default": []},
    "state": {"type": "str", "choices": ["present", "absent"], "required": True},
}

#: Where an object may have to lie for each of several places.
SIDES = ("inside", "outside")

Spots = dict[tuple[str, str], Spot]


@ends_in_our_words
def main() -> None:
    """Put or remove, and return what came of it."""
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True)
    places = spots(module.params)
    if module.check_mode:
        module.exit_json(changed=bool(places))
    with usable_connection(module):
        s3 = Identities(connection(module.params, os.environ)).user("s3")
    if module.params["state"] == "present":
        tried = put(s3, places.values())
        module.exit_json(**told({place: (spot, tried[spot]) for place, spot in places.items()}))
    removed, left = remove(s3, places.values(), module.params["urls"])
    module.exit_json(changed=bool(removed), removed=removed, left=left)


def spots(options: dict[str, Any]) -> Spots:
    """Where objects are put, by the place and the bucket; of several places, by the side and the place's name."""
    buckets = {"inside": [options["bucket"]], "outside": [options["bucket"]], "forbidden": options["forbidden_buckets"]}
    keys = {place: options["keys"].get(place) for place in buckets}
    listed = [(side, place) for place in options["keys"].get("places") or [] for side in SIDES if place.get(side)]
    return {
        **{(place, name): Spot(name, key) for place, key in keys.items() if key for name in buckets[place]},
        **{(side, _name(place)): Spot(place["bucket"], place[side]) for side, place in listed},
    }


def _name(place: dict[str, Any]) -> str:
    """With a slash, which no bucket has in its name."""
    return Grant(place["bucket"], folder(place.get("prefix") or "")).name


def told(tried: dict[tuple[str, str], tuple[Spot, Put]]) -> dict[str, Any]:
    """What lies there now, under the names of the options of access_check, and what does not."""
    lying = {place: spot.key for place, (spot, done) in tried.items() if done.url}
    named = {place: key for place, key in lying.items() if "/" in place[1]}
    alone = {place: key for place, key in lying.items() if place not in named}
    urls = [done.url for _spot, done in tried.values() if done.url]
    obstacles = [done.obstacle for _spot, done in tried.values() if done.obstacle]
    return {
        "changed": bool(urls),
        **{f"{place}_object": key for (place, _bucket), key in alone.items() if place != "forbidden"},
        "forbidden_objects": {bucket: key for (place, bucket), key in alone.items() if place == "forbidden"},
        "place_objects": {
            name: {side: key for (side, other), key in named.items() if other == name} for _side, name in named
        },
        "object_versions": {spot.url: done.version for spot, done in tried.values() if done.url},
        "urls": urls,
        "obstacles": [f"{obstacle}, so reading there cannot be judged." for obstacle in obstacles],
    }


if __name__ == "__main__":
    main()

#!/bin/sh
# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# A repository is made, a folder is backed up and restored, and an old backup is forgotten.
# It would try for a quarter of an hour to remove its lock, where it may not.
set -eu

export RESTIC_REPOSITORY="s3:$AWS_ENDPOINT_URL/$PLACE/backups" RESTIC_PASSWORD=example RESTIC_CACHE_DIR="$WORK/cache"
place() { timeout 20 restic --quiet --cacert "$AWS_CA_BUNDLE" "$@"; }

place init
place backup "$FOLDER"
rm "$FOLDER/old"
place backup "$FOLDER"
place restore latest --target "$WORK/back"
cmp "$FOLDER/new" "$WORK/back$FOLDER/new"
place forget --keep-last 1 --prune

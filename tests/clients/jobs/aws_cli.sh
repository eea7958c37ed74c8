#!/bin/sh
# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# A large file there and back, a listing, and a folder kept in step, in which a file has gone.
set -eu

aws s3 cp --no-progress "$LARGE" "s3://$PLACE/large"
aws s3 ls "s3://$PLACE/" | grep -q large
aws s3 cp --no-progress "s3://$PLACE/large" "$WORK/back"
cmp "$LARGE" "$WORK/back"
aws s3 sync --no-progress --delete "$FOLDER" "s3://$PLACE/folder"
rm "$FOLDER/old"
aws s3 sync --no-progress --delete "$FOLDER" "s3://$PLACE/folder"
test "$(aws s3 ls --recursive "s3://$PLACE/folder/" | wc -l)" -eq 1

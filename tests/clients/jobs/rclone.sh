#!/bin/sh
# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# A folder kept in step, with a large file in it, and without one that has gone; and the folder back.
# no_check_bucket, because it would ask for the bucket otherwise, and make it. Below a prefix, "copyto" is refused when it
# looks for a single object that is not there yet.
set -eu

cat >"$WORK/rclone.conf" <<CONFIG
[place]
type = s3
provider = Other
env_auth = true
region = $AWS_REGION
endpoint = $AWS_ENDPOINT_URL
force_path_style = true
no_check_bucket = true
CONFIG
bundle=$AWS_CA_BUNDLE
unset AWS_CA_BUNDLE  # which the SDK in it cannot take
place() { rclone --config "$WORK/rclone.conf" --ca-cert "$bundle" --retries 1 --low-level-retries 1 "$@"; }

ln "$LARGE" "$FOLDER/large"
place sync "$FOLDER" "place:$PLACE/folder"
rm "$FOLDER/old"
place sync "$FOLDER" "place:$PLACE/folder"
place copy "place:$PLACE/folder" "$WORK/back"
cmp "$LARGE" "$WORK/back/large"
test "$(place lsf "place:$PLACE/folder" | wc -l)" -eq 2

#!/bin/sh
# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# A large file there and back, and a folder kept in step, in which a file has gone.
# Its settings are in a file, so that no secret is an argument. It takes the addresses of S3 apart.
set -eu

host=${AWS_ENDPOINT_URL#https://}
cat >"$WORK/s3cfg" <<CONFIG
[default]
access_key = $AWS_ACCESS_KEY_ID
secret_key = $AWS_SECRET_ACCESS_KEY
access_token = $AWS_SESSION_TOKEN
bucket_location = $AWS_REGION
host_base = $host
host_bucket = $host
ca_certs_file = $AWS_CA_BUNDLE
max_retries = 1
CONFIG
place() { s3cmd --config "$WORK/s3cfg" --no-progress "$@" >&2; }

place put "$LARGE" "s3://$PLACE/large"
place get "s3://$PLACE/large" "$WORK/back"
cmp "$LARGE" "$WORK/back"
place sync --delete-removed "$FOLDER/" "s3://$PLACE/folder/"
rm "$FOLDER/old"
place sync --delete-removed "$FOLDER/" "s3://$PLACE/folder/"
test "$(s3cmd --config "$WORK/s3cfg" ls "s3://$PLACE/folder/" | wc -l)" -eq 1

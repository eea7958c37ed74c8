#!/bin/sh
# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# For the browser: reports of real runs, one verified, one violated, one of twenty places, and one of several principals
# with a key and a condition; an index, a page full of hostile names, a drawing of many places, a survey that found many
# principals, and an index of a thousand contracts.
# Runs in the environment of the enforcing emulator: pages.sh FOLDER
set -eu
folder=$1
here=tests/screenshots
play() {
    verb=$1
    group=$2
    shift 2
    ansible-playbook "playbooks/$verb.yml" -i $here/contracts.yml -e "bucket_access_hosts=$group" \
        -e "bucket_access_plain_http_endpoint_url=$PLAIN_HTTP_ENDPOINT_URL" \
        -e "{\"bucket_access_report_dir\": \"$folder/{{ inventory_hostname }}\"}" "$@"
}
policy() { printf '{"Version":"2012-10-17","Statement":[%s]}' "$1"; }
allow() { printf '{"Effect":"Allow","Action":[%s],"Resource":"%s"}' "$1" "$2"; }

rm -rf "$folder"
play provision contracts
bucket=arn:aws:s3:::example-partner-reports
aws iam put-user-policy --user-name partner --policy-name left-over \
    --policy-document "$(policy "$(allow '"s3:ListAllMyBuckets"' '*')")"
aws iam put-role-policy --role-name partner-reports --policy-name bucket-access --policy-document \
    "$(policy "$(allow '"s3:ListBucket"' '*'),$(allow '"s3:GetObject","s3:PutObject"' "$bucket/*")")"
if play verify contracts -e "bucket_access_report_index_dir=$folder"; then
    echo "screenshots: the contract partner-reports was broken on purpose, and verify did not notice" >&2
    exit 1
fi
aws iam create-open-id-connect-provider --url https://token.ci.example --client-id-list sts.amazonaws.com
EXCHANGE_KEY=$(aws kms create-key --query KeyMetadata.Arn --output text)
export EXCHANGE_KEY
play provision rich
play verify rich
PYTHONPATH=.collections:tests python $here/hostile.py "$folder/partner-reports/access-report.json" "$folder/hostile.html"
PYTHONPATH=.collections:tests python $here/many.py "$folder/many.html"
PYTHONPATH=.collections:tests python $here/crowd.py "$folder/partner-reports/access-report.json" "$folder/crowd.html"
PYTHONPATH=.collections:tests python $here/thousand.py "$folder/team-exchange/access-report.json" \
    "$folder/partner-reports/access-report.json" "$folder/thousand.html"

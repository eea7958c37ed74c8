#!/bin/sh
# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Starts Ceph inside of its folder, and makes an account with a root user: ceph-start.sh KEY-ID SECRET
set -eu
cd /  # the OSD looks for its own libraries from here
home=/srv/ceph
keyring=/etc/ceph/keyring

rm -f "$keyring"
ceph-authtool --create-keyring "$keyring" --gen-key --name mon. --cap mon 'allow *'
for name in client.admin client.rgw osd.0; do
    ceph-authtool "$keyring" --gen-key --name "$name" --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
done

address=$(sed -n 's/^mon host = //p' /etc/ceph/ceph.conf)
fsid=$(sed -n 's/^fsid = //p' /etc/ceph/ceph.conf)
monmaptool --create --addv a "$address" --fsid "$fsid" --clobber "$home/monmap"
ceph-mon --mkfs --id a --monmap "$home/monmap" --keyring "$keyring"
ceph-mon --id a --foreground &

osd=$(cat /proc/sys/kernel/random/uuid)
ceph --connect-timeout 30 osd new "$osd" 0
ceph-osd --mkfs --id 0 --osd-uuid "$osd"
ceph-osd --id 0 --foreground &
until ceph osd stat | grep -q '1 up'; do sleep 0.2; done

# Before the gateway: whoever comes first makes the zone.
radosgw-admin account create --account-name tests >"$home/account.new"
account=$(sed -n 's/^ *"id": "\(RGW[0-9]*\)".*/\1/p' "$home/account.new")
radosgw-admin user create --uid root --display-name root --account-id "$account" --account-root \
    --access-key "$1" --secret "$2" >/dev/null
radosgw --name client.rgw --foreground &
mv "$home/account.new" "$home/account.json"
wait

#!/bin/sh
# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Unpacks Ceph's gateway from Debian sid into a folder: ceph-packages.sh FOLDER
# Nothing is installed and no script of a package runs: what is unpacked is all that the programs need.
set -eu
folder=$1
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

mkdir -p "$folder/tool" "$folder/download" "$folder/root"
cd "$folder/tool"
apt-get download debootstrap
dpkg-deb -x debootstrap_*.deb .
DEBOOTSTRAP_DIR="$PWD/usr/share/debootstrap" usr/sbin/debootstrap --download-only --variant=minbase \
    --include=radosgw,ceph-mon,ceph-osd,ceph-common sid "$folder/download" "$mirror"

cd "$folder/download/var/cache/apt/archives"
# Its links from /bin and /lib into /usr come first.
for package in base-files_*.deb *.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$folder/root" --keep-directory-symlink
done
chroot "$folder/root" /sbin/ldconfig
rm -rf "$folder/download" "$folder/tool"
chroot "$folder/root" /usr/bin/radosgw --version

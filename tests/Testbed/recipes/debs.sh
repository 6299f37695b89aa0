#!/bin/bash
# Takes single binaries out of Debian packages without installing them: etcd-server would start a service. Use: debs.sh OUT WORK PACKAGE=PATH…
set -euo pipefail
out=$1 work=$2; shift 2
cd "$work"
chmod 755 .
mkdir -p "$out"
for want in "$@"; do
    package=${want%%=*} path=${want#*=}
    echo "== fetching $package"
    apt-get -q -o APT::Sandbox::User=root download "$package"
    rm -rf tree
    dpkg-deb -x "$package"_*.deb tree
    install -m 0755 "tree/$path" "$out/"
done

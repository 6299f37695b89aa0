#!/bin/bash
# Bootstraps a root that nodes share: Debian with rootless Podman. Use: node-root.sh OUT WORK SUITE LIBSSL
# Needs STROMBOLI_MIRROR (address of a Debian archive) and, on the machine, debootstrap.
set -euo pipefail
out=$1 suite=$3 libssl=$4
podman=podman,crun,uidmap,netavark,aardvark-dns,passt,fuse-overlayfs,catatonit
# What .NET asks of the machine (the runtime itself is bound in) and what a person needs to look around.
dotnet=ca-certificates,$libssl,libstdc++6,libgcc-s1,zlib1g,tzdata
tools=iproute2,nftables,procps,util-linux

echo "== bootstrapping a root of Debian $suite with Podman"
debootstrap --variant=minbase --include="$podman,$dotnet,$tools" "$suite" "$out/rootfs" "$STROMBOLI_MIRROR" | "$(dirname "$0")/packages.sh"
cd "$out/rootfs"
rm -rf var/cache/apt/archives/*.deb var/lib/apt/lists/* var/log/* usr/share/{doc,man,info,locale}
# Where the node's own folders are mounted. The user is each node's own affair (enter.sh).
mkdir -p oldroot home/node

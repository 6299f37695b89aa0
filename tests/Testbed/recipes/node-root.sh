#!/bin/bash
# Bootstraps the root that all nodes share: Debian trixie with rootless Podman. Use: node-root.sh OUT WORK
# Needs STROMBOLI_MIRROR (address of a Debian archive) and, on the machine, debootstrap.
set -euo pipefail
out=$1
podman=podman,crun,uidmap,netavark,aardvark-dns,passt,fuse-overlayfs,catatonit
# What .NET asks of the machine (the runtime itself is bound in) and what a person needs to look around.
dotnet=ca-certificates,libssl3t64,libstdc++6,libgcc-s1,zlib1g,tzdata
tools=iproute2,nftables,procps,util-linux

echo "== bootstrapping a root of Debian trixie with Podman"
debootstrap --variant=minbase --include="$podman,$dotnet,$tools" trixie "$out/rootfs" "$STROMBOLI_MIRROR" | "$(dirname "$0")/packages.sh"
cd "$out/rootfs"
rm -rf var/cache/apt/archives/*.deb var/lib/apt/lists/* var/log/* usr/share/{doc,man,info,locale}
# Where the node's own folders are mounted. The user is each node's own affair (enter.sh).
mkdir -p oldroot home/node

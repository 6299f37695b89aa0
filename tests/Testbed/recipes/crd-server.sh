#!/bin/bash
# Builds the current apiextensions-apiserver (CEL, selectable fields) in a root of Debian sid. Use: crd-server.sh OUT WORK
# Needs STROMBOLI_MIRROR (address of a Debian archive) and, on the machine, debootstrap. sid moves: WORK/../VERSION says what was built.
set -euo pipefail
out=$1 work=$2
root=$work/sid

echo "== bootstrapping a root of Debian sid with Go and the sources"
debootstrap --variant=minbase --include=golang-go,golang-k8s-apiextensions-apiserver-dev sid "$root" "$STROMBOLI_MIRROR" | "$(dirname "$0")/packages.sh"

echo "== compiling"
mkdir -p "$out"
# A mount namespace of its own: what is mounted there is gone with the process, however it ends.
unshare -m --propagation private bash -euo pipefail -s "$root" <<'INNER'
root=$1
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
chroot "$root" /bin/bash -euo pipefail -c '
    cd /usr/share/gocode/src/k8s.io/apiextensions-apiserver
    export HOME=/root GO111MODULE=off GOPATH=/usr/share/gocode CGO_ENABLED=0
    total=$(go list -deps . | wc -l)
    go build -v -ldflags "-s -w" -o /crd-server . 2>&1 | awk -v total="$total" "/^[^ ]*\$/ { print \"-- \" ++n \" of at most \" total \" packages compiled\"; fflush(); next } { print; fflush() }"
    dpkg-query -W -f "\${Version}\n" golang-k8s-apiextensions-apiserver-dev > /VERSION'
INNER
install -m 0755 "$root/crd-server" "$out/crd-server"
install -m 0644 "$root/VERSION" "$out/VERSION"

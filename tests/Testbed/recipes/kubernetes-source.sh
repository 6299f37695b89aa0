#!/bin/bash
# Unpacks Debian's source package of Kubernetes and generates the code that it lacks. Use: kubernetes-source.sh OUT WORK
# Needs STROMBOLI_MIRROR (address of a Debian archive) and, on the machine, golang-1.19-go, rsync, jq, dpkg-dev, make, gcc.
set -euo pipefail
out=$1 work=$2
version=1.20.2

# A private apt configuration: the machine's own sources have no deb-src line and are not ours to change.
mkdir -p "$work"/apt/{state/lists/partial,cache/archives/partial,etc}
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $STROMBOLI_MIRROR bookworm main" > "$work/apt/etc/sources.list"
apt=(-o "Dir::State=$work/apt/state" -o "Dir::Cache=$work/apt/cache" -o "Dir::Etc::SourceList=$work/apt/etc/sources.list"
     -o Dir::Etc::SourceParts=/dev/null -o APT::Sandbox::User=root)
echo "== reading the source index"
apt-get -q "${apt[@]}" update
cd "$work"
echo "== fetching"
apt-get -q "${apt[@]}" source --download-only kubernetes
echo "== unpacking"
dpkg-source --no-check -x kubernetes_*"$version"-*.dsc source
# The vendored reflect2 1.0.1 iterates maps in a way that Go has not allowed since 1.18: the server would now and then die of it (a segmentation
# fault in mapiterinit). 1.0.2 is the fix; Debian has it as a package.
apt-get -q -o APT::Sandbox::User=root download golang-github-modern-go-reflect2-dev
dpkg-deb -x golang-github-modern-go-reflect2-dev_*.deb reflect2
rm source/vendor/github.com/modern-go/reflect2/*.{go,s}
cp reflect2/usr/share/gocode/src/github.com/modern-go/reflect2/*.{go,s} source/vendor/github.com/modern-go/reflect2/
rm -f source/vendor/github.com/modern-go/reflect2/*_test.go
mkdir -p "$out"
mkdir -p "$out/gopath/src/k8s.io"
mv source "$out/source"
ln -s ../../../source "$out/gopath/src/k8s.io/kubernetes"
cd "$out/source"
echo "== generating code"
export PATH="/usr/lib/go-1.19/bin:$PATH" GOCACHE="$out/gocache" GOFLAGS=-mod=vendor
export KUBE_GIT_COMMIT=debian KUBE_GIT_TREE_STATE=clean KUBE_GIT_VERSION="v$version" KUBE_GIT_MAJOR=1 KUBE_GIT_MINOR=20
make generated_files

#!/bin/bash
# Builds one program of Kubernetes. Use: kubernetes.sh OUT WORK SOURCE PROGRAM; SOURCE is what kubernetes-source.sh made, and keeps what was compiled.
set -euo pipefail
out=$1 source=$3 program=$4
version=1.20.2
# As its own make does, without modules. providerless leaves the cloud providers out; the version is set because there is no git work tree to read it from.
cd "$source/gopath/src/k8s.io/kubernetes"
export PATH="/usr/lib/go-1.19/bin:$PATH" GOCACHE="$source/gocache" GOPATH="$source/gopath" GO111MODULE=off GOFLAGS=-tags=providerless CGO_ENABLED=0
flags="-s -w"
for package in k8s.io/kubernetes/vendor/k8s.io/{component-base/version,client-go/pkg/version}; do
    flags+=" -X $package.gitVersion=v$version -X $package.gitMajor=1 -X $package.gitMinor=20 -X $package.gitTreeState=clean -X $package.gitCommit=debian"
done
echo "== compiling"
total=$(go list -deps "./cmd/$program" | wc -l)
mkdir -p "$out"
go build -v -ldflags "$flags" -o "$out/$program" "./cmd/$program" 2>&1 | awk -v total="$total" '/^[^ ]*$/ { print "-- " ++n " of at most " total " packages compiled"; fflush(); next } { print; fflush() }'

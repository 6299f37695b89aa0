#!/bin/bash
# Makes images as archives, without a registry and without an engine. Use: images.sh OUT WORK NAME…
# Needs STROMBOLI_MIRROR (address of a Debian archive), BUSYBOX (a static busybox) and, on the machine, debootstrap and jq.
set -euo pipefail
out=$1 work=$2; shift 2

# image NAME FOLDER CONFIG: one layer out of FOLDER; CONFIG is the "config" object of the image as JSON.
image() {
    local name=$1 folder=$2 config=$3 dir=$work/image-$1 digest id
    mkdir -p "$dir"
    tar --sort=name --mtime=@0 --numeric-owner --owner=0 --group=0 -C "$folder" -cf "$dir/layer.tar" .
    digest=$(sha256sum "$dir/layer.tar" | cut -d' ' -f1)
    jq -nc --argjson config "$config" --arg layer "sha256:$digest" \
        '{architecture: "amd64", os: "linux", created: "1970-01-01T00:00:00Z", config: $config, rootfs: {type: "layers", diff_ids: [$layer]},
          history: [{created: "1970-01-01T00:00:00Z", created_by: "stromboli testbed"}]}' > "$dir/config.json"
    id=$(sha256sum "$dir/config.json" | cut -d' ' -f1)
    mv "$dir/config.json" "$dir/$id.json"
    jq -nc --arg config "$id.json" --arg tag "registry.test/$name:1" '[{Config: $config, RepoTags: [$tag], Layers: ["layer.tar"]}]' > "$dir/manifest.json"
    tar -C "$dir" -cf "$out/$name.tar" manifest.json "$id.json" layer.tar
    echo "== made registry.test/$name:1"
}

# oci-image NAME FOLDER CONFIG ANNOTATIONS: the same as an OCI archive, whose manifest can carry annotations (a docker-archive's cannot).
oci_image() {
    local name=$1 folder=$2 config=$3 annotations=$4 dir=$work/oci-$1 blobs=$work/oci-$1/blobs/sha256
    mkdir -p "$blobs"
    # blob FILE TYPE: moves the file among the blobs and prints its descriptor.
    blob() {
        local digest
        digest=$(sha256sum "$1" | cut -d' ' -f1)
        jq -nc --arg type "$2" --arg digest "sha256:$digest" --argjson size "$(stat -c %s "$1")" '{mediaType: $type, digest: $digest, size: $size}'
        mv "$1" "$blobs/$digest"
    }
    tar --sort=name --mtime=@0 --numeric-owner --owner=0 --group=0 -C "$folder" -cf "$dir/layer" .
    local layer type=application/vnd.oci.image
    layer=$(blob "$dir/layer" $type.layer.v1.tar)
    jq -nc --argjson config "$config" --argjson layer "$layer" \
        '{architecture: "amd64", os: "linux", created: "1970-01-01T00:00:00Z", config: $config, rootfs: {type: "layers", diff_ids: [$layer.digest]}}' > "$dir/config"
    jq -nc --argjson config "$(blob "$dir/config" $type.config.v1+json)" --argjson layer "$layer" --argjson annotations "$annotations" --arg type $type.manifest.v1+json \
        '{schemaVersion: 2, mediaType: $type, config: $config, layers: [$layer], annotations: $annotations}' > "$dir/manifest"
    jq -nc --argjson manifest "$(blob "$dir/manifest" $type.manifest.v1+json)" --arg tag "registry.test/$name:1" \
        '{schemaVersion: 2, manifests: [$manifest + {annotations: {"org.opencontainers.image.ref.name": $tag}}]}' > "$dir/index.json"
    echo '{"imageLayoutVersion": "1.0.0"}' > "$dir/oci-layout"
    tar -C "$dir" -cf "$out/$name.tar" oci-layout index.json blobs
    echo "== made registry.test/$name:1"
}

mkdir -p "$out"
path='PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

# box FOLDER: one static binary and its names.
box() {
    mkdir -p "$1"/{bin,etc,tmp,root,proc,sys,dev,run}
    install -m 0755 "$BUSYBOX" "$1/bin/busybox"
    for name in $("$BUSYBOX" --list); do [ "$name" = busybox ] || ln -s busybox "$1/bin/$name"; done
    echo root:x:0:0:root:/root:/bin/sh > "$1/etc/passwd"
    echo root:x:0: > "$1/etc/group"
}

# hostile_box FOLDER: a box with everything an image may bring along that must change nothing about a run.
hostile_box() {
    box "$1"
    printf '#!/bin/sh\necho hostile entrypoint >&2\nexec "$@"\n' > "$1/entrypoint"
    chmod 0755 "$1/entrypoint"
    mkdir -p "$1/volume" "$1/workspace"
}

for name in "$@"; do
    folder=$work/$name
    case $name in
        busybox)
            box "$folder"
            image busybox "$folder" "{\"Env\": [\"$path\"], \"Cmd\": [\"sh\"]}" ;;
        hostile)
            hostile_box "$folder"
            image hostile "$folder" "$(jq -nc --arg path "$path" '{
    Env: [$path, "ANTHROPIC_API_KEY=from-the-image", "ANTHROPIC_BASE_URL=http://192.0.2.1", "LD_PRELOAD=/nowhere.so", "HOSTILE=1", "HOME=/volume", "NODE_OPTIONS=--hostile"],
    Entrypoint: ["/entrypoint"], Cmd: ["sh", "-c", "echo hostile command"], User: "root", WorkingDir: "/volume", StopSignal: "SIGWINCH",
    Volumes: {"/volume": {}, "/workspace": {}, "/tmp/volume": {}}, ExposedPorts: {"22/tcp": {}},
    Healthcheck: {Test: ["CMD-SHELL", "touch /volume/healthy"], Interval: 1000000000, Timeout: 1000000000, Retries: 1},
    Labels: {"stromboli.dev/run-uid": "from-the-image", "io.podman.annotations.seccomp": "unconfined", "io.containers.autoupdate": "registry",
             "io.containers.capabilities": "SYS_ADMIN", "run.oci.keep_original_groups": "1", "hostile": "1"}}')" ;;
        annotated) # Annotations by which an image might talk to Podman, crun or the kernel.
            hostile_box "$folder"
            oci_image annotated "$folder" "{\"Env\": [\"$path\"], \"Cmd\": [\"sh\"]}" '{
    "hostile": "1", "io.podman.annotations.privileged": "TRUE", "io.podman.annotations.userns": "host", "io.podman.annotations.init": "TRUE",
    "io.podman.annotations.label": "disable", "io.podman.annotations.seccomp": "unconfined", "run.oci.keep_original_groups": "1",
    "run.oci.systemd.subgroup": "hostile", "run.oci.hooks.stdout": "/dev/stdout", "io.container.manager": "hostile", "stromboli.dev/run-uid": "from-the-image"}' ;;
        agent) # What a coding agent needs of a system; the default image.
            echo "== bootstrapping the base of registry.test/agent:1"
            debootstrap --variant=minbase --include=git,ca-certificates trixie "$folder" "$STROMBOLI_MIRROR" | "$(dirname "$0")/packages.sh"
            rm -rf "$folder"/var/cache/apt/* "$folder"/var/lib/apt/lists/* "$folder"/var/log/* "$folder"/usr/share/{doc,man,info,locale} "$folder"/dev/*
            image agent "$folder" "{\"Env\": [\"$path\", \"LANG=C.UTF-8\"], \"Cmd\": [\"bash\"]}" ;;
        *) echo "no recipe for an image $name" >&2; exit 1 ;;
    esac
done

#!/bin/bash
# Becomes a node: a root of its own in a mount namespace of its own, with cgroup v2, so that an unprivileged user can make user namespaces in it
# (the kernel refuses them in a plain chroot). Use:
#   unshare --mount --propagation private enter.sh LOWER STATE UID SUBORDINATE [SOURCE:TARGET:ro|rw]… -- COMMAND…
# LOWER is the root that nodes share; nothing writes to it. STATE keeps what this node writes. UID is its unprivileged user `node`, SUBORDINATE the first of
# that user's 65536 subordinate ids. STATE/hosts, if it exists, is appended to its /etc/hosts. Each SOURCE folder of this machine appears at TARGET.
set -euo pipefail
lower=$1 state=$2 uid=$3 subordinate=$4; shift 4
mkdir -p "$state"/{upper,work,root,home}
root=$state/root
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$state/upper,workdir=$state/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 none "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"

# Devices of its own: rootless Podman opens fuse and tun as the user, and the machine's may not allow that.
mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
for device in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0 fuse:10:229; do
    IFS=: read -r name major minor <<< "$device"
    mknod -m 0666 "$root/dev/$name" c "$major" "$minor"
done
mkdir -p "$root"/dev/{net,pts,shm,mqueue}
mknod -m 0666 "$root/dev/net/tun" c 10 200
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/dev/shm"
mount -t mqueue mqueue "$root/dev/mqueue"

grep -q ^node: "$root/etc/passwd" || {
    echo "node:x:$uid:$uid::/home/node:/bin/bash" >> "$root/etc/passwd"
    echo "node:x:$uid:" >> "$root/etc/group"
    echo "node:$subordinate:65536" > "$root/etc/subuid"
    echo "node:$subordinate:65536" > "$root/etc/subgid"
}
# The testbed's registries by name, since their certificates have names.
echo "127.0.0.1 localhost open.registry.test private.registry.test" > "$root/etc/hosts"
[ ! -e "$state/hosts" ] || cat "$state/hosts" >> "$root/etc/hosts"
# Podman's own overlay cannot lie on an overlay: its storage is a plain folder.
mount --bind "$state/home" "$root/home/node"
chown "$uid:$uid" "$root/home/node"
chmod 0711 "$root/home/node"
install -d -m 0755 "$root/run/user"
install -d -o "$uid" -g "$uid" -m 0700 "$root/run/user/$uid"

while [ "$1" != -- ]; do
    IFS=: read -r source target mode <<< "$1"; shift
    case $target in
        # The user owns the folders on the way.
        /home/node/*) (cd "$root/home/node" && setpriv --reuid "$uid" --regid "$uid" --clear-groups mkdir -p "${target#/home/node/}") ;;
        *) mkdir -p "$root/$target" ;;
    esac
    mount --bind "$source" "$root/$target"
    [ "$mode" = rw ] || mount -o remount,bind,ro,nosuid,nodev "$root/$target"
done
shift

cd "$root"
pivot_root . oldroot
umount -l /oldroot
mount --make-rshared /
exec "$@"

#!/bin/sh
# Makes what the engine would: own pid, mount and net namespaces (by the caller's unshare), a read-only root, tmpfs where
# an agent may write, the run directory read-only; then the shim as PID 1 with an unprivileged uid and no capabilities.
# Arguments: the shim, the run directory, a directory for /opt/stromboli, a directory for /workspace, the uid.
set -e
mount --make-rprivate /
mount -t tmpfs -o mode=0755 tmpfs /mnt
mkdir /mnt/opt /mnt/sockets /mnt/workspace
: > /mnt/shim
mount --bind "$1" /mnt/shim
mount --bind "$3" /mnt/opt
mount --bind "$2" /mnt/sockets
mount --bind "$4" /mnt/workspace
mount -t tmpfs -o mode=0755 tmpfs /opt
mkdir /opt/stromboli /opt/workspace
mount --rbind /mnt/opt /opt/stromboli
mount --bind /mnt/workspace /opt/workspace
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir /run/stromboli
mount --bind /mnt/sockets /run/stromboli
mount -o remount,bind,ro,nosuid,nodev,noexec /run/stromboli
: > /run/shim
mount --bind /mnt/shim /run/shim
umount -l /mnt
mount -t tmpfs -o mode=1777 tmpfs /tmp
mkdir '/opt/odd "name\'
mount -t tmpfs tmpfs '/opt/odd "name\'
mount -o remount,bind,ro /opt
mount -o remount,bind,ro /
ip link set lo up
# Less than the hard limit, so that it shows whose limit is raised.
ulimit -S -n 512
cd /
exec setpriv --reuid "$5" --regid "$5" --clear-groups --inh-caps=-all --ambient-caps=-all --bounding-set=-all \
    --no-new-privs /opt/stromboli/attacker launch /run/shim

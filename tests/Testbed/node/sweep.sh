#!/bin/bash
# Removes all that a stack has on this machine: its processes (a cgroup cannot be left by forking), its state, its sockets. Use: sweep.sh CGROUP FOLDER…
# It first waits for the end of its standard input. Held open by a test run, that end comes when the run ends, however it ends.
cat > /dev/null
cgroup=$1; shift
if [ -d "$cgroup" ]; then
    for _ in $(seq 200); do
        echo 1 > "$cgroup/cgroup.kill"
        grep -q 'populated 0' "$cgroup/cgroup.events" && break
        sleep 0.05
    done
    # Only directories can be removed there, and only when empty, deepest first.
    find "$cgroup" -depth -type d -exec rmdir {} \; 2>/dev/null
fi
# Gone at once by name; what it takes to unlink a few ten thousand files nobody needs to wait for.
removed=()
for folder in "$@"; do
    [ -e "$folder" ] && mv "$folder" "$folder.removed" && removed+=("$folder.removed")
done
[ ${#removed[@]} = 0 ] || setsid -- rm -rf --one-file-system "${removed[@]}" > /dev/null 2>&1 &
[ ! -d "$cgroup" ]

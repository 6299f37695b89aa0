#!/bin/bash
# Removes everything that a stack has on this machine: its processes (which cannot leave their cgroup by forking), its state, its sockets.
# Use: sweep.sh CGROUP FOLDER…
# It first waits for the end of its standard input. A test run holds that open, so the end comes with the run, however the run ends.
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
# Renamed at once; unlinking tens of thousands of files goes on in the background.
removed=()
for folder in "$@"; do
    [ -e "$folder" ] && mv "$folder" "$folder.removed" && removed+=("$folder.removed")
done
[ ${#removed[@]} = 0 ] || setsid -- rm -rf --one-file-system "${removed[@]}" > /dev/null 2>&1 &
[ ! -d "$cgroup" ]

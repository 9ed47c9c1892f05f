#!/bin/sh
# Runs a command of the Windows environment (Wine) in its root, in mounts of its own that go with it.
#
#   enter.sh ROOT PROJECT SECONDS COMMAND...
#
# ROOT is the folder the environment lies in; PROJECT is seen inside as /project. Standard input
# and output are a null device and a pipe: without them Python's streams fail under Wine.
set -eu
root=$1 project=$2 seconds=$3
shift 3
export root project seconds
exec unshare --mount --propagation private bash -eu -o pipefail -c '
    for folder in proc dev sys; do
        mkdir -p "$root/$folder"
        mount --rbind "/$folder" "$root/$folder"
    done
    mkdir -p "$root/project" "$root/tmp/.X11-unix" "$root/tmp/windows"
    mount --bind "$project" "$root/project"
    if [ -d /tmp/.X11-unix ]; then mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"; fi
    if [ -S /run/cups/cups.sock ]; then
        mkdir -p "$root/run/cups"
        mount --bind /run/cups "$root/run/cups"
    fi
    timeout --kill-after=10 "$seconds" chroot "$root" "$@" </dev/null 2>&1 | cat
' enter "$@"

# shellcheck shell=sh
# The user `app`, who owns the service: its numbers are the first in the file that bear them, so that
# every tool calls them app, even where the image has a user of that number.

name_owner() { # UID GID
    put_first /etc/passwd "app:x:$1:$2::/home/app:/bin/bash"
    put_first /etc/group "app:x:$2:"
}

# Where root owns the service, `app` is another name for root: whoever comes from outside as app (an editor) is the owner, too. The last
# in the file, so that tools go on calling root root.
name_root() {
    for line in /etc/passwd:app:x:0:0::/root:/bin/bash /etc/group:app:x:0:; do
        file=${line%%:*}
        rest=$(grep -v '^app:' "$file")
        printf '%s\n%s\n' "$rest" "${line#*:}" > "$file"
    done
}

put_first() { # FILE LINE
    rest=$(grep -v '^app:' "$1")
    printf '%s\n%s\n' "$2" "$rest" > "$1"
}

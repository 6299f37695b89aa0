# Prints the difference between a commit and the working directory, which is the workspace, as gzip on standard output. Arguments: $1 is the
# commit (empty: one without files); $2 is how many bytes of the difference are printed at most. All other settings of git are in the
# environment. Each way to fail has a separate exit code.
#
# The agent can write everything in the workspace, .git included. So nothing in .git is used but its objects, whose names are their content:
# git works in a repository of its own, made here, with its own index, configuration and attributes.
set -u
base=$1 bytes=$2
exec 3>&1 >&2 < /dev/null

readonly unusable=64 gone=65 unreadable=66 failed=67

export GIT_DIR=/tmp/stromboli.git GIT_WORK_TREE=/workspace GIT_ALTERNATE_OBJECT_DIRECTORIES=/workspace/.git/objects
format=sha1
[ ${#base} != 64 ] || format=sha256
git init --quiet --template= --object-format=$format || exit $unusable

if [ -n "$base" ]; then
    git cat-file -e "$base^{tree}" || exit $gone
    git read-tree "$base" || exit $gone
else
    base=$(git hash-object -t tree -w --stdin) || exit $unusable
fi

# New files, as entries without content. Exit code 1 tells of single files that cannot be added, such as repositories without commits.
git add --intent-to-add --ignore-removal --ignore-errors -- .
[ $? -le 1 ] || exit $unreadable

# A commit of a submodule is compared, and not its files: git would run in it, with its configuration.
{
    git diff --no-color --no-ext-diff --no-textconv --ignore-submodules=dirty "$base" --
    echo $? > /tmp/status
} | head -c "$bytes" | gzip -1 >&3 || exit $failed
read -r status < /tmp/status
# 141: git was still printing when the most was reached.
[ "$status" = 0 ] || [ "$status" = 141 ] || exit $failed

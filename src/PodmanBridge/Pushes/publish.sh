# Pushes what an agent left in the working directory, which is the workspace. Nothing of the agent's repository but objects, HEAD and refs is
# read: not its configuration, hooks, attributes of its own, or index. Arguments: $1 is push or look; $2 is the repository's address; $3 is
# the branch; $4 is the commit that was cloned; $5 is the message; $6 has the protected paths, one a line. Each way to fail has a separate
# exit code. Standard output gets the outcome and nothing else.
set -u
exec 3>&1 >&2 < /dev/null
mode=$1 url=$2 branch=$3 base=$4 message=$5 protected=$6

readonly unusable=64 no_repository=70 no_history=71 is_protected=72 nested=73 not_committed=74 unanswered=75 diverged=76 not_pushed=77 \
    not_read_back=78

is_commit() {
    case $1 in *[!0-9a-f]*) return 1 ;; esac
    [ ${#1} = 40 ] || [ ${#1} = 64 ]
}

# The commit of the branch at the server; nothing if there is no such branch.
at() {
    refs=$(git ls-remote -- "$url" "refs/heads/$branch") || exit $unanswered
    while read -r id name; do
        [ "$name" != "refs/heads/$branch" ] || echo "$id"
    done <<REFS
$refs
REFS
}

# git believes that objects are what their names say, and the agent can have written others in their place. Commits that prove something are
# copied through index-pack, which names them by what is in them. The history that is not needed is cut off, which cannot add any.
readonly proof=/tmp/proof.git commits=/tmp/proof.commits tab='	'
proven() (
    unset GIT_OBJECT_DIRECTORY GIT_WORK_TREE GIT_INDEX_FILE
    GIT_DIR=$proof git "$@"
)

# Whether the commit $2 follows the commit $1.
follows() {
    git merge-base --is-ancestor "$1" "$2" || return 1
    rm -rf "$proof"
    proven init --quiet --bare --template= --object-format=$format "$proof" || exit $unusable
    git rev-list --boundary "$2" --not "$1^@" > $commits || return 1
    {
        echo "$1"
        sed -n 's/^-//p' $commits
        [ ! -f "$GIT_DIR/shallow" ] || cat "$GIT_DIR/shallow"
    } | sort -u > $proof/shallow
    sed 's/^-//' $commits | git pack-objects --quiet --stdout | proven index-pack --stdin > /dev/null || return 1
    proven merge-base --is-ancestor "$1" "$2"
}

# What the proven commit $1 has at the path $2, or instead of a directory above it: mode, type and ID. Nothing if there is nothing.
entry() {
    tree=$(proven cat-file commit "$1" | sed -n '1s/^tree //p') rest=${2%/}/
    while :; do
        [ "$(git cat-file tree "$tree" | git hash-object -t tree --stdin --literally)" = "$tree" ] || {
            echo "The tree $tree of $1 is not what its name says." >&2
            return 1
        }
        name=${rest%%/*} rest=${rest#*/}
        [ -n "$name" ] || return 1
        found=$(git ls-tree "$tree" -- "$name") || return 1
        found=${found%%"$tab"*}
        case $found in
            '040000 tree '*) tree=${found##* } ;;
            *) rest= ;;
        esac
        if [ -z "$rest" ]; then
            echo "$found"
            return 0
        fi
    done
}

format=sha1
[ ${#base} != 64 ] || format=sha256
export GIT_DIR=/tmp/publish.git
rm -rf "$GIT_DIR"
git init --quiet --bare --template= --object-format=$format "$GIT_DIR" || exit $unusable

if [ "$mode" = look ]; then
    now=$(at) || exit $unanswered
    echo "at $now" >&3
    exit 0
fi

[ -d .git ] && [ ! -L .git ] && [ -d .git/objects ] && [ ! -L .git/objects ] || exit $no_repository
# A pipe would never end.
content() { [ -f "$1" ] && [ ! -L "$1" ] && cat "$1"; }
head=$(content .git/HEAD) || exit $no_repository
case $head in
    *..*) exit $no_repository ;;
    'ref: refs/heads/'*)
        ref=${head#ref: }
        if ! head=$(content ".git/$ref"); then
            head=$(content .git/packed-refs | while read -r id name; do [ "$name" != "$ref" ] || echo "$id"; done)
        fi
        ;;
esac
is_commit "$head" || exit $no_repository

# New objects go where the agent's are, within the limits of the workspace's disk.
export GIT_WORK_TREE=$PWD GIT_OBJECT_DIRECTORY=$PWD/.git/objects GIT_INDEX_FILE=/tmp/publish.index
export GIT_NO_REPLACE_OBJECTS=1 GIT_NO_LAZY_FETCH=1 GIT_LITERAL_PATHSPECS=1
[ ! -f .git/shallow ] || [ -L .git/shallow ] || cp .git/shallow "$GIT_DIR/shallow" || exit $unusable
git cat-file -e "$head^{commit}" && git cat-file -e "$base^{commit}" || exit $no_repository
git merge-base --is-ancestor "$base" "$head" || exit $no_history

rm -f "$GIT_INDEX_FILE"
git read-tree "$head" || exit $not_committed
# git would run in a submodule, with the configuration that it finds there.
git ls-files --stage -z | grep -z '^160000 ' | cut -z -f 2- | git update-index -z --skip-worktree --stdin || exit $not_committed
if [ -f .git/info/exclude ] && [ ! -L .git/info/exclude ]; then
    git -c core.excludesFile="$PWD/.git/info/exclude" add --all . || exit $not_committed
else
    git add --all . || exit $not_committed
fi
links=$(git diff-index --cached --raw --no-renames "$head" | grep -E '^:([0-7]{6} 160000|160000)' | cut -f 2-)
if [ -n "$links" ]; then
    printf '%s\n' "$links" | head -n 5 >&3
    exit $nested
fi
tree=$(git write-tree) || exit $not_committed
new=$head
if [ "$tree" != "$(git rev-parse --verify --quiet "$head^{tree}")" ]; then
    new=$(printf '%s\n' "$message" | git commit-tree -p "$head" "$tree") || exit $not_committed
fi
if [ "$new" = "$base" ]; then
    echo same >&3
    exit 0
fi

follows "$base" "$new" || exit $no_history

set -f
IFS='
'
# shellcheck disable=SC2086 # one path a line
set -- $protected
unset IFS
set +f
touched=
for path; do
    was=$(entry "$base" "$path") && is=$(entry "$new" "$path") || exit $not_committed
    if [ "$was" != "$is" ]; then
        names=$(git diff-tree -r --no-renames --name-only "$base" "$new" -- "$path") || exit $not_committed
        touched="$touched${names:-$path}
"
    fi
done
if [ -n "$touched" ]; then
    printf '%s' "$touched" | head -n 5 >&3
    exit $is_protected
fi

old=$(at) || exit $unanswered
if [ "$old" = "$new" ]; then
    echo "already $new" >&3
    exit 0
fi
if [ -n "$old" ]; then
    git cat-file -e "$old^{commit}" && follows "$old" "$new" || exit $diverged
fi
git push --quiet --no-verify --no-signed --force-with-lease="refs/heads/$branch:$old" -- "$url" "$new:refs/heads/$branch" || exit $not_pushed
now=$(at) || exit $not_read_back
[ "$now" = "$new" ] || exit $not_read_back
echo "pushed $new" >&3

# Clones a repository into the working directory, which is the workspace. Arguments: $1 is the address; $2 is a branch, tag, full ref or
# commit id (empty: the default branch); $3 is the number of commits of history (0: all of it); $4 is where the agent reaches the
# repository (empty: nowhere), on the server $5. All other settings of git are in the environment. Each way to fail has a separate exit
# code. Standard output gets the id of the commit that was checked out, and nothing else.
set -u
exec 3>&1 >&2 < /dev/null
url=$1 ref=$2 depth=$3 gateway=$4 server=$5

readonly unusable=64 unanswered=65 no_ref=66 not_fetched=67 no_commit=68 not_checked_out=69

# Removes what an interrupted clone left, since this one starts over.
rm -rf ./* ./.[!.]* ./..?* || exit $unusable

# The server's refs with this name. Patterns also match the end of a name, so the loop below compares each name as a whole.
refs=$(git ls-remote --symref -- "$url" HEAD ${ref:+"refs/heads/$ref" "refs/tags/$ref" "$ref"}) || exit $unanswered
default='' head='' branch='' tag='' full=''
while read -r one two three; do
    if [ "$one" = ref: ]; then
        [ "$three" != HEAD ] || default=$two
        continue
    fi
    case $two in
        HEAD) head=$one ;;
        "refs/heads/$ref") branch=$two ;;
        "refs/tags/$ref") tag=$two ;;
        "$ref") full=$two ;;
    esac
    sample=$one
done <<REFS
$refs
REFS

is_commit() {
    case $1 in *[!0-9a-f]*) return 1 ;; esac
    [ ${#1} = 40 ] || [ ${#1} = 64 ]
}

if [ -z "$ref" ]; then
    want=${default:-${head:+HEAD}}
elif is_commit "$ref"; then
    want=$ref sample=$ref
else
    want=${branch:-${tag:-$full}}
    [ -n "$want" ] || exit $no_ref
fi

format=sha1
[ "$(printf %s "${sample:-}" | wc -c)" != 64 ] || format=sha256
git init --quiet --template= --initial-branch=main --object-format=$format . || exit $unusable
git config remote.origin.url "$url" || exit $unusable
if [ -n "$gateway" ]; then
    # The address of origin stays the real one; git asks the gateway, whatever proxy the agent's environment names.
    git config "url.$gateway.insteadOf" "$url" && git config "http.$server.proxy" '' || exit $unusable
fi
case $want in
    refs/heads/*) track=${want#refs/heads/} ;;
    *) track='' ;;
esac
if [ "$depth" = 0 ] || [ -z "$track" ]; then
    git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*' || exit $unusable
else
    git config remote.origin.fetch "+refs/heads/$track:refs/remotes/origin/$track" || exit $unusable
fi

# A repository without commits gives a workspace without commits.
if [ -z "$head" ] && ! is_commit "$ref" && [ -z "$branch$tag$full" ]; then
    [ -z "$track" ] || git symbolic-ref HEAD "refs/heads/$track" || exit $unusable
    exit 0
fi

fetch() {
    git fetch --quiet --no-write-fetch-head --no-recurse-submodules --no-auto-maintenance "$@"
}
if [ "$depth" = 0 ]; then
    fetch --no-tags origin '+refs/heads/*:refs/remotes/origin/*' '+refs/tags/*:refs/tags/*' || exit $not_fetched
    [ -z "$default" ] || git symbolic-ref refs/remotes/origin/HEAD "refs/remotes/origin/${default#refs/heads/}" || exit $not_fetched
    is_commit "$want" && git cat-file -e "$want^{commit}" || fetch --no-tags origin "+$want:refs/stromboli/checkout" || exit $not_fetched
    is_commit "$want" && commit=$want || commit=refs/stromboli/checkout
else
    set -- "+$want:refs/stromboli/checkout"
    case $want in
        refs/heads/*) set -- "$@" "+$want:refs/remotes/origin/$track" ;;
        refs/tags/*) set -- "$@" "+$want:$want" ;;
    esac
    fetch --no-tags --depth="$depth" origin "$@" || exit $not_fetched
    commit=refs/stromboli/checkout
fi

commit=$(git rev-parse --verify --quiet "$commit^{commit}") || exit $no_commit
if [ -n "$track" ]; then
    git update-ref "refs/heads/$track" "$commit" && git symbolic-ref HEAD "refs/heads/$track" || exit $not_checked_out
    git config "branch.$track.remote" origin && git config "branch.$track.merge" "refs/heads/$track" || exit $not_checked_out
else
    # The message is that of git checkout, because git status reads from it what is checked out.
    git update-ref --no-deref -m "checkout: moving from main to ${want#refs/tags/}" HEAD "$commit" || exit $not_checked_out
fi
# Unlike checkout, reset runs no hook and cannot mistake a name for an option.
git reset --quiet --hard || exit $not_checked_out
git update-ref -d refs/stromboli/checkout
rm -f .git/FETCH_HEAD .git/ORIG_HEAD
echo "$commit" >&3

# Sourced by compare-commits and resume-across-commits: checks out and builds two commits.

usage() {
  sed -n '2,/^$/ { s/^# \{0,1\}//; p; }' "$0" >&2
  exit 2
}

# check_out BEFORE AFTER: worktrees $folder/before and $folder/after, which end with the script.
check_out() {
  repository=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
  folder=$(mktemp -d)
  trap remove_worktrees EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  git -C "$repository" worktree add --quiet --detach "$folder/before" "$1"
  git -C "$repository" worktree add --quiet --detach "$folder/after" "$2"
}

remove_worktrees() {
  trap '' INT TERM
  for side in before after; do
    if [ -e "$folder/$side" ]; then
      git -C "$repository" worktree remove --force "$folder/$side"
    fi
  done
  rm -rf "$folder"
}

# build PACKAGE PRODUCT: builds both and sets $before and $after to the executables. PACKAGE is a
# folder of the repository.
build() {
  for side in before after; do
    echo "building $2 of $(git -C "$folder/$side" log -1 --format='%h %s')" >&2
    swift build --package-path "$folder/$side/$1" -c release --product "$2" \
      >"$folder/build.log" 2>&1 || { cat "$folder/build.log" >&2; exit 1; }
  done
  before=$folder/before/$1/.build/release/$2
  after=$folder/after/$1/.build/release/$2
}

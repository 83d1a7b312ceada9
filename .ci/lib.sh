# Shared by the scripts of this folder: steps that are timed and summed up.
# shellcheck shell=bash

summary=""

# step NAME COMMAND …: runs the command, says how long it took, stops at the
# first that fails.
step() {
	local name=$1 begin=$SECONDS
	shift
	echo "── $name"
	if ! "$@"; then
		echo "── $name FAILED after $((SECONDS - begin)) s" >&2
		return 1
	fi
	echo "── $name: $((SECONDS - begin)) s"
	summary+=$(printf '%-28s %5d s' "$name" $((SECONDS - begin)))$'\n'
}

# sum_up prints the seconds of every step.
sum_up() {
	printf '\nseconds per step\n%s%-28s %5d s\n' "$summary" total "$SECONDS"
}

# For the steps of action.yml, which source it: which files are graded, and that the course is not theirs.

# The paths that the lines of a text name, into the array `submissions`. A pattern that fits nothing stays as it is, so
# that `grade` says what is missing.
list_submissions() {
    local line found
    submissions=()
    while IFS= read -r line; do
        line="${line%$'\r'}"
        if [ -z "${line//[[:space:]]/}" ]; then
            continue
        elif [ -e "$line" ] || ! found="$(compgen -G "$line" | LC_ALL=C sort)" || [ -z "$found" ]; then
            submissions+=("$line")
        else
            while IFS= read -r line; do submissions+=("$line"); done <<<"$found"
        fi
    done <<<"$1"
    if [ "${#submissions[@]}" -eq 0 ]; then
        echo "::error title=Nothing to grade::The input submissions names nothing."
        return 2
    fi
}

# The top of the checkout that a path lies in; without one, the path's own folder.
checkout_of() {
    local folder="$1" up
    [ -d "$folder" ] || folder="$(dirname "$folder")"
    folder="$(cd "$folder" 2>/dev/null && pwd)" || return 0
    up="$folder"
    while [ "$up" != / ]; do
        if [ -e "$up/.git" ]; then
            realpath "$up"
            return
        fi
        up="$(dirname "$up")"
    done
    realpath "$folder"
}

# Refuses a course (the first argument) in the checkout of a submission, and a submission that is a link to a file of the
# course or of anybody else.
check_separate() {
    local course submission real top
    if ! course="$(realpath -e -- "$1" 2>/dev/null)"; then
        echo "::error title=No course::There is no folder with the name that the input course has."
        return 2
    fi
    shift
    for submission in "$@"; do
        [ -e "$submission" ] || continue
        real="$(realpath -e -- "$submission")"
        top="$(checkout_of "$submission")"
        if [[ "$course/" == "$top/"* || "$course/" == "$real/"* ]]; then
            echo "::error title=Whose course::The course lies in the repository of the submissions, which may have brought" \
                "it. Check the submissions out into a folder of their own (path: work), and the course into another one."
            return 2
        fi
        if [[ "$real/" == "$course/"* ]]; then
            echo "::error title=Whose work::A submission is a file of the course, or a link to one. Where the course grades" \
                "its own solutions, set own-course: true."
            return 2
        fi
        if [[ "$real/" != "$top/"* ]]; then
            echo "::error title=A link::A submission is a link that leads out of its repository. Push the file itself."
            return 2
        fi
    done
}

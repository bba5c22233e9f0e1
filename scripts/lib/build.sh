# shellcheck shell=bash
# Builds the product, and knows without asking the compiler when there is nothing to build. Needs lib/common.sh.

# build_binary CONFIGURATION: `debug` or `release`; leaves .build/CONFIGURATION/vanthu.
build_binary() {
    local stamp=$ROOT/.build/$1/.vanthu-built
    local inputs=("$ROOT/Sources" "$ROOT/Package.swift")
    # Folders count too: their time changes when a file is added or removed.
    if [ -x "$ROOT/.build/$1/vanthu" ] && [ -e "$stamp" ] \
        && [ -z "$(find "${inputs[@]}" -newer "$stamp" -print -quit)" ]; then
        return 0
    fi
    command -v swift >/dev/null || fail "Swift 6.3 is not on the PATH. Install it from https://www.swift.org/install/linux"
    say "Building ($1; the first time takes some minutes)"
    mkdir -p "$ROOT/.build"
    touch "$ROOT/.build/vanthu-build-began"
    swift build --package-path "$ROOT" -c "$1" --product vanthu >&2 9>&- || fail "the build failed (its output is above)"
    mv -f "$ROOT/.build/vanthu-build-began" "$stamp"
}

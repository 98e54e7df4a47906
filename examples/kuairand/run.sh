#!/usr/bin/env bash
# Imports KuaiRand logs one after another, settles after each through the last day that it holds,
# and writes what stands at the end.
# usage: run.sh OUT_DIR CATALOG.csv LOG.csv [LOG.csv ...]
set -euo pipefail
if [ $# -lt 3 ]; then
    echo "usage: $0 OUT_DIR CATALOG.csv LOG.csv [LOG.csv ...]" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
out=$1 catalog=$2
shift 2
if [ -n "${STIPEND:-}" ]; then
    stipend=("$STIPEND")
else
    cargo build --release --quiet --manifest-path "$here/../../Cargo.toml"
    stipend=("$(cargo metadata --no-deps --format-version 1 \
        --manifest-path "$here/../../Cargo.toml" |
        sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/release/stipend")
fi
mkdir -p "$out"
data=$(mktemp -d "$out/data.XXXXXX")
trap 'rm -rf "$data"' EXIT
export STIPEND_DATA_DIR="$data"
"${stipend[@]}" init
"${stipend[@]}" program publish "$here/policy.toml"
"${stipend[@]}" import catalog --mapping "$here/mapping.toml" --format csv "$catalog"
for log in "$@"; do
    "${stipend[@]}" import events --mapping "$here/mapping.toml" --format csv "$log"
    "${stipend[@]}" settle --through latest >&2
done
"${stipend[@]}" ledger check
"${stipend[@]}" export work-days --qualified --no-header --output "$out/work-days.csv" \
    --columns day,work,creator,qualified_views,likes,comments,shares
"${stipend[@]}" export lines --standing --no-header --output "$out/lines.csv" \
    --columns day,creator,paid_minor

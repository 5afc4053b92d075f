#!/usr/bin/env bash
# Where the program is: named by the output `program`. Built from this checkout, which is the commit that the workflow pinned; or, when
# the workflow names a version, taken from npm. Packages of others run no scripts here, and see neither credentials nor GitHub's files.
set -euo pipefail

refuse() {
  echo "::error title=aws-account-bootstrap::$1"
  exit 2
}

quietly() (
  unset "${!AWS_@}" "${!ACTIONS_@}" "${!GITHUB_@}" GH_TOKEN
  "$@" >&2
)

node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' \
  || refuse 'Node 20.19 or newer is needed. Put actions/setup-node before this action.'

if [[ -z "${INPUT_VERSION:-}" ]]; then
  cd "$GITHUB_ACTION_PATH"
  if [[ ! -f dist/main.cjs ]]; then
    quietly npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    quietly npm run --silent build
  fi
  program="$PWD/dist/main.cjs"
else
  # Not a range, an address or a path: what runs is a release.
  [[ "$INPUT_VERSION" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || refuse 'The input version is a version, such as 0.1.0.'
  folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/bootstrap-program-XXXXXX")
  cd "$folder"
  quietly npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error "aws-account-bootstrap@$INPUT_VERSION"
  program="$folder/node_modules/aws-account-bootstrap/dist/main.cjs"
fi
echo "program=$program" >> "$GITHUB_OUTPUT"

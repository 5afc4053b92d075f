#!/usr/bin/env bash
# Sets the output `program` to the path of the program. It is built from this checkout, the commit that the workflow pinned, or installed from
# npm if the workflow names a version. Scripts of packages do not run, and npm sees neither credentials nor GitHub's files.
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
  || refuse 'Node 20.19 or newer is required. Add actions/setup-node before this action.'

if [[ -z "${INPUT_VERSION:-}" ]]; then
  cd "$GITHUB_ACTION_PATH"
  if [[ ! -f dist/main.cjs ]]; then
    quietly npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    quietly npm run --silent build
  fi
  program="$PWD/dist/main.cjs"
else
  # No range, URL or path: only a release.
  [[ "$INPUT_VERSION" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || refuse 'The input version must be a version, such as 0.1.0.'
  folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/bootstrap-program-XXXXXX")
  cd "$folder"
  quietly npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error "aws-account-bootstrap@$INPUT_VERSION"
  program="$folder/node_modules/aws-account-bootstrap/dist/main.cjs"
fi
echo "program=$program" >> "$GITHUB_OUTPUT"

#!/bin/bash
# Fetches the Claude Code CLI from the npm registry. Use: claude.sh OUT WORK; CLAUDE_VERSION is the exact version. Needs npm and tar.
# The package is the user's own install: it stays in the cache and goes into no image and no commit of ours.
set -euo pipefail
out=$1 work=$2
cd "$work"
echo "== fetching the Claude Code CLI $CLAUDE_VERSION"
npm pack --silent "@anthropic-ai/claude-code-linux-x64@$CLAUDE_VERSION" > packed
tar -xzf "$(tail -n 1 packed)"
install -D -m 0755 package/claude "$out/claude"

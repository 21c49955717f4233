#!/usr/bin/env bash
# Puts the readers of JUnit XML that CI systems use into the folder $1.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
mkdir -p "$1" && cd "$1"

need() { command -v "$1" >/dev/null || missing+=("$2"); }
missing=()
need ruby ruby
need xmllint libxml2-utils
need cmark-gfm cmark-gfm
need python3 python3
python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
ruby -e 'require "nokogiri"; require "active_support"' 2>/dev/null || missing+=(ruby-activesupport ruby-nokogiri)
if [ "${#missing[@]}" -gt 0 ]; then
  sudo=""
  if [ "$(id -u)" -ne 0 ]; then sudo=sudo; fi
  $sudo apt-get update -q
  $sudo apt-get install -qy "${missing[@]}"
fi

cp "$here"/*.js "$here"/*.py "$here"/*.rb .
[ -d node_modules ] || npm install --no-save --no-audit --no-fund xml2js@0.6.2 xml-js@1.6.11
[ -d python ] || { python3 -m venv python && python/bin/pip install -q junitparser==5.0.0; }

# The schema of Jenkins' xunit plugin, as pytest's source carries it for the same purpose.
if [ ! -f junit-10.xsd ]; then
  python/bin/pip install -q setuptools wheel setuptools-scm
  python/bin/pip download -q --no-deps --no-binary :all: --no-build-isolation pytest==8.3.4
  tar -xzf pytest-8.3.4.tar.gz --strip-components=3 pytest-8.3.4/testing/example_scripts/junit-10.xsd
  rm pytest-8.3.4.tar.gz
fi

#!/usr/bin/env bash
# The one entry to everything: sets up what is missing, then runs a task of build.cake. Try ./build.sh help.
set -euo pipefail
invoked_from="$PWD"
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'EOF'
usage: ./build.sh TASK [options]

  demo      build, then train a small convolutional net on the handwritten digits; curves go to artifacts/demo
  test      build, then run every test; ends with one line "N passed, N failed, N skipped"
            --project NAME   only the test projects whose name contains NAME
  test-large  build, then test arrays of more than 2^31 elements; takes 10 GB of memory and a few minutes
  bench     build, then measure ours beside the peers; rows and plots go to artifacts/bench
            --quick          two minutes instead of fifteen, rough numbers
            --filter NAME    only cases whose "set/case" contains NAME
            --set A,B        only these sets
            --threads 1|2    only so many threads
            --json FILE      every row as JSON;  --plots DIR  the pictures
            --readme         writes the table into README.md, and every row into perf/RESULTS.md
  budgets   build, then hold the bytes that each call allocates against perf/budgets.json;  --filter NAME
            --write          makes what is measured the new budgets
  fuzz      build, then read damaged files by the million; inputs that a reader does not bear go to artifacts/fuzz
            --count N        so many for each format instead of 1,000,000;  --format NAME  only this format
            --seed N         other inputs;  --only N  the input of this number alone
  pack      make the NuGet packages in artifacts/packages and try them from an empty folder
  native    compile the library with the C interface: libcoreengine.so, coreengine.h and coreengine.pc in artifacts/native
            --variant v3     only for these levels of x86-64 (v2, v3, v4 or several with commas): faster to build
            --libmxnet       also a symbolic link libmxnet.so, the name that MXNet's frontends look for
  abi       write exports, header and loader table anew from the list of C functions
  install   put what native left under --prefix DIR (/usr/local): lib, include, lib/pkgconfig;  --libmxnet  as above
  build     restore and build everything in Release
  restore   fetch the packages
  format    check the layout of all sources with CSharpier  (--write  applies it)
  clean     delete what was built

It needs the .NET SDK that global.json names, and the NuGet packages of Directory.Packages.props, which it fetches;
native and test also a C compiler (gcc or clang), which it installs where it may.
EOF
}

fail() {
  printf 'build.sh: %s\n' "$*" >&2
  exit 2
}

# The .NET SDK is the one thing that is not set up here: how it is installed is the owner's choice.
find_dotnet() {
  if ! command -v dotnet >/dev/null 2>&1; then
    for place in "${DOTNET_ROOT:-}" "$HOME/.dotnet" /usr/share/dotnet /usr/lib/dotnet /opt/dotnet; do
      if [ -n "$place" ] && [ -x "$place/dotnet" ]; then
        export DOTNET_ROOT="$place" PATH="$place:$PATH"
        break
      fi
    done
  fi
  command -v dotnet >/dev/null 2>&1 || fail "the .NET SDK 10 is not installed (no 'dotnet' in PATH, ~/.dotnet or /usr/share/dotnet).
Install it as https://learn.microsoft.com/dotnet/core/install/linux-debian says, or unpack the SDK's tar.gz into ~/.dotnet
(https://dotnet.microsoft.com/download/dotnet/10.0), then run this again."
  dotnet --version >/dev/null 2>&1 || fail "no installed .NET SDK fits global.json ($(tr -d ' \n' <global.json)).
Installed: $(dotnet --list-sdks | tr '\n' ';')
Get .NET SDK 10 from https://dotnet.microsoft.com/download/dotnet/10.0"
}

# Labels of the plots need a font. A bare Debian has none; only root can add one.
find_font() {
  local places=(/usr/share/fonts /usr/local/share/fonts "$HOME/.fonts" "$HOME/.local/share/fonts")
  if [ -n "$(find "${places[@]}" \( -name '*.ttf' -o -name '*.otf' \) -print -quit 2>/dev/null || true)" ]; then
    return
  fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "No font is installed; installing fonts-dejavu-core for the plots' labels ..."
    if (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends fonts-dejavu-core) \
      >/dev/null 2>&1; then
      return
    fi
  fi
  echo "Note: no font is installed, so the plots will have no labels. As root: apt-get install fonts-dejavu-core"
}

# The native library needs a C compiler, its headers and a linker. A bare Debian has none; only root can add them.
find_compiler() {
  for compiler in "${CC:-gcc}" gcc clang; do
    if command -v "$compiler" >/dev/null 2>&1 &&
      printf '#include <stdio.h>\nint main(void) { return 0; }\n' | "$compiler" -x c -o /dev/null - 2>/dev/null; then
      arguments+=("--compiler=$compiler")
      return
    fi
  done
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "No C compiler is installed; installing gcc and libc6-dev ..."
    if (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc libc6-dev) \
      >/dev/null 2>&1; then
      arguments+=("--compiler=gcc")
      return
    fi
  fi
  fail "no C compiler works (gcc or clang, with the headers of libc). As root: apt-get install gcc libc6-dev"
}

task="${1:-help}"
[ $# -gt 0 ] && shift
case "$task" in
  help | -h | --help)
    usage
    exit 0
    ;;
  demo | test | test-large | bench | budgets | fuzz | pack | native | abi | install | build | restore | format | clean) ;;
  *)
    usage >&2
    fail "there is no task '$task'"
    ;;
esac

# File names are meant from where the command was typed.
absolute() {
  case "$1" in
    /*) printf '%s' "$1" ;;
    *) printf '%s/%s' "$invoked_from" "$1" ;;
  esac
}

arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    --quick | --readme | --write | --libmxnet) arguments+=("$1") ;;
    --filter | --set | --threads | --json | --plots | --project | --count | --format | --seed | --only | --variant | --prefix)
      [ $# -gt 1 ] || fail "$1 needs a value"
      set -- "$1=$2" "${@:3}"
      continue
      ;;
    --filter=* | --set=* | --threads=* | --project=* | --count=* | --format=* | --seed=* | --only=* | --variant=*) arguments+=("$1") ;;
    --json=* | --plots=* | --prefix=*) arguments+=("${1%%=*}=$(absolute "${1#*=}")") ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) fail "$task knows no option '$1'; see ./build.sh help" ;;
  esac
  shift
done

# Culture must not matter to a build, and a bare Debian has no ICU library.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
if [ -z "${HOME:-}" ]; then
  export HOME="$PWD/artifacts/home" && mkdir -p "$HOME"
fi

find_dotnet
case "$task" in
  demo | bench) find_font ;;
  native | test) find_compiler ;;
esac
echo "Restoring the local tools (Cake, CSharpier) ..."
dotnet tool restore >/dev/null || fail "the local tools of dotnet-tools.json could not be restored; is a NuGet feed reachable?"

summary=artifacts/test-results/summary.txt
rm -f "$summary"
code=0
dotnet cake build.cake --verbosity=minimal "--target=$task" "${arguments[@]}" || code=$?

# The sum stands alone on the last line, whatever the tools printed before it.
if [ "$task" = test ]; then
  if [ -f "$summary" ]; then
    cat "$summary"
  else
    echo "0 passed, 1 failed, 0 skipped"
    code=1
  fi
fi
exit "$code"

#!/usr/bin/env bash
# The two libraries that a static console needs and the distribution has only as shared ones, or with Kerberos, LDAP and
# a dozen protocols behind them: libpq and libcurl, built from the distribution's own sources, so that they carry its
# security fixes. The folder that they are in is printed last; a second call finds it ready. Ends with 75 when the
# sources can't be had.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly home=$PWD/var/tools/static
export CC='ccache clang-19' CXX='ccache clang++-19' CFLAGS=-O2
mkdir -p "$home"
exec 9>"$home/.lock"
flock 9

say() { printf '%s\n' "$*" >&2; }

# Source packages of the systems' own repositories, without a change to the system's settings.
apt=(-qq -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$home/apt/parts" -o "Dir::State::Lists=$home/apt/lists"
  -o "Dir::Cache=$home/apt/cache" -o APT::Sandbox::User= -o Debug::NoLocking=1)
list_sources() {
  rm -rf "$home/apt"
  mkdir -p "$home/apt/parts" "$home/apt/lists/partial" "$home/apt/cache/archives/partial"
  local file
  for file in /etc/apt/sources.list.d/*.sources; do
    if [[ -e $file ]] && grep -qE '^Signed-By: .*(debian|ubuntu)-archive-keyring' "$file"; then
      sed 's/^Types:.*/Types: deb-src/' "$file" >"$home/apt/parts/$(basename "$file")"
    fi
  done
  if [[ -e /etc/apt/sources.list ]]; then
    sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$home/apt/parts/main.list"
  fi
  apt-get "${apt[@]}" update >&2 || return 75 # EX_TEMPFAIL
}

# unpack PACKAGE FOLDER: the newest version that the repositories really hold.
unpack() {
  local version
  rm -rf "$home/source" && mkdir -p "$home/source"
  for version in $(apt-cache "${apt[@]}" showsrc "$1" | sed -n 's/^Version: //p' | sort -rV | uniq); do
    if (cd "$home/source" && apt-get "${apt[@]}" source --download-only "$1=$version" >/dev/null); then
      rm -rf "$2" && dpkg-source --no-check -x "$home"/source/*.dsc "$2" >/dev/null
      say "$1 $version"
      return
    fi
  done
  say "error: the sources of $1 can't be had.
  why: no repository of /etc/apt has them.
  fix: look whether apt-get reaches the network, then run it again"
  return 75
}

# logged NAME COMMAND...: its output only when it fails.
logged() {
  local log=$home/$1.log
  shift
  "$@" >>"$log" 2>&1 || { tail -n 40 "$log" >&2; return 1; }
}

build_libpq() {
  local major
  major=$(pg_config --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
  unpack "postgresql-$major" "$home/pq"
  cd "$home/pq"
  logged pq ./configure --with-openssl --without-readline --without-zlib --without-icu --without-gssapi --without-ldap
  logged pq make -s -C src/interfaces/libpq -j2 all-static-lib
  cp src/interfaces/libpq/libpq.a src/common/libpgcommon_shlib.a src/port/libpgport_shlib.a "$home/lib/"
}

build_libcurl() {
  unpack curl "$home/curl"
  cd "$home/curl"
  local -a without=() protocol
  for protocol in ldap ldaps ftp file dict telnet tftp pop3 imap smb smtp gopher mqtt rtsp ntlm manual unix-sockets; do
    without+=("--disable-$protocol")
  done
  for protocol in brotli zstd zlib libidn2 libpsl nghttp2 librtmp libssh2 gssapi ca-bundle ca-path; do
    without+=("--without-$protocol")
  done
  logged curl ./configure --disable-shared --enable-static --with-openssl --with-ca-fallback "${without[@]}"
  logged curl make -s -C lib -j2
  cp lib/.libs/libcurl.a "$home/lib/"
}

# Other versions of the system's headers ask for another build.
wanted="$(cksum <"$0") $(pg_config --version) $(dpkg-query -W -f '${Version}' libcurl4-openssl-dev)"
if [[ $(cat "$home/built" 2>/dev/null) != "$wanted" ]]; then
  say "Building libpq and libcurl for a static console (about two minutes) ..."
  rm -rf "${home:?}/lib" "$home"/*.log && mkdir -p "$home/lib"
  list_sources
  (build_libpq)
  (build_libcurl)
  rm -rf "$home/pq" "$home/curl" "$home/source" "$home/apt"
  printf '%s' "$wanted" >"$home/built"
fi
echo "$home/lib"

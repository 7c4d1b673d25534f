# shellcheck shell=bash
# What the scripts that README names share.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PATH=$PATH:/usr/sbin:/sbin:/opt/swift/usr/bin

die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

has() {
    command -v "$1" >/dev/null
}

# install_missing PACKAGE=CHECK …: installs by apt-get those packages whose check, a command line, fails.
install_missing() {
    local wanted missing=() as_root=()
    for wanted; do
        eval "${wanted#*=}" >/dev/null 2>&1 || missing+=("${wanted%%=*}")
    done
    ((${#missing[@]})) || return 0
    has apt-get || die "these Debian packages are missing, and there is no apt-get to install them: ${missing[*]}"
    if ((EUID)); then
        has sudo || die "these packages are missing: run \"apt-get install ${missing[*]}\" as root"
        as_root=(sudo)
    fi
    echo "Installing ${missing[*]} …" >&2
    "${as_root[@]}" bash -c "$quiet_install" install "${missing[@]}" >&2 ||
        die "apt-get could not install: ${missing[*]}"
}

# Debian starts a service as soon as it is installed, unless this file says no: we want nginx, but not the system's.
# shellcheck disable=SC2016 # the shell that runs it expands it
quiet_install='
    policy=/usr/sbin/policy-rc.d
    if ! test -e $policy; then
        trap "rm -f $policy" EXIT
        printf "#!/bin/sh\nexit 101\n" >$policy && chmod 755 $policy
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update && apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"'

# What every build needs.
install_libraries() {
    has swift || die "no swift on PATH, nor in /opt/swift/usr/bin: install it from https://www.swift.org/install"
    install_missing "pkg-config=has pkg-config" "libfcgi-dev=pkg-config --exists fcgi" \
        "libcrypt-dev=pkg-config --exists libcrypt" "libseccomp-dev=pkg-config --exists libseccomp" \
        "libhiredis-dev=pkg-config --exists hiredis"
}

# The name of this machine's release of Debian.
release_name() {
    # shellcheck source=/dev/null
    (. /etc/os-release && echo "${VERSION_CODENAME:-}")
}

# apt_sources SUITE: the lines of a sources.list for a release of Debian, from where this machine gets its own packages.
apt_sources() {
    local keys=/usr/share/keyrings/debian-archive-keyring.gpg
    apt-get indextargets --format "\$(RELEASE) \$(SITE) \$(COMPONENT)" | sort -u | awk -v own="$(release_name)" \
        -v suite="$1" -v keys=$keys '
            { split($1, name, "-") }
            name[1] == own && name[2] != "backports" && $3 == "main" {
                sub(own, suite, $1)
                print "deb [signed-by=" keys "]", $2, $1, $3
            }' | grep . || die "where does this machine get its packages from? Run apt-get update"
}

# One optimised program, in .build/release.
build_product() {
    swift build --package-path "$root" -c release --static-swift-stdlib --product "$1" >&2 ||
        die "the build of $1 failed, see above"
}

build_release() {
    install_libraries
    build_product grantd
    build_product grantctl
}

# What the end-to-end tests are written in, with its libraries: $python/bin/python.
install_python() {
    local requirements=$root/Tests/EndToEnd/requirements.txt
    python=$root/.build-python
    install_missing "python3-venv=python3 -c 'import ensurepip, venv'"
    if ! cmp -s "$requirements" "$python/requirements.txt"; then
        python3 -m venv --clear "$python"
        "$python/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
        cp "$requirements" "$python/"
    fi
}

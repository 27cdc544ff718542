#!/bin/bash
# A stranger's first hour: `make demo` and `make test` of a clean clone of HEAD in a Debian 12 that has a Swift
# toolchain and nothing else. As root; needs debootstrap and about 6 GB, and leaves nothing behind.
#
# FRESH_ROOT   where the system is put; a directory that does not exist yet
# FRESH_BIND   more directories it is to see, read-only, separated by spaces: mirrors of packages, for example
# FRESH_MAKE   what is made, "demo test" unless given
# MIRROR       Debian's mirror, debootstrap's own unless given
set -euo pipefail

root=${FRESH_ROOT:-$(mktemp -du /var/tmp/fresh-debian.XXXXXX)}
if [[ $(id -u) -ne 0 ]]; then echo "As root, please: it makes a system to change root into." >&2; exit 1; fi
if ! command -v debootstrap >/dev/null; then echo "Needs debootstrap: apt-get install debootstrap" >&2; exit 1; fi
if [[ -e $root ]]; then echo "$root is there already; name another with FRESH_ROOT=" >&2; exit 1; fi
# The toolchain's folder: two above the program's, which may be a link.
swift=$(readlink -f "$(command -v swift)")
toolchain=${swift%/usr/bin/*}
if [[ $toolchain == "$swift" || -z $toolchain ]]; then
  echo "$swift is not in the usr/bin of a toolchain's own folder." >&2
  exit 1
fi

# What swift.org asks for on Debian 12, git, and make.
toolchain_needs=binutils,libc6-dev,libcurl4-openssl-dev,libedit2,libgcc-12-dev,libncurses6,libpython3.11
toolchain_needs+=,libsqlite3-0,libstdc++-12-dev,libxml2-dev,tzdata,zlib1g-dev,ca-certificates,git,gnupg2,make,unzip

cleanup() {
  # Nothing is removed while something of this machine is still mounted below.
  local mounted
  mounted=$(findmnt -rno TARGET | grep -F "$root/" | sort -r || true)
  while read -r place; do [[ -z $place ]] || umount "$place" || umount -l "$place"; done <<<"$mounted"
  if findmnt -rno TARGET | grep -qF "$root/"; then echo "Still mounted below $root; kept." >&2; return; fi
  rm -rf --one-file-system "$root"
}
trap cleanup EXIT

mkdir -p "$root"
debootstrap --variant=minbase --include="$toolchain_needs" bookworm "$root" ${MIRROR:+"$MIRROR"}

mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
for place in "$toolchain" ${FRESH_BIND:-}; do
  mkdir -p "$root$place"
  mount --bind "$place" "$root$place"
  mount -o remount,bind,ro "$root$place"
done

# The network as here; the names of loopback as Debian's installer writes them.
cp /etc/resolv.conf "$root/etc/resolv.conf"
printf '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n' >"$root/etc/hosts"
# Git as here, so that SwiftPM finds its packages where this machine does.
git config --list --null | while IFS= read -r -d '' entry; do
  [[ $entry == url.* || $entry == http.proxy* ]] || continue
  git config --file "$root/etc/gitconfig" --add "${entry%%$'\n'*}" "${entry#*$'\n'}"
done
git clone --quiet --no-hardlinks . "$root/srv/chargehand"

for goal in ${FRESH_MAKE:-demo test}; do
  echo "== make $goal"
  chroot "$root" env -i HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
    PATH="$toolchain/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    bash -c 'cd /srv/chargehand && time make "$1"' bash "$goal" </dev/null
done
echo "A fresh Debian 12 has made: ${FRESH_MAKE:-demo test}"

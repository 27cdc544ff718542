#!/bin/bash
# Installs the Debian packages named as arguments if they are missing; says nothing if they are all there.
set -euo pipefail

missing=()
for package in "$@"; do
  if command -v dpkg-query >/dev/null \
    && [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) == ii* ]]; then
    continue
  fi
  missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "These Debian packages, or their like, are needed and there is no apt-get: ${missing[*]}" >&2
  echo "Install them by hand, then run make with DEPENDENCIES= to skip this step." >&2
  exit 1
fi

if [[ $(id -u) -ne 0 ]]; then
  # Nobody is there to type a password where there is no terminal.
  [[ -t 0 ]] && flags=() || flags=(-n)
  if command -v sudo >/dev/null && sudo "${flags[@]}" true; then
    exec sudo "${flags[@]}" -- "$BASH" "$0" "${missing[@]}"
  fi
  echo "Missing packages. As root run: apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi

echo "Installing ${missing[*]}"
is_broker_new=false
for package in "${missing[@]}"; do
  if [[ $package == mosquitto ]]; then is_broker_new=true; fi
done

# Debian starts a broker as soon as it is installed, open on port 1883. The tests and the demo only need its
# program, so starting services is forbidden while we install, unless this machine has a policy of its own.
policy=/usr/sbin/policy-rc.d
if $is_broker_new && [[ ! -e $policy ]]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o DPkg::Lock::Timeout=300 update </dev/null
apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "${missing[@]}" </dev/null

if $is_broker_new && command -v systemctl >/dev/null; then
  # Nor is it to start by surprise at the next boot.
  systemctl disable mosquitto.service >/dev/null 2>&1 || true
  echo "The system's broker is installed but off; to use it: systemctl enable --now mosquitto"
fi

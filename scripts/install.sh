#!/bin/bash
# Usage: install.sh install DESTDIR PREFIX SYSCONFDIR BINARY
#        install.sh uninstall DESTDIR PREFIX SYSCONFDIR
# Needs no root where DESTDIR is given. Running it again changes nothing.
set -euo pipefail

action=$1
destination=$2
prefix=$3
configuration=$4
binaries=$destination$prefix/bin
units=$destination$prefix/lib/systemd/system
sysusers=$destination$prefix/lib/sysusers.d
tmpfiles=$destination$prefix/lib/tmpfiles.d
share=$destination$prefix/share/chargehand
documents=$destination$prefix/share/doc/chargehand
settings=$destination$configuration/chargehand

# Only in the system itself: a package being built must leave the machine that builds it alone.
is_system() { [[ -z $destination && $(id -u) -eq 0 ]]; }
is_booted() { is_system && [[ -d /run/systemd/system ]]; }

# A text whose /usr/bin and /etc are ours.
place() {
  local target=$2
  mkdir -p "${target%/*}"
  sed -e "s|/usr/bin/chargehand|$prefix/bin/chargehand|g" -e "s|/usr/share/doc/|$prefix/share/doc/|g" \
    -e "s|/etc/chargehand|$configuration/chargehand|g" "$1" >"$target.new"
  chmod 644 "$target.new"
  mv -f "$target.new" "$target"
}

install_all() {
  local binary=$1
  # Under a new name and renamed: the old program may be running.
  install -D -m 755 "$binary" "$binaries/chargehand.new"
  # Smaller, no more: a machine that builds nothing may have neither.
  "${STRIP:-strip}" "$binaries/chargehand.new" 2>/dev/null || llvm-strip "$binaries/chargehand.new" 2>/dev/null \
    || echo "There is no strip here; the program is installed as it was built."
  mv -f "$binaries/chargehand.new" "$binaries/chargehand"

  place systemd/chargehand.service "$units/chargehand.service"
  place systemd/chargehand-clock.service "$units/chargehand-clock.service"
  place systemd/chargehand.sysusers "$sysusers/chargehand.conf"
  place systemd/chargehand.tmpfiles "$tmpfiles/chargehand.conf"
  local document
  for document in docs/{operations,contract,billing-service,devices,profiles}.md docs/asyncapi.yaml; do
    place "$document" "$documents/${document##*/}"
  done
  install -D -m 755 examples/billing_service.py "$documents/examples/billing_service.py"
  install -d "$share/schema"
  install -m 644 docs/schema/*.json "$share/schema/"
  # Where the documents point to.
  ln -sfn ../../chargehand/schema "$documents/schema"
  install -D -m 644 LICENSE "$documents/copyright"
  if [[ -d config/mosquitto ]]; then
    install -d "$documents/mosquitto"
    install -m 644 config/mosquitto/* "$documents/mosquitto/"
  fi
  if [[ -d config/profiles ]]; then
    install -d "$share/profiles"
    install -m 644 config/profiles/* "$share/profiles/"
  fi
  if [[ -e config/chargehand.yaml ]]; then install_configuration; fi

  if is_system; then
    systemd-sysusers "$sysusers/chargehand.conf"
    systemd-tmpfiles --create "$tmpfiles/chargehand.conf"
    # Prices and customers: for the daemon and its group.
    chgrp chargehand "$settings"/chargehand.yaml* 2>/dev/null || true
  fi
  if is_booted; then systemctl daemon-reload; fi
  echo "Installed $binaries/chargehand. What comes next: $prefix/share/doc/chargehand/operations.md"
}

# The shop's own file is never overwritten; what is new comes beside it.
install_configuration() {
  local file=$settings/chargehand.yaml
  install -d -m 750 "$settings"
  if [[ ! -e $file ]]; then
    install -m 640 config/chargehand.yaml "$file"
  elif cmp -s config/chargehand.yaml "$file"; then
    rm -f "$file.new"
  else
    install -m 640 config/chargehand.yaml "$file.new"
    echo "Kept $file; this version's sample is $file.new"
  fi
}

uninstall_all() {
  if is_booted; then
    systemctl disable --now chargehand.service || true
    systemctl stop chargehand-clock.service || true
  fi
  rm -f "$binaries/chargehand" "$units"/chargehand{,-clock}.service \
    "$sysusers/chargehand.conf" "$tmpfiles/chargehand.conf"
  rm -rf "$documents" "$share"
  if is_booted; then systemctl daemon-reload; fi
  echo "Kept: $settings and /var/lib/chargehand, the shop's own; and the user chargehand, who owns them."
}

case $action in
  install) install_all "$5" ;;
  uninstall) uninstall_all ;;
  *) echo "install.sh: what is $action?" >&2; exit 2 ;;
esac

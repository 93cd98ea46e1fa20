#!/bin/sh
# Before plegctl is removed: no unit of the package may be left enabled. An upgrade changes
# nothing. dpkg passes "remove", rpm the number of versions that stay. The node's settings and
# the history in /var/lib/plegctl stay: a guard of an open change has its own copy of plegctl.
set -e
if [ "$1" != remove ] && [ "$1" != 0 ] || ! command -v systemctl >/dev/null; then
	exit 0
fi
systemctl disable plegctl-verify.timer plegctl-recover.service
if [ -d /run/systemd/system ]; then
	systemctl stop plegctl-verify.timer
fi

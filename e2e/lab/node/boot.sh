#!/bin/sh
# Boots one node. It runs on the host and becomes the node's supervisor:
#   boot.sh NAME FOLDER LOWER...
# NAME is the node's name, FOLDER holds its upper and work folders, LOWER are
# the folders below, topmost first, joined by colons.
#
# Everything that the node holds (processes, mounts, cgroups' members) lives in
# namespaces whose first process is ours: when it dies, the kernel ends the
# processes and drops the mounts, so even a killed suite leaves nothing running.
set -eu
name=$1 folder=$2 lower=$3

# A cgroup of its own in each hierarchy, so that the node's pods are below it.
for dir in $(awk '$3 ~ /^cgroup/ { print $2 }' /proc/mounts); do
	mkdir -p "$dir/$name"
	for file in cpuset.cpus cpuset.mems; do
		if [ -f "$dir/$name/$file" ] && [ -z "$(cat "$dir/$name/$file")" ]; then
			cat "$dir/$file" >"$dir/$name/$file"
		fi
	done
	echo $$ >"$dir/$name/cgroup.procs"
done

exec unshare --mount --pid --fork --kill-child --propagation private \
	/bin/sh -euc '
		name=$1 folder=$2 lower=$3
		mount -t proc proc /proc
		mkdir -p /run/systemd/nspawn
		mount -t tmpfs tmpfs /run/systemd/nspawn
		mount -t overlay overlay -o "lowerdir=$lower,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
		# With --keep-unit a reboot of the node ends nspawn with 133.
		status=133
		while [ $status = 133 ]; do
			status=0
			systemd-nspawn --quiet --directory="$folder/root" --machine="$name" \
				--register=no --keep-unit --private-network --capability=all \
				--bind-ro=/dev/kmsg --bind="$folder/containerd:/var/lib/containerd" \
				--console=pipe /usr/local/lib/lab-init || status=$?
		done
	' sh "$name" "$folder" "$lower"

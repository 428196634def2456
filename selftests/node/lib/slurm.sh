# SPDX-License-Identifier: GPL-2.0
# A cluster of Slurm with one node, in a guest: the daemons of Debian's
# packages, without systemd.
# shellcheck shell=bash

SLURM_NODE=n1
SLURM_PIDS=()

# slurm_configure SHARDS DEVICE PLUGSTACK-LINE: one GPU of so many shards.
slurm_configure() {
	# Slurm knows hosts by an address that is not of 127.
	ip addr add 10.9.9.1/32 dev lo
	hostname "$SLURM_NODE"
	echo "10.9.9.1 $SLURM_NODE" >>/etc/hosts
	mkdir -p /sys/fs/cgroup/system.slice /etc/slurm /run/{munge,slurm} \
		/var/spool/{slurmd,slurmctld} /var/log/slurm
	cat >/etc/slurm/slurm.conf <<-CONF
		ClusterName=c
		SlurmctldHost=$SLURM_NODE(10.9.9.1)
		SlurmUser=root
		AuthType=auth/munge
		ProctrackType=proctrack/cgroup
		PrologFlags=Contain
		TaskPlugin=task/cgroup
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		ReturnToService=2
		SlurmdTimeout=300
		SlurmctldTimeout=300
		StateSaveLocation=/var/spool/slurmctld
		SlurmdSpoolDir=/var/spool/slurmd
		SlurmctldLogFile=/var/log/slurm/slurmctld.log
		SlurmdLogFile=/var/log/slurm/slurmd.log
		SlurmctldPidFile=/run/slurm/slurmctld.pid
		SlurmdPidFile=/run/slurm/slurmd.pid
		PlugStackConfig=/etc/slurm/plugstack.conf
		GresTypes=gpu,shard
		# More CPUs than the guest has, so that jobs run side by side.
		SlurmdParameters=config_overrides
		NodeName=$SLURM_NODE NodeAddr=10.9.9.1 CPUs=8 Gres=gpu:1,shard:$1 State=UNKNOWN
		PartitionName=p Nodes=$SLURM_NODE Default=YES State=UP OverSubscribe=YES
	CONF
	printf '%s\n' "Name=gpu File=$2" "Name=shard Count=$1 File=$2" \
		>/etc/slurm/gres.conf
	printf '%s\n' 'CgroupPlugin=cgroup/v2' 'IgnoreSystemd=yes' \
		'ConstrainDevices=no' >/etc/slurm/cgroup.conf
	printf '%s\n' "$3" >/etc/slurm/plugstack.conf
}

slurm_start() {
	local i

	head -c 128 /dev/urandom >/etc/munge/munge.key
	chown -R munge /etc/munge /run/munge /var/log/munge /var/lib/munge
	chmod 400 /etc/munge/munge.key
	setpriv --reuid munge --regid munge --clear-groups munged --force \
		--foreground >/dev/null 2>&1 &
	SLURM_PIDS+=($!)
	for ((i = 0; i < 100; i++)); do
		[[ ! -S /run/munge/munge.socket.2 ]] || break
		sleep 0.1
	done
	slurmctld -D >/dev/null 2>&1 &
	SLURM_PIDS+=($!)
	slurmd -D -N "$SLURM_NODE" >/dev/null 2>&1 &
	SLURM_PIDS+=($!)
	for ((i = 0; i < 600; i++)); do
		[[ $(sinfo -h -o %t 2>/dev/null) != idle ]] || return 0
		sleep 0.1
	done
	return 1
}

slurm_stop() {
	((${#SLURM_PIDS[@]})) || return 0
	kill "${SLURM_PIDS[@]}" 2>/dev/null
	wait "${SLURM_PIDS[@]}" 2>/dev/null
	SLURM_PIDS=()
}

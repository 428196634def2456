// SPDX-License-Identifier: GPL-2.0
/*
 * The table of commands, and their help.
 */
#include <stdio.h>

#include "tool.h"

#define CGROUP_HELP \
	"CGROUP\tpods/a, /sys/fs/cgroup/pods/a, or id:N\n"
#define DEVICE_HELP \
	"--device DEVICE\tthe device of the limits that follow, and of those before\n" \
	"\tit where it is the first; may be left out where exactly one is\n" \
	"\tpresent\n"
#define SIZE_HELP \
	"SIZE\t4G, 512MiB, 1.5G, 50% of the device, 0, or max\n"
#define MANAGED_HELP \
	"--managed POLICY\tmemory that moves to the device on demand: deny, commit\n" \
	"\t(charge it when it is mapped), unlimited, or default\n"
#define SHARE_HELP \
	"--compute SHARE\tcap on the time of each engine class; under a policy, what\n" \
	"\tthat says\n" \
	"--min SHARE\tguarantee\n" \
	"--max SHARE\tcap\n" \
	"--weight N\t1 to 10000 beside the siblings' weights; 100 if never set\n" \
	"--priority LEVEL\tbeside the siblings': high, normal, low, or default\n" \
	"--policy POLICY\tbest-effort (a weight alone), fixed-share (--compute is\n" \
	"\tguarantee and cap), or burst-share (it is the guarantee)\n" \
	"--freezer CHOICE\twork of a frozen cgroup: follow (hold it too), ignore, or\n" \
	"\tdefault\n" \
	"SHARE\t30%, 12.5%; max or default lifts a cap, default a guarantee\n"
#define DELEGATE_HELP \
	"--delegate DIR\twithout CAP_SYS_ADMIN: act by the right to write to this\n" \
	"\tcgroup directory, on the cgroups below it\n"

const struct command commands[] = {
	{
		.noun = "device", .verb = "list", .run = cmd_device_list,
		.usage = "",
		.help = "List the devices.\n",
	}, {
		.noun = "device", .verb = "show", .run = cmd_device_show,
		.usage = "DEVICE...",
		.help = "Show all that is known of devices.\n"
			"DEVICE\tits name or any alias: PCI address, node, UUID\n",
	}, {
		.noun = "driver", .verb = "list", .run = cmd_driver_list,
		.usage = "[DRIVER]...",
		.help = "List the drivers with their points and routes.\n",
	}, {
		.noun = "driver", .verb = "attach", .run = cmd_driver_attach,
		.usage = "DRIVER...",
		.help = "Attach drivers that were detached.\n",
	}, {
		.noun = "driver", .verb = "detach", .run = cmd_driver_detach,
		.usage = "DRIVER... [--deadline MS]",
		.help = "Let go of drivers; names the calls that do not end in time.\n"
			"--deadline MS\tmilliseconds to wait for calls in flight, at most 30000\n",
	}, {
		.noun = "group", .verb = "list", .run = cmd_group_list,
		.usage = "[CGROUP] [--delegate DIR]",
		.help = "List the groups, of a cgroup and all below it or of the host.\n"
			CGROUP_HELP DELEGATE_HELP,
	}, {
		.noun = "group", .verb = "show", .run = cmd_group_show,
		.usage = "CGROUP [--delegate DIR]",
		.help = "Show a group with its quotas and use by device.\n"
			CGROUP_HELP DELEGATE_HELP,
	}, {
		.noun = "group", .verb = "set", .run = cmd_group_set,
		.usage = "CGROUP [--device DEVICE] [--memory SIZE] [--memory-system SIZE]\n"
			 "\t[--managed POLICY] [--compute SHARE] [--min SHARE] [--max SHARE]\n"
			 "\t[--weight N] [--priority LEVEL] [--policy POLICY]\n"
			 "\t[--freezer CHOICE]...\n"
			 "\tCGROUP --kernel-memory SIZE",
		.help = "Set quotas: all that are given or, on any error, none.\n"
			CGROUP_HELP
			DEVICE_HELP
			"--memory SIZE\tlimit on device memory\n"
			"--memory-system SIZE\tlimit on system memory bound to the device\n"
			MANAGED_HELP SHARE_HELP
			"--kernel-memory SIZE\tlimit on the kernel memory that vgpu holds for it\n"
			SIZE_HELP DELEGATE_HELP,
	}, {
		.noun = "group", .verb = "reset", .run = cmd_group_reset,
		.usage = "CGROUP [--device DEVICE]... [--delegate DIR]",
		.help = "Lift all limits of a group, on all devices or on those given.\n"
			CGROUP_HELP DELEGATE_HELP,
	}, {
		.noun = "group", .verb = "freeze", .run = cmd_group_freeze,
		.usage = "CGROUP",
		.help = "Hold the work of a group and all below it, on all devices.\n"
			CGROUP_HELP,
	}, {
		.noun = "group", .verb = "thaw", .run = cmd_group_thaw,
		.usage = "CGROUP",
		.help = "Let the work of a frozen group go on.\n"
			CGROUP_HELP,
	}, {
		.noun = "stat", .run = cmd_stat,
		.usage = "[CGROUP] [--delegate DIR]",
		.help = "Show use by group and device.\n"
			CGROUP_HELP DELEGATE_HELP,
	}, {
		.noun = "watch", .run = cmd_watch,
		.usage = "[--count N] [--delegate DIR]",
		.help = "Print events as they happen, a JSON object a line.\n"
			"--count N\tstop after so many\n"
			"--delegate DIR\twithout CAP_SYS_ADMIN: events of this cgroup directory\n"
			"\tand all below it\n",
	}, {
		.noun = "run", .run = cmd_run,
		.usage = "[--device DEVICE] [--memory SIZE] [--memory-system SIZE]\n"
			 "\t[--managed POLICY] [--compute SHARE] [--min SHARE] [--max SHARE]\n"
			 "\t[--weight N] [--priority LEVEL] [--policy POLICY]\n"
			 "\t[--freezer CHOICE]...\n"
			 "\t[--name NAME] [--parent CGROUP] [--] COMMAND [ARG]...",
		.help = "Run a command in a new cgroup with a quota, and remove it after.\n"
			DEVICE_HELP
			"--memory SIZE\tlimit on device memory\n"
			"--memory-system SIZE\tlimit on system memory bound to the device\n"
			MANAGED_HELP SHARE_HELP
			"--name NAME\tname of the cgroup, vgpu-run-PID if not given\n"
			"--parent CGROUP\twhere to make it, below the caller's own if not given\n"
			SIZE_HELP,
	}, {
		.noun = "top", .run = cmd_top,
		.usage = "[--interval SECONDS] [--once]",
		.help = "Show use by group and device as it changes.\n"
			"--interval SECONDS\ttime between two looks, 0.1 to 3600, 2 if not given\n"
			"--once\tprint one plain table\n"
			"keys\tq quit, s or left/right column to sort by, r reverse, up/down scroll\n",
	}, {
		.noun = "apply", .run = cmd_apply,
		.usage = "[--dry-run] [FILE]...",
		.help = "Set the quotas of configuration files: all or, on any error, none.\n"
			"FILE\t/etc/vgpu/*.conf if not given\n"
			"--dry-run\tsay what would be set, and set nothing\n",
	}, {
		.noun = "cdi", .verb = "generate", .run = cmd_cdi_generate,
		.usage = "[--device DEVICE]... --memory SIZE... [--compute PERCENT]...\n"
			 "\t[--kind KIND] [--hook PATH]",
		.help = "Print a CDI specification: a device for each choice of the three.\n"
			"--device DEVICE\tof this device; of all that are present if not given\n"
			"--memory SIZE\twith so much of its memory\n"
			"--compute PERCENT\twith so much of its time, 1 to 100\n"
			"--kind KIND\tVENDOR/CLASS, vgpu.io/gpu if not given\n"
			"--hook PATH\tof vgpu-oci-hook, /usr/bin/vgpu-oci-hook if not given\n",
	}, {
		.noun = "trace", .verb = "record", .run = cmd_trace_record,
		.usage = "--output FILE [--seconds N]",
		.help = "Record what groups did with their time, for viewers of traces.\n"
			"--output FILE\twhere to write it, as JSON for Perfetto or Chrome\n"
			"--seconds N\tfor how long, 0.1 to 3600; until a signal if not given\n",
	}, {
		.noun = "version", .run = cmd_version,
		.usage = "",
		.help = "Print the versions of tool, library and module.\n",
	}, {
		.noun = "doctor", .run = cmd_doctor,
		.usage = "",
		.help = "Find what is amiss on this host, each with its remedy.\n",
	},
};

const size_t commands_n = ARRAY_SIZE(commands);

void tool_help(const struct command *command)
{
	const char *c;
	int column = 0;

	printf("vgpu-tool [-j|-p] %s%s%s %s\n", command->noun,
	       command->verb ? " " : "", command->verb ? command->verb : "",
	       command->usage);
	/* A tab leads to column 24; a line that starts with one goes on there. */
	for (c = command->help; *c; c++) {
		if (!column++)
			fputs("  ", stdout);
		if (*c == '\n') {
			column = 0;
			putchar('\n');
		} else if (*c == '\t') {
			printf("%*s", column < 24 ? 24 - column : 1, "");
			column = 24;
		} else {
			putchar(*c);
		}
	}
}

void tool_help_all(void)
{
	size_t i;

	puts("vgpu-tool [-j|-p] NOUN [VERB] [ARGUMENT]...\n"
	     "  -j, --json    print JSON\n"
	     "  -p, --pretty  print JSON, indented\n"
	     "  -h, --help    this help; after a command, the help of that command\n");
	for (i = 0; i < commands_n; i++)
		printf("vgpu-tool %s%s%s %s\n", commands[i].noun,
		       commands[i].verb ? " " : "",
		       commands[i].verb ? commands[i].verb : "",
		       commands[i].usage);
	puts("\nExit status: 0 done; 1 refused or failed; 2 wrong command line;\n"
	     "3 no module or no such device; 4 some of it done.");
}

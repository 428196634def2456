// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool run
 *
 * The command gets a cgroup of its own, with its quota in force before the
 * command exists: the child enters the cgroup and only then executes. When the
 * command ends, whatever it left behind in the cgroup is killed, for the cgroup
 * and with it the quota go.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "quota_args.h"

/* How long to wait for killed processes to leave the cgroup. */
#define EMPTY_MS	10000

/* As shells have it. */
#define STATUS_CANNOT_EXECUTE	126
#define STATUS_NOT_FOUND	127
#define STATUS_SIGNAL		128

enum {
	OPT_NAME = 1,
	OPT_PARENT,
};

/**
 * struct run - a run
 * @tool: the context
 * @quotas: the quotas
 * @name: of the cgroup, NULL for one of our choice
 * @parent: of the cgroup as typed, NULL for our own
 * @command: with its arguments
 * @parent_dir: the directory of the parent
 * @dir: the directory of the cgroup
 * @dir_fd: open on it
 * @parent_fd: open on the parent
 * @old: the signal mask before ours
 */
struct run {
	struct tool *tool;
	struct quota_args quotas;
	const char *name;
	const char *parent;
	char **command;
	char parent_dir[PATH_MAX];
	char dir[PATH_MAX];
	int dir_fd;
	int parent_fd;
	sigset_t old;
};

static int write_file(int dir_fd, const char *name, const char *text)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int make_cgroup(struct run *run)
{
	int n;

	if (run->name)
		n = snprintf(run->dir, sizeof(run->dir), "%s/%s",
			     run->parent_dir, run->name);
	else
		n = snprintf(run->dir, sizeof(run->dir), "%s/vgpu-run-%d",
			     run->parent_dir, getpid());
	if (n >= (int)sizeof(run->dir))
		return tool_fail(run->tool, -ENAMETOOLONG,
				 "the path of the cgroup is too long");
	run->parent_fd = open(run->parent_dir,
			      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (run->parent_fd < 0)
		return tool_fail(run->tool, -errno, "%s: %s", run->parent_dir,
				 strerror(errno));
	if (mkdir(run->dir, 0755))
		return tool_fail(run->tool, -errno,
				 "cannot make the cgroup %s: %s", run->dir,
				 strerror(errno));
	run->dir_fd = open(run->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (run->dir_fd < 0) {
		n = tool_fail(run->tool, -errno, "%s: %s", run->dir,
			      strerror(errno));
		rmdir(run->dir);
		return n;
	}
	return STATUS_OK;
}

/*
 * With the capability, the quota may be set anywhere; without it, below the
 * parent, which the caller could write to.
 */
static int set_quota(struct run *run)
{
	struct vgpu_cgroup cgroup = { .sz = sizeof(cgroup) };
	struct stat st;
	int err;

	if (!run->quotas.n)
		return STATUS_OK;
	/* The id of a cgroup is the inode number of its directory. */
	if (fstat(run->dir_fd, &st))
		return tool_fail(run->tool, -errno, "%s: %s", run->dir,
				 strerror(errno));
	cgroup.id = st.st_ino;
	err = quota_args_set(&run->quotas, &cgroup);
	if (err == -EPERM) {
		cgroup.delegate_fd = run->parent_fd;
		err = quota_args_set(&run->quotas, &cgroup);
	}
	return err ? tool_fail_lib(run->tool, err) : STATUS_OK;
}

/* In the child: enter the cgroup and become the command. */
static void become(struct run *run, int report)
{
	int err;

	sigprocmask(SIG_SETMASK, &run->old, NULL);
	err = write_file(run->dir_fd, "cgroup.procs", "0");
	if (!err) {
		execvp(run->command[0], run->command);
		err = errno;
	}
	/* Positive from exec, negative from the cgroup. */
	if (write(report, &err, sizeof(err)) < 0)
		_exit(STATUS_CANNOT_EXECUTE);
	_exit(STATUS_NOT_FOUND);
}

static int not_started(struct run *run, int err)
{
	if (err < 0)
		return tool_fail(run->tool, err, "cannot enter the cgroup %s: %s",
				 run->dir, strerror(-err));
	tool_fail(run->tool, -err, "%s: %s", run->command[0], strerror(err));
	return err == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_EXECUTE;
}

/*
 * Start the command. Returns its pid, or 0 after telling why it did not start,
 * with the exit status.
 */
static pid_t start(struct run *run, int *status)
{
	int report[2], err;
	ssize_t n;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC)) {
		*status = tool_fail(run->tool, -errno, "cannot start");
		return 0;
	}
	pid = fork();
	if (!pid)
		become(run, report[1]);
	close(report[1]);
	if (pid < 0) {
		*status = tool_fail(run->tool, -errno, "cannot start");
		close(report[0]);
		return 0;
	}
	n = read(report[0], &err, sizeof(err));
	close(report[0]);
	if (n != (ssize_t)sizeof(err))
		return pid;
	waitpid(pid, NULL, 0);
	*status = not_started(run, err);
	return 0;
}

/* The signals that belong to the command. */
static void forwarded(sigset_t *set)
{
	static const int signals[] = {
		SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH,
	};
	size_t i;

	sigemptyset(set);
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(set, signals[i]);
	sigaddset(set, SIGCHLD);
}

/*
 * Wait for the command, and pass on what signals come. Those of the terminal go
 * to its whole foreground group, so the command has them already.
 */
static int wait_command(int signals, pid_t pid)
{
	struct signalfd_siginfo info;
	int status;

	for (;;) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			break;
		if (read(signals, &info, sizeof(info)) !=
		    (ssize_t)sizeof(info))
			continue;
		if (info.ssi_signo == SIGCHLD)
			continue;
		if (info.ssi_code == SI_KERNEL)
			continue;
		kill(pid, (int)info.ssi_signo);
	}
	if (WIFSIGNALED(status))
		return STATUS_SIGNAL + WTERMSIG(status);
	return WEXITSTATUS(status);
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_DP ? rmdir(path) : 0;
}

/*
 * Kill what the command left behind, and remove the cgroup with those that the
 * command made below it.
 */
static void remove_cgroup(struct run *run)
{
	const struct timespec pause = { .tv_nsec = 5000000 };
	int ms, err;

	for (ms = 0; nftw(run->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	     ms += 5) {
		err = errno;
		if (err == ENOENT)
			break;
		if (err != EBUSY || ms > EMPTY_MS) {
			tool_say(run->tool, "cannot remove the cgroup %s: %s",
				 run->dir, strerror(err));
			break;
		}
		write_file(run->dir_fd, "cgroup.kill", "1");
		nanosleep(&pause, NULL);
	}
	close(run->dir_fd);
}

static int run_in_cgroup(struct run *run)
{
	int signals, status;
	sigset_t set;
	pid_t pid;

	status = set_quota(run);
	if (status)
		return status;
	forwarded(&set);
	/* Where our parent ignores it, our children would leave no status. */
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &set, &run->old);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0)
		return tool_fail(run->tool, -errno, "cannot start");
	pid = start(run, &status);
	if (pid)
		status = wait_command(signals, pid);
	close(signals);
	return status;
}

static int run_args(struct run *run, int argc, char **argv)
{
	static const struct arg_option options[] = {
		{ "device", QUOTA_ARG_DEVICE, true },
		{ "memory", QUOTA_ARG_MEMORY, true },
		{ "memory-system", QUOTA_ARG_MEMORY_SYSTEM, true },
		{ "managed", QUOTA_ARG_MANAGED, true },
		{ "compute", QUOTA_ARG_COMPUTE, true },
		{ "min", QUOTA_ARG_MIN, true },
		{ "max", QUOTA_ARG_MAX, true },
		{ "weight", QUOTA_ARG_WEIGHT, true },
		{ "priority", QUOTA_ARG_PRIORITY, true },
		{ "policy", QUOTA_ARG_POLICY, true },
		{ "freezer", QUOTA_ARG_FREEZER, true },
		{ "name", OPT_NAME, true },
		{ "parent", OPT_PARENT, true },
		{ 0 },
	};
	struct args args = {
		.tool = run->tool,
		.argc = argc,
		.argv = argv,
		.options = options,
	};
	int arg, status = STATUS_OK;

	while (!status && (arg = args_next(&args)) > 0) {
		if (arg == OPT_NAME)
			run->name = args.value;
		else if (arg == OPT_PARENT)
			run->parent = args.value;
		else
			status = quota_args_add(&run->quotas, arg, args.value);
	}
	if (status)
		return status;
	if (arg == ARG_STOP)
		return args.status;
	if (arg == ARG_END)
		return tool_usage(run->tool, "name a command to run");
	if (run->name && (!*run->name || strchr(run->name, '/') ||
			  run->name[0] == '.'))
		return tool_usage(run->tool,
				  "--name %s: it takes the name of one cgroup, without / and leading dot",
				  run->name);
	/* The word that ended the options, and all after it. */
	run->command = args.argv - 1;
	return -1;
}

int cmd_run(struct tool *tool, int argc, char **argv)
{
	struct run run = { .tool = tool, .quotas.tool = tool, .parent_fd = -1 };
	struct vgpu_info *info;
	int err, status;

	status = run_args(&run, argc, argv);
	if (status >= 0)
		return status;
	/* Without the module there is no cgroup worth making. */
	err = vgpu_info_get(tool->ctx, &info);
	if (err)
		return tool_fail_lib(tool, err);
	vgpu_info_free(info);
	status = quota_args_finish(&run.quotas);
	if (!status)
		status = run.parent ?
			 cgroup_dir(tool, run.parent, run.parent_dir) :
			 cgroup_own(tool, run.parent_dir);
	if (!status)
		status = make_cgroup(&run);
	if (!status) {
		status = run_in_cgroup(&run);
		remove_cgroup(&run);
	}
	if (run.parent_fd >= 0)
		close(run.parent_fd);
	quota_args_free(&run.quotas);
	return status;
}

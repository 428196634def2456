// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-device-plugin: shares of GPUs for Kubernetes.
 *
 * The kubelet takes away all sockets in its directory when it starts, and makes
 * its own anew. So we compare what is there with what we made and told, when
 * anything happens in the directory and every few seconds besides, and mend
 * what is not as it should be.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <grpc/support/log.h>

#include "confine.h"
#include "devices.h"
#include "kubelet.h"
#include "log.h"
#include "server.h"

/* How long to wait after a failure, and for calls to end when we leave. */
#define RETRY_MS	1000
#define LEAVE_MS	5000

/**
 * struct plugin - all of it
 * @options: what the operator asked for
 * @inventory: what we offer
 * @devices: where it comes from
 * @loop: what gRPC finished
 * @server: where the kubelet asks us
 * @kubelet: whom we told
 * @inotify: the kubelet's directory
 * @watched: whether it is watched
 * @signals: SIGTERM and SIGINT
 * @leaving: one of them came
 * @look: when to look for devices again, in milliseconds
 * @lonely: since when nobody watches, or 0
 */
struct plugin {
	struct options options;
	struct inventory inventory;
	struct devices devices;
	struct loop loop;
	struct server server;
	struct kubelet kubelet;
	int inotify;
	bool watched;
	int signals;
	bool leaving;
	int64_t look;
	int64_t lonely;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void refresh(struct plugin *plugin)
{
	if (devices_refresh(&plugin->devices, &plugin->inventory))
		server_update(&plugin->server);
	plugin->look = now_ms() + plugin->options.poll_ms;
}

/* The directory can come after us, and go with a reset of the node. */
static void watch(struct plugin *plugin)
{
	int wd = inotify_add_watch(plugin->inotify, plugin->options.socket_dir,
				   IN_CREATE | IN_DELETE | IN_MOVED_TO |
					   IN_DELETE_SELF | IN_MOVE_SELF |
					   IN_ONLYDIR);

	if (wd < 0 && plugin->watched)
		say("%s is gone", plugin->options.socket_dir);
	plugin->watched = wd >= 0;
}

/*
 * A kubelet that took us watches us. Where none does for a while, it has lost
 * us and does not say so.
 */
static bool forgotten(struct plugin *plugin)
{
	if (plugin->server.streams || !plugin->kubelet.registered) {
		plugin->lonely = 0;
		return false;
	}
	if (!plugin->lonely)
		plugin->lonely = now_ms();
	if (now_ms() - plugin->lonely < plugin->options.poll_ms)
		return false;
	plugin->lonely = 0;
	return true;
}

/* Mend what is not as it should be. */
static void mend(struct plugin *plugin)
{
	watch(plugin);
	if (!plugin->watched)
		return;
	if (plugin->server.state == SERVER_UP &&
	    !server_bound(&plugin->server)) {
		say("our socket is gone");
		server_stop(&plugin->server);
		plugin->kubelet.registered = false;
	}
	if (plugin->server.state == SERVER_DOWN &&
	    !server_start(&plugin->server))
		return;
	if (plugin->server.state != SERVER_UP)
		return;
	if (!kubelet_known(&plugin->kubelet) || forgotten(plugin)) {
		if (kubelet_there(&plugin->kubelet))
			kubelet_register(&plugin->kubelet);
	}
}

static void drain(int fd)
{
	char buffer[4096] __attribute__((aligned(8)));

	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
}

/* How long to sleep: till the next look, or less where something is wrong. */
static int patience(const struct plugin *plugin)
{
	int64_t ms = plugin->look - now_ms();

	if (!kubelet_known(&plugin->kubelet) && ms > RETRY_MS)
		ms = RETRY_MS;
	return ms > 0 ? (int)ms : 0;
}

static int turn(struct plugin *plugin, int timeout)
{
	struct pollfd fds[] = {
		{ .fd = plugin->loop.read, .events = POLLIN },
		{ .fd = plugin->inotify, .events = POLLIN },
		{ .fd = plugin->signals, .events = POLLIN },
		{ .fd = devices_fd(&plugin->devices), .events = POLLIN },
	};

	if (poll(fds, sizeof(fds) / sizeof(fds[0]), timeout) < 0 &&
	    errno != EINTR)
		return -errno;
	if (fds[1].revents)
		drain(plugin->inotify);
	if (fds[2].revents) {
		drain(plugin->signals);
		plugin->leaving = true;
	}
	if (fds[3].revents && devices_events(&plugin->devices))
		refresh(plugin);
	loop_run(&plugin->loop);
	return 0;
}

static int serve(struct plugin *plugin)
{
	int64_t end;
	int err = 0;

	refresh(plugin);
	while (!err && !plugin->leaving) {
		if (now_ms() >= plugin->look)
			refresh(plugin);
		mend(plugin);
		err = turn(plugin, patience(plugin));
	}
	server_stop(&plugin->server);
	end = now_ms() + LEAVE_MS;
	while (!err && plugin->server.state != SERVER_DOWN && now_ms() < end)
		err = turn(plugin, 100);
	unlink(plugin->server.path);
	return err;
}

static void paths(struct plugin *plugin)
{
	snprintf(plugin->server.path, sizeof(plugin->server.path), "%s/%s",
		 plugin->options.socket_dir, plugin->options.endpoint);
	snprintf(plugin->kubelet.path, sizeof(plugin->kubelet.path),
		 "%s/kubelet.sock", plugin->options.socket_dir);
}

static int start(struct plugin *plugin)
{
	sigset_t set;
	int err;

	/* Our socket is for root. */
	umask(0177);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	plugin->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	plugin->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (plugin->signals < 0 || plugin->inotify < 0)
		return -errno;
	err = devices_open(&plugin->devices);
	if (!err)
		err = confine(0);
	if (err)
		return err;
	plugin->inventory.options = &plugin->options;
	plugin->server.loop = &plugin->loop;
	plugin->server.inventory = &plugin->inventory;
	plugin->kubelet.loop = &plugin->loop;
	plugin->kubelet.options = &plugin->options;
	paths(plugin);
	/* Its failures come back as statuses, which we tell ourselves. */
	gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
	grpc_init();
	return loop_start(&plugin->loop);
}

int main(int argc, char **argv)
{
	static struct plugin plugin;
	int err, status;

	status = options_read(argc, argv, &plugin.options);
	if (status >= 0)
		return status;
	err = start(&plugin);
	if (!err)
		err = serve(&plugin);
	if (err)
		say("cannot go on: %s", strerror(-err));
	devices_close(&plugin.devices);
	return err ? 1 : 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-exporter: what the vgpu module keeps, for Prometheus and for people.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <linux/capability.h>

#include "confine.h"
#include "http.h"
#include "metrics.h"

/* Requests so near to each other share an answer of the module. */
#define FRESH_NS	250000000

void say(const char *fmt, ...)
{
	va_list args;

	fputs("vgpu-exporter: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

/* Say once that the module fails, and once that it is back. */
static void note_failure(struct exporter *exporter,
			 const struct snapshot *snapshot)
{
	if (snapshot->err) {
		exporter->failures++;
		if (!exporter->failing)
			say("%s", snapshot->error);
		events_close(&exporter->events);
	} else {
		if (exporter->failing)
			say("the module answers again");
		events_open(&exporter->events, exporter->source.ctx);
	}
	exporter->failing = snapshot->err;
}

struct snapshot *exporter_snapshot(struct exporter *exporter)
{
	struct snapshot *latest = exporter->latest;

	if (!latest || now_ns() - latest->at_ns > FRESH_NS) {
		latest = snapshot_take(&exporter->source);
		if (!latest)
			return NULL;
		snapshot_put(exporter->latest);
		exporter->latest = latest;
		note_failure(exporter, latest);
	}
	return snapshot_get(latest);
}

static void sample(struct exporter *exporter)
{
	struct snapshot *snapshot = exporter_snapshot(exporter);

	if (snapshot && !snapshot->err)
		history_add(&exporter->history, snapshot);
	snapshot_put(snapshot);
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int open_timer(unsigned int seconds)
{
	struct itimerspec every = {
		.it_value = { .tv_nsec = 1 },
		.it_interval = { .tv_sec = seconds },
	};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd >= 0 && timerfd_settime(fd, 0, &every, NULL)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int serve(struct exporter *exporter, struct MHD_Daemon *daemon,
		 int signals, int timer)
{
	struct pollfd fds[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = timer, .events = POLLIN },
		{ .fd = http_fd(daemon), .events = POLLIN },
		{ .events = POLLIN },
	};
	uint64_t expired;

	for (;;) {
		fds[3].fd = events_fd(&exporter->events);
		if (poll(fds, ARRAY_SIZE(fds), http_timeout(daemon)) < 0 &&
		    errno != EINTR)
			return -errno;
		if (fds[0].revents)
			return 0;
		if (fds[3].revents)
			events_read(&exporter->events);
		if (fds[1].revents &&
		    read(timer, &expired, sizeof(expired)) > 0)
			sample(exporter);
		http_run(daemon);
	}
}

static int run(struct exporter *exporter, int signals)
{
	struct MHD_Daemon *daemon;
	int err, timer;

	timer = open_timer(exporter->options.sample);
	if (signals < 0 || timer < 0) {
		say("cannot start: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	daemon = http_start(exporter);
	if (!daemon) {
		say("cannot listen there: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	/* Who has it is told of the groups of the whole host. */
	err = confine(1U << CAP_SYS_ADMIN);
	if (!err)
		err = serve(exporter, daemon, signals, timer);
	if (err)
		say("%s", strerror(-err));
	http_stop(daemon);
	close(timer);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static struct exporter exporter;
	int signals, status;

	status = options_read(argc, argv, &exporter.options);
	if (status >= 0)
		return status;
	signals = open_signals();
	if (vgpu_ctx_create(&exporter.source.ctx)) {
		say("out of memory");
		return EXIT_FAILURE;
	}
	exporter.source.kubelet.dir = exporter.options.kubelet;
	if (exporter.options.hami == HAMI_CURRENT)
		exporter.source.hami = hami_labels;
	else if (exporter.options.hami == HAMI_LEGACY)
		exporter.source.hami = hami_legacy_labels;
	status = run(&exporter, signals);
	events_close(&exporter.events);
	snapshot_put(exporter.latest);
	kubelet_free(&exporter.source.kubelet);
	vgpu_ctx_free(exporter.source.ctx);
	close(signals);
	return status;
}

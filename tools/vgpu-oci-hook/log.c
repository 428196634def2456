// SPDX-License-Identifier: GPL-2.0
/*
 * What the hook has to say. Runtimes show the standard error of a hook that
 * failed and drop that of one that did not.
 */
#include <stdio.h>
#include <syslog.h>

#include "log.h"

static bool talkative;

void log_open(bool verbose)
{
	talkative = verbose;
	openlog("vgpu-oci-hook", LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

void log_note(const char *text)
{
	syslog(LOG_NOTICE, "%s", text);
	if (talkative)
		fprintf(stderr, "vgpu-oci-hook: %s\n", text);
}

void log_failure(const char *text, const char *outcome)
{
	syslog(LOG_ERR, "%s; %s", text, outcome);
	fprintf(stderr, "vgpu-oci-hook: %s; %s\n", text, outcome);
}

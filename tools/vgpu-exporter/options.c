// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter.h"

#define LISTEN	"127.0.0.1:9786"
#define SAMPLE	10
#define SAMPLE_MAX	60

static void help(void)
{
	puts("vgpu-exporter [OPTION...]\n"
	     "Serves what the vgpu module keeps to Prometheus, at /metrics, and a page at /.\n"
	     "\n"
	     "  --listen ADDRESS:PORT      where (default " LISTEN ")\n"
	     "  --hami-names[=legacy]      add the names of HAMi's monitor, or those before them\n"
	     "  --node NAME                of this node, for them (default: the host's name)\n"
	     "  --sample SECONDS           between samples for the page, 1 to 60 (default 10)\n"
	     "  --kubelet-logs DIR         the kubelet's logs, whose names tell pods (default /var/log)\n"
	     "  --no-page                  serve no page\n"
	     "  --version\n"
	     "  --help");
}

/* 1.2.3.4:PORT or [::1]:PORT */
static int read_listen(const char *value, struct sockaddr_storage *address)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
	struct sockaddr_in *v4 = (struct sockaddr_in *)address;
	const char *colon = strrchr(value, ':');
	char host[64], *end;
	unsigned long port;
	size_t len;

	*address = (struct sockaddr_storage){ 0 };
	if (!colon || colon[1] < '0' || colon[1] > '9')
		return -EINVAL;
	port = strtoul(colon + 1, &end, 10);
	if (*end || !port || port > 65535)
		return -EINVAL;
	len = (size_t)(colon - value);
	if (*value == '[' && len > 1 && value[len - 1] == ']') {
		snprintf(host, sizeof(host), "%.*s", (int)len - 2, value + 1);
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		return inet_pton(AF_INET6, host, &v6->sin6_addr) == 1 ?
		       0 : -EINVAL;
	}
	snprintf(host, sizeof(host), "%.*s", (int)len, value);
	v4->sin_family = AF_INET;
	v4->sin_port = htons((uint16_t)port);
	return inet_pton(AF_INET, host, &v4->sin_addr) == 1 ? 0 : -EINVAL;
}

static int read_sample(const char *value, unsigned int *sample)
{
	unsigned long seconds;
	char *end;

	if (*value < '0' || *value > '9')
		return -EINVAL;
	seconds = strtoul(value, &end, 10);
	if (*end || !seconds || seconds > SAMPLE_MAX)
		return -EINVAL;
	*sample = (unsigned int)seconds;
	return 0;
}

enum {
	OPT_LISTEN = 1,
	OPT_HAMI,
	OPT_NODE,
	OPT_SAMPLE,
	OPT_KUBELET,
	OPT_NO_PAGE,
	OPT_VERSION,
	OPT_HELP,
};

/* Take one; the exit status, or -1 to go on. */
static int take(int option, const char *value, struct options *options)
{
	switch (option) {
	case OPT_LISTEN:
		if (!read_listen(value, &options->address))
			return -1;
		say("--listen %s: it takes an IP address and a port, as " LISTEN " or [::1]:9786",
		    value);
		return 2;
	case OPT_HAMI:
		options->hami = value ? HAMI_LEGACY : HAMI_CURRENT;
		if (!value || !strcmp(value, "legacy"))
			return -1;
		say("--hami-names=%s: only =legacy may follow", value);
		return 2;
	case OPT_NODE:
		snprintf(options->node, sizeof(options->node), "%s", value);
		return -1;
	case OPT_SAMPLE:
		if (!read_sample(value, &options->sample))
			return -1;
		say("--sample %s: it takes seconds, 1 to %d", value,
		    SAMPLE_MAX);
		return 2;
	case OPT_KUBELET:
		options->kubelet = value;
		return -1;
	case OPT_NO_PAGE:
		options->page = false;
		return -1;
	case OPT_VERSION:
		puts("vgpu-exporter " TOOL_VERSION);
		return 0;
	case OPT_HELP:
		help();
		return 0;
	}
	say("see vgpu-exporter --help");
	return 2;
}

/* The exit status, or -1 to go on. */
int options_read(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {
		{ "listen", required_argument, NULL, OPT_LISTEN },
		{ "hami-names", optional_argument, NULL, OPT_HAMI },
		{ "node", required_argument, NULL, OPT_NODE },
		{ "sample", required_argument, NULL, OPT_SAMPLE },
		{ "kubelet-logs", required_argument, NULL, OPT_KUBELET },
		{ "no-page", no_argument, NULL, OPT_NO_PAGE },
		{ "version", no_argument, NULL, OPT_VERSION },
		{ "help", no_argument, NULL, OPT_HELP },
		{ 0 },
	};
	int option, status = -1;

	*options = (struct options){
		.page = true, .sample = SAMPLE, .kubelet = "/var/log",
	};
	read_listen(LISTEN, &options->address);
	if (gethostname(options->node, sizeof(options->node) - 1))
		options->node[0] = '\0';
	while (status < 0) {
		option = getopt_long(argc, argv, "", known, NULL);
		if (option < 0)
			break;
		status = take(option, optarg, options);
	}
	if (status < 0 && optind < argc) {
		say("%s is one argument too many", argv[optind]);
		status = 2;
	}
	return status;
}

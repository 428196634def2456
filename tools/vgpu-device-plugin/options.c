// SPDX-License-Identifier: GPL-2.0
/*
 * The command line.
 */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "size.h"
#include "log.h"
#include "options.h"

#define STATUS_OK	0
#define STATUS_USAGE	2
#define GO_ON		(-1)

/* What Kubernetes takes for the two parts of a name. */
#define DOMAIN_MAX	253
#define NAME_MAX_	63

enum {
	OPT_RESOURCE = 1,
	OPT_UNIT,
	OPT_SHARES,
	OPT_RESERVE,
	OPT_COMPUTE,
	OPT_DEVICE,
	OPT_CDI,
	OPT_NO_NODES,
	OPT_SOCKET_DIR,
	OPT_DEV,
	OPT_POLL,
};

static const struct option longs[] = {
	{ "resource", required_argument, NULL, OPT_RESOURCE },
	{ "unit", required_argument, NULL, OPT_UNIT },
	{ "shares", required_argument, NULL, OPT_SHARES },
	{ "reserve", required_argument, NULL, OPT_RESERVE },
	{ "compute", no_argument, NULL, OPT_COMPUTE },
	{ "device", required_argument, NULL, OPT_DEVICE },
	{ "cdi", required_argument, NULL, OPT_CDI },
	{ "no-nodes", no_argument, NULL, OPT_NO_NODES },
	{ "socket-dir", required_argument, NULL, OPT_SOCKET_DIR },
	{ "dev", required_argument, NULL, OPT_DEV },
	{ "poll", required_argument, NULL, OPT_POLL },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static const char help[] =
"vgpu-device-plugin [OPTION]...\n"
"\n"
"Offers the memory of the GPUs of this node to Kubernetes, in units.\n"
"\n"
"  --unit SIZE         bytes of one unit (256Mi)\n"
"  --shares N          divide each device into N units, whatever it has\n"
"  --compute           a unit carries its part of the device's time too\n"
"  --resource NAME     the resource that pods ask for (vgpu.io/memory-256Mi;\n"
"                      vgpu.io/share with --shares)\n"
"  --device NAME[=SIZE]\n"
"                      share this device, and SIZE of its memory; repeatable.\n"
"                      Without, all devices\n"
"  --reserve SIZE      memory of each device that no pod gets (0)\n"
"  --cdi KIND          answer with CDI devices of that kind\n"
"  --no-nodes          answer without device nodes\n"
"  --socket-dir DIR    the kubelet's (/var/lib/kubelet/device-plugins)\n"
"  --dev DIR           where the host's /dev is seen (/dev)\n"
"  --poll SECONDS      look for changes that often, events or not (5)\n"
"  --help, --version\n";

static int usage(const char *what, const char *value, const char *why)
{
	say("%s: %.100s: %s", what, value, why);
	return STATUS_USAGE;
}

/* Sizes as Kubernetes writes them too: Mi is MiB. */
static bool read_size(const char *text, uint64_t *out)
{
	char copy[32];
	size_t len = strlen(text);

	if (!len || len >= sizeof(copy))
		return false;
	memcpy(copy, text, len + 1);
	if (len > 1 && copy[len - 1] == 'i' && isalpha((unsigned char)copy[len - 2]))
		copy[len - 1] = '\0';
	return !size_parse(copy, NULL, out) && *out != LIBVGPU_UNLIMITED;
}

static bool read_number(const char *text, uint32_t most, uint32_t *out)
{
	uint64_t value = 0;

	if (!*text || strlen(text) > 9 ||
	    strspn(text, "0123456789") != strlen(text))
		return false;
	value = strtoull(text, NULL, 10);
	if (!value || value > most)
		return false;
	*out = (uint32_t)value;
	return true;
}

/* One part of a name: letters and digits, and of others inside. */
static bool name_part(const char *s, size_t len, const char *inside)
{
	size_t i;

	if (!len || !isalnum((unsigned char)s[0]) ||
	    !isalnum((unsigned char)s[len - 1]))
		return false;
	for (i = 0; i < len; i++) {
		if (!isalnum((unsigned char)s[i]) && !strchr(inside, s[i]))
			return false;
	}
	return true;
}

/* DOMAIN/NAME, of resources as of CDI kinds. */
static bool qualified(const char *text)
{
	const char *slash = strchr(text, '/');

	return slash && (size_t)(slash - text) <= DOMAIN_MAX &&
	       strlen(slash + 1) <= NAME_MAX_ &&
	       strlen(text) < OPTIONS_TEXT &&
	       name_part(text, (size_t)(slash - text), "-.") &&
	       name_part(slash + 1, strlen(slash + 1), "-_.");
}

static bool read_device(const char *text, struct options *out)
{
	struct chosen *chosen = &out->device[out->devices];
	size_t len = strcspn(text, "=");

	if (out->devices == OPTIONS_DEVICES || !len ||
	    len >= sizeof(chosen->name))
		return false;
	*chosen = (struct chosen){ .total = 0 };
	memcpy(chosen->name, text, len);
	if (text[len] && (!read_size(text + len + 1, &chosen->total) ||
			  !chosen->total))
		return false;
	out->devices++;
	return true;
}

static bool read_text(const char *text, char out[OPTIONS_TEXT])
{
	if (!*text || strlen(text) >= OPTIONS_TEXT)
		return false;
	strcpy(out, text);
	return true;
}

/* One option with a value; what is allowed where it is wrong, else NULL. */
static const char *take(int option, const char *value, struct options *out)
{
	uint32_t seconds;

	switch (option) {
	case OPT_RESOURCE:
		if (qualified(value) && read_text(value, out->resource))
			return NULL;
		return "a resource is DOMAIN/NAME, as vgpu.io/memory-256Mi";
	case OPT_UNIT:
		if (read_size(value, &out->unit) && out->unit >= 1 << 20)
			return NULL;
		return "a unit is a size of 1Mi or more, as 256Mi";
	case OPT_SHARES:
		return read_number(value, 1000, &out->shares) ?
			NULL : "a device has 1 to 1000 shares";
	case OPT_RESERVE:
		return read_size(value, &out->reserve) ?
			NULL : "what is kept back is a size, as 512Mi";
	case OPT_DEVICE:
		return read_device(value, out) ?
			NULL : "a device is NAME or NAME=SIZE, at most 64 of them";
	case OPT_CDI:
		if (qualified(value) && read_text(value, out->cdi))
			return NULL;
		return "a kind of CDI is VENDOR/CLASS, as nvidia.com/gpu";
	case OPT_SOCKET_DIR:
		return read_text(value, out->socket_dir) ?
			NULL : "a directory is wanted";
	case OPT_DEV:
		return read_text(value, out->dev) ?
			NULL : "a directory is wanted";
	default:
		if (!read_number(value, 3600, &seconds))
			return "1 to 3600 seconds go";
		out->poll_ms = (int)(seconds * 1000);
		return NULL;
	}
}

/* What follows from the others, and whether they go together. */
static int settle(struct options *out)
{
	struct sockaddr_un address;
	size_t i;

	if (out->shares && out->unit)
		return usage("--shares", "--unit", "give one of them");
	if (!out->shares && !out->unit)
		out->unit = 256ULL << 20;
	if (!*out->resource && !out->shares && out->unit != 256ULL << 20)
		return usage("--unit", "--resource",
			     "name the resource, as vgpu.io/memory-1Gi");
	if (!*out->resource)
		strcpy(out->resource, out->shares ? "vgpu.io/share" :
						    "vgpu.io/memory-256Mi");
	if (snprintf(out->endpoint, sizeof(out->endpoint), "vgpu-%.240s.sock",
		     out->resource) < 0)
		return STATUS_USAGE;
	for (i = 0; out->endpoint[i]; i++) {
		if (out->endpoint[i] == '/')
			out->endpoint[i] = '_';
	}
	if (strlen(out->socket_dir) + 1 + strlen(out->endpoint) >=
	    sizeof(address.sun_path))
		return usage("--socket-dir", out->socket_dir,
			     "the path of a socket in it would be too long");
	return GO_ON;
}

int options_read(int argc, char **argv, struct options *out)
{
	const char *why;
	int option, index;

	*out = (struct options){
		.nodes = true,
		.socket_dir = "/var/lib/kubelet/device-plugins",
		.dev = "/dev",
		.poll_ms = 5000,
	};
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":hV", longs, &index)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return STATUS_OK;
		}
		if (option == 'V') {
			puts("vgpu-device-plugin " TOOL_VERSION);
			return STATUS_OK;
		}
		if (option == ':' || option == '?')
			return usage("wrong option", argv[optind - 1],
				     "see --help");
		if (option == OPT_COMPUTE) {
			out->compute = true;
		} else if (option == OPT_NO_NODES) {
			out->nodes = false;
		} else {
			why = take(option, optarg, out);
			if (why)
				return usage(longs[index].name, optarg, why);
		}
	}
	if (optind < argc)
		return usage("argument", argv[optind], "none is taken");
	return settle(out);
}

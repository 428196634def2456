// SPDX-License-Identifier: GPL-2.0
/*
 * libvgpu for a host without the module: preloaded, it takes the devices from
 * the file that FAKEVGPU names, a line each: name, bytes of memory or 0, aliases.
 * Without the file the module is not loaded; when the file changes that is an
 * event. FAKEVGPU_DEAF=1 has no events, as without privilege.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <vgpu/vgpu.h>

#define DEVICES	80
#define ALIASES	4

struct vgpu_ctx {
	const char *error;
};

struct vgpu_device {
	char name[128];
	uint64_t total;
	char alias[ALIASES][64];
	size_t aliases;
};

struct vgpu_device_list {
	struct vgpu_device device[DEVICES];
	size_t n;
};

struct vgpu_event_stream {
	int fd;
};

struct vgpu_event {
	int unused;
};

int vgpu_ctx_create(struct vgpu_ctx **out)
{
	*out = calloc(1, sizeof(**out));
	(*out)->error = "";
	return 0;
}

void vgpu_ctx_free(struct vgpu_ctx *ctx)
{
	free(ctx);
}

const char *vgpu_ctx_error(struct vgpu_ctx *ctx)
{
	return ctx->error;
}

int vgpu_device_list_get(struct vgpu_ctx *ctx, struct vgpu_device_list **out)
{
	FILE *file = fopen(getenv("FAKEVGPU"), "re");
	struct vgpu_device_list *list;
	char line[512], *word, *rest;

	if (!file) {
		ctx->error = "the vgpu module is not loaded";
		return -ENOPKG;
	}
	list = calloc(1, sizeof(*list));
	while (list->n < DEVICES && fgets(line, sizeof(line), file)) {
		struct vgpu_device *device = &list->device[list->n];

		word = strtok_r(line, "\n ", &rest);
		if (!word)
			continue;
		snprintf(device->name, sizeof(device->name), "%s", word);
		word = strtok_r(NULL, "\n ", &rest);
		device->total = word ? strtoull(word, NULL, 10) : 0;
		while (device->aliases < ALIASES &&
		       (word = strtok_r(NULL, "\n ", &rest)))
			snprintf(device->alias[device->aliases++], 64, "%s",
				 word);
		list->n++;
	}
	fclose(file);
	*out = list;
	return 0;
}

void vgpu_device_list_free(struct vgpu_device_list *list)
{
	free(list);
}

const struct vgpu_device *vgpu_device_list_at(const struct vgpu_device_list *list,
					      size_t index)
{
	return index < list->n ? &list->device[index] : NULL;
}

const char *vgpu_device_name(const struct vgpu_device *dev)
{
	return dev->name;
}

const char *vgpu_device_alias_at(const struct vgpu_device *dev, size_t index)
{
	return index < dev->aliases ? dev->alias[index] : NULL;
}

/* A line that begins with "-" is of a device that only a quota names. */
int vgpu_device_present(const struct vgpu_device *dev)
{
	return dev->name[0] != '-';
}

int vgpu_device_memory_total(const struct vgpu_device *dev, uint64_t *out)
{
	if (!dev->total)
		return -ENODATA;
	*out = dev->total;
	return 0;
}

/* One with a slash in its name is a part. */
int vgpu_device_parent(const struct vgpu_device *dev, uint32_t *out)
{
	if (!strchr(dev->name, '/'))
		return -ENODATA;
	*out = 1;
	return 0;
}

int vgpu_event_open(struct vgpu_ctx *ctx, const struct vgpu_event_opts *opts,
		    struct vgpu_event_stream **out)
{
	char dir[256], *slash;
	int fd;

	(void)opts;
	if (getenv("FAKEVGPU_DEAF")) {
		ctx->error = "the events of the host need CAP_SYS_ADMIN";
		return -EPERM;
	}
	snprintf(dir, sizeof(dir), "%s", getenv("FAKEVGPU"));
	slash = strrchr(dir, '/');
	*slash = '\0';
	fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (fd < 0 || inotify_add_watch(fd, dir, IN_MOVED_TO | IN_DELETE) < 0)
		return -errno;
	*out = calloc(1, sizeof(**out));
	(*out)->fd = fd;
	return 0;
}

void vgpu_event_close(struct vgpu_event_stream *stream)
{
	free(stream);
}

int vgpu_event_fd(const struct vgpu_event_stream *stream)
{
	return stream->fd;
}

int vgpu_event_read(struct vgpu_event_stream *stream, struct vgpu_event **out)
{
	char buffer[4096] __attribute__((aligned(8)));

	if (read(stream->fd, buffer, sizeof(buffer)) <= 0)
		return -errno;
	*out = calloc(1, sizeof(**out));
	return 0;
}

void vgpu_event_free(struct vgpu_event *event)
{
	free(event);
}

enum libvgpu_event_type vgpu_event_type(const struct vgpu_event *event)
{
	(void)event;
	return LIBVGPU_EVENT_DEVICE_REMOVED;
}

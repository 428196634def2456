// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel with a known state, for vgpu-exporter. The file that VGPU_MOCK names
 * says how it is, in words and numbers, and is read again and again:
 *
 *	loaded N	the module is loaded, or not
 *	groups N	so many more groups, below /many
 *	events N	so many refusals happened since the start
 */
#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <vgpu/vgpu.h>

#include "mock.h"

#define MIB	(1ULL << 20)

/* Ids of containers, and what the paths of a pod begin with. */
#define ID_A	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ID_C	"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define ID_D	"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
#define SLICE	"/kubepods.slice/kubepods-burstable.slice"
#define POD	"kubepods-burstable-pod11111111_2222_3333_4444_555555555555.slice"
#define POD_B	"pod66666666-2222-3333-4444-555555555555"

/* Ids are places in this list, counted from 1. */
static const char * const paths[] = {
	"/",
	"/kubepods.slice",
	SLICE "/" POD,
	SLICE "/" POD "/cri-containerd-" ID_A ".scope",
	"/kubepods/besteffort/" POD_B "/" ID_B,
	"/system.slice/docker-" ID_C ".scope",
	"/machine.slice/libpod-" ID_D ".scope/container",
	"/system.slice/n1_slurmstepd.scope/job_42/step_0/user/task_0",
	"/a\"b\\c<script>document.title='owned'</script>",
	"/bad\xff",
	"/bad\xfe",
	"",
	"",
};

static atomic_uint many, events, sent;
static struct mock *the_mock;

/* A datagram of a dump, as full as the kernel's. */
struct batch {
	char data[MOCK_BUFFER];
	size_t len;
	int fd;
};

static void batch_send(struct batch *batch)
{
	if (batch->len)
		assert_int_equal(send(batch->fd, batch->data, batch->len,
				      MSG_NOSIGNAL), batch->len);
	batch->len = 0;
}

static void batch_add(struct batch *batch, struct nl_msg *msg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);

	if (batch->len + NLMSG_ALIGN(h->nlmsg_len) > sizeof(batch->data))
		batch_send(batch);
	memset(batch->data + batch->len, 0, NLMSG_ALIGN(h->nlmsg_len));
	memcpy(batch->data + batch->len, h, h->nlmsg_len);
	batch->len += NLMSG_ALIGN(h->nlmsg_len);
	nlmsg_free(msg);
}

/* The path of the group with that id; the text stays until the next call. */
static const char *path_of(uint64_t id)
{
	static char path[32];

	if (id <= ARRAY_SIZE(paths))
		return paths[id - 1];
	snprintf(path, sizeof(path), "/many/g%" PRIu64, id);
	return path;
}

static uint64_t groups(void)
{
	return ARRAY_SIZE(paths) + many;
}

static void put_info(struct nl_msg *msg)
{
	nla_put_string(msg, VGPU_A_INFO_VERSION, "9.8.7");
	nla_put_flag(msg, VGPU_A_INFO_CGROUP2);
	nla_put_u32(msg, VGPU_A_INFO_GROUPS, (uint32_t)groups());
	nla_put_u32(msg, VGPU_A_INFO_DEVICES, 2);
	nla_put_u32(msg, VGPU_A_INFO_DRIVERS, 4);
}

static void dump_devices(struct batch *batch, const struct nlmsghdr *request)
{
	struct nl_msg *msg;

	msg = mock_message(request, VGPU_CMD_DEVICE_GET, NLM_F_MULTI);
	nla_put_u32(msg, VGPU_A_DEVICE_ID, 1);
	nla_put_string(msg, VGPU_A_DEVICE_NAME, "pci:0000:01:00.0");
	nla_put_string(msg, VGPU_A_DEVICE_ALIAS, "card0");
	nla_put_string(msg, VGPU_A_DEVICE_ALIAS,
		       "GPU-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
	nla_put_string(msg, VGPU_A_DEVICE_DRIVER, "nvidia");
	nla_put_flag(msg, VGPU_A_DEVICE_PRESENT);
	nla_put_u64(msg, VGPU_A_DEVICE_MEMORY_TOTAL, 16384 * MIB);
	nla_put_u64(msg, VGPU_A_DEVICE_CHARGED, 4000 * MIB);
	batch_add(batch, msg);
	msg = mock_message(request, VGPU_CMD_DEVICE_GET, NLM_F_MULTI);
	nla_put_u32(msg, VGPU_A_DEVICE_ID, 2);
	nla_put_string(msg, VGPU_A_DEVICE_NAME, "pci:0000:02:00.0");
	nla_put_string(msg, VGPU_A_DEVICE_DRIVER, "virtio_gpu");
	nla_put_flag(msg, VGPU_A_DEVICE_PRESENT);
	nla_put_u64(msg, VGPU_A_DEVICE_CHARGED, MIB);
	batch_add(batch, msg);
}

static void dump_driver(struct batch *batch, const struct nlmsghdr *request,
			const char *name, const char *backend, uint32_t state)
{
	struct nl_msg *msg = mock_message(request, VGPU_CMD_DRIVER_GET,
					  NLM_F_MULTI);
	struct nlattr *nest;

	nla_put_string(msg, VGPU_A_DRIVER_NAME, name);
	nla_put_string(msg, VGPU_A_DRIVER_BACKEND, backend);
	nla_put_u32(msg, VGPU_A_DRIVER_STATE, state);
	nest = nla_nest_start(msg, VGPU_A_DRIVER_POINT);
	nla_put_string(msg, VGPU_A_POINT_NAME, "open");
	if (state == VGPU_DRIVER_STATE_DEGRADED)
		nla_put_flag(msg, VGPU_A_POINT_LOST);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, VGPU_A_DRIVER_ROUTE);
	nla_put_string(msg, VGPU_A_ROUTE_NAME, "unknown escapes");
	nla_put_u32(msg, VGPU_A_ROUTE_STATE, VGPU_ROUTE_STATE_DENIED);
	nla_put_u64(msg, VGPU_A_ROUTE_REFUSED, 3);
	nla_nest_end(msg, nest);
	batch_add(batch, msg);
}

static void dump_drivers(struct batch *batch, const struct nlmsghdr *request)
{
	dump_driver(batch, request, "nvidia", "nvidia",
		    VGPU_DRIVER_STATE_ATTACHED);
	dump_driver(batch, request, "virtio_gpu", "drm",
		    VGPU_DRIVER_STATE_DEGRADED);
	dump_driver(batch, request, "kfd", "guard",
		    VGPU_DRIVER_STATE_ATTACHED);
	dump_driver(batch, request, "xe", "drm", VGPU_DRIVER_STATE_ABSENT);
}

static void put_group(struct nl_msg *msg, uint64_t id)
{
	nla_put_u64(msg, VGPU_A_GROUP_CGROUP_ID, id);
	if (*path_of(id))
		nla_put_string(msg, VGPU_A_GROUP_CGROUP_PATH, path_of(id));
}

static void dump_groups(struct batch *batch, const struct nlmsghdr *request)
{
	struct nl_msg *msg;
	uint64_t id;

	for (id = 1; id <= groups(); id++) {
		msg = mock_message(request, VGPU_CMD_GROUP_GET, NLM_F_MULTI);
		put_group(msg, id);
		nla_put_u64(msg, VGPU_A_GROUP_KERNEL_MEMORY, 100 * id);
		nla_put_u64(msg, VGPU_A_GROUP_KERNEL_MEMORY_MAX,
			    id == 4 ? 65536 : UINT64_MAX);
		batch_add(batch, msg);
	}
}

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The engine of number 4, which has a cap and runs into it. */
static void put_engine(struct nl_msg *msg)
{
	struct nlattr *nest;

	nla_put_u32(msg, VGPU_A_STATS_COMPUTE_MAX, 2500);
	nest = nla_nest_start(msg, VGPU_A_STATS_ENGINE);
	nla_put_u32(msg, VGPU_A_ENGINE_STATS_CLASS, VGPU_ENGINE_COMPUTE);
	nla_put_u64(msg, VGPU_A_ENGINE_STATS_BUSY_TIME, 4000000002ULL);
	nla_put_u32(msg, VGPU_A_ENGINE_STATS_SHARE_1S, 10000);
	nla_put_u32(msg, VGPU_A_ENGINE_STATS_SHARE_10S, 2503);
	nla_put_u32(msg, VGPU_A_ENGINE_STATS_SHARE_60S, 7);
	nla_put_u64(msg, VGPU_A_ENGINE_STATS_THROTTLED_TIME, 5000000000ULL);
	nla_put_u64(msg, VGPU_A_ENGINE_STATS_THROTTLED_COUNT, 9);
	nla_put_u32(msg, VGPU_A_ENGINE_STATS_WAITING, 2);
	nla_put_u32(msg, VGPU_A_ENGINE_STATS_IN_FLIGHT, 3);
	nla_put_u32(msg, VGPU_A_ENGINE_STATS_SOME_10S, 1234);
	nla_put_u32(msg, VGPU_A_ENGINE_STATS_FULL_60S, 4321);
	nla_put_u64(msg, VGPU_A_ENGINE_STATS_SOME_TOTAL, 6000000000ULL);
	nla_nest_end(msg, nest);
}

/*
 * Group N holds N MiB, and 4 KiB of overhead; number 4 is near its limit. The
 * root was busy for half of all time, the others for N seconds and a bit.
 */
static void dump_row(struct batch *batch, const struct nlmsghdr *request,
		     uint64_t id, uint32_t device)
{
	struct nl_msg *msg = mock_message(request, VGPU_CMD_STATS_GET,
					  NLM_F_MULTI);
	uint64_t most = id == 4 ? 4 * MIB + 8192 : UINT64_MAX;
	struct nlattr *nest;

	nest = nla_nest_start(msg, VGPU_A_STATS_GROUP);
	put_group(msg, id);
	nla_nest_end(msg, nest);
	nla_put_u32(msg, VGPU_A_STATS_DEVICE_ID, device);
	nla_put_string(msg, VGPU_A_STATS_DEVICE_NAME, device == 1 ?
		       "pci:0000:01:00.0" : "pci:0000:02:00.0");
	nla_put_u64(msg, VGPU_A_STATS_MEMORY_CHARGED,
		    id == 1 ? 4000 * MIB : id * MIB);
	nla_put_u64(msg, VGPU_A_STATS_MEMORY_OVERHEAD, 4096);
	nla_put_u64(msg, VGPU_A_STATS_MEMORY_PEAK, (id + 1) * MIB);
	nla_put_u64(msg, VGPU_A_STATS_MEMORY_MAX, most);
	nla_put_u64(msg, VGPU_A_STATS_MEMORY_LIMIT, most);
	nla_put_u64(msg, VGPU_A_STATS_MEMORY_REFUSED, id == 4 ? 7 : 0);
	nla_put_u64(msg, VGPU_A_STATS_OBJECTS, id);
	nla_put_u64(msg, VGPU_A_STATS_BUSY_TIME,
		    id == 1 ? clock_ns() / 2 : id * 1000000000 + 1);
	if (id == 4 && device == 1)
		put_engine(msg);
	batch_add(batch, msg);
}

static void dump_stats(struct batch *batch, const struct nlmsghdr *request)
{
	uint64_t id;

	for (id = 1; id <= groups(); id++) {
		dump_row(batch, request, id, 1);
		if (id == 4)
			dump_row(batch, request, id, 2);
	}
}

/*
 * On the link that was dialled last, which is that of the events, unless the
 * exporter has closed it.
 */
static bool send_event(struct mock *mock)
{
	struct nl_msg *msg = mock_message(NULL, VGPU_CMD_EVENT_NTF, 0);
	bool done;

	nla_put_u32(msg, VGPU_A_EVENT_TYPE, VGPU_EVENT_TYPE_REFUSED);
	nla_put_u64(msg, VGPU_A_EVENT_CGROUP_ID, 4);
	nla_put_string(msg, VGPU_A_EVENT_CGROUP_PATH, "/jobs/refused");
	nla_put_string(msg, VGPU_A_EVENT_DEVICE_NAME, "pci:0000:01:00.0");
	nla_put_string(msg, VGPU_A_EVENT_COMM, "greedy");
	nla_put_u64(msg, VGPU_A_EVENT_BYTES, 8 * MIB);
	nla_put_u64(msg, VGPU_A_EVENT_LIMIT, 5 * MIB);
	nla_put_u64(msg, VGPU_A_EVENT_COUNT, 2);
	done = send(mock->fd[mock->n - 1], nlmsg_hdr(msg),
		    nlmsg_hdr(msg)->nlmsg_len, MSG_NOSIGNAL) > 0;
	nlmsg_free(msg);
	return done;
}

static void handle(struct mock *mock, int fd, const struct nlmsghdr *request)
{
	static void (* const dumps[])(struct batch *batch,
				      const struct nlmsghdr *request) = {
		[VGPU_CMD_DEVICE_GET] = dump_devices,
		[VGPU_CMD_DRIVER_GET] = dump_drivers,
		[VGPU_CMD_GROUP_GET] = dump_groups,
		[VGPU_CMD_STATS_GET] = dump_stats,
	};
	uint8_t cmd = mock_cmd(request);
	struct batch batch = { .fd = fd };
	struct nl_msg *msg;

	if (cmd == VGPU_CMD_INFO_GET) {
		msg = mock_message(request, VGPU_CMD_INFO_GET, 0);
		put_info(msg);
		mock_send(fd, msg);
		mock_ack(fd, request, 0, NULL, 0);
	} else if (cmd < ARRAY_SIZE(dumps) && dumps[cmd]) {
		dumps[cmd](&batch, request);
		batch_send(&batch);
		mock_done(fd, request, 0, NULL, 0);
	} else {
		mock_ack(fd, request, -EOPNOTSUPP, NULL, 0);
	}
	while (mock->joined && sent < events && send_event(mock))
		sent++;
}

static void read_state(struct mock *mock, const char *name)
{
	FILE *f = fopen(name, "re");
	unsigned int value;
	char word[16];

	while (f && fscanf(f, "%15s %u", word, &value) == 2) {
		if (!strcmp(word, "groups")) {
			many = value;
		} else if (!strcmp(word, "events")) {
			events = value;
		} else if (!strcmp(word, "loaded") &&
			   mock->loaded != (value != 0)) {
			mock->family++;
			mock->loaded = value;
		}
	}
	if (f)
		fclose(f);
}

static void *follow(void *arg)
{
	const char *name = getenv("VGPU_MOCK");

	for (;;) {
		usleep(20000);
		read_state(arg, name);
	}
	return NULL;
}

int mock_ctx_create(struct vgpu_ctx **out);

int mock_ctx_create(struct vgpu_ctx **out)
{
	pthread_t thread;

	the_mock = mock_start(handle);
	read_state(the_mock, getenv("VGPU_MOCK"));
	pthread_create(&thread, NULL, follow, the_mock);
	pthread_detach(thread);
	*out = the_mock->ctx;
	return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of libvgpu share and nobody else sees.
 *
 * A request is a netlink message of one command (nl.c). Its replies are read
 * through a schema, a table that says which attribute goes to which member of
 * which structure (decode.c), so each object's file is little more than its
 * schema and its accessors.
 */
#ifndef LIBVGPU_PRIVATE_H
#define LIBVGPU_PRIVATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netlink/netlink.h>
#include <netlink/msg.h>
#include <netlink/attr.h>

#include <linux/vgpu.h>

#include <vgpu/ctx.h>

#define ERROR_SLOTS	32
#define ERROR_MAX	512

/* decode.c ---------------------------------------------------------------- */

/**
 * struct array - rows that were read
 * @row: the rows, each of them and the array itself owned
 * @n: how many
 * @room: how many fit before the next growth
 */
struct array {
	void **row;
	size_t n;
	size_t room;
};

/**
 * enum field_type - what an attribute holds and where it goes
 * @FIELD_U16: a uint16_t member
 * @FIELD_U32: a uint32_t member
 * @FIELD_U64: a uint64_t member
 * @FIELD_NUMBER: 4 or 8 bytes, for a uint64_t member
 * @FIELD_FLAG: an int member, 1 where the attribute is there
 * @FIELD_STRING: an owned char * member, NULL where it is not there
 * @FIELD_STRINGS: a struct array member of owned strings
 * @FIELD_ROWS: a struct array member of owned objects of another schema
 * @FIELD_INSIDE: a nest whose attributes go to the same object
 */
enum field_type {
	FIELD_U16,
	FIELD_U32,
	FIELD_U64,
	FIELD_NUMBER,
	FIELD_FLAG,
	FIELD_STRING,
	FIELD_STRINGS,
	FIELD_ROWS,
	FIELD_INSIDE,
};

/* Stands for any attribute, where the kernel counts the elements of a list. */
#define FIELD_ANY	0xffff

/**
 * struct field - one attribute of a schema
 * @attr: its number, or FIELD_ANY
 * @type: what it holds
 * @offset: of the member that it fills
 * @schema: of the nest, for FIELD_ROWS and FIELD_INSIDE
 */
struct field {
	uint16_t attr;
	enum field_type type;
	size_t offset;
	const struct schema *schema;
};

/**
 * struct schema - how a set of attributes becomes an object
 * @size: bytes of the object, 0 for one used inside another only
 * @fields: its fields; those that one attribute fills follow each other
 * @n: how many
 * @init: fills in what absent attributes stand for, or NULL: zeros
 */
struct schema {
	size_t size;
	const struct field *fields;
	size_t n;
	void (*init)(void *object);
};

int decode_append(const struct schema *schema, const void *attrs, size_t len,
		  struct array *rows);
void decode_free(const struct schema *schema, void *object);
int array_add(struct array *rows, void *row);
void array_release(const struct schema *schema, struct array *rows);
void array_free(const struct schema *schema, void *list);
void *array_take_only(const struct schema *schema, struct array *rows);

static inline void *array_at(const struct array *rows, size_t index)
{
	return index < rows->n ? rows->row[index] : NULL;
}

static inline const char *string_or_empty(const char *s)
{
	return s ? s : "";
}

/* nvidia.c ---------------------------------------------------------------- */

#define NVIDIA_GPUS	"/proc/driver/nvidia/gpus"

bool nvidia_minor(const char *gpus, const char *device, unsigned int *minor);
bool nvidia_device(const char *gpus, const char *node,
		   char device[LIBVGPU_NAME_MAX]);

/* nl.c -------------------------------------------------------------------- */

/**
 * struct link - a socket to the kernel
 * @sock: libnl's socket; NULL for a transport of the tests
 * @fd: its file descriptor, -1 while there is none
 * @seq: sequence number of the last request on it
 */
struct link {
	struct nl_sock *sock;
	int fd;
	uint32_t seq;
};

/**
 * struct transport - how to reach the kernel; the tests put their own in
 * @dial: open a link
 * @join: let the link receive a multicast group
 */
struct transport {
	int (*dial)(void *arg, struct link *link);
	int (*join)(void *arg, struct link *link, uint32_t group);
};

extern const struct transport transport_kernel;

/**
 * struct error_slot - the last failure of one thread
 * @thread: which
 * @used: it holds one
 * @text: the sentence
 */
struct error_slot {
	pthread_t thread;
	bool used;
	char text[ERROR_MAX];
};

/**
 * struct vgpu_ctx - a context
 * @lock: held for the length of a request; protects @link, @family, @events
 * @link: the socket for requests, opened by the first of them
 * @family: number of the netlink family, 0 until it is known
 * @events: number of the multicast group
 * @transport: how to reach the kernel
 * @transport_arg: its own
 * @error_lock: protects what follows; may be taken under @lock
 * @error: failures of up to ERROR_SLOTS threads
 * @error_next: the slot to reuse when all are taken
 */
struct vgpu_ctx {
	pthread_mutex_t lock;
	struct link link;
	uint16_t family;
	uint32_t events;
	const struct transport *transport;
	void *transport_arg;
	pthread_mutex_t error_lock;
	struct error_slot error[ERROR_SLOTS];
	unsigned int error_next;
};

int ctx_create(const struct transport *transport, void *arg,
	       struct vgpu_ctx **out);

struct nl_msg *nl_request(uint8_t cmd);
int nl_send_request(struct vgpu_ctx *ctx, struct nl_msg *msg,
		    const struct schema *schema, struct array *rows);
int nl_send_on(struct vgpu_ctx *ctx, struct link *link, struct nl_msg *msg);
int nl_join_events(struct vgpu_ctx *ctx, struct link *link);
int link_receive(const struct link *link, int flags, void **buf, size_t *len);
void link_close(struct link *link);

int nl_get_one(struct vgpu_ctx *ctx, struct nl_msg *msg,
	       const struct schema *schema, void **out);
int nl_get_list(struct vgpu_ctx *ctx, struct nl_msg *msg,
		const struct schema *schema, void **out);

/* error.c ----------------------------------------------------------------- */

int error_set(struct vgpu_ctx *ctx, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int error_errno(struct vgpu_ctx *ctx, int err);
int error_ack(struct vgpu_ctx *ctx, int err, const struct nlmsghdr *reply,
	      struct nlmsghdr *request);
void error_clear(struct vgpu_ctx *ctx);

/* group.c, ctx.c ---------------------------------------------------------- */

/**
 * struct group_id - what other objects carry of their group
 * @id: of the cgroup
 * @path: of the cgroup, owned
 */
struct group_id {
	uint64_t id;
	char *path;
};

extern const struct schema group_id_schema;

int put_cgroup(struct vgpu_ctx *ctx, struct nl_msg *msg,
	       const struct vgpu_cgroup *cgroup);
int put_cgroup_nest(struct vgpu_ctx *ctx, struct nl_msg *msg, int attr,
		    const struct vgpu_cgroup *cgroup);
int put_name(struct vgpu_ctx *ctx, struct nl_msg *msg, int attr,
	     const char *what, const char *name);
int put_device(struct vgpu_ctx *ctx, struct nl_msg *msg, int attr,
	       const char *name);
void take_opts(void *to, size_t size, const void *from);
int put_failed(struct vgpu_ctx *ctx, struct nl_msg *msg, int err);

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif /* LIBVGPU_PRIVATE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink by hand: messages that no library would send, and replies
 * with all that the kernel says in them.
 */
#ifndef SELFTESTS_WIRE_H
#define SELFTESTS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/netlink.h>
#include <linux/vgpu.h>

#define MSG_ROOM	(64 << 10)

struct wire {
	int fd;
	uint16_t family;
	uint32_t events;	/* multicast group */
	uint32_t seq;
	size_t room;		/* of each recv; 0 for plenty */
};

/* A request being built. */
struct msg {
	size_t len;
	union {
		struct nlmsghdr head;
		uint8_t buf[MSG_ROOM];
	};
};

/* What came back: all messages one after the other, as they were. */
struct answer {
	int err;		/* 0 or a negative errno */
	char text[256];		/* of the extended ack */
	int missing;		/* type of the attribute that is missing, or 0 */
	uint32_t offset;	/* of the attribute at fault, or 0 */
	bool interrupted;	/* the dump was */
	unsigned int n;		/* messages */
	size_t len, room;
	uint8_t *buf;		/* owned */
};

/* Opens a socket; bails where there is none, or no vgpu behind it. */
struct wire wire_open(void);
/* One that takes so many bytes at a time: parts of dumps are as long then. */
struct wire wire_open_room(size_t room);
void wire_close(struct wire *w);
/* Joins the multicast group; 0 or a negative errno. */
int wire_join(struct wire *w);

/* Bytes as they are; @m is sent with the length that it has. */
void msg_begin(struct msg *m, const struct wire *w, uint8_t cmd, bool dump);
void msg_put(struct msg *m, uint16_t type, const void *data, size_t len);
void msg_u32(struct msg *m, uint16_t type, uint32_t value);
void msg_u64(struct msg *m, uint16_t type, uint64_t value);
void msg_string(struct msg *m, uint16_t type, const char *value);
void msg_flag(struct msg *m, uint16_t type);
size_t msg_nest(struct msg *m, uint16_t type);
void msg_end(struct msg *m, size_t nest);

/* Sends and waits for the end of the answer. To be freed with answer_free(). */
struct answer ask(struct wire *w, struct msg *m);
/* The same, with something done after each part of a dump but the last. */
struct answer ask_slowly(struct wire *w, struct msg *m,
			 void (*between)(void));
void answer_free(struct answer *a);
/* Are they the same, but for the headers? */
bool answer_same(const struct answer *a, const struct answer *b);
/* Message number @i, or NULL; and an attribute of it, or NULL. */
const struct nlmsghdr *answer_at(const struct answer *a, unsigned int i);
const struct nlattr *attr_of(const struct nlmsghdr *h, uint16_t type);
const struct nlattr *attr_in(const struct nlattr *nest, uint16_t type);
uint32_t attr_u32(const struct nlattr *attr);
uint64_t attr_u64(const struct nlattr *attr);
const char *attr_string(const struct nlattr *attr);

/* An event, waited for this long; NULL where none comes. To be freed. */
struct nlmsghdr *event_wait(struct wire *w, int msec);

/* Limits of one cgroup on one device, by path or, with "", by nothing. */
struct msg *quota_msg(const struct wire *w, const char *path, int fd,
		      const char *device, uint64_t bytes);
/* All that a request may change, to be compared and freed. */
struct answer *state_take(void);
bool state_same(const struct answer *a, const struct answer *b);
void state_free(struct answer *state);

#endif /* SELFTESTS_WIRE_H */

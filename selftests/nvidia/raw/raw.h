/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Raw calls to NVIDIA's control file and to nvidia-uvm, and their answers, to be
 * compared with those of another time.
 */
#ifndef SELFTESTS_NVIDIA_RAW_H
#define SELFTESTS_NVIDIA_RAW_H

#include <stdint.h>

#define RAW_CTL	"/dev/nvidiactl"
#define RAW_UVM	"/dev/nvidia-uvm"

/*
 * One answer: what was asked, what ioctl() gave, the status of the resource
 * manager and one more value that must not change.
 */
struct answer {
	char what[48];
	int ret;
	uint32_t status;
	uint32_t value;
};

struct answers {
	unsigned int n;
	struct answer list[256];
};

/* Asks everything; the driver's version must be that. */
void raw_ask(struct answers *answers, const char *version);
/* What the answer to one question must be. */
void raw_expect(const struct answers *list, const char *what, int ret,
		uint32_t status);
/* The answers of two times must be the same. */
void raw_same(const struct answers *want, const struct answers *got,
	      const char *when);
/*
 * They must be the same but for the questions of a list that a NULL ends, whose
 * answers must not be.
 */
void raw_differ(const struct answers *want, const struct answers *got,
		const char *const *but, const char *when);
/* Makes clients that it never frees, until it is killed. */
void raw_churn(unsigned int seed) __attribute__((noreturn));

#endif /* SELFTESTS_NVIDIA_RAW_H */

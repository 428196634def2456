// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

static unsigned int nr, failed;
static void (*undo_at_bail)(void);

static bool vok(bool pass, const char *fmt, va_list ap)
{
	printf("%sok %u - ", pass ? "" : "not ", ++nr);
	vprintf(fmt, ap);
	printf("\n");
	fflush(stdout);
	failed += !pass;
	return pass;
}

bool ok(bool pass, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vok(pass, fmt, ap);
	va_end(ap);
	return pass;
}

bool is(uint64_t got, uint64_t want, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vok(got == want, fmt, ap);
	va_end(ap);
	if (got != want)
		note("got %" PRIu64 ", want %" PRIu64, got, want);
	return got == want;
}

void note(const char *fmt, ...)
{
	va_list ap;

	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
}

void at_bail(void (*undo)(void))
{
	undo_at_bail = undo;
}

/* Only for what keeps a test from being done at all, never for a result. */
void bail(const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	printf("Bail out! ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf(" (%s)\n", strerror(err));
	fflush(stdout);
	if (undo_at_bail)
		undo_at_bail();
	_exit(1);
}

int done(void)
{
	printf("1..%u\n", nr);
	fflush(stdout);
	return failed || !nr;
}

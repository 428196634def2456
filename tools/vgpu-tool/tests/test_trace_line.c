// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of the trace: what is read of them, whatever name a tenant chose.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "trace_line.h"

#define RUN "cgroup=5 device=1 engine=copy start=123 ns=45 why=turn"
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static void test_run(void **state)
{
	/* The second and third call themselves as events are called. */
	static const char * const lines[] = {
		"           load-590     [000] d..1.    12.345678: vgpu_run: " RUN,
		" x: vgpu_run: -590     [000] d..1.    12.345678: vgpu_run: " RUN,
		" 1.0: vgpu_run:-590     [000] d..1.    12.345678: vgpu_run: " RUN,
	};
	struct trace_event event;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		assert_int_equal(trace_line_parse(lines[i], &event), 0);
		assert_int_equal(event.kind, TRACE_RUN);
		assert_true(event.time == 12345678000ULL);
		assert_int_equal(event.cgroup, 5);
		assert_int_equal(event.device, 1);
		assert_int_equal(event.engine, 1);
		assert_int_equal(event.start, 123);
		assert_int_equal(event.ns, 45);
		assert_int_equal(event.why, TRACE_TURN);
		assert_string_equal(event.fields, RUN);
	}
}

/* The fields point into the line, which stays until the next one. */
static void read_line(const char *event_text, struct trace_event *event)
{
	static char line[256];

	snprintf(line, sizeof(line), "a-1 [0] . 1.000001: %s", event_text);
	assert_int_equal(trace_line_parse(line, event), 0);
}

static void test_others(void **state)
{
	struct trace_event event;

	(void)state;
	read_line("vgpu_throttle: cgroup=18446744073709551615 device=2 "
		  "engine=compute start=1 ns=2 why=frozen", &event);
	assert_int_equal(event.kind, TRACE_THROTTLE);
	assert_true(event.cgroup == UINT64_MAX);
	assert_int_equal(event.why, TRACE_FROZEN);
	read_line("vgpu_share: cgroup=7 device=2 weight=100 min=0 max=3000 "
		  "priority=low frozen=0", &event);
	assert_int_equal(event.kind, TRACE_SHARE);
	assert_non_null(strstr(event.fields, "max=3000"));
	assert_int_equal(event.frozen, 0);
	read_line("vgpu_suspend: cgroup=7 device=2 engine=video queues=3",
		  &event);
	assert_int_equal(event.kind, TRACE_SUSPEND);
	assert_int_equal(event.engine, 2);
	assert_int_equal(trace_line_parse("CPU:1 [LOST 17 EVENTS]", &event),
			 0);
	assert_int_equal(event.kind, TRACE_LOST);
	assert_int_equal(event.count, 17);
	/* Those of a later version. */
	read_line("vgpu_run: " RUN " more=1", &event);
	assert_int_equal(event.ns, 45);
}

static void test_refused(void **state)
{
	static const char * const lines[] = {
		"",
		"# tracer: nop",
		"CPU:1 [LOST EVENTS]",
		"CPU:1 [LOST 17 EVENTS] and more",
		"a-1 [0] . 1.000001: vgpu_charge: cgroup=1 device=1",
		"a-1 [0] . 1.000001: vgpu_runs: " RUN,
		"a-1 [0] . 1.000001: vgpu_run:",
		"a-1 [0] . 1.000001: vgpu_run: ",
		"a-1 [0] . 1.00x: vgpu_run: " RUN,
		"a-1 [0] . 1: vgpu_run: " RUN,
		": vgpu_run: " RUN,
		"a-1 [0] . 1.000001: vgpu_run: device=1 engine=copy start=1 ns=1 why=turn",
		"a-1 [0] . 1.000001: vgpu_run: cgroup=x device=1 engine=copy start=1 ns=1 why=turn",
		"a-1 [0] . 1.000001: vgpu_run: cgroup=1 device=1 engine=none start=1 ns=1 why=turn",
		"a-1 [0] . 1.000001: vgpu_run: cgroup=1 device=1 engine=copy start=1 ns=1",
		"a-1 [0] . 1.000001: vgpu_run: cgroup=1 device=1 engine=copy start=-1 ns=1 why=turn",
		"a-1 [0] . 1.000001: vgpu_run: cgroup=99999999999999999999 device=1 engine=copy start=1 ns=1 why=turn",
		"a-1 [0] . 1.000001: vgpu_suspend: cgroup=1 device=1",
		"a-1 [0] . 1.000001: vgpu_share: cgroup=1 device=1 weight=1",
	};
	struct trace_event event;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		if (trace_line_parse(lines[i], &event) != -ENOENT)
			fail_msg("\"%s\" is taken", lines[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

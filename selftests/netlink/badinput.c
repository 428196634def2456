// SPDX-License-Identifier: GPL-2.0
/*
 * Every request that is malformed, truncated, out of range, given twice or
 * unknown is refused with a sentence, and changes nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "script.h"
#include "tap.h"

#define DEVICE	"platform:badinput"
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A cgroup that can be given a quota, and an entry that can be set. */
#define GOOD_GROUP	GROUP("@/a")
#define GOOD_ENTRY	NAMED_ENTRY(DEVICE)
#define NAMED_ENTRY(n)	ENTRY(n, VGPU_A_QUOTA_ENTRY_MEMORY_MAX, 4096)
#define LIMIT_ENTRY(t, v)	ENTRY(DEVICE, t, v)

static const struct script devices[] = {
	{ "info-get with an attribute", VGPU_CMD_INFO_GET, EINVAL,
	  { U32(VGPU_A_INFO_GROUPS, 1) } },
	{ "info-get with a pad", VGPU_CMD_INFO_GET, EINVAL,
	  { U64(VGPU_A_INFO_PAD, 1) } },
	{ "device-get of nothing", VGPU_CMD_DEVICE_GET, EINVAL, {} },
	{ "device-get by id and name", VGPU_CMD_DEVICE_GET, EINVAL,
	  { U32(VGPU_A_DEVICE_ID, 1), STR(VGPU_A_DEVICE_NAME, DEVICE) } },
	{ "device-get of id 0", VGPU_CMD_DEVICE_GET, ENODEV,
	  { U32(VGPU_A_DEVICE_ID, 0) } },
	{ "device-get of no such id", VGPU_CMD_DEVICE_GET, ENODEV,
	  { U32(VGPU_A_DEVICE_ID, UINT32_MAX) } },
	{ "device-get of no such name", VGPU_CMD_DEVICE_GET, ENODEV,
	  { STR(VGPU_A_DEVICE_NAME, "platform:nobody") } },
	{ "device-get of an empty name", VGPU_CMD_DEVICE_GET, ENODEV,
	  { STR(VGPU_A_DEVICE_NAME, "") } },
	{ "device-get of a name too long", VGPU_CMD_DEVICE_GET, EINVAL,
	  { LETTERS(VGPU_A_DEVICE_NAME, VGPU_NAME_MAX) } },
	{ "device-get of a name without NUL", VGPU_CMD_DEVICE_GET, EINVAL,
	  { BARE(VGPU_A_DEVICE_NAME, DEVICE) } },
	{ "device-get of an id too short", VGPU_CMD_DEVICE_GET, EINVAL,
	  { ZEROS(VGPU_A_DEVICE_ID, 2) } },
	{ "device-get of an id too long", VGPU_CMD_DEVICE_GET, EINVAL,
	  { ZEROS(VGPU_A_DEVICE_ID, 8) } },
	{ "device-get of two ids", VGPU_CMD_DEVICE_GET, EINVAL,
	  { U32(VGPU_A_DEVICE_ID, 1), U32(VGPU_A_DEVICE_ID, 1) } },
	{ "device-get with an output attribute", VGPU_CMD_DEVICE_GET, EINVAL,
	  { U32(VGPU_A_DEVICE_ID, 1), FLAG(VGPU_A_DEVICE_PRESENT) } },
	{ "device-get with an unknown attribute", VGPU_CMD_DEVICE_GET, EINVAL,
	  { U32(VGPU_A_DEVICE_ID, 1), U32(200, 1) } },
	{ "device-get with trailing bytes", VGPU_CMD_DEVICE_GET, EINVAL,
	  { U32(VGPU_A_DEVICE_ID, 1), U32(VGPU_A_DEVICE_ID, 1), CHOP(6) } },
	{ "device dump with a name", VGPU_CMD_DEVICE_GET, EINVAL,
	  { STR(VGPU_A_DEVICE_NAME, DEVICE), DUMP } },
};

static const struct script drivers[] = {
	{ "driver-get of nothing", VGPU_CMD_DRIVER_GET, EINVAL, {} },
	{ "driver-get of no such name", VGPU_CMD_DRIVER_GET, ENOENT,
	  { STR(VGPU_A_DRIVER_NAME, "nobody") } },
	{ "driver dump with a name", VGPU_CMD_DRIVER_GET, EINVAL,
	  { STR(VGPU_A_DRIVER_NAME, "nobody"), DUMP } },
	{ "driver-attach of nothing", VGPU_CMD_DRIVER_ATTACH, EINVAL, {} },
	{ "driver-attach of no such name", VGPU_CMD_DRIVER_ATTACH, ENOENT,
	  { STR(VGPU_A_DRIVER_NAME, "nobody") } },
	{ "driver-attach with a deadline", VGPU_CMD_DRIVER_ATTACH, EINVAL,
	  { STR(VGPU_A_DRIVER_NAME, "nobody"),
	    U32(VGPU_A_DRIVER_DEADLINE_MS, 1) } },
	{ "driver-detach of nothing", VGPU_CMD_DRIVER_DETACH, EINVAL, {} },
	{ "driver-detach of no such name", VGPU_CMD_DRIVER_DETACH, ENOENT,
	  { STR(VGPU_A_DRIVER_NAME, "nobody") } },
	{ "driver-detach with a deadline too far", VGPU_CMD_DRIVER_DETACH,
	  ERANGE, { STR(VGPU_A_DRIVER_NAME, "nobody"),
		    U32(VGPU_A_DRIVER_DEADLINE_MS, 30001) } },
	{ "driver-detach with half a deadline", VGPU_CMD_DRIVER_DETACH,
	  EINVAL, { STR(VGPU_A_DRIVER_NAME, "nobody"),
		    ZEROS(VGPU_A_DRIVER_DEADLINE_MS, 2) } },
};

static const struct script groups[] = {
	{ "group-get of nothing", VGPU_CMD_GROUP_GET, EINVAL, {} },
	{ "group-get by path and id", VGPU_CMD_GROUP_GET, EINVAL,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/a"),
	    ID(VGPU_A_GROUP_CGROUP_ID, "@/a") } },
	{ "group-get of a relative path", VGPU_CMD_GROUP_GET, EINVAL,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "a") } },
	{ "group-get of an empty path", VGPU_CMD_GROUP_GET, EINVAL,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "") } },
	{ "group-get of no such path", VGPU_CMD_GROUP_GET, ENOENT,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/nobody") } },
	{ "group-get of a path with ..", VGPU_CMD_GROUP_GET, ENOENT,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/a/..") } },
	{ "group-get of a path too long", VGPU_CMD_GROUP_GET, EINVAL,
	  { LETTERS(VGPU_A_GROUP_CGROUP_PATH, 4096) } },
	{ "group-get of the path of a file", VGPU_CMD_GROUP_GET, ENOTDIR,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/a/cgroup.procs") } },
	{ "group-get of no such id", VGPU_CMD_GROUP_GET, ENOENT,
	  { U64(VGPU_A_GROUP_CGROUP_ID, UINT64_MAX) } },
	{ "group-get of id 0", VGPU_CMD_GROUP_GET, ENOENT,
	  { U64(VGPU_A_GROUP_CGROUP_ID, 0) } },
	{ "group-get of half an id", VGPU_CMD_GROUP_GET, EINVAL,
	  { ZEROS(VGPU_A_GROUP_CGROUP_ID, 4) } },
	{ "group-get of descriptor -1", VGPU_CMD_GROUP_GET, EBADF,
	  { U32(VGPU_A_GROUP_CGROUP_FD, UINT32_MAX) } },
	{ "group-get of a closed descriptor", VGPU_CMD_GROUP_GET, EBADF,
	  { U32(VGPU_A_GROUP_CGROUP_FD, 1000) } },
	{ "group-get of a device's descriptor", VGPU_CMD_GROUP_GET, EBADF,
	  { FD(VGPU_A_GROUP_CGROUP_FD, "/dev/null") } },
	{ "group-get of another directory", VGPU_CMD_GROUP_GET, EBADF,
	  { FD(VGPU_A_GROUP_CGROUP_FD, "/") } },
	{ "group-get of a file in a cgroup", VGPU_CMD_GROUP_GET, EBADF,
	  { FD(VGPU_A_GROUP_CGROUP_FD, "@/a/cgroup.procs") } },
	{ "group-get of a path outside the directory", VGPU_CMD_GROUP_GET,
	  EPERM, { STR(VGPU_A_GROUP_CGROUP_PATH, "@/a"),
		   FD(VGPU_A_GROUP_CGROUP_FD, "@/b") } },
	{ "group-get of a cgroup without a group", VGPU_CMD_GROUP_GET, ENOENT,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/b") } },
	{ "group dump of no such path", VGPU_CMD_GROUP_GET, ENOENT,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/nobody"), DUMP } },
	{ "group dump of two paths", VGPU_CMD_GROUP_GET, EINVAL,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/a"),
	    STR(VGPU_A_GROUP_CGROUP_PATH, "@/a"), DUMP } },
	{ "group-set of nothing", VGPU_CMD_GROUP_SET, EINVAL,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/a") } },
	{ "group-set of no cgroup", VGPU_CMD_GROUP_SET, EINVAL,
	  { U64(VGPU_A_GROUP_KERNEL_MEMORY_MAX, 1) } },
	{ "group-set of frozen 2", VGPU_CMD_GROUP_SET, ERANGE,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/a"),
	    U32(VGPU_A_GROUP_FROZEN, 2) } },
	{ "group-set of frozen 2 and a bound", VGPU_CMD_GROUP_SET, ERANGE,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/a"),
	    U64(VGPU_A_GROUP_KERNEL_MEMORY_MAX, 12345678),
	    U32(VGPU_A_GROUP_FROZEN, 2) } },
	{ "group-set of half a frozen", VGPU_CMD_GROUP_SET, EINVAL,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/a"),
	    ZEROS(VGPU_A_GROUP_FROZEN, 2) } },
	{ "group-set of frozen and no cgroup", VGPU_CMD_GROUP_SET, EINVAL,
	  { U32(VGPU_A_GROUP_FROZEN, 1) } },
	{ "group-set of the objects", VGPU_CMD_GROUP_SET, EINVAL,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/a"),
	    U64(VGPU_A_GROUP_OBJECTS, 1) } },
};

static const struct script rows[] = {
	{ "quota-get of nothing", VGPU_CMD_QUOTA_GET, EINVAL, {} },
	{ "quota-get of an empty group", VGPU_CMD_QUOTA_GET, EINVAL,
	  { NEST(VGPU_A_QUOTA_GROUP), END } },
	{ "quota-get of a group that is no nest", VGPU_CMD_QUOTA_GET, EINVAL,
	  { BARE_NEST(VGPU_A_QUOTA_GROUP),
	    STR(VGPU_A_GROUP_CGROUP_PATH, "@/a"), END } },
	{ "quota-get of no device", VGPU_CMD_QUOTA_GET, EINVAL,
	  { GOOD_GROUP } },
	{ "quota-get of no such device", VGPU_CMD_QUOTA_GET, ENODEV,
	  { GOOD_GROUP, STR(VGPU_A_QUOTA_DEVICE_NAME, "platform:nobody") } },
	{ "quota-get of two groups", VGPU_CMD_QUOTA_GET, EINVAL,
	  { GOOD_GROUP, GOOD_GROUP, STR(VGPU_A_QUOTA_DEVICE_NAME, DEVICE) } },
	{ "quota-get of two paths", VGPU_CMD_QUOTA_GET, EINVAL,
	  { NEST(VGPU_A_QUOTA_GROUP), STR(VGPU_A_GROUP_CGROUP_PATH, "@/a"),
	    STR(VGPU_A_GROUP_CGROUP_PATH, "@/b"), END,
	    STR(VGPU_A_QUOTA_DEVICE_NAME, DEVICE) } },
	{ "quota-get with an unknown name of a group", VGPU_CMD_QUOTA_GET,
	  EINVAL, { NEST(VGPU_A_QUOTA_GROUP), U32(77, 1), END,
		    STR(VGPU_A_QUOTA_DEVICE_NAME, DEVICE) } },
	{ "quota-get of a nest that ends too late", VGPU_CMD_QUOTA_GET,
	  EINVAL, { NEST(VGPU_A_QUOTA_GROUP),
		    STR(VGPU_A_GROUP_CGROUP_PATH, "@/a"), END, GROW(1000) } },
	{ "quota dump of no such group", VGPU_CMD_QUOTA_GET, ENOENT,
	  { NEST(VGPU_A_QUOTA_GROUP),
	    STR(VGPU_A_GROUP_CGROUP_PATH, "@/nobody"), END, DUMP } },
	{ "quota dump of no such device", VGPU_CMD_QUOTA_GET, ENODEV,
	  { STR(VGPU_A_QUOTA_DEVICE_NAME, "nobody"), DUMP } },
	{ "stats-get of nothing", VGPU_CMD_STATS_GET, EINVAL, {} },
	{ "stats-get of no device", VGPU_CMD_STATS_GET, EINVAL,
	  { GOOD_GROUP } },
	{ "stats-get by id and name", VGPU_CMD_STATS_GET, EINVAL,
	  { GOOD_GROUP, STR(VGPU_A_STATS_DEVICE_NAME, DEVICE),
	    U32(VGPU_A_STATS_DEVICE_ID, 1) } },
	{ "stats-get with an output attribute", VGPU_CMD_STATS_GET, EINVAL,
	  { GOOD_GROUP, STR(VGPU_A_STATS_DEVICE_NAME, DEVICE),
	    U64(VGPU_A_STATS_MEMORY_MAX, 1) } },
	{ "stats dump of an empty group", VGPU_CMD_STATS_GET, EINVAL,
	  { NEST(VGPU_A_STATS_GROUP), END, DUMP } },
};

static const struct script quotas[] = {
	{ "quota-set of nothing", VGPU_CMD_QUOTA_SET, EINVAL, {} },
	{ "quota-set of no group", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_ENTRY } },
	{ "quota-set of no entry", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP } },
	{ "quota-set of an empty entry", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, NEST(VGPU_A_QUOTA_ENTRY), END } },
	{ "quota-set of no device", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, NEST(VGPU_A_QUOTA_ENTRY),
	    U64(VGPU_A_QUOTA_ENTRY_MEMORY_MAX, 1), END } },
	{ "quota-set of no limit", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, NEST(VGPU_A_QUOTA_ENTRY),
	    STR(VGPU_A_QUOTA_ENTRY_DEVICE_NAME, DEVICE), END } },
	{ "quota-set of reset and a limit", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, NEST(VGPU_A_QUOTA_ENTRY),
	    STR(VGPU_A_QUOTA_ENTRY_DEVICE_NAME, DEVICE),
	    U64(VGPU_A_QUOTA_ENTRY_MEMORY_MAX, 1),
	    FLAG(VGPU_A_QUOTA_ENTRY_RESET), END } },
	{ "quota-set of one device twice", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, GOOD_ENTRY, GOOD_ENTRY } },
	{ "quota-set of one device by two names", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, NAMED_ENTRY("pci:0000:7f:1f.7"),
	    NAMED_ENTRY("0000:7F:1f.7") } },
	{ "quota-set whose second entry is bad", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, NAMED_ENTRY("platform:first"),
	    NEST(VGPU_A_QUOTA_ENTRY),
	    STR(VGPU_A_QUOTA_ENTRY_DEVICE_NAME, DEVICE), END } },
	{ "quota-set of an entry with two limits alike", VGPU_CMD_QUOTA_SET,
	  EINVAL, { GOOD_GROUP, NEST(VGPU_A_QUOTA_ENTRY),
		    STR(VGPU_A_QUOTA_ENTRY_DEVICE_NAME, DEVICE),
		    U64(VGPU_A_QUOTA_ENTRY_MEMORY_MAX, 1),
		    U64(VGPU_A_QUOTA_ENTRY_MEMORY_MAX, 2), END } },
	{ "quota-set of an unknown limit", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, LIMIT_ENTRY(VGPU_A_QUOTA_ENTRY_MAX + 1, 1) } },
	{ "quota-set of 2^63", VGPU_CMD_QUOTA_SET, ERANGE,
	  { GOOD_GROUP, LIMIT_ENTRY(VGPU_A_QUOTA_ENTRY_MEMORY_MAX,
				    1ull << 63) } },
	{ "quota-set of 2^64 - 2", VGPU_CMD_QUOTA_SET, ERANGE,
	  { GOOD_GROUP, LIMIT_ENTRY(VGPU_A_QUOTA_ENTRY_MEMORY_SYSTEM_MAX,
				    UINT64_MAX - 1) } },
	{ "quota-set of a policy that is none", VGPU_CMD_QUOTA_SET, ERANGE,
	  { GOOD_GROUP, NEST(VGPU_A_QUOTA_ENTRY),
	    STR(VGPU_A_QUOTA_ENTRY_DEVICE_NAME, DEVICE),
	    U32(VGPU_A_QUOTA_ENTRY_MANAGED, 4), END } },
	{ "quota-set of 4 bytes of limit", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, NEST(VGPU_A_QUOTA_ENTRY),
	    STR(VGPU_A_QUOTA_ENTRY_DEVICE_NAME, DEVICE),
	    ZEROS(VGPU_A_QUOTA_ENTRY_MEMORY_MAX, 4), END } },
	{ "quota-set of a name that is nobody's", VGPU_CMD_QUOTA_SET, ENODEV,
	  { GOOD_GROUP, NAMED_ENTRY("card77") } },
	{ "quota-set of half a PCI address", VGPU_CMD_QUOTA_SET, ENODEV,
	  { GOOD_GROUP, NAMED_ENTRY("pci:0000:00:02") } },
	{ "quota-set of PCI function 8", VGPU_CMD_QUOTA_SET, ENODEV,
	  { GOOD_GROUP, NAMED_ENTRY("pci:0000:00:02.8") } },
	{ "quota-set of a bus without a name", VGPU_CMD_QUOTA_SET, ENODEV,
	  { GOOD_GROUP, NAMED_ENTRY("platform:") } },
	{ "quota-set of a name with a blank", VGPU_CMD_QUOTA_SET, ENODEV,
	  { GOOD_GROUP, NAMED_ENTRY("platform:a b") } },
	{ "quota-set of an entry that is no nest", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, BARE_NEST(VGPU_A_QUOTA_ENTRY),
	    STR(VGPU_A_QUOTA_ENTRY_DEVICE_NAME, DEVICE),
	    U64(VGPU_A_QUOTA_ENTRY_MEMORY_MAX, 1), END } },
	{ "quota-set that is cut off", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, GOOD_ENTRY, CHOP(8) } },
	{ "quota-set of no such cgroup", VGPU_CMD_QUOTA_SET, ENOENT,
	  { NEST(VGPU_A_QUOTA_GROUP),
	    STR(VGPU_A_GROUP_CGROUP_PATH, "@/nobody"), END, GOOD_ENTRY } },
	{ "event-subscribe to nothing", VGPU_CMD_EVENT_SUBSCRIBE, EINVAL,
	  {} },
	{ "event-subscribe to a file", VGPU_CMD_EVENT_SUBSCRIBE, EBADF,
	  { FD(VGPU_A_EVENT_CGROUP_FD, "/dev/null") } },
};

#define MAX(v)		U32(VGPU_A_QUOTA_ENTRY_COMPUTE_MAX, v)
#define MIN(v)		U32(VGPU_A_QUOTA_ENTRY_COMPUTE_MIN, v)
#define WEIGHT(v)	U32(VGPU_A_QUOTA_ENTRY_COMPUTE_WEIGHT, v)

static const struct script times[] = {
	{ "quota-set of a cap of 0", VGPU_CMD_QUOTA_SET, ERANGE,
	  { GOOD_GROUP, OPEN(DEVICE), MAX(0), END } },
	{ "quota-set of a cap above the whole", VGPU_CMD_QUOTA_SET, ERANGE,
	  { GOOD_GROUP, OPEN(DEVICE), MAX(10001), END } },
	{ "quota-set of the largest cap", VGPU_CMD_QUOTA_SET, ERANGE,
	  { GOOD_GROUP, OPEN(DEVICE), MAX(UINT32_MAX), END } },
	{ "quota-set of a guarantee above the whole", VGPU_CMD_QUOTA_SET,
	  ERANGE, { GOOD_GROUP, OPEN(DEVICE), MIN(10001), END } },
	{ "quota-set of a weight too large", VGPU_CMD_QUOTA_SET, ERANGE,
	  { GOOD_GROUP, OPEN(DEVICE), WEIGHT(10001), END } },
	{ "quota-set of a guarantee above the cap", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, OPEN(DEVICE), MIN(5000), MAX(4999), END } },
	{ "quota-set of no such priority", VGPU_CMD_QUOTA_SET, ERANGE,
	  { GOOD_GROUP,
	    OPEN(DEVICE), U32(VGPU_A_QUOTA_ENTRY_PRIORITY, 4), END } },
	{ "quota-set of no such option for the freezer", VGPU_CMD_QUOTA_SET,
	  ERANGE, { GOOD_GROUP,
		    OPEN(DEVICE), U32(VGPU_A_QUOTA_ENTRY_FREEZER, 3), END } },
	{ "quota-set of half a cap", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP,
	    OPEN(DEVICE), ZEROS(VGPU_A_QUOTA_ENTRY_COMPUTE_MAX, 2), END } },
	{ "quota-set of 8 bytes of cap", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP,
	    OPEN(DEVICE), ZEROS(VGPU_A_QUOTA_ENTRY_COMPUTE_MAX, 8), END } },
	{ "quota-set of two caps", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, OPEN(DEVICE), MAX(1), MAX(1), END } },
	{ "quota-set of reset and a weight", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, OPEN(DEVICE), WEIGHT(1),
	    FLAG(VGPU_A_QUOTA_ENTRY_RESET), END } },
	{ "quota-set of memory and a cap of 0", VGPU_CMD_QUOTA_SET, ERANGE,
	  { GOOD_GROUP,
	    OPEN(DEVICE), U64(VGPU_A_QUOTA_ENTRY_MEMORY_MAX, 77), MAX(0), END } },
	{ "quota-set of a cap outside the entry", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, GOOD_ENTRY, U32(VGPU_A_QUOTA_COMPUTE_MAX, 5000) } },
};

/* Good in themselves, not beside what is set: /a has 60 % and caps at 70 %. */
static const struct script promises[] = {
	{ "a guarantee above what is left", VGPU_CMD_QUOTA_SET, ENOSPC,
	  { GROUP("@/b"), OPEN(DEVICE), MIN(4001), END } },
	{ "the same beside a good entry", VGPU_CMD_QUOTA_SET, ENOSPC,
	  { GROUP("@/b"), NAMED_ENTRY("platform:badinput2"), OPEN(DEVICE),
	    MIN(4001), END } },
	{ "the same beside other limits", VGPU_CMD_QUOTA_SET, ENOSPC,
	  { GROUP("@/b"),
	    OPEN(DEVICE), MIN(10000), WEIGHT(7),
	    U64(VGPU_A_QUOTA_ENTRY_MEMORY_MAX, 7), END } },
	{ "a guarantee above the cap that is set", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, OPEN(DEVICE), MIN(7001), END } },
	{ "a cap below the guarantee that is set", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, OPEN(DEVICE), MAX(5999), END } },
	{ "the same beside a good entry", VGPU_CMD_QUOTA_SET, EINVAL,
	  { GOOD_GROUP, NAMED_ENTRY("platform:badinput2"), OPEN(DEVICE),
	    MAX(5999), END } },
};

/* The sentence says how much is left, and what is left can be had. */
static const struct script too_much = {
	"", VGPU_CMD_QUOTA_SET, ENOSPC,
	{ GROUP("@/b"), OPEN(DEVICE), MIN(10000), END }
};

static const struct script rest = {
	"", VGPU_CMD_QUOTA_SET, 0, { GROUP("@/b"), OPEN(DEVICE), MIN(4000), END }
};

static const struct script lifted = {
	"", VGPU_CMD_QUOTA_SET, 0, { GOOD_GROUP, OPEN(DEVICE), MIN(0), END }
};

static void accepted(struct wire *w, const struct script *s, const char *what)
{
	struct answer a = script_ask(w, s);

	ok(!a.err, "%s: %s", what, a.text);
	answer_free(&a);
}

static void promised(struct wire *w)
{
	static const struct script first = {
		"", VGPU_CMD_QUOTA_SET, 0,
		{ GOOD_GROUP, OPEN(DEVICE), MIN(6000), MAX(7000), END }
	};
	static const struct script whole = {
		"", VGPU_CMD_QUOTA_SET, 0,
		{ GROUP("@/a/below"), OPEN(DEVICE), MIN(10000), END }
	};
	static const struct script known[] = {
		{ "", VGPU_CMD_QUOTA_SET, 0,
		  { GROUP("@/a"), NAMED_ENTRY("platform:badinput2") } },
		{ "", VGPU_CMD_QUOTA_SET, 0,
		  { GROUP("@/b"), NAMED_ENTRY("platform:badinput2"),
		    GOOD_ENTRY } },
	};
	struct answer a;

	/* Groups and devices are known before, so that all else would show. */
	accepted(w, &known[0], "a quota on another device");
	accepted(w, &known[1], "a quota on two devices");
	accepted(w, &first, "60 % are promised");
	scripts_refused(w, "root", promises, ARRAY_SIZE(promises));
	a = script_ask(w, &too_much);
	ok(a.err == -ENOSPC && strstr(a.text, "at most 40.00 % is left"),
	   "it says what is left: %s", a.text);
	answer_free(&a);
	accepted(w, &rest, "what is left can be promised");
	cg_create("/a/below");
	accepted(w, &whole, "the level below is another");
	accepted(w, &lifted, "a guarantee is lifted");
	a = script_ask(w, &too_much);
	ok(!a.err, "and the whole can be promised: %s", a.text);
	answer_free(&a);
}

static void too_many_entries(struct wire *w)
{
	struct answer *before = state_take(), *after, a;
	static struct msg m;
	char path[256], name[64];
	size_t nest;
	int i;

	msg_begin(&m, w, VGPU_CMD_QUOTA_SET, false);
	nest = msg_nest(&m, VGPU_A_QUOTA_GROUP);
	msg_string(&m, VGPU_A_GROUP_CGROUP_PATH, cg_path("/a", path));
	msg_end(&m, nest);
	for (i = 0; i <= VGPU_QUOTAS_MAX; i++) {
		snprintf(name, sizeof(name), "platform:many%d", i);
		nest = msg_nest(&m, VGPU_A_QUOTA_ENTRY);
		msg_string(&m, VGPU_A_QUOTA_ENTRY_DEVICE_NAME, name);
		msg_u64(&m, VGPU_A_QUOTA_ENTRY_MEMORY_MAX, 1);
		msg_end(&m, nest);
	}
	a = ask(w, &m);
	after = state_take();
	ok(a.err == -E2BIG && a.text[0], "65 entries: %s", a.text);
	ok(state_same(before, after), "65 entries: nothing changed");
	state_free(before);
	state_free(after);
	answer_free(&a);
}

/* A directory's events go to a socket once, and 64 times to a user. */
static void too_many_subscriptions(void)
{
	static const struct script subscribe = {
		"", VGPU_CMD_EVENT_SUBSCRIBE, 0,
		{ FD(VGPU_A_EVENT_CGROUP_FD, "@/a") }
	};
	struct wire sockets[64 + 1];
	struct answer a;
	int i, last = 0;

	for (i = 0; i <= 64; i++) {
		sockets[i] = wire_open();
		a = script_ask(&sockets[i], &subscribe);
		last = a.err;
		answer_free(&a);
		if (i == 0) {
			a = script_ask(&sockets[i], &subscribe);
			ok(a.err == -EEXIST && a.text[0],
			   "a second subscription: %s", a.text);
			answer_free(&a);
		}
	}
	is(-last, EUSERS, "the 65th subscription of a user is refused");
	for (i = 0; i <= 64; i++)
		wire_close(&sockets[i]);
	sockets[0] = wire_open();
	a = script_ask(&sockets[0], &subscribe);
	is(-a.err, 0, "after the sockets closed there is room again");
	answer_free(&a);
	wire_close(&sockets[0]);
}

static void unknown_command(struct wire *w)
{
	static struct msg m;
	struct answer a;

	msg_begin(&m, w, VGPU_CMD_MAX + 1, false);
	a = ask(w, &m);
	is(-a.err, EOPNOTSUPP, "an unknown command is refused");
	answer_free(&a);
	msg_begin(&m, w, VGPU_CMD_EVENT_NTF, false);
	a = ask(w, &m);
	is(-a.err, EOPNOTSUPP, "a notification is no request");
	answer_free(&a);
	msg_begin(&m, w, VGPU_CMD_QUOTA_SET, true);
	a = ask(w, &m);
	is(-a.err, EOPNOTSUPP, "quota-set cannot be dumped");
	answer_free(&a);
}

int main(void)
{
	struct wire w = wire_open();
	struct answer a;
	char path[256];

	cg_setup("badinput");
	cg_create("/a");
	cg_create("/b");
	/* The device that the requests name, and a group to be found. */
	a = ask(&w, quota_msg(&w, cg_path("/a", path), -1, DEVICE, 1 << 20));
	if (!ok(!a.err, "a good request is accepted"))
		note("%s", a.text);
	answer_free(&a);

	scripts_refused(&w, "root", devices, ARRAY_SIZE(devices));
	scripts_refused(&w, "root", drivers, ARRAY_SIZE(drivers));
	scripts_refused(&w, "root", groups, ARRAY_SIZE(groups));
	scripts_refused(&w, "root", rows, ARRAY_SIZE(rows));
	scripts_refused(&w, "root", quotas, ARRAY_SIZE(quotas));
	scripts_refused(&w, "root", times, ARRAY_SIZE(times));
	promised(&w);
	too_many_entries(&w);
	too_many_subscriptions();
	unknown_command(&w);
	wire_close(&w);
	cg_teardown();
	return done();
}

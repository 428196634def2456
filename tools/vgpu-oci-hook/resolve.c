// SPDX-License-Identifier: GPL-2.0
/*
 * From claims to quotas. Claims name devices by any alias, or none: a claim
 * without a device binds every device of the host, so that nobody gets out of
 * it by a device that nobody named. A name that the host does not know is
 * refused, for the quota would bind nothing.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "resolve.h"

#define HEX	"0123456789abcdef"

/* Lines beyond the last are dropped. */
void note(struct notes *notes, const char *format, ...)
{
	va_list args;

	if (notes->n == NOTES_MAX)
		return;
	va_start(args, format);
	vsnprintf(notes->text[notes->n++], sizeof(notes->text[0]), format,
		  args);
	va_end(args);
}

static void print_part(FILE *to, const char *name, uint32_t part)
{
	if (part != PART_UNSET)
		fprintf(to, " %s=%u.%02u%%", name, part / 100, part % 100);
}

const char *quota_text(const struct quota *quota, char text[QUOTA_TEXT])
{
	FILE *to = fmemopen(text, QUOTA_TEXT, "w");

	text[0] = '\0';
	if (!to)
		return text;
	fputs(*quota->device ? quota->device : "*", to);
	if (quota->memory != LIBVGPU_UNLIMITED)
		fprintf(to, " memory=%" PRIu64, quota->memory);
	print_part(to, "memory-share", quota->share);
	print_part(to, "compute", quota->compute);
	if (quota->weight)
		fprintf(to, " weight=%u", quota->weight);
	if (quota->priority != LIBVGPU_PRIORITY_UNSET)
		fprintf(to, " priority=%s",
			claim_priority_name(quota->priority));
	fclose(to);
	return text;
}

/**
 * struct resolver - while it works
 * @host: the devices, or NULL where they are not known
 * @quotas: as far as they are known
 * @notes: for the log
 * @why: where a refusal goes
 */
struct resolver {
	const struct host *host;
	struct quotas *quotas;
	struct notes *notes;
	struct refusal *why;
};

/* The module writes addresses and UUIDs in small letters, others in capitals. */
static const struct host_device *device_of(const struct resolver *r,
					   const char *name)
{
	size_t i, j;

	for (i = 0; r->host && i < r->host->n; i++)
		for (j = 0; j < r->host->device[i].names; j++)
			if (!strcasecmp(r->host->device[i].name[j], name))
				return &r->host->device[i];
	return NULL;
}

/* What the driver of NVIDIA makes of a UUID. */
static bool is_uuid(const char *name)
{
	static const char shape[] = "GPU-hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
	size_t i;

	for (i = 0; shape[i]; i++)
		if (shape[i] != 'h' ? name[i] != shape[i] :
				      !name[i] || !strchr(HEX, name[i]))
			return false;
	return !name[i];
}

static bool has_uuid(const struct host_device *dev)
{
	size_t i;

	for (i = 0; i < dev->names; i++)
		if (!strncmp(dev->name[i], "GPU-", strlen("GPU-")))
			return true;
	return false;
}

/* The UUID of a GPU that was not used yet: its quota waits for the first use. */
static bool may_turn_up(const struct host *host, const char *name)
{
	size_t i;

	if (!is_uuid(name))
		return false;
	for (i = 0; i < host->n; i++)
		if (host->device[i].nvidia && !has_uuid(&host->device[i]))
			return true;
	return false;
}

static int no_such_device(struct resolver *r, const struct claim *claim)
{
	static const char more[] = ", ...";
	const struct host *host = r->host;
	char there[256] = "none";
	size_t i, len = 0;

	for (i = 0; i < host->n; i++) {
		if (len + strlen(host->device[i].name[0]) + 2 * sizeof(more) >
		    sizeof(there)) {
			strcpy(there + len, more);
			break;
		}
		len += (size_t)sprintf(there + len, "%s%s", i ? ", " : "",
				       host->device[i].name[0]);
	}
	return refuse(r->why, -ENODEV,
		      "%s: %.80s: no such device; those of this host: %s",
		      claim->source, claim->device, there);
}

/* The quota of a device, made where there is none; NULL where no more fit. */
static struct quota *quota_of(struct resolver *r, const char *name)
{
	struct quotas *quotas = r->quotas;
	struct quota *quota;
	size_t i;

	for (i = 0; i < quotas->n; i++)
		if (!strcmp(quotas->item[i].device, name))
			return &quotas->item[i];
	if (quotas->n == LIBVGPU_QUOTAS_MAX) {
		refuse(r->why, -E2BIG, "quotas for more than %d devices",
		       LIBVGPU_QUOTAS_MAX);
		return NULL;
	}
	quota = &quotas->item[quotas->n++];
	*quota = (struct quota){ .memory = LIBVGPU_UNLIMITED,
				 .share = PART_UNSET, .compute = PART_UNSET };
	snprintf(quota->device, sizeof(quota->device), "%s", name);
	return quota;
}

static const char *shown(const struct quota *quota)
{
	return *quota->device ? quota->device : "every device";
}

static void lower_memory(struct resolver *r, struct quota *quota,
			 uint64_t memory, const char *from)
{
	if (quota->memory != LIBVGPU_UNLIMITED && quota->memory != memory)
		note(r->notes,
		     "memory of %s: %s says %" PRIu64 " bytes, "
		     "%s says %" PRIu64 "; the smaller counts",
		     shown(quota), quota->memory_from, quota->memory, from,
		     memory);
	if (memory < quota->memory) {
		quota->memory = memory;
		quota->memory_from = from;
	}
}

static void lower_compute(struct resolver *r, struct quota *quota,
			  uint32_t compute, const char *from)
{
	if (quota->compute != PART_UNSET && quota->compute != compute)
		note(r->notes,
		     "compute of %s: %s says %u.%02u %%, %s says %u.%02u %%; the smaller counts",
		     shown(quota), quota->compute_from, quota->compute / 100,
		     quota->compute % 100, from, compute / 100, compute % 100);
	if (compute < quota->compute) {
		quota->compute = compute;
		quota->compute_from = from;
	}
}

static void lower_weight(struct resolver *r, struct quota *quota,
			 uint32_t weight, const char *from)
{
	if (quota->weight && quota->weight != weight)
		note(r->notes, "weight of %s: %s says %u, %s says %u; the smaller counts",
		     shown(quota), quota->weight_from, quota->weight, from,
		     weight);
	if (!quota->weight || weight < quota->weight) {
		quota->weight = weight;
		quota->weight_from = from;
	}
}

static void lower_priority(struct resolver *r, struct quota *quota,
			   enum libvgpu_priority priority, const char *from)
{
	if (quota->priority != LIBVGPU_PRIORITY_UNSET &&
	    quota->priority != priority)
		note(r->notes, "priority of %s: %s says %s, %s says %s; the lower counts",
		     shown(quota), quota->priority_from,
		     claim_priority_name(quota->priority), from,
		     claim_priority_name(priority));
	if (priority > quota->priority) {
		quota->priority = priority;
		quota->priority_from = from;
	}
}

/* A part of a device of unknown size: none of it, or a refusal. */
static int unknown_size(struct resolver *r, struct quota *quota,
			const struct claim *claim)
{
	if (*claim->device || r->host->n == 1)
		return refuse(r->why, -ENODATA,
			      "%s: %u.%02u %% of the memory of %s is unknown, for its driver does not say how much it has; give bytes",
			      claim->source, claim->share / 100,
			      claim->share % 100, shown(quota));
	note(r->notes,
	     "memory of %s: its driver does not say how much it has; of %u.%02u %% the container gets none",
	     shown(quota), claim->share / 100, claim->share % 100);
	lower_memory(r, quota, 0, claim->source);
	return 0;
}

static int lower_share(struct resolver *r, struct quota *quota,
		       const struct claim *claim)
{
	unsigned __int128 bytes;
	const struct host_device *dev;

	if (!r->host) {
		if (claim->share < quota->share)
			quota->share = claim->share;
		return 0;
	}
	dev = device_of(r, quota->device);
	if (!dev)
		return refuse(r->why, -ENODEV,
			      "%s: a part of the memory of %s, of which nobody knows how much it has before its first use; give bytes",
			      claim->source, shown(quota));
	if (!dev->total_known)
		return unknown_size(r, quota, claim);
	bytes = (unsigned __int128)dev->total * claim->share / PART_ALL;
	lower_memory(r, quota, (uint64_t)bytes, claim->source);
	return 0;
}

static int lower(struct resolver *r, struct quota *quota,
		 const struct claim *claim)
{
	if (claim->memory != LIBVGPU_UNLIMITED)
		lower_memory(r, quota, claim->memory, claim->source);
	if (claim->compute != PART_UNSET)
		lower_compute(r, quota, claim->compute, claim->source);
	if (claim->weight)
		lower_weight(r, quota, claim->weight, claim->source);
	if (claim->priority != LIBVGPU_PRIORITY_UNSET)
		lower_priority(r, quota, claim->priority, claim->source);
	return claim->share == PART_UNSET ? 0 : lower_share(r, quota, claim);
}

static int take_named(struct resolver *r, const struct claim *claim)
{
	const struct host_device *dev = device_of(r, claim->device);
	struct quota *quota;

	if (r->host && !dev && !may_turn_up(r->host, claim->device))
		return no_such_device(r, claim);
	quota = quota_of(r, dev ? dev->name[0] : claim->device);
	return quota ? lower(r, quota, claim) : -E2BIG;
}

static int take_every(struct resolver *r, const struct claim *claim)
{
	size_t i;
	int err = 0;

	if (!r->host && !quota_of(r, ""))
		return -E2BIG;
	for (i = 0; r->host && i < r->host->n; i++)
		if (!quota_of(r, r->host->device[i].name[0]))
			return -E2BIG;
	for (i = 0; i < r->quotas->n && !err; i++)
		err = lower(r, &r->quotas->item[i], claim);
	return err;
}

/*
 * Bring claims together on the devices of the host; with NULL for it, on the
 * names that the claims use. Returns 0, or a negative errno with a sentence, and
 * then leaves out untouched.
 */
int resolve(const struct claims *claims, const struct host *host,
	    struct quotas *out, struct notes *notes, struct refusal *why)
{
	struct quotas quotas = { .n = 0 };
	struct resolver r = { host, &quotas, notes, why };
	size_t i;
	int err = 0;

	for (i = 0; i < claims->n && !err; i++)
		if (*claims->item[i].device)
			err = take_named(&r, &claims->item[i]);
	for (i = 0; i < claims->n && !err; i++)
		if (!*claims->item[i].device)
			err = take_every(&r, &claims->item[i]);
	if (!err && claims->n && !quotas.n)
		err = refuse(why, -ENODEV,
			     "a quota for every device, but vgpu sees none on this host");
	if (!err)
		*out = quotas;
	return err;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Amounts of memory as people type and read them. All units are binary: G, GB
 * and GiB are 2^30 bytes, as GPU memory is sold.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <vgpu/types.h>

#include "size.h"

/* Digits after the point that count; more would overflow the fraction. */
#define FRACTION_DIGITS	18

static const char units[] = "BKMGTPE";

/**
 * struct decimal - a number as it was typed
 * @whole: before the point
 * @fraction: after the point, as an integer
 * @scale: 10 to the number of digits of @fraction
 */
struct decimal {
	uint64_t whole;
	uint64_t fraction;
	uint64_t scale;
};

/* Read a number; returns what follows it, or NULL with an errno. */
static const char *decimal_parse(const char *s, struct decimal *d, int *err)
{
	int digits = 0;

	*d = (struct decimal){ .scale = 1 };
	*err = -EINVAL;
	if (!isdigit((unsigned char)*s))
		return NULL;
	for (; isdigit((unsigned char)*s); s++) {
		if (__builtin_mul_overflow(d->whole, 10, &d->whole) ||
		    __builtin_add_overflow(d->whole, (uint64_t)(*s - '0'),
					   &d->whole)) {
			*err = -ERANGE;
			return NULL;
		}
	}
	if (*s != '.')
		return s;
	for (s++; isdigit((unsigned char)*s); s++) {
		if (++digits > FRACTION_DIGITS)
			return NULL;
		d->fraction = 10 * d->fraction + (uint64_t)(*s - '0');
		d->scale *= 10;
	}
	return digits ? s : NULL;
}

/* The number times unit over divisor, rounded down. */
static int decimal_times(const struct decimal *d, uint64_t unit,
			 uint64_t divisor, uint64_t *out)
{
	unsigned __int128 sum;

	sum = (unsigned __int128)d->whole * unit +
	      (unsigned __int128)d->fraction * unit / d->scale;
	sum /= divisor;
	/* All ones is not an amount: it stands for none. */
	if (sum >= LIBVGPU_UNLIMITED)
		return -ERANGE;
	*out = (uint64_t)sum;
	return 0;
}

/* The bytes of a unit, 0 where it is none: "", "B", "K", "KB", "KiB", ... */
static uint64_t unit_bytes(const char *s)
{
	const char *unit;

	if (!*s)
		return 1;
	unit = strchr(units, toupper((unsigned char)*s));
	if (!unit)
		return 0;
	s++;
	if (unit != units && *s && strcasecmp(s, "B") && strcasecmp(s, "iB"))
		return 0;
	if (unit == units && *s)
		return 0;
	return 1ULL << (10 * (unit - units));
}

bool size_is_share(const char *text)
{
	size_t len = strlen(text);

	return len && text[len - 1] == '%';
}

/*
 * Read a size; total is what 100% are, or NULL where nobody knows. Returns 0;
 * -EINVAL for what is no size; -ERANGE for one that is too large; -ENODATA for
 * a share of an unknown total. Leaves out untouched on failure.
 */
int size_parse(const char *text, const uint64_t *total, uint64_t *out)
{
	struct decimal d;
	const char *rest;
	uint64_t unit;
	int err;

	if (!strcmp(text, "max") || !strcmp(text, "unlimited")) {
		*out = LIBVGPU_UNLIMITED;
		return 0;
	}
	rest = decimal_parse(text, &d, &err);
	if (!rest)
		return err;
	if (!strcmp(rest, "%")) {
		if (d.whole > 100 || (d.whole == 100 && d.fraction))
			return -ERANGE;
		return total ? decimal_times(&d, *total, 100, out) : -ENODATA;
	}
	unit = unit_bytes(rest);
	return unit ? decimal_times(&d, unit, 1, out) : -EINVAL;
}

/* Print a size: exact where it has few digits, else to three of them. */
const char *size_format(uint64_t bytes, char text[SIZE_TEXT])
{
	unsigned int unit = 0;
	double value = (double)bytes;

	if (bytes == LIBVGPU_UNLIMITED)
		return "max";
	while (value >= 1024 && unit < sizeof(units) - 2) {
		value /= 1024;
		unit++;
	}
	/* What would round up to 1024 reads better as 1 of the next. */
	if (value >= 1023.5 && unit < sizeof(units) - 2) {
		value /= 1024;
		unit++;
	}
	if (!unit)
		snprintf(text, SIZE_TEXT, "%" PRIu64 " B", bytes);
	else
		snprintf(text, SIZE_TEXT, "%.*f %ciB",
			 value < 10 ? 2 : value < 100 ? 1 : 0, value,
			 units[unit]);
	return text;
}

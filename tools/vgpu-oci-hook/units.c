// SPDX-License-Identifier: GPL-2.0
/*
 * The units of each contract, in integers: a quota must not depend on how a
 * floating point number rounds.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <vgpu/types.h>

#include "claim.h"
#include "units.h"

#define FRACTION_DIGITS	9

/**
 * struct decimal - a number as it was written
 * @digits: all of its digits, without the point
 * @scale: 10 to the number of those behind the point
 */
struct decimal {
	uint64_t digits;
	uint64_t scale;
};

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Read a number; what follows it is in *rest. */
static int read_decimal(const char *s, struct decimal *out, const char **rest)
{
	struct decimal d = { .scale = 1 };
	int behind = -1;

	if (!digit(*s))
		return -EINVAL;
	for (; digit(*s) || (*s == '.' && behind < 0); s++) {
		if (*s == '.') {
			behind = 0;
			continue;
		}
		/* Digits too far behind the point do not matter. */
		if (behind >= FRACTION_DIGITS)
			continue;
		if (__builtin_mul_overflow(d.digits, 10, &d.digits) ||
		    __builtin_add_overflow(d.digits, (uint64_t)(*s - '0'),
					   &d.digits))
			return -ERANGE;
		if (behind >= 0) {
			d.scale *= 10;
			behind++;
		}
	}
	if (!behind)
		return -EINVAL;
	*out = d;
	*rest = s;
	return 0;
}

/* The number times a unit over a divisor, rounded down. */
static int times(const struct decimal *d, uint64_t unit, uint64_t divisor,
		 uint64_t *out)
{
	unsigned __int128 sum = (unsigned __int128)d->digits * unit;

	sum /= (unsigned __int128)d->scale * divisor;
	if (sum >= LIBVGPU_UNLIMITED)
		return -ERANGE;
	*out = (uint64_t)sum;
	return 0;
}

/* A number without a point, and then nothing. */
int units_number(const char *text, uint64_t *out)
{
	struct decimal d;
	const char *rest;
	int err = read_decimal(text, &d, &rest);

	if (err)
		return err;
	return *rest || d.scale != 1 ? -EINVAL : times(&d, 1, 1, out);
}

int units_mib(const char *text, uint64_t *out)
{
	uint64_t mib;
	int err = units_number(text, &mib);

	if (err)
		return err;
	return times(&(struct decimal){ mib, 1 }, 1ULL << 20, 1, out);
}

int units_hami_size(const char *text, uint64_t *out)
{
	static const char units[] = "kmg";
	const char *rest, *unit = NULL;
	struct decimal d;
	int err = read_decimal(text, &d, &rest);

	if (err)
		return err;
	if (d.scale != 1)
		return -EINVAL;
	if (!*rest)
		return times(&d, 1, 1, out);
	unit = strchr(units, *rest | 0x20);
	if (!unit || !*unit || rest[1])
		return -EINVAL;
	return times(&d, 1ULL << (10 * (unit - units + 1)), 1, out);
}

/* 10 to the exponent that follows an e; Kubernetes writes 12e6. */
static int read_exponent(const char *s, uint64_t *unit)
{
	uint64_t exponent;
	int err = units_number(s, &exponent);

	if (err || exponent > 18)
		return err ? err : -ERANGE;
	for (*unit = 1; exponent; exponent--)
		*unit *= 10;
	return 0;
}

int units_quantity(const char *text, uint64_t *out)
{
	static const char decimal[] = "kMGTPE", binary[] = "KMGTPE";
	uint64_t unit = 1, divisor = 1, quantity;
	const char *rest, *at;
	struct decimal d;
	int err = read_decimal(text, &d, &rest);

	if (err)
		return err;
	if (*rest && strchr(binary, *rest) && !strcmp(rest + 1, "i")) {
		unit = 1ULL << (10 * (strchr(binary, *rest) - binary + 1));
	} else if (*rest && strchr(decimal, *rest) && !rest[1]) {
		for (at = strchr(decimal, *rest) + 1; at > decimal; at--)
			unit *= 1000;
	} else if (!strcmp(rest, "m")) {
		divisor = 1000;
	} else if (*rest == 'e' || *rest == 'E') {
		err = read_exponent(rest + 1, &unit);
	} else if (*rest) {
		err = -EINVAL;
	}
	if (!err)
		err = times(&d, unit, divisor, &quantity);
	if (err)
		return err;
	if (!quantity && d.digits)
		return -ERANGE;
	*out = quantity;
	return 0;
}

/* A part of a whole that is 1 or 100, in hundredths of a percent. */
static int read_part(const struct decimal *d, uint64_t whole, uint32_t *out)
{
	unsigned __int128 most = (unsigned __int128)whole * d->scale;
	uint64_t part;
	int err;

	if (d->digits > most)
		return -ERANGE;
	err = times(d, PART_ALL, whole, &part);
	if (!err)
		*out = (uint32_t)part;
	return err;
}

int units_percent(const char *text, uint32_t *out)
{
	struct decimal d;
	const char *rest;
	int err = read_decimal(text, &d, &rest);

	if (err)
		return err;
	return *rest && strcmp(rest, "%") ? -EINVAL : read_part(&d, 100, out);
}

int units_fraction(const char *text, uint32_t *out)
{
	struct decimal d;
	const char *rest;
	int err = read_decimal(text, &d, &rest);

	if (err)
		return err;
	return *rest ? -EINVAL : read_part(&d, 1, out);
}

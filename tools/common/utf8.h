/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text that others chose: a tenant names its processes as it likes and a
 * delegate its cgroups, and an operator's terminal and scripts read them.
 */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Length of the UTF-8 sequence at s, 0 where there is none: no overlong form,
 * no surrogate, nothing above U+10FFFF.
 */
size_t utf8_length(const char *s);
bool utf8_valid(const char *s);

/* In place, with '?' for each byte of what is no UTF-8, */
void utf8_mend(char *s);
/* and of control characters as well, by which a terminal can be led. */
void utf8_plain(char *s);

#endif /* UTF8_H */

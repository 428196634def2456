/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mock driver selftests/drm/mock/vgpu_mock_rings.c, which calls itself
 * amdgpu: rings of several classes that run side by side.
 */
#ifndef SELFTESTS_RINGS_H
#define SELFTESTS_RINGS_H

#include "load.h"

#define RINGS	"amdgpu"

/* These bail where they fail. */
void rings_load(void);
int rings_unload(void);			/* the exit status of modprobe */

/* Work for one ring, which says so, and what that ring says of it. */
extern const struct engine engine_gfx;
extern const struct engine engine_vcn;

/* Work for gfx in one submission with a little for vcn, which comes first. */
extern const struct engine engine_smuggled;
/* Work for vcn, which stands behind more chunks than anybody looks at. */
extern const struct engine engine_hidden;

#endif /* SELFTESTS_RINGS_H */

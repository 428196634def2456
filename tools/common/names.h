/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words for the library's numbers; "unknown" for those of a newer module.
 */
#ifndef NAMES_H
#define NAMES_H

#include <vgpu/driver.h>
#include <vgpu/stats.h>
#include <vgpu/types.h>

const char *name_driver_state(enum libvgpu_driver_state state);
const char *name_managed(enum libvgpu_managed managed);
int managed_parse(const char *text, enum libvgpu_managed *managed);
const char *name_priority(enum libvgpu_priority priority);
int priority_parse(const char *text, enum libvgpu_priority *priority);
const char *name_freezer(enum libvgpu_freezer freezer);
int freezer_parse(const char *text, enum libvgpu_freezer *freezer);
const char *name_engine(enum libvgpu_engine engine);
const char *name_method(enum libvgpu_method method);
const char *name_route_state(enum libvgpu_route_state state);

#endif /* NAMES_H */

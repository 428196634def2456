/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vgpu-tool doctor: what its parts share.
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include "output.h"

enum severity {
	SEVERITY_OK,
	SEVERITY_NOTE,
	SEVERITY_WARNING,
	SEVERITY_ERROR,
};

/**
 * struct doctor - an examination
 * @tool: the context
 * @array: the findings as JSON, NULL to print them as they come
 * @worst: the gravest of them
 * @devices: what the module has found; NULL where it cannot be asked
 */
struct doctor {
	struct tool *tool;
	struct json_object *array;
	enum severity worst;
	struct vgpu_device_list *devices;
};

void doctor_find(struct doctor *doctor, enum severity severity,
		 const char *check, const char *remedy, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

void doctor_drivers(struct doctor *doctor);
void doctor_cards(struct doctor *doctor);
void doctor_servers(struct doctor *doctor);

#endif /* DOCTOR_H */

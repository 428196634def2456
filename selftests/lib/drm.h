/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DRM for test programs, by plain ioctls. Functions return 0 or a negative
 * errno, unless they say otherwise. Objects are made in whole pages.
 */
#ifndef SELFTESTS_DRM_H
#define SELFTESTS_DRM_H

#include <stdbool.h>
#include <stdint.h>
#include <libdrm/drm.h>
#include <libdrm/drm_mode.h>
#include <libdrm/virtgpu_drm.h>

#define PAGE	4096ull
#define MIB	(1ull << 20)

/**
 * struct maker - a way to make an object of a given number of bytes
 * @name: for test output
 * @driver: the DRM driver it needs
 * @make: gives the handle
 */
struct maker {
	const char *name;
	const char *driver;
	int (*make)(int fd, uint64_t bytes, uint32_t *handle);
};

extern const struct maker makers[];
extern const unsigned int nr_makers;

/* The primary node of the first device of the driver; bails if none. */
int drm_open(const char *driver);
/* Name of that node, as in "card0"; bails if none. */
const char *drm_card(const char *driver);
bool drm_present(const char *driver);

int drm_dumb(int fd, uint64_t bytes, uint32_t *handle);
int drm_virtgpu(int fd, uint64_t bytes, uint32_t *handle);
int drm_close(int fd, uint32_t handle);
int drm_export(int fd, uint32_t handle, int *dmabuf);
int drm_import(int fd, int dmabuf, uint32_t *handle);
int drm_flink(int fd, uint32_t handle, uint32_t *name);
int drm_flink_open(int fd, uint32_t name, uint32_t *handle);
void *drm_map_dumb(int fd, uint32_t handle, uint64_t bytes);

/* Makes objects of @step bytes until refused; gives the bytes made, and in
 * *err what the refusal said.
 */
uint64_t drm_fill(int fd, uint64_t step, int *err);

#endif /* SELFTESTS_DRM_H */

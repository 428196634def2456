// SPDX-License-Identifier: GPL-2.0
/*
 * Each row with the driver's own structure and macro. The macro says which row
 * is meant and what it must be called, so a row of another number, name or
 * size than the header's has no case and fails, as does a row left out here.
 */
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>

#include <drm/amdgpu_drm.h>
#include <drm/etnaviv_drm.h>
#include <drm/i915_drm.h>
#include <drm/lima_drm.h>
#include <drm/msm_drm.h>
#include <drm/nouveau_drm.h>
#include <drm/panfrost_drm.h>
#include <drm/radeon_drm.h>
#include <drm/v3d_drm.h>
#include <drm/vc4_drm.h>
#include <drm/virtgpu_drm.h>

#include "test.h"
#include "uapi_compat.h"

#define KIB	UINT64_C(1024)
#define MIB	(1024 * KIB)
#define GIB	(1024 * MIB)
#define DEVICE	true
#define SYSTEM	false

static const struct vgpu_drm_ioctl *seen[256];
static unsigned int nseen;

static void see(const struct vgpu_drm_ioctl *row)
{
	for (unsigned int i = 0; i < nseen; i++)
		if (seen[i] == row)
			return;
	if (nseen == ARRAY_SIZE(seen))
		bail("more rows than there is room for");
	seen[nseen++] = row;
}

/* Arguments that have grown at their end since the oldest header. */
static bool has_grown(const char *name)
{
	static const char * const names[] = {
		"AMDGPU_GEM_OP", "AMDGPU_GEM_VA", "ETNAVIV_GEM_SUBMIT",
		"MSM_GEM_SUBMIT", "V3D_SUBMIT_CL", "V3D_SUBMIT_CSD",
		"V3D_SUBMIT_TFU", "VC4_SUBMIT_CL",
		"PANFROST_SUBMIT", "VIRTGPU_EXECBUFFER",
		"VIRTGPU_RESOURCE_CREATE_BLOB",
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static void check(const char *driver, const char *name, unsigned long cmd,
		  const void *arg, size_t size, enum vgpu_drm_effect effect,
		  u64 bytes, bool device, const char *what)
{
	const struct vgpu_drm_table *table = table_of(driver);
	unsigned int nr = _IOC_NR(cmd) - DRM_COMMAND_BASE;
	const struct vgpu_drm_ioctl *row = row_of(table, nr);
	struct vgpu_drm_request got = {};
	int err;

	if (!row || strcmp(row->name, name) || size != _IOC_SIZE(cmd) ||
	    (has_grown(name) ? row->size > size : row->size != size)) {
		ok(false, "%s %s: the row is that of the macro", driver, name);
		return;
	}
	see(row);
	err = vgpu_drm_decode(table, row, arg, size, &got);
	if (!ok(!err && got.effect == effect && got.bytes == bytes &&
		got.device == device, "%s: %s", name, what))
		note("%d: effect %d, %llu bytes, device %d", err, got.effect,
		     (unsigned long long)got.bytes, got.device);
}

/* CASE(driver, ioctl, its structure, effect, bytes, device, what, members) */
#define CASE(driver, ioctl, type, effect, bytes, device, what, ...)	\
	check(driver, #ioctl, DRM_IOCTL_##ioctl, &(type) { __VA_ARGS__ },	\
	      sizeof(type), VGPU_DRM_##effect, bytes, device, what)

static void virtio_gpu(void)
{
#define DRIVER	"virtio_gpu"
#define CREATE(bytes_, got, what) \
	CASE(DRIVER, VIRTGPU_RESOURCE_CREATE, \
	     struct drm_virtgpu_resource_create, ALLOC, got, DEVICE, what, \
	     .target = 2, .width = 7, .height = 7, .size = bytes_)
#define BLOB(mem, bytes_, got, what) \
	CASE(DRIVER, VIRTGPU_RESOURCE_CREATE_BLOB, \
	     struct drm_virtgpu_resource_create_blob, ALLOC, got, DEVICE, what, \
	     .blob_mem = mem, .size = bytes_)
	CASE(DRIVER, VIRTGPU_EXECBUFFER, struct drm_virtgpu_execbuffer, SUBMIT,
	     0, DEVICE, "work", .size = 4096);
	CREATE(0, 4096, "no size is a page");
	CREATE(1, 4096, "one byte");
	CREATE(4095, 4096, "a page less one");
	CREATE(4096, 4096, "a page");
	CREATE(4097, 8192, "a page and one");
	CREATE(UINT32_MAX, 4 * GIB, "the largest");
	BLOB(VIRTGPU_BLOB_MEM_GUEST, 12345, 16384, "of the guest");
	BLOB(VIRTGPU_BLOB_MEM_HOST3D, 4 * GIB + 1, 4 * GIB + 4096,
	     "of the host, more than 32 bits");
	BLOB(VIRTGPU_BLOB_MEM_HOST3D_GUEST, 4096, 4096, "of both");
#undef BLOB
#undef CREATE
#undef DRIVER
}

static void amdgpu(void)
{
#define DRIVER	"amdgpu"
#define CREATE(size, where, bytes, device, what) \
	CASE(DRIVER, AMDGPU_GEM_CREATE, union drm_amdgpu_gem_create, ALLOC, \
	     bytes, device, what, .in = { .bo_size = size, .domains = where, \
	     .alignment = 1 << 21 })
	CREATE(1, AMDGPU_GEM_DOMAIN_VRAM, 4096, DEVICE, "video memory");
	CREATE(3 * MIB + 1, AMDGPU_GEM_DOMAIN_VRAM | AMDGPU_GEM_DOMAIN_GTT,
	       3 * MIB + 4096, DEVICE, "video memory or GTT");
	CREATE(8192, AMDGPU_GEM_DOMAIN_GTT, 8192, SYSTEM, "GTT");
	CREATE(8192, AMDGPU_GEM_DOMAIN_CPU, 8192, SYSTEM, "CPU");
	CREATE(8192, AMDGPU_GEM_DOMAIN_CPU | AMDGPU_GEM_DOMAIN_GTT, 8192,
	       SYSTEM, "CPU or GTT");
	CREATE(8192, 0, 8192, DEVICE, "no domain");
	CREATE(8192, 0x80000000ULL, 8192, DEVICE, "a domain to come");
	CREATE(8192, 0x100000000ULL | AMDGPU_GEM_DOMAIN_GTT, 8192, DEVICE,
	       "a domain beyond 32 bits");
	CREATE(16, AMDGPU_GEM_DOMAIN_GWS, 16 * 4096, DEVICE, "16 of GWS");
	CREATE(1, AMDGPU_GEM_DOMAIN_OA, 4 * 4096, DEVICE, "1 of OA");
	CREATE(5, AMDGPU_GEM_DOMAIN_GDS, 8 * 4096, DEVICE, "5 of GDS");
#undef CREATE
#define VA(op, effect, what) \
	CASE(DRIVER, AMDGPU_GEM_VA, struct drm_amdgpu_gem_va, effect, \
	     VGPU_DRM_##effect == VGPU_DRM_UNSIZED ? 32 * KIB : 0, \
	     DEVICE, what, .operation = op, .map_size = 4096)
	VA(AMDGPU_VA_OP_MAP, UNSIZED, "map");
	VA(AMDGPU_VA_OP_UNMAP, PASS, "unmap");
	VA(AMDGPU_VA_OP_CLEAR, UNSIZED, "clear may split");
	VA(AMDGPU_VA_OP_REPLACE, UNSIZED, "replace");
#undef VA
#define OP(op_, effect, what) \
	CASE(DRIVER, AMDGPU_GEM_OP, struct drm_amdgpu_gem_op, effect, 0, \
	     DEVICE, what, .op = op_, .value = AMDGPU_GEM_DOMAIN_VRAM)
	OP(AMDGPU_GEM_OP_GET_GEM_CREATE_INFO, PASS, "a query");
	OP(AMDGPU_GEM_OP_SET_PLACEMENT, DENY, "move to video memory");
	OP(AMDGPU_GEM_OP_GET_MAPPING_INFO, PASS, "another query");
	OP(3, DENY, "an operation to come");
	OP(64, DENY, "operation 64");
	OP(UINT32_MAX, DENY, "the last operation");
#undef OP
	CASE(DRIVER, AMDGPU_GEM_USERPTR, struct drm_amdgpu_gem_userptr, USER,
	     0, DEVICE, "pages of the caller", .size = MIB);
	CASE(DRIVER, AMDGPU_USERQ, VGPU_AMDGPU_USERQ, DENY, 0, DEVICE,
	     "create", .VGPU_AMDGPU_USERQ_OP = 1);
	CASE(DRIVER, AMDGPU_USERQ, VGPU_AMDGPU_USERQ, PASS, 0, DEVICE,
	     "free", .VGPU_AMDGPU_USERQ_OP = AMDGPU_USERQ_OP_FREE);
	CASE(DRIVER, AMDGPU_USERQ, VGPU_AMDGPU_USERQ, DENY, 0, DEVICE,
	     "an operation to come", .VGPU_AMDGPU_USERQ_OP = 3);
#undef DRIVER
}

static void radeon(void)
{
#define CREATE(bytes_, where, got, what) \
	CASE("radeon", RADEON_GEM_CREATE, struct drm_radeon_gem_create, \
	     ALLOC, got, DEVICE, what, .size = bytes_, .initial_domain = where)
	CREATE(1, RADEON_GEM_DOMAIN_VRAM, 4096, "video memory");
	CREATE(MIB, RADEON_GEM_DOMAIN_GTT, MIB, "GTT, which a CS may move");
	CREATE(5 * GIB, RADEON_GEM_DOMAIN_CPU, 5 * GIB, "CPU likewise");
#undef CREATE
	CASE("radeon", RADEON_GEM_VA, struct drm_radeon_gem_va, UNSIZED, 64 * KIB,
	     DEVICE, "map", .operation = RADEON_VA_MAP);
	CASE("radeon", RADEON_GEM_VA, struct drm_radeon_gem_va, PASS, 0,
	     DEVICE, "unmap", .operation = RADEON_VA_UNMAP);
	CASE("radeon", RADEON_GEM_USERPTR, struct drm_radeon_gem_userptr,
	     USER, 0, DEVICE, "pages of the caller", .size = MIB);
}

static void nouveau(void)
{
#define CREATE(bytes_, where, got, device, what) \
	CASE("nouveau", NOUVEAU_GEM_NEW, struct drm_nouveau_gem_new, ALLOC, \
	     got, device, what, .info = { .size = bytes_, .domain = where })
	CREATE(1, NOUVEAU_GEM_DOMAIN_VRAM, 128 * KIB, DEVICE, "one byte");
	CREATE(2 * MIB - 1, NOUVEAU_GEM_DOMAIN_VRAM, 2 * MIB, DEVICE,
	       "2 MiB less one");
	CREATE(2 * MIB + 1, NOUVEAU_GEM_DOMAIN_VRAM, 4 * MIB, DEVICE,
	       "2 MiB and one");
	CREATE(512 * MIB - 1, NOUVEAU_GEM_DOMAIN_VRAM, 512 * MIB, DEVICE,
	       "512 MiB less one");
	CREATE(512 * MIB + 1, NOUVEAU_GEM_DOMAIN_VRAM, GIB, DEVICE,
	       "512 MiB and one");
	CREATE(MIB, NOUVEAU_GEM_DOMAIN_GART, MIB, SYSTEM, "GART");
	CREATE(MIB, NOUVEAU_GEM_DOMAIN_GART | NOUVEAU_GEM_DOMAIN_COHERENT |
	       NOUVEAU_GEM_DOMAIN_MAPPABLE, MIB, SYSTEM, "GART with hints");
	CREATE(MIB, NOUVEAU_GEM_DOMAIN_GART | NOUVEAU_GEM_DOMAIN_VRAM, MIB,
	       DEVICE, "either");
#undef CREATE
	CASE("nouveau", NOUVEAU_SVM_INIT, struct drm_nouveau_svm_init, DENY,
	     0, DEVICE, "closed", .unmanaged_addr = 0);
	CASE("nouveau", NOUVEAU_SVM_BIND, struct drm_nouveau_svm_bind, DENY,
	     0, DEVICE, "closed", .npages = 1);
}

static void i915(void)
{
	CASE("i915", I915_GEM_CREATE, struct drm_i915_gem_create, ALLOC, 4096,
	     DEVICE, "one byte", .size = 1);
	CASE("i915", I915_GEM_CREATE_EXT, struct drm_i915_gem_create_ext,
	     ALLOC, 64 * KIB, DEVICE, "one byte", .size = 1);
	CASE("i915", I915_GEM_CREATE_EXT, struct drm_i915_gem_create_ext,
	     ALLOC, 5 * GIB, DEVICE, "5 GiB, and a chain that nobody reads",
	     .size = 5 * GIB, .extensions = 1);
	CASE("i915", I915_GEM_USERPTR, struct drm_i915_gem_userptr, USER, 0,
	     DEVICE, "pages of the caller", .user_size = MIB);
	CASE("i915", I915_GEM_CONTEXT_CREATE_EXT,
	     struct drm_i915_gem_context_create_ext, UNSIZED, 256 * KIB,
	     DEVICE, "a context", .flags = 1);
#define PARAM(param_, effect, bytes, what) \
	CASE("i915", I915_GEM_CONTEXT_SETPARAM, \
	     struct drm_i915_gem_context_param, effect, bytes, DEVICE, what, \
	     .param = param_)
	PARAM(I915_CONTEXT_PARAM_ENGINES, UNSIZED, 256 * KIB, "its engines");
	PARAM(I915_CONTEXT_PARAM_VM, UNSIZED, 256 * KIB, "its addresses");
	PARAM(I915_CONTEXT_PARAM_PRIORITY, PASS, 0, "its priority");
	PARAM(UINT64_C(1) << 32 | I915_CONTEXT_PARAM_PRIORITY, UNSIZED,
	      256 * KIB, "a parameter to come");
#undef PARAM
	CASE("i915", I915_PERF_OPEN, struct drm_i915_perf_open_param, UNSIZED,
	     16 * MIB, DEVICE, "a stream", .num_properties = 1);
	CASE("i915", I915_GEM_VM_CREATE, struct drm_i915_gem_vm_control,
	     UNSIZED, 64 * KIB, DEVICE, "an address space", .flags = 0);
}

static void xe(void)
{
#define CREATE(bytes_, where, got, what) \
	CASE("xe", XE_GEM_CREATE, struct drm_xe_gem_create, ALLOC, got, \
	     DEVICE, what, .size = bytes_, .placement = where)
	CREATE(64 * KIB, 2, 64 * KIB, "local memory");
	CREATE(4096, 1, 4096, "region 0, all that an integrated part has");
#undef CREATE
#define VM(flags_, effect, bytes, what) \
	CASE("xe", XE_VM_CREATE, struct drm_xe_vm_create, effect, bytes, \
	     DEVICE, what, .flags = flags_)
	VM(0, UNSIZED, 64 * KIB, "an address space");
	VM(DRM_XE_VM_CREATE_FLAG_SCRATCH_PAGE, UNSIZED, 64 * KIB, "scratch");
	VM(1 << 1, DENY, 0, "long running");
	VM(1 << 1 | 1 << 2, DENY, 0, "fault mode");
	VM(1U << 31, DENY, 0, "a flag to come");
#undef VM
#define BIND(n, op_, effect, bytes, what) \
	CASE("xe", XE_VM_BIND, struct drm_xe_vm_bind, effect, bytes, DEVICE, \
	     what, .num_binds = n, .bind = { .op = op_ })
	BIND(1, 0, UNSIZED, 64 * KIB, "map");
	BIND(1, DRM_XE_VM_BIND_OP_UNMAP, PASS, 0, "unmap");
	BIND(1, DRM_XE_VM_BIND_OP_UNMAP_ALL, PASS, 0, "unmap all");
	BIND(2, DRM_XE_VM_BIND_OP_UNMAP, UNSIZED, 64 * KIB,
	     "a vector, which only looks like unmap");
	BIND(1, 4, UNSIZED, 64 * KIB, "prefetch");
#undef BIND
	CASE("xe", XE_EXEC_QUEUE_CREATE, struct drm_xe_exec_queue_create,
	     UNSIZED, 256 * KIB, DEVICE, "a queue", 0);
	CASE("xe", XE_OBSERVATION, struct drm_xe_observation_param, UNSIZED,
	     16 * MIB, DEVICE, "a stream", .observation_op = 0);
	CASE("xe", XE_OBSERVATION, struct drm_xe_observation_param, PASS, 0,
	     DEVICE, "a configuration",
	     .observation_op = DRM_XE_OBSERVATION_OP_ADD_CONFIG);
}

static void arm(void)
{
	CASE("etnaviv", ETNAVIV_GEM_NEW, struct drm_etnaviv_gem_new, ALLOC,
	     8192, DEVICE, "a page and one", .size = 4097);
	CASE("etnaviv", ETNAVIV_GEM_USERPTR, struct drm_etnaviv_gem_userptr,
	     USER, 0, DEVICE, "pages of the caller", .user_size = MIB);
	CASE("lima", LIMA_GEM_CREATE, struct drm_lima_gem_create, ALLOC, 8192,
	     DEVICE, "a page and one", .size = 4097);
	CASE("lima", LIMA_GEM_CREATE, struct drm_lima_gem_create, ALLOC, MIB,
	     DEVICE, "a heap", .size = MIB, .flags = LIMA_BO_FLAG_HEAP);
	CASE("msm", MSM_GEM_NEW, struct drm_msm_gem_new, ALLOC, 5 * GIB,
	     DEVICE, "5 GiB", .size = 5 * GIB, .flags = MSM_BO_WC);
	CASE("panfrost", PANFROST_SUBMIT, struct drm_panfrost_submit, SUBMIT, 0,
	     DEVICE, "work", .jc = 4096);
	CASE("panfrost", PANFROST_CREATE_BO, struct drm_panfrost_create_bo,
	     ALLOC, 3 * MIB, DEVICE, "3 MiB", .size = 3 * MIB,
	     .flags = PANFROST_BO_NOEXEC);
	CASE("panfrost", PANFROST_CREATE_BO, struct drm_panfrost_create_bo,
	     ALLOC, 4 * MIB, DEVICE, "a heap of 3 MiB", .size = 3 * MIB,
	     .flags = PANFROST_BO_NOEXEC | PANFROST_BO_HEAP);
	CASE("panfrost", PANFROST_PERFCNT_ENABLE,
	     struct drm_panfrost_perfcnt_enable, UNSIZED, 64 * KIB, DEVICE,
	     "counters on", .enable = 1);
	CASE("panfrost", PANFROST_PERFCNT_ENABLE,
	     struct drm_panfrost_perfcnt_enable, PASS, 0, DEVICE,
	     "counters off", .enable = 0);
	CASE("panthor", PANTHOR_BO_CREATE, struct drm_panthor_bo_create,
	     ALLOC, 8192, DEVICE, "a page and one", .size = 4097);
	CASE("panthor", PANTHOR_GROUP_CREATE, struct drm_panthor_group_create,
	     UNSIZED, 256 * KIB, DEVICE, "queues", 0);
	CASE("panthor", PANTHOR_TILER_HEAP_CREATE,
	     struct drm_panthor_tiler_heap_create, DENY, 0, DEVICE, "closed",
	     .chunk_size = 2 << 20, .max_chunks = 64);
	CASE("v3d", V3D_CREATE_BO, struct drm_v3d_create_bo, ALLOC, 4 * GIB,
	     DEVICE, "the largest", .size = UINT32_MAX);
	CASE("vc4", VC4_CREATE_BO, struct drm_vc4_create_bo, ALLOC, 8192,
	     DEVICE, "a page and one", .size = 4097);
	CASE("vc4", VC4_CREATE_SHADER_BO, struct drm_vc4_create_shader_bo,
	     ALLOC, 4096, DEVICE, "a shader", .size = 64);
}

/* All that one may say in a submission; the work is that of its fences. */
static void work(void)
{
#define WORK(driver, ioctl, type) \
	CASE(driver, ioctl, type, SUBMIT, 0, DEVICE, "work")
	WORK("amdgpu", AMDGPU_CS, union drm_amdgpu_cs);
	WORK("etnaviv", ETNAVIV_GEM_SUBMIT, struct drm_etnaviv_gem_submit);
	WORK("i915", I915_GEM_EXECBUFFER2, struct drm_i915_gem_execbuffer2);
	WORK("lima", LIMA_GEM_SUBMIT, struct drm_lima_gem_submit);
	WORK("msm", MSM_GEM_SUBMIT, struct drm_msm_gem_submit);
	WORK("nouveau", NOUVEAU_EXEC, VGPU_NOUVEAU_EXEC);
	WORK("nouveau", NOUVEAU_GEM_PUSHBUF, struct drm_nouveau_gem_pushbuf);
	WORK("panthor", PANTHOR_GROUP_SUBMIT, struct drm_panthor_group_submit);
	WORK("radeon", RADEON_CS, struct drm_radeon_cs);
	WORK("v3d", V3D_SUBMIT_CL, struct drm_v3d_submit_cl);
	WORK("v3d", V3D_SUBMIT_TFU, struct drm_v3d_submit_tfu);
	WORK("v3d", V3D_SUBMIT_CSD, struct drm_v3d_submit_csd);
	WORK("v3d", V3D_SUBMIT_CPU, VGPU_V3D_SUBMIT_CPU);
	WORK("vc4", VC4_SUBMIT_CL, struct drm_vc4_submit_cl);
	WORK("xe", XE_EXEC, struct drm_xe_exec);
#undef WORK
}

static void closed(void)
{
	static const struct {
		const char *name;
		unsigned long cmd;
		enum vgpu_drm_effect effect;
	} rows[] = {
#define ROW(name, effect) \
	{ #name, DRM_IOCTL_##name, VGPU_DRM_##effect }
		ROW(NVIDIA_GEM_IMPORT_NVKMS_MEMORY, DENY),
		ROW(NVIDIA_GEM_IMPORT_USERSPACE_MEMORY, USER),
		ROW(NVIDIA_PRIME_FENCE_CONTEXT_CREATE, DENY),
		ROW(NVIDIA_GEM_EXPORT_NVKMS_MEMORY, DENY),
		ROW(NVIDIA_GEM_ALLOC_NVKMS_MEMORY, DENY),
		ROW(NVIDIA_GEM_EXPORT_DMABUF_MEMORY, DENY),
		ROW(NVIDIA_SEMSURF_FENCE_CTX_CREATE, DENY),
#undef ROW
	};
	static const char arg[64];

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		check("nvidia-drm", rows[i].name, rows[i].cmd, arg,
		      _IOC_SIZE(rows[i].cmd), rows[i].effect, 0, DEVICE,
		      "charged to nobody");
}

void test_cases(void)
{
	unsigned int rows = 0;

	virtio_gpu();
	amdgpu();
	radeon();
	nouveau();
	i915();
	xe();
	arm();
	work();
	closed();
	for (unsigned int i = 0; i < vgpu_drm_ntables; i++)
		rows += vgpu_drm_tables[i]->nioctls;
	is(nseen, rows, "every row has a case");
}

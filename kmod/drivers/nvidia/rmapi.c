// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own way into RM, made for nvidia-modeset: nvidia_get_rm_ops()
 * of kernel-open/nvidia/nv-modeset-interface.c.
 *
 * The function is found by name and called through a pointer, so that
 * nvidia.ko stays free to go; calls are made only where an open file keeps it,
 * or with a reference on it held. What comes in this way has the kernel's
 * privileges and takes pointers to kernel memory. It sleeps on RM's own locks:
 * never call it from within RM.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "backend.h"

/* nvidia_modeset_rm_ops_t, the same from 535 to 595. */
struct rm_ops {
	const char *version;
	u8 write_combining;
	int (*alloc_stack)(void **sp);
	void (*free_stack)(void *sp);
	u32 (*enumerate_gpus)(void *infos);
	void *open_gpu;
	void *close_gpu;
	void (*op)(void *sp, void *op);
	void *set_callbacks;
	void *reserve[4];	/* should a release write more */
};

static_assert(offsetof(struct rm_ops, alloc_stack) == NV_RM_OPS_ALLOC_STACK &&
	      offsetof(struct rm_ops, free_stack) == NV_RM_OPS_FREE_STACK &&
	      offsetof(struct rm_ops, enumerate_gpus) == NV_RM_OPS_ENUMERATE &&
	      offsetof(struct rm_ops, op) == NV_RM_OPS_OP &&
	      offsetof(struct rm_ops, reserve) >= NV_RM_OPS_SIZE);

/* nvidia_kernel_rmapi_ops_t: a number, and the largest of its parameters. */
struct rm_op {
	u32 op;
	u8 params[192] __aligned(8);
};

static_assert(offsetof(struct rm_op, params) == NV_OP_PARAMS);

enum {
	RM_OP_FREE	= 0x00,		/* NV01_FREE */
	RM_OP_ALLOC	= 0x15,		/* NV04_ALLOC */
	RM_OP_CONTROL	= 0x36,		/* NV04_CONTROL */
	RM_OP_DUP	= 0x37,		/* NV04_DUP_OBJECT */
};

static struct rm_ops rm;
static const struct nv_abi *abi;
static u16 namespaces;	/* NV_NS_* */

static u32 call(struct rm_op *op, unsigned int status)
{
	void *sp = NULL;

	if (rm.alloc_stack(&sp))
		return NV_ERR_NO_MEMORY;
	rm.op(sp, op);
	rm.free_stack(sp);
	return nv_get32(op->params, status);
}

/**
 * nv_rm_control - a control, with the kernel's privileges
 * @client: whose object
 * @object: what to control
 * @cmd: the control
 * @params: kernel memory
 * @size: of @params
 *
 * Context: May sleep. nvidia.ko must be kept by the caller.
 * Return: RM's status.
 */
u32 nv_rm_control(u32 client, u32 object, u32 cmd, void *params, u32 size)
{
	struct rm_op op = { .op = RM_OP_CONTROL };

	nv_put32(op.params, NV_CONTROL_CLIENT, client);
	nv_put32(op.params, NV_CONTROL_OBJECT, object);
	nv_put32(op.params, NV_CONTROL_CMD, cmd);
	nv_put64(op.params, NV_CONTROL_PARAMS, (unsigned long)params);
	nv_put32(op.params, NV_CONTROL_PARAMS_SIZE, size);
	return call(&op, NV_CONTROL_STATUS);
}

/**
 * nv_rm_free - end an object of a client
 * @client: whose
 * @object: its handle
 *
 * Context: May sleep. nvidia.ko must be kept by the caller.
 * Return: RM's status.
 */
u32 nv_rm_free(u32 client, u32 object)
{
	struct rm_op op = { .op = RM_OP_FREE };

	nv_put32(op.params, NV_FREE_ROOT, client);
	nv_put32(op.params, NV_FREE_OBJECT, object);
	return call(&op, NV_FREE_STATUS);
}

/* @handle: in, the one it shall have, or 0; out, the one it got */
static u32 alloc(u32 client, u32 parent, u32 class, void *params, u32 size,
		 u32 *handle)
{
	struct rm_op op = { .op = RM_OP_ALLOC };
	bool wide = abi->op_alloc_size == NV_NVOS64_SIZE;
	u32 status;

	nv_put32(op.params, NV_ALLOC_ROOT, client);
	nv_put32(op.params, NV_ALLOC_PARENT, parent);
	nv_put32(op.params, NV_ALLOC_NEW, *handle);
	nv_put32(op.params, NV_ALLOC_CLASS, class);
	nv_put64(op.params, NV_ALLOC_PARAMS, (unsigned long)params);
	nv_put32(op.params, wide ? NV_ALLOC64_PARAMS_SIZE :
				   NV_ALLOC_PARAMS_SIZE, size);
	status = call(&op, wide ? NV_ALLOC64_STATUS : NV_ALLOC_STATUS);
	*handle = nv_get32(op.params, NV_ALLOC_NEW);
	return status;
}

static u32 alloc_subdevice(u32 client, u32 device, u32 *handle)
{
	u32 params = 0;	/* NV2080_ALLOC_PARAMETERS: subDeviceId */

	*handle = 0;
	return alloc(client, device, NV_CLASS_SUBDEVICE, &params, sizeof(params), handle);
}

/*
 * To an instance. A client of the kernel's needs no capability for that:
 * gisubscriptionConstruct_IMPL(), gpu_instance_subscription.c.
 */
static u32 subscribe(u32 client, u32 subdevice, u32 swizz)
{
	u8 params[NV_PARTITION_REF_SIZE] __aligned(8) = { 0 };
	u32 handle = 0;

	nv_put32(params, NV_PARTITION_REF_SWIZZ, swizz);
	return alloc(client, subdevice, NV_CLASS_PARTITION_REF, params, sizeof(params),
		     &handle);
}

/**
 * nv_rm_begin - a client of vgpu's own, to ask about a GPU or an instance
 * @gpu: about which
 * @client: its handle; nv_rm_free(@client, @client) ends it and what it has
 * @subdevice: its handle of the GPU
 *
 * Only a GPU that runs can be asked, and one runs as long as it is open.
 *
 * Context: May sleep. nvidia.ko must be kept by the caller.
 * Return: RM's status; no client is left unless it is NV_OK.
 */
u32 nv_rm_begin(const struct nv_gpu *gpu, u32 *client, u32 *subdevice)
{
	u8 info[NV_ID_INFO_SIZE] __aligned(8) = { 0 };
	u8 params[NV_DEVICE_SIZE] __aligned(8) = { 0 };
	u32 device = 0, status;

	*client = 0;
	status = alloc(0, 0, 0x0, NULL, 0, client);
	if (status != NV_OK)
		return status;
	nv_put32(info, NV_ID_INFO_GPU, gpu->id);
	status = nv_rm_control(*client, *client, NV_CTRL_GPU_GET_ID_INFO_V2,
			       info, sizeof(info));
	if (status == NV_OK) {
		nv_put32(params, NV_DEVICE_ID,
			 nv_get32(info, NV_ID_INFO_INSTANCE));
		status = alloc(*client, *client, NV_CLASS_DEVICE, params,
			       sizeof(params), &device);
	}
	if (status == NV_OK)
		status = alloc_subdevice(*client, device, subdevice);
	if (status == NV_OK && gpu->whole)
		status = subscribe(*client, *subdevice, gpu->swizz);
	if (status != NV_OK)
		nv_rm_free(*client, *client);
	return status;
}

/**
 * nv_rm_alive - does RM still have a client?
 * @client: its handle
 *
 * RM writes a line to the kernel's log for each control of a client that it does
 * not have. So it is asked to duplicate the object 0, which no client has, and
 * says without one whether it was that or the client that it did not find
 * (serverCopyResource(), rs_server.c).
 *
 * Context: May sleep. nvidia.ko must be kept by the caller.
 * Return: true also where RM could not be asked.
 */
bool nv_rm_alive(u32 client)
{
	struct rm_op op = { .op = RM_OP_DUP };

	nv_put32(op.params, NV_DUP_CLIENT, client);
	nv_put32(op.params, NV_DUP_PARENT, client);
	nv_put32(op.params, NV_DUP_CLIENT_SRC, client);
	switch (call(&op, NV_DUP_STATUS)) {
	case NV_ERR_INVALID_CLIENT:
	case NV_ERR_INVALID_OBJECT:
	case NV_ERR_INVALID_OBJECT_HANDLE:
	case NV_ERR_INVALID_STATE:	/* disabled, with its file */
		return false;
	default:
		return true;
	}
}

/**
 * nv_rm_memory_size - how much device memory lies behind a handle
 * @client: whose
 * @memory: its handle
 * @bytes: set on success
 *
 * NV0041_CTRL_CMD_GET_SURFACE_INFO: the driver's own record.
 *
 * Context: May sleep. nvidia.ko must be kept by the caller.
 * Return: RM's status.
 */
u32 nv_rm_memory_size(u32 client, u32 memory, u64 *bytes)
{
	struct {
		u32 index;
		u32 data;
	} info = { .index = NV_SURFACE_INFO_PHYS_SIZE };
	struct {
		u32 count;
		u32 pad;
		u64 list;
	} params = { .count = 1, .list = (unsigned long)&info };
	u32 status;

	BUILD_BUG_ON(sizeof(params) != NV_SURFACE_SIZE ||
		     offsetof(typeof(params), list) != NV_SURFACE_LIST ||
		     sizeof(info) != NV_SURFACE_INFO_SIZE ||
		     offsetof(typeof(info), data) != NV_SURFACE_INFO_DATA);
	status = nv_rm_control(client, memory, NV_CTRL_GET_SURFACE_INFO,
			       &params, sizeof(params));
	if (status == NV_OK)
		*bytes = (u64)info.data * 4096;
	return status;
}

/**
 * nv_rm_device_gpu - which GPU is behind a device object?
 * @client: whose
 * @device: handle of class NV01_DEVICE_0
 * @gpu: set: the GPU, or the instance of it that the device has subscribed to
 *
 * Only a subdevice can tell. Where the client has none on that device yet, one
 * is made for the question and ended at once; the client's serial lock keeps
 * the tenant from meeting it.
 *
 * Context: May sleep; the client's serial lock held.
 * Return: RM's status.
 */
u32 nv_rm_device_gpu(u32 client, u32 device, struct nv_gpu **gpu)
{
	struct {
		u32 instance;
		u32 handle;
	} find = { 0 };
	u32 subdevice, status, id;
	bool made = false;

	BUILD_BUG_ON(sizeof(find) != NV_FIND_SUBDEVICE_SIZE ||
		     offsetof(typeof(find), handle) != NV_FIND_SUBDEVICE_HANDLE);
	status = nv_rm_control(client, device, NV_CTRL_FIND_SUBDEVICE_HANDLE,
			       &find, sizeof(find));
	subdevice = find.handle;
	if (status != NV_OK) {
		status = alloc_subdevice(client, device, &subdevice);
		if (status != NV_OK)
			return status;
		made = true;
	}
	status = nv_rm_control(client, subdevice, NV_CTRL_GPU_GET_ID, &id,
			       sizeof(id));
	if (status == NV_OK) {
		*gpu = nv_gpu_by_id(id);
		nv_gpu_learn(*gpu, client, subdevice);
		if (*gpu && !made)
			*gpu = nv_instance_of(*gpu, client, subdevice) ?: *gpu;
	}
	if (made)
		nv_rm_free(client, subdevice);
	return status;
}

/* @infos: room for 32 of nv_gpu_info_t, 24 bytes each. */
unsigned int nv_rm_enumerate(void *infos)
{
	return rm.enumerate_gpus(infos);
}

const struct nv_abi *nv_rm_abi(void)
{
	return abi;
}

/* Are processes named by the caller's numbers in an answer, NV_NS_*? */
bool nv_rm_namespaced(u16 answer)
{
	return namespaces & answer;
}

/**
 * nv_rm_attach - find the way in, and what release this is
 *
 * The driver compares version strings and, where they differ, leaves its own
 * behind, which is how one learns it.
 *
 * Context: May sleep; nvidia.ko is live or coming up.
 * Return: 0; -ENODEV where the function is not there, -EOPNOTSUPP for a
 * release that vgpu does not know.
 */
int nv_rm_attach(void)
{
	u32 (*get_rm_ops)(struct rm_ops *ops);
	u16 major, minor, patch;

	get_rm_ops = vgpu_interpose_symbol("nvidia", "nvidia_get_rm_ops");
	if (!get_rm_ops)
		return -ENODEV;
	memset(&rm, 0, sizeof(rm));
	rm.version = "";
	if (get_rm_ops(&rm) != NV_OK && get_rm_ops(&rm) != NV_OK)
		return -EOPNOTSUPP;
	if (!nv_abi_parse(rm.version, &major, &minor, &patch))
		return -EOPNOTSUPP;
	namespaces = nv_abi_namespaces(major, minor, patch);
	abi = nv_abi_find(major, minor, patch);
	if (!abi) {
		pr_warn("vgpu_nvidia: release %s is not known; groups with a quota do not get in\n",
			rm.version);
		return -EOPNOTSUPP;
	}
	return 0;
}

void nv_rm_detach(void)
{
	abi = NULL;
	memset(&rm, 0, sizeof(rm));
}

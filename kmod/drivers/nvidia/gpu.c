// SPDX-License-Identifier: GPL-2.0
/*
 * The GPUs that nvidia.ko has, each a device of vgpu's, named by its PCI
 * address. What only the running GPU knows, its UUID and how much memory it
 * has, is learnt at once where it runs already, or when the first client has a
 * subdevice on it. Its node the open modules tell in /proc only, where libvgpu
 * reads it.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "../../device.h"
#include "../../quota.h"
#include "../../time.h"
#include "backend.h"

#define NV_MAX_GPUS	32

/* nv_gpu_info_t of kernel-open/common/inc/nv-gpu-info.h */
struct gpu_info {
	u32 id;
	u32 domain;
	u8 bus, slot, function;
	void *dev;
};

static_assert(sizeof(struct gpu_info) == NV_GPU_INFO_SIZE &&
	      offsetof(struct gpu_info, domain) == NV_GPU_INFO_DOMAIN &&
	      offsetof(struct gpu_info, bus) == NV_GPU_INFO_BUS &&
	      offsetof(struct gpu_info, slot) == NV_GPU_INFO_SLOT &&
	      offsetof(struct gpu_info, function) == NV_GPU_INFO_FUNCTION);

static DEFINE_MUTEX(nv_gpu_lock);	/* protects all below */
static LIST_HEAD(gpus);

static struct nv_gpu *find(u32 id)
{
	struct nv_gpu *gpu;

	lockdep_assert_held(&nv_gpu_lock);

	list_for_each_entry(gpu, &gpus, list)
		if (gpu->id == id && !gpu->whole)
			return gpu;
	return NULL;
}

static void come(struct nv_gpu *gpu, struct vgpu_device *device)
{
	lockdep_assert_held(&nv_gpu_lock);

	gpu->device = device;
	nv_turn_gpu(gpu, true);
	gpu->present = true;
}

static void go(struct nv_gpu *gpu)
{
	lockdep_assert_held(&nv_gpu_lock);

	nv_turn_gpu(gpu, false);
	vgpu_device_remove(gpu->device, &nv_driver);
	gpu->present = false;
	WRITE_ONCE(gpu->split, false);
}

static int add(const struct gpu_info *info)
{
	char name[VGPU_DEVICE_NAME_MAX];
	struct vgpu_device *device;
	struct nv_gpu *gpu;

	lockdep_assert_held(&nv_gpu_lock);

	gpu = find(info->id);
	if (gpu && gpu->present)
		return 0;
	snprintf(name, sizeof(name), "pci:%04x:%02x:%02x.%x", info->domain,
		 info->bus, info->slot, info->function);
	/* A DRM driver may lead to it: nvidia-drm, or one of the firmware's screen. */
	device = vgpu_device_take(&nv_driver, name, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);
	if (!gpu) {
		gpu = kzalloc(sizeof(*gpu), GFP_KERNEL);
		if (!gpu) {
			vgpu_device_remove(device, &nv_driver);
			return -ENOMEM;
		}
		gpu->id = info->id;
		gpu->domain = info->domain;
		gpu->bus = info->bus;
		gpu->devfn = PCI_DEVFN(info->slot, info->function);
		list_add_tail(&gpu->list, &gpus);
	}
	come(gpu, device);
	memset(gpu->uuid, 0, sizeof(gpu->uuid));
	return 0;
}

/**
 * nv_gpu_attach - take up the GPUs that the driver has
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int nv_gpu_attach(void)
{
	struct gpu_info *infos;
	unsigned int i, n;
	int ret = 0;

	infos = kcalloc(NV_MAX_GPUS, sizeof(*infos), GFP_KERNEL);
	if (!infos)
		return -ENOMEM;
	n = min_t(unsigned int, nv_rm_enumerate(infos), NV_MAX_GPUS);
	mutex_lock(&nv_gpu_lock);
	for (i = 0; i < n && !ret; i++)
		ret = add(&infos[i]);
	mutex_unlock(&nv_gpu_lock);
	kfree(infos);
	return ret;
}

/**
 * nv_gpu_detach - the driver goes, or is let go of
 *
 * What lies on the GPUs may still point at them, so they stay, as absent.
 *
 * Context: May sleep.
 */
void nv_gpu_detach(void)
{
	struct nv_gpu *gpu;

	mutex_lock(&nv_gpu_lock);
	list_for_each_entry(gpu, &gpus, list)
		if (gpu->present)
			go(gpu);
	mutex_unlock(&nv_gpu_lock);
}

static struct nv_gpu *find_instance(const struct nv_gpu *whole, u32 swizz)
{
	struct nv_gpu *gpu;

	lockdep_assert_held(&nv_gpu_lock);

	list_for_each_entry(gpu, &gpus, list)
		if (gpu->whole == whole && gpu->swizz == swizz)
			return gpu;
	return NULL;
}

static struct nv_gpu *make_instance(struct nv_gpu *whole, u32 swizz)
{
	struct nv_gpu *gpu = kmemdup(whole, sizeof(*whole), GFP_KERNEL);

	lockdep_assert_held(&nv_gpu_lock);

	if (!gpu)
		return NULL;
	memset(gpu->uuid, 0, sizeof(gpu->uuid));
	gpu->device = NULL;
	gpu->present = false;
	gpu->whole = whole;
	gpu->swizz = swizz;
	gpu->split = false;
	list_add_tail(&gpu->list, &gpus);
	return gpu;
}

/**
 * nv_gpu_instance - an instance that RM tells of
 * @whole: that it is a part of
 * @swizz: its number
 * @total: bytes of memory that it has
 *
 * Context: May sleep.
 * Return: the instance, which lives as long as this module, or NULL.
 */
struct nv_gpu *nv_gpu_instance(struct nv_gpu *whole, u32 swizz, u64 total)
{
	char name[VGPU_DEVICE_NAME_MAX];
	struct vgpu_device *device;
	struct nv_gpu *gpu;

	mutex_lock(&nv_gpu_lock);
	gpu = find_instance(whole, swizz) ?: make_instance(whole, swizz);
	if (!gpu || gpu->present)
		goto out;
	/* Names of PCI functions are short. */
	snprintf(name, sizeof(name), "%.40s/gi%u", whole->device->name, swizz);
	device = whole->present ? vgpu_device_add(&nv_driver, name, total) :
				  ERR_PTR(-ENODEV);
	if (IS_ERR(device)) {
		gpu = NULL;
		goto out;
	}
	vgpu_device_set_parent(device, whole->device);
	come(gpu, device);
	WRITE_ONCE(whole->split, true);
out:
	mutex_unlock(&nv_gpu_lock);
	return gpu;
}

/**
 * nv_gpu_retain - the instances of a GPU that there are; others have gone
 * @whole: which GPU
 * @swizz: their numbers
 * @n: how many
 *
 * Context: May sleep.
 */
void nv_gpu_retain(struct nv_gpu *whole, const u32 *swizz, u32 n)
{
	struct nv_gpu *gpu;
	u32 i;

	mutex_lock(&nv_gpu_lock);
	list_for_each_entry(gpu, &gpus, list) {
		if (gpu->whole != whole || !gpu->present)
			continue;
		for (i = 0; i < n && swizz[i] != gpu->swizz; i++)
			;
		if (i == n)
			go(gpu);
	}
	WRITE_ONCE(whole->split, n);
	mutex_unlock(&nv_gpu_lock);
}

static struct nv_gpu *take_away(const struct pci_dev *pdev)
{
	struct nv_gpu *gpu, *gone = NULL;

	mutex_lock(&nv_gpu_lock);
	list_for_each_entry(gpu, &gpus, list) {
		if (!gpu->present || gpu->bus != pdev->bus->number ||
		    gpu->devfn != pdev->devfn ||
		    gpu->domain != pci_domain_nr(pdev->bus))
			continue;
		go(gpu);
		gone = gpu;
		break;
	}
	mutex_unlock(&nv_gpu_lock);
	return gone;
}

/*
 * A GPU is unplugged, or taken from its driver. Its quotas wait for it; what
 * clients hold is charged until they, or the driver, let go of it. One that
 * comes is met when a client first uses it.
 */
static int pci_changed(struct notifier_block *nb, unsigned long action,
		       void *data)
{
	struct nv_gpu *gpu;

	if (action != BUS_NOTIFY_DEL_DEVICE &&
	    action != BUS_NOTIFY_UNBOUND_DRIVER)
		return NOTIFY_DONE;
	while ((gpu = take_away(to_pci_dev(data))))	/* and its instances */
		nv_process_gpu_gone(gpu);
	return NOTIFY_DONE;
}

static struct notifier_block pci_nb = { .notifier_call = pci_changed };

int nv_gpu_init(void)
{
	return bus_register_notifier(&pci_bus_type, &pci_nb);
}

/* With the module: nothing points at the GPUs any more. */
void nv_gpu_deinit(void)
{
	struct nv_gpu *gpu, *next;

	bus_unregister_notifier(&pci_bus_type, &pci_nb);
	list_for_each_entry_safe(gpu, next, &gpus, list) {
		list_del(&gpu->list);
		kfree(gpu);
	}
}

static struct nv_gpu *look_up(u32 id)
{
	struct nv_gpu *gpu;

	mutex_lock(&nv_gpu_lock);
	gpu = find(id);
	if (gpu && !gpu->present)
		gpu = NULL;
	mutex_unlock(&nv_gpu_lock);
	return gpu;
}

/**
 * nv_gpu_by_id - find a GPU, also one that came after the driver
 * @id: the driver's gpu_id
 *
 * Context: May sleep.
 * Return: the GPU, which lives as long as this module, or NULL.
 */
struct nv_gpu *nv_gpu_by_id(u32 id)
{
	struct nv_gpu *gpu = look_up(id);

	if (!gpu && !nv_gpu_attach())
		gpu = look_up(id);
	return gpu;
}

/**
 * nv_gpu_turns - see whose turn it is on each GPU
 *
 * Context: May sleep. Takes nv_gpu_lock.
 * Return: as vgpu_queue_turns(), for all of them.
 */
u64 nv_gpu_turns(void)
{
	struct nv_gpu *gpu;
	u64 next = 0;

	mutex_lock(&nv_gpu_lock);
	list_for_each_entry(gpu, &gpus, list)
		if (gpu->present)
			next = min_not_zero(next,
					    vgpu_queue_turns(gpu->device));
	mutex_unlock(&nv_gpu_lock);
	return next;
}

/**
 * nv_gpu_by_uuid - find a GPU
 * @uuid: 16 bytes
 *
 * Context: May sleep.
 * Return: the GPU, which lives as long as this module, or NULL where none with
 * that UUID has been used by a client of RM's yet.
 */
struct nv_gpu *nv_gpu_by_uuid(const u8 *uuid)
{
	struct nv_gpu *gpu, *found = NULL;

	mutex_lock(&nv_gpu_lock);
	list_for_each_entry(gpu, &gpus, list)
		if (gpu->present && !gpu->whole &&
		    !memcmp(gpu->uuid, uuid, sizeof(gpu->uuid)))
			found = gpu;
	mutex_unlock(&nv_gpu_lock);
	return found;
}

/* The GPUs that are present, one after the other, or NULL. May sleep. */
struct nv_gpu *nv_gpu_nth(unsigned int n)
{
	struct nv_gpu *gpu, *found = NULL;

	mutex_lock(&nv_gpu_lock);
	list_for_each_entry(gpu, &gpus, list) {
		if (gpu->present && !n--) {
			found = gpu;
			break;
		}
	}
	mutex_unlock(&nv_gpu_lock);
	return found;
}

static bool ask_uuid(u32 client, u32 subdevice, u8 *uuid)
{
	/* NV2080_CTRL_GPU_GET_GID_INFO_PARAMS: index, flags, length, data */
	struct {
		u32 index, flags, length;
		u8 data[256];
	} params = {
		.flags = 2,	/* binary, SHA-1 */
	};

	BUILD_BUG_ON(sizeof(params) != NV_GID_SIZE ||
		     offsetof(typeof(params), data) != NV_GID_DATA);
	if (nv_rm_control(client, subdevice, NV_CTRL_GPU_GET_GID_INFO, &params,
			  sizeof(params)) != NV_OK)
		return false;
	memcpy(uuid, params.data, 16);
	return true;
}

static u64 ask_total(u32 client, u32 subdevice)
{
	u32 size = nv_rm_abi()->fb_info_v2_size;
	u64 total = 0;
	u8 *params;

	params = kzalloc(size, GFP_KERNEL);
	if (!params)
		return 0;
	nv_put32(params, 0, 1);
	nv_put32(params, NV_FB_INFO_V2_LIST, NV_FB_TOTAL_RAM_SIZE);
	if (nv_rm_control(client, subdevice, NV_CTRL_FB_GET_INFO_V2, params,
			  size) == NV_OK)
		total = (u64)nv_get32(params, NV_FB_INFO_V2_LIST + 4) * 1024;
	kfree(params);
	return total;
}

/**
 * nv_gpu_learn - ask a GPU what it only tells when it runs
 * @gpu: may be NULL
 * @client: with a subdevice on it
 * @subdevice: that one
 *
 * Context: May sleep; calls into RM.
 */
void nv_gpu_learn(struct nv_gpu *gpu, u32 client, u32 subdevice)
{
	static const u8 none[16];
	char alias[VGPU_DEVICE_NAME_MAX];
	u8 uuid[16];
	u64 total;

	if (!gpu || memcmp(gpu->uuid, none, sizeof(none)) ||
	    !ask_uuid(client, subdevice, uuid))
		return;
	total = ask_total(client, subdevice);

	mutex_lock(&nv_gpu_lock);
	snprintf(alias, sizeof(alias), "GPU-%pUb", uuid);
	if (gpu->present && !memcmp(gpu->uuid, none, sizeof(none)) &&
	    !vgpu_device_alias(gpu->device, alias) &&
	    !vgpu_quota_found(gpu->device, alias)) {
		memcpy(gpu->uuid, uuid, sizeof(uuid));
		vgpu_device_set_total(gpu->device, total);
	}
	mutex_unlock(&nv_gpu_lock);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The GPUs: functions of a PCI bus that exists in memory only, without BARs.
 * They are H100s by their numbers (vendor 10de, device 2330, class 0302).
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/pci.h>

#include "gpu.h"

#define PCI_DOMAIN 1

struct mock_gpu mock_ctl = { .ctl = true };

unsigned int mock_gpu_count;

struct mock_gpu mock_gpus[MOCK_GPUS];
EXPORT_SYMBOL_GPL(mock_gpus);

static struct pci_host_bridge *bridge;
static struct pci_bus *bus;

static struct pci_sysdata sysdata = {
	.domain = PCI_DOMAIN,
	.node = NUMA_NO_NODE,
};

static struct resource busn = {
	.name = "fakegpu",
	.flags = IORESOURCE_BUS,
};

/* One word of the configuration space of a function in slot devfn >> 3. */
static u32 config_word(int where)
{
	switch (where & ~3) {
	case PCI_VENDOR_ID:
		return 0x10de | 0x2330 << 16;
	case PCI_CLASS_REVISION:
		return 0x030200 << 8 | 0xa1;
	case PCI_SUBSYSTEM_VENDOR_ID:
		return 0x10de | 0x16c1 << 16;
	default:
		return 0;
	}
}

static int config_read(struct pci_bus *on, unsigned int devfn, int where,
		       int size, u32 *value)
{
	*value = ~0U;
	if (PCI_FUNC(devfn) || PCI_SLOT(devfn) >= mock_gpu_count)
		return PCIBIOS_DEVICE_NOT_FOUND;
	*value = config_word(where) >> (where & 3) * 8;
	if (size < 4)
		*value &= (1U << size * 8) - 1;
	return PCIBIOS_SUCCESSFUL;
}

static int config_write(struct pci_bus *on, unsigned int devfn, int where,
			int size, u32 value)
{
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops ops = { .read = config_read, .write = config_write };

static int bus_create(void)
{
	int err;

	bridge = pci_alloc_host_bridge(0);
	if (!bridge)
		return -ENOMEM;
	pci_add_resource(&bridge->windows, &busn);
	bridge->sysdata = &sysdata;
	bridge->ops = &ops;
	pci_lock_rescan_remove();
	err = pci_scan_root_bus_bridge(bridge);
	if (!err) {
		bus = bridge->bus;
		pci_bus_add_devices(bus);
	}
	pci_unlock_rescan_remove();
	if (err)
		pci_free_host_bridge(bridge);
	return err;
}

static void gpu_init(struct mock_gpu *gpu, u32 nr, u64 heap)
{
	static const u8 uuid[16] = {
		0xfa, 0xce, 0x6b, 0x00, 0x11, 0x22, 0x43, 0x44,
		0x95, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0x00,
	};

	memset(gpu, 0, sizeof(*gpu));
	gpu->nr = nr;
	gpu->heap.total = heap;
	import_uuid(&gpu->uuid, uuid);
	gpu->uuid.b[15] = nr + 1;
	gpu->pci = pci_get_slot(bus, PCI_DEVFN(nr, 0));
	gpu->nv.pci_info.domain = PCI_DOMAIN;
	gpu->nv.pci_info.slot = nr;
	gpu->nv.pci_info.vendor = 0x10de;
	gpu->nv.pci_info.device = 0x2330;
	/* nv_pci_probe: a number made of domain, bus and slot */
	gpu->nv.gpu_id = PCI_DOMAIN << 16 | nr << 3;
}

/**
 * mock_gpu_init() - plug the GPUs in
 * @count: how many, at most MOCK_GPUS
 * @heap: bytes of video memory of each
 *
 * Return: 0 or a negative errno.
 */
int mock_gpu_init(unsigned int count, u64 heap)
{
	u32 nr;
	int err;

	if (!count || count > MOCK_GPUS || !heap)
		return -EINVAL;
	mock_gpu_count = count;
	err = bus_create();
	if (err)
		return err;
	for (nr = 0; nr < count; nr++)
		gpu_init(&mock_gpus[nr], nr, heap);
	return 0;
}

void mock_gpu_exit(void)
{
	u32 nr;

	for (nr = 0; nr < mock_gpu_count; nr++)
		pci_dev_put(mock_gpus[nr].pci);
	pci_lock_rescan_remove();
	pci_stop_root_bus(bus);
	pci_remove_root_bus(bus);
	pci_unlock_rescan_remove();
	pci_free_host_bridge(bridge);
}

/* What nv_start_device() leads to. */
void mock_gpu_attach(struct mock_gpu *gpu)
{
	WRITE_ONCE(gpu->attached, true);
}

bool mock_gpu_attached(const struct mock_gpu *gpu)
{
	return READ_ONCE(gpu->attached);
}

struct mock_gpu *mock_gpu_by_id(u32 gpu_id)
{
	u32 nr;

	for (nr = 0; nr < mock_gpu_count; nr++) {
		if (mock_gpus[nr].nv.gpu_id == gpu_id)
			return &mock_gpus[nr];
	}
	return NULL;
}

/* Its UUID or, where it is divided, that of an instance (mig.c). */
static bool same_gpu(const struct mock_gpu *gpu, const u8 *uuid)
{
	return !memcmp(&gpu->uuid, uuid, 14) && gpu->uuid.b[15] == uuid[15] &&
	       (gpu->nparts || gpu->uuid.b[14] == uuid[14]);
}

struct mock_gpu *mock_gpu_by_uuid(const void *uuid)
{
	u32 nr;

	for (nr = 0; nr < mock_gpu_count; nr++) {
		if (same_gpu(&mock_gpus[nr], uuid))
			return &mock_gpus[nr];
	}
	return NULL;
}
EXPORT_SYMBOL_GPL(mock_gpu_by_uuid);

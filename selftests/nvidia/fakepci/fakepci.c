// SPDX-License-Identifier: GPL-2.0
/*
 * A PCI function without hardware: vendor NVIDIA, and the class of an NVSwitch.
 * nvidia.ko loads where it sees one, also without a GPU, and then has its
 * control file, its clients and the interface to nvidia-uvm. There is nothing
 * behind the function, not even a BAR, so the driver's probe of it fails.
 */
#include <linux/module.h>
#include <linux/pci.h>

#define FAKEPCI_DOMAIN	1
#define FAKEPCI_DEVICE	0x2901

static struct pci_sysdata sysdata = {
	.domain = FAKEPCI_DOMAIN,
	.node = NUMA_NO_NODE,
};

static struct resource bus_numbers = {
	.name = "fakepci",
	.flags = IORESOURCE_BUS,
};

static struct pci_host_bridge *bridge;

/* The configuration space, by its 32-bit registers. */
static u32 config[PCI_CFG_SPACE_SIZE / 4] = {
	[PCI_VENDOR_ID / 4] = PCI_VENDOR_ID_NVIDIA | FAKEPCI_DEVICE << 16,
	[PCI_CLASS_REVISION / 4] = PCI_CLASS_BRIDGE_OTHER << 16,
};

static int fakepci_read(struct pci_bus *b, unsigned int devfn, int where,
			int size, u32 *value)
{
	PCI_SET_ERROR_RESPONSE(value);
	if (devfn)
		return PCIBIOS_DEVICE_NOT_FOUND;
	if (where + size > PCI_CFG_SPACE_SIZE)
		return PCIBIOS_BAD_REGISTER_NUMBER;
	*value = config[where / 4] >> where % 4 * 8;
	if (size < 4)
		*value &= BIT(size * 8) - 1;
	return PCIBIOS_SUCCESSFUL;
}

/* Only the command register keeps what is written, so there are no BARs. */
static int fakepci_write(struct pci_bus *b, unsigned int devfn, int where,
			 int size, u32 value)
{
	if (devfn)
		return PCIBIOS_DEVICE_NOT_FOUND;
	if (where == PCI_COMMAND && size >= 2)
		config[PCI_COMMAND / 4] = value & 0xffff;
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops fakepci_ops = {
	.read = fakepci_read,
	.write = fakepci_write,
};

static int __init fakepci_init(void)
{
	int err;

	bridge = pci_alloc_host_bridge(0);
	if (!bridge)
		return -ENOMEM;
	pci_add_resource(&bridge->windows, &bus_numbers);
	bridge->sysdata = &sysdata;
	bridge->ops = &fakepci_ops;
	pci_lock_rescan_remove();
	err = pci_scan_root_bus_bridge(bridge);
	if (!err)
		pci_bus_add_devices(bridge->bus);
	pci_unlock_rescan_remove();
	if (err)
		pci_free_host_bridge(bridge);
	return err;
}

static void __exit fakepci_exit(void)
{
	pci_lock_rescan_remove();
	pci_stop_root_bus(bridge->bus);
	pci_remove_root_bus(bridge->bus);
	pci_unlock_rescan_remove();
	pci_free_host_bridge(bridge);
}

module_init(fakepci_init);
module_exit(fakepci_exit);
MODULE_DESCRIPTION("a PCI function that makes NVIDIA's modules load");
MODULE_LICENSE("GPL");

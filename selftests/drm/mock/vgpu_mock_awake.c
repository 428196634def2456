// SPDX-License-Identifier: GPL-2.0
/*
 * What a guest lives on stays awake while its devices sleep: those of virtio,
 * of which 9p cannot come back from sleep, and has the programs.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm.h>

#define VIRTIO	0x1af4

static int keep_child(struct device *dev, void *awake)
{
	dev_pm_syscore_device(dev, awake);
	return device_for_each_child(dev, awake, keep_child);
}

static void keep(bool awake)
{
	struct pci_dev *pci = NULL;

	while ((pci = pci_get_device(VIRTIO, PCI_ANY_ID, pci)))
		keep_child(&pci->dev, awake ? pci : NULL);
}

static int __init mock_init(void)
{
	keep(true);
	return 0;
}

static void __exit mock_exit(void)
{
	keep(false);
}

module_init(mock_init);
module_exit(mock_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("vgpu maintainers");
MODULE_DESCRIPTION("Keeps the devices that a guest lives on awake");

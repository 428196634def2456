// SPDX-License-Identifier: GPL-2.0
/*
 * Devices in requests and replies.
 *
 * Anybody may list the devices that are present, since a quota is of no use
 * without their names. What others hold on them needs the capability, and so
 * do absent ones: somebody's quota named them.
 */
#include <linux/cgroup.h>
#include <linux/ctype.h>
#include <linux/string.h>

#include "account.h"
#include "compat.h"
#include "device.h"
#include "netlink.h"

/* A part of a device: nothing, or "/gi1", by what its driver calls it. */
static bool is_part(const char *rest)
{
	unsigned int digits = 0;

	if (!*rest)
		return true;
	if (!strstarts(rest, "/gi"))
		return false;
	for (rest += 3; isdigit(*rest); rest++)
		digits++;
	return digits && digits <= 3 && !*rest;
}

/* "0000:03:00.0", as lspci -D prints it, or a part of that. */
static bool is_pci_address(const char *name)
{
	static const char shape[] = "hhhh:hh:hh.";
	size_t i;

	for (i = 0; i < sizeof(shape) - 1; i++)
		if (shape[i] == 'h' ? !isxdigit(name[i]) : name[i] != shape[i])
			return false;
	return name[i] >= '0' && name[i] <= '7' && is_part(name + i + 1);
}

/* A name that is one device's for good, complete with its bus. */
static bool is_stable(const char *name)
{
	const char *rest;

	rest = name + str_has_prefix(name, "pci:");
	if (rest != name)
		return is_pci_address(rest);
	rest = name + str_has_prefix(name, "platform:");
	if (rest == name)
		rest = name + str_has_prefix(name, "GPU-");
	if (rest == name || !*rest)
		return false;
	for (; *rest; rest++)
		if (!isgraph(*rest) || *rest == '/')
			return false;
	return true;
}

/* Lower case and with its bus; @name has VGPU_DEVICE_NAME_MAX bytes. */
static void normalise(const char *given, char *name)
{
	if (is_pci_address(given))
		snprintf(name, VGPU_DEVICE_NAME_MAX, "pci:%s", given);
	else
		strscpy(name, given, VGPU_DEVICE_NAME_MAX);
	if (strstarts(name, "pci:"))
		for (; *name; name++)
			*name = tolower(*name);
}

static struct vgpu_device *by_name(const struct nlattr *attr, char *absent,
				   struct netlink_ext_ack *extack)
{
	char name[VGPU_DEVICE_NAME_MAX];
	struct vgpu_device *device;

	normalise(nla_data(attr), name);
	device = vgpu_device_by_name(name);
	if (device)
		return device;
	if (!absent) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "no such device: device-get lists them");
		return ERR_PTR(-ENODEV);
	}
	if (!is_stable(name)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "no such device; one that is absent is named pci:DDDD:BB:DD.F, with /giN for an instance of MIG, platform:NAME or GPU-UUID");
		return ERR_PTR(-ENODEV);
	}
	strscpy(absent, name, VGPU_DEVICE_NAME_MAX);
	return NULL;
}

/**
 * vgpu_nl_device - the device that a request names
 * @id: attribute with its id, or NULL
 * @name: attribute with a name of it, or NULL
 * @nest: that they are in, or NULL
 * @missing: type to name where both are missing
 * @absent: VGPU_DEVICE_NAME_MAX bytes for the stable name of a device that is
 *	yet to come; NULL where that is refused
 * @extack: says why not
 *
 * Return: a reference; NULL with @absent filled in; or an ERR_PTR.
 */
struct vgpu_device *vgpu_nl_device(struct nlattr *id, struct nlattr *name,
				   const struct nlattr *nest, int missing,
				   char *absent,
				   struct netlink_ext_ack *extack)
{
	struct vgpu_device *device;

	if (id && name) {
		NL_SET_ERR_MSG_ATTR(extack, name,
				    "name the device by id or by name, not by both");
		return ERR_PTR(-EINVAL);
	}
	if (!id && !name) {
		NL_SET_ERR_MSG(extack,
			       "no device is named: give its id or a name");
		NL_SET_ERR_ATTR_MISS(extack, nest, missing);
		return ERR_PTR(-EINVAL);
	}
	if (name)
		return by_name(name, absent, extack);
	device = vgpu_device_by_id(nla_get_u32(id));
	if (!device) {
		NL_SET_ERR_MSG_ATTR(extack, id,
				    "no device of that id: device-get lists them");
		return ERR_PTR(-ENODEV);
	}
	return device;
}

/**
 * struct entry - a device to show
 * @info: a copy of its names
 * @admin: show what all groups hold of it, too
 */
struct entry {
	struct vgpu_device_info info;
	bool admin;
};

/* What all groups hold is what the root group does. */
static int put_charged(struct sk_buff *skb, u32 id)
{
	struct vgpu_account *account;
	u64 bytes = 0;

	account = vgpu_account_find(cgroup_id(&cgrp_dfl_root.cgrp), id);
	if (account)
		bytes = atomic64_read(&account->mem[VGPU_MEM_DEVICE].usage);
	vgpu_account_put(account);
	return vgpu_nl_put_u64(skb, VGPU_A_DEVICE_CHARGED, bytes,
			       VGPU_A_DEVICE_PAD);
}

static int fill_device(struct sk_buff *skb, void *ctx)
{
	const struct entry *entry = ctx;
	const struct vgpu_device_info *info = &entry->info;
	unsigned int i;

	if (nla_put_u32(skb, VGPU_A_DEVICE_ID, info->id) ||
	    nla_put_string(skb, VGPU_A_DEVICE_NAME, info->name))
		return -EMSGSIZE;
	for (i = 0; i < info->naliases; i++)
		if (nla_put_string(skb, VGPU_A_DEVICE_ALIAS, info->aliases[i]))
			return -EMSGSIZE;
	if (info->driver[0] &&
	    nla_put_string(skb, VGPU_A_DEVICE_DRIVER, info->driver))
		return -EMSGSIZE;
	if (info->present && nla_put_flag(skb, VGPU_A_DEVICE_PRESENT))
		return -EMSGSIZE;
	if (info->total &&
	    vgpu_nl_put_u64(skb, VGPU_A_DEVICE_MEMORY_TOTAL, info->total,
			    VGPU_A_DEVICE_PAD))
		return -EMSGSIZE;
	if (info->parent &&
	    nla_put_u32(skb, VGPU_A_DEVICE_PARENT, info->parent))
		return -EMSGSIZE;
	return entry->admin ? put_charged(skb, info->id) : 0;
}

int vgpu_nl_device_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vgpu_device *device;
	struct entry entry;
	int ret;

	ret = vgpu_nl_begin(info, VGPU_NL_NO_MULTI);
	if (ret)
		return ret;
	device = vgpu_nl_device(info->attrs[VGPU_A_DEVICE_ID],
				info->attrs[VGPU_A_DEVICE_NAME], NULL,
				VGPU_A_DEVICE_NAME, NULL, info->extack);
	if (IS_ERR(device))
		return PTR_ERR(device);
	vgpu_device_info(device, &entry.info);
	vgpu_device_put(device);
	entry.admin = vgpu_nl_admin(skb);
	if (!entry.info.present && !entry.admin) {
		NL_SET_ERR_MSG(info->extack,
			       "no such device: device-get lists them");
		return -ENODEV;
	}
	return vgpu_nl_reply(info, VGPU_CMD_DEVICE_GET, fill_device, &entry);
}

static int start(struct netlink_callback *cb, struct vgpu_nl_dump *dump)
{
	struct nlattr **attrs = vgpu_dump_attrs(cb);

	/* None is allowed, so none can be given twice. */
	if (attrs[VGPU_A_DEVICE_ID] || attrs[VGPU_A_DEVICE_NAME]) {
		NL_SET_ERR_MSG(cb->extack,
			       "a dump shows all devices: ask for one without NLM_F_DUMP");
		return -EINVAL;
	}
	dump->admin = vgpu_nl_admin(cb->skb);
	dump->started = true;
	return 0;
}

int vgpu_nl_device_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct vgpu_nl_dump *dump = vgpu_nl_dump(cb);
	struct vgpu_device *device;
	struct entry entry;
	unsigned int generation;
	int ret = 0;

	if (!dump->started) {
		ret = start(cb, dump);
		if (ret)
			return ret;
	}
	entry.admin = dump->admin;
	do {
		generation = vgpu_device_generation();
		device = vgpu_device_next(dump->serial);
		if (!device)
			break;
		vgpu_device_info(device, &entry.info);
		vgpu_device_put(device);
		if (entry.info.present || entry.admin)
			ret = vgpu_nl_dump_entry(skb, cb, VGPU_CMD_DEVICE_GET,
						 generation, fill_device,
						 &entry);
		if (!ret)
			dump->serial = entry.info.id;
	} while (!ret);
	return vgpu_nl_dump_end(skb, cb, generation, ret);
}

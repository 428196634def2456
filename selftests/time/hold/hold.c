// SPDX-License-Identifier: GPL-2.0
/*
 * Holds the first call of one function as it returns, until it is told to let
 * go, so that what comes just behind it can be made to come late. Others run on
 * another CPU meanwhile.
 */
#include <linux/init.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#define AT_MOST	(5 * NSEC_PER_SEC)

static char *function;
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "the function to hold");

static bool held;
module_param(held, bool, 0444);
MODULE_PARM_DESC(held, "one has come");

static bool go;
module_param(go, bool, 0644);
MODULE_PARM_DESC(go, "it may go on");

static int returned(struct kretprobe_instance *call, struct pt_regs *regs)
{
	u64 end = ktime_get_ns() + AT_MOST;

	if (held)
		return 0;
	WRITE_ONCE(held, true);
	while (!READ_ONCE(go) && ktime_get_ns() < end)
		cpu_relax();
	return 0;
}

static struct kretprobe probe = { .handler = returned };

static int __init hold_init(void)
{
	if (!function)
		return -EINVAL;
	probe.kp.symbol_name = function;
	return register_kretprobe(&probe);
}

static void __exit hold_exit(void)
{
	unregister_kretprobe(&probe);
}

module_init(hold_init);
module_exit(hold_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("test: holds a function as it returns");

// SPDX-License-Identifier: GPL-2.0
/*
 * Holds one function as a livepatch would, and changes nothing in what it
 * does. Nobody else may then move the instruction pointer there.
 */
#include <linux/ftrace.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static char *function;
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "the function to hold");

static void notrace entered(unsigned long ip, unsigned long caller,
			    struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
}

static struct ftrace_ops ops = {
	.func = entered,
	.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY,
};

static int __init conflict_init(void)
{
	int ret;

	if (!function)
		return -EINVAL;
	ret = ftrace_set_filter(&ops, function, strlen(function), 1);
	if (ret)
		return ret;
	ret = register_ftrace_function(&ops);
	if (ret)
		ftrace_free_filter(&ops);
	return ret;
}

static void __exit conflict_exit(void)
{
	unregister_ftrace_function(&ops);
	ftrace_free_filter(&ops);
}

module_init(conflict_init);
module_exit(conflict_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("test: holds a function");

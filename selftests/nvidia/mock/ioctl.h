/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MOCK_IOCTL_H
#define MOCK_IOCTL_H

#include <linux/types.h>

int mock_card_info(struct card_info *cards, size_t size);
int mock_attach_gpus(const u32 *ids, size_t size);
bool mock_ioctl_valid(u32 nr, size_t size);

#endif /* MOCK_IOCTL_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MOCK_DEBUG_H
#define MOCK_DEBUG_H

void mock_debug_init(void);
void mock_debug_exit(void);
int mock_proc_init(void);
void mock_proc_exit(void);

#endif /* MOCK_DEBUG_H */

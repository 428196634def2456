/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MOCK_EXPORT_H
#define MOCK_EXPORT_H

struct nv_file_private;

void mock_export_free(struct nv_file_private *nvfp);

#endif /* MOCK_EXPORT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A client of nvidia-uvm. Functions return the driver's status word, as those
 * of rm.h do.
 */
#ifndef RMCLIENT_UVM_H
#define RMCLIENT_UVM_H

#include <stdint.h>

#include "rm.h"

/**
 * struct uvm - an address space
 * @fd: its file
 * @rm: the client whose memory is mapped
 * @partition: its subscription to an instance of MIG's, or 0
 * @uuid: of what was registered last, as UVM told it
 */
struct uvm {
	int fd;
	struct rm *rm;
	uint32_t partition;
	uint8_t uuid[16];
};

int uvm_open(struct uvm *uvm, struct rm *rm);
void uvm_close(struct uvm *uvm);

uint32_t uvm_initialize(struct uvm *uvm, uint64_t flags);
uint32_t uvm_mm_initialize(struct uvm *uvm, int second);
uint32_t uvm_register_gpu(struct uvm *uvm);
uint32_t uvm_unregister_gpu(struct uvm *uvm);
uint32_t uvm_register_vaspace(struct uvm *uvm, uint32_t vaspace);
uint32_t uvm_register_channel(struct uvm *uvm, uint32_t channel,
			      uint64_t base, uint64_t size);
uint32_t uvm_create_external(struct uvm *uvm, uint64_t base, uint64_t size);
uint32_t uvm_map_external(struct uvm *uvm, uint64_t base, uint64_t size,
			  uint32_t memory);
uint32_t uvm_free(struct uvm *uvm, uint64_t base, uint64_t size);
uint32_t uvm_semaphore_pool(struct uvm *uvm, uint64_t base, uint64_t size);
uint32_t uvm_pageable_access(struct uvm *uvm, uint8_t *possible);
void *uvm_managed(struct uvm *uvm, uint64_t size);
uint32_t uvm_migrate(struct uvm *uvm, void *base, uint64_t size, bool to_gpu);

#endif /* RMCLIENT_UVM_H */

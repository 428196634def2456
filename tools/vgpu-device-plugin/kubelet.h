/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kubelet's side: it is told where we are and what we offer, once in its
 * life and again when it was started anew.
 */
#ifndef KUBELET_H
#define KUBELET_H

#include <sys/stat.h>

#include "loop.h"
#include "options.h"

/**
 * struct kubelet - what we told whom
 * @loop: that tells what gRPC finished
 * @options: what we offer
 * @path: of its socket
 * @asked: its socket as it was when we told it
 * @calling: we are about to
 * @registered: it took that
 * @said: why it did not, which is logged once
 */
struct kubelet {
	struct loop *loop;
	const struct options *options;
	char path[2 * OPTIONS_TEXT];
	struct stat asked;
	bool calling;
	bool registered;
	char said[OPTIONS_TEXT];
};

/* Is it the kubelet that took our registration? */
bool kubelet_known(const struct kubelet *kubelet);
/* Is there one? */
bool kubelet_there(const struct kubelet *kubelet);
void kubelet_register(struct kubelet *kubelet);

#endif /* KUBELET_H */

# SPDX-License-Identifier: GPL-2.0
# Delegates: the kernel modules to Kbuild, the rest to the folders.

KDIR ?= /lib/modules/$(shell uname -r)/build
prefix ?= /usr
export prefix

all: modules userspace

modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

modules_install:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install

# Libraries, tools and test programs; no kernel headers needed.
userspace:
	$(MAKE) -C libvgpu all
	$(MAKE) -C tools all
	$(MAKE) -C selftests all

install:
	$(MAKE) -C libvgpu install
	$(MAKE) -C tools install

# Needs gRPC and protobuf-c, and is part of nothing else.
device-plugin:
	$(MAKE) -C tools device-plugin

demo:
	scripts/demo

check:
	scripts/check

bench:
	scripts/bench cost

clean:
	$(MAKE) -C libvgpu clean
	$(MAKE) -C tools clean
	$(MAKE) -C selftests clean
	[ ! -e $(KDIR) ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean

.PHONY: all modules modules_install userspace install device-plugin demo check bench clean

# SPDX-License-Identifier: GPL-2.0
# The plugin for Slurm, for ../Makefile; where Slurm's headers are, for it fits
# that version of Slurm only.

spank := $(srcdir)spank
spank_obj := $(O)/spank.obj
spank_flags := $(flags) -fPIC
# What it has in common with the programs, which is not built as it must be.
spank_common := share size
spank_objs := $(patsubst %,$(spank_obj)/%.o,spank_vgpu gres $(spank_common))

check: check-spank

$(spank_obj):
	mkdir -p $@

$(spank_obj)/%.o: $(spank)/%.c | $(spank_obj)
	$(CC) $(spank_flags) -MMD -MP $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(spank_obj)/%.o: $(common)/%.c | $(spank_obj)
	$(CC) $(spank_flags) -MMD -MP $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# What it calls of Slurm is in the program that loads it.
$(O)/spank_vgpu.so: $(spank_objs) $(spank)/spank.map $(libdir_built)/libvgpu.so
	$(CC) -shared -Wl,--version-script=$(spank)/spank.map $(CFLAGS) \
		$(LDFLAGS) -o $@ $(spank_objs) -L$(libdir_built) -lvgpu \
		-Wl,-rpath-link,$(libdir_built)

$(spank_obj)/test_gres: $(spank)/tests/test_gres.c $(spank)/gres.c \
		$(spank_common:%=$(common)/%.c) | $(spank_obj)
	$(test)

check-spank: $(spank_obj)/test_gres
	CMOCKA_MESSAGE_OUTPUT=TAP $(spank_obj)/test_gres

ifneq ($(wildcard /usr/include/slurm/spank.h),)
all: $(O)/spank_vgpu.so

install: install-spank
endif

install-spank: $(O)/spank_vgpu.so
	$(INSTALL) -d $(DESTDIR)$(spankdir) $(DESTDIR)$(mandir)/man8
	$(INSTALL) -m 644 $< $(DESTDIR)$(spankdir)/
	$(INSTALL) -m 644 $(spank)/man/spank_vgpu.8 $(DESTDIR)$(mandir)/man8/

clean: clean-spank

clean-spank:
	rm -rf $(spank_obj) $(O)/spank_vgpu.so

.PHONY: check-spank install-spank clean-spank

-include $(wildcard $(spank_obj)/*.d)

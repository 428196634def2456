# SPDX-License-Identifier: GPL-2.0
# The exporter, for ../Makefile.

exporter := $(srcdir)vgpu-exporter
exporter_obj := $(O)/vgpu-exporter.obj
exporter_flags := $(flags) -DPAGE_DIR='"$(exporter)/page"'
exporter_libs := $(shell $(PKG_CONFIG) --libs libmicrohttpd)
exporter_objs := $(patsubst $(exporter)/%.c,$(exporter_obj)/%.o, \
	$(wildcard $(exporter)/*.c))

all: $(O)/vgpu-exporter

$(exporter_obj):
	mkdir -p $@

$(exporter_objs): $(srcdir)../dkms.conf

# The files that it takes in as they are.
$(exporter_obj)/page.o: $(wildcard $(exporter)/page/*)

$(exporter_obj)/%.o: $(exporter)/%.c | $(exporter_obj)
	$(CC) $(exporter_flags) -MMD -MP $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(O)/vgpu-exporter: $(exporter_objs) $(common_lib) $(libdir_built)/libvgpu.so
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(exporter_objs) $(common_lib) \
		-L$(libdir_built) -lvgpu -Wl,-rpath-link,$(libdir_built) $(exporter_libs)

install: install-exporter

install-exporter: $(O)/vgpu-exporter
	$(INSTALL) -d $(DESTDIR)$(bindir) $(DESTDIR)$(mandir)/man8 \
		$(DESTDIR)$(completionsdir) $(DESTDIR)$(unitdir) \
		$(DESTDIR)$(datadir)
	$(INSTALL) $< $(DESTDIR)$(bindir)/
	$(INSTALL) -m 644 $(exporter)/completion/vgpu-exporter \
		$(DESTDIR)$(completionsdir)/
	$(INSTALL) -m 644 $(exporter)/man/vgpu-exporter.8 \
		$(DESTDIR)$(mandir)/man8/
	sed 's|/usr/bin/|$(bindir)/|' \
		$(exporter)/systemd/vgpu-exporter.service \
		>$(DESTDIR)$(unitdir)/vgpu-exporter.service
	$(INSTALL) -m 644 $(exporter)/monitoring/grafana-dashboard.json \
		$(exporter)/monitoring/prometheus-alerts.yml \
		$(DESTDIR)$(datadir)/

clean: clean-exporter

clean-exporter:
	rm -rf $(exporter_obj) $(O)/vgpu-exporter

.PHONY: install-exporter clean-exporter

-include $(wildcard $(exporter_obj)/*.d)

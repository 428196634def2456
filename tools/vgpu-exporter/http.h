/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The paths that are served. libmicrohttpd reads the requests.
 */
#ifndef HTTP_H
#define HTTP_H

#include "exporter.h"

struct MHD_Daemon;

struct MHD_Daemon *http_start(struct exporter *exporter);
void http_stop(struct MHD_Daemon *daemon);
/* To be polled for input, and then http_run() called. */
int http_fd(struct MHD_Daemon *daemon);
/* Milliseconds until http_run() must be called anyhow, or -1. */
int http_timeout(struct MHD_Daemon *daemon);
void http_run(struct MHD_Daemon *daemon);

/* The files of the page, which are part of the program (page.c). */
extern const char page_html[], page_html_end[];
extern const char page_css[], page_css_end[];
extern const char page_js[], page_js_end[];

#endif /* HTTP_H */

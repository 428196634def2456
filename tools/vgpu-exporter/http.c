// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "http.h"
#include "metrics.h"
#include "status.h"

/* A few scrapers and pages; more wait, and none for long. */
#define CONNECTIONS	32
#define TIMEOUT_S	30
/* Of the memory that a connection may take for its request. */
#define CONNECTION_MEMORY	16384

#define TYPE_TEXT	"text/plain; version=0.0.4; charset=utf-8"
#define TYPE_OPEN	"application/openmetrics-text; version=1.0.0; charset=utf-8"

/* Nothing from elsewhere, and nowhere else. */
#define POLICY \
	"default-src 'none'; script-src 'self'; style-src 'self'; " \
	"connect-src 'self'; img-src data:; frame-ancestors 'none'; " \
	"base-uri 'none'; form-action 'none'"

static void add_headers(struct MHD_Response *response, const char *type)
{
	MHD_add_response_header(response, "Content-Type", type);
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "Content-Security-Policy", POLICY);
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
}

static struct MHD_Response *respond_fixed(const char *data, size_t len,
					  const char *type)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(len,
						(void *)(uintptr_t)data,
						MHD_RESPMEM_PERSISTENT);

	if (response)
		add_headers(response, type);
	return response;
}

/* A text of ours, which the response frees. */
static struct MHD_Response *respond_text(struct text *text, const char *type)
{
	struct MHD_Response *response = NULL;

	if (!text->failed && text->data)
		response = MHD_create_response_from_buffer(text->len,
							   text->data,
							   MHD_RESPMEM_MUST_FREE);
	if (response)
		add_headers(response, type);
	else
		text_free(text);
	return response;
}

static ssize_t read_scrape(void *arg, uint64_t pos, char *buf, size_t max)
{
	ssize_t n = scrape_read(arg, buf, max);

	(void)pos;
	if (n < 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	return n ? n : MHD_CONTENT_READER_END_OF_STREAM;
}

static void free_scrape(void *arg)
{
	scrape_destroy(arg);
}

static struct MHD_Response *respond_metrics(struct exporter *exporter,
					    struct MHD_Connection *connection,
					    unsigned int *status)
{
	const char *accept = MHD_lookup_connection_value(connection,
							 MHD_HEADER_KIND,
							 "Accept");
	bool open = accept && strstr(accept, "application/openmetrics-text");
	struct scrape *scrape = scrape_create(exporter, open);
	struct MHD_Response *response;

	(void)status;
	if (!scrape)
		return NULL;
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 32768,
						     read_scrape, scrape,
						     free_scrape);
	if (!response)
		scrape_destroy(scrape);
	else
		add_headers(response, open ? TYPE_OPEN : TYPE_TEXT);
	return response;
}

static struct MHD_Response *respond_health(struct exporter *exporter,
					   struct MHD_Connection *connection,
					   unsigned int *status)
{
	struct snapshot *snapshot = exporter_snapshot(exporter);
	struct text text = { 0 };

	(void)connection;
	if (!snapshot)
		return NULL;
	if (snapshot->err)
		*status = MHD_HTTP_SERVICE_UNAVAILABLE;
	text_printf(&text, "%s\n", snapshot->err ? snapshot->error : "ok");
	snapshot_put(snapshot);
	return respond_text(&text, "text/plain; charset=utf-8");
}

static struct MHD_Response *respond_status(struct exporter *exporter,
					   struct MHD_Connection *connection,
					   unsigned int *status)
{
	struct snapshot *snapshot = exporter_snapshot(exporter);
	struct text text = { 0 };

	(void)connection;
	(void)status;
	if (!snapshot)
		return NULL;
	status_write(&text, exporter, snapshot);
	snapshot_put(snapshot);
	return respond_text(&text, "application/json");
}

static const struct path {
	const char *path;
	const char *type;
	const char *data;
	const char *end;
	struct MHD_Response *(*respond)(struct exporter *exporter,
					struct MHD_Connection *connection,
					unsigned int *status);
	bool page;
} paths[] = {
	{ .path = "/metrics", .respond = respond_metrics },
	{ .path = "/healthz", .respond = respond_health },
	{ .path = "/", .type = "text/html; charset=utf-8",
	  .data = page_html, .end = page_html_end, .page = true },
	{ .path = "/page.css", .type = "text/css; charset=utf-8",
	  .data = page_css, .end = page_css_end, .page = true },
	{ .path = "/page.js", .type = "text/javascript; charset=utf-8",
	  .data = page_js, .end = page_js_end, .page = true },
	{ .path = "/status.json", .respond = respond_status, .page = true },
};

static struct MHD_Response *respond_error(unsigned int *status,
					  unsigned int code,
					  const char *sentence)
{
	*status = code;
	return respond_fixed(sentence, strlen(sentence),
			     "text/plain; charset=utf-8");
}

static struct MHD_Response *respond(struct exporter *exporter,
				    struct MHD_Connection *connection,
				    const char *url, unsigned int *status)
{
	struct MHD_Response *response;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		if (strcmp(paths[i].path, url) ||
		    (paths[i].page && !exporter->options.page))
			continue;
		if (!paths[i].respond)
			return respond_fixed(paths[i].data,
					     (size_t)(paths[i].end -
						      paths[i].data),
					     paths[i].type);
		response = paths[i].respond(exporter, connection, status);
		if (response)
			return response;
		return respond_error(status, MHD_HTTP_INTERNAL_SERVER_ERROR,
				     "out of memory\n");
	}
	return respond_error(status, MHD_HTTP_NOT_FOUND,
			     "there is /metrics and /healthz\n");
}

static enum MHD_Result handle(void *arg, struct MHD_Connection *connection,
			      const char *url, const char *method,
			      const char *version, const char *upload,
			      size_t *upload_size, void **state)
{
	unsigned int status = MHD_HTTP_OK;
	struct MHD_Response *response;
	enum MHD_Result result;

	(void)version;
	(void)upload;
	(void)upload_size;
	(void)state;
	if (strcmp(method, "GET") && strcmp(method, "HEAD")) {
		response = respond_error(&status, MHD_HTTP_METHOD_NOT_ALLOWED,
					 "only GET and HEAD\n");
		if (response)
			MHD_add_response_header(response, "Allow", "GET, HEAD");
	} else {
		response = respond(arg, connection, url, &status);
	}
	if (!response)
		return MHD_NO;
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

/* Paths are compared as they came: no two spellings, and no NUL inside. */
static size_t keep_escaped(void *arg, struct MHD_Connection *connection,
			   char *string)
{
	(void)arg;
	(void)connection;
	return strlen(string);
}

struct MHD_Daemon *http_start(struct exporter *exporter)
{
	const struct sockaddr_storage *address = &exporter->options.address;
	unsigned int flags = MHD_USE_EPOLL;

	if (address->ss_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	return MHD_start_daemon(flags, 0, NULL, NULL, handle, exporter,
				MHD_OPTION_SOCK_ADDR, address,
				MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
				MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_S,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT,
				(size_t)CONNECTION_MEMORY,
				MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U,
				MHD_OPTION_STRICT_FOR_CLIENT, 1,
				MHD_OPTION_UNESCAPE_CALLBACK, keep_escaped,
				NULL,
				MHD_OPTION_END);
}

void http_stop(struct MHD_Daemon *daemon)
{
	if (daemon)
		MHD_stop_daemon(daemon);
}

int http_fd(struct MHD_Daemon *daemon)
{
	return MHD_get_daemon_info(daemon,
				   MHD_DAEMON_INFO_EPOLL_FD)->listen_fd;
}

int http_timeout(struct MHD_Daemon *daemon)
{
	unsigned long long ms;

	if (MHD_get_timeout(daemon, &ms) != MHD_YES)
		return -1;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

void http_run(struct MHD_Daemon *daemon)
{
	MHD_run(daemon);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool top on a terminal. Signals are taken as data, from a signalfd, so
 * that none ends the program before the terminal is as it was.
 */
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <ncurses.h>

#include "size.h"
#include "top.h"

#define LINE_HEAD	2	/* the line of the column names */
#define OTHER_LINES	4	/* title, blank, names, keys */
#define BAR		20
#define WIDTH_MIN	40
#define CGROUP_MIN	12

/* Widths of the columns; the cgroup takes the rest. */
static const int widths[] = {
	[TOP_DEVICE] = 16,
	[TOP_USED] = 10,
	[TOP_LIMIT] = 10,
	[TOP_SHARE] = BAR + 8,
	[TOP_TIME] = 6,
	[TOP_DEMAND] = 8,
	[TOP_HELD] = 8,
	[TOP_REFUSED] = 8,
	[TOP_OBJECTS] = 8,
};

/* What does not fit goes in this order. */
static const enum top_column optional[] = {
	TOP_OBJECTS, TOP_REFUSED, TOP_SHARE, TOP_HELD, TOP_DEVICE, TOP_DEMAND,
	TOP_LIMIT, TOP_TIME,
};

/**
 * struct layout - which columns fit
 * @width: of each, 0 where it is left out
 */
struct layout {
	int width[TOP_COLUMNS];
};

static void lay_out(struct layout *layout)
{
	int left = COLS - CGROUP_MIN;
	size_t i;

	layout->width[TOP_CGROUP] = 0;
	for (i = TOP_DEVICE; i < TOP_COLUMNS; i++) {
		layout->width[i] = widths[i];
		left -= widths[i] + 1;
	}
	for (i = 0; left < 0 && i < ARRAY_SIZE(optional); i++) {
		left += widths[optional[i]] + 1;
		layout->width[optional[i]] = 0;
	}
	layout->width[TOP_CGROUP] = CGROUP_MIN + (left > 0 ? left : 0);
}

static bool left_aligned(enum top_column column)
{
	return column == TOP_CGROUP || column == TOP_DEVICE ||
	       column == TOP_SHARE;
}

/* Of a name that is too long, the end tells more. */
static void put_cell(enum top_column column, int width, const char *text)
{
	int len = (int)strlen(text);

	if (len > width && column == TOP_CGROUP)
		printw("+%s ", text + len - width + 1);
	else if (left_aligned(column))
		printw("%-*.*s ", width, width, text);
	else
		printw("%*.*s ", width, width, text);
}

static void put_bar(const struct top_row *row)
{
	uint64_t share = row->share < 10000 ? row->share : 10000;
	int full = (int)(share * BAR / 10000);
	int i;

	if (row->limit == LIBVGPU_UNLIMITED) {
		printw("%*s", BAR + 9, "");
		return;
	}
	addch('[');
	if (share >= 9000)
		attron(A_BOLD);
	for (i = 0; i < BAR; i++)
		addch(i < full ? '#' : ' ');
	attroff(A_BOLD);
	printw("] %3" PRIu64 "%%  ", row->share / 100);
}

static void put_row(const struct layout *layout, const struct top_row *row)
{
	char text[SIZE_TEXT];
	const int *w = layout->width;
	enum top_column c;

	put_cell(TOP_CGROUP, w[TOP_CGROUP], row->cgroup);
	if (w[TOP_DEVICE])
		put_cell(TOP_DEVICE, w[TOP_DEVICE], row->device);
	put_cell(TOP_USED, w[TOP_USED], size_format(row->used, text));
	if (w[TOP_LIMIT])
		put_cell(TOP_LIMIT, w[TOP_LIMIT],
			 size_format(row->limit, text));
	if (w[TOP_SHARE])
		put_bar(row);
	for (c = TOP_TIME; c < TOP_COLUMNS; c++) {
		if (!w[c])
			continue;
		top_cell(row, c, text);
		put_cell(c, w[c], text);
	}
}

static void put_head(const struct layout *layout, const struct top *top)
{
	enum top_column c;

	move(LINE_HEAD, 0);
	for (c = 0; c < TOP_COLUMNS; c++) {
		if (!layout->width[c])
			continue;
		if (c == top->sort)
			attron(A_REVERSE);
		put_cell(c, layout->width[c], top_column_name(c));
		attroff(A_REVERSE);
	}
}

static void put_title(const struct top *top, const char *error)
{
	char clock[16];
	time_t now = time(NULL);
	struct tm tm;

	strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&now, &tm));
	mvprintw(0, 0, "vgpu-tool top  %s  every %d.%d s  %zu row%s", clock,
		 top->interval_ms / 1000, top->interval_ms % 1000 / 100,
		 top->n, top->n == 1 ? "" : "s");
	if (error)
		mvprintw(1, 0, "cannot look: %s", error);
}

static size_t rows_shown(void)
{
	int n = LINES - OTHER_LINES;

	return n > 0 ? (size_t)n : 0;
}

static void draw(struct top *top, const char *error)
{
	size_t i, shown = rows_shown();
	struct layout layout;

	erase();
	if (!shown || getmaxx(stdscr) < WIDTH_MIN) {
		mvaddstr(0, 0, "too small");
		refresh();
		return;
	}
	if (top->offset + shown > top->n)
		top->offset = top->n > shown ? top->n - shown : 0;
	lay_out(&layout);
	put_title(top, error);
	put_head(&layout, top);
	for (i = 0; i < shown && top->offset + i < top->n; i++) {
		move(LINE_HEAD + 1 + (int)i, 0);
		put_row(&layout, &top->row[top->offset + i]);
	}
	if (!top->n)
		mvaddstr(LINE_HEAD + 1, 0, "no group has used a device yet");
	mvaddstr(LINES - 1, 0,
		 "q quit  s sort  left/right column  r reverse  up/down scroll");
	refresh();
}

/* The next column that can be sorted by, forwards or backwards. */
static void step_sort(struct top *top, int step)
{
	top->sort = (enum top_column)((top->sort + TOP_COLUMNS + step) %
				      TOP_COLUMNS);
	top_sort(top);
}

static void scroll_by(struct top *top, long rows)
{
	if (rows < 0 && top->offset < (size_t)-rows)
		top->offset = 0;
	else
		top->offset += (size_t)rows;
}

/* Handle one key; false to quit. */
static bool key(struct top *top, int c)
{
	switch (c) {
	case 'q':
	case 'Q':
		return false;
	case 's':
	case KEY_RIGHT:
		step_sort(top, 1);
		break;
	case KEY_LEFT:
		step_sort(top, -1);
		break;
	case 'r':
		top->reverse = !top->reverse;
		top_sort(top);
		break;
	case KEY_UP:
		scroll_by(top, -1);
		break;
	case KEY_DOWN:
		scroll_by(top, 1);
		break;
	case KEY_PPAGE:
		scroll_by(top, -(long)rows_shown());
		break;
	case KEY_NPAGE:
		scroll_by(top, (long)rows_shown());
		break;
	}
	return true;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Look and draw until a key or a signal ends it; returns the signal or 0. */
static int loop(struct tool *tool, struct top *top, int signals)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	struct signalfd_siginfo info;
	int64_t next = 0, now;
	int c, err = 0;

	for (;;) {
		now = now_ms();
		if (now >= next) {
			err = top_collect(tool, top);
			next = now + top->interval_ms;
		}
		draw(top, err ? vgpu_ctx_error(tool->ctx) : NULL);
		now = now_ms();
		/* A resize interrupts this; its key follows. */
		poll(fds, ARRAY_SIZE(fds), next > now ? (int)(next - now) : 0);
		if (fds[1].revents &&
		    read(signals, &info, sizeof(info)) ==
		    (ssize_t)sizeof(info))
			return (int)info.ssi_signo;
		while ((c = getch()) != ERR)
			if (!key(top, c))
				return 0;
		/* The terminal has gone, and no signal said so. */
		if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
			return SIGHUP;
	}
}

/*
 * A bug of ours must not cost the user the terminal. endwin() is not made for
 * signal handlers, but there is nothing left to lose: should it crash as well,
 * the signal has its default effect by now.
 */
static void crash(int sig)
{
	endwin();
	raise(sig);
}

static void catch_crashes(void)
{
	static const int crashes[] = {
		SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS,
	};
	struct sigaction action = {
		.sa_handler = crash,
		.sa_flags = (int)(SA_RESETHAND | SA_NODEFER),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(crashes); i++)
		sigaction(crashes[i], &action, NULL);
}

/* Show the table on the terminal. Returns the exit status. */
int top_live(struct tool *tool, struct top *top)
{
	SCREEN *screen;
	int signals, sig;
	sigset_t set;

	setlocale(LC_ALL, "");
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGPIPE);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return tool_fail(tool, -errno, "cannot start");
	screen = newterm(NULL, stdout, stdin);
	if (!screen) {
		close(signals);
		return tool_fail(tool, -ENOTTY,
				 "this terminal cannot show a live table; use --once");
	}
	catch_crashes();
	cbreak();
	noecho();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	curs_set(0);
	sig = loop(tool, top, signals);
	endwin();
	delscreen(screen);
	close(signals);
	if (sig) {
		/* End as the signal would have ended us. */
		signal(sig, SIG_DFL);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		raise(sig);
	}
	return STATUS_OK;
}

// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"
#include "script.h"
#include "tap.h"

static const char *expand(const char *text, char buf[static 256],
			  bool directory)
{
	if (*text != '@')
		return text;
	return directory ? cg_dir(text + 1, buf) : cg_path(text + 1, buf);
}

static void put_fd(struct msg *m, const struct step *step, int *fd)
{
	char buf[256];

	*fd = open(expand(step->text, buf, true), O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		bail("open %s: %s", step->text, strerror(errno));
	msg_u32(m, step->type, *fd);
}

static void put_id(struct msg *m, const struct step *step)
{
	struct stat st;
	char buf[256];

	if (stat(expand(step->text, buf, true), &st))
		bail("stat %s: %s", step->text, strerror(errno));
	msg_u64(m, step->type, st.st_ino);
}

static void put_bytes(struct msg *m, const struct step *step, char letter)
{
	static char bytes[8192];

	memset(bytes, letter, step->value);
	bytes[step->value] = '\0';
	msg_put(m, step->type, bytes, step->value + !!letter);
}

/* Whole nests; @nest tells a step that spoils one where it begins. */
static void put_group(struct msg *m, const struct step *step, size_t *nest)
{
	char buf[256];

	*nest = msg_nest(m, step->type);
	msg_string(m, VGPU_A_GROUP_CGROUP_PATH,
		   expand(step->text, buf, false));
	msg_end(m, *nest);
}

static void put_entry(struct msg *m, const struct step *step, size_t *nest)
{
	*nest = msg_nest(m, VGPU_A_QUOTA_ENTRY);
	msg_string(m, VGPU_A_QUOTA_ENTRY_DEVICE_NAME, step->text);
	msg_u64(m, step->type, step->value);
	msg_end(m, *nest);
}

static void put(struct msg *m, const struct step *step, size_t *nests,
		unsigned int *depth, int *fd)
{
	struct nlattr *attr;
	char buf[256];

	switch (step->kind) {
	case STEP_LAST:
		break;
	case STEP_U32:
		msg_u32(m, step->type, step->value);
		break;
	case STEP_U64:
		msg_u64(m, step->type, step->value);
		break;
	case STEP_STRING:
		msg_string(m, step->type, expand(step->text, buf, false));
		break;
	case STEP_FLAG:
		msg_flag(m, step->type);
		break;
	case STEP_ZEROS:
		put_bytes(m, step, '\0');
		break;
	case STEP_LETTERS:
		put_bytes(m, step, 'a');
		break;
	case STEP_BARE:
		msg_put(m, step->type, step->text, strlen(step->text));
		break;
	case STEP_NEST:
		nests[(*depth)++] = msg_nest(m, step->type);
		break;
	case STEP_BARE_NEST:
		nests[(*depth)++] = m->len;
		msg_put(m, step->type, NULL, 0);
		break;
	case STEP_END:
		msg_end(m, nests[--*depth]);
		break;
	case STEP_GROUP:
		put_group(m, step, &nests[*depth]);
		break;
	case STEP_ENTRY:
		put_entry(m, step, &nests[*depth]);
		break;
	case STEP_OPEN:
		nests[(*depth)++] = msg_nest(m, step->type);
		msg_string(m, VGPU_A_QUOTA_ENTRY_DEVICE_NAME, step->text);
		break;
	case STEP_FD:
		put_fd(m, step, fd);
		break;
	case STEP_ID:
		put_id(m, step);
		break;
	case STEP_DUMP:
		m->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
		break;
	case STEP_CHOP:
		m->len -= step->value;
		break;
	case STEP_GROW:
		attr = (void *)(m->buf + nests[*depth]);
		attr->nla_len += step->value;
		break;
	}
}

struct answer script_ask(struct wire *w, const struct script *s)
{
	static struct msg m;
	unsigned int i, depth = 0;
	struct answer a;
	size_t nests[4];
	int fd = -1;

	msg_begin(&m, w, s->cmd, false);
	for (i = 0; i < STEPS_MAX && s->steps[i].kind != STEP_LAST; i++)
		put(&m, &s->steps[i], nests, &depth, &fd);
	a = ask(w, &m);
	if (fd >= 0)
		close(fd);
	return a;
}

static void refused(struct wire *w, const char *who, const struct script *s)
{
	struct answer a = script_ask(w, s);

	if (!ok(a.err == -s->err && a.text[0], "%s: %s: %s", who, s->name,
		a.text[0] ? a.text : "no sentence"))
		note("got %s, want %s", strerror(-a.err), strerror(s->err));
	answer_free(&a);
}

void scripts_refused(struct wire *w, const char *who,
		     const struct script *scripts, unsigned int n)
{
	struct answer *before = state_take(), *after;
	unsigned int i;

	for (i = 0; i < n; i++)
		refused(w, who, &scripts[i]);
	after = state_take();
	ok(state_same(before, after), "%s: %u refusals changed nothing", who,
	   n);
	state_free(before);
	state_free(after);
}

/* SPDX-License-Identifier: ISC */
#include "unit.h"
#include "facts.h"
#include "world.h"

#include <time.h>

enum { NAMES_MAX = 4, COMMANDS_MAX = 4, LIST_MAX = 16 };

static struct {
    struct aa_request request;
    struct aa_effective effective[COMMANDS_MAX];
    struct aa_known_name names[COMMANDS_MAX][NAMES_MAX];
    struct aa_variable variables[LIST_MAX];
    const char *lists[32][LIST_MAX];
    size_t lists_n;
    unsigned char doubts[COMMANDS_MAX][LIST_MAX];
    char text[2048];
    size_t text_n;
} made;

static const char *keep(const char *text, size_t n)
{
    char *copy = made.text + made.text_n;

    assert_true(made.text_n + n + 1 < sizeof(made.text));
    memcpy(copy, text, n);
    copy[n] = '\0';
    made.text_n += n + 1;
    return copy;
}

static struct aa_strings list_of(const char *text)
{
    const char **list = made.lists[made.lists_n++];
    size_t n = 0;

    assert_true(made.lists_n < AA_ARRAY_SIZE(made.lists));
    while (*text != '\0') {
        size_t length = strcspn(text, ",");

        assert_true(n < LIST_MAX);
        list[n++] = keep(text, length);
        text += length + (text[length] == ',');
    }
    return (struct aa_strings){ list, n };
}

static void add_name(const char *path)
{
    size_t at = made.request.effective_n - 1;
    struct aa_effective *effective = &made.effective[at];
    const char *slash = strrchr(path, '/');

    assert_true(effective->names_n < NAMES_MAX);
    made.names[at][effective->names_n++] =
        (struct aa_known_name){ path, slash == NULL ? path : slash + 1 };
}

static void add_command(const char *path)
{
    size_t at = made.request.effective_n++;

    assert_true(at < COMMANDS_MAX);
    made.effective[at] = (struct aa_effective){ .names = made.names[at], .resolved = path };
    add_name(path);
}

static void set_command(const char *path)
{
    made.request.effective_n = 0;
    add_command(path);
    made.request.command = path;
}

static void add_variable(const char *name, bool handed_over)
{
    struct aa_variable *variable = &made.variables[made.request.variables_n++];

    *variable = (struct aa_variable){ .name = name + (*name == '!' || *name == '~'),
                                      .added = *name != '~',
                                      .refused_why = *name == '!' ? "refused" : NULL };
    made.request.handed_over_n += handed_over;
}

static const char *or_absent(const char *value)
{
    return aa_streq(value, "-") ? NULL : value;
}

static void set_login(const char *value)
{
    struct aa_identity *login = &made.request.login;

    login->known = !aa_streq(value, "-");
    login->name = or_absent(value);
}

static bool set_text(const char *key, const char *value)
{
    struct aa_request *request = &made.request;
    const struct {
        const char *key;
        const char **text;
    } texts[] = {
        { "user", &request->user.name },     { "runas", &request->runas_user },
        { "runas-group", &request->runas_group }, { "host", &request->host },
        { "full", &request->host_full },     { "tty", &request->tty },
        { "rhost", &request->rhost },        { "cwd", &request->cwd },
        { "chroot", &request->chroot },      { "service", &request->service },
        { "opaque", &request->opaque_why },
    };
    const struct {
        const char *key;
        struct aa_strings *list;
    } lists[] = {
        { "groups", &request->user.groups },
        { "held", &request->user.held_groups },
        { "login-groups", &request->login.groups },
    };

    for (size_t i = 0; i < AA_ARRAY_SIZE(texts); i++) {
        if (aa_streq(key, texts[i].key)) {
            *texts[i].text = or_absent(value);
            return true;
        }
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(lists); i++) {
        if (aa_streq(key, lists[i].key)) {
            *lists[i].list = list_of(value);
            return true;
        }
    }
    return false;
}

static void set_doubt(const char *marks)
{
    size_t at = made.request.effective_n - 1, n = strlen(marks);
    struct aa_words *args = &made.effective[at].args;

    assert_int_equal(n, args->n);
    for (size_t i = 0; i < n; i++) {
        assert_non_null(strchr(".?+", marks[i]));
        made.doubts[at][i] = marks[i] == '.' ? AA_EXACT :
                             marks[i] == '?' ? AA_UNKNOWN : AA_SPREADS;
    }
    args->doubt = made.doubts[at];
}

static void set_time(const char *value)
{
    struct tm parts = { 0 };
    const char *end = strptime(value, "%Y-%m-%dT%H:%M", &parts);

    check(end != NULL && *end == '\0', "\"%s\" is no time", value);
    made.request.realtime_usec = (uint64_t)timegm(&parts) * 1000000;
}

static bool set_command_fact(const char *key, const char *value)
{
    size_t n = AA_MIN(made.request.effective_n, COMMANDS_MAX);
    struct aa_effective *last = &made.effective[n > 0 ? n - 1 : 0];

    if (aa_streq(key, "command"))
        set_command(value);
    else if (aa_streq(key, "second"))
        add_command(value);
    else if (aa_streq(key, "name"))
        add_name(value);
    else if (aa_streq(key, "args")) {
        struct aa_strings list = list_of(value);

        last->args = (struct aa_words){ list.v, NULL, list.n };
    } else if (aa_streq(key, "doubt"))
        set_doubt(value);
    else if (aa_streq(key, "writes"))
        last->writes_to = value;
    else if (aa_streq(key, "unbound"))
        last->unbound_why = "unbound";
    else if (aa_streq(key, "wrapped"))
        last->wrapped = true;
    else if (aa_streq(key, "builtin"))
        last->builtin = true;
    else if (aa_streq(key, "unresolved"))
        last->resolved = NULL;
    else if (aa_streq(key, "nothing"))
        made.request.effective_n = 0;
    else
        return false;
    return true;
}

static void set_fact(const char *key, const char *value)
{
    struct aa_request *request = &made.request;

    if (set_text(key, value) || set_command_fact(key, value))
        return;
    if (aa_streq(key, "at"))
        set_time(value);
    else if (aa_streq(key, "login"))
        set_login(value);
    else if (aa_streq(key, "uid"))
        request->user.uid = (uid_t)atoi(value);
    else if (aa_streq(key, "runas-uid"))
        request->runas_uid = (uid_t)atoi(value);
    else if (aa_streq(key, "runas-system"))
        request->runas_is_system = true;
    else if (aa_streq(key, "frontend"))
        request->frontend = aa_streq(value, "pam") ? AA_FRONTEND_PAM : AA_FRONTEND_SUDO;
    else if (aa_streq(key, "env"))
        add_variable(value, true);
    else if (aa_streq(key, "set"))
        add_variable(value, false);
    else if (aa_streq(key, "edit"))
        request->edit = true;
    else if (aa_streq(key, "shell"))
        request->interactive_shell = true;
    else if (aa_streq(key, "intercepted"))
        request->intercepted = true;
    else
        fail_msg("there is no fact \"%s\"", key);
}

static void set_defaults(void)
{
    struct aa_request *request = &made.request;

    memset(&made, 0, sizeof(made));
    request->frontend = AA_FRONTEND_SUDO;
    request->service = "sudo";
    set_time("2027-03-03T12:00");
    request->user = (struct aa_identity){ true, 1000, "alice", list_of("users,wheel"), { 0 } };
    request->login = (struct aa_identity){ true, 1000, "alice", list_of("users,wheel"), { 0 } };
    request->tty = "/dev/pts/1";
    request->cwd = "/home/alice";
    request->runas_user = "root";
    request->host = "web-1";
    request->host_full = "web-1.example.com";
    request->effective = made.effective;
    request->variables = made.variables;
    set_command("/usr/bin/id");
}

const struct aa_request *facts_request(const char *line)
{
    set_defaults();
    while (*line != '\0') {
        size_t n = strcspn(line, " "), key = strcspn(line, "= ");

        if (key < n)
            set_fact(keep(line, key), keep(line + key + 1, n - key - 1));
        else if (n > 0)
            set_fact(keep(line, n), "yes");
        line += n + (line[n] == ' ');
    }
    return &made.request;
}

const char *facts_decide(const struct aa_snapshot *snapshot, const struct aa_request *request,
                         struct aa_outcome *ret)
{
    static char text[256];
    struct aa_fault fault = { 0 };

    if (aa_decide_policy(snapshot, request, ret, NULL, NULL, &fault) < 0) {
        assert_true(fault.id != AA_FAULT_NONE && fault.detail[0] != '\0');
        snprintf(text, sizeof(text), "error %s", aa_fault_name(fault.id));
    } else {
        assert_int_equal(fault.id, AA_FAULT_NONE);
        snprintf(text, sizeof(text), "%s %s", aa_action_name(ret->action), ret->name);
    }
    return text;
}

void facts_check(const char *policy, const struct facts_row *rows, size_t n)
{
    _cleanup_buffer_ struct aa_buffer data = AA_BUFFER_INIT(0);
    struct aa_snapshot snapshot;
    struct aa_fault fault = { 0 };

    world_compile(policy, &data);
    check(aa_snapshot_from_memory(data.data, data.length, &snapshot, &fault) == 0, "%s",
          fault.detail);
    for (size_t i = 0; i < n; i++) {
        struct aa_outcome outcome;
        const char *answer = facts_decide(&snapshot, facts_request(rows[i].facts), &outcome);

        check(aa_streq(answer, rows[i].wanted), "%s\n\"%s\": %s, wanted %s", policy, rows[i].facts,
              answer, rows[i].wanted);
    }
}

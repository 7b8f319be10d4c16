/* SPDX-License-Identifier: ISC */
#include "because.h"

#include "mask/mask.h"
#include "policy/clock.h"
#include "policy/network.h"

enum { NAMES_MAX = 8, TEXT_MAX = 200 };

/* Cut, so that no argument of a megabyte stands in one line. */
static void add_text(struct aa_buffer *out, const char *text)
{
    size_t length = strnlen(text, TEXT_MAX + 1);

    if (length > TEXT_MAX) {
        for (length = TEXT_MAX; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80;)
            length--;
    }
    aa_mask_add(out, text, length);
    if (text[length] != '\0')
        aa_buffer_add_text(out, "…");
}

static void add_word(struct aa_buffer *out, const char *word)
{
    for (; *word != '\0'; word++) { /* a glob is compiled: its stars are other bytes */
        size_t plain = strcspn(word, "\xfe\xff");

        aa_mask_add(out, word, plain);
        word += plain;
        if (*word == '\0')
            return;
        aa_buffer_add_text(out, (unsigned char)*word == 0xfe ? "**" : "*");
    }
}

static const char *day_name(unsigned weekday)
{
    static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

    return weekday < 7 ? names[weekday] : "?";
}

/* mon-fri 09:00-17:00, as the compiler packed it (policy/clock.h). */
static void add_time_word(struct aa_buffer *out, uint32_t word)
{
    uint32_t from = word >> 7 & 0x7ff, to = word >> 18 & 0x7ff;
    bool first = true;

    for (unsigned day = 0; day < 7 && (word & 0x7f) != 0x7f; day++) {
        if ((word & 1u << day) != 0)
            aa_buffer_printf(out, "%s%s", first ? "" : ",", day_name(day));
        first = first && (word & 1u << day) == 0;
    }
    aa_buffer_printf(out, "%s%02u:%02u-%02u:%02u", first ? "" : " ", from / 60, from % 60, to / 60,
                     to % 60);
}

static void add_wanted(struct aa_buffer *out, const struct aa_snapshot *snapshot,
                       const struct aa_snap_condition *condition)
{
    const struct aa_snap_word *words = aa_snapshot_words(snapshot, condition->words);
    char text[AA_NETWORK_TEXT_SIZE];
    struct aa_address network;

    aa_buffer_printf(out, "when %s%s", condition->negated ? "not " : "",
                     aa_key_name((enum aa_key)condition->key));
    for (uint32_t i = 0; words != NULL && i < condition->words.count; i++) {
        const char *word = aa_snapshot_text(snapshot, words[i].text);

        aa_buffer_add_byte(out, ' ');
        if (condition->key == AA_KEY_TIME && (word == NULL || *word == '\0'))
            add_time_word(out, words[i].number);
        else if ((words[i].flags & AA_WORD_REST) != 0)
            aa_buffer_add_text(out, "...");
        else if ((words[i].flags & AA_WORD_NETWORK) != 0 && word != NULL &&
                 aa_address_from_hex(word, &network)) {
            aa_network_write(&network, words[i].number, text);
            add_word(out, text);
        } else {
            add_word(out, word == NULL ? "?" : word);
        }
    }
}

/* ---- what there was ---- */

static void add_value(struct aa_buffer *out, const char *value, const char *otherwise)
{
    aa_buffer_add_text(out, value == NULL ? otherwise : "it is ");
    if (value != NULL)
        add_text(out, value);
}

static void add_identity(struct aa_buffer *out, const struct aa_request *request)
{
    aa_buffer_add_text(out, "it is ");
    add_text(out, request->user.name);
    if (request->login.known && request->login.uid != request->user.uid) {
        aa_buffer_add_text(out, ", logged in as ");
        add_text(out, request->login.name);
    }
}

static void add_groups_of(struct aa_buffer *out, const struct aa_identity *identity)
{
    add_text(out, identity->name);
    aa_buffer_add_text(out, identity->groups.n == 0 ? " is in none" : " is in ");
    for (size_t i = 0; i < identity->groups.n && i < NAMES_MAX; i++) {
        aa_buffer_add_text(out, i == 0 ? "" : ", ");
        add_text(out, identity->groups.v[i]);
    }
    if (identity->groups.n > NAMES_MAX)
        aa_buffer_printf(out, " and %zu more", identity->groups.n - NAMES_MAX);
}

const char *because_command_name(const struct aa_effective *effective)
{
    return effective->resolved != NULL ? effective->resolved :
           effective->names_n > 0      ? effective->names[0].path : "?";
}

static void add_commands(struct aa_buffer *out, const struct aa_request *request)
{
    if (request->effective_n == 0)
        aa_buffer_add_text(out, "there is none");
    for (size_t i = 0; i < request->effective_n && i < NAMES_MAX; i++) {
        aa_buffer_add_text(out, i > 0 ? ", " : request->effective_n > 1 ? "they are " : "it is ");
        add_text(out, because_command_name(&request->effective[i]));
    }
    if (request->effective_n > NAMES_MAX)
        aa_buffer_printf(out, " and %zu more", request->effective_n - NAMES_MAX);
}

static void add_arguments(struct aa_buffer *out, const struct aa_request *request)
{
    const struct aa_words *args = request->effective_n > 0 ? &request->effective[0].args : NULL;

    if (request->effective_n > 1) {
        aa_buffer_add_text(out, "no command with fitting arguments was left");
        return;
    }
    if (args == NULL || args->n == 0) {
        aa_buffer_add_text(out, "there are none");
        return;
    }
    aa_buffer_add_text(out, args->n > 1 ? "they are " : "it is ");
    aa_mask_add_command(out, NULL, args->v[0], args->v + 1, args->n - 1, TEXT_MAX, NULL);
}

static void add_variables(struct aa_buffer *out, const struct aa_request *request)
{
    size_t n = 0;

    for (size_t i = 0; i < request->variables_n; i++) {
        if (!request->variables[i].added)
            continue;
        if (n < NAMES_MAX) {
            aa_buffer_add_text(out, n > 0 ? ", " : "the caller adds ");
            add_text(out, request->variables[i].name);
        }
        n++;
    }
    if (n == 0)
        aa_buffer_add_text(out, "the caller adds none");
    else if (n > NAMES_MAX)
        aa_buffer_printf(out, " and %zu more", n - NAMES_MAX);
}

void because_add_time(struct aa_buffer *out, const struct aa_snapshot *snapshot, uint64_t usec)
{
    struct aa_local_time time;

    if (aa_local_time(snapshot, usec, &time) < 0)
        return;
    aa_buffer_printf(out, "%s %04u-%02u-%02u %02u:%02u", day_name(time.weekday), time.year,
                     time.month, time.day, time.hour, time.minute);
    if (time.zone != NULL && *time.zone != '\0') {
        aa_buffer_add_byte(out, ' ');
        add_text(out, time.zone);
    }
}

static bool is_wrapped(const struct aa_request *request)
{
    for (size_t i = 0; i < request->effective_n; i++) {
        if (request->effective[i].wrapped)
            return true;
    }
    return false;
}

static const char *yes_or_no(bool yes, const char *a, const char *b)
{
    return yes ? a : b;
}

static void add_actual(struct aa_buffer *out, const struct aa_snapshot *snapshot,
                       const struct aa_snap_condition *condition, const struct aa_request *request)
{
    switch ((enum aa_key)condition->key) {
    case AA_KEY_USER:
    case AA_KEY_AGENT:
        add_identity(out, request);
        break;
    case AA_KEY_GROUP:
        add_groups_of(out, &request->user);
        if (request->login.known && request->login.uid != request->user.uid) {
            aa_buffer_add_text(out, "; ");
            add_groups_of(out, &request->login);
        }
        break;
    case AA_KEY_RUNAS:
        add_value(out, request->runas_user, "it is not known");
        break;
    case AA_KEY_RUNAS_GROUP:
        add_value(out, request->runas_group, "none was asked for");
        break;
    case AA_KEY_HOST:
        add_value(out, request->host_full != NULL ? request->host_full : request->host,
                  "its name is not known");
        break;
    case AA_KEY_FRONTEND:
        add_value(out, aa_frontend_name(request->frontend), "it is not known");
        break;
    case AA_KEY_SERVICE:
        add_value(out, request->service, "there is none");
        break;
    case AA_KEY_CWD:
        add_value(out, request->cwd, "there is none");
        break;
    case AA_KEY_TTY:
        add_value(out, request->tty, "there is none");
        break;
    case AA_KEY_RHOST:
        add_value(out, request->rhost, "there is none");
        break;
    case AA_KEY_TIME:
        aa_buffer_add_text(out, "it is ");
        because_add_time(out, snapshot, request->realtime_usec);
        break;
    case AA_KEY_COMMAND:
        add_commands(out, request);
        break;
    case AA_KEY_ARGS:
        add_arguments(out, request);
        break;
    case AA_KEY_LABEL:
        aa_buffer_add_text(out, "not with its operands");
        break;
    case AA_KEY_ENV:
        add_variables(out, request);
        break;
    case AA_KEY_INTERACTIVE_SHELL:
        aa_buffer_add_text(out, yes_or_no(request->interactive_shell, "it is one", "it is none"));
        break;
    case AA_KEY_EDIT:
        aa_buffer_add_text(out, yes_or_no(request->edit, "it is sudoedit", "it is not sudoedit"));
        break;
    case AA_KEY_INTERCEPTED:
        aa_buffer_add_text(out, yes_or_no(request->intercepted, "it is", "it is not"));
        break;
    case AA_KEY_OPAQUE:
        aa_buffer_add_text(out, yes_or_no(request->opaque_why != NULL, "it is",
                                          "all of it can be read"));
        break;
    case AA_KEY_WRAPPED:
        aa_buffer_add_text(out, yes_or_no(is_wrapped(request), "it is",
                                          "no command is inside another"));
        break;
    default:
        aa_buffer_add_text(out, "it does not hold");
    }
}

static bool needs_command(uint32_t key)
{
    return key == AA_KEY_COMMAND || key == AA_KEY_ARGS || key == AA_KEY_LABEL ||
           key == AA_KEY_EDIT || key == AA_KEY_OPAQUE || key == AA_KEY_WRAPPED || key == AA_KEY_ENV;
}

void because_add(struct aa_buffer *out, const struct aa_snapshot *snapshot,
                 const struct aa_request *request, const struct aa_snap_rule *rule,
                 const struct aa_rule_result *result)
{
    const struct aa_snap_condition *condition;
    struct aa_snap_range range = rule->conditions;

    if (result->holds)
        return;
    if (result->limit != NULL) {
        aa_mask_add_text(out, result->limit);
        if (result->limit_detail != NULL && *result->limit_detail != '\0') {
            aa_buffer_add_text(out, ": ");
            add_text(out, result->limit_detail);
        }
        return;
    }
    range.first += (uint32_t)result->failed_condition;
    range.count = 1;
    condition = aa_snapshot_elements(snapshot, AA_SECTION_CONDITIONS, range);
    if (condition == NULL || aa_key_name((enum aa_key)condition->key) == NULL)
        return;
    add_wanted(out, snapshot, condition);
    aa_buffer_add_text(out, ": ");
    if (request->frontend == AA_FRONTEND_PAM && needs_command(condition->key))
        aa_buffer_add_text(out, "a login has no command");
    else
        add_actual(out, snapshot, condition, request);
}

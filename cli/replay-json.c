/* SPDX-License-Identifier: ISC */
/* What a replay found, for programs: one object. */
#include <errno.h>

#include "base/text.h"
#include "record/record.h"
#include "replay.h"

static void add_text(struct aa_buffer *out, const char *name, const char *text)
{
    aa_buffer_printf(out, "\"%s\":", name);
    if (text == NULL)
        aa_buffer_add_text(out, "null");
    else
        aa_text_add_json(out, text, strlen(text));
}

static void add_number(struct aa_buffer *out, const char *name, uint64_t number)
{
    aa_buffer_printf(out, ",\"%s\":%llu", name, (unsigned long long)number);
}

static void add_time(struct aa_buffer *out, const char *name, uint64_t usec, bool known)
{
    char text[AA_TIME_SIZE];

    aa_format_time(usec, text);
    aa_buffer_add_byte(out, ',');
    add_text(out, name, known ? text : NULL);
}

static void add_matrix(struct aa_buffer *out, const struct replay *replay)
{
    uint64_t matrix[AA_ACTION_ASK + 1][AA_ACTION_ASK + 1];

    replay_matrix(replay, matrix);
    aa_buffer_add_text(out, ",\"was\":{");
    for (int i = AA_ACTION_ALLOW; i <= AA_ACTION_ASK; i++) {
        aa_buffer_printf(out, "%s\"%s\":{", i > AA_ACTION_ALLOW ? "," : "",
                         aa_action_name((enum aa_action)i));
        for (int j = AA_ACTION_ALLOW; j <= AA_ACTION_ASK; j++)
            aa_buffer_printf(out, "%s\"%s\":%llu", j > AA_ACTION_ALLOW ? "," : "",
                             aa_action_name((enum aa_action)j), (unsigned long long)matrix[i][j]);
        aa_buffer_add_byte(out, '}');
    }
    aa_buffer_add_byte(out, '}');
}

static void add_who_and_what(struct aa_buffer *out, const struct replayed *request)
{
    add_text(out, "user", request->user);
    aa_buffer_add_byte(out, ',');
    add_text(out, "runas", request->runas);
    aa_buffer_add_byte(out, ',');
    add_text(out, "command", request->command);
    add_number(out, "count", request->count);
}

static void add_change(struct aa_buffer *out, const struct replay_change *change, size_t limit)
{
    size_t shown = 0;

    aa_buffer_printf(out, "{\"before\":{\"action\":\"%s\",", aa_action_name(change->first->before));
    add_text(out, "rule", change->first->before_rule);
    aa_buffer_printf(out, "},\"after\":{\"action\":\"%s\",", aa_action_name(change->first->after));
    add_text(out, "rule", change->first->after_rule);
    aa_buffer_add_byte(out, '}');
    add_number(out, "count", change->count);
    add_number(out, "distinct", change->distinct);
    aa_buffer_add_text(out, ",\"examples\":[");
    for (const struct replayed *request = change->first; request != NULL && shown < limit;
         request = request->next) {
        if (!replayed_changes(request) || !replay_is_same_change(request, change->first))
            continue;
        aa_buffer_add_text(out, shown++ > 0 ? ",{" : "{");
        add_who_and_what(out, request);
        aa_buffer_add_byte(out, '}');
    }
    aa_buffer_add_text(out, "]}");
}

static void add_changes(struct aa_buffer *out, struct replay *replay, size_t limit)
{
    struct replay_change *changes;
    uint64_t left_out;
    size_t n;

    if (replay_changes(replay, &changes, &n, &left_out) < 0) {
        out->error = -ENOMEM;
        return;
    }
    aa_buffer_add_text(out, ",\"changes\":[");
    for (size_t i = 0; i < n; i++) {
        aa_buffer_add_text(out, i > 0 ? "," : "");
        add_change(out, &changes[i], limit);
    }
    aa_buffer_add_byte(out, ']');
    add_number(out, "changes_left_out", left_out);
}

static void add_uncertain(struct aa_buffer *out, const struct replay *replay, size_t limit)
{
    const struct replay_uncertain sum = replay_count_uncertain(replay);
    size_t shown = 0;

    aa_buffer_printf(out, ",\"uncertain\":{\"count\":%llu", (unsigned long long)sum.count);
    add_number(out, "distinct", sum.distinct);
    add_number(out, "values", sum.values);
    aa_buffer_add_text(out, ",\"examples\":[");
    for (const struct replayed *request = replay->first; request != NULL && shown < limit;
         request = request->next) {
        if (request->not_replayed || !request->uncertain)
            continue;
        aa_buffer_add_text(out, shown++ > 0 ? ",{" : "{");
        add_who_and_what(out, request);
        add_number(out, "values", request->masked);
        aa_buffer_add_text(out, ",\"without\":");
        if (request->after == AA_ACTION_NONE) {
            aa_buffer_add_text(out, "null}");
            continue;
        }
        aa_buffer_printf(out, "{\"action\":\"%s\",", aa_action_name(request->after));
        add_text(out, "rule", request->after_rule);
        aa_buffer_add_text(out, "}}");
    }
    aa_buffer_add_text(out, "]}");
}

static void add_people(struct aa_buffer *out, const char *name, const struct replay_tallies *tallies,
                       bool before)
{
    aa_buffer_printf(out, ",\"%s\":[", name);
    for (size_t i = 0; i < tallies->n; i++) {
        aa_buffer_add_text(out, i > 0 ? ",{" : "{");
        add_text(out, "name", tallies->v[i].name);
        if (before)
            add_number(out, "before", tallies->v[i].before);
        add_number(out, "after", tallies->v[i].after);
        aa_buffer_add_byte(out, '}');
    }
    aa_buffer_add_byte(out, ']');
}

static void add_not_replayed(struct aa_buffer *out, const struct replay *replay)
{
    uint64_t elsewhere = 0;

    aa_buffer_add_text(out, ",\"not_replayed\":[");
    for (size_t i = 0; i < replay->reasons_n; i++) {
        aa_buffer_add_text(out, i > 0 ? ",{" : "{");
        add_text(out, "why", replay->reasons[i].why);
        add_number(out, "count", replay->reasons[i].count);
        aa_buffer_add_byte(out, ',');
        add_text(out, "example", replay->reasons[i].example);
        aa_buffer_add_byte(out, '}');
    }
    aa_buffer_add_byte(out, ']');
    for (const struct replayed *request = replay->first; request != NULL; request = request->next)
        elsewhere += request->elsewhere && replayed_is_decided(request) ? request->count : 0;
    add_number(out, "elsewhere", elsewhere);
    add_number(out, "by_root", replay->by_root);
    add_number(out, "without_policy", replay->without_policy);
    add_number(out, "unreadable", replay->unreadable);
}

void replay_json(struct aa_buffer *out, struct replay *replay, const struct replay_view *view)
{
    bool any = replay->requests > 0;

    aa_buffer_printf(out, "{\"requests\":%llu", (unsigned long long)replay->requests);
    add_number(out, "distinct", replay->distinct);
    add_time(out, "first", replay->first_usec, any);
    add_time(out, "last", replay->last_usec, any);
    aa_buffer_printf(out, ",\"days\":%.3f", replay_days(replay));
    add_matrix(out, replay);
    add_changes(out, replay, view->limit);
    add_uncertain(out, replay, view->limit);
    aa_buffer_add_text(out, ",\"prompts\":{\"counted\":\"in all, not a day\"");
    add_people(out, "requesters", &replay->requesters, true);
    add_people(out, "approvers", &replay->approvers, false);
    aa_buffer_add_byte(out, '}');
    add_not_replayed(out, replay);
    aa_buffer_add_text(out, ",\"assumed\":[");
    for (size_t i = 0; replay_assumptions[i] != NULL; i++) {
        aa_buffer_add_text(out, i > 0 ? "," : "");
        aa_text_add_json(out, replay_assumptions[i], strlen(replay_assumptions[i]));
    }
    aa_buffer_add_text(out, "]}\n");
}

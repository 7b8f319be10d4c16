/* SPDX-License-Identifier: ISC */
/* What a replay found, for people. */
#include <errno.h>

#include "because.h"
#include "base/text.h"
#include "mask/mask.h"
#include "replay.h"

enum { EXAMPLE_MAX = 160, PEOPLE_MAX = 200 };

#define DAY_USEC 86400e6

const char *const replay_assumptions[] = {
    "files, accounts and groups are as they are on this host now",
    "the environment is not recorded: a clean one is taken",
    "that sudo -s, -i or intercept was used is not recorded: it is taken as a plain command",
    NULL,
};

/* ---- sums ---- */

void replay_matrix(const struct replay *replay, uint64_t ret[AA_ACTION_ASK + 1][AA_ACTION_ASK + 1])
{
    memset(ret, 0, sizeof(uint64_t) * (AA_ACTION_ASK + 1) * (AA_ACTION_ASK + 1));
    for (const struct replayed *request = replay->first; request != NULL; request = request->next) {
        if (replayed_is_decided(request))
            ret[request->before][request->after] += request->count;
    }
}

struct replay_uncertain replay_count_uncertain(const struct replay *replay)
{
    struct replay_uncertain sum = { 0 };

    for (const struct replayed *request = replay->first; request != NULL; request = request->next) {
        if (request->not_replayed || !request->uncertain)
            continue;
        sum.count += request->count;
        sum.distinct++;
        sum.values += request->masked;
    }
    return sum;
}

/* From where it was asked to begin; never less than one, so that one hour makes no busy day. */
double replay_days(const struct replay *replay)
{
    uint64_t from = replay->since_usec > 0 ? replay->since_usec : replay->first_usec;
    uint64_t to = replay->until_usec != UINT64_MAX ? replay->until_usec : replay->last_usec;
    double days = to > from ? (double)(to - from) / DAY_USEC : 0;

    return days < 1 ? 1 : days;
}

bool replay_is_same_change(const struct replayed *a, const struct replayed *b)
{
    return a->before == b->before && a->after == b->after &&
           aa_streq(a->before_rule, b->before_rule) && aa_streq(a->after_rule, b->after_rule);
}

/* 0 is the gravest: what nobody is asked about any more, then what stops working. */
static int gravity(const struct replayed *request)
{
    if (request->before == request->after)
        return 3;
    return request->after == AA_ACTION_ALLOW ? 0 : request->after == AA_ACTION_DENY ? 1 : 2;
}

static int by_gravity(const void *a, const void *b)
{
    const struct replay_change *x = a, *y = b;
    int gx = gravity(x->first), gy = gravity(y->first);

    if (gx != gy)
        return gx - gy;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) :
                                  strcmp(x->first->after_rule, y->first->after_rule);
}

int replay_changes(struct replay *replay, struct replay_change **ret, size_t *ret_n,
                   uint64_t *ret_left_out)
{
    struct replay_change *changes = AA_NEW_ARRAY(&replay->arena, struct replay_change,
                                                 REPLAY_CHANGES_MAX);
    uint64_t left_out = 0;
    size_t n = 0;

    if (changes == NULL)
        return -ENOMEM;
    for (const struct replayed *request = replay->first; request != NULL; request = request->next) {
        size_t i = 0;

        if (!replayed_changes(request))
            continue;
        while (i < n && !replay_is_same_change(changes[i].first, request))
            i++;
        if (i == REPLAY_CHANGES_MAX) {
            left_out += request->count;
            continue;
        }
        n += i == n;
        if (changes[i].first == NULL)
            changes[i].first = request;
        changes[i].count += request->count;
        changes[i].distinct++;
    }
    qsort(changes, n, sizeof(*changes), by_gravity);
    *ret = changes;
    *ret_n = n;
    *ret_left_out = left_out;
    return 0;
}

/* ---- words ---- */

static void add_cut(struct aa_buffer *out, const char *text)
{
    size_t length = strnlen(text, EXAMPLE_MAX + 1);

    if (length > EXAMPLE_MAX) {
        for (length = EXAMPLE_MAX; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80;)
            length--;
    }
    aa_text_add_visible(out, text, length); /* what is masked in a record is so already */
    if (text[length] != '\0')
        aa_buffer_add_text(out, "…");
}

static void add_example(struct aa_buffer *out, const struct replayed *request)
{
    aa_buffer_printf(out, "      %6llu  ", (unsigned long long)request->count);
    add_cut(out, request->user);
    aa_buffer_add_text(out, " as ");
    add_cut(out, request->runas);
    aa_buffer_add_text(out, ": ");
    add_cut(out, request->command != NULL ? request->command :
                 request->service != NULL ? request->service : "login");
    aa_buffer_add_byte(out, '\n');
}

static void add_side(struct aa_buffer *out, enum aa_action action, const char *rule)
{
    aa_buffer_printf(out, "%s (rule ", aa_action_name(action));
    aa_mask_add_text(out, rule);
    aa_buffer_add_byte(out, ')');
}

static void add_change(struct aa_buffer *out, const struct replay_change *change, size_t limit)
{
    static const char *const words[] = { "  !! NEWLY ALLOWED: ", "  newly denied: ",
                                         "  newly asked: ", "  by another rule: " };
    size_t shown = 0;

    aa_buffer_add_text(out, words[gravity(change->first)]);
    add_side(out, change->first->before, change->first->before_rule);
    aa_buffer_add_text(out, " -> ");
    add_side(out, change->first->after, change->first->after_rule);
    aa_buffer_printf(out, ": %llu\n", (unsigned long long)change->count);
    for (const struct replayed *request = change->first; request != NULL && shown < limit;
         request = request->next) {
        if (!replayed_changes(request) || !replay_is_same_change(request, change->first))
            continue;
        add_example(out, request);
        shown++;
    }
    if (change->distinct > shown)
        aa_buffer_printf(out, "      and %llu different ones more\n",
                         (unsigned long long)(change->distinct - shown));
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
    aa_buffer_add_text(out, n > 0 ? "what would change:\n" :
                            replay_count_uncertain(replay).count > 0 ?
                                    "nothing would change, as far as it is known\n" :
                                    "nothing would change\n");
    for (size_t i = 0; i < n; i++)
        add_change(out, &changes[i], limit);
    if (left_out > 0)
        aa_buffer_printf(out, "  and %llu in other ways\n", (unsigned long long)left_out);
}

static void add_matrix(struct aa_buffer *out, const struct replay *replay)
{
    static const enum aa_action order[] = { AA_ACTION_ALLOW, AA_ACTION_ASK, AA_ACTION_DENY };
    uint64_t matrix[AA_ACTION_ASK + 1][AA_ACTION_ASK + 1];

    replay_matrix(replay, matrix);
    aa_buffer_add_text(out, "            would be\n  was          allow      ask     deny\n");
    for (size_t i = 0; i < AA_ARRAY_SIZE(order); i++) {
        aa_buffer_printf(out, "  %-8s", aa_action_name(order[i]));
        for (size_t j = 0; j < AA_ARRAY_SIZE(order); j++)
            aa_buffer_printf(out, " %8llu", (unsigned long long)matrix[order[i]][order[j]]);
        aa_buffer_add_byte(out, '\n');
    }
}

static void add_people(struct aa_buffer *out, const struct replay_tallies *tallies, double days,
                       bool before)
{
    for (size_t i = 0; i < tallies->n && i < PEOPLE_MAX; i++) {
        aa_buffer_add_text(out, "    ");
        if (before)
            aa_buffer_printf(out, " %7.1f", (double)tallies->v[i].before / days);
        aa_buffer_printf(out, " %7.1f  ", (double)tallies->v[i].after / days);
        add_cut(out, tallies->v[i].name);
        aa_buffer_add_byte(out, '\n');
    }
    if (tallies->n > PEOPLE_MAX)
        aa_buffer_printf(out, "    and %zu more\n", tallies->n - PEOPLE_MAX);
}

static void add_prompts(struct aa_buffer *out, const struct replay *replay)
{
    double days = replay_days(replay);

    if (replay->requesters.n == 0) {
        aa_buffer_add_text(out, "nobody would be asked\n");
        return;
    }
    aa_buffer_printf(out, "prompts a day (over %.1f days):\n         was  will be  who asks\n", days);
    add_people(out, &replay->requesters, days, true);
    if (replay->approvers.n > 0) {
        aa_buffer_add_text(out, "     will be  who could answer\n");
        add_people(out, &replay->approvers, days, false);
    }
}

static void add_uncertain(struct aa_buffer *out, const struct replay *replay, size_t limit)
{
    const struct replay_uncertain sum = replay_count_uncertain(replay);
    size_t shown = 0;

    if (sum.count == 0)
        return;
    aa_buffer_printf(out, "uncertain: %llu, since values in their records are masked\n",
                     (unsigned long long)sum.count);
    for (const struct replayed *request = replay->first; request != NULL && shown < limit;
         request = request->next) {
        if (request->not_replayed || !request->uncertain)
            continue;
        add_example(out, request);
        aa_buffer_printf(out, "              uncertain: %zu value%s %s masked", request->masked,
                         request->masked == 1 ? "" : "s", request->masked == 1 ? "is" : "are");
        if (request->after != AA_ACTION_NONE) {
            aa_buffer_add_text(out, "; without them ");
            add_side(out, request->after, request->after_rule);
        }
        aa_buffer_add_byte(out, '\n');
        shown++;
    }
    if (sum.distinct > shown)
        aa_buffer_printf(out, "      and %llu different ones more\n",
                         (unsigned long long)(sum.distinct - shown));
}

static void add_not_replayed(struct aa_buffer *out, const struct replay *replay)
{
    for (size_t i = 0; i < replay->reasons_n; i++) {
        const struct replay_reason *reason = &replay->reasons[i];

        aa_buffer_printf(out, "%s  %8llu  %s", i == 0 ? "not replayed:\n" : "",
                         (unsigned long long)reason->count, reason->why);
        if (*reason->example != '\0') {
            aa_buffer_add_text(out, ": ");
            add_cut(out, reason->example);
        }
        aa_buffer_add_byte(out, '\n');
    }
    if (replay->by_root > 0)
        aa_buffer_printf(out, "  %8llu  of root, which no policy decides\n",
                         (unsigned long long)replay->by_root);
    if (replay->without_policy > 0)
        aa_buffer_printf(out, "  %8llu  that failed before any rule decided\n",
                         (unsigned long long)replay->without_policy);
    if (replay->unreadable > 0)
        aa_buffer_printf(out, "  %8llu  records that cannot be read\n",
                         (unsigned long long)replay->unreadable);
}

static void add_elsewhere(struct aa_buffer *out, const struct replay *replay)
{
    uint64_t count = 0;

    for (const struct replayed *request = replay->first; request != NULL; request = request->next)
        count += request->elsewhere && replayed_is_decided(request) ? request->count : 0;
    if (count > 0)
        aa_buffer_printf(out, "  - %llu led to another file then\n", (unsigned long long)count);
}

void replay_show(struct aa_buffer *out, struct replay *replay, const struct replay_view *view)
{
    aa_buffer_printf(out, "%llu request%s, %llu different", (unsigned long long)replay->requests,
                     replay->requests == 1 ? "" : "s", (unsigned long long)replay->distinct);
    if (replay->requests > 0) {
        aa_buffer_add_text(out, ", from ");
        because_add_time(out, replay->snapshot, replay->first_usec);
        aa_buffer_add_text(out, " to ");
        because_add_time(out, replay->snapshot, replay->last_usec);
    }
    aa_buffer_add_byte(out, '\n');
    if (!view->changes_only)
        add_matrix(out, replay);
    add_changes(out, replay, view->limit);
    add_uncertain(out, replay, view->limit);
    if (!view->changes_only)
        add_prompts(out, replay);
    add_not_replayed(out, replay);
    aa_buffer_add_text(out, "taken as given:\n");
    for (size_t i = 0; replay_assumptions[i] != NULL; i++)
        aa_buffer_printf(out, "  - %s\n", replay_assumptions[i]);
    add_elsewhere(out, replay);
}

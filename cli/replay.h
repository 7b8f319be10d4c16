/* SPDX-License-Identifier: ISC */
/* replay: recorded requests, each distinct one once, and what the proposed policy says of them.
 * replay-read.c fills it from records, replay-decide.c decides, replay-show.c and replay-json.c tell. */
#ifndef AA_CLI_REPLAY_H
#define AA_CLI_REPLAY_H

#include "policy/policy.h"
#include "record/fields.h"

enum {
    REPLAY_REQUESTS_MAX = 4 * 1000 * 1000,
    REPLAY_MEMORY_MAX = 2047 * 1024 * 1024,
    REPLAY_BUCKETS = 1 << 17,
    REPLAY_REASONS_MAX = 16, /* more than there are */
};

struct replayed { /* one distinct request; texts as recorded, NULL: absent */
    enum aa_frontend frontend;
    const char *service, *user, *uid, *login, *runas, *runas_group, *host, *rhost, *tty, *cwd;
    const char *command, *exe;
    size_t command_length;
    uint64_t realtime_usec; /* 0: no rule asks for the time */
    enum aa_action before;
    const char *before_rule;
    uint64_t count, prompts_before;
    struct replayed *next, *same_bucket;
    bool not_replayed;
    size_t masked;  /* values in its record that are not known any more */
    bool uncertain; /* what would be decided depends on them */
    enum aa_action after; /* of what is uncertain: as far as it is known, or AA_ACTION_NONE */
    const char *after_rule;
    bool asks;      /* somebody would be asked, and not refused at once */
    bool elsewhere; /* the command led to another file then */
};

struct replay_tally { /* prompts of one requester, or to one possible approver */
    const char *name;
    uint64_t before, after;
};

struct replay_tallies {
    struct replay_tally *v;
    size_t n, max;
};

struct replay_seen {
    const char *id;
    struct replay_seen *same_bucket;
};

struct replay_reason { /* why requests could not be replayed */
    const char *why, *example;
    uint64_t count;
};

struct replay {
    const struct aa_snapshot *snapshot;
    struct aa_arena arena;
    uint64_t since_usec, until_usec; /* UINT64_MAX: no end */
    uint64_t first_usec, last_usec;  /* of what was read */
    struct replayed *first, **end, **buckets;
    struct replay_seen **seen;
    uint64_t requests, distinct;
    uint64_t unreadable, by_root, without_policy; /* records that are no question to a policy */
    struct replay_reason reasons[REPLAY_REASONS_MAX];
    size_t reasons_n;
    struct replay_tallies requesters, approvers;
};

int replay_start(struct replay *replay, const struct aa_snapshot *snapshot);
void replay_free(struct replay *replay);

/* One record: 0, -ENOMEM, or -E2BIG: more than REPLAY_REQUESTS_MAX. */
int replay_add(struct replay *replay, struct aa_reader fields);

struct supposed;
struct supposition;

/* Decides about a command in which values are masked, and says whether it could come out otherwise if
 * they were known. 0 or negative. */
int replay_decide_masked(const struct supposed *supposed, const struct supposition *supposition,
                         const struct aa_snapshot *snapshot, struct aa_outcome *ret,
                         bool *ret_uncertain, struct aa_fault *fault);

/* All of them, each once. "progress" may be NULL. 0 or negative with the fault. */
int replay_decide(struct replay *replay, void (*progress)(uint64_t done, uint64_t all),
                  struct aa_fault *fault);

static inline bool replayed_is_decided(const struct replayed *request)
{
    return !request->not_replayed && !request->uncertain;
}

static inline bool replayed_changes(const struct replayed *request)
{
    return replayed_is_decided(request) &&
           (request->before != request->after ||
            !aa_streq(request->before_rule, request->after_rule));
}

/* Requests that change in the same way, the gravest ways first. */
struct replay_change {
    const struct replayed *first; /* has the rules of all of them */
    uint64_t count, distinct;
};
enum { REPLAY_CHANGES_MAX = 4096 };
/* In the arena; more than the maximum are left out and counted. */
int replay_changes(struct replay *replay, struct replay_change **ret, size_t *ret_n,
                   uint64_t *ret_left_out);
bool replay_is_same_change(const struct replayed *a, const struct replayed *b);

struct replay_uncertain {
    uint64_t count, distinct, values;
};
struct replay_uncertain replay_count_uncertain(const struct replay *replay);

/* What the policies said, by action: [before][after]. */
void replay_matrix(const struct replay *replay, uint64_t ret[AA_ACTION_ASK + 1][AA_ACTION_ASK + 1]);
double replay_days(const struct replay *replay);

struct replay_view {
    bool changes_only;
    size_t limit; /* examples of each change */
};
void replay_show(struct aa_buffer *out, struct replay *replay, const struct replay_view *view);
void replay_json(struct aa_buffer *out, struct replay *replay, const struct replay_view *view);
extern const char *const replay_assumptions[]; /* NULL ends them */

#endif

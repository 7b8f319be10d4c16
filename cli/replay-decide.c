/* SPDX-License-Identifier: ISC */
/* What the proposed policy says of each: the request is made anew from its record and decided as
 * explain does, which is as it is done in earnest. */
#include <errno.h>
#include <stdio.h>

#include "answerers.h"
#include "ask/ask.h"
#include "replay.h"
#include "supposed.h"
#include "unquote.h"

enum { DETAIL_MAX = 300 };

struct asked { /* who could answer one ask of one requester: the same for all of theirs */
    uint32_t ask;
    uid_t uid, login_uid;
    bool login_known;
    const char **names;
    size_t n;
    struct asked *next;
};

struct deciding_all {
    struct replay *replay;
    struct asked *asked;
    struct aa_fault *fault;
};

static int tally(struct replay_tallies *tallies, const char *name, uint64_t before, uint64_t after)
{
    size_t i = 0;

    while (i < tallies->n && !aa_streq(tallies->v[i].name, name))
        i++;
    if (i == tallies->n) {
        if (tallies->n == tallies->max) {
            size_t more = tallies->max == 0 ? 64 : 2 * tallies->max;
            struct replay_tally *v = reallocarray(tallies->v, more, sizeof(*v));

            if (v == NULL)
                return -ENOMEM;
            tallies->v = v;
            tallies->max = more;
        }
        tallies->v[tallies->n++] = (struct replay_tally){ .name = name };
    }
    tallies->v[i].before += before;
    tallies->v[i].after += after;
    return 0;
}

/* ---- from a record to a request ---- */

/* 1, or -ENOMEM. "why" is one of the few texts below. */
static int not_replayed(struct deciding_all *d, struct replayed *request, const char *why,
                        const char *detail)
{
    struct replay *replay = d->replay;
    size_t i = 0;

    request->not_replayed = true;
    while (i < replay->reasons_n && !aa_streq(replay->reasons[i].why, why))
        i++;
    if (i == replay->reasons_n) {
        char *example = detail == NULL ? aa_arena_strdup(&replay->arena, "") :
                            aa_arena_strndup(&replay->arena, detail, strnlen(detail, DETAIL_MAX));

        if (example == NULL || i == REPLAY_REASONS_MAX)
            return -ENOMEM;
        replay->reasons[replay->reasons_n++] = (struct replay_reason){ why, example, 0 };
    }
    replay->reasons[i].count += request->count;
    return 1;
}

/* "alice:docker" */
static int split_target(struct aa_arena *arena, const char *text, struct supposed *supposed)
{
    const char *colon = text == NULL ? NULL : strchr(text, ':');

    supposed->runas = text;
    if (colon == NULL)
        return 0;
    supposed->runas = aa_arena_strndup(arena, text, (size_t)(colon - text));
    supposed->runas_group = colon + 1;
    return supposed->runas == NULL ? -ENOMEM : 0;
}

/* 0, 1 it cannot be replayed, or negative. */
static int make_supposed(struct deciding_all *d, struct aa_arena *arena, struct replayed *request,
                         struct supposed *ret)
{
    struct unquoted unquoted = { .n = 0 };
    int r = 0;

    *ret = (struct supposed){
        .frontend = request->frontend,
        .user = request->user,
        .login = request->login != NULL ? request->login : "none",
        .cwd = request->cwd,
        .no_cwd = request->cwd == NULL,
        .cwd_may_be_gone = true,
        .tty = request->tty,
        .host = request->host,
        .rhost = request->rhost,
        .service = request->service,
        .realtime_usec = request->realtime_usec,
    };
    if (request->user == NULL || request->runas == NULL)
        return not_replayed(d, request, "the record does not say who asked, or as whom", NULL);
    if (split_target(arena, request->runas, ret) < 0)
        return -ENOMEM;
    if (request->frontend == AA_FRONTEND_PAM)
        return 0;
    if (request->command == NULL)
        return not_replayed(d, request, "the record has no command", NULL);
    if (unquote_is_cut(request->command, request->command_length))
        return not_replayed(d, request, "its record has a part of the command only", NULL);
    r = unquote_command(arena, request->command, request->command_length, &unquoted);
    if (r == -ENOMEM)
        return r;
    if (r < 0)
        return not_replayed(d, request, "the command in its record cannot be read back",
                            request->command);
    if (unquoted.doubt != NULL && unquoted.doubt[0] != AA_EXACT)
        return not_replayed(d, request, "the name of the command is masked in its record",
                            request->command);
    request->masked = unquoted.masked;
    ret->words = unquoted.words;
    ret->words_n = unquoted.n;
    ret->doubt = unquoted.doubt;
    if (aa_streq(unquoted.words[0], "sudoedit") && request->exe == NULL) {
        if (unquoted.n == 1)
            return not_replayed(d, request, "the record names no file to edit", NULL);
        ret->edit = true;
        ret->words++;
        ret->words_n--;
        ret->doubt = NULL;
        /* which file it is decides everything */
        request->uncertain = unquoted.masked > 0;
    }
    return 0;
}

/* ---- who is asked ---- */

static int find_asked(struct deciding_all *d, const struct aa_request *request, uint32_t index,
                      const struct aa_snap_ask *ask, const struct asked **ret)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(SUPPOSED_MEMORY_MAX);
    struct aa_arena *keep = &d->replay->arena;
    struct answerers answerers;
    struct asked *asked;
    int r;

    for (asked = d->asked; asked != NULL; asked = asked->next) {
        if (asked->ask == index && asked->uid == request->user.uid &&
            asked->login_known == request->login.known &&
            (!asked->login_known || asked->login_uid == request->login.uid)) {
            *ret = asked;
            return 0;
        }
    }
    r = answerers_find(d->replay->snapshot, ask, request, &arena, &answerers);
    asked = r < 0 ? NULL : AA_NEW(keep, struct asked);
    if (asked == NULL)
        return r < 0 ? r : -ENOMEM;
    *asked = (struct asked){ index, request->user.uid, request->login.uid, request->login.known,
                             AA_NEW_ARRAY(keep, const char *, answerers.counting + 1), 0, d->asked };
    for (size_t i = 0; asked->names != NULL && i < answerers.n; i++) {
        if (answerers.v[i].status == AA_VOTE_COUNTS &&
            (asked->names[asked->n++] = aa_arena_strdup(keep, answerers.v[i].person)) == NULL)
            return -ENOMEM;
    }
    if (asked->names == NULL)
        return -ENOMEM;
    d->asked = asked;
    *ret = asked;
    return 0;
}

static int count_prompts(struct deciding_all *d, struct replayed *request,
                         const struct supposition *supposition, const struct aa_outcome *outcome)
{
    const struct aa_snap_ask *ask = aa_ask_of(d->replay->snapshot, outcome);
    struct aa_fault refusal = { 0 };
    const struct asked *asked = NULL;
    int r = ask == NULL ? -EBADMSG : supposition_refusal(supposition, d->replay->snapshot, outcome, ask,
                                                      &refusal);

    if (r != 0)
        return r < 0 ? r : 0;
    request->asks = true;
    r = find_asked(d, supposition->request, outcome->ask, ask, &asked);
    for (size_t i = 0; r == 0 && i < asked->n; i++)
        r = tally(&d->replay->approvers, asked->names[i], 0, request->count);
    return r;
}

/* ---- the decision ---- */

static int decide(struct deciding_all *d, struct replayed *request, const struct supposed *supposed,
                  const struct supposition *supposition)
{
    const struct aa_snapshot *snapshot = d->replay->snapshot;
    struct aa_outcome outcome;
    int r = request->masked > 0 ?
                replay_decide_masked(supposed, supposition, snapshot, &outcome, &request->uncertain,
                                     d->fault) :
                aa_decide_policy(snapshot, supposition->request, &outcome, NULL, NULL, d->fault);

    if (r < 0)
        return r;
    request->after = outcome.action;
    request->after_rule = outcome.name;
    if (request->uncertain)
        return 0;
    if (outcome.action == AA_ACTION_ASK)
        r = count_prompts(d, request, supposition, &outcome);
    if (r == 0 && (request->asks || request->prompts_before > 0))
        r = tally(&d->replay->requesters, request->user, request->prompts_before,
                  request->asks ? request->count : 0);
    return r;
}

static int replay_one(struct deciding_all *d, struct replayed *request)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(SUPPOSED_MEMORY_MAX);
    struct supposition supposition;
    struct supposed supposed;
    struct aa_fault fault = { 0 };
    char uid[24];
    int r = make_supposed(d, &arena, request, &supposed);

    if (r != 0 || request->uncertain)
        return r < 0 ? r : 0;
    r = suppose(&supposed, d->replay->snapshot, &supposition, &fault);
    snprintf(uid, sizeof(uid), "%u", (unsigned)supposition.question.uid);
    if (r == -ENOMEM)
        ;
    else if (r == SUPPOSED_IMPOSSIBLE)
        r = not_replayed(d, request, "an account, a group or a folder of it is not there", fault.detail);
    else if (r < 0)
        r = not_replayed(d, request, "it cannot be looked at", fault.detail);
    else if (request->uid == NULL || !aa_streq(uid, request->uid))
        r = not_replayed(d, request, "its user has another uid now", request->user);
    else if (!supposition_has_command(&supposition))
        r = not_replayed(d, request, "the command is no longer there", supposed.words[0]);
    else
        r = decide(d, request, &supposed, &supposition);
    if (r == 0 && request->exe != NULL && supposition.request->files_n > 0)
        request->elsewhere = supposition.request->files[0].path == NULL ||
                             !aa_streq(supposition.request->files[0].path, request->exe);
    supposition_free(&supposition);
    return r < 0 ? r : 0;
}

int replay_decide(struct replay *replay, void (*progress)(uint64_t done, uint64_t all),
                  struct aa_fault *fault)
{
    struct deciding_all deciding = { .replay = replay, .fault = fault };
    uint64_t done = 0;

    for (struct replayed *request = replay->first; request != NULL; request = request->next) {
        int r = replay_one(&deciding, request);

        if (r < 0)
            return aa_fault(fault, r == -ENOMEM ? AA_FAULT_MEMORY : AA_FAULT_SNAPSHOT_DAMAGED, r,
                            "the records cannot be decided: %s", strerror(-r));
        if (progress != NULL && ++done % 500 == 0)
            progress(done, replay->distinct);
    }
    return 0;
}

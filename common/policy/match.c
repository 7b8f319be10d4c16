/* SPDX-License-Identifier: ISC */
#include "match.h"

#include <errno.h>

#include "clock.h"
#include "glob.h"
#include "label.h"
#include "remote.h"

/* One evaluation: what every helper below needs to know. */
struct matching {
    const struct aa_snapshot *snapshot;
    const struct aa_request *request;
    const struct aa_snap_condition *condition;
    const struct aa_snap_word *words;
    bool certain; /* what "inside" means: only what is beyond doubt, or all that could be meant */
};

int aa_word_matches(const struct aa_snapshot *snapshot, const struct aa_snap_word *word,
                    const char *text)
{
    const char *pattern = aa_snapshot_text(snapshot, word->text);

    if (pattern == NULL)
        return -EBADMSG;
    if ((word->flags & AA_WORD_GLOB) != 0)
        return aa_glob_match(pattern, text);
    return aa_streq(pattern, text);
}

int aa_agent_of(const struct aa_snapshot *snapshot, const char *name)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_AGENTS) };
    const struct aa_snap_agent *agents = aa_snapshot_elements(snapshot, AA_SECTION_AGENTS, all);

    for (uint32_t i = 0; i < all.count; i++) {
        const struct aa_snap_word *accounts = aa_snapshot_words(snapshot, agents[i].accounts);

        if (accounts == NULL)
            return -EBADMSG;
        for (uint32_t j = 0; j < agents[i].accounts.count; j++) {
            int r = aa_word_matches(snapshot, &accounts[j], name);

            if (r != 0)
                return r < 0 ? r : (int)i;
        }
    }
    return -ENOENT;
}

/* Whether any of the condition's words fits "text". */
static int inside(const struct matching *m, const char *text)
{
    for (uint32_t i = 0; i < m->condition->words.count; i++) {
        int r = aa_word_matches(m->snapshot, &m->words[i], text);

        if (r != 0)
            return r;
    }
    return 0;
}

static int any_inside(const struct matching *m, struct aa_strings texts)
{
    for (size_t i = 0; i < texts.n; i++) {
        int r = inside(m, texts.v[i]);

        if (r != 0)
            return r;
    }
    return 0;
}

static int identity_agent_inside(const struct matching *m, const struct aa_identity *identity)
{
    struct aa_snap_range which = { 0, 1 };
    const struct aa_snap_agent *agent;
    const char *name;
    int index = aa_agent_of(m->snapshot, identity->name);

    if (index == -ENOENT)
        return 0;
    if (index < 0)
        return index;
    which.first = (uint32_t)index;
    agent = aa_snapshot_elements(m->snapshot, AA_SECTION_AGENTS, which);
    name = agent == NULL ? NULL : aa_snapshot_text(m->snapshot, agent->name);
    if (name == NULL)
        return -EBADMSG;
    for (uint32_t i = 0; i < m->condition->words.count; i++) {
        const char *word = aa_snapshot_text(m->snapshot, m->words[i].text);

        if (word == NULL)
            return -EBADMSG;
        if (aa_streq(word, "any") || aa_streq(word, name))
            return 1;
    }
    return 0;
}

static int identity_inside(const struct matching *m, const struct aa_identity *identity)
{
    int r;

    switch (m->condition->key) {
    case AA_KEY_USER:
        return inside(m, identity->name);
    case AA_KEY_AGENT:
        return identity_agent_inside(m, identity);
    case AA_KEY_GROUP:
        r = any_inside(m, identity->groups);
        return r != 0 || m->certain ? r : any_inside(m, identity->held_groups);
    default:
        return -EBADMSG;
    }
}

/* How much of a set lies inside the words. */
struct share {
    unsigned inside, outside;
};

static int share_of_identities(const struct matching *m, struct share *share)
{
    const struct aa_identity *identities[] = { &m->request->user, &m->request->login };

    for (size_t i = 0; i < AA_ARRAY_SIZE(identities); i++) {
        int r;

        if (!identities[i]->known)
            continue;
        r = identity_inside(m, identities[i]);
        if (r < 0)
            return r;
        share->inside += r == 1;
        share->outside += r == 0;
    }
    return 0;
}

static int share_of_variables(const struct matching *m, struct share *share)
{
    for (size_t i = 0; i < m->request->variables_n; i++) {
        int r;

        if (!m->request->variables[i].added)
            continue;
        r = inside(m, m->request->variables[i].name);
        if (r < 0)
            return r;
        share->inside += r == 1;
        share->outside += r == 0;
    }
    return 0;
}

/* A name without a folder, of a program that is looked for where not only root decides: it may be the
 * file that the pattern means. */
static int could_be_found_as(const struct aa_snap_word *word, const char *pattern,
                             const struct aa_effective *effective, const struct aa_known_name *name)
{
    const char *base = strrchr(pattern, '/') + 1;

    if (effective->unbound_why == NULL || strchr(name->path, '/') != NULL)
        return 0;
    return (word->flags & AA_WORD_GLOB) != 0 ? aa_glob_match(base, name->base) : aa_streq(base, name->base);
}

static int command_inside(const struct matching *m, enum aa_action action,
                          const struct aa_effective *effective)
{
    if (action == AA_ACTION_ALLOW && !m->condition->negated)
        return effective->resolved == NULL ? 0 : inside(m, effective->resolved);
    /* a name counts in the requester's favour only where nobody but root could have chosen it */
    if (m->certain && effective->unbound_why != NULL)
        return 0;
    for (uint32_t i = 0; i < m->condition->words.count; i++) {
        const char *pattern = aa_snapshot_text(m->snapshot, m->words[i].text);
        bool is_path;

        if (pattern == NULL)
            return -EBADMSG;
        is_path = strchr(pattern, '/') != NULL;
        for (size_t j = 0; j < effective->names_n; j++) {
            const struct aa_known_name *name = &effective->names[j];
            int r = aa_word_matches(m->snapshot, &m->words[i], is_path ? name->path : name->base);

            if (r == 0 && is_path && !m->certain)
                r = could_be_found_as(&m->words[i], pattern, effective, name);
            if (r != 0)
                return r;
        }
    }
    return 0;
}

/*
 * Whether the pattern fits words of which not all were read for certain:
 *
 *     the word is            certain                      all that could be meant
 *     exact                  if its text fits             if its text fits
 *     unknown (one word)     no                           yes, any pattern word
 *     spreads (0, 1, more)   no                           yes, and with it all that follows
 *     missing                no                           no
 *     one more than wanted   only under "..."             only under "...", or if it spreads
 *
 * What "..." stands for may be uncertain either way: it fits anything.
 */
static int args_inside(const struct matching *m, const struct aa_effective *effective)
{
    const struct aa_words *args = &effective->args;
    uint32_t count = m->condition->words.count;
    bool rest = count > 0 && (m->words[count - 1].flags & AA_WORD_REST) != 0;

    if (rest)
        count--;
    for (uint32_t i = 0; i < count; i++) {
        enum aa_doubt doubt;
        int r;

        if (i >= args->n)
            return 0;
        doubt = aa_doubt_of(args, i);
        if (doubt != AA_EXACT && m->certain)
            return 0;
        if (doubt == AA_UNKNOWN)
            continue;
        if (doubt != AA_EXACT)
            return 1;
        r = aa_word_matches(m->snapshot, &m->words[i], args->v[i]);
        if (r != 1)
            return r;
    }
    if (rest || args->n == count)
        return 1;
    return !m->certain && aa_doubt_of(args, count) == AA_SPREADS;
}

static int effective_holds(const struct matching *m, enum aa_action action, uint64_t *candidates)
{
    const struct aa_request *request = m->request;
    uint64_t fitting = 0, all = AA_ALL_CANDIDATES(request);

    for (size_t i = 0; i < request->effective_n && i < AA_EFFECTIVE_MAX; i++) {
        const struct aa_effective *effective = &request->effective[i];
        int r = m->condition->key == AA_KEY_COMMAND ? command_inside(m, action, effective) :
                                                      args_inside(m, effective);

        if (r < 0)
            return r;
        if (r == 1)
            fitting |= UINT64_C(1) << i;
    }
    if (m->condition->negated) {
        if (action == AA_ACTION_ALLOW)
            return fitting == 0;
        return fitting != all || all == 0 || request->opaque_why != NULL;
    }
    *candidates &= fitting;
    return action == AA_ACTION_ALLOW ? *candidates == all && all != 0 : *candidates != 0;
}

/* A set of identities or variables. "all": an allow rule wants every member inside. */
static int set_holds(const struct matching *m, enum aa_action action, bool all,
                     int (*share_of)(const struct matching *, struct share *))
{
    struct share share = { 0 };
    int r = share_of(m, &share);

    if (r < 0)
        return r;
    if (m->condition->negated)
        return action == AA_ACTION_ALLOW ? share.inside == 0 :
                                           share.outside > 0 || share.inside == 0;
    return share.inside > 0 && (action != AA_ACTION_ALLOW || !all || share.outside == 0);
}

/* An attribute that has one value or, where "value" is NULL, is absent. */
static int value_holds(const struct matching *m, enum aa_action action, const char *value,
                       bool absent_holds)
{
    int r;

    if (value == NULL && action == AA_ACTION_ALLOW)
        return 0;
    if (value == NULL)
        return absent_holds || m->condition->negated;
    r = inside(m, value);
    return r < 0 ? r : r != (int)m->condition->negated;
}

static int runas_holds(const struct matching *m, enum aa_action action)
{
    int first = value_holds(m, action, m->request->runas_user, false), second;

    if (first < 0 || m->request->runas_alias == NULL)
        return first;
    second = value_holds(m, action, m->request->runas_alias, false);
    if (second < 0)
        return second;
    return action == AA_ACTION_ALLOW ? first && second : first || second;
}

static int host_holds(const struct matching *m, enum aa_action action)
{
    int found = 0;

    for (uint32_t i = 0; i < m->condition->words.count && found == 0; i++) {
        const char *pattern = aa_snapshot_text(m->snapshot, m->words[i].text);
        const char *name;

        if (pattern == NULL)
            return -EBADMSG;
        name = strchr(pattern, '.') != NULL ? m->request->host_full : m->request->host;
        if (name == NULL)
            return action != AA_ACTION_ALLOW; /* not known: never to the requester's advantage */
        found = aa_word_matches(m->snapshot, &m->words[i], name);
    }
    return found < 0 ? found : found != (int)m->condition->negated;
}

static int tty_holds(const struct matching *m)
{
    const char *tty = m->request->tty;
    int found = 0;

    for (uint32_t i = 0; i < m->condition->words.count && found == 0; i++) {
        const char *pattern = aa_snapshot_text(m->snapshot, m->words[i].text);
        const char *name = tty;

        if (pattern == NULL)
            return -EBADMSG;
        if (tty == NULL) {
            found = aa_streq(pattern, "none");
            continue;
        }
        if (pattern[0] != '/' && aa_after(tty, "/dev/") != NULL)
            name = aa_after(tty, "/dev/");
        found = aa_word_matches(m->snapshot, &m->words[i], name);
    }
    return found < 0 ? found : found != (int)m->condition->negated;
}

static int flag_holds(const struct matching *m, bool flag)
{
    return flag != (m->condition->negated != 0);
}

/* "not wrapped" of a command that cannot be read could be either: no advantage comes of it. */
static int wrapped_holds(const struct matching *m, enum aa_action action)
{
    bool wrapped = false;

    for (size_t i = 0; i < m->request->effective_n; i++)
        wrapped |= m->request->effective[i].wrapped;
    if (m->condition->negated && action != AA_ACTION_ALLOW && m->request->opaque_why != NULL)
        return 1;
    return flag_holds(m, wrapped);
}

/* What PAM was told is no text at all was not told. */
static const char *or_absent(const char *value)
{
    return value == NULL || value[0] == '\0' ? NULL : value;
}

/* One value like any other; where it could be inside, that is to the requester's disadvantage. */
static int rhost_holds(const struct matching *m, enum aa_action action)
{
    const char *rhost = or_absent(m->request->rhost);
    int r;

    if (rhost == NULL)
        return value_holds(m, action, NULL, false);
    r = aa_remote_inside(m->snapshot, m->words, m->condition->words.count, rhost);
    if (r < 0)
        return r;
    if (r == AA_REMOTE_UNCERTAIN)
        return action != AA_ACTION_ALLOW;
    return (r == AA_REMOTE_INSIDE) != (m->condition->negated != 0);
}

static int time_holds(const struct matching *m)
{
    struct aa_local_time now;
    bool found = false;
    int r = aa_local_time(m->snapshot, m->request->realtime_usec, &now);

    if (r < 0)
        return r;
    for (uint32_t i = 0; i < m->condition->words.count; i++)
        found |= aa_time_word_holds(m->words[i].number, &now);
    return flag_holds(m, found);
}

/* Keys that speak of a command: a login has none. */
static bool only_under_sudo(uint32_t key)
{
    return key == AA_KEY_COMMAND || key == AA_KEY_ARGS || key == AA_KEY_LABEL ||
           key == AA_KEY_EDIT || key == AA_KEY_OPAQUE || key == AA_KEY_WRAPPED ||
           key == AA_KEY_ENV;
}

int aa_condition_holds(const struct aa_snapshot *snapshot, const struct aa_snap_condition *condition,
                       enum aa_action action, const struct aa_request *request,
                       uint64_t *candidates)
{
    struct matching m = {
        .snapshot = snapshot,
        .request = request,
        .condition = condition,
        .words = aa_snapshot_words(snapshot, condition->words),
        /* "inside" favours the requester in an allow rule, and under "not" in the others */
        .certain = (action == AA_ACTION_ALLOW) != (condition->negated != 0),
    };

    if (m.words == NULL || condition->negated > 1)
        return -EBADMSG;
    if (request->frontend != AA_FRONTEND_SUDO && only_under_sudo(condition->key))
        return 0;
    switch ((enum aa_key)condition->key) {
    case AA_KEY_USER:
    case AA_KEY_GROUP:
    case AA_KEY_AGENT:
        return set_holds(&m, action, true, share_of_identities);
    case AA_KEY_ENV:
        return set_holds(&m, action, false, share_of_variables);
    case AA_KEY_RUNAS:
        return runas_holds(&m, action);
    case AA_KEY_RUNAS_GROUP:
        return value_holds(&m, action, request->runas_group, false);
    case AA_KEY_CWD:
        return value_holds(&m, action, request->cwd, true);
    case AA_KEY_FRONTEND:
        return value_holds(&m, action, aa_frontend_name(request->frontend), false);
    case AA_KEY_HOST:
        return host_holds(&m, action);
    case AA_KEY_TTY:
        return tty_holds(&m);
    case AA_KEY_COMMAND:
    case AA_KEY_ARGS:
        return effective_holds(&m, action, candidates);
    case AA_KEY_LABEL:
        return aa_label_condition_holds(snapshot, condition, action, request);
    case AA_KEY_INTERACTIVE_SHELL:
        return flag_holds(&m, request->interactive_shell);
    case AA_KEY_EDIT:
        return flag_holds(&m, request->edit);
    case AA_KEY_INTERCEPTED:
        return flag_holds(&m, request->intercepted);
    case AA_KEY_OPAQUE:
        return flag_holds(&m, request->opaque_why != NULL);
    case AA_KEY_WRAPPED:
        return wrapped_holds(&m, action);
    case AA_KEY_SERVICE:
        return value_holds(&m, action, or_absent(request->service), false);
    case AA_KEY_RHOST:
        return rhost_holds(&m, action);
    case AA_KEY_TIME:
        return time_holds(&m);
    default:
        return -EBADMSG;
    }
}

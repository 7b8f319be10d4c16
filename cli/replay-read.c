/* SPDX-License-Identifier: ISC */
/* From records to distinct requests. Nothing in a record is believed to be well formed. */
#include <errno.h>

#include "moment.h"
#include "replay.h"

enum known {
    KNOWN_EVENT, KNOWN_TIME, KNOWN_ID, KNOWN_ACTION, KNOWN_RULE, KNOWN_FRONTEND, KNOWN_SERVICE,
    KNOWN_USER, KNOWN_UID, KNOWN_LOGIN, KNOWN_RUNAS, KNOWN_HOST, KNOWN_RHOST, KNOWN_TTY, KNOWN_CWD,
    KNOWN_COMMAND, KNOWN_EXE, KNOWN_COUNT
};

static const char *const names[KNOWN_COUNT] = {
    "AA_EVENT", "AA_TIME", "AA_ID", "AA_ACTION", "AA_RULE", "AA_FRONTEND", "AA_SERVICE", "AA_USER",
    "AA_UID", "AA_LOGIN_USER", "AA_RUNAS", "AA_HOST", "AA_RHOST", "AA_TTY", "AA_CWD", "AA_COMMAND",
    "AA_EXE",
};

struct read_record {
    struct aa_field v[KNOWN_COUNT]; /* value NULL: absent */
};

int replay_start(struct replay *replay, const struct aa_snapshot *snapshot)
{
    *replay = (struct replay){ .snapshot = snapshot, .arena = AA_ARENA_INIT(REPLAY_MEMORY_MAX),
                               .until_usec = UINT64_MAX };
    replay->end = &replay->first;
    replay->buckets = AA_NEW_ARRAY(&replay->arena, struct replayed *, REPLAY_BUCKETS);
    replay->seen = AA_NEW_ARRAY(&replay->arena, struct replay_seen *, REPLAY_BUCKETS);
    return replay->buckets == NULL || replay->seen == NULL ? -ENOMEM : 0;
}

void replay_free(struct replay *replay)
{
    free(replay->requesters.v);
    free(replay->approvers.v);
    aa_arena_clear(&replay->arena);
}

static bool is(const struct read_record *record, enum known which, const char *text)
{
    const struct aa_field *field = &record->v[which];

    return field->value != NULL && field->value_length == strlen(text) &&
           memcmp(field->value, text, field->value_length) == 0;
}

static bool read_fields(struct aa_reader fields, struct read_record *ret)
{
    struct aa_field field;
    int r;

    *ret = (struct read_record){ 0 };
    while ((r = aa_field_next(&fields, &field)) == 1) {
        for (int i = 0; i < KNOWN_COUNT; i++) {
            if (ret->v[i].value == NULL && field.name_length == strlen(names[i]) &&
                memcmp(field.name, names[i], field.name_length) == 0)
                ret->v[i] = field;
        }
    }
    for (int i = 0; i < KNOWN_COUNT; i++) {
        if (ret->v[i].value != NULL && memchr(ret->v[i].value, '\0', ret->v[i].value_length) != NULL)
            return false;
    }
    return r == 0;
}

static int copy(struct replay *replay, const struct read_record *record, enum known which,
                const char **ret)
{
    const struct aa_field *field = &record->v[which];

    *ret = field->value == NULL ? NULL :
                                  aa_arena_strndup(&replay->arena, field->value, field->value_length);
    return field->value != NULL && *ret == NULL ? -ENOMEM : 0;
}

/* FNV-1a: whoever fills the ledger to make it slow gains a slow report. */
static uint64_t hash_field(uint64_t hash, const struct aa_field *field)
{
    for (size_t i = 0; field->value != NULL && i < field->value_length; i++)
        hash = (hash ^ (unsigned char)field->value[i]) * 0x100000001b3u;
    return (hash ^ (field->value == NULL ? 0x100u : 0x101u)) * 0x100000001b3u;
}

static uint64_t hash_start(void)
{
    return 0xcbf29ce484222325u;
}

/* Each request has several records: the first that says how it was decided counts. */
static int is_new(struct replay *replay, const struct read_record *record)
{
    struct replay_seen **bucket =
        &replay->seen[hash_field(hash_start(), &record->v[KNOWN_ID]) % REPLAY_BUCKETS];
    struct replay_seen *seen;

    for (seen = *bucket; seen != NULL; seen = seen->same_bucket) {
        if (is(record, KNOWN_ID, seen->id))
            return 0;
    }
    seen = AA_NEW(&replay->arena, struct replay_seen);
    if (seen == NULL || copy(replay, record, KNOWN_ID, &seen->id) < 0)
        return -ENOMEM;
    seen->same_bucket = *bucket;
    *bucket = seen;
    return 1;
}

static bool same_text(const struct read_record *record, enum known which, const char *text)
{
    return text == NULL ? record->v[which].value == NULL : is(record, which, text);
}

/* Nothing but what tells requests apart: the time only where a rule asks for it. */
static bool is_same(const struct read_record *record, const struct replayed *request,
                    enum aa_action action, uint64_t usec)
{
    return request->before == action && request->realtime_usec == usec &&
           same_text(record, KNOWN_COMMAND, request->command) &&
           same_text(record, KNOWN_EXE, request->exe) &&
           same_text(record, KNOWN_RULE, request->before_rule) &&
           same_text(record, KNOWN_FRONTEND, aa_frontend_name(request->frontend)) &&
           same_text(record, KNOWN_SERVICE, request->service) &&
           same_text(record, KNOWN_USER, request->user) &&
           same_text(record, KNOWN_UID, request->uid) &&
           same_text(record, KNOWN_LOGIN, request->login) &&
           same_text(record, KNOWN_RUNAS, request->runas) &&
           same_text(record, KNOWN_HOST, request->host) &&
           same_text(record, KNOWN_RHOST, request->rhost) &&
           same_text(record, KNOWN_TTY, request->tty) && same_text(record, KNOWN_CWD, request->cwd);
}

static struct replayed *find_or_add(struct replay *replay, const struct read_record *record,
                                    enum aa_action action, uint64_t usec)
{
    uint64_t hash = hash_start() ^ usec ^ (uint64_t)action << 60;
    struct replayed **bucket, *request;
    int r = 0;

    for (int i = KNOWN_RULE; i < KNOWN_COUNT; i++)
        hash = hash_field(hash, &record->v[i]);
    bucket = &replay->buckets[hash % REPLAY_BUCKETS];
    for (request = *bucket; request != NULL; request = request->same_bucket) {
        if (is_same(record, request, action, usec))
            return request;
    }
    request = AA_NEW(&replay->arena, struct replayed);
    if (request == NULL)
        return NULL;
    request->before = action;
    request->realtime_usec = usec;
    request->frontend = is(record, KNOWN_FRONTEND, "pam") ? AA_FRONTEND_PAM : AA_FRONTEND_SUDO;
    r |= copy(replay, record, KNOWN_RULE, &request->before_rule);
    r |= copy(replay, record, KNOWN_SERVICE, &request->service);
    r |= copy(replay, record, KNOWN_USER, &request->user);
    r |= copy(replay, record, KNOWN_UID, &request->uid);
    r |= copy(replay, record, KNOWN_LOGIN, &request->login);
    r |= copy(replay, record, KNOWN_RUNAS, &request->runas);
    r |= copy(replay, record, KNOWN_HOST, &request->host);
    r |= copy(replay, record, KNOWN_RHOST, &request->rhost);
    r |= copy(replay, record, KNOWN_TTY, &request->tty);
    r |= copy(replay, record, KNOWN_CWD, &request->cwd);
    r |= copy(replay, record, KNOWN_COMMAND, &request->command);
    r |= copy(replay, record, KNOWN_EXE, &request->exe);
    if (r != 0)
        return NULL;
    request->command_length = record->v[KNOWN_COMMAND].value_length;
    request->same_bucket = *bucket;
    *bucket = request;
    *replay->end = request;
    replay->end = &request->next;
    replay->distinct++;
    return request;
}

static enum aa_action action_of(const struct read_record *record)
{
    for (int action = AA_ACTION_ALLOW; action <= AA_ACTION_ASK; action++) {
        if (is(record, KNOWN_ACTION, aa_action_name((enum aa_action)action)))
            return (enum aa_action)action;
    }
    return AA_ACTION_NONE;
}

/* The time of a record: false where it has none. */
static bool time_of(const struct read_record *record, uint64_t *ret)
{
    const struct aa_field *field = &record->v[KNOWN_TIME];
    char text[64];

    if (field->value == NULL || field->value_length >= sizeof(text))
        return false;
    memcpy(text, field->value, field->value_length);
    text[field->value_length] = '\0';
    return moment_parse_record(text, ret);
}

int replay_add(struct replay *replay, struct aa_reader fields)
{
    static const uint64_t minute = 60 * 1000000u; /* of which "when time" speaks */
    bool by_time = (replay->snapshot->header->needs & UINT64_C(1) << AA_KEY_TIME) != 0;
    struct read_record record;
    struct replayed *request;
    enum aa_action action;
    uint64_t usec;
    int r;

    if (!read_fields(fields, &record)) {
        replay->unreadable++;
        return 0;
    }
    if (!is(&record, KNOWN_EVENT, "allowed") && !is(&record, KNOWN_EVENT, "refused") &&
        !is(&record, KNOWN_EVENT, "requested") && !is(&record, KNOWN_EVENT, "break-glass"))
        return 0;
    if (!time_of(&record, &usec) || record.v[KNOWN_ID].value == NULL) {
        replay->unreadable++;
        return 0;
    }
    if (usec < replay->since_usec || usec >= replay->until_usec)
        return 0;
    r = is_new(replay, &record);
    if (r <= 0)
        return r;
    if (replay->requests == REPLAY_REQUESTS_MAX)
        return -E2BIG;
    action = action_of(&record);
    if (is(&record, KNOWN_UID, "0") && is(&record, KNOWN_RULE, "root") &&
        is(&record, KNOWN_FRONTEND, "sudo")) {
        replay->by_root++;
        return 0;
    }
    if (action == AA_ACTION_NONE || record.v[KNOWN_RULE].value == NULL) {
        replay->without_policy++;
        return 0;
    }
    request = find_or_add(replay, &record, action, by_time ? usec - usec % minute : 0);
    if (request == NULL)
        return -ENOMEM;
    request->count++;
    request->prompts_before += action == AA_ACTION_ASK && !is(&record, KNOWN_EVENT, "refused");
    if (replay->requests++ == 0)
        replay->first_usec = replay->last_usec = usec;
    replay->first_usec = AA_MIN(replay->first_usec, usec);
    replay->last_usec = usec > replay->last_usec ? usec : replay->last_usec;
    return 0;
}

/* SPDX-License-Identifier: ISC */
#include "record.h"

#include <errno.h>
#include <stdio.h>

#include "config.h"
#include "journal.h"
#include "mask/mask.h"

/* By arithmetic: the C library's functions for times read the caller's TZ. */
void aa_format_time(uint64_t realtime_usec, char ret[AA_TIME_SIZE])
{
    uint64_t seconds = realtime_usec / 1000000, days = seconds / 86400, year, month, day;

    /* days since 0000-03-01, in eras of 400 years, so that the leap day is the last of its year */
    days += 719468;
    year = days / 146097 * 400;
    days %= 146097;
    day = (days - days / 1460 + days / 36524 - days / 146096) / 365; /* year of the era */
    year += day;
    days -= 365 * day + day / 4 - day / 100;
    month = (5 * days + 2) / 153;
    day = days - (153 * month + 2) / 5 + 1;
    month = month < 10 ? month + 3 : month - 9;
    year += month <= 2;
    snprintf(ret, AA_TIME_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ", (unsigned)year % 10000,
             (unsigned)month, (unsigned)day, (unsigned)(seconds / 3600 % 24),
             (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60),
             (unsigned)(realtime_usec % 1000000));
}

static void add_command(struct aa_buffer *fields, const struct aa_buffer *command, size_t limit)
{
    size_t begun;

    if (command == NULL || (command->length == 0 && command->error == 0))
        return;
    if (command->error != 0)
        fields->error = command->error;
    begun = aa_field_begin(fields, "AA_COMMAND");
    aa_mask_add_shortened(fields, command->data, command->length, limit);
    aa_field_end(fields, begun);
}

/* "root", or with a group that was asked for "alice:docker". */
static void add_target(struct aa_buffer *fields, const struct aa_request *request)
{
    size_t begun;

    if (request->runas_user == NULL)
        return;
    begun = aa_field_begin(fields, "AA_RUNAS");
    aa_mask_add(fields, request->runas_user, strnlen(request->runas_user, AA_TEXT_MAX));
    if (request->runas_group != NULL) {
        aa_buffer_add_byte(fields, ':');
        aa_mask_add(fields, request->runas_group, strnlen(request->runas_group, AA_TEXT_MAX));
    }
    aa_field_end(fields, begun);
}

static void add_identity(struct aa_buffer *fields, const struct aa_request *request)
{
    aa_field_add_masked(fields, "AA_USER", request->user.name);
    aa_field_printf(fields, "AA_UID", "%u", (unsigned)request->user.uid);
    if (request->login.known) {
        aa_field_add_masked(fields, "AA_LOGIN_USER", request->login.name);
        aa_field_printf(fields, "AA_LOGINUID", "%u", (unsigned)request->login.uid);
    }
    if (request->session_known)
        aa_field_printf(fields, "AA_SESSION", "%u", request->session);
}

void aa_record_common(struct aa_buffer *fields, const struct aa_request *request,
                      const struct aa_record_context *context)
{
    char digest[AA_SHA256_HEX];

    aa_field_add(fields, "AA_MODE", context->observe ? "observe" : "enforce");
    aa_field_add(fields, "AA_FRONTEND", aa_frontend_name(request->frontend) != NULL ?
                                            aa_frontend_name(request->frontend) : "unknown");
    aa_field_add_masked(fields, "AA_SERVICE", request->service);
    aa_field_add_masked(fields, "AA_RULE", context->rule);
    if (aa_action_name(context->action) != NULL)
        aa_field_add(fields, "AA_ACTION", aa_action_name(context->action));
    if (context->risk != NULL)
        aa_field_add(fields, "AA_RISK", context->risk);
    add_identity(fields, request);
    aa_field_add_masked(fields, "AA_AGENT", context->agent);
    aa_field_add_masked(fields, "AA_OWNER", context->owner);
    aa_field_add_masked(fields, "AA_TTY", request->tty);
    aa_field_add_masked(fields, "AA_RHOST", request->rhost);
    add_target(fields, request);
    aa_field_add_masked(fields, "AA_HOST", request->host_full != NULL ? request->host_full :
                                                                        request->host);
    aa_field_add_masked(fields, "AA_MACHINE", request->machine);
    aa_field_add_prose(fields, context->masker, "AA_CWD", request->cwd);
    add_command(fields, context->command, context->refused ? AA_REFUSED_COMMAND_MAX : AA_COMMAND_MAX);
    if (!request->edit && request->files_n > 0)
        aa_field_add_masked(fields, "AA_EXE", request->files[0].path);
    if (context->digest != NULL) {
        aa_hex(context->digest->bytes, sizeof(context->digest->bytes), digest);
        aa_field_add(fields, "AA_DIGEST", digest);
    }
    aa_field_add_masked(fields, "AA_LABELS", context->labels);
    if (context->policy != NULL)
        aa_field_add(fields, "AA_POLICY", context->policy);
    aa_field_add(fields, "AA_REQUEST", request->id.code);
    aa_field_add(fields, "AA_ID", request->id.hex);
    aa_field_add(fields, "AA_VERSION", AA_VERSION);
}

static void add_own(struct aa_buffer *fields, const struct aa_event_record *record)
{
    char time[AA_TIME_SIZE];

    aa_format_time(record->realtime_usec, time);
    aa_field_add(fields, "AA_EVENT", aa_event_facts(record->event)->name);
    aa_field_add(fields, "AA_TIME", time);
    if (record->own != NULL) {
        if (record->own->error != 0)
            fields->error = record->own->error;
        aa_buffer_add(fields, record->own->data, record->own->length);
    }
    if (record->common->error != 0)
        fields->error = record->common->error;
    aa_buffer_add(fields, record->common->data, record->common->length);
}

static void add_place(struct aa_buffer *fields, const struct aa_ledger_position *place)
{
    char hex[AA_SHA256_HEX];

    aa_field_printf(fields, "AA_SEQ", "%llu", (unsigned long long)place->seq);
    aa_hex(place->prev, sizeof(place->prev), hex);
    aa_field_add(fields, "AA_PREV", hex);
    aa_hex(place->hash, sizeof(place->hash), hex);
    aa_field_add(fields, "AA_HASH", hex);
}

int aa_record_keep(const struct aa_site *site, int state_fd, const struct aa_event_record *record,
                   enum aa_ledger_use use, bool sync, struct aa_ledger_position *ret_place,
                   struct aa_fault *fault)
{
    const struct aa_event_facts *facts = aa_event_facts(record->event);
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    struct aa_ledger_position place = { 0 };
    int r = -ENOENT;

    add_own(&fields, record);
    if (state_fd >= 0)
        r = aa_ledger_append(site, state_fd, &fields, use, sync, &place, fault);
    if (r == 0 && place.in_chain)
        add_place(&fields, &place);
    if (r == 0 && ret_place != NULL)
        *ret_place = place;
    aa_field_add(&fields, "SYSLOG_IDENTIFIER", "actionapprove");
    aa_field_add(&fields, "MESSAGE_ID", facts->message_id);
    aa_field_printf(&fields, "PRIORITY", "%d", facts->priority);
    aa_field_add(&fields, "MESSAGE", record->message);
    if (fields.error == 0 && (r == 0 || !record->only_if_kept))
        (void)aa_journal_send(site, &fields);
    return r;
}

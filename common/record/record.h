/* SPDX-License-Identifier: ISC */
/*
 * Records: what every event of a request has in common is written once, what is particular is
 * added, then the ledger takes it and the journal hears of it.
 */
#ifndef AA_RECORD_H
#define AA_RECORD_H

#include "base/fault.h"
#include "base/site.h"
#include "capture/digest.h"
#include "capture/request.h"
#include "events.h"
#include "fields.h"
#include "ledger.h"
#include "mask/masker.h"

/* What the decision adds to the request. */
struct aa_record_context {
    const char *rule;        /* NULL: none was reached */
    enum aa_action action;   /* of the rule; AA_ACTION_NONE: none was reached */
    const char *risk;        /* NULL: none */
    const char *policy;      /* its short digest; NULL: unknown */
    bool observe;
    bool refused;            /* nothing ran: a short form of the command will do */
    const char *agent, *owner; /* NULL: the requester is no agent */
    const struct aa_digest *digest; /* NULL: none */
    struct aa_masker *masker;
    const struct aa_buffer *command; /* its command line, masked; NULL or empty: none */
    const char *labels; /* of its operands, with blanks between them; NULL: none */
};

enum { AA_LABELS_FIELD_MAX = 16 * 1024 }; /* bytes */

/* The fields that all events of one request share. */
void aa_record_common(struct aa_buffer *fields, const struct aa_request *request,
                      const struct aa_record_context *context);

/* One event: its own fields in front of the common ones. */
struct aa_event_record {
    enum aa_event event;
    uint64_t realtime_usec;
    const char *message;           /* for people: the journal's MESSAGE, masked already */
    const struct aa_buffer *own;   /* fields of this event; NULL: none */
    const struct aa_buffer *common;
    bool only_if_kept; /* the journal hears of it only if the ledger took it */
};

/*
 * Keeps it: ledger first, then journal, which learns the place in the chain. state_fd < 0: the
 * journal only. The result is the ledger's; the journal stops nobody. "ret_place" may be NULL.
 */
int aa_record_keep(const struct aa_site *site, int state_fd, const struct aa_event_record *record,
                   enum aa_ledger_use use, bool sync, struct aa_ledger_position *ret_place,
                   struct aa_fault *fault);

/* RFC 3339 in UTC with microseconds, as in AA_TIME. */
enum { AA_TIME_SIZE = 40 };
void aa_format_time(uint64_t realtime_usec, char ret[AA_TIME_SIZE]);

#endif

/* SPDX-License-Identifier: ISC */
/* The events of a request, each with its constant MESSAGE_ID: the catalog explains them. */
#ifndef AA_EVENTS_H
#define AA_EVENTS_H

enum aa_event {
    AA_EVENT_ALLOWED = 1,
    AA_EVENT_REFUSED,
    AA_EVENT_REQUESTED,
    AA_EVENT_VOTE,
    AA_EVENT_APPROVED,
    AA_EVENT_DENIED,
    AA_EVENT_EXPIRED,
    AA_EVENT_CANCELLED,
    AA_EVENT_FAILED,
    AA_EVENT_BREAK_GLASS,
    AA_EVENT_FINISHED,
    AA_EVENT_COUNT
};

struct aa_event_facts {
    const char *name;       /* AA_EVENT */
    const char *message_id; /* 128 bits, never reused */
    int priority;           /* of syslog */
};

const struct aa_event_facts *aa_event_facts(enum aa_event event);

#endif

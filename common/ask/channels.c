/* SPDX-License-Identifier: ISC */
/* The channels of one request: the local one is its own socket, each network one a courier. */
#include <errno.h>
#include <stdio.h>

#include "asking.h"
#include "base/wire.h"
#include "mask/mask.h"

enum { EVENTS_AT_ONCE = 32, COMPLAINTS_MAX = 8 };

static int find_channel(const struct aa_snapshot *snapshot, const char *name,
                        const struct aa_snap_channel **ret)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_CHANNELS) };
    const struct aa_snap_channel *channels = aa_snapshot_elements(snapshot, AA_SECTION_CHANNELS,
                                                                  all);

    for (uint32_t i = 0; channels != NULL && i < all.count; i++) {
        const char *candidate = aa_snapshot_text(snapshot, channels[i].name);

        if (candidate != NULL && aa_streq(candidate, name)) {
            *ret = &channels[i];
            return (int)i;
        }
    }
    return -ENOENT;
}

/* A channel that cannot ask stops nobody else; it is said, and recorded where it was the last. */
static void complain(struct aa_asking *asking, const char *channel, const char *why)
{
    snprintf(asking->trouble, sizeof(asking->trouble), "channel %s: %s", channel, why);
    if (asking->complaints++ < COMPLAINTS_MAX)
        aa_tell_note(asking, asking->trouble);
}

/* Groups of the chat system that could answer: the courier looks into these and no others. */
static void add_chat_groups(const struct aa_asking *asking, struct aa_buffer *fields)
{
    const struct aa_snapshot *snapshot = asking->input->snapshot;
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_GROUPS) };
    const struct aa_snap_group *groups = aa_snapshot_elements(snapshot, AA_SECTION_GROUPS, all);
    const struct aa_snap_word *from = aa_snapshot_words(snapshot, asking->ask->from);

    for (uint32_t i = 0; groups != NULL && from != NULL && i < all.count; i++) {
        const char *name = aa_snapshot_text(snapshot, groups[i].name);
        const struct aa_snap_member *members =
            aa_snapshot_elements(snapshot, AA_SECTION_MEMBERS, groups[i].members);
        bool asked = false;

        for (uint32_t j = 0; j < asking->ask->from.count; j++) {
            const char *wanted = aa_snapshot_text(snapshot, from[j].text);

            asked |= name != NULL && wanted != NULL && aa_streq(name, wanted);
        }
        for (uint32_t j = 0; asked && members != NULL && j < groups[i].members.count; j++) {
            const char *group = aa_snapshot_text(snapshot, members[j].name);

            if (members[j].kind == AA_MEMBER_SLACK_GROUP && group != NULL)
                aa_field_add(fields, AA_WIRE_CHAT_GROUP, group);
        }
    }
}

static int describe_for_courier(const struct aa_asking *asking, struct aa_buffer *fields)
{
    uint64_t now = asking->site->boottime_usec();
    uint64_t left = asking->deadline_usec > now ? asking->deadline_usec - now : 0;
    int r = aa_describe(asking, fields);

    if (r < 0)
        return r;
    aa_field_printf(fields, AA_WIRE_DEADLINE, "%llu",
                    (unsigned long long)(asking->site->realtime_usec() + left));
    add_chat_groups(asking, fields);
    return fields->error;
}

static void start_courier(struct aa_asking *asking, uint32_t index, const char *name)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    struct aa_courier *courier = NULL;
    struct aa_fault fault = { 0 };
    int r;

    if (asking->couriers_n == AA_COURIERS_MAX) {
        complain(asking, name, "there are too many channels");
        return;
    }
    r = describe_for_courier(asking, &fields);
    if (r == 0)
        r = aa_courier_start(asking->site, asking->input->snapshot, index, &courier, &fault);
    if (r == 0)
        r = aa_courier_ask(courier, &fields);
    if (r < 0) {
        complain(asking, name, fault.id != AA_FAULT_NONE ? fault.detail : strerror(-r));
        (void)aa_courier_free(courier, true);
        return;
    }
    asking->couriers[asking->couriers_n++] = courier;
}

static bool has_then(const struct aa_asking *asking)
{
    return asking->ask->then_seconds > 0 && !asking->then_asked;
}

/* With nobody left who could answer, waiting is of no use. */
static void end_if_nobody_is_asked(struct aa_asking *asking)
{
    if (asking->end != 0 || asking->local_is_asked || asking->couriers_n > 0 || has_then(asking))
        return;
    aa_asking_end(asking, AA_EVENT_FAILED, AA_FAULT_CHANNEL, "nobody could be asked: %s",
                  asking->trouble[0] != '\0' ? asking->trouble : "no channel works");
}

static void note_local(struct aa_asking *asking, const char *name)
{
    asking->local_is_asked = true;
    snprintf(asking->local_name, sizeof(asking->local_name), "%s", name);
}

int aa_start_channels(struct aa_asking *asking, bool then)
{
    struct aa_snap_range range = then ? asking->ask->then_channels : asking->ask->channels;
    const struct aa_snap_word *names = aa_snapshot_words(asking->input->snapshot, range);

    if (names == NULL)
        return aa_fault(&asking->fault, AA_FAULT_SNAPSHOT_DAMAGED, -EBADMSG,
                        "the policy snapshot is damaged (a reference leaves the file)");
    asking->then_asked |= then;
    for (uint32_t i = 0; i < range.count; i++) {
        const char *name = aa_snapshot_text(asking->input->snapshot, names[i].text);
        const struct aa_snap_channel *channel;
        int index = name == NULL ? -EBADMSG :
                                   find_channel(asking->input->snapshot, name, &channel);

        if (index < 0)
            complain(asking, name != NULL ? name : "?", "the policy does not know it");
        else if (channel->type == AA_CHANNEL_LOCAL)
            note_local(asking, name);
        else
            start_courier(asking, (uint32_t)index, name);
    }
    end_if_nobody_is_asked(asking);
    return 0;
}

/* What ended out of turn may have lied before: its votes go with it. */
static void drop_courier(struct aa_asking *asking, size_t index, const char *why)
{
    struct aa_courier *courier = asking->couriers[index];

    complain(asking, aa_courier_channel(courier), why);
    aa_ballot_forget(&asking->ballot, courier);
    (void)aa_courier_free(courier, true);
    asking->couriers[index] = asking->couriers[--asking->couriers_n];
    end_if_nobody_is_asked(asking);
}

void aa_hear_courier(struct aa_asking *asking, size_t index)
{
    struct aa_courier *courier = asking->couriers[index];
    struct aa_courier_event event;

    for (int n = 0; n < EVENTS_AT_ONCE; n++) { /* so that a babbling one does not keep others waiting */
        struct aa_local_reply ignored = { 0 };
        struct aa_answer_given given;

        aa_courier_process(courier, &event);
        switch (event.kind) {
        case AA_COURIER_NOTHING:
            return;
        case AA_COURIER_POSTED:
            break;
        case AA_COURIER_TROUBLE:
            complain(asking, aa_courier_channel(courier), event.text);
            break;
        case AA_COURIER_VOTE:
            given = (struct aa_answer_given){
                .kind = event.vote,
                .cast = { .voter = event.voter, .channel = aa_courier_channel(courier),
                          .reason = event.reason, .courier = courier,
                          .courier_number = event.vote_number, .told = AA_VOTE_COUNTS },
            };
            aa_take_vote(asking, &given, &ignored);
            break;
        case AA_COURIER_FAILED:
            drop_courier(asking, index, event.text);
            return;
        }
        if (asking->end != 0)
            return;
    }
    asking->couriers_say_more = true;
}

void aa_close_channels(struct aa_asking *asking, const struct aa_buffer *outcome)
{
    for (size_t i = 0; i < asking->couriers_n; i++) {
        if (outcome != NULL)
            aa_courier_outcome(asking->couriers[i], outcome, true);
        (void)aa_courier_free(asking->couriers[i], outcome == NULL);
    }
    asking->couriers_n = 0;
}

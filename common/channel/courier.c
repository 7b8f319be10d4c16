/* SPDX-License-Identifier: ISC */
/* One courier's life as the root side sees it. */
#include "courier-internal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>

#include "config.h"

_Static_assert((int)AA_WIRE_VOTES_MAX <= (int)AA_VOTES_MAX, "each vote of a courier has room");

/* Whose accounts a channel of this type authenticates; 0: it needs no courier. */
static enum aa_account_kind namespace_of(uint32_t type)
{
    switch (type) {
    case AA_CHANNEL_SLACK:
        return AA_ACCOUNT_SLACK;
    case AA_CHANNEL_MATRIX:
        return AA_ACCOUNT_MATRIX;
    case AA_CHANNEL_TEAMS:
        return AA_ACCOUNT_TEAMS;
    case AA_CHANNEL_API:
        return AA_ACCOUNT_API;
    default:
        return 0;
    }
}

static void kill_it(struct aa_courier *courier)
{
    if (courier->pidfd >= 0)
        (void)syscall(SYS_pidfd_send_signal, courier->pidfd, SIGKILL, NULL, 0);
}

/* It is nobody's child here, so there is nothing to wait for. */
static void let_go(struct aa_courier *courier)
{
    courier->over = true;
    if (courier->link.fd >= 0)
        close(courier->link.fd);
    courier->link.fd = -1;
    if (courier->pidfd >= 0)
        close(courier->pidfd);
    courier->pidfd = -1;
}

struct aa_courier *aa_courier_free(struct aa_courier *courier, bool kill)
{
    if (courier == NULL)
        return NULL;
    if (kill)
        kill_it(courier);
    else if (!courier->over)
        (void)aa_link_send(&courier->link);
    let_go(courier);
    aa_link_close(&courier->link);
    if (courier->cradle != NULL)
        munmap(courier->cradle, sizeof(*courier->cradle));
    aa_buffer_free(&courier->groups);
    free(courier->channel);
    free(courier);
    return NULL;
}

static void free_at(struct aa_courier **courier)
{
    aa_courier_free(*courier, true);
}

static int make(const char *name, struct aa_courier **ret)
{
    _cleanup_(free_at) struct aa_courier *courier = calloc(1, sizeof(*courier));
    int r;

    if (courier == NULL)
        return -ENOMEM;
    courier->pidfd = courier->link.fd = -1;
    courier->groups = (struct aa_buffer)AA_BUFFER_INIT(AA_WIRE_GROUPS_MAX * (AA_WIRE_GROUP_MAX + 2));
    courier->channel = strdup(name);
    if (courier->channel == NULL)
        return -ENOMEM;
    r = aa_link_open(&courier->link, -1, AA_WIRE_COURIER);
    if (r < 0)
        return r;
    if (getrandom(&courier->request, sizeof(courier->request), GRND_NONBLOCK) !=
        sizeof(courier->request))
        return -EAGAIN;
    *ret = TAKE_PTR(courier);
    return 0;
}

int aa_courier_start(const struct aa_site *site, const struct aa_snapshot *snapshot,
                     uint32_t channel, struct aa_courier **ret, struct aa_fault *fault)
{
    _cleanup_(free_at) struct aa_courier *courier = NULL;
    const struct aa_wire_hello hello = { .version = AA_VERSION };
    const struct aa_snap_channel *found =
        aa_snapshot_elements(snapshot, AA_SECTION_CHANNELS, (struct aa_snap_range){ channel, 1 });
    const char *name = found == NULL ? NULL : aa_snapshot_text(snapshot, found->name);
    int r;

    if (name == NULL)
        return aa_fault(fault, AA_FAULT_SNAPSHOT_DAMAGED, -EBADMSG,
                        "the policy has no channel %u", (unsigned)channel);
    if (namespace_of(found->type) == 0)
        return aa_fault(fault, AA_FAULT_CHANNEL, -EINVAL, "channel %s needs no courier", name);
    r = make(name, &courier);
    if (r < 0)
        return aa_fault(fault, r == -ENOMEM ? AA_FAULT_MEMORY : AA_FAULT_CHANNEL, r,
                        "channel %s: %s", name, strerror(-r));
    courier->namespace = namespace_of(found->type);
    r = aa_wire_write_hello(aa_link_out(&courier->link), AA_WIRE_ROOT, &hello);
    if (r < 0)
        return aa_fault(fault, AA_FAULT_CHANNEL, r, "channel %s: %s", name, strerror(-r));
    aa_wire_note(&courier->link.said, AA_WIRE_HELLO);
    /* the secret is read first: where it is missing nothing has to be started */
    r = aa_courier_configure(site, snapshot, found, courier, fault);
    if (r == 0)
        r = aa_courier_spawn(site, courier, fault);
    if (r < 0)
        return r;
    (void)aa_link_send(&courier->link); /* what is left, and what went wrong, is for process */
    *ret = TAKE_PTR(courier);
    return 0;
}

/* ---- what it is told ---- */

/* Keeps the groups that voters may be found in. */
static int note_groups(struct aa_courier *courier, struct aa_reader fields)
{
    struct aa_wire_field field;
    uint32_t n = 0;
    int r;

    while ((r = aa_wire_field_next(&fields, &field)) == 1) {
        if (!aa_wire_field_is(&field, AA_WIRE_CHAT_GROUP))
            continue;
        if (++n > AA_WIRE_GROUPS_MAX || field.value_length > AA_WIRE_GROUP_MAX)
            return -EMSGSIZE;
        aa_buffer_add(&courier->groups, field.value, field.value_length);
        aa_buffer_add_byte(&courier->groups, '\0');
    }
    return r < 0 ? r : courier->groups.error;
}

int aa_courier_ask(struct aa_courier *courier, const struct aa_buffer *fields)
{
    const struct aa_wire_ask ask = {
        .fields = { (const unsigned char *)fields->data, fields->length },
    };
    int r;

    if (fields->error != 0)
        return fields->error;
    if (courier->over || !aa_wire_permits(courier->link.said, AA_WIRE_ASK))
        return -EPIPE;
    r = note_groups(courier, ask.fields);
    if (r == 0)
        r = aa_wire_write_ask(aa_link_out(&courier->link), &ask);
    if (r < 0)
        return r;
    aa_wire_note(&courier->link.said, AA_WIRE_ASK);
    return aa_link_send(&courier->link);
}

/* It cannot be told any more: it is ended, so that its socket wakes who waits for it. */
static void cannot_tell(struct aa_courier *courier, const char *trouble)
{
    courier->trouble = trouble;
    kill_it(courier);
}

static void told(struct aa_courier *courier, int r)
{
    if (r == 0)
        r = aa_link_send(&courier->link);
    if (r == -E2BIG)
        cannot_tell(courier, "the courier does not take what it is told");
    else if (r < 0)
        cannot_tell(courier, "the courier cannot be told what happened");
}

void aa_courier_answer(struct aa_courier *courier, uint32_t vote_number,
                       enum aa_vote_status status, uint32_t approvals, uint32_t quorum)
{
    const char *words = status == AA_VOTE_COUNTS ? NULL : aa_vote_status_words(status);
    const struct aa_wire_answer answer = {
        .vote_number = vote_number,
        .status = (uint32_t)status,
        .words = words == NULL ? "" : words,
        .approvals = approvals,
        .quorum = quorum,
    };

    if (!courier->over && aa_wire_permits(courier->link.said, AA_WIRE_ANSWER))
        told(courier, aa_wire_write_answer(aa_link_out(&courier->link), &answer));
}

/* The question's own large fields it has already: of an outcome, those stay behind. */
static int small_fields(const struct aa_buffer *fields, struct aa_buffer *ret)
{
    struct aa_reader reader = { (const unsigned char *)fields->data, fields->length };

    while (reader.left > 0) {
        const unsigned char *begin = reader.data, *bytes;
        uint32_t length;

        if (!aa_reader_u32(&reader, &length) || !aa_reader_bytes(&reader, length, &bytes))
            return -EBADMSG;
        if (length <= AA_WIRE_REPORT_MAX)
            aa_buffer_add(ret, begin, 4 + (size_t)length);
    }
    return ret->error;
}

void aa_courier_outcome(struct aa_courier *courier, const struct aa_buffer *fields, bool last)
{
    _cleanup_buffer_ struct aa_buffer small = AA_BUFFER_INIT(AA_WIRE_FRAME_MAX);
    struct aa_wire_outcome outcome = { .last = last };
    int r;

    if (courier->over || !aa_wire_permits(courier->link.said, AA_WIRE_OUTCOME))
        return;
    r = fields->error != 0 ? fields->error : small_fields(fields, &small);
    outcome.fields = (struct aa_reader){ (const unsigned char *)small.data, small.length };
    if (r == 0)
        r = aa_wire_write_outcome(aa_link_out(&courier->link), &outcome);
    if (r == 0) {
        aa_wire_note(&courier->link.said, AA_WIRE_OUTCOME);
        if (last)
            aa_wire_note(&courier->link.said, AA_WIRE_LAST);
    }
    told(courier, r);
}

/* ---- what it says ---- */

static void AA_PRINTF(4, 5) end_with(struct aa_courier *courier, struct aa_courier_event *event,
                                     bool kill, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(courier->text, sizeof(courier->text), format, arguments);
    va_end(arguments);
    if (kill)
        kill_it(courier);
    let_go(courier);
    *event = (struct aa_courier_event){ .kind = AA_COURIER_FAILED, .text = courier->text };
}

static bool was_asked_about(const struct aa_courier *courier, const char *group)
{
    for (size_t at = 0; at < courier->groups.length; at += strlen(courier->groups.data + at) + 1) {
        if (aa_streq(courier->groups.data + at, group))
            return true;
    }
    return false;
}

/* What is wrong with a vote that came whole; NULL: nothing. */
static const char *check_vote(const struct aa_courier *courier, const struct aa_wire_vote *vote)
{
    if (vote->request != courier->request)
        return "is of another request";
    if (vote->number != courier->votes + 1)
        return "is out of order";
    if (vote->number > AA_WIRE_VOTES_MAX)
        return "is one too many";
    if (vote->kind < AA_VOTE_APPROVE || vote->kind > AA_VOTE_CANCEL)
        return "is of an unknown kind";
    if (vote->namespace != (uint8_t)courier->namespace)
        return "is of an account that is not this channel's to name";
    if (vote->account[0] == '\0')
        return "is of nobody";
    if (vote->power != 0 && courier->namespace != AA_ACCOUNT_MATRIX)
        return "claims a power that this channel does not know";
    for (uint32_t i = 0; i < vote->groups_n; i++) {
        if (!was_asked_about(courier, vote->groups[i]))
            return "claims a group that was not asked about";
    }
    return NULL;
}

static const char *take_vote(struct aa_courier *courier, struct aa_wire_frame *frame,
                             struct aa_courier_event *event)
{
    struct aa_wire_vote *vote = &courier->vote;
    const char *wrong;

    if (aa_wire_read_vote(frame, vote) < 0)
        return NULL;
    wrong = check_vote(courier, vote);
    if (wrong != NULL)
        return wrong;
    courier->votes++;
    *event = (struct aa_courier_event){
        .kind = AA_COURIER_VOTE,
        .vote = (enum aa_vote_kind)vote->kind,
        .vote_number = vote->number,
        .voter = {
            .kind = courier->namespace,
            .account = vote->account,
            .email = vote->email[0] == '\0' ? NULL : vote->email,
            .chat_groups = { vote->groups, vote->groups_n },
            .power = vote->power,
        },
        .reason = vote->reason,
    };
    return NULL;
}

/* Text of a frame would move with the next one that is read: events have their own copy. */
static void report(struct aa_courier *courier, struct aa_courier_event *event,
                   enum aa_courier_event_kind kind, const char *text)
{
    snprintf(courier->text, sizeof(courier->text), "%s", text);
    *event = (struct aa_courier_event){ .kind = kind, .text = courier->text };
}

/* Takes one frame: an event, or none. */
static void take(struct aa_courier *courier, struct aa_wire_frame *frame,
                 struct aa_courier_event *event)
{
    struct aa_wire_hello hello;
    struct aa_wire_posted posted;
    struct aa_wire_trouble trouble;
    struct aa_wire_failed failed;
    struct aa_wire_done done;
    const char *wrong = NULL;

    switch (frame->type) {
    case AA_WIRE_HELLO_BACK:
        (void)aa_wire_read_hello(frame, &hello);
        break;
    case AA_WIRE_POSTED:
        if (aa_wire_read_posted(frame, &posted) < 0)
            break;
        if (posted.request != courier->request)
            wrong = "is of another request";
        else
            report(courier, event, AA_COURIER_POSTED, posted.where);
        break;
    case AA_WIRE_TROUBLE:
        if (aa_wire_read_trouble(frame, &trouble) < 0)
            break;
        if (++courier->troubles > AA_WIRE_TROUBLES_MAX)
            wrong = "is one too many";
        else
            report(courier, event, AA_COURIER_TROUBLE, trouble.text);
        break;
    case AA_WIRE_VOTE:
        wrong = take_vote(courier, frame, event);
        break;
    case AA_WIRE_FAILED: /* it may want to say so in its channel: it is left its time */
        if (aa_wire_read_failed(frame, &failed) == 0)
            end_with(courier, event, false, "the courier gave up: %s", failed.text);
        break;
    case AA_WIRE_DONE:
        if (aa_wire_read_done(frame, &done) == 0 && done.request != courier->request)
            wrong = "is of another request";
        break;
    default:
        wrong = "is of an unknown type";
        break;
    }
    if (frame->bad != NULL)
        end_with(courier, event, true, "the courier broke the rules: its %s has a malformed %s",
                 aa_wire_name(frame->type), frame->bad);
    else if (wrong != NULL)
        end_with(courier, event, true, "the courier broke the rules: its %s %s",
                 aa_wire_name(frame->type), wrong);
}

static const char *step_name(int step)
{
    static const char *const names[] = {
        [AA_COURIER_STEP_CLONE] = "a process",
        [AA_COURIER_STEP_SESSION] = "a session",
        [AA_COURIER_STEP_DESCRIPTORS] = "its descriptors",
        [AA_COURIER_STEP_FOLDER] = "its folder",
        [AA_COURIER_STEP_LIMITS] = "its limits",
        [AA_COURIER_STEP_USER] = "its user",
        [AA_COURIER_STEP_PRIVILEGES] = "giving up privileges",
        [AA_COURIER_STEP_EXEC] = "its program",
    };

    return step > 0 && (size_t)step < AA_ARRAY_SIZE(names) ? names[step] : "something";
}

static void take_end(struct aa_courier *courier, struct aa_courier_event *event)
{
    if (courier->cradle->error != 0)
        end_with(courier, event, true, "the courier could not be started: %s: %s",
                 step_name(courier->cradle->step), strerror(courier->cradle->error));
    else if (aa_link_is_torn(&courier->link))
        end_with(courier, event, true, "the courier ended in the middle of a message");
    else if (aa_wire_was_said(courier->link.said, AA_WIRE_LAST))
        let_go(courier); /* nothing was wanted of it any more */
    else
        end_with(courier, event, true, "the courier ended before the request did");
}

/*
 * At most one read, of at most what fits into one report's room, and one event. With that, with
 * bounded numbers of votes and troubles, and with every other message said once, a courier that
 * babbles costs a bounded amount of time altogether.
 */
void aa_courier_process(struct aa_courier *courier, struct aa_courier_event *ret)
{
    bool received = false;
    int r = 0;

    *ret = (struct aa_courier_event){ .kind = AA_COURIER_NOTHING };
    if (courier->over)
        return;
    if (courier->trouble != NULL) {
        end_with(courier, ret, true, "%s", courier->trouble);
        return;
    }
    r = aa_link_send(&courier->link);
    while (r == 0 && ret->kind == AA_COURIER_NOTHING) {
        struct aa_wire_frame frame;

        r = aa_link_next(&courier->link, &frame);
        if (r == 1) {
            take(courier, &frame, ret);
            r = 0;
        } else if (r < 0) {
            end_with(courier, ret, true, "the courier broke the rules: its %s %s",
                     frame.type == 0 ? "message" : aa_wire_name(frame.type), courier->link.bad);
            return;
        } else if (courier->link.ended) {
            take_end(courier, ret);
            return;
        } else if (received) {
            return;
        } else {
            r = aa_link_receive(&courier->link);
            r = r < 0 ? r : 0;
            received = true;
        }
    }
    if (r < 0)
        end_with(courier, ret, true, "the courier's socket: %s", strerror(-r));
}

int aa_courier_fd(const struct aa_courier *courier)
{
    return courier->link.fd;
}

short aa_courier_events(const struct aa_courier *courier)
{
    if (courier->over)
        return 0;
    return (short)(POLLIN | (aa_link_has_more_to_send(&courier->link) ? POLLOUT : 0));
}

const char *aa_courier_channel(const struct aa_courier *courier)
{
    return courier->channel;
}

/* SPDX-License-Identifier: ISC */
/* Frames of the root side become calls of the channel; what the channel reports becomes frames. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "config.h"
#include "courier.h"
#include "sandbox.h"

/* ---- reports ---- */

static void said(struct courier *courier, enum aa_wire_type type, int r)
{
    if (r == 0)
        aa_wire_note(&courier->link.said, type);
    else
        courier->over = true; /* the root side does not listen: it hears the end */
}

/* The root side would take a report out of its place for a breach: it is not made. */
static bool may_say(const struct courier *courier, enum aa_wire_type type)
{
    return !courier->over && aa_wire_permits(courier->link.said, type);
}

/* What is too long is cut, visibly, between characters. */
static const char *cut(char *text, size_t size, size_t max)
{
    static const char mark[] = "\xe2\x80\xa6";
    size_t n = strnlen(text, size);

    if (n <= max)
        return text;
    n = max - strlen(mark);
    while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    memcpy(text + n, mark, sizeof(mark));
    return text;
}

void courier_posted(struct courier *courier, const char *where)
{
    char text[AA_WIRE_TEXT_MAX + 8];
    struct aa_wire_posted posted = { .request = courier->config.request };

    if (!may_say(courier, AA_WIRE_POSTED))
        return;
    snprintf(text, sizeof(text), "%s", where);
    posted.where = cut(text, sizeof(text), AA_WIRE_TEXT_MAX);
    said(courier, AA_WIRE_POSTED, aa_wire_write_posted(aa_link_out(&courier->link), &posted));
}

void courier_trouble(struct courier *courier, const char *format, ...)
{
    char text[AA_WIRE_TEXT_MAX + 8];
    struct aa_wire_trouble trouble = { .text = text };
    va_list arguments;

    if (!may_say(courier, AA_WIRE_TROUBLE))
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    cut(text, sizeof(text), AA_WIRE_TEXT_MAX);
    said(courier, AA_WIRE_TROUBLE, aa_wire_write_trouble(aa_link_out(&courier->link), &trouble));
}

void courier_vote(struct courier *courier, const struct channel_vote *vote)
{
    char reason[AA_WIRE_REASON_MAX + 8];
    struct aa_wire_vote out = {
        .request = courier->config.request,
        .number = courier->votes + 1,
        .kind = vote->kind,
        .namespace = courier->config.namespace,
        .account = vote->account,
        .email = vote->email == NULL ? "" : vote->email,
        .groups_n = vote->groups_n,
        .power = vote->power,
        .signature = "",
    };

    if (!may_say(courier, AA_WIRE_VOTE) || courier->votes >= AA_WIRE_VOTES_MAX ||
        vote->groups_n > AA_WIRE_GROUPS_MAX)
        return;
    for (uint32_t i = 0; i < vote->groups_n; i++)
        out.groups[i] = vote->groups[i];
    snprintf(reason, sizeof(reason), "%s", vote->reason == NULL ? "" : vote->reason);
    out.reason = cut(reason, sizeof(reason), AA_WIRE_REASON_MAX);
    if (aa_wire_write_vote(aa_link_out(&courier->link), &out) != 0) {
        courier_failed(courier, "the vote of %.100s cannot be told", vote->account);
        return;
    }
    courier->votes++;
    said(courier, AA_WIRE_VOTE, 0);
}

void courier_failed(struct courier *courier, const char *format, ...)
{
    char text[AA_WIRE_TEXT_MAX + 8];
    struct aa_wire_failed failed = { .text = text };
    va_list arguments;

    if (!may_say(courier, AA_WIRE_FAILED)) {
        courier->over = true;
        return;
    }
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    cut(text, sizeof(text), AA_WIRE_TEXT_MAX);
    said(courier, AA_WIRE_FAILED, aa_wire_write_failed(aa_link_out(&courier->link), &failed));
    courier->over = true;
}

void courier_done(struct courier *courier)
{
    struct aa_wire_done done = { .request = courier->config.request };

    if (may_say(courier, AA_WIRE_DONE))
        said(courier, AA_WIRE_DONE, aa_wire_write_done(aa_link_out(&courier->link), &done));
    courier->over = true;
}

void courier_refuse(struct courier *courier, const char *what, const char *why)
{
    courier_failed(courier, "the root side broke the rules: its %s %s", what, why);
}

/* ---- frames ---- */

static bool keep(struct aa_buffer *buffer, const struct aa_reader *bytes)
{
    *buffer = (struct aa_buffer)AA_BUFFER_INIT(AA_WIRE_FRAME_MAX + 1);
    aa_buffer_add(buffer, bytes->data, bytes->left);
    return buffer->error == 0;
}

static void take_hello(struct courier *courier, struct aa_wire_frame *frame)
{
    const struct aa_wire_hello mine = { .version = AA_VERSION };
    struct aa_wire_hello hello;

    if (aa_wire_read_hello(frame, &hello) == 0)
        said(courier, AA_WIRE_HELLO_BACK,
             aa_wire_write_hello(aa_link_out(&courier->link), AA_WIRE_COURIER, &mine));
}

static void take_config(struct courier *courier, struct aa_wire_frame *frame)
{
    const char *type;
    int r;

    /* kept first, then read where it is kept: the frame itself is wiped */
    if (!keep(&courier->settings, &frame->payload)) {
        courier_failed(courier, "no memory for the settings");
        return;
    }
    frame->payload.data = (const unsigned char *)courier->settings.data;
    if (aa_wire_read_config(frame, &courier->config) < 0)
        return;
    courier->channel = channel_of(courier->config.type);
    if (courier->channel == NULL) {
        type = aa_channel_type_name((enum aa_channel_type)courier->config.type);
        courier_failed(courier, "this build has no courier for channels of type %s",
                       type == NULL ? "unknown" : type);
        return;
    }
    if (courier->channel->prepare(courier, &courier->config, &courier->state) < 0) {
        courier_failed(courier, "channel %s could not be prepared", courier->config.channel);
        return;
    }
    r = sandbox_enter();
    if (r < 0)
        courier_failed(courier, "the courier cannot enter its sandbox: %s", strerror(-r));
}

static bool number_of(const struct aa_wire_field *field, uint64_t max, uint64_t *ret)
{
    uint64_t value = 0;

    for (size_t i = 0; i < field->value_length; i++) {
        if (field->value[i] < '0' || field->value[i] > '9' || value > max / 10)
            return false;
        value = 10 * value + (uint64_t)(field->value[i] - '0');
    }
    if (field->value_length == 0 || value > max)
        return false;
    *ret = value;
    return true;
}

static const char *name_of(struct aa_buffer *names, const struct aa_wire_field *field)
{
    const char *begin = names->data + names->length;

    aa_buffer_add(names, field->value, field->value_length);
    aa_buffer_add_byte(names, '\0');
    return begin;
}

static bool read_question(struct courier *courier, struct aa_reader fields)
{
    struct channel_question *question = &courier->question;
    struct aa_wire_field field;
    uint64_t number;

    question->fields = fields;
    while (aa_wire_field_next(&fields, &field) == 1) {
        bool from = aa_wire_field_is(&field, AA_WIRE_FROM);

        if (from || aa_wire_field_is(&field, AA_WIRE_CHAT_GROUP)) {
            uint32_t *n = from ? &question->groups_n : &question->chat_groups_n;

            if (*n == AA_WIRE_GROUPS_MAX || field.value_length > AA_WIRE_GROUP_MAX)
                return false;
            (from ? question->groups : question->chat_groups)[(*n)++] =
                name_of(&courier->names, &field);
        } else if (aa_wire_field_is(&field, AA_WIRE_DEADLINE)) {
            if (!number_of(&field, UINT64_MAX / 10, &question->deadline_usec))
                return false;
        } else if (aa_wire_field_is(&field, AA_WIRE_QUORUM)) {
            if (!number_of(&field, UINT32_MAX, &number))
                return false;
            question->quorum = (uint32_t)number;
        }
    }
    return true;
}

static void take_ask(struct courier *courier, struct aa_wire_frame *frame)
{
    enum { NAMES = 2 * AA_WIRE_GROUPS_MAX * (AA_WIRE_GROUP_MAX + 1) + 1 };
    struct aa_wire_ask ask;
    char *memory = malloc(NAMES);

    /* as large as it can get, since what points into it must not move */
    courier->names = (struct aa_buffer){ .data = memory, .capacity = NAMES, .maximum = NAMES };
    if (memory == NULL || !keep(&courier->asked, &frame->payload)) {
        courier_failed(courier, "no memory for the question");
        return;
    }
    frame->payload.data = (const unsigned char *)courier->asked.data;
    if (aa_wire_read_ask(frame, &ask) < 0)
        return;
    if (!read_question(courier, ask.fields)) {
        courier_refuse(courier, "ASK", "has fields that cannot be read");
        return;
    }
    courier->channel->ask(courier->state, &courier->question);
}

static void take_answer(struct courier *courier, struct aa_wire_frame *frame)
{
    struct aa_wire_answer answer;

    if (aa_wire_read_answer(frame, &answer) < 0)
        return;
    if (answer.vote_number == 0 || answer.vote_number > courier->votes)
        courier_refuse(courier, "ANSWER", "is to no vote");
    else
        courier->channel->answer(courier->state, &answer);
}

static void take_outcome(struct courier *courier, struct aa_wire_frame *frame)
{
    struct aa_wire_outcome outcome;

    if (aa_wire_read_outcome(frame, &outcome) < 0)
        return;
    courier->last = outcome.last;
    if (outcome.last)
        aa_wire_note(&courier->link.said, AA_WIRE_LAST);
    courier->channel->outcome(courier->state, &outcome);
}

void courier_take_frames(struct courier *courier)
{
    struct aa_wire_frame frame;
    int r = 0;

    while (!courier->over && (r = aa_link_next(&courier->link, &frame)) == 1) {
        switch (frame.type) {
        case AA_WIRE_HELLO:
            take_hello(courier, &frame);
            break;
        case AA_WIRE_CONFIG:
            take_config(courier, &frame);
            break;
        case AA_WIRE_ASK:
            take_ask(courier, &frame);
            break;
        case AA_WIRE_ANSWER:
            take_answer(courier, &frame);
            break;
        case AA_WIRE_OUTCOME:
            take_outcome(courier, &frame);
            break;
        default:
            break; /* the header's reader lets nothing else through */
        }
        if (frame.bad != NULL)
            courier_refuse(courier, aa_wire_name(frame.type), frame.bad);
    }
    if (r < 0)
        courier_refuse(courier, frame.type == 0 ? "message" : aa_wire_name(frame.type),
                       courier->link.bad);
}

/* SPDX-License-Identifier: ISC */
/* Each message of the wire, written and read: a pair of functions with the same name. */
#include "wire.h"

#include <errno.h>

#include "text.h"

/* ---- writing ---- */

struct writer {
    struct aa_buffer *out;
    size_t begun;
    bool beyond; /* something is beyond its maximum, or no text */
};

static struct writer begin(struct aa_buffer *out, enum aa_wire_type type)
{
    struct writer writer = { .out = out, .begun = out->length };

    aa_buffer_add_byte(out, AA_WIRE_VERSION);
    aa_buffer_add_byte(out, (char)type);
    aa_buffer_add(out, "\0\0\0\0\0", AA_WIRE_HEADER_SIZE - 2);
    return writer;
}

static int end(struct writer *writer)
{
    struct aa_buffer *out = writer->out;
    size_t length = out->length - writer->begun - AA_WIRE_HEADER_SIZE;
    enum aa_wire_type type;
    size_t checked;
    const char *bad;
    int r = out->error;

    if (r == 0) {
        unsigned char *header = (unsigned char *)out->data + writer->begun;
        enum aa_wire_side from = header[1] < AA_WIRE_HELLO_BACK ? AA_WIRE_ROOT : AA_WIRE_COURIER;

        for (size_t i = 0; i < 4; i++)
            header[4 + i] = (unsigned char)(length >> (8 * i));
        if (writer->beyond || aa_wire_read_header(header, from, &type, &checked, &bad) < 0)
            r = -EMSGSIZE;
    }
    if (r < 0) {
        out->length = writer->begun;
        out->error = 0;
    }
    return r;
}

static void put_byte(struct writer *writer, uint8_t value)
{
    aa_buffer_add_byte(writer->out, (char)value);
}

static void put_u32(struct writer *writer, uint32_t value)
{
    aa_buffer_add_u32(writer->out, value);
}

static void put_u64(struct writer *writer, uint64_t value)
{
    aa_buffer_add_u64(writer->out, value);
}

static void put_text(struct writer *writer, const char *text, size_t max)
{
    size_t length = strnlen(text, max + 1);

    if (length > max || !aa_utf8_valid(text, length)) {
        writer->beyond = true;
        return;
    }
    aa_buffer_add_u32(writer->out, (uint32_t)length);
    aa_buffer_add(writer->out, text, length + 1);
}

/* How many fields, all of them sound; -EBADMSG, or too many. */
static int count_fields(struct aa_reader fields)
{
    struct aa_wire_field field;
    int n = 0, r;

    while ((r = aa_wire_field_next(&fields, &field)) == 1) {
        if (++n > AA_WIRE_FIELDS_MAX)
            return -EMSGSIZE;
    }
    return r < 0 ? r : n;
}

static void put_fields(struct writer *writer, struct aa_reader fields)
{
    if (count_fields(fields) < 0)
        writer->beyond = true;
    else
        aa_buffer_add(writer->out, fields.data, fields.left);
}

/* ---- reading: the first thing that is wrong sticks ---- */

static void bad(struct aa_wire_frame *frame, const char *what)
{
    if (frame->bad == NULL)
        frame->bad = what;
}

static uint8_t get_byte(struct aa_wire_frame *frame, const char *what)
{
    const unsigned char *byte;

    if (aa_reader_bytes(&frame->payload, 1, &byte))
        return *byte;
    bad(frame, what);
    return 0;
}

static uint32_t get_u32(struct aa_wire_frame *frame, const char *what)
{
    uint32_t value;

    if (aa_reader_u32(&frame->payload, &value))
        return value;
    bad(frame, what);
    return 0;
}

static uint64_t get_u64(struct aa_wire_frame *frame, const char *what)
{
    uint64_t value;

    if (aa_reader_u64(&frame->payload, &value))
        return value;
    bad(frame, what);
    return 0;
}

static bool get_flag(struct aa_wire_frame *frame, const char *what)
{
    uint8_t value = get_byte(frame, what);

    if (value > 1)
        bad(frame, what);
    return value == 1;
}

static const char *get_text(struct aa_wire_frame *frame, size_t max, const char *what)
{
    const unsigned char *bytes;
    uint32_t length;

    if (!aa_reader_u32(&frame->payload, &length) || length > max ||
        !aa_reader_bytes(&frame->payload, (size_t)length + 1, &bytes) ||
        strnlen((const char *)bytes, (size_t)length + 1) != length ||
        !aa_utf8_valid((const char *)bytes, length)) {
        bad(frame, what);
        return "";
    }
    return (const char *)bytes;
}

static uint32_t get_count(struct aa_wire_frame *frame, uint32_t max, const char *what)
{
    uint32_t count = get_u32(frame, what);

    if (count <= max)
        return count;
    bad(frame, what);
    return 0;
}

static struct aa_reader get_fields(struct aa_wire_frame *frame)
{
    struct aa_reader fields = frame->payload;

    if (count_fields(fields) < 0)
        bad(frame, "fields");
    frame->payload.left = 0;
    return fields;
}

static int finish(struct aa_wire_frame *frame)
{
    if (frame->payload.left > 0)
        bad(frame, "end: there are leftover bytes");
    return frame->bad == NULL ? 0 : -EBADMSG;
}

/* ---- the root side's ---- */

int aa_wire_write_hello(struct aa_buffer *out, enum aa_wire_side from,
                        const struct aa_wire_hello *hello)
{
    struct writer writer = begin(out, from == AA_WIRE_ROOT ? AA_WIRE_HELLO : AA_WIRE_HELLO_BACK);

    put_text(&writer, hello->version, AA_WIRE_NAME_MAX);
    return end(&writer);
}

int aa_wire_read_hello(struct aa_wire_frame *frame, struct aa_wire_hello *ret)
{
    struct aa_wire_hello hello = { .version = get_text(frame, AA_WIRE_NAME_MAX, "version") };
    int r = finish(frame);

    if (r == 0)
        *ret = hello;
    return r;
}

int aa_wire_write_config(struct aa_buffer *out, const struct aa_wire_config *config)
{
    struct writer writer = begin(out, AA_WIRE_CONFIG);

    put_text(&writer, config->channel, AA_WIRE_NAME_MAX);
    put_u32(&writer, config->type);
    put_byte(&writer, config->namespace);
    put_u64(&writer, config->request);
    put_u32(&writer, config->pairs_n);
    writer.beyond |= config->pairs_n > AA_WIRE_PAIRS_MAX;
    for (uint32_t i = 0; i < config->pairs_n && !writer.beyond; i++) {
        put_u32(&writer, config->pairs[i].key);
        put_byte(&writer, config->pairs[i].secret);
        put_text(&writer, config->pairs[i].value, AA_WIRE_VALUE_MAX);
    }
    return end(&writer);
}

int aa_wire_read_config(struct aa_wire_frame *frame, struct aa_wire_config *ret)
{
    struct aa_wire_config config = { 0 };
    int r;

    config.channel = get_text(frame, AA_WIRE_NAME_MAX, "channel");
    config.type = get_u32(frame, "type");
    config.namespace = get_byte(frame, "namespace");
    config.request = get_u64(frame, "request");
    config.pairs_n = get_count(frame, AA_WIRE_PAIRS_MAX, "count of settings");
    for (uint32_t i = 0; i < config.pairs_n && frame->bad == NULL; i++) {
        config.pairs[i].key = get_u32(frame, "key");
        config.pairs[i].secret = get_flag(frame, "secret");
        config.pairs[i].value = get_text(frame, AA_WIRE_VALUE_MAX, "value");
    }
    r = finish(frame);
    if (r == 0)
        *ret = config;
    return r;
}

int aa_wire_write_ask(struct aa_buffer *out, const struct aa_wire_ask *ask)
{
    struct writer writer = begin(out, AA_WIRE_ASK);

    put_fields(&writer, ask->fields);
    return end(&writer);
}

int aa_wire_read_ask(struct aa_wire_frame *frame, struct aa_wire_ask *ret)
{
    struct aa_wire_ask ask = { .fields = get_fields(frame) };
    int r = finish(frame);

    if (r == 0)
        *ret = ask;
    return r;
}

int aa_wire_write_answer(struct aa_buffer *out, const struct aa_wire_answer *answer)
{
    struct writer writer = begin(out, AA_WIRE_ANSWER);

    put_u32(&writer, answer->vote_number);
    put_u32(&writer, answer->status);
    put_text(&writer, answer->words, AA_WIRE_TEXT_MAX);
    put_u32(&writer, answer->approvals);
    put_u32(&writer, answer->quorum);
    return end(&writer);
}

int aa_wire_read_answer(struct aa_wire_frame *frame, struct aa_wire_answer *ret)
{
    struct aa_wire_answer answer = { 0 };
    int r;

    answer.vote_number = get_u32(frame, "vote number");
    answer.status = get_u32(frame, "status");
    answer.words = get_text(frame, AA_WIRE_TEXT_MAX, "words");
    answer.approvals = get_u32(frame, "approvals");
    answer.quorum = get_u32(frame, "quorum");
    r = finish(frame);
    if (r == 0)
        *ret = answer;
    return r;
}

int aa_wire_write_outcome(struct aa_buffer *out, const struct aa_wire_outcome *outcome)
{
    struct writer writer = begin(out, AA_WIRE_OUTCOME);

    put_byte(&writer, outcome->last);
    put_fields(&writer, outcome->fields);
    return end(&writer);
}

int aa_wire_read_outcome(struct aa_wire_frame *frame, struct aa_wire_outcome *ret)
{
    struct aa_wire_outcome outcome = { 0 };
    int r;

    outcome.last = get_flag(frame, "last");
    outcome.fields = get_fields(frame);
    r = finish(frame);
    if (r == 0)
        *ret = outcome;
    return r;
}

/* ---- a courier's ---- */

int aa_wire_write_posted(struct aa_buffer *out, const struct aa_wire_posted *posted)
{
    struct writer writer = begin(out, AA_WIRE_POSTED);

    put_u64(&writer, posted->request);
    put_text(&writer, posted->where, AA_WIRE_TEXT_MAX);
    return end(&writer);
}

int aa_wire_read_posted(struct aa_wire_frame *frame, struct aa_wire_posted *ret)
{
    struct aa_wire_posted posted = { 0 };
    int r;

    posted.request = get_u64(frame, "request");
    posted.where = get_text(frame, AA_WIRE_TEXT_MAX, "place");
    r = finish(frame);
    if (r == 0)
        *ret = posted;
    return r;
}

static int write_text(struct aa_buffer *out, enum aa_wire_type type, const char *text)
{
    struct writer writer = begin(out, type);

    put_text(&writer, text, AA_WIRE_TEXT_MAX);
    return end(&writer);
}

int aa_wire_write_trouble(struct aa_buffer *out, const struct aa_wire_trouble *trouble)
{
    return write_text(out, AA_WIRE_TROUBLE, trouble->text);
}

int aa_wire_read_trouble(struct aa_wire_frame *frame, struct aa_wire_trouble *ret)
{
    struct aa_wire_trouble trouble = { .text = get_text(frame, AA_WIRE_TEXT_MAX, "text") };
    int r = finish(frame);

    if (r == 0)
        *ret = trouble;
    return r;
}

int aa_wire_write_vote(struct aa_buffer *out, const struct aa_wire_vote *vote)
{
    struct writer writer = begin(out, AA_WIRE_VOTE);

    put_u64(&writer, vote->request);
    put_u32(&writer, vote->number);
    put_byte(&writer, vote->kind);
    put_byte(&writer, vote->namespace);
    put_text(&writer, vote->account, AA_WIRE_ACCOUNT_MAX);
    put_text(&writer, vote->email, AA_WIRE_EMAIL_MAX);
    put_u32(&writer, vote->groups_n);
    writer.beyond |= vote->groups_n > AA_WIRE_GROUPS_MAX;
    for (uint32_t i = 0; i < vote->groups_n && !writer.beyond; i++)
        put_text(&writer, vote->groups[i], AA_WIRE_GROUP_MAX);
    put_u32(&writer, vote->power);
    put_text(&writer, vote->reason, AA_WIRE_REASON_MAX);
    put_text(&writer, vote->signature, 0);
    return end(&writer);
}

int aa_wire_read_vote(struct aa_wire_frame *frame, struct aa_wire_vote *ret)
{
    struct aa_wire_vote vote = { 0 };
    int r;

    vote.request = get_u64(frame, "request");
    vote.number = get_u32(frame, "number");
    vote.kind = get_byte(frame, "kind");
    vote.namespace = get_byte(frame, "namespace");
    vote.account = get_text(frame, AA_WIRE_ACCOUNT_MAX, "account");
    vote.email = get_text(frame, AA_WIRE_EMAIL_MAX, "e-mail");
    vote.groups_n = get_count(frame, AA_WIRE_GROUPS_MAX, "count of groups");
    for (uint32_t i = 0; i < vote.groups_n && frame->bad == NULL; i++)
        vote.groups[i] = get_text(frame, AA_WIRE_GROUP_MAX, "group");
    vote.power = get_u32(frame, "power");
    vote.reason = get_text(frame, AA_WIRE_REASON_MAX, "reason");
    vote.signature = get_text(frame, 0, "signature");
    r = finish(frame);
    if (r == 0)
        *ret = vote;
    return r;
}

int aa_wire_write_failed(struct aa_buffer *out, const struct aa_wire_failed *failed)
{
    return write_text(out, AA_WIRE_FAILED, failed->text);
}

int aa_wire_read_failed(struct aa_wire_frame *frame, struct aa_wire_failed *ret)
{
    struct aa_wire_failed failed = { .text = get_text(frame, AA_WIRE_TEXT_MAX, "text") };
    int r = finish(frame);

    if (r == 0)
        *ret = failed;
    return r;
}

int aa_wire_write_done(struct aa_buffer *out, const struct aa_wire_done *done)
{
    struct writer writer = begin(out, AA_WIRE_DONE);

    put_u64(&writer, done->request);
    return end(&writer);
}

int aa_wire_read_done(struct aa_wire_frame *frame, struct aa_wire_done *ret)
{
    struct aa_wire_done done = { .request = get_u64(frame, "request") };
    int r = finish(frame);

    if (r == 0)
        *ret = done;
    return r;
}

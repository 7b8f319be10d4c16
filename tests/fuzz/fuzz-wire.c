/* SPDX-License-Identifier: ISC */
/* A stream of bytes that one side hears. The first byte says which side it is; the rest comes in two
 * pieces. What is read is bounded, and what is written again from it is what was read. */
#include "fuzz.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/link.h"
#include "base/text.h"

static void check_text(const char *text, size_t max)
{
    require(strlen(text) <= max && aa_utf8_valid(text, strlen(text)));
}

static void check_fields(struct aa_reader fields)
{
    struct aa_wire_field field;
    int r, n = 0;

    while ((r = aa_wire_field_next(&fields, &field)) == 1) {
        require(field.name_length > 0 && field.name_length <= AA_WIRE_FIELD_NAME_MAX);
        require(field.name_length + 1 + field.value_length <= AA_WIRE_FIELD_MAX);
        require(++n <= AA_WIRE_FIELDS_MAX);
    }
    require(r == 0);
}

/* Reads the frame, and writes it again: 1, or 0 where it is malformed. */
static int again(struct aa_wire_frame *frame, struct aa_buffer *out)
{
    struct aa_wire_hello hello;
    struct aa_wire_config config;
    struct aa_wire_ask ask;
    struct aa_wire_answer answer;
    struct aa_wire_outcome outcome;
    struct aa_wire_posted posted;
    struct aa_wire_trouble trouble;
    struct aa_wire_vote vote;
    struct aa_wire_failed failed;
    struct aa_wire_done done;
    enum aa_wire_side from = frame->type < AA_WIRE_HELLO_BACK ? AA_WIRE_ROOT : AA_WIRE_COURIER;
    int r = 0;

    switch (frame->type) {
    case AA_WIRE_HELLO:
    case AA_WIRE_HELLO_BACK:
        if ((r = aa_wire_read_hello(frame, &hello)) == 0)
            require(aa_wire_write_hello(out, from, &hello) == 0);
        break;
    case AA_WIRE_CONFIG:
        if ((r = aa_wire_read_config(frame, &config)) == 0) {
            check_text(config.channel, AA_WIRE_NAME_MAX);
            require(config.pairs_n <= AA_WIRE_PAIRS_MAX);
            require(aa_wire_write_config(out, &config) == 0);
        }
        break;
    case AA_WIRE_ASK:
        if ((r = aa_wire_read_ask(frame, &ask)) == 0) {
            check_fields(ask.fields);
            require(aa_wire_write_ask(out, &ask) == 0);
        }
        break;
    case AA_WIRE_ANSWER:
        if ((r = aa_wire_read_answer(frame, &answer)) == 0)
            require(aa_wire_write_answer(out, &answer) == 0);
        break;
    case AA_WIRE_OUTCOME:
        if ((r = aa_wire_read_outcome(frame, &outcome)) == 0) {
            check_fields(outcome.fields);
            require(aa_wire_write_outcome(out, &outcome) == 0);
        }
        break;
    case AA_WIRE_POSTED:
        if ((r = aa_wire_read_posted(frame, &posted)) == 0)
            require(aa_wire_write_posted(out, &posted) == 0);
        break;
    case AA_WIRE_TROUBLE:
        if ((r = aa_wire_read_trouble(frame, &trouble)) == 0)
            require(aa_wire_write_trouble(out, &trouble) == 0);
        break;
    case AA_WIRE_VOTE:
        if ((r = aa_wire_read_vote(frame, &vote)) == 0) {
            check_text(vote.account, AA_WIRE_ACCOUNT_MAX);
            check_text(vote.email, AA_WIRE_EMAIL_MAX);
            check_text(vote.reason, AA_WIRE_REASON_MAX);
            require(vote.signature[0] == '\0' && vote.groups_n <= AA_WIRE_GROUPS_MAX);
            require(aa_wire_write_vote(out, &vote) == 0);
        }
        break;
    case AA_WIRE_FAILED:
        if ((r = aa_wire_read_failed(frame, &failed)) == 0)
            require(aa_wire_write_failed(out, &failed) == 0);
        break;
    case AA_WIRE_DONE:
        if ((r = aa_wire_read_done(frame, &done)) == 0)
            require(aa_wire_write_done(out, &done) == 0);
        break;
    default:
        require(!"a type that the header's reader lets through");
    }
    require((r == 0) == (frame->bad == NULL));
    return r == 0;
}

/* Every frame that is there; what comes out is what went in, up to the first malformed one. */
static void hear(struct aa_link *link, struct aa_buffer *out)
{
    struct aa_wire_frame frame;

    while (aa_link_next(link, &frame) == 1) {
        size_t length = frame.payload.left, begun = out->length;
        const unsigned char *payload = frame.payload.data;

        if (!again(&frame, out))
            continue;
        require(out->length - begun == AA_WIRE_HEADER_SIZE + length);
        require(memcmp(out->data + begun + AA_WIRE_HEADER_SIZE, payload, length) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct aa_buffer out = AA_BUFFER_INIT(1024 * 1024);
    struct aa_link link;
    enum aa_wire_side from;
    int pair[2];
    size_t half;

    if (size < 1 || size > 60000)
        return 0;
    from = (data[0] & 1) == 0 ? AA_WIRE_ROOT : AA_WIRE_COURIER;
    require(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    require(aa_link_open(&link, pair[0], from) == 0);
    /* what the other side would have said by then */
    if (from == AA_WIRE_COURIER) {
        for (enum aa_wire_type type = AA_WIRE_HELLO; type <= AA_WIRE_OUTCOME; type++)
            aa_wire_note(&link.said, type);
        aa_wire_note(&link.said, AA_WIRE_LAST);
    } else {
        aa_wire_note(&link.said, AA_WIRE_VOTE);
    }
    half = size / 2;
    require(half == 0 || send(pair[1], data + 1, half, 0) == (ssize_t)half);
    require(aa_link_receive(&link) >= 0);
    hear(&link, &out);
    require(size - 1 == half || send(pair[1], data + 1 + half, size - 1 - half, 0) > 0);
    close(pair[1]);
    while (!link.ended) {
        int r = aa_link_receive(&link);

        require(r >= 0);
        hear(&link, &out);
        if (r == 0 && !link.ended)
            break; /* a frame that is refused stays where it is */
    }
    aa_link_close(&link);
    aa_buffer_free(&out);
    close(pair[0]);
    return 0;
}

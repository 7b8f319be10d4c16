/* SPDX-License-Identifier: ISC */
/* Each message is read as it was written; every part of one, one byte more, and whatever is beyond
 * a maximum or no text is refused; and the table lets each side say each thing in its turn only. */
#include "unit.h"

#include <errno.h>

#include "base/link.h"
#include "record/fields.h"

static struct aa_buffer out;

static int set_up(void **state)
{
    (void)state;
    out = (struct aa_buffer)AA_BUFFER_INIT(AA_WIRE_FRAME_MAX + 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    aa_buffer_free(&out);
    return 0;
}

static struct aa_reader reader_of(const struct aa_buffer *buffer)
{
    return (struct aa_reader){ (const unsigned char *)buffer->data, buffer->length };
}

static struct aa_buffer some_fields(void)
{
    struct aa_buffer fields = AA_FIELDS_INIT;

    aa_field_add(&fields, "AA_COMMAND", "/usr/bin/id -u");
    aa_field_add(&fields, "AA_REASON", "");
    aa_field_add(&fields, "AA_HASH", "00ff\xc3\xa4");
    return fields;
}

/* Reads a payload by its type; what it gives is not looked at here. */
static int read_any(enum aa_wire_type type, const void *payload, size_t length, const char **bad)
{
    struct aa_wire_frame frame = { .type = type, .payload = { payload, length } };
    union {
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
    } any;
    int r = 0;

    memset(&any, 0x5a, sizeof(any));
    switch (type) {
    case AA_WIRE_HELLO:
    case AA_WIRE_HELLO_BACK:
        r = aa_wire_read_hello(&frame, &any.hello);
        break;
    case AA_WIRE_CONFIG:
        r = aa_wire_read_config(&frame, &any.config);
        break;
    case AA_WIRE_ASK:
        r = aa_wire_read_ask(&frame, &any.ask);
        break;
    case AA_WIRE_ANSWER:
        r = aa_wire_read_answer(&frame, &any.answer);
        break;
    case AA_WIRE_OUTCOME:
        r = aa_wire_read_outcome(&frame, &any.outcome);
        break;
    case AA_WIRE_POSTED:
        r = aa_wire_read_posted(&frame, &any.posted);
        break;
    case AA_WIRE_TROUBLE:
        r = aa_wire_read_trouble(&frame, &any.trouble);
        break;
    case AA_WIRE_VOTE:
        r = aa_wire_read_vote(&frame, &any.vote);
        break;
    case AA_WIRE_FAILED:
        r = aa_wire_read_failed(&frame, &any.failed);
        break;
    case AA_WIRE_DONE:
        r = aa_wire_read_done(&frame, &any.done);
        break;
    case AA_WIRE_LAST:
        fail();
    }
    if (r < 0) { /* untouched */
        for (size_t i = 0; i < sizeof(any); i++)
            assert_int_equal(((unsigned char *)&any)[i], 0x5a);
        assert_non_null(frame.bad);
    }
    *bad = frame.bad;
    return r;
}

static struct aa_wire_vote some_vote(void)
{
    return (struct aa_wire_vote){ .request = 0x1122334455667788u, .number = 3, .kind = 2,
                                  .namespace = 2, .account = "U0BOB", .email = "bob@example.com",
                                  .groups_n = 2, .groups = { "S0DBA", "S0OPS" }, .power = 7,
                                  .reason = "not now", .signature = "" };
}

static struct aa_wire_config some_config(void)
{
    return (struct aa_wire_config){ .channel = "ops", .type = 2, .namespace = 2, .request = 9,
                                    .pairs_n = 2, .pairs = { { 8, false, "C012" },
                                                             { 5, true, "xoxb" } } };
}

/* One of each, in the order of a whole life. */
static void write_all(void)
{
    struct aa_buffer fields = some_fields();
    struct aa_wire_config config = some_config();
    struct aa_wire_vote vote = some_vote();
    int r = 0;

    r |= aa_wire_write_hello(&out, AA_WIRE_ROOT, &(struct aa_wire_hello){ "0.1" });
    r |= aa_wire_write_hello(&out, AA_WIRE_COURIER, &(struct aa_wire_hello){ "0.2" });
    r |= aa_wire_write_config(&out, &config);
    r |= aa_wire_write_ask(&out, &(struct aa_wire_ask){ reader_of(&fields) });
    r |= aa_wire_write_trouble(&out, &(struct aa_wire_trouble){ "slow" });
    r |= aa_wire_write_posted(&out, &(struct aa_wire_posted){ 9, "https://x/y" });
    r |= aa_wire_write_vote(&out, &vote);
    r |= aa_wire_write_answer(&out, &(struct aa_wire_answer){ 3, 6, "self", 1, 2 });
    r |= aa_wire_write_outcome(&out, &(struct aa_wire_outcome){ true, reader_of(&fields) });
    r |= aa_wire_write_done(&out, &(struct aa_wire_done){ 9 });
    r |= aa_wire_write_failed(&out, &(struct aa_wire_failed){ "gone" });
    assert_int_equal(r, 0);
    aa_buffer_free(&fields);
}

static bool next_frame(size_t *at, struct aa_wire_frame *ret)
{
    const unsigned char *header = (const unsigned char *)out.data + *at;
    const char *bad = NULL;
    size_t length;

    if (*at == out.length)
        return false;
    assert_true(out.length - *at >= AA_WIRE_HEADER_SIZE);
    *ret = (struct aa_wire_frame){ 0 };
    assert_int_equal(aa_wire_read_header(header,
                                         header[1] < AA_WIRE_HELLO_BACK ? AA_WIRE_ROOT
                                                                        : AA_WIRE_COURIER,
                                         &ret->type, &length, &bad), 0);
    assert_true(out.length - *at - AA_WIRE_HEADER_SIZE >= length);
    ret->payload = (struct aa_reader){ header + AA_WIRE_HEADER_SIZE, length };
    *at += AA_WIRE_HEADER_SIZE + length;
    return true;
}

static void there_and_back(void **state)
{
    struct aa_wire_frame frame;
    struct aa_wire_vote vote, wanted = some_vote();
    struct aa_wire_config config;
    struct aa_wire_outcome outcome;
    struct aa_wire_answer answer;
    struct aa_wire_field field;
    size_t at = 0, n = 0;

    (void)state;
    write_all();
    for (; next_frame(&at, &frame); n++) {
        if (frame.type == AA_WIRE_VOTE) {
            assert_int_equal(aa_wire_read_vote(&frame, &vote), 0);
            assert_true(vote.request == wanted.request && vote.number == 3 && vote.kind == 2 &&
                        vote.namespace == 2 && vote.groups_n == 2 && vote.power == 7);
            assert_string_equal(vote.account, "U0BOB");
            assert_string_equal(vote.email, "bob@example.com");
            assert_string_equal(vote.groups[1], "S0OPS");
            assert_string_equal(vote.reason, "not now");
        } else if (frame.type == AA_WIRE_CONFIG) {
            assert_int_equal(aa_wire_read_config(&frame, &config), 0);
            assert_true(config.pairs_n == 2 && config.pairs[1].secret && !config.pairs[0].secret);
            assert_string_equal(config.pairs[1].value, "xoxb");
        } else if (frame.type == AA_WIRE_OUTCOME) {
            assert_int_equal(aa_wire_read_outcome(&frame, &outcome), 0);
            assert_true(outcome.last);
            assert_int_equal(aa_wire_field_next(&outcome.fields, &field), 1);
            assert_true(aa_wire_field_is(&field, "AA_COMMAND"));
            assert_false(aa_wire_field_is(&field, "AA_COMMAN"));
            assert_int_equal(field.value_length, strlen("/usr/bin/id -u"));
        } else if (frame.type == AA_WIRE_ANSWER) {
            assert_int_equal(aa_wire_read_answer(&frame, &answer), 0);
            assert_true(answer.vote_number == 3 && answer.status == 6 && answer.approvals == 1 &&
                        answer.quorum == 2);
            assert_string_equal(answer.words, "self");
        }
    }
    assert_int_equal(n, 11);
}

static void parts_and_leftovers(void **state)
{
    struct aa_wire_frame frame;
    size_t at = 0;

    (void)state;
    write_all();
    while (next_frame(&at, &frame)) {
        size_t length = frame.payload.left;
        const char *bad = NULL;
        char *copy;

        for (size_t n = 0; n < length; n++) {
            bool at_a_field = frame.type == AA_WIRE_ASK || frame.type == AA_WIRE_OUTCOME;

            copy = malloc(n > 0 ? n : 1); /* as large as it says, so that a sanitizer sees its end */
            assert_non_null(copy);
            memcpy(copy, frame.payload.data, n);
            /* fields may be fewer, but not in part */
            check(read_any(frame.type, copy, n, &bad) < 0 || at_a_field, "%s: %zu of %zu bytes",
                  aa_wire_name(frame.type), n, length);
            free(copy);
        }
        copy = malloc(length + 1);
        assert_non_null(copy);
        memcpy(copy, frame.payload.data, length);
        copy[length] = 0;
        assert_int_equal(read_any(frame.type, copy, length, &bad), 0);
        check(read_any(frame.type, copy, length + 1, &bad) < 0, "%s: one byte more",
              aa_wire_name(frame.type));
        free(copy);
    }
}

static void headers(void **state)
{
    static const struct {
        unsigned char header[AA_WIRE_HEADER_SIZE];
        enum aa_wire_side from;
        const char *bad;
    } rows[] = {
        { { 1, AA_WIRE_ASK, 0, 0, 0, 0, 4, 0 }, AA_WIRE_ROOT, NULL },
        { { 1, AA_WIRE_ASK, 0, 0, 1, 0, 4, 0 }, AA_WIRE_ROOT, "too large" },
        { { 1, AA_WIRE_VOTE, 0, 0, 0, 64, 0, 0 }, AA_WIRE_COURIER, NULL },
        { { 1, AA_WIRE_VOTE, 0, 0, 1, 64, 0, 0 }, AA_WIRE_COURIER, "too large" },
        { { 1, AA_WIRE_VOTE, 0, 0, 0, 0, 0, 0xff }, AA_WIRE_COURIER, "too large" },
        { { 1, AA_WIRE_VOTE, 0, 0, 0, 0, 0, 0 }, AA_WIRE_ROOT, "unknown type" },
        { { 1, AA_WIRE_ASK, 0, 0, 0, 0, 0, 0 }, AA_WIRE_COURIER, "unknown type" },
        { { 1, 0, 0, 0, 0, 0, 0, 0 }, AA_WIRE_ROOT, "unknown type" },
        { { 1, AA_WIRE_LAST, 0, 0, 0, 0, 0, 0 }, AA_WIRE_ROOT, "unknown type" },
        { { 1, 32, 0, 0, 0, 0, 0, 0 }, AA_WIRE_ROOT, "unknown type" },
        { { 1, 255, 0, 0, 0, 0, 0, 0 }, AA_WIRE_COURIER, "unknown type" },
        { { 0, AA_WIRE_ASK, 0, 0, 0, 0, 0, 0 }, AA_WIRE_ROOT, "another version" },
        { { 2, AA_WIRE_ASK, 0, 0, 0, 0, 0, 0 }, AA_WIRE_ROOT, "another version" },
        { { 1, AA_WIRE_ASK, 1, 0, 0, 0, 0, 0 }, AA_WIRE_ROOT, "malformed header" },
        { { 1, AA_WIRE_ASK, 0, 1, 0, 0, 0, 0 }, AA_WIRE_ROOT, "malformed header" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        enum aa_wire_type type;
        const char *bad = NULL;
        size_t length;
        int r = aa_wire_read_header(rows[i].header, rows[i].from, &type, &length, &bad);

        check((r == 0) == (rows[i].bad == NULL), "row %zu", i);
        check(r == 0 || strstr(bad, rows[i].bad) != NULL, "row %zu: %s", i, bad);
    }
}

static void beyond_a_maximum(void **state)
{
    static char text[AA_WIRE_REASON_MAX + 2];
    struct aa_wire_vote vote = some_vote();
    struct aa_wire_config config = some_config();

    (void)state;
    memset(text, 'a', sizeof(text) - 1);
    vote.reason = text;
    assert_int_equal(aa_wire_write_vote(&out, &vote), -EMSGSIZE);
    text[AA_WIRE_REASON_MAX] = '\0';
    assert_int_equal(aa_wire_write_vote(&out, &vote), 0);
    out.length = 0;
    vote = some_vote();
    vote.account = "\xff";
    assert_int_equal(aa_wire_write_vote(&out, &vote), -EMSGSIZE);
    vote = some_vote();
    vote.signature = "x";
    assert_int_equal(aa_wire_write_vote(&out, &vote), -EMSGSIZE);
    vote = some_vote();
    vote.groups_n = AA_WIRE_GROUPS_MAX + 1;
    assert_int_equal(aa_wire_write_vote(&out, &vote), -EMSGSIZE);
    config.pairs_n = AA_WIRE_PAIRS_MAX + 1;
    assert_int_equal(aa_wire_write_config(&out, &config), -EMSGSIZE);
    assert_int_equal(out.length, 0);
    assert_int_equal(out.error, 0);
}

/* One byte of a vote at a time becomes any other: it is refused, or it is a vote that could have
 * been written, and is written the same way. */
static void any_byte(void **state)
{
    struct aa_buffer again = AA_BUFFER_INIT(AA_WIRE_REPORT_MAX);
    struct aa_wire_vote vote = some_vote(), read;
    size_t refused = 0;

    (void)state;
    assert_int_equal(aa_wire_write_vote(&out, &vote), 0);
    for (size_t at = AA_WIRE_HEADER_SIZE; at < out.length; at++) {
        for (int value = 0; value < 256; value++) {
            struct aa_wire_frame frame = { .type = AA_WIRE_VOTE };
            char before = out.data[at];

            frame.payload = reader_of(&out);
            frame.payload.data += AA_WIRE_HEADER_SIZE;
            frame.payload.left -= AA_WIRE_HEADER_SIZE;
            out.data[at] = (char)value;
            aa_buffer_clear(&again);
            if (aa_wire_read_vote(&frame, &read) < 0) {
                refused++;
            } else {
                check(aa_wire_write_vote(&again, &read) == 0, "byte %zu as %d is read", at, value);
                assert_int_equal(again.length, out.length);
                assert_memory_equal(again.data, out.data, out.length);
            }
            out.data[at] = before;
        }
    }
    assert_true(refused > 1000);
    aa_buffer_free(&again);
}

static void fields(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        int wanted;
    } rows[] = {
        { "\x04\0\0\0A_9=", 8, 1 },
        { "\x05\0\0\0A_9=x", 9, 1 },
        { "\x05\0\0\0A_9=", 8, -EBADMSG },
        { "\x04\0\0\0a_9=", 8, -EBADMSG },
        { "\x04\0\0\0=abc", 8, -EBADMSG },
        { "\x04\0\0\0ABCD", 8, -EBADMSG },
        { "\x04\0\0\0AB=\0", 8, -EBADMSG },
        { "\x04\0\0\0AB=\xc3", 8, -EBADMSG },
        { "\0\0\0\0", 4, -EBADMSG },
        { "\xff\xff\xff\xff", 4, -EBADMSG },
        { "\x01\0", 2, -EBADMSG },
        { "", 0, 0 },
    };
    static char large[AA_WIRE_FIELD_MAX + 8];
    struct aa_reader reader = { (const unsigned char *)large, sizeof(large) };
    struct aa_wire_field field;
    struct aa_buffer many = AA_FIELDS_INIT;

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_reader row = { (const unsigned char *)rows[i].bytes, rows[i].length };

        check(aa_wire_field_next(&row, &field) == rows[i].wanted, "row %zu", i);
    }
    memset(large, 'A', sizeof(large));
    large[6] = '=';
    memcpy(large, "\x00\x00\x01\x00", 4); /* AA_WIRE_FIELD_MAX */
    assert_int_equal(aa_wire_field_next(&reader, &field), 1);
    reader = (struct aa_reader){ (const unsigned char *)large, sizeof(large) };
    large[0]++;
    assert_int_equal(aa_wire_field_next(&reader, &field), -EBADMSG);

    for (int i = 0; i < AA_WIRE_FIELDS_MAX; i++)
        aa_field_add(&many, "A", "b");
    assert_int_equal(aa_wire_write_ask(&out, &(struct aa_wire_ask){ reader_of(&many) }), 0);
    aa_field_add(&many, "A", "b");
    assert_int_equal(aa_wire_write_ask(&out, &(struct aa_wire_ask){ reader_of(&many) }), -EMSGSIZE);
    aa_buffer_free(&many);
}

static void turns(void **state)
{
    static const enum aa_wire_type types[] = {
        AA_WIRE_HELLO, AA_WIRE_CONFIG, AA_WIRE_ASK, AA_WIRE_ANSWER, AA_WIRE_OUTCOME,
        AA_WIRE_HELLO_BACK, AA_WIRE_POSTED, AA_WIRE_TROUBLE, AA_WIRE_VOTE, AA_WIRE_FAILED,
        AA_WIRE_DONE,
    };
    /* what is said, and what may be said behind it, a letter each: hcaAo HptvFd as in types */
    static const char letters[] = "hcaAoHptvFd";
    static const struct {
        enum aa_wire_type said;
        const char *may;
    } rows[] = {
        { AA_WIRE_HELLO, "cH" },        { AA_WIRE_CONFIG, "aH" },
        { AA_WIRE_HELLO_BACK, "atF" },  { AA_WIRE_ASK, "optF" },
        { AA_WIRE_TROUBLE, "optF" },    { AA_WIRE_POSTED, "otvF" },
        { AA_WIRE_VOTE, "AotvF" },      { AA_WIRE_ANSWER, "AotvF" },
        { AA_WIRE_OUTCOME, "AotvF" },   { AA_WIRE_LAST, "tvFd" },
        { AA_WIRE_DONE, "" },
    };
    aa_wire_said said = 0;

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(types); i++)
        assert_int_equal(aa_wire_permits(0, types[i]), types[i] == AA_WIRE_HELLO);
    for (size_t row = 0; row < AA_ARRAY_SIZE(rows); row++) {
        aa_wire_note(&said, rows[row].said);
        for (size_t i = 0; i < AA_ARRAY_SIZE(types); i++)
            check(aa_wire_permits(said, types[i]) == (strchr(rows[row].may, letters[i]) != NULL),
                  "behind row %zu: %c", row, letters[i]);
    }
    assert_false(aa_wire_permits(said, AA_WIRE_LAST));
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        EACH(there_and_back), EACH(parts_and_leftovers), EACH(headers), EACH(beyond_a_maximum),
        EACH(any_byte), EACH(fields), EACH(turns),
    };

    return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}

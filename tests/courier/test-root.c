/* SPDX-License-Identifier: ISC */
/* This program plays the courier: raw frames to the root side, over the socket that a real start
 * made. Whatever breaks a rule is a failure, at once, and never a vote. */
#include "stage.h"

#include <fcntl.h>
#include <sys/socket.h>

#include "base/io.h"
#include "base/link.h"

static const char *puppet;
static struct stage stage;
static int door = -1, strings = -1, socket_fd = -1; /* the puppet's, and the courier's end */
static struct aa_link link_of_mine;
static struct aa_wire_config config;
static struct aa_buffer out, kept;

/* Hears HELLO and CONFIG, as a courier does. */
static void hear_config(void)
{
    struct aa_wire_frame frame;
    struct aa_wire_hello hello;

    assert_true(aa_link_receive(&link_of_mine) > 0);
    assert_int_equal(aa_link_next(&link_of_mine, &frame), 1);
    assert_int_equal(frame.type, AA_WIRE_HELLO);
    assert_int_equal(aa_wire_read_hello(&frame, &hello), 0);
    assert_int_equal(aa_link_next(&link_of_mine, &frame), 1);
    assert_int_equal(frame.type, AA_WIRE_CONFIG);
    aa_buffer_add(&kept, frame.payload.data, frame.payload.left);
    frame.payload.data = (const unsigned char *)kept.data;
    assert_int_equal(aa_wire_read_config(&frame, &config), 0);
}

static int set_up(void **state)
{
    (void)state;
    out = (struct aa_buffer)AA_BUFFER_INIT(1024 * 1024);
    kept = (struct aa_buffer)AA_BUFFER_INIT(AA_WIRE_FRAME_MAX + 1);
    stage_make(&stage, puppet, "C012");
    door = stage_listen_for_puppet(&stage);
    stage_start(&stage);
    socket_fd = stage_take_socket(door, &strings);
    assert_int_equal(aa_link_open(&link_of_mine, socket_fd, AA_WIRE_ROOT), 0);
    hear_config();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    aa_close_at(&door);
    aa_close_at(&strings);
    aa_close_at(&socket_fd);
    door = strings = socket_fd = -1;
    aa_link_close(&link_of_mine);
    aa_buffer_free(&out);
    aa_buffer_free(&kept);
    stage_remove(&stage);
    return 0;
}

/* ---- what a courier says ---- */

static void hello(void)
{
    assert_int_equal(aa_wire_write_hello(&out, AA_WIRE_COURIER, &(struct aa_wire_hello){ "9" }), 0);
}

static void posted(void)
{
    assert_int_equal(aa_wire_write_posted(&out, &(struct aa_wire_posted){ config.request, "x" }), 0);
}

static struct aa_wire_vote a_vote(uint32_t number)
{
    return (struct aa_wire_vote){ .request = config.request, .number = number, .kind = 1,
                                  .namespace = config.namespace, .account = "U0BOB", .email = "",
                                  .reason = "", .signature = "" };
}

static void say_vote(const struct aa_wire_vote *vote)
{
    assert_int_equal(aa_wire_write_vote(&out, vote), 0);
}

static void vote(uint32_t number)
{
    struct aa_wire_vote one = a_vote(number);

    say_vote(&one);
}

static void send_it(void)
{
    for (size_t sent = 0; sent < out.length;) {
        ssize_t n = send(socket_fd, out.data + sent, out.length - sent, MSG_NOSIGNAL);

        assert_true(n > 0);
        sent += (size_t)n;
    }
    out.length = 0;
}

static void up_to_posted(void)
{
    stage_ask(&stage);
    hello();
    posted();
    send_it();
    stage_expect(&stage, AA_COURIER_POSTED, "x");
}

static void failed_with(const char *text)
{
    stage_expect(&stage, AA_COURIER_FAILED, text);
}

/* ---- the tests ---- */

static void told_of_the_channel(void **state)
{
    (void)state;
    assert_string_equal(config.channel, "ops");
    assert_int_equal(config.type, AA_CHANNEL_SLACK);
    assert_int_equal(config.namespace, AA_ACCOUNT_SLACK);
    assert_int_equal(config.pairs_n, 2);
    for (uint32_t i = 0; i < config.pairs_n; i++) {
        bool token = config.pairs[i].key == AA_CHANNEL_KEY_TOKEN;

        assert_int_equal(config.pairs[i].secret, token);
        assert_string_equal(config.pairs[i].value, token ? "xoxb-secret" : "C012");
    }
}

/* Before any code of the courier's ran: the puppet has no sandbox and sets nothing itself. */
static void born_without_privileges(void **state)
{
    static const char *const wanted[] = {
        "\nNoNewPrivs:\t1\n", "\nCapInh:\t0000000000000000\n", "\nCapPrm:\t0000000000000000\n",
        "\nCapEff:\t0000000000000000\n", "\nCapAmb:\t0000000000000000\n",
        "\nUid:\t65534\t65534\t65534\t65534\n", "\nGid:\t65534\t65534\t65534\t65534\n",
        "\nGroups:\t \n", "\nSigIgn:\t0000000000000000\n", "\nSigBlk:\t0000000000000000\n",
    };
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(16384);
    char path[64];
    int status_fd;

    (void)state;
    snprintf(path, sizeof(path), "/proc/%d/status", (int)stage_pid(&stage));
    status_fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(aa_read_all(status_fd, &text), 0);
    close(status_fd);
    for (size_t i = 0; i < AA_ARRAY_SIZE(wanted); i++)
        check(strstr(aa_buffer_text(&text), wanted[i]) != NULL, "not so: %s\n%s", wanted[i],
              aa_buffer_text(&text));
}

static void votes(void **state)
{
    struct aa_wire_vote one = a_vote(2);

    (void)state;
    up_to_posted();
    vote(1);
    one.email = "bob@example.com";
    one.groups_n = 2;
    one.groups[0] = "S0OPS";
    one.groups[1] = "S0DBA";
    one.kind = AA_VOTE_CANCEL;
    say_vote(&one);
    send_it();
    stage_expect(&stage, AA_COURIER_VOTE, "");
    stage_expect(&stage, AA_COURIER_VOTE, "");
    assert_int_equal(stage.event.vote, AA_VOTE_CANCEL);
    assert_string_equal(stage.event.voter.email, "bob@example.com");
    assert_int_equal(stage.event.voter.chat_groups.n, 2);
    assert_string_equal(stage.event.voter.chat_groups.v[1], "S0DBA");
    stage_expect_nothing(&stage, 50);
}

/* A byte at a time: the same, and nobody waits for the rest. */
static void in_pieces(void **state)
{
    struct aa_buffer whole;

    (void)state;
    up_to_posted();
    vote(1);
    whole = out;
    for (size_t i = 0; i < whole.length; i++) {
        aa_courier_process(stage.courier, &stage.event);
        assert_int_equal(stage.event.kind, AA_COURIER_NOTHING);
        assert_int_equal(send(socket_fd, whole.data + i, 1, 0), 1);
    }
    stage_expect(&stage, AA_COURIER_VOTE, "");
}

static void ends_in_a_frame(void **state)
{
    (void)state;
    up_to_posted();
    vote(1);
    out.length -= 3;
    send_it();
    stage_expect_nothing(&stage, 50);
    aa_close_at(&socket_fd);
    socket_fd = -1;
    failed_with("ended in the middle of a message");
}

static void every_cut(void **state)
{
    struct aa_buffer whole = AA_BUFFER_INIT(4096);

    vote(1);
    aa_buffer_add(&whole, out.data, out.length);
    for (size_t n = 0; n < whole.length; n += 7) {
        tear_down(state);
        set_up(state);
        up_to_posted();
        out.length = 0;
        aa_buffer_add(&out, whole.data, n);
        send_it();
        aa_close_at(&socket_fd);
        socket_fd = -1;
        failed_with("ended ");
    }
    aa_buffer_free(&whole);
}

static void no_hello(void **state)
{
    (void)state;
    stage_ask(&stage);
    posted();
    send_it();
    failed_with("its POSTED may not be said now");
}

static void two_hellos(void **state)
{
    (void)state;
    hello();
    hello();
    send_it();
    failed_with("its HELLO may not be said now");
}

static void posted_before_asked(void **state)
{
    (void)state;
    hello();
    posted();
    send_it();
    failed_with("its POSTED may not be said now");
}

static void vote_before_posted(void **state)
{
    (void)state;
    stage_ask(&stage);
    hello();
    vote(1);
    send_it();
    failed_with("its VOTE may not be said now");
}

static void vote_behind_failed(void **state)
{
    (void)state;
    up_to_posted();
    assert_int_equal(aa_wire_write_failed(&out, &(struct aa_wire_failed){ "no" }), 0);
    vote(1);
    send_it();
    failed_with("the courier gave up: no");
}

static void vote_behind_done(void **state)
{
    (void)state;
    up_to_posted();
    stage_outcome(&stage, "denied", true);
    assert_int_equal(aa_wire_write_done(&out, &(struct aa_wire_done){ config.request }), 0);
    vote(1);
    send_it();
    failed_with("its VOTE may not be said now");
}

/* On its way while the last outcome was: late, which is for the verdict to say. */
static void vote_behind_outcome(void **state)
{
    (void)state;
    up_to_posted();
    stage_outcome(&stage, "denied", true);
    vote(1);
    send_it();
    stage_expect(&stage, AA_COURIER_VOTE, "");
}

static void a_root_frame(void **state)
{
    (void)state;
    up_to_posted();
    assert_int_equal(aa_wire_write_answer(&out, &(struct aa_wire_answer){ 1, 0, "", 1, 1 }), 0);
    send_it();
    failed_with("its message is of an unknown type");
}

static void wrong_votes(void **state)
{
    enum { NUMBER, NUMBER_0, REQUEST, NAMESPACE, NAMESPACE_UNIX, KIND_0, KIND_5, ACCOUNT, POWER,
           GROUP, KINDS };
    static const char *const says[KINDS] = {
        "out of order", "out of order", "of another request", "not this channel's to name",
        "not this channel's to name", "of an unknown kind", "of an unknown kind", "of nobody",
        "claims a power", "claims a group that was not asked about",
    };

    for (int i = 0; i < KINDS; i++) {
        struct aa_wire_vote one;

        tear_down(state);
        set_up(state);
        up_to_posted();
        one = a_vote(i == NUMBER ? 2 : i == NUMBER_0 ? 0 : 1);
        one.request += i == REQUEST;
        one.namespace = i == NAMESPACE ? AA_ACCOUNT_MATRIX
                        : i == NAMESPACE_UNIX ? AA_ACCOUNT_UNIX : one.namespace;
        one.kind = i == KIND_0 ? 0 : i == KIND_5 ? 5 : one.kind;
        one.account = i == ACCOUNT ? "" : one.account;
        one.power = i == POWER;
        one.groups_n = i == GROUP;
        one.groups[0] = "S0WHEEL";
        say_vote(&one);
        vote(one.number + 1);
        send_it();
        failed_with(says[i]);
    }
}

/* What comes in one piece with a breach is not believed before it, either way round. */
static void breach_behind_a_vote(void **state)
{
    (void)state;
    up_to_posted();
    vote(1);
    vote(1);
    send_it();
    stage_expect(&stage, AA_COURIER_VOTE, "");
    failed_with("its VOTE is out of order");
}

static void too_many_votes(void **state)
{
    size_t n = 0;

    (void)state;
    up_to_posted();
    for (uint32_t i = 1; i <= AA_WIRE_VOTES_MAX + 1; i++)
        vote(i);
    send_it();
    while (stage_next(&stage, 1000) && stage.event.kind == AA_COURIER_VOTE)
        n++;
    assert_int_equal(n, AA_VOTES_MAX);
    assert_int_equal(stage.event.kind, AA_COURIER_FAILED);
    assert_non_null(strstr(stage.event.text, "its VOTE is one too many"));
}

/* One call reads a bounded part of what is there. */
static void bounded_calls(void **state)
{
    static char text[AA_WIRE_TEXT_MAX + 1];
    int waiting = 0;

    (void)state;
    stage_ask(&stage);
    hello();
    memset(text, 'x', sizeof(text) - 1);
    for (int i = 0; i < 100; i++)
        assert_int_equal(aa_wire_write_trouble(&out, &(struct aa_wire_trouble){ text }), 0);
    send_it();
    aa_courier_process(stage.courier, &stage.event);
    assert_int_equal(stage.event.kind, AA_COURIER_TROUBLE);
    assert_int_equal(recv(aa_courier_fd(stage.courier), &waiting, 1, MSG_PEEK | MSG_DONTWAIT), 1);
    for (int i = 0; i < 99; i++)
        stage_expect(&stage, AA_COURIER_TROUBLE, "xxx");
    stage_expect_nothing(&stage, 20);
}

/* Descriptors that come along are not taken. */
static void passed_descriptors(void **state)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = { .bytes = { 0 } };
    struct iovec part;
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
                              .msg_controllen = sizeof(control.bytes) };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    int before, passed = 0;

    (void)state;
    up_to_posted();
    before = world_open_descriptors();
    vote(1);
    part = (struct iovec){ out.data, out.length };
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &passed, sizeof(passed));
    assert_true(sendmsg(socket_fd, &message, 0) > 0);
    stage_expect(&stage, AA_COURIER_VOTE, "");
    assert_int_equal(world_open_descriptors(), before);
}

static void gone(void **state)
{
    (void)state;
    up_to_posted();
    aa_close_at(&socket_fd);
    socket_fd = -1;
    failed_with("ended before the request did");
}

/* Its last words count also where it does not listen any more. */
static void last_words(void **state)
{
    (void)state;
    up_to_posted();
    assert_int_equal(aa_wire_write_failed(&out, &(struct aa_wire_failed){ "bye" }), 0);
    send_it();
    aa_close_at(&socket_fd);
    socket_fd = -1;
    stage_outcome(&stage, "expired", false);
    failed_with("the courier gave up: bye");
}

static void questions_beyond_a_maximum(void **state)
{
    static char value[AA_WIRE_FIELD_MAX];
    struct aa_buffer fields = AA_BUFFER_INIT(1024 * 1024);

    (void)state;
    memset(value, 'x', sizeof(value) - 1);
    aa_buffer_add_u32(&fields, AA_WIRE_FIELD_MAX + 1);
    aa_buffer_add_text(&fields, "A=");
    aa_buffer_add_text(&fields, value);
    assert_true(aa_courier_ask(stage.courier, &fields) < 0);
    aa_buffer_clear(&fields);
    for (int i = 0; i <= AA_WIRE_GROUPS_MAX; i++) {
        aa_buffer_add_u32(&fields, 15);
        aa_buffer_add_text(&fields, AA_WIRE_CHAT_GROUP "=S");
    }
    assert_true(aa_courier_ask(stage.courier, &fields) < 0);
    aa_buffer_free(&fields);
}

int main(int argc, char **argv)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        EACH(told_of_the_channel), EACH(born_without_privileges), EACH(votes), EACH(in_pieces),
        EACH(ends_in_a_frame), EACH(every_cut), EACH(no_hello), EACH(two_hellos), EACH(posted_before_asked),
        EACH(vote_before_posted), EACH(vote_behind_failed), EACH(vote_behind_done),
        EACH(vote_behind_outcome), EACH(a_root_frame), EACH(wrong_votes),
        EACH(breach_behind_a_vote), EACH(too_many_votes), EACH(bounded_calls),
        EACH(passed_descriptors), EACH(gone), EACH(last_words), EACH(questions_beyond_a_maximum),
    };

    assert_true(argc > 1);
    puppet = argv[1];
    stage_needs_root();
    return cmocka_run_group_tests_name("root", tests, NULL, NULL);
}

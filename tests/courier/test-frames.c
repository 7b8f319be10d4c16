/* SPDX-License-Identifier: ISC */
/* This program plays the root side: raw frames to the courier itself, and to the scripted one.
 * Whatever breaks a rule ends the courier; nothing is posted, nothing is voted. */
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/link.h"
#include "base/vocabulary.h"
#include "record/fields.h"

static const char *real, *scripted;
static pid_t pid;
static int fd = -1;
static struct aa_link link_of_mine;
static struct aa_wire_frame frame;
static struct aa_buffer out;

static void start(const char *program)
{
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (geteuid() == 0 && (setresgid(65534, 65534, 65534) != 0 ||
                               setresuid(65534, 65534, 65534) != 0))
            _exit(126);
        if (dup2(pair[1], 3) == 3)
            execl(program, "courier", (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    fd = pair[0];
    out = (struct aa_buffer)AA_BUFFER_INIT(1024 * 1024);
    assert_int_equal(aa_link_open(&link_of_mine, fd, AA_WIRE_COURIER), 0);
    /* what it may say is for the tests to know */
    for (enum aa_wire_type type = AA_WIRE_HELLO; type <= AA_WIRE_OUTCOME; type++)
        aa_wire_note(&link_of_mine.said, type);
}

static void finish(void)
{
    int status;

    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    aa_link_close(&link_of_mine);
    aa_buffer_free(&out);
    close(fd);
}

static void send_it(void)
{
    (void)!send(fd, out.data, out.length, MSG_NOSIGNAL);
    out.length = 0;
}

/* The next frame; false: it is gone. */
static bool hear(void)
{
    struct pollfd ready = { fd, POLLIN, 0 };
    int r;

    while ((r = aa_link_next(&link_of_mine, &frame)) == 0) {
        if (link_of_mine.ended)
            return false;
        check(poll(&ready, 1, 5000) == 1, "nothing is heard");
        assert_true(aa_link_receive(&link_of_mine) >= 0);
    }
    check(r == 1, "%s: %s", aa_wire_name(frame.type), link_of_mine.bad);
    return true;
}

static void hello(void)
{
    assert_int_equal(aa_wire_write_hello(&out, AA_WIRE_ROOT, &(struct aa_wire_hello){ "9" }), 0);
}

static void configure(uint32_t type, const char *script)
{
    struct aa_wire_config config = { .channel = "ops", .type = type, .namespace = 2,
                                     .request = 77, .pairs_n = 1 };

    config.pairs[0] = (struct aa_wire_pair){ AA_CHANNEL_KEY_ROOM, false, script };
    assert_int_equal(aa_wire_write_config(&out, &config), 0);
}

static void ask(void)
{
    struct aa_buffer fields = AA_FIELDS_INIT;

    aa_field_add(&fields, "AA_COMMAND", "/usr/bin/id");
    assert_int_equal(aa_wire_write_ask(&out, &(struct aa_wire_ask){
        { (const unsigned char *)fields.data, fields.length } }), 0);
    aa_buffer_free(&fields);
}

/* It says that it gives up, and why, and goes, and says nothing else. */
static void gives_up(const char *why)
{
    struct aa_wire_failed failed;

    do
        check(hear(), "it went without a word");
    while (frame.type == AA_WIRE_HELLO_BACK);
    assert_int_equal(frame.type, AA_WIRE_FAILED);
    assert_int_equal(aa_wire_read_failed(&frame, &failed), 0);
    check(strstr(failed.text, why) != NULL, "\"%s\" is not \"%s\"", failed.text, why);
    assert_false(hear());
}

static void no_such_channel(void **state)
{
    static const struct {
        uint32_t type;
        const char *why;
    } rows[] = {
        { AA_CHANNEL_SLACK, "this build has no courier for channels of type slack" },
        { AA_CHANNEL_MATRIX, "of type matrix" },
        { AA_CHANNEL_TEAMS, "of type teams" },
        { AA_CHANNEL_API, "of type api" },
        { 99, "of type unknown" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        start(real);
        hello();
        configure(rows[i].type, "C012");
        send_it();
        gives_up(rows[i].why);
        finish();
    }
}

/* Before its HELLO was heard it says nothing at all. */
static void wrong_from_the_start(void **state)
{
    static const struct {
        const char *name, *bytes;
        size_t n;
    } rows[] = {
        { "version", "\x02\x01\0\0\0\0\0\0", 8 },
        { "type", "\x01\x63\0\0\0\0\0\0", 8 },
        { "courier's type", "\x01\x13\0\0\0\0\0\0", 8 },
        { "CONFIG first", "\x01\x02\0\0\x05\0\0\0", 8 },
        { "ASK first", "\x01\x03\0\0\0\0\0\0", 8 },
        { "too large", "\x01\x01\0\0\xff\xff\xff\x7f", 8 },
        { "reserved", "\x01\x01\x01\0\x05\0\0\0\0\0\0\0\0", 13 },
        { "leftover", "\x01\x01\0\0\x06\0\0\0\0\0\0\0\0\0", 14 },
        { "text without end", "\x01\x01\0\0\x05\0\0\0\x01\0\0\0x", 13 },
        { "noise", "\xa5\xa5\xa5\xa5\xa5\xa5\xa5\xa5\xa5\xa5", 10 },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        print_message("%s\n", rows[i].name);
        start(real);
        assert_int_equal(send(fd, rows[i].bytes, rows[i].n, MSG_NOSIGNAL), (ssize_t)rows[i].n);
        assert_false(hear());
        finish();
    }
}

static void wrong_later(void **state)
{
    enum { HELLO_TWICE, CONFIG_TWICE, ASK_TWICE, ANSWER_EARLY, OUTCOME_EARLY, ASK_CUT_FIELD,
           ASK_BAD_DEADLINE, ASK_BAD_QUORUM, ASK_LOWER_CASE, UNKNOWN, TOO_LARGE, LAST_TWICE, ROWS };
    static const char *const says[ROWS] = {
        "its HELLO may not be said now", "its CONFIG may not be said now",
        "its ASK may not be said now", "its ANSWER may not be said now",
        "its OUTCOME may not be said now", "its ASK fields", "its ASK has fields that cannot",
        "its ASK has fields that cannot", "its ASK fields", "its message is of an unknown type",
        "its message is too large", "its OUTCOME may not be said now",
    };
    const struct aa_wire_outcome last = { .last = true };

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        size_t at;

        start(scripted);
        hello();
        configure(AA_CHANNEL_SLACK, "end; hang");
        if (i == HELLO_TWICE)
            hello();
        if (i == CONFIG_TWICE)
            configure(AA_CHANNEL_SLACK, "end");
        at = out.length;
        if (i == ASK_TWICE || i == LAST_TWICE)
            ask();
        if (i == ASK_TWICE)
            ask();
        if (i == ANSWER_EARLY)
            aa_wire_write_answer(&out, &(struct aa_wire_answer){ 1, 0, "", 1, 1 });
        if (i == OUTCOME_EARLY || i == LAST_TWICE)
            aa_wire_write_outcome(&out, &last);
        if (i == LAST_TWICE)
            aa_wire_write_outcome(&out, &last);
        if (i == ASK_CUT_FIELD) {
            ask();
            out.data[at + AA_WIRE_HEADER_SIZE]++;
        }
        if (i == ASK_LOWER_CASE) {
            ask();
            out.data[at + AA_WIRE_HEADER_SIZE + 4] = 'a';
        }
        if (i == ASK_BAD_DEADLINE || i == ASK_BAD_QUORUM) {
            struct aa_buffer fields = AA_FIELDS_INIT;

            aa_field_add(&fields, i == ASK_BAD_DEADLINE ? AA_WIRE_DEADLINE : AA_WIRE_QUORUM,
                         "99999999999999999999999");
            aa_wire_write_ask(&out, &(struct aa_wire_ask){
                { (const unsigned char *)fields.data, fields.length } });
            aa_buffer_free(&fields);
        }
        if (i == UNKNOWN)
            aa_buffer_add(&out, "\x01\x0f\0\0\0\0\0\0", 8);
        if (i == TOO_LARGE)
            aa_buffer_add(&out, "\x01\x03\0\0\0\0\0\x7f", 8);
        send_it();
        print_message("%d\n", i);
        gives_up(says[i]);
        finish();
    }
}

static void answers_to_no_vote(void **state)
{
    (void)state;
    start(scripted);
    hello();
    configure(AA_CHANNEL_SLACK, "post; approve U0BOB; end");
    ask();
    send_it();
    while (hear() && frame.type != AA_WIRE_VOTE)
        ;
    aa_wire_write_answer(&out, &(struct aa_wire_answer){ 2, 0, "", 1, 1 });
    send_it();
    gives_up("its ANSWER is to no vote");
    finish();
}

static void nobody_there(void **state)
{
    (void)state;
    start(real);
    shutdown(fd, SHUT_WR);
    assert_false(hear());
    finish();
}

/* It is not for the hand: without its socket, or as root, it goes at once. */
static void by_hand(void **state)
{
    int status;

    (void)state;
    for (int as_root = 0; as_root < 2; as_root++) {
        pid = fork();
        if (pid == 0) {
            alarm(5);
            close(3);
            if (!as_root && geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
                _exit(126);
            execl(real, "courier", (char *)NULL);
            _exit(127);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 127 && WEXITSTATUS(status) != 126);
        if (as_root && geteuid() == 0)
            assert_int_equal(WEXITSTATUS(status), 2);
    }
}

/* Where nobody was asked there is nothing to close: it follows at once. */
static void goes_with_the_root_side(void **state)
{
    int status;

    (void)state;
    start(real);
    hello();
    send_it();
    assert_true(hear());
    assert_int_equal(frame.type, AA_WIRE_HELLO_BACK);
    shutdown(fd, SHUT_RDWR);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    aa_link_close(&link_of_mine);
    aa_buffer_free(&out);
    close(fd);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_such_channel), cmocka_unit_test(wrong_from_the_start),
        cmocka_unit_test(wrong_later), cmocka_unit_test(answers_to_no_vote),
        cmocka_unit_test(nobody_there), cmocka_unit_test(by_hand),
        cmocka_unit_test(goes_with_the_root_side),
    };

    assert_true(argc > 2);
    real = argv[1];
    scripted = argv[2];
    return cmocka_run_group_tests_name("frames", tests, NULL, NULL);
}

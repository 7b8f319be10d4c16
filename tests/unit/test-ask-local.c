/* SPDX-License-Identifier: ISC */
/* The local channel over its real socket, driven by hand: who is greeted with what, that only the
 * process that was greeted is heard, and only in the form that was agreed; and that nobody can keep
 * the others from being ask_heard. Its owner is a fake that remembers what it was told. */
#include "unit.h"
#include "ask-support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "local/local.h"

#define CODE "7F3K-9QXM"
#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

enum { SIZES = 2000, MESSAGE_SIZE = sizeof(struct aa_local_message) };

static struct world world;
static struct aa_local *local;
static int folder, descriptors;
static int open_local(struct aa_fault *fault)
{
    const struct aa_local_owner owner = ask_fake_owner();

    return aa_local_open(&world.site, folder, CODE, DIGEST, &owner, &local, fault);
}

static int set_up(void **state)
{
    struct aa_fault fault = { 0 };

    (void)state;
    world_make(&world);
    descriptors = world_open_descriptors();
    folder = ask_folder(&world);
    ask_set_login(&world, getpid(), "4711");
    check(open_local(&fault) == 0, "%s", fault.detail);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    local = aa_local_close(local, NULL);
    assert_int_equal(ask_folder_count(&world), 0);
    close(folder);
    check(world_open_descriptors() == descriptors, "a descriptor is left open");
    world_remove(&world);
    return 0;
}

/* A connection that was greeted. */
static int greeted(struct aa_local_greeting *greeting)
{
    int fd = ask_connect(&world, CODE);

    check(fd >= 0, "%s", strerror(-fd));
    ask_turn(local);
    assert_int_equal(ask_read_greeting(fd, greeting, NULL, 0), ASK_MESSAGE);
    return fd;
}

static void who_is_greeted_with_what(void **state)
{
    static const struct {
        enum aa_local_standing standing;
        int described;
        bool sees, stays;
    } rows[] = {
        { AA_LOCAL_STRANGER, 0, false, false }, { AA_LOCAL_REQUESTER, 0, true, true },
        { AA_LOCAL_OWNER, 0, true, true },      { AA_LOCAL_APPROVER, 0, true, true },
        { AA_LOCAL_ROOT, 0, true, true },       { AA_LOCAL_ROOT, -ENOMEM, false, false },
    };
    static const unsigned char none[AA_LOCAL_NONCE_SIZE];
    unsigned char before[AA_LOCAL_NONCE_SIZE] = { 0 };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        _cleanup_buffer_ struct aa_buffer fields = AA_BUFFER_INIT(AA_LOCAL_GREETING_MAX);
        struct aa_local_greeting greeting = { 0 };
        int fd = ask_connect(&world, CODE), r;

        ask_heard.standing = rows[i].standing;
        ask_heard.describe_result = rows[i].described;
        ask_turn(local);
        r = ask_read_greeting(fd, &greeting, &fields, 0);
        if (ask_heard.describe_result == 0) {
            assert_int_equal(r, ASK_MESSAGE);
            assert_int_equal(greeting.standing, rows[i].standing);
            check((memcmp(greeting.nonce, none, sizeof(none)) != 0) == rows[i].sees, "row %zu", i);
            check((fields.length > 0) == rows[i].sees, "row %zu: %zu bytes", i, fields.length);
            assert_true(greeting.nonce[0] == 0 || memcmp(greeting.nonce, before, sizeof(before)) != 0);
            memcpy(before, greeting.nonce, sizeof(before));
        }
        if (rows[i].sees)
            assert_string_equal(world_field(&fields, "AA_TEST"), "only for those who may see it");
        check(ask_read_greeting(fd, &greeting, NULL, 0) ==
                  (rows[i].stays ? ASK_SILENT : ASK_CLOSED), "row %zu", i);
        close(fd);
        ask_turn(local);
        world_boottime_offset_usec += 2000000; /* a stranger is remembered for a moment */
    }
    assert_int_equal(ask_heard.n, 0);
}

/* The kernel's uid, and the login identity of that very process; what is not certain is nobody. */
static void who_it_is(void **state)
{
    static const struct {
        const char *login;
        bool greeted, known;
        uid_t uid;
    } rows[] = {
        { "4711", true, true, 4711 }, { "0\n", true, true, 0 },
        { "4294967294", true, true, 4294967294u },
        { "4294967295", true, false, 0 }, /* nobody logged in */
        { NULL, true, false, 0 },         /* a kernel without audit: there is a stat beside it */
        { "", false, false, 0 }, { "x", false, false, 0 }, { "12x", false, false, 0 },
        { "4294967296", false, false, 0 }, { "-5", false, false, 0 },
        { "99999999999999999999999", false, false, 0 },
    };
    char name[64];

    (void)state;
    snprintf(name, sizeof(name), "proc/%d/stat", (int)getpid());
    for (size_t i = 0; i <= AA_ARRAY_SIZE(rows); i++) {
        bool last = i == AA_ARRAY_SIZE(rows); /* nothing is known of the process at all */
        struct aa_local_greeting greeting;
        int fd = ask_connect(&world, CODE);

        ask_set_login(&world, getpid(), last ? NULL : rows[i].login);
        if (last)
            assert_int_equal(unlink(world_path(&world, name)), 0);
        else
            world_write_text(&world, name, "1 (x) R\n");
        ask_heard.asked = 0;
        ask_turn(local);
        check(ask_read_greeting(fd, &greeting, NULL, 0) ==
                  (!last && rows[i].greeted ? ASK_MESSAGE : ASK_CLOSED), "row %zu", i);
        check(ask_heard.asked == (!last && rows[i].greeted), "row %zu", i);
        if (ask_heard.asked > 0) {
            assert_int_equal(ask_heard.peer.uid, geteuid());
            assert_int_equal(ask_heard.peer.pid, getpid());
            check(ask_heard.peer.login_known == rows[i].known, "row %zu", i);
            if (rows[i].known)
                assert_int_equal(ask_heard.peer.login_uid, rows[i].uid);
        }
        close(fd);
        ask_turn(local);
    }
}

/* Sends it and gives what came back: a result of the reply, 0 where it was only closed. */
static uint32_t send_and_read(const void *data, size_t length, int fd)
{
    struct aa_local_reply reply;
    int r;

    assert_true(ask_send(fd, data, length, 0));
    ask_turn(local);
    r = ask_read_reply(fd, &reply, 0);
    assert_true(r == ASK_CLOSED || r == ASK_MESSAGE);
    if (r == ASK_MESSAGE) /* and that was all of it */
        assert_int_equal(ask_read_reply(fd, &(struct aa_local_reply){ 0 }, 0), ASK_CLOSED);
    close(fd);
    return r == ASK_CLOSED ? 0 : reply.result;
}

static void only_one_size(void **state)
{
    static unsigned char bytes[SIZES + 1];

    (void)state;
    for (size_t n = 0; n <= SIZES; n++) {
        struct aa_local_greeting greeting;
        int fd = greeted(&greeting);
        struct aa_local_message message = ask_message(&greeting, AA_LOCAL_APPROVE, DIGEST, "why");
        uint32_t result;

        memset(bytes, 0, sizeof(bytes));
        memcpy(bytes, &message, sizeof(message));
        ask_heard.n = 0;
        result = send_and_read(bytes, n, fd);
        check(ask_heard.n == (n == MESSAGE_SIZE), "%zu bytes", n);
        check(result == (n == 0 ? 0 : n == MESSAGE_SIZE ? AA_LOCAL_COUNTED : AA_LOCAL_MALFORMED),
              "%zu bytes: %u", n, result);
    }
}

static struct aa_local_message message_of(const struct aa_local_greeting *greeting, size_t row)
{
    struct aa_local_message message = ask_message(greeting, AA_LOCAL_APPROVE, DIGEST, "because");

    switch (row) {
    case 0: message.version = 0; break;
    case 1: message.version = 2; break;
    case 2: message.version |= 1u << 31; break;
    case 3: memset(message.nonce, 0, sizeof(message.nonce)); break;
    case 4: message.digest[0] ^= 1; break;
    case 5: message.digest[63] ^= 1; break;
    case 6: message.digest[64] = 'a'; break;
    case 7: memset(message.digest, 0, sizeof(message.digest)); break;
    case 8: message.digest[0] = 'A'; break;
    case 9: message.reason_length = AA_LOCAL_REASON_MAX + 1; break;
    case 10: message.reason_length = UINT32_MAX; break;
    case 11: message.reason_length = 6; break; /* something stands behind it */
    case 12: message.reason[AA_LOCAL_REASON_MAX - 1] = 'x'; break;
    case 13: message.reason[3] = '\0'; break;
    case 14: message.reason_length = 8; break; /* a NUL is a part of it */
    case 15: message.op = AA_LOCAL_JOIN; break; /* root's only */
    default: message.nonce[(row - 16) / 8] ^= (unsigned char)(1u << (row - 16) % 8); break;
    }
    return message;
}

static void only_what_was_agreed(void **state)
{
    (void)state;
    for (size_t row = 0; row < 16 + 8 * AA_LOCAL_NONCE_SIZE; row++) {
        struct aa_local_greeting greeting;
        int fd = greeted(&greeting);
        struct aa_local_message message = message_of(&greeting, row);

        check(send_and_read(&message, sizeof(message), fd) == AA_LOCAL_MALFORMED, "row %zu", row);
        check(ask_heard.n == 0, "row %zu was heard", row);
    }
}

/* The nonce of another connection of the same process is no good either. */
static void a_nonce_is_of_one_connection(void **state)
{
    struct aa_local_greeting first, second;
    int one = greeted(&first), two = greeted(&second);
    struct aa_local_message message = ask_message(&first, AA_LOCAL_DENY, DIGEST, NULL);

    (void)state;
    assert_int_equal(send_and_read(&message, sizeof(message), two), AA_LOCAL_MALFORMED);
    assert_int_equal(ask_heard.n, 0);
    assert_int_equal(send_and_read(&message, sizeof(message), one), AA_LOCAL_COUNTED);
    assert_int_equal(ask_heard.n, 1);
}

static void what_is_heard(void **state)
{
    char longest[AA_LOCAL_REASON_MAX + 1];
    const char *const reasons[] = { NULL, "x", "two\nlines", longest };

    (void)state;
    memset(longest, 'y', AA_LOCAL_REASON_MAX);
    longest[AA_LOCAL_REASON_MAX] = '\0';
    for (uint32_t op = AA_LOCAL_APPROVE; op <= AA_LOCAL_CANCEL; op++) {
        for (size_t i = 0; i < AA_ARRAY_SIZE(reasons); i++) {
            struct aa_local_greeting greeting;
            int fd = greeted(&greeting);
            struct aa_local_message message = ask_message(&greeting, op, DIGEST, reasons[i]);

            ask_heard.n = 0;
            assert_int_equal(send_and_read(&message, sizeof(message), fd), AA_LOCAL_COUNTED);
            assert_int_equal(ask_heard.n, 1);
            assert_int_equal(ask_heard.op, op);
            assert_int_equal(ask_heard.has_reason, reasons[i] != NULL);
            assert_string_equal(ask_heard.reason, reasons[i] != NULL ? reasons[i] : "");
            assert_int_equal(ask_heard.peer.login_uid, 4711);
        }
    }
    /* a second message of the same connection is not read: it is closed behind the first */
    assert_int_equal(world_open_descriptors(), descriptors + 2);
}

static void passed_descriptors_are_closed(void **state)
{
    static const int numbers[] = { 1, 2, 15, 16, 17, 18, 100, 253 };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(numbers); i++) {
        for (int form = 0; form < 3; form++) {
            struct aa_local_reply reply;
            struct aa_local_greeting greeting;
            int fd;
            struct aa_local_message message;

            ask_heard.standing = form == 2 ? AA_LOCAL_ROOT : AA_LOCAL_APPROVER;
            fd = greeted(&greeting);
            message = ask_message(&greeting, form == 2 ? AA_LOCAL_JOIN : AA_LOCAL_APPROVE, DIGEST,
                                  NULL);
            assert_true(ask_send(fd, &message, form == 1 ? 0 : sizeof(message), numbers[i]));
            ask_turn(local);
            assert_int_equal(ask_read_reply(fd, &reply, 0), ASK_MESSAGE);
            assert_int_equal(reply.result, AA_LOCAL_MALFORMED);
            assert_int_equal(ask_read_reply(fd, &reply, 0), ASK_CLOSED);
            close(fd);
            check(world_open_descriptors() == descriptors + 2, "%d passed, form %d: one is left",
                  numbers[i], form);
        }
    }
    assert_int_equal(ask_heard.n, 0);
}

/* ---- the socket ---- */

static void where_it_listens(void **state)
{
    struct aa_local_reply last = { .version = AA_LOCAL_VERSION, .result = AA_LOCAL_OVER };
    struct aa_fault fault = { 0 };
    struct stat st;
    mode_t mask;

    (void)state;
    assert_int_equal(ask_folder_count(&world), 1);
    local = aa_local_close(local, &last);
    assert_null(local);
    assert_int_equal(ask_folder_count(&world), 0);
    world_write_text(&world, "run/." CODE ".sock", "of one that was killed");
    mask = umask(0777);
    check(open_local(&fault) == 0, "%s", fault.detail);
    assert_int_equal(umask(mask), 0777);
    assert_int_equal(ask_folder_count(&world), 1);
    assert_int_equal(fstatat(folder, CODE ".sock", &st, AT_SYMLINK_NOFOLLOW), 0);
    assert_true(S_ISSOCK(st.st_mode));
    assert_int_equal(st.st_mode & 0777, 0666);
    local = aa_local_close(local, NULL);
    /* a name that is taken, a path that is too long: words, and nothing stays */
    assert_int_equal(mkdirat(folder, CODE ".sock", 0700), 0);
    assert_true(open_local(&fault) < 0);
    assert_null(local);
    assert_int_equal(fault.id, AA_FAULT_WAITING);
    assert_int_equal(ask_folder_count(&world), 1);
    assert_int_equal(unlinkat(folder, CODE ".sock", AT_REMOVEDIR), 0);
    fault = (struct aa_fault){ 0 };
    memset(world.run_dir + strlen(world.run_dir), 'x', 100);
    world.run_dir[strlen(world.root) + 104] = '\0';
    assert_true(open_local(&fault) < 0);
    assert_int_equal(fault.id, AA_FAULT_WAITING);
    world.run_dir[strlen(world.root) + 4] = '\0';
    assert_string_equal(strrchr(world.run_dir, '/'), "/run");
    assert_int_equal(ask_folder_count(&world), 0);
    assert_int_equal(world_open_descriptors(), descriptors + 1);
}

/* ---- the end ---- */

static void joiners_hear_the_end(void **state)
{
    struct aa_local_reply last = { .version = AA_LOCAL_VERSION, .result = AA_LOCAL_OVER,
                                   .verdict = 1, .approvals = 2, .quorum = 2, .text = "the end" };
    struct aa_local_reply reply;
    struct aa_local_greeting greeting;
    int fds[100], looker, asker;

    (void)state;
    ask_heard.standing = AA_LOCAL_ROOT;
    for (size_t i = 0; i < AA_ARRAY_SIZE(fds); i++) { /* far more than may be open of one uid */
        struct aa_local_message message;

        fds[i] = greeted(&greeting);
        message = ask_message(&greeting, AA_LOCAL_JOIN, NULL, NULL);
        assert_true(ask_send(fds[i], &message, sizeof(message), 0));
        ask_turn(local);
        assert_int_equal(aa_local_joined_read(fds[i], &reply), 0);
    }
    assert_true(aa_local_wakes_at(local) == UINT64_MAX); /* they may wait as long as they like */
    world_boottime_offset_usec += INT64_C(3600) * 1000000;
    ask_turn(local);
    looker = greeted(&greeting);
    asker = ask_connect(&world, CODE); /* not accepted yet */
    close(fds[0]);
    assert_int_equal(aa_local_joined_read(fds[1], &reply), 0);
    local = aa_local_close(local, &last);
    for (size_t i = 1; i < AA_ARRAY_SIZE(fds); i++) {
        assert_int_equal(aa_local_joined_read(fds[i], &reply), 1);
        assert_memory_equal(&reply, &last, sizeof(last));
        assert_true(aa_local_joined_read(fds[i], &reply) < 0);
        close(fds[i]);
    }
    assert_int_equal(ask_read_reply(looker, &reply, 0), ASK_MESSAGE);
    assert_string_equal(reply.text, "the end");
    assert_int_equal(ask_read_reply(asker, &reply, 0), ASK_CLOSED);
    assert_int_equal(ask_heard.n, 0);
    close(looker);
    close(asker);
}

/* The answer that decides hears that it counted when that is on disk, if that is how it ended. */
static void the_last_answer_waits_for_the_end(void **state)
{
    (void)state;
    for (int same = 0; same < 2; same++) {
        struct aa_local_reply last = { .version = AA_LOCAL_VERSION, .result = AA_LOCAL_OVER,
                                       .verdict = same ? 1 : AA_LOCAL_FAILED, .text = "the end" };
        struct aa_local_greeting greeting;
        struct aa_local_reply reply;
        struct aa_fault fault = { 0 };
        int fd = greeted(&greeting);
        struct aa_local_message message = ask_message(&greeting, AA_LOCAL_APPROVE, DIGEST, NULL);

        ask_heard.verdict = 1; /* no longer pending */
        assert_true(ask_send(fd, &message, sizeof(message), 0));
        ask_turn(local);
        assert_int_equal(ask_heard.n, 1);
        world_boottime_offset_usec += 60 * 1000000; /* the disk may take its time */
        ask_turn(local);
        assert_int_equal(ask_read_reply(fd, &reply, 0), ASK_SILENT);
        local = aa_local_close(local, &last);
        assert_int_equal(ask_read_reply(fd, &reply, 0), ASK_MESSAGE);
        assert_int_equal(reply.result, same ? AA_LOCAL_COUNTED : AA_LOCAL_OVER);
        assert_string_equal(reply.text, same ? "taken" : "the end");
        close(fd);
        check(open_local(&fault) == 0, "%s", fault.detail);
    }
}

/* The words of a leader that are no words of a leader. */
static void what_a_joiner_believes(void **state)
{
    struct aa_local_reply reply = { .version = AA_LOCAL_VERSION }, got = { .quorum = 77 };
    static const size_t lengths[] = { 0, 1, sizeof(reply) - 1, sizeof(reply) + 1 };
    char bytes[sizeof(reply) + 1] = { 0 };
    int pair[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    assert_int_equal(aa_local_joined_read(pair[0], &got), 0);
    memcpy(bytes, &reply, sizeof(reply));
    for (size_t i = 1; i < AA_ARRAY_SIZE(lengths); i++) {
        assert_true(ask_send(pair[1], bytes, lengths[i], 0));
        if (lengths[i] > sizeof(reply)) /* cut to its size by the kernel: it is as good */
            (void)aa_local_joined_read(pair[0], &reply);
        else
            assert_true(aa_local_joined_read(pair[0], &got) < 0);
    }
    reply = (struct aa_local_reply){ .version = AA_LOCAL_VERSION + 1 };
    assert_true(ask_send(pair[1], &reply, sizeof(reply), 0));
    assert_true(aa_local_joined_read(pair[0], &got) < 0);
    reply.version = AA_LOCAL_VERSION;
    memset(reply.text, 'x', sizeof(reply.text));
    assert_true(ask_send(pair[1], &reply, sizeof(reply), 0));
    assert_true(aa_local_joined_read(pair[0], &got) < 0);
    reply.text[sizeof(reply.text) - 1] = '\0';
    assert_true(ask_send(pair[1], &reply, sizeof(reply), 0));
    assert_int_equal(got.quorum, 77); /* untouched until now */
    assert_int_equal(aa_local_joined_read(pair[0], &got), 1);
    close(pair[1]);
    assert_true(aa_local_joined_read(pair[0], &got) < 0);
    close(pair[0]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(who_is_greeted_with_what),
        TEST(who_it_is),
        TEST(only_one_size),
        TEST(only_what_was_agreed),
        TEST(a_nonce_is_of_one_connection),
        TEST(what_is_heard),
        TEST(passed_descriptors_are_closed),
        TEST(where_it_listens),
        TEST(joiners_hear_the_end),
        TEST(the_last_answer_waits_for_the_end),
        TEST(what_a_joiner_believes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

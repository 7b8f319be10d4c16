/* SPDX-License-Identifier: ISC */
/* Break-glass codes: each of one account, for one use, until a date; wrong ones are counted; and
 * what is damaged or not root's own is never believed. */
#include "unit.h"
#include "codes-support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "break-glass/code-file.h"
#include "break-glass/code-text.h"

static struct world world;

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    world_apply(&world, "default deny");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_remove(&world);
    return 0;
}

/* ---- text ---- */

static void codes_look_like_codes(void **state)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    static char codes[AA_CODES_CREATE_MAX][AA_CODE_TEXT_SIZE];
    uint32_t seen = 0;

    (void)state;
    assert_int_equal(codes_create(&world, "alice", AA_CODES_CREATE_MAX, codes), 0);
    for (size_t i = 0; i < AA_ARRAY_SIZE(codes); i++) {
        assert_int_equal(strlen(codes[i]), 19);
        for (size_t j = 0; j < 19; j++) {
            const char *digit = strchr(digits, codes[i][j]);

            check(j % 5 == 4 ? codes[i][j] == '-' : digit != NULL, "code %s", codes[i]);
            seen |= digit == NULL ? 0 : 1u << (digit - digits);
        }
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(codes[i], codes[j]);
    }
    assert_int_equal(seen, UINT32_MAX); /* of 1600 digits, each of the 32 */
}

static void however_they_are_typed(void **state)
{
    static const char want[] = "0011ABCDEFGHJKMN";
    static const struct {
        const char *text;
        bool code;
    } rows[] = {
        { "0011-ABCD-EFGH-JKMN", true },   { "0011abcdefghjkmn", true },
        { " 0011 ABCD efgh\tjkmn\n", true }, { "OoIl-ABCD-EFGH-JKMN", true },
        { "o0Li-abcd-efgh-jkmn\r\n", true }, { "--0011ABCD-EFGHJKMN--", true },
        { "0011-ABCD-EFGH-JKM", false },   { "0011-ABCD-EFGH-JKMN2", false },
        { "0011-ABCD-EFGH-JKMU", false },  { "0011-ABCD-EFGH-JKM!", false },
        { "0011-ABCD-EFGH-JKM\xc3\x9c", false }, { "", false }, { "----", false },
        { "0011\x01" "ABCDEFGHJKMN", false },
    };
    struct aa_code_digits digits;
    char written[AA_CODE_TEXT_SIZE], large[4096];

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        bool code = aa_code_read(rows[i].text, &digits);

        check(code == rows[i].code, "\"%s\"", rows[i].text);
        check(!code || memcmp(digits.v, want, sizeof(digits.v)) == 0, "\"%s\"", rows[i].text);
    }
    aa_code_write(&digits, written);
    assert_string_equal(written, "0011-ABCD-EFGH-JKMN");
    memset(large, '-', sizeof(large)); /* longer than anybody types, and without an end */
    memcpy(large, want, sizeof(want) - 1);
    assert_false(aa_code_read(large, &digits));
}

/* ---- life of a code ---- */

static void used_once(void **state)
{
    char codes[3][AA_CODE_TEXT_SIZE];
    struct codes_listed listed;
    uint32_t number = 77;

    (void)state;
    assert_int_equal(codes_ready(&world, "alice"), 0); /* there is no file */
    assert_int_equal(codes_use(&world, "alice", "0000-0000-0000-0000", &number), AA_CODE_WRONG);
    assert_int_equal(codes_list(&world, &listed), 0);
    assert_int_equal(listed.n, 0);
    assert_int_equal(codes_create(&world, "alice", 3, codes), 0);
    assert_int_equal(codes_ready(&world, "alice"), 1);
    assert_int_equal(number, 77); /* untouched */
    assert_int_equal(codes_use(&world, "alice", codes[1], &number), AA_CODE_ACCEPTED);
    assert_int_equal(number, 2);
    number = 77;
    assert_int_equal(codes_use(&world, "alice", codes[1], &number), AA_CODE_WRONG);
    assert_non_null(strstr(codes_fault.detail, "used before"));
    assert_int_equal(codes_fault.id, AA_FAULT_BREAK_GLASS);
    assert_int_equal(number, 77);
    assert_int_equal(codes_list(&world, &listed), 0);
    assert_int_equal(listed.n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(listed.v[i].number, i + 1);
        assert_string_equal(listed.v[i].user, "alice");
        assert_int_equal(listed.v[i].state, i == 1 ? AA_CODE_USED : AA_CODE_READY);
        assert_string_equal(listed.v[i].request, i == 1 ? CODES_REQUEST : "");
        assert_true(i == 1 ? listed.v[i].ended_usec >= listed.v[i].created_usec :
                             listed.v[i].ended_usec == 0);
        assert_int_equal(listed.v[i].expires_usec - listed.v[i].created_usec < CODES_LIFE_USEC + 1,
                         1);
    }
    assert_int_equal(codes_use(&world, "alice", codes[0], &number), AA_CODE_ACCEPTED);
    assert_int_equal(codes_ready(&world, "alice"), 1);
    assert_int_equal(codes_use(&world, "alice", codes[2], &number), AA_CODE_ACCEPTED);
    assert_int_equal(codes_ready(&world, "alice"), 0);
}

static void typed_by_hand(void **state)
{
    char codes[1][AA_CODE_TEXT_SIZE], typed[64];
    uint32_t number;
    size_t n = 0;

    (void)state;
    assert_int_equal(codes_create(&world, "alice", 1, codes), 0);
    for (const char *p = codes[0]; *p != '\0'; p++) {
        char c = *p;

        if (c == '-')
            c = ' ';
        else if (c == '0')
            c = 'o';
        else if (c == '1')
            c = 'l';
        else if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        typed[n++] = c;
    }
    typed[n] = '\0';
    assert_int_equal(codes_use(&world, "alice", typed, &number), AA_CODE_ACCEPTED);
}

static void of_one_account_only(void **state)
{
    char alice[1][AA_CODE_TEXT_SIZE], bob[1][AA_CODE_TEXT_SIZE];
    uint32_t number;

    (void)state;
    assert_int_equal(codes_create(&world, "alice", 1, alice), 0);
    assert_int_equal(codes_use(&world, "bob", alice[0], &number), AA_CODE_WRONG);
    assert_int_equal(codes_ready(&world, "bob"), 0);
    assert_int_equal(codes_create(&world, "bob", 1, bob), 0);
    assert_int_equal(codes_use(&world, "bob", alice[0], &number), AA_CODE_WRONG);
    assert_int_equal(codes_use(&world, "alic", alice[0], &number), AA_CODE_WRONG);
    assert_int_equal(codes_use(&world, "", alice[0], &number), AA_CODE_WRONG);
    assert_int_equal(codes_use(&world, "bob", bob[0], &number), AA_CODE_ACCEPTED);
    assert_int_equal(codes_use(&world, "alice", alice[0], &number), AA_CODE_ACCEPTED);
}

static void of_one_host_only(void **state)
{
    unsigned char key[AA_KEY_SIZE];
    char codes[1][AA_CODE_TEXT_SIZE];
    uint32_t number;

    (void)state;
    assert_int_equal(codes_create(&world, "alice", 1, codes), 0);
    memset(key, 8, sizeof(key));
    world_write(&world, "state/key", key, sizeof(key), 0600);
    assert_int_equal(codes_use(&world, "alice", codes[0], &number), -EBADMSG);
    assert_int_equal(codes_ready(&world, "alice"), -EBADMSG);
    assert_int_equal(unlink(world_path(&world, "state/key")), 0);
    assert_true(codes_use(&world, "alice", codes[0], &number) < 0);
    assert_int_equal(codes_fault.id, AA_FAULT_KEY);
}

static void until_a_date(void **state)
{
    char codes[3][AA_CODE_TEXT_SIZE];
    struct codes_listed listed;
    uint32_t number;

    (void)state;
    assert_int_equal(codes_create(&world, "alice", 3, codes), 0);
    world_realtime_offset_usec = (int64_t)CODES_LIFE_USEC - 5000000;
    assert_int_equal(codes_use(&world, "alice", codes[0], &number), AA_CODE_ACCEPTED);
    world_realtime_offset_usec = (int64_t)CODES_LIFE_USEC;
    assert_int_equal(codes_ready(&world, "alice"), 0);
    assert_int_equal(codes_use(&world, "alice", codes[1], &number), AA_CODE_WRONG);
    assert_non_null(strstr(codes_fault.detail, "expired"));
    /* the clock is put back: what was seen to be over stays so */
    world_realtime_offset_usec = 0;
    assert_int_equal(codes_use(&world, "alice", codes[1], &number), AA_CODE_WRONG);
    assert_int_equal(codes_list(&world, &listed), 0);
    assert_int_equal(listed.v[1].state, AA_CODE_EXPIRED);
    /* before the code was made: wrong for certain */
    world_realtime_offset_usec = -3600000000;
    assert_int_equal(codes_ready(&world, "alice"), 0);
    assert_int_equal(codes_use(&world, "alice", codes[2], &number), AA_CODE_WRONG);
    assert_non_null(strstr(codes_fault.detail, "clock"));
    world_realtime_offset_usec = 0;
    assert_int_equal(codes_use(&world, "alice", codes[2], &number), AA_CODE_ACCEPTED);
}

static void revoked(void **state)
{
    char alice[4][AA_CODE_TEXT_SIZE], bob[2][AA_CODE_TEXT_SIZE];
    struct codes_listed listed;
    uint32_t number;

    (void)state;
    assert_int_equal(codes_revoke(&world, 1, NULL), 0); /* there is no file */
    assert_int_equal(codes_create(&world, "alice", 4, alice), 0);
    assert_int_equal(codes_create(&world, "bob", 2, bob), 0);
    assert_int_equal(codes_revoke(&world, 2, NULL), 1);
    assert_int_equal(codes_revoke(&world, 2, NULL), 0);
    assert_int_equal(codes_revoke(&world, 99, NULL), 0);
    assert_int_equal(codes_use(&world, "alice", alice[1], &number), AA_CODE_WRONG);
    assert_non_null(strstr(codes_fault.detail, "revoked"));
    assert_int_equal(codes_use(&world, "alice", alice[0], &number), AA_CODE_ACCEPTED);
    assert_int_equal(codes_revoke(&world, 1, NULL), 0); /* used stays used */
    assert_int_equal(codes_revoke(&world, 0, "alice"), 2);
    assert_int_equal(codes_ready(&world, "alice"), 0);
    assert_int_equal(codes_ready(&world, "bob"), 1);
    assert_int_equal(codes_list(&world, &listed), 0);
    assert_int_equal(listed.v[0].state, AA_CODE_USED);
    assert_int_equal(listed.v[1].state, AA_CODE_REVOKED);
    assert_true(listed.v[1].ended_usec > 0);
    assert_int_equal(codes_revoke(&world, 0, NULL), 2);
    assert_int_equal(codes_use(&world, "bob", bob[0], &number), AA_CODE_WRONG);
    assert_int_equal(codes_ready(&world, "bob"), 0);
}

/* ---- guesses ---- */

static void wrong_ones_are_counted(void **state)
{
    char codes[9][AA_CODE_TEXT_SIZE], bob[1][AA_CODE_TEXT_SIZE];
    uint32_t number;

    (void)state;
    assert_int_equal(codes_create(&world, "alice", 9, codes), 0);
    assert_int_equal(codes_create(&world, "bob", 1, bob), 0);
    /* right ones do not count: an emergency may take more commands than five */
    for (int i = 0; i < 7; i++)
        assert_int_equal(codes_use(&world, "alice", codes[i], &number), AA_CODE_ACCEPTED);
    for (int i = 0; i < AA_CODE_ATTEMPTS_MAX; i++)
        assert_int_equal(codes_use(&world, "alice", i == 2 ? codes[0] : "nonsense", &number),
                         AA_CODE_WRONG);
    assert_int_equal(codes_use(&world, "alice", codes[7], &number), AA_CODE_LOCKED);
    assert_non_null(strstr(codes_fault.detail, "seconds"));
    assert_int_equal(codes_use(&world, "bob", bob[0], &number), AA_CODE_ACCEPTED);
    world_boottime_offset_usec = (AA_CODE_ATTEMPTS_SECONDS - 5) * 1000000LL;
    assert_int_equal(codes_use(&world, "alice", codes[7], &number), AA_CODE_LOCKED);
    /* the calendar does not help within one boot, in neither direction */
    world_realtime_offset_usec = 3 * AA_CODE_ATTEMPTS_SECONDS * 1000000LL;
    assert_int_equal(codes_use(&world, "alice", codes[7], &number), AA_CODE_LOCKED);
    world_realtime_offset_usec = 0;
    world_boottime_offset_usec = AA_CODE_ATTEMPTS_SECONDS * 1000000LL;
    assert_int_equal(codes_use(&world, "alice", codes[7], &number), AA_CODE_ACCEPTED);
    for (int i = 0; i < AA_CODE_ATTEMPTS_MAX; i++)
        assert_int_equal(codes_use(&world, "alice", "", &number), AA_CODE_WRONG);
    assert_int_equal(codes_use(&world, "alice", codes[8], &number), AA_CODE_LOCKED);
}

/* Another boot: the time since boot starts again. */
static void wrong_ones_before_the_boot(void **state)
{
    char codes[2][AA_CODE_TEXT_SIZE];
    uint32_t number;

    (void)state;
    assert_int_equal(codes_create(&world, "alice", 2, codes), 0);
    for (int i = 0; i < AA_CODE_ATTEMPTS_MAX; i++)
        assert_int_equal(codes_use(&world, "alice", "wrong", &number), AA_CODE_WRONG);
    world_write_text(&world, "proc/sys/kernel/random/boot_id", "another");
    world_boottime_offset_usec = 30 * 1000000LL - (int64_t)world.site.boottime_usec();
    assert_int_equal(codes_use(&world, "alice", codes[0], &number), AA_CODE_LOCKED);
    world_realtime_offset_usec = -3600000000; /* a clock that stands back does not open it */
    assert_int_equal(codes_use(&world, "alice", codes[0], &number), AA_CODE_LOCKED);
    world_realtime_offset_usec = 0;
    world_boottime_offset_usec += AA_CODE_ATTEMPTS_SECONDS * 1000000LL;
    assert_int_equal(codes_use(&world, "alice", codes[0], &number), AA_CODE_ACCEPTED);
    for (int i = 0; i < AA_CODE_ATTEMPTS_MAX; i++)
        assert_int_equal(codes_use(&world, "alice", "wrong", &number), AA_CODE_WRONG);
    world_write_text(&world, "proc/sys/kernel/random/boot_id", "a third");
    world_boottime_offset_usec -= AA_CODE_ATTEMPTS_SECONDS * 1000000LL;
    assert_int_equal(codes_use(&world, "alice", codes[1], &number), AA_CODE_LOCKED);
    world_realtime_offset_usec = AA_CODE_ATTEMPTS_SECONDS * 1000000LL; /* by the calendar: over */
    assert_int_equal(codes_use(&world, "alice", codes[1], &number), AA_CODE_ACCEPTED);
    assert_int_equal(unlink(world_path(&world, "proc/sys/kernel/random/boot_id")), 0);
    assert_true(codes_use(&world, "alice", codes[1], &number) < 0); /* nothing can be counted */
}

/* ---- room ---- */

static void a_full_file(void **state)
{
    static char codes[AA_CODES_CREATE_MAX][AA_CODE_TEXT_SIZE], last[2][AA_CODE_TEXT_SIZE];
    static struct codes_listed listed;
    unsigned made = 0;
    uint32_t number;

    (void)state;
    while (made < AA_CODES_MAX) {
        unsigned n = AA_MIN(AA_CODES_CREATE_MAX, AA_CODES_MAX - made);

        assert_int_equal(codes_create(&world, made % 3 == 0 ? "alice" : "bob", n, codes), 0);
        made += n;
    }
    assert_int_equal(codes_create(&world, "carol", 1, last), -ENOSPC);
    assert_int_equal(codes_fault.id, AA_FAULT_BREAK_GLASS);
    assert_int_equal(codes_ready(&world, "carol"), 0);
    assert_int_equal(codes_revoke(&world, 7, NULL), 1);
    assert_int_equal(codes_create(&world, "carol", 2, last), -ENOSPC); /* all or none */
    assert_int_equal(codes_create(&world, "carol", 1, last), 0); /* over the one that is over */
    assert_int_equal(codes_list(&world, &listed), 0);
    assert_int_equal(listed.n, AA_CODES_MAX);
    assert_int_equal(listed.v[AA_CODES_MAX - 1].number, AA_CODES_MAX + 1);
    assert_string_equal(listed.v[AA_CODES_MAX - 1].user, "carol");
    check(listed.v[6].number == 8, "7 is gone, and its number is not given again");
    assert_int_equal(codes_use(&world, "carol", last[0], &number), AA_CODE_ACCEPTED);
    assert_int_equal(codes_use(&world, "carol", last[0], &number), AA_CODE_WRONG);
}

static void what_create_refuses(void **state)
{
    static char codes[AA_CODES_CREATE_MAX + 1][AA_CODE_TEXT_SIZE];
    char name[AA_CODE_USER_MAX + 1];
    struct aa_fault fault = { 0 };
    int state_fd = world_state_fd(&world);

    (void)state;
    memset(name, 'x', sizeof(name));
    name[AA_CODE_USER_MAX] = '\0';
    assert_int_equal(codes_create(&world, "", 1, codes), -EINVAL);
    assert_int_equal(codes_create(&world, name, 1, codes), -EINVAL);
    assert_int_equal(codes_create(&world, "alice", 0, codes), -EINVAL);
    assert_int_equal(codes_create(&world, "alice", AA_CODES_CREATE_MAX + 1, codes), -EINVAL);
    assert_int_equal(aa_codes_create(&world.site, state_fd, "alice", 1,
                                     world.site.realtime_usec() - 1, codes, &fault), -EINVAL);
    close(state_fd);
    assert_int_equal(access(world_path(&world, "state/break-glass"), F_OK), -1);
    name[AA_CODE_USER_MAX - 1] = '\0';
    assert_int_equal(codes_create(&world, name, 1, codes), 0);
    assert_int_equal(codes_ready(&world, name), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(codes_look_like_codes), cmocka_unit_test(however_they_are_typed),
        TEST(used_once),             TEST(typed_by_hand),
        TEST(of_one_account_only),   TEST(of_one_host_only),
        TEST(until_a_date),          TEST(revoked),
        TEST(wrong_ones_are_counted), TEST(wrong_ones_before_the_boot),
        TEST(a_full_file),           TEST(what_create_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

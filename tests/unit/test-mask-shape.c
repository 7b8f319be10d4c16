/* SPDX-License-Identifier: ISC */
/* Patterns on texts: what they find, what they pass over, and that no text keeps them long. */
#include "unit.h"

#include <time.h>

#include "mask-support.h"

enum { MASKS_MAX = 4 * 1024 * 1024, MEGABYTE = 1024 * 1024, FOUND_MAX = 512, MILLISECONDS_MAX = 200 };

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { IS_SLOW = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
enum { IS_SLOW = 1 };
#else
enum { IS_SLOW = 0 };
#endif
#else
enum { IS_SLOW = 0 };
#endif

static double milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1000000;
}

struct fixture {
    struct aa_buffer memory;
    struct aa_snapshot snapshot;
    struct aa_masker masker;
    struct aa_arena arena;
    struct aa_mask_spans spans;
};

static void start(struct fixture *f, const struct hand_pattern *patterns, size_t n,
                  const struct hand_switch *switches, size_t switches_n)
{
    *f = (struct fixture){ .memory = AA_BUFFER_INIT(MASKS_MAX), .arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX) };
    assert_true(hand_masks(patterns, n, switches, switches_n, &f->memory, &f->snapshot));
    /* without those that are shipped */
    f->masker.sets[0] = f->snapshot;
    f->masker.sets_n = 1;
    f->spans.arena = &f->arena;
}

static void end(struct fixture *f)
{
    aa_masker_end(&f->masker);
    aa_arena_clear(&f->arena);
    aa_buffer_free(&f->memory);
}

/* What is found in a text: "rule/type:value@place" of each, with blanks between. */
static const char *found_in(struct fixture *f, struct aa_mask_text text, char ret[FOUND_MAX])
{
    struct aa_buffer buffer = AA_BUFFER_INIT(FOUND_MAX);

    f->spans.n = 0;
    assert_int_equal(aa_mask_find_shapes(&f->masker, &text, &f->spans), 0);
    for (size_t i = 0; i < f->spans.n; i++) {
        const struct aa_mask_span *span = &f->spans.v[i];

        assert_true(span->at >= text.at && span->at - text.at + span->length <= text.n);
        aa_buffer_printf(&buffer, "%s%s/%s:%.*s@%zu", i > 0 ? " " : "", span->rule, span->type,
                         (int)span->length, text.v + (span->at - text.at), span->at);
    }
    snprintf(ret, FOUND_MAX, "%s", buffer.length == 0 ? "" : aa_buffer_text(&buffer));
    aa_buffer_free(&buffer);
    return ret;
}

#define FOUND(f, text) \
    found_in((f), (struct aa_mask_text){ .v = (text), .n = strlen(text) }, (char[FOUND_MAX]){ "" })

static const struct hand_pattern some[] = {
    { .name = "slack", .match = "xox[abp]-[A-Za-z0-9-]{10,}", .near = { "xoxa-", "xoxb-", "xoxp-" } },
    { .name = "mail", .type = "email", .match = "[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}",
      .near = { "@" } },
    { .name = "card", .type = "card", .match = "(?:[0-9][ -]?){12,18}[0-9]", .check = AA_MASK_CHECK_LUHN },
    { .name = "bearer", .match = "(?i)bearer ([^ ]+)", .near = { "bearer" } },
    { .name = "sometimes", .match = "zz[0-9]+", .near = { "zz" }, .off = true },
    { .name = "either", .match = "qq(?:=([a-z]+)|:[0-9]+)", .near = { "qq" } },
    { .name = "empty", .match = "(?=ww(x+))", .near = { "ww" } },
    { .name = "behind", .match = "(?<=(vv))k+", .near = { "vv" } },
};

static void test_finds(void **state)
{
    struct fixture f;

    (void)state;
    start(&f, some, AA_ARRAY_SIZE(some), NULL, 0);
    assert_string_equal(FOUND(&f, "curl xoxb-1234567890ab"), "slack/secret:xoxb-1234567890ab@5");
    assert_string_equal(FOUND(&f, "a@example.org b@example.net"),
                        "mail/email:a@example.org@0 mail/email:b@example.net@14");
    /* group 1 is the value, where it took part */
    assert_string_equal(FOUND(&f, "-H 'Authorization: BEARER abc'"), "bearer/secret:abc'@26");
    assert_string_equal(FOUND(&f, "qq=abc qq:123"), "either/secret:abc@3 either/secret:qq:123@7");
    /* a secret that is a path has to be seen; what is no secret may look like one */
    assert_string_equal(FOUND(&f, "bearer /etc/token"), "");
    /* empty matches go on */
    assert_string_equal(FOUND(&f, "wwxx wwx"), "empty/secret:xx@2 empty/secret:x@7");
    /* neither does a value in front of its match keep it there */
    assert_string_equal(FOUND(&f, "vvkk vvk"), "behind/secret:vv@0 behind/secret:vv@5");
    assert_string_equal(FOUND(&f, "pay 4111 1111 1111 1111 now"), "card/card:4111 1111 1111 1111@4");
    assert_string_equal(FOUND(&f, "pay 4222222222223 now"), "");
    /* the first digits fail the check; behind them one stands that passes */
    assert_string_equal(FOUND(&f, "99994111111111111111"), "card/card:4111111111111111@4");
    assert_string_equal(FOUND(&f, "zz12"), "");
    assert_string_equal(FOUND(&f, ""), "");
    assert_null(f.masker.overrun);
    end(&f);
}

static void test_place_and_bytes(void **state)
{
    static const char bytes[] = "\0\xff\0xoxb-1234567890\0";
    struct fixture f;
    char found[FOUND_MAX];

    (void)state;
    start(&f, some, AA_ARRAY_SIZE(some), NULL, 0);
    assert_string_equal(found_in(&f, (struct aa_mask_text){ .v = bytes, .n = sizeof(bytes), .at = 1000 }, found),
                        "slack/secret:xoxb-1234567890@1003");
    /* cut before its end: nothing behind it is read */
    assert_string_equal(found_in(&f, (struct aa_mask_text){ .v = bytes, .n = 12 }, found), "");
    end(&f);
}

static void test_spared_and_switched(void **state)
{
    static const struct hand_switch switches[] = { { "sometimes", true }, { "slack", false } };
    static const char *const spared[] = { "email", "bearer" };
    static const char text[] = "a@b.c zz12 xoxb-1234567890 bearer t qq=v";
    struct fixture f;
    char found[FOUND_MAX];

    (void)state;
    start(&f, some, AA_ARRAY_SIZE(some), switches, AA_ARRAY_SIZE(switches));
    assert_string_equal(
        found_in(&f, (struct aa_mask_text){ .v = text, .n = strlen(text), .spared = spared, .spared_n = 2 }, found),
        "sometimes/secret:zz12@6 either/secret:v@39");
    end(&f);
}

/* A pattern is tried where its literal stands, in any case, at any place; and nowhere else. */
static void test_near(void **state)
{
    static const struct hand_pattern patterns[] = {
        { .name = "long", .match = "[0-9]+", .near = { "abcdef", "xyz" } },
        { .name = "short", .match = "[0-9]+", .near = { "#", "%%" } },
        { .name = "same", .match = "[0-9]+", .near = { "abcdeg" } },
    };
    static const struct {
        const char *text, *rules;
    } rows[] = {
        { "1 abcdef", "long" },   { "ABCdef 1", "long" }, { "1 xabcdxYzabc", "long" }, { "abcde 1", "" },
        { "1 abcde", "" },        { "#1", "short" },      { "1#", "short" },           { "1%", "" },
        { "%%1", "short" },       { "1 abcdeg", "same" }, { "abcdeg abcdef 1", "long same" },
        { "1 \xe1\xe2\xe3", "" },
    };
    struct fixture f;

    (void)state;
    start(&f, patterns, AA_ARRAY_SIZE(patterns), NULL, 0);
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        char rules[64] = "";

        (void)FOUND(&f, rows[i].text);
        for (size_t j = 0; j < f.spans.n; j++)
            snprintf(rules + strlen(rules), sizeof(rules) - strlen(rules), "%s%s", j > 0 ? " " : "",
                     f.spans.v[j].rule);
        check(strcmp(rules, rows[i].rules) == 0, "%s: %s", rows[i].text, rules);
    }
    /* a literal that the text is cut in does not stand in it */
    assert_string_equal(found_in(&f, (struct aa_mask_text){ .v = "1 abcdef", .n = 7 }, (char[FOUND_MAX]){ "" }), "");
    end(&f);
}

/* What cannot be looked at to the end is said, with the name of the pattern, and nothing else fails. */
static void test_limits(void **state)
{
    static const struct hand_pattern patterns[] = {
        { .name = "broken", .match = "(((", .near = { "broken" } },
        { .name = "endless", .match = "(?:a+)+b", .near = { "aaaa" } },
        { .name = "all", .match = "." },
        { .name = "tail", .match = "(w)w*", .near = { "wwww" } },
    };
    struct fixture f;
    struct aa_mask_text text = { .n = 40000 };
    double before;
    char *many = malloc(text.n);

    (void)state;
    assert_non_null(many);
    text.v = many;
    start(&f, patterns, AA_ARRAY_SIZE(patterns), NULL, 0);
    (void)FOUND(&f, "broken");
    assert_string_equal(f.masker.overrun, "broken");
    assert_int_equal(f.spans.n, 6);
    /* who took note of it goes on, and hears of it again */
    f.masker.overrun = NULL;
    (void)FOUND(&f, "x broken");
    assert_string_equal(f.masker.overrun, "broken");

    f.masker.overrun = NULL;
    before = milliseconds();
    (void)FOUND(&f, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac b");
    assert_string_equal(f.masker.overrun, "endless");
    check(IS_SLOW || milliseconds() - before < 60, "%.1f ms", milliseconds() - before);
    f.masker.overrun = NULL;
    (void)FOUND(&f, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac b");
    assert_string_equal(f.masker.overrun, "endless");

    f.masker.overrun = NULL;
    memset(many, 'x', text.n);
    f.spans.n = 0;
    assert_int_equal(aa_mask_find_shapes(&f.masker, &text, &f.spans), 0);
    assert_string_equal(f.masker.overrun, "all");
    assert_true(f.spans.n < text.n);
    end(&f);

    /* what stands behind values is looked at again only so often */
    start(&f, &patterns[3], 1, NULL, 0);
    memset(many, 'w', text.n);
    assert_int_equal(aa_mask_find_shapes(&f.masker, &text, &f.spans), 0);
    assert_string_equal(f.masker.overrun, "tail");
    assert_in_range(f.spans.n, 1, 10);
    end(&f);
    free(many);
}

static void test_damaged(void **state)
{
    static const struct hand_pattern patterns[] = {
        { .name = "one", .match = "[0-9]+", .near = { "#" } },
        { .name = "two", .match = "[a-z]+", .near = { "#" } },
    };

    (void)state;
    for (int part = 0; part < 5; part++) {
        struct fixture f;
        struct aa_snap_mask_pattern *raw;
        const struct aa_snap_header *header;

        start(&f, patterns, AA_ARRAY_SIZE(patterns), NULL, 0);
        header = f.snapshot.header;
        raw = (void *)(f.memory.data + header->sections[AA_SECTION_MASK_PATTERNS].offset);
        if (part == 0)
            raw->name.offset = UINT32_MAX;
        else if (part == 1)
            raw->type.length = 100000;
        else if (part == 2)
            raw->match.offset = 100000;
        else if (part == 3)
            raw->near.first = UINT32_MAX;
        else
            raw->near.count = 1000;
        (void)FOUND(&f, "#12ab");
        check(f.masker.overrun != NULL && strstr(f.masker.overrun, "damaged") != NULL, "part %d", part);
        assert_true(f.spans.n >= 1);
        assert_string_equal(f.spans.v[f.spans.n - 1].rule, "two");
        end(&f);
    }
}

/* ---- time ---- */

static void fill(char *text, const char *unit)
{
    for (size_t i = 0, n = strlen(unit); i < MEGABYTE; i++)
        text[i] = unit[i % n];
}

static void test_hostile_texts(void **state)
{
    static const struct hand_pattern patterns[] = {
        { .name = "mail", .type = "email", .match = "[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}" },
        { .name = "mail-strict", .type = "email",
          .match = "(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63}){1,8}" },
        { .name = "card", .type = "card", .match = "(?:[0-9][ -]?){13,19}", .check = AA_MASK_CHECK_LUHN },
        { .name = "slack", .match = "xox[abp]-[A-Za-z0-9-]{10,}" },
        { .name = "slack-any-case", .match = "(?i)xox[abp]-[A-Za-z0-9-]{10,}" },
        { .name = "phone", .type = "phone", .match = "\\+?[0-9 ()./-]{7,}", .check = AA_MASK_CHECK_PHONE },
        { .name = "url", .match = "[a-z][a-z0-9+.-]{1,20}://[^/ :@]{0,64}:([^/ @]{1,256})@" },
        { .name = "quadratic", .match = "x[a-x]*y" },
        { .name = "pem", .match = "-----BEGIN [A-Z ]{1,40}-----[\\s\\S]*?-----END" },
    };
    static const char *const units[] = { "a", "1", "@", "xoxb-", "a@", "1 ", "=", "x", "a://b:c", "A-Za-z0-9 ",
                                         "-----BEGIN A-----", "12345678 ", "a.b@c.", "XOXB-" };
    static const char *const names[] = { "base64", "random bytes", "a…@", "x…1y@" };
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = malloc(MEGABYTE);
    uint64_t random = 3;
    double total = 0, worst = 0;

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < AA_ARRAY_SIZE(units) + AA_ARRAY_SIZE(names); i++) {
        const char *name = i < AA_ARRAY_SIZE(units) ? units[i] : names[i - AA_ARRAY_SIZE(units)];

        if (i < AA_ARRAY_SIZE(units))
            fill(text, units[i]);
        for (size_t j = 0; i == AA_ARRAY_SIZE(units) && j < MEGABYTE; j++)
            text[j] = base64[next_random(&random) % 64];
        for (size_t j = 0; i == AA_ARRAY_SIZE(units) + 1 && j < MEGABYTE; j++)
            text[j] = (char)next_random(&random);
        /* what makes every start run to the end, or nearly */
        if (i == AA_ARRAY_SIZE(units) + 2) {
            memset(text, 'a', MEGABYTE);
            text[MEGABYTE - 1] = '@';
        } else if (i == AA_ARRAY_SIZE(units) + 3) {
            memset(text, 'x', MEGABYTE);
            memcpy(text + MEGABYTE - 3, "1y@", 3);
        }
        for (size_t j = 0; j < AA_ARRAY_SIZE(patterns); j++) {
            const struct aa_mask_text looked_at = { .v = text, .n = MEGABYTE };
            struct fixture f;
            double before, took;

            start(&f, &patterns[j], 1, NULL, 0);
            before = milliseconds();
            assert_int_equal(aa_mask_find_shapes(&f.masker, &looked_at, &f.spans), 0);
            took = milliseconds() - before;
            total += took;
            worst = took > worst ? took : worst;
            if (took > 20 || f.masker.overrun != NULL)
                print_message("%-16s %-18s %7.1f ms, %zu found%s\n", patterns[j].name, name, took, f.spans.n,
                              f.masker.overrun != NULL ? ", a limit was hit" : "");
            check(IS_SLOW || took < (strcmp(patterns[j].name, "quadratic") == 0 ? 3000 : MILLISECONDS_MAX),
                  "%s on %s: %.1f ms", patterns[j].name, name, took);
            end(&f);
        }
    }
    print_message("worst %.1f ms, all %.1f ms\n", worst, total);
    free(text);
}

/* What every command waits for: 120 patterns, 240 literals, none of which stands in the text. */
static void test_quick_where_nothing_is(void **state)
{
    enum { PATTERNS = 120, LENGTH = 200, RUNS = 2000 };
    static struct hand_pattern patterns[PATTERNS];
    static char names[PATTERNS][3][16];
    static char text[LENGTH + 1];
    struct aa_mask_text looked_at = { .v = text, .n = LENGTH };
    struct fixture f;
    double before, took;

    (void)state;
    for (size_t i = 0; i < PATTERNS; i++) {
        snprintf(names[i][0], sizeof(names[i][0]), "name-%zu", i);
        snprintf(names[i][1], sizeof(names[i][1]), "%c%cq%zu_", (char)('a' + i % 26), (char)('a' + i / 5), i);
        snprintf(names[i][2], sizeof(names[i][2]), "%c%c%zu-", (char)('a' + i % 23), (char)('n' + i % 12), i);
        patterns[i] = (struct hand_pattern){ .name = names[i][0], .match = "xox[abp]-[A-Za-z0-9-]{10,}",
                                             .near = { names[i][1], names[i][2] } };
    }
    start(&f, patterns, PATTERNS, NULL, 0);
    for (size_t i = 0; i < LENGTH; i++)
        text[i] = "/usr/bin/systemctl restart nginx.service --no-block --job-mode=replace "[i % 71];
    before = milliseconds();
    for (unsigned i = 0; i < RUNS; i++) {
        struct aa_masker masker = { .sets = { f.snapshot }, .sets_n = 1 };

        if (aa_mask_find_shapes(&masker, &looked_at, &f.spans) != 0 || f.spans.n != 0)
            fail();
        aa_masker_end(&masker);
    }
    took = (milliseconds() - before) * 1000 / RUNS;
    print_message("%.2f microseconds\n", took);
    check(IS_SLOW || took < 100, "%.2f microseconds", took);
    end(&f);
}

/* What is passed over without asking PCRE2 is what PCRE2 would pass over. */
static void test_borders(void **state)
{
    static const struct hand_pattern patterns[] = {
        { .name = "word", .match = "(?<![A-Z])k[0-9]+" },
        { .name = "caseless", .match = "(?i)(?<![a-f])m[0-9]+" },
        { .name = "branches", .match = "(?<![A-Z])n[0-9]+|n7" },
        { .name = "optional", .match = "(?<![A-Z])?p[0-9]+" },
        { .name = "one", .match = "(?<![x])q[0-9]+" },
        { .name = "bracket", .match = "(?<![a-z])r[^](]|r7" },
        { .name = "control", .match = "(?<![a-z])s\\c(|s7" },
        { .name = "nested", .match = "(?<![a-z])(?:t|u)(?=[0-9)|])[0-9]" },
    };
    struct fixture f;

    (void)state;
    start(&f, patterns, AA_ARRAY_SIZE(patterns), NULL, 0);
    assert_string_equal(FOUND(&f, "k1 Ak2 ak3"), "word/secret:k1@0 word/secret:k3@8");
    assert_string_equal(FOUND(&f, "m1 Am2 am3 xM4"), "caseless/secret:m1@0 caseless/secret:M4@12");
    assert_string_equal(FOUND(&f, "An6 An7"), "branches/secret:n7@5");
    assert_string_equal(FOUND(&f, "Ap1"), "optional/secret:p1@1");
    assert_string_equal(FOUND(&f, "Xq1 xq2"), "one/secret:q1@1");
    assert_string_equal(FOUND(&f, "ar7"), "bracket/secret:r7@1");
    assert_string_equal(FOUND(&f, "as7"), "control/secret:s7@1");
    assert_string_equal(FOUND(&f, "at1 u2"), "nested/secret:u2@4");
    end(&f);
}

/* \\G is behind the last match, and nowhere else. */
static void test_goes_on(void **state)
{
    static const struct hand_pattern patterns[] = {
        { .name = "list", .match = "(?:list|\\G(?!\\A)),([a-z])", .near = { "list" } },
    };
    struct aa_buffer text = AA_BUFFER_INIT(MEGABYTE);
    struct fixture f;

    (void)state;
    start(&f, patterns, AA_ARRAY_SIZE(patterns), NULL, 0);
    assert_string_equal(FOUND(&f, "x,y,z list,a,b ,c"), "list/secret:a@11 list/secret:b@13");
    for (size_t i = 0; i < 3000; i++)
        aa_buffer_add_text(&text, " ,y");
    aa_buffer_add_text(&text, " list,a");
    assert_string_equal(FOUND(&f, aa_buffer_text(&text)), "list/secret:a@9006");
    aa_buffer_free(&text);
    end(&f);
}

/* A match goes on behind the window that PCRE2 gets at first; one that ends with it stays one. */
static void test_windows(void **state)
{
    static const struct hand_pattern patterns[] = {
        { .name = "long", .match = "aa[b-z]{1,20000}!", .near = { "aa" } },
        { .name = "end", .match = "cc(?=[b-z]+$)", .near = { "cc" } },
    };
    char *text = test_malloc(32768);
    struct fixture f;

    (void)state;
    start(&f, patterns, AA_ARRAY_SIZE(patterns), NULL, 0);
    for (size_t n = 4000; n < 20000; n += 97) {
        struct aa_mask_text looked_at = { .v = text, .n = n + 5 };

        memset(text, 'z', 32768);
        memcpy(text, "aa", 2);
        memcpy(text + n, "!ccxy", 5);
        f.spans.n = 0;
        assert_int_equal(aa_mask_find_shapes(&f.masker, &looked_at, &f.spans), 0);
        assert_int_equal(f.spans.n, 2);
        assert_true(f.spans.v[0].at == 0 && f.spans.v[0].length == n + 1);
        assert_true(f.spans.v[1].at == n + 1 && f.spans.v[1].length == 2);
        memcpy(text + n, "accxy", 5);
        f.spans.n = 0;
        assert_int_equal(aa_mask_find_shapes(&f.masker, &looked_at, &f.spans), 0);
        assert_int_equal(f.spans.n, 1);
    }
    assert_null(f.masker.overrun);
    test_free(text);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds),        cmocka_unit_test(test_place_and_bytes),
        cmocka_unit_test(test_near),         cmocka_unit_test(test_spared_and_switched),
        cmocka_unit_test(test_limits),       cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_borders), cmocka_unit_test(test_goes_on), cmocka_unit_test(test_windows),
        cmocka_unit_test(test_hostile_texts), cmocka_unit_test(test_quick_where_nothing_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/* "finds" and "spares", held against what a masker says that says what the test wants. */
#include "unit.h"

#include <errno.h>

#include "language/compile.h"
#include "mask/find.h"

/* What is covered: the bytes in the text that have a letter below them, each letter a rule. */
static struct {
    const char *below;
    int error;
    const char *overrun;
    char text[256];
    size_t calls, sets;
    bool own_is_off;
} masker_says;

/* Whether the pattern beside which the example stands is looked for. */
static bool own_is_on(const struct aa_masker *masker)
{
    const struct aa_snapshot *own = &masker->sets[masker->sets_n - 1];
    const struct aa_snap_mask_pattern *patterns =
        aa_snapshot_elements(own, AA_SECTION_MASK_PATTERNS,
                             (struct aa_snap_range){ 0, aa_snapshot_count(own, AA_SECTION_MASK_PATTERNS) });

    return aa_snapshot_count(own, AA_SECTION_MASK_PATTERNS) == 0 ||
           aa_mask_is_on(masker, "own", patterns[0].off != 0);
}

int __wrap_aa_mask_find(struct aa_masker *masker, struct aa_arena *arena, const char *text,
                        size_t length, bool code, struct aa_mask_spans *ret);

int __wrap_aa_mask_find(struct aa_masker *masker, struct aa_arena *arena, const char *text,
                        size_t length, bool code, struct aa_mask_spans *ret)
{
    static const struct {
        char letter;
        const char *rule;
    } rules[] = { { 'p', "own" }, { 'o', "option" }, { 'n', "name" }, { 'q', "other" } };
    struct aa_mask_spans spans = { .arena = arena };

    assert_false(code);
    assert_true(length < sizeof(masker_says.text));
    assert_null(masker->overrun); /* each example for itself */
    snprintf(masker_says.text, sizeof(masker_says.text), "%.*s", (int)length, text);
    masker_says.calls++;
    masker_says.sets = masker->sets_n;
    masker_says.own_is_off = !own_is_on(masker);
    masker->overrun = masker_says.overrun;
    if (masker_says.error != 0)
        return masker_says.error;
    for (size_t i = 0; i < length && masker_says.below[i] != '\0';) {
        size_t n = 1;

        while (i + n < length && masker_says.below[i + n] == masker_says.below[i])
            n++;
        for (size_t j = 0; j < AA_ARRAY_SIZE(rules); j++) {
            if (rules[j].letter == masker_says.below[i])
                aa_mask_spans_add(&spans, i, n, rules[j].rule, "secret");
        }
        i += n;
    }
    aa_mask_spans_settle(&spans, text, length);
    *ret = spans;
    return spans.error;
}

static int result;

/* The complaint, or "" where there is none. */
static const char *verdict(const char *block, const char *below)
{
    static char message[512];
    struct aa_compilation compilation;
    char text[512];
    int n = snprintf(text, sizeof(text), "default deny\nmask { %s }\n", block);

    masker_says.below = below;
    masker_says.calls = 0;
    result = aa_compile_text(text, (size_t)n, 0, &compilation);
    snprintf(message, sizeof(message), "%s",
             compilation.complaints.errors > 0 ? compilation.complaints.items[0].message : "");
    check((compilation.snapshot.length > 0) == (result == 0 && compilation.complaints.errors == 0),
          "%s", block);
    aa_compilation_free(&compilation);
    return message;
}

static void rows_of(void **state)
{
    static const struct {
        const char *block, *below, *wanted;
    } rows[] = {
#define P(example) "pattern own { match \"xy\"; " example " }"
#define O(example) "option tool cli { value -p; " example " }"
        /* exactly the values */
        { P("finds \"a key 12\" \"12\""), "      pp", "" },
        { P("finds \"a key 12\" \"12\""), "     ppp", "" }, /* a blank is never covered */
        { P("finds \"a key 12\" \"12\""), "    pppp",
          "pattern own: what is covered here is \"y\", \"12\"; expected: \"12\"" },
        { P("finds \"a key 12\" \"12\""), "       p",
          "pattern own: what is covered here is \"2\"; expected: \"12\"" },
        { P("finds \"a key 12\" \"12\""), "        ",
          "pattern own: what is covered here is nothing; expected: \"12\"" },
        { P("finds \"12 and 34\" \"34\" \"12\""), "pp     pp", "" },
        { P("finds \"12 and 34\" \"34\" \"12\""), "       pp",
          "pattern own: what is covered here is \"34\"; expected: \"34\", \"12\"" },
        /* the same bytes may stand where they are no value */
        { P("finds \"12 -p 12\" \"12\""), "      pp", "" },
        { P("finds \"12 -p 12\" \"12\""), "pp    pp", "" },
        /* shell syntax is in no value */
        { P("finds \"x a$b|c\" \"a$b|c\""), "  p p p", "" },
        { P("finds \"x a$b|c\" \"a$b|c\""), "  p p  ",
          "pattern own: what is covered here is \"a\", \"b\"; expected: \"a$b|c\"" },
        { P("finds \"x $ y\" \"$\""), "     ",
          "pattern own: what is covered here is nothing; expected: \"$\"" },
        /* another rule covers it too: of two only one is told of */
        { P("finds \"pw=123\" \"123\""), "   nnn", "" },
        { P("finds \"pw=123\" \"123\""), "   npp", "" },
        { P("finds \"pw=123 45\" \"123\""), "   ppp nn", "" },
        { P("finds \"pw=123 45\" \"123\""), "   nnn pp",
          "pattern own: what is covered here is \"123\" (by name), \"45\"; expected: \"123\"" },
        /* no value said: something of its own */
        { P("finds \"a key 12\""), "      pp", "" },
        { P("finds \"a key 12\""), "      nn",
          "pattern own: what is covered here is \"12\" (by name); expected: something" },
        { P("finds \"a key 12\""), "        ",
          "pattern own: what is covered here is nothing; expected: something" },
        /* spares is of the rule alone */
        { P("spares \"a key 12\""), "        ", "" },
        { P("spares \"a key 12\""), "      nn", "" },
        { P("spares \"a key 12\""), "a     np",
          "pattern own: what is covered here is \"2\"; expected: nothing" },
        { O("finds \"cli -p 12\" \"12\""), "       oo", "" },
        { O("finds \"cli -p 12\" \"12\""), "    oo oo",
          "option tool: what is covered here is \"-p\", \"12\"; expected: \"12\"" },
        { O("spares \"cli -p 12\""), "       oo",
          "option tool: what is covered here is \"12\"; expected: nothing" },
        { O("spares \"cli -p 12\""), "       pp", "" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        const char *said = verdict(rows[i].block, rows[i].below);

        check(result == 0 && aa_streq(said, rows[i].wanted), "%s with \"%s\": %s", rows[i].block,
              rows[i].below, said);
        assert_int_equal(masker_says.calls, 1);
    }
}

/* The shipped rules are in force too; each text is looked at once. */
static void what_is_looked_at(void **state)
{
    (void)state;
    masker_says.own_is_off = true;
    assert_string_equal(verdict("pattern own { match \"xy\"; spares \"a\" }\noff own", " "), "");
    assert_false(masker_says.own_is_off);
    masker_says.own_is_off = true;
    assert_string_equal(verdict("pattern own { match \"xy\"; off; spares \"a\" \"b *\" }", "        "), "");
    assert_false(masker_says.own_is_off);
    assert_int_equal(masker_says.calls, 2);
    assert_int_equal(masker_says.sets, 2);
    assert_string_equal(masker_says.text, "b *");
    assert_string_equal(verdict("pattern own { match \"xy\" }", ""), "");
    assert_int_equal(masker_says.calls, 0);
}

static void limits(void **state)
{
    static const char block[] = "pattern own { match \"xy\"; spares \"a\" \"b\" }";

    (void)state;
    masker_says.overrun = "the clock";
    assert_string_equal(verdict(block, " "), "pattern own: this text was not looked at to its end: "
                                             "the clock");
    masker_says.overrun = NULL;
    masker_says.error = -E2BIG;
    assert_string_equal(verdict(block, " "), "pattern own: this text was not looked at to its end: "
                                             "it has too many values");
    masker_says.error = -ENOMEM;
    (void)verdict(block, " ");
    assert_int_equal(result, -ENOMEM);
    masker_says.error = 0;
    assert_string_equal(verdict(block, " "), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of),
        cmocka_unit_test(what_is_looked_at),
        cmocka_unit_test(limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

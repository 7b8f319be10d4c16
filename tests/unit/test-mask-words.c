/* SPDX-License-Identifier: ISC */
/* Texts as words, with the place that each of their bytes came from. */
#include "unit.h"

#include <errno.h>

#include "mask/finders.h"

static size_t place_of(const struct aa_mask_word *word, size_t i)
{
    return word->origin != NULL ? word->origin[i] : word->at + i;
}

/* The words in brackets, "~" for an expansion, ";" for a separator, ">" in front of a target. */
static const char *shown(const struct aa_mask_words *words)
{
    static char text[4096];
    size_t n = 0;

    for (size_t i = 0; i < words->n; i++) {
        const struct aa_mask_word *word = &words->v[i];

        assert_true(n + word->n + 8 < sizeof(text));
        if (word->separator) {
            text[n++] = ';';
            continue;
        }
        if (word->target)
            text[n++] = '>';
        text[n++] = '[';
        for (size_t j = 0; j < word->n; j++)
            text[n++] = word->v[j] == '\0' ? '~' : word->v[j];
        text[n++] = ']';
    }
    text[n] = '\0';
    return text;
}

/* What is true of every text: places ascend and, where no escape stands there, hold the byte. */
static void check_places(const char *text, size_t length, const struct aa_mask_words *words)
{
    for (size_t i = 0; i < words->n; i++) {
        const struct aa_mask_word *word = &words->v[i];
        bool unknown = false;

        for (size_t j = 0; j < word->n && !word->separator; j++) {
            const size_t at = place_of(word, j);
            const char c = word->v[j];

            check(at < length, "%s: word %zu, byte %zu lies behind the text", text, i, j);
            check(j == 0 || place_of(word, j - 1) < at, "%s: places in word %zu do not ascend", text,
                  i);
            check(c == text[at] || (c == '\0' && strchr("$`<>", text[at]) != NULL) ||
                      (c == '\n' && text[at] == 'n') || (c == '\t' && text[at] == 't') ||
                      (c == '\r' && text[at] == 'r'),
                  "%s: byte %zu of word %zu is not what stands in its place", text, j, i);
            unknown = unknown || c == '\0';
        }
        check(word->separator || unknown == word->raw, "%s: word %zu: raw", text, i);
        check(word->n > 0 || word->at <= length, "%s: an empty word lies behind the text", text);
    }
}

static void tables(void **state)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        { "", "" },
        { "   ", "" },
        { "a", "[a]" },
        { " a  b\tc ", "[a][b][c]" },
        { "mysql -psecret db", "[mysql][-psecret][db]" },
        { "'a b' c", "[a b][c]" },
        { "\"a b\" c", "[a b][c]" },
        { "a'b c'd", "[ab cd]" },
        { "-p\"a b\"'c'd", "[-pa bcd]" },
        { "''", "[]" },
        { "a '' \"\" b", "[a][][][b]" },
        { "'it'\\''s'", "[it's]" },
        { "a\\ b", "[a b]" },
        { "a\\\nb", "[ab]" },
        { "a \\\n b", "[a][b]" },
        { "a\\", "[a\\]" },
        { "\"a\\\"b\\c\\$d\"", "[a\"b\\c$d]" },
        { "\"a\\\nb\"", "[ab]" },
        { "'a\\'b", "[a\\b]" },
        { "$'a\\'b' c", "[a'b][c]" },
        { "$'a\\nb\\tc\\rd'", "[a\nb\tc\rd]" },
        { "$'a\\\\b'", "[a\\b]" },
        { "$'a\\", "[a\\]" },
        { "\"$'a'\"", "[$'a']" },
        { "$\"a b\"", "[a b]" },
        { "it's here", "[its here]" },
        { "say \"so", "[say][so]" },
        { "'", "[]" },
        { "a;b|c&d\ne", "[a];[b];[c];[d];[e]" },
        { "a && b || c", "[a];[b];[c]" },
        { ";;a;;", "[a];" },
        { "(a b) c", "[a][b];[c]" },
        { "{ a; }", "[a];" },
        { "{ a; } b", "[a];[b]" },
        { "find -exec x {} +", "[find][-exec][x][{}][+]" },
        { "-pa{b}c", "[-pa{b}c]" },
        { "a{b,c}", "[a{b,c}]" },
        { "f() { a; }", "[f];[a];" },
        { "a # b 'c d'", "[a][#][b][c d]" },
        { "$X", "[~]" },
        { "a$X", "[a~]" },
        { "a$X-b", "[a~-b]" },
        { "a$X$Y_1b c", "[a~~][c]" },
        { "$1a $@b $?", "[~a][~b][~]" },
        { "a$ b$", "[a$][b$]" },
        { "$% \"$\"", "[$%][$]" },
        { "'$X' \"$X\"", "[$X][~]" },
        { "\\$X", "[$X]" },
        { "${X}a", "[~a];[X]" },
        { "${X:-b c}a d", "[~a][d];[X:-b][c]" },
        { "a $(b c) d", "[a][~][d];[b][c]" },
        { "a x$(b)y -p", "[a][x~y][-p];[b]" },
        { "a \"$(b \"c d\")\" e", "[a][~][e];[b][c d]" },
        { "a $(b $(c) d) e", "[a][~][e];[c];[b][~][d]" },
        { "$(a)$(b)", "[~~];[a];[b]" },
        { "a $(b (c) d) e", "[a][~][e];[b];[c];[d]" },
        { "$((1 + 2)) a", "[~][a];[1][+][2];" },
        { "a $(b", "[a][~];[b]" },
        { "a ${b", "[a][~];[b]" },
        { "$()a", "[~a]" },
        { "a `b c` d", "[a][~][d];[b][c]" },
        { "\"`b`\" d", "[~][d];[b]" },
        { "`a", "[~];[a]" },
        { "a ) b", "[a];[b]" },
        { "a > b c", "[a]>[b][c]" },
        { "a >b 2>&1 c", "[a]>[b]>[1][c]" },
        { "a 2>b c", "[a]>[b][c]" },
        { "a x2>b", "[a][x2]>[b]" },
        { "a '2'>b", "[a][2]>[b]" },
        { "a &>b &", "[a]>[b];" },
        { "a >>b <c >|d", "[a]>[b]>[c]>[d]" },
        { "a <<< 'b c' d", "[a]>[b c][d]" },
        { "a <<<b", "[a]>[b]" },
        { "a <<-E\nb\nE", "[a]>[E];[b];[E]" },
        { "a <<E\n", "[a]>[E];" },
        { "a > ; b", "[a];[b]" },
        { "diff <(a b) >(c)", "[diff][~][~];[a][b];[c]" },
        { "http://a/?b=1&c=2", "[http://a/?b=1];[c=2]" },
        { "\\a", "[a]" },
        { "a\r\nb", "[a];[b]" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(1024 * 1024);
        struct aa_mask_words words;

        assert_int_equal(aa_mask_words_read(&arena, rows[i].text, strlen(rows[i].text), 0, NULL, &words),
                         0);
        check(aa_streq(shown(&words), rows[i].wanted), "%s\nis     %s\nwanted %s", rows[i].text,
              shown(&words), rows[i].wanted);
        check_places(rows[i].text, strlen(rows[i].text), &words);
    }
}

/* A text in a word of a text: places are those of the outermost one. */
static void nested(void **state)
{
    static const char text[] =
        "sh -c 'mysql -p\"a b\" '\\''x y'\\'' \"$HOME\"' \"q \\\"r s\\\"\" 'mysql -pz'";
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(1024 * 1024);
    struct aa_mask_words outer, inner, last;

    (void)state;
    assert_int_equal(aa_mask_words_read(&arena, text, strlen(text), 0, NULL, &outer), 0);
    assert_int_equal(outer.n, 5);
    assert_int_equal(aa_mask_words_read(&arena, outer.v[2].v, outer.v[2].n, 0, &outer.v[2], &inner), 0);
    assert_string_equal(shown(&inner), "[mysql][-pa b][x y][~]");
    check_places(text, strlen(text), &inner);
    assert_int_equal(inner.v[0].at, 7);
    assert_int_equal(aa_mask_words_read(&arena, inner.v[2].v, inner.v[2].n, 0, &inner.v[2], &last), 0);
    assert_string_equal(shown(&last), "[x][y]");
    check_places(text, strlen(text), &last);
    assert_true(text[place_of(&last.v[1], 0)] == 'y');

    assert_int_equal(aa_mask_words_read(&arena, outer.v[3].v, outer.v[3].n, 0, &outer.v[3], &inner), 0);
    assert_string_equal(shown(&inner), "[q][r s]");
    check_places(text, strlen(text), &inner);

    /* a part of a word: the pointer tells where */
    assert_int_equal(aa_mask_words_read(&arena, outer.v[4].v + 6, outer.v[4].n - 6, 0, &outer.v[4],
                                        &inner), 0);
    assert_string_equal(shown(&inner), "[-pz]");
    check_places(text, strlen(text), &inner);
    assert_int_equal(inner.v[0].at, strlen(text) - 4);
    assert_int_equal(aa_mask_words_read(&arena, outer.v[0].v + 1, 1, 0, &outer.v[0], &inner), 0);
    assert_int_equal(inner.v[0].at, 1);
}

static void begins_elsewhere(void **state)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(1024 * 1024);
    struct aa_mask_words words;

    (void)state;
    assert_int_equal(aa_mask_words_read(&arena, "a 'b'", 5, 100, NULL, &words), 0);
    assert_int_equal(words.v[0].at, 100);
    assert_int_equal(place_of(&words.v[1], 0), 103);
    assert_int_equal(aa_mask_words_read(&arena, "a", 1, UINT32_MAX, NULL, &words), -ENOMEM);
}

static void random_texts(void **state)
{
    static const char bytes[] = "ab1 \t\n'\"\\$(){}`;|&<>-=#n/\0X";
    uint64_t seed = 5;

    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(1024 * 1024);
        struct aa_mask_words words, inner;
        const size_t n = next_random(&seed) % 60;
        char *text = malloc(n + 1), *whole = malloc(n + 1);

        for (size_t j = 0; j < n; j++)
            text[j] = bytes[next_random(&seed) % (sizeof(bytes) - 1)];
        text[n] = whole[n] = '\0';
        memcpy(whole, text, n);
        assert_int_equal(aa_mask_words_read(&arena, text, n, 0, NULL, &words), 0);
        check_places(whole, n, &words);
        for (size_t j = 0; j < words.n; j++) {
            const struct aa_mask_word *word = &words.v[j];

            if (word->separator)
                continue;
            assert_int_equal(aa_mask_words_read(&arena, word->v, word->n, 0, word, &inner), 0);
            for (size_t k = 0; k < inner.n; k++) {
                for (size_t l = 0; l < inner.v[k].n; l++)
                    check(place_of(&inner.v[k], l) < n, "%s: a place behind the text", text);
                for (size_t l = 1; l < inner.v[k].n; l++)
                    check(place_of(&inner.v[k], l - 1) < place_of(&inner.v[k], l), "%s: order", text);
            }
        }
        free(text);
        free(whole);
    }
}

static void limits(void **state)
{
    static const char *const repeated[] = { "a ", "$(", "\"$(", "${", "`",
                                            "((", "a;", "'a' ", "$X",  "<(" };
    const size_t n = 1024 * 1024;
    char *text = malloc(n + 1);

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(repeated); i++) {
        _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX);
        struct aa_arena small = AA_ARENA_INIT(1000);
        struct aa_mask_words words;

        for (size_t j = 0; j < n; j++)
            text[j] = repeated[i][j % strlen(repeated[i])];
        text[n] = '\0';
        assert_int_equal(aa_mask_words_read(&arena, text, n, 0, NULL, &words), 0);
        assert_true(words.n <= AA_MASK_WORDS_MAX);
        if (i == 0)
            assert_int_equal(words.n, AA_MASK_WORDS_MAX);
        assert_int_equal(aa_mask_words_read(&small, text, 300, 0, NULL, &words), -ENOMEM);
        aa_arena_clear(&small);
    }
    free(text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),
        cmocka_unit_test(nested),
        cmocka_unit_test(begins_elsewhere),
        cmocka_unit_test(random_texts),
        cmocka_unit_test(limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

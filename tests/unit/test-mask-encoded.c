/* SPDX-License-Identifier: ISC */
/* What is written in base64, URL encoding or escapes is read, and what it says is covered where it
 * stands. */
#include "unit.h"

#include "mask-named-support.h"

static const char *const rows[] = {
    /* base64: {"password":"hunter2"}, password=hunter2, … */
    "echo ‹eyJwYXNzd29yZCI6Imh1bnRlcjIifQ==› | base64 -d",
    "echo ‹eyJwYXNzd29yZCI6Imh1bnRlcjIifQ› | base64 -d",
    "x='‹cGFzc3dvcmQ9aHVudGVyMg==›'",
    "data:text/plain;base64,‹cGFzc3dvcmQ9aHVudGVyMg==›",
    "a/‹cGFzc3dvcmQ9aHVudGVyMg==›",
    "Authorization: Basic ‹dXNlcjpoZWxsb3dvcmxk›",
    "Basic ‹Ym9iOnBhc3N3b3JkMTIz›",
    "basic  ‹Ym9iOnBhc3N3b3JkMTIz›",
    /* URL alphabet: {"token":"a?b>c~~~~"} */
    "‹eyJ0b2tlbiI6ImE_Yj5jfn5-fiJ9›",
    "‹eyJ0b2tlbiI6ImE/Yj5jfn5+fiJ9›",
    /* twice */
    "‹Y0dGemMzZHZjbVE5YUhWdWRHVnlNZz09›",
    /* lines of 76: a text with password=hunter2 behind the first line */
    "‹YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYSBwYXNzd29yZD1o›\n‹dW50ZXIyIHg=›",
    /* URL encoding */
    "pass%77ord%3D‹hunter2›%26x=1",
    "%70assword=‹hunter2›%26y",
    "pass%77ord=‹hun%74er2›",
    "%7B%22pass%77ord%22%3A%22‹hunter2›%22%7D",
    "x=%20‹cGFzc3dvcmQ9aHVudGVyMg%3D%3D›",
    /* escapes */
    "{\"pass\\u0077ord\\u0022:\"‹hunter2›\"}",
    "\\u0022password\\u0022:\\u0022‹hunter2›\\u0022",
    "\\x70assw\\x6frd=‹hunter2›",
    "printf '\\x70\\x61\\x73\\x73\\x77\\x6f\\x72\\x64=‹hunter2›'",
    /* nothing */
    "echo aGVsbG8gd29ybGQgYW5kIGJvYg== | base64 -d", "Basic auth is used here today", "basic dXNlcg==",
    "/usr/share/password/reset/policy/of/this/host", "d41d8cd98f00b204e9800998ecf8427e",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "a%20b%20c", "100%25%25", "%zz%%%",
    "\\u00\\x1", "\\\\\\\\", "", "=", "====", "%", "\\", "abcdefghijklmnopqrstuvwxyz0123456789",
    "cGFzc3dvcmQgZm9yIGJvYiBpcyByZXNldA==", "\\u0061\\u0062", "/9j/4AAQSkZJRgABAQAAAQABAAD",
    "pass%77ord%3D%2Fetc%2Fpasswd%20x",
};

static void all(void **state)
{
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };

    (void)state;
    named_masker(&masker);
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++)
        check_marked(aa_mask_find_encoded, &masker, rows[i]);
    assert_null(masker.overrun);
}

static void switched_off(void **state)
{
    static const char *const words[] = { "password", NULL };
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };

    (void)state;
    named_masker_of(&masker, words, NULL, "encoded");
    check_marked(aa_mask_find_encoded, &masker, "cGFzc3dvcmQ9aHVudGVyMg==");
    aa_masker_end(&masker);
    named_masker_of(&masker, words, NULL, NULL);
    check_marked(aa_mask_find_encoded, &masker, "‹cGFzc3dvcmQ9aHVudGVyMg==›");
}

/* In code as well: the caller denies a request whose code would be covered. */
static void code(void **state)
{
    static const char text[] = "cGFzc3dvcmQ9aHVudGVyMg==";
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };

    (void)state;
    named_masker(&masker);
    assert_string_equal(marked(aa_mask_find_encoded, &masker, text, strlen(text), true),
                        "‹cGFzc3dvcmQ9aHVudGVyMg==›");
}

static void hostile(void **state)
{
    static const char *const units[] = {
        "cGFzc3dvcmQ9aHVudGVyMg== ", "A", "aGVsbG8gd29ybGQgYW5kIGJvYg==", "aGVsbG8gd29ybGQgYW5kIGJvYg== ", "%41", "%", "\\",
        "\\u0041", "\\\\\\u0041", "aaaaaaaaaaaaaaaa/", "YWFh", "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYSBw\n",
        "%5Cu0041", "=", "Basic ", "password%3D", "%25", "\\x25", "%2525", "bc\n",
    };
    enum { SIZE = 1024 * 1024 };
    char *text = malloc(SIZE);
    double worst = 0;
    size_t at_worst = 0;

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < AA_ARRAY_SIZE(units); i++) {
        _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };
        size_t n = strlen(units[i]);
        double seconds;

        named_masker(&masker);
        for (size_t j = 0; j < SIZE; j++)
            text[j] = units[i][j % n];
        seconds = finder_seconds(aa_mask_find_encoded, &masker, text, SIZE);
        if (i == 0)
            assert_non_null(masker.overrun); /* 40,000 words: it says so */
        if (seconds > worst) {
            worst = seconds;
            at_worst = i;
        }
    }
    print_message("the worst is %s with %.1f ms\n", units[at_worst], worst * 1000);
    check(worst < 3, "%s takes %f s", units[at_worst], worst);
    free(text);
}

/* Encoded at random and cut anywhere: places stay within the text. */
static void noise(void **state)
{
    static const char *const pieces[] = {
        "cGFzc3dvcmQ9aHVudGVyMg==", "cGFzc3dv", "%70", "assword", "%3D", "\\u0070", "\\x70", "=", "hunter2", "\\", "%", "\\u20ac",
        "%e2%82%ac", " ", "Basic ", "\n", "Ym9iOnBhc3N3b3JkMTIz", "password", "+", "/", "%0", "\\u00",
    };
    uint64_t seed = 11;
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };

    (void)state;
    named_masker(&masker);
    for (int i = 0; i < 10000; i++) {
        char text[1024], *copy;
        size_t n = 0;

        for (uint32_t j = 0, count = next_random(&seed) % 20; j < count; j++) {
            const char *piece = pieces[next_random(&seed) % AA_ARRAY_SIZE(pieces)];

            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
        }
        copy = malloc(n > 0 ? n : 1);
        assert_non_null(copy);
        memcpy(copy, text, n);
        (void)marked(aa_mask_find_encoded, &masker, copy, n, false);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all), cmocka_unit_test(switched_off), cmocka_unit_test(code),
        cmocka_unit_test(hostile), cmocka_unit_test(noise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

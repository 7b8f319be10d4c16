/* SPDX-License-Identifier: ISC */
/* Tokens: the same for the same value on one host, and of no use to who has not its key. */
#include "unit.h"

#include "mask/token.h"

enum { TEXT_MAX = 256 };

static struct aa_masker masker_of(const char *key)
{
    struct aa_masker masker = { .has_key = key != NULL };

    for (size_t i = 0; key != NULL && i < sizeof(masker.key); i++)
        masker.key[i] = (unsigned char)key[i % strlen(key)];
    return masker;
}

static const char *token(const struct aa_masker *masker, const char *type, const char *value, size_t length,
                         char ret[TEXT_MAX])
{
    struct aa_buffer buffer = AA_BUFFER_INIT(TEXT_MAX);

    aa_mask_token_add(&buffer, masker, type, value, length);
    snprintf(ret, TEXT_MAX, "%s", aa_buffer_text(&buffer));
    aa_buffer_free(&buffer);
    return ret;
}

#define TOKEN(masker, type, value) token(masker, type, value, strlen(value), (char[TEXT_MAX]){ "" })

static void test_same_and_other(void **state)
{
    const struct aa_masker one = masker_of("one"), two = masker_of("two");
    const char *first = TOKEN(&one, "secret", "hunter2");
    struct aa_masker near_one = one;

    (void)state;
    near_one.key[sizeof(near_one.key) - 1] ^= 1; /* all of the key counts */
    assert_string_not_equal(first, TOKEN(&near_one, "secret", "hunter2"));
    assert_string_equal(first, TOKEN(&one, "secret", "hunter2"));
    assert_string_not_equal(first, TOKEN(&two, "secret", "hunter2"));
    assert_string_not_equal(first, TOKEN(&one, "secret", "hunter3"));
    /* the type is hashed: the digits differ, not only the word */
    assert_memory_not_equal(first + strlen("\u2039secret:"),
                            TOKEN(&one, "passwd", "hunter2") + strlen("\u2039passwd:"), 8);
    /* and it ends somewhere: "a" + "bc" is not "ab" + "c" */
    assert_memory_not_equal(TOKEN(&one, "a", "bc") + strlen("\u2039a:"),
                            TOKEN(&one, "ab", "c") + strlen("\u2039ab:"), 8);
}

static void test_form(void **state)
{
    const struct aa_masker keyed = masker_of("key"), bare = masker_of(NULL);
    const char *text = TOKEN(&keyed, "secret", "hunter2");

    (void)state;
    assert_int_equal(strlen(text), strlen("\u2039secret:k3f9x2m7:7\u203a"));
    assert_int_equal(strspn(text + strlen("\u2039secret:"), "0123456789abcdefghjkmnpqrstvwxyz"), 8);
    assert_string_equal(TOKEN(&bare, "secret", "hunter2"), "\u2039secret:7\u203a");
    /* characters, not bytes; what is no character counts for one */
    assert_string_equal(TOKEN(&bare, "secret", "p\u00e4\u00dfw\u00f6rt"), "\u2039secret:7\u203a");
    assert_string_equal(TOKEN(&bare, "secret", "\xff\xc3z"), "\u2039secret:3\u203a");
    assert_string_equal(TOKEN(&bare, "secret", ""), "\u2039secret:0\u203a");
    /* a type that is none says nothing of its own */
    assert_string_equal(TOKEN(&bare, "x\u203a; rm", "abc"), "\u2039secret:3\u203a");
    assert_string_equal(TOKEN(&bare, "", "abc"), "\u2039secret:3\u203a");
    assert_string_equal(TOKEN(&bare, "abcdefghijklmnopq", "abc"), "\u2039secret:3\u203a");
    assert_string_equal(TOKEN(&bare, "abcdefghijklmnop", "abc"), "\u2039abcdefghijklmnop:3\u203a");
}

/* Each of the 40 bits is 1 about as often as 0, and no two values of many have the same ones. */
static void test_forty_bits(void **state)
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    enum { VALUES = 4000 };
    const struct aa_masker masker = masker_of("key");
    static uint64_t seen[VALUES];
    unsigned ones[40] = { 0 };

    (void)state;
    for (unsigned i = 0; i < VALUES; i++) {
        char value[16];
        const char *text;
        uint64_t bits = 0;

        snprintf(value, sizeof(value), "%u", i);
        text = TOKEN(&masker, "secret", value) + strlen("\u2039secret:");
        for (size_t j = 0; j < 8; j++)
            bits = bits << 5 | (uint64_t)(strchr(digits, text[j]) - digits);
        for (size_t j = 0; j < 40; j++)
            ones[j] += bits >> j & 1;
        for (unsigned j = 0; j < i; j++)
            assert_true(seen[j] != bits);
        seen[i] = bits;
    }
    for (size_t j = 0; j < 40; j++)
        check(ones[j] > VALUES * 2 / 5 && ones[j] < VALUES * 3 / 5, "bit %zu: %u of %d", j, ones[j],
              VALUES);
}

/* Who reads tokens and tries a dictionary needs the key: with another one none of it is the same. */
static void test_no_dictionary(void **state)
{
    static const char *const words[] = { "password", "123456", "hunter2", "letmein", "root", "admin", "secret",
                                         "qwerty", "changeme", "Summer2024!" };
    const struct aa_masker host = masker_of("the host's own"), attacker = masker_of("a guess");
    struct aa_masker empty = masker_of(NULL);

    (void)state;
    empty.has_key = true; /* no key at all: zeros */
    for (size_t i = 0; i < AA_ARRAY_SIZE(words); i++) {
        const char *shown = TOKEN(&host, "secret", words[i]);

        for (size_t j = 0; j < AA_ARRAY_SIZE(words); j++) {
            assert_string_not_equal(shown, TOKEN(&attacker, "secret", words[j]));
            assert_string_not_equal(shown, TOKEN(&empty, "secret", words[j]));
        }
    }
}

static void test_recognised(void **state)
{
    static const char *const not_one[] = {
        "", "\u2039", "\u2039secret", "\u2039secret:", "\u2039secret:24", "secret:24\u203a",
        "\u2039:24\u203a", "\u2039Secret:24\u203a", "\u2039secret:024\u203a", "\u2039secret:k3f9x2m7:\u203a",
        "\u2039secret:k3f9x2m:24\u203a", "\u2039secret:k3f9x2mi:24\u203a", "\u2039secret:K3F9X2M7:24\u203a",
        "\u2039secret:k3f9x2m7:24 \u203a", "\u2039secret:-1\u203a", "\u2039abcdefghijklmnopq:24\u203a",
        "\u2039secret:123456789012345678901\u203a", "\u20391x:24\u203a", "\u2039secret:k3f9x2m7:k3f9x2m7:24\u203a",
    };
    const struct aa_masker keyed = masker_of("key"), bare = masker_of(NULL);
    static const char *const types[] = { "secret", "email", "x", "us-ssn2", "abcdefghijklmnop" };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(types); i++) {
        for (int with = 0; with < 2; with++) {
            char text[TEXT_MAX];
            size_t length = strlen(token(with ? &keyed : &bare, types[i], "12345678901", 11, text));

            assert_int_equal(aa_mask_token_length(text, length), length);
            strncat(text, "123\u203a", TEXT_MAX - length - 1);
            assert_int_equal(aa_mask_token_length(text, strlen(text)), length);
            for (size_t cut = 0; cut < length; cut++)
                assert_int_equal(aa_mask_token_length(text, cut), 0);
        }
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(not_one); i++)
        check(aa_mask_token_length(not_one[i], strlen(not_one[i])) == 0, "%s is no token", not_one[i]);
}

/* For whom a guess would be a look: nothing but the type and the length, whoever rendered the token. */
static void test_keyless(void **state)
{
    static const char text[] = "a \u2039secret:k3f9x2m7:24\u203a \u2039email:9\u203a \u2039secret:k3f9x2m:24\u203a\u2039";
    _cleanup_buffer_ struct aa_buffer bare = AA_BUFFER_INIT(TEXT_MAX);
    struct aa_masker keyed = masker_of("key");
    char one[TEXT_MAX];

    (void)state;
    assert_false(aa_masker_keyless(&keyed, true));
    assert_string_equal(token(&keyed, "secret", "abcdef", 6, one), "\u2039secret:6\u203a");
    assert_true(aa_masker_keyless(&keyed, false));
    assert_int_equal(strlen(token(&keyed, "secret", "abcdef", 6, one)), strlen("\u2039secret:12345678:6\u203a"));
    aa_mask_add_without_digits(&bare, text, strlen(text));
    assert_string_equal(aa_buffer_text(&bare),
                        "a \u2039secret:24\u203a \u2039email:9\u203a \u2039secret:k3f9x2m:24\u203a\u2039");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_and_other), cmocka_unit_test(test_form),
        cmocka_unit_test(test_forty_bits),     cmocka_unit_test(test_no_dictionary),
        cmocka_unit_test(test_recognised),     cmocka_unit_test(test_keyless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

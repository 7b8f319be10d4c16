/* SPDX-License-Identifier: ISC */
/* The fields of a record: what is written comes back, any bytes in a value are a value, and what
 * is no field ends the reading. */
#include "unit.h"

#include <errno.h>

#include "record/fields.h"

static void what_is_written_comes_back(void **state)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    struct aa_reader reader;
    struct aa_field field;
    size_t begun;

    (void)state;
    aa_field_add(&fields, "A", "");
    aa_field_add(&fields, "AA_NAME", "value=with=equals\nand newline");
    aa_field_printf(&fields, "N", "%d/%s", 7, "x");
    aa_field_add_masked(&fields, "M", "a\nb\033");
    aa_field_add_masked(&fields, "ABSENT", NULL);
    begun = aa_field_begin(&fields, "B");
    aa_buffer_add(&fields, "\0\1\2", 3);
    aa_field_end(&fields, begun);
    assert_int_equal(fields.error, 0);
    reader = (struct aa_reader){ (const unsigned char *)fields.data, fields.length };
#define NEXT_IS(wanted_name, wanted_value)                                              \
    do {                                                                                \
        assert_int_equal(aa_field_next(&reader, &field), 1);                            \
        assert_int_equal(field.name_length, sizeof(wanted_name) - 1);                   \
        assert_memory_equal(field.name, wanted_name, sizeof(wanted_name) - 1);          \
        assert_int_equal(field.value_length, sizeof(wanted_value) - 1);                 \
        assert_memory_equal(field.value, wanted_value, sizeof(wanted_value) - 1);       \
    } while (0)
    NEXT_IS("A", "");
    NEXT_IS("AA_NAME", "value=with=equals\nand newline");
    NEXT_IS("N", "7/x");
    NEXT_IS("M", "a\\nb\\x1b");
    NEXT_IS("B", "\0\1\2");
    assert_int_equal(aa_field_next(&reader, &field), 0);
    assert_int_equal(aa_field_next(&reader, &field), 0);
}

static void what_is_no_field(void **state)
{
    static const struct {
        const char *name, *bytes;
        size_t length;
    } rows[] = {
        { "cut in the length", "\1\0\0", 3 },
        { "no value", "\5\0\0\0", 4 },
        { "too long", "\4\0\0\0A=b", 7 },
        { "far too long", "\xff\xff\xff\xff" "A=b", 7 },
        { "empty", "\0\0\0\0", 4 },
        { "no equals", "\3\0\0\0ABC", 7 },
        { "no name", "\3\0\0\0=ab", 7 },
    };
    char long_name[4 + 80];

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        unsigned char *exact = malloc(rows[i].length);
        struct aa_reader reader = { exact, rows[i].length };
        struct aa_field field;

        memcpy(exact, rows[i].bytes, rows[i].length);
        check(aa_field_next(&reader, &field) == -EBADMSG, "%s", rows[i].name);
        free(exact);
    }
    for (unsigned char n = AA_FIELD_NAME_MAX; n <= AA_FIELD_NAME_MAX + 1; n++) {
        struct aa_reader reader = { (unsigned char *)long_name, 4 + (size_t)n + 1 };
        struct aa_field field;

        memset(long_name, 'N', sizeof(long_name));
        memcpy(long_name, (unsigned char[]){ (unsigned char)(n + 1), 0, 0, 0 }, 4);
        long_name[4 + n] = '=';
        assert_int_equal(aa_field_next(&reader, &field), n <= AA_FIELD_NAME_MAX ? 1 : -EBADMSG);
    }
}

static void long_texts_lose_their_end_and_say_so(void **state)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    static char text[AA_TEXT_MAX + 101];
    struct aa_reader reader;
    struct aa_field field;

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    aa_field_add_masked(&fields, "AA_CWD", text);
    reader = (struct aa_reader){ (const unsigned char *)fields.data, fields.length };
    assert_int_equal(aa_field_next(&reader, &field), 1);
    assert_int_equal(memcmp(field.value, text, AA_TEXT_MAX), 0);
    assert_non_null(memmem(field.value, field.value_length, " 100 bytes left out", 19));
    assert_true(field.value_length < AA_TEXT_MAX + 50);
    assert_int_equal(aa_field_next(&reader, &field), 0);
}

static void a_field_too_many_is_an_error(void **state)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_BUFFER_INIT(40);
    size_t before;

    (void)state;
    aa_field_add(&fields, "A", "0123456789");
    before = fields.length;
    aa_field_add(&fields, "B", "01234567890123456789012345678901234567890");
    assert_int_equal(fields.error, -E2BIG);
    assert_true(fields.length >= before);
    aa_field_add(&fields, "C", "x");
    assert_int_equal(fields.error, -E2BIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_comes_back),
        cmocka_unit_test(what_is_no_field),
        cmocka_unit_test(long_texts_lose_their_end_and_say_so),
        cmocka_unit_test(a_field_too_many_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/* The names of a request: unique, and a code that can be read aloud and comes from the id. */
#include "unit.h"

#include "base/request-id.h"
#include "base/sha256.h"

enum { MANY = 20000 };

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void code_is_the_first_forty_bits(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        struct aa_request_id id;
        uint64_t bits = 0, wanted = 0;
        char hex[AA_ID_HEX];

        assert_int_equal(aa_request_id_new(&id), 0);
        aa_hex(id.bytes, sizeof(id.bytes), hex);
        assert_string_equal(id.hex, hex);
        assert_int_equal(strlen(id.code), 9);
        assert_int_equal(id.code[4], '-');
        for (size_t j = 0; j < 9; j++) {
            const char *digit = strchr(digits, id.code[j]);

            if (j == 4)
                continue;
            check(digit != NULL, "%s", id.code);
            bits = bits << 5 | (uint64_t)(digit - digits);
        }
        for (size_t j = 0; j < 5; j++)
            wanted = wanted << 8 | id.bytes[j];
        assert_int_equal(bits, wanted);
    }
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, AA_ID_SIZE);
}

static void ids_do_not_repeat(void **state)
{
    static unsigned char ids[MANY][AA_ID_SIZE];

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        struct aa_request_id id;

        assert_int_equal(aa_request_id_new(&id), 0);
        memcpy(ids[i], id.bytes, AA_ID_SIZE);
    }
    qsort(ids, MANY, AA_ID_SIZE, by_bytes);
    for (size_t i = 1; i < MANY; i++)
        assert_memory_not_equal(ids[i - 1], ids[i], AA_ID_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_is_the_first_forty_bits),
        cmocka_unit_test(ids_do_not_repeat),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

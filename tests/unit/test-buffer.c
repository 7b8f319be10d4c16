/* SPDX-License-Identifier: ISC */
/* The buffer and the arena: their maxima hold to the byte, errors stick, readers never pass the
 * end. */
#include "unit.h"

#include <errno.h>

#include "base/arena.h"
#include "base/buffer.h"

static void grows_up_to_its_maximum(void **state)
{
    _cleanup_buffer_ struct aa_buffer buffer = AA_BUFFER_INIT(1000);

    (void)state;
    for (int i = 0; i < 999; i++)
        aa_buffer_add_byte(&buffer, (char)('a' + i % 26));
    assert_int_equal(buffer.error, 0);
    assert_int_equal(buffer.length, 999);
    for (size_t i = 0; i < 999; i++)
        check(buffer.data[i] == (char)('a' + (int)i % 26), "byte %zu", i);
    aa_buffer_add_byte(&buffer, 'x');
    assert_int_equal(buffer.error, -E2BIG);
    assert_int_equal(buffer.length, 999);
}

static void error_sticks(void **state)
{
    _cleanup_buffer_ struct aa_buffer buffer = AA_BUFFER_INIT(8);

    (void)state;
    aa_buffer_add(&buffer, "12345", 5);
    aa_buffer_add(&buffer, "12345", 5);
    assert_int_equal(buffer.error, -E2BIG);
    aa_buffer_add(&buffer, "6", 1); /* would fit */
    aa_buffer_add_u32(&buffer, 1);
    aa_buffer_printf(&buffer, "%d", 7);
    aa_buffer_pad(&buffer, 8);
    assert_int_equal(buffer.length, 5);
    assert_null(aa_buffer_text(&buffer));
    aa_buffer_clear(&buffer);
    aa_buffer_add(&buffer, "6", 1);
    assert_string_equal(aa_buffer_text(&buffer), "6");
}

static void size_overflow_is_too_big(void **state)
{
    _cleanup_buffer_ struct aa_buffer buffer = AA_BUFFER_INIT(SIZE_MAX);

    (void)state;
    aa_buffer_add(&buffer, "abc", 3);
    aa_buffer_add(&buffer, "abc", SIZE_MAX - 1); /* the sum passes the end of the type */
    assert_int_equal(buffer.error, -E2BIG);
    assert_int_equal(buffer.length, 3);
}

static void nothing_added_is_nothing(void **state)
{
    _cleanup_buffer_ struct aa_buffer buffer = AA_BUFFER_INIT(4);

    (void)state;
    aa_buffer_add(&buffer, NULL, 0);
    assert_int_equal(buffer.error, 0);
    assert_string_equal(aa_buffer_text(&buffer), "");
    aa_buffer_free(&buffer);
    assert_null(buffer.data);
}

static void text_is_terminated_and_adds_nothing(void **state)
{
    _cleanup_buffer_ struct aa_buffer buffer = AA_BUFFER_INIT(4096);

    (void)state;
    for (size_t i = 0; i < 600; i++) { /* over the steps at which it grows */
        assert_int_equal(buffer.length, i);
        assert_int_equal(strlen(aa_buffer_text(&buffer)), i);
        aa_buffer_printf(&buffer, "%c", 'x');
    }
}

static void printf_at_the_edge(void **state)
{
    (void)state;
    for (size_t length = 0; length < 20; length++) {
        _cleanup_buffer_ struct aa_buffer buffer = AA_BUFFER_INIT(12);
        bool fits = length + 1 < 12;

        aa_buffer_printf(&buffer, "%.*s", (int)length, "abcdefghijklmnopqrstuvwxyz");
        check((buffer.error == 0) == fits, "%zu bytes: %d", length, buffer.error);
        check(buffer.length == (fits ? length : 0), "%zu bytes", length);
    }
}

static void numbers_are_little_endian(void **state)
{
    static const char wanted[] = "\x04\x03\x02\x01\x08\x07\x06\x05\x04\x03\x02\x01";
    _cleanup_buffer_ struct aa_buffer buffer = AA_BUFFER_INIT(64);

    (void)state;
    aa_buffer_add_u32(&buffer, 0x01020304);
    aa_buffer_add_u64(&buffer, 0x0102030405060708);
    assert_int_equal(buffer.length, 12);
    assert_memory_equal(buffer.data, wanted, 12);
    aa_buffer_add_byte(&buffer, 'x');
    aa_buffer_pad(&buffer, 8);
    assert_int_equal(buffer.length, 16);
    assert_memory_equal(buffer.data + 12, "x\0\0\0", 4);
    aa_buffer_pad(&buffer, 8);
    assert_int_equal(buffer.length, 16);
}

static void reader_never_passes_the_end(void **state)
{
    static const unsigned char bytes[] = { 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 9 };

    (void)state;
    for (size_t length = 0; length <= sizeof(bytes); length++) {
        unsigned char *exact = malloc(length > 0 ? length : 1); /* the sanitizer sees its end */
        struct aa_reader reader = { exact, length };
        const unsigned char *rest = NULL;
        uint32_t small = 77;
        uint64_t large = 77;

        memcpy(exact, bytes, length);
        assert_int_equal(aa_reader_u32(&reader, &small), length >= 4);
        assert_int_equal(small, length >= 4 ? 1 : 77);
        if (length >= 4) {
            assert_int_equal(aa_reader_u64(&reader, &large), length >= 12);
            assert_int_equal(large, length >= 12 ? 2 : 77);
        }
        if (length >= 12) {
            assert_false(aa_reader_bytes(&reader, length - 12 + 1, &rest));
            assert_false(aa_reader_bytes(&reader, SIZE_MAX, &rest));
            assert_null(rest);
            assert_true(aa_reader_bytes(&reader, length - 12, &rest));
            assert_int_equal(reader.left, 0);
            assert_true(aa_reader_bytes(&reader, 0, &rest));
        }
        free(exact);
    }
}

static void arena_gives_zeroed_aligned_memory(void **state)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(1024 * 1024);
    uint64_t random = 3;

    (void)state;
    for (int i = 0; i < 500; i++) {
        size_t size = next_random(&random) % (i % 50 == 0 ? 40000 : 300);
        unsigned char *memory = aa_arena_alloc(&arena, size);

        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % 16, 0);
        for (size_t j = 0; j < size; j++)
            check(memory[j] == 0, "byte %zu of %zu", j, size);
        memset(memory, 0xee, size);
    }
}

static void arena_keeps_its_maximum(void **state)
{
    struct aa_arena arena = AA_ARENA_INIT(1000);
    size_t n = 0;

    (void)state;
    assert_null(aa_arena_alloc(&arena, 1001));
    assert_null(aa_arena_alloc(&arena, SIZE_MAX));
    while (aa_arena_alloc(&arena, 10) != NULL)
        n++;
    check(n >= 1000 / 16 && n <= 1000 / 10, "%zu pieces of 10 bytes", n);
    assert_null(aa_arena_alloc(&arena, 100));
    aa_arena_clear(&arena);
    assert_int_equal(arena.used, 0);
    assert_non_null(aa_arena_alloc(&arena, 1000));
    aa_arena_clear(&arena);
    aa_arena_clear(&arena);
}

static void arena_refuses_products_that_overflow(void **state)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(SIZE_MAX);

    (void)state;
    assert_null(aa_arena_array(&arena, SIZE_MAX / 2, 3));
    assert_null(aa_arena_strndup(&arena, "x", SIZE_MAX));
    assert_non_null(aa_arena_array(&arena, 0, 8));
    assert_ptr_not_equal(aa_arena_alloc(&arena, 0), aa_arena_alloc(&arena, 0));
}

static void arena_texts(void **state)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(64);

    (void)state;
    assert_string_equal(aa_arena_strdup(&arena, "abc"), "abc");
    assert_string_equal(aa_arena_strndup(&arena, "abc", 2), "ab");
    assert_string_equal(aa_arena_printf(&arena, "%s-%d", "x", 5), "x-5");
    assert_null(aa_arena_printf(&arena, "%60d", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_up_to_its_maximum),
        cmocka_unit_test(error_sticks),
        cmocka_unit_test(size_overflow_is_too_big),
        cmocka_unit_test(nothing_added_is_nothing),
        cmocka_unit_test(text_is_terminated_and_adds_nothing),
        cmocka_unit_test(printf_at_the_edge),
        cmocka_unit_test(numbers_are_little_endian),
        cmocka_unit_test(reader_never_passes_the_end),
        cmocka_unit_test(arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(arena_keeps_its_maximum),
        cmocka_unit_test(arena_refuses_products_that_overflow),
        cmocka_unit_test(arena_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

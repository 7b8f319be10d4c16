/* SPDX-License-Identifier: ISC */
/*
 * Memory that runs out while something is masked: every allocation of ours fails once, by itself and
 * with all behind it. The text is then an error or what it would have been, never one with a value in
 * it, and what hides code is never said to hide none. Linked with --wrap, as test-oom.c.
 */
#include "mask-lines.h"

#include <errno.h>

#include "mask/subject.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aa_arena_alloc(struct aa_arena *arena, size_t size);
void *__real_aa_arena_array(struct aa_arena *arena, size_t count, size_t size);
char *__real_aa_arena_strndup(struct aa_arena *arena, const char *s, size_t n);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aa_arena_alloc(struct aa_arena *arena, size_t size);
void *__wrap_aa_arena_array(struct aa_arena *arena, size_t count, size_t size);
char *__wrap_aa_arena_strndup(struct aa_arena *arena, const char *s, size_t n);

enum { LIMIT = 12 * 1024 };

static bool counting, failing_all_after, failed;
static long allocations, failing_one;

static bool fails_now(void)
{
    long number = counting ? allocations++ : -1;

    if (number < 0 || !(number == failing_one || (failing_all_after && number > failing_one)))
        return false;
    failed = true;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails_now() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails_now() ? NULL : __real_realloc(old, size);
}

void *__wrap_aa_arena_alloc(struct aa_arena *arena, size_t size)
{
    return fails_now() ? NULL : __real_aa_arena_alloc(arena, size);
}

void *__wrap_aa_arena_array(struct aa_arena *arena, size_t count, size_t size)
{
    return fails_now() ? NULL : __real_aa_arena_array(arena, count, size);
}

char *__wrap_aa_arena_strndup(struct aa_arena *arena, const char *s, size_t n)
{
    return fails_now() ? NULL : __real_aa_arena_strndup(arena, s, n);
}

static const unsigned char key[AA_SHA256_SIZE] = "a key of thirty-two bytes, about";
static const char secret[] = "Tr0ub4dor";

struct seen {
    char text[4096], prose[4096];
    bool hides;
    int error;
};

/* Everything that masks, in the order of an ask; stops at the first error as that does. */
static void look(const struct aa_request *request, struct seen *ret)
{
    struct aa_buffer text = AA_BUFFER_INIT(4000), prose = AA_BUFFER_INIT(4000);
    static const char sentence[] = "not found: --password=Tr0ub4dor of jane.roe@example.com";
    struct aa_masker masker = { .sets_n = 0 };
    const char *why = NULL, *shown, *said;

    *ret = (struct seen){ .error = 0 };
    aa_masker_start(&masker, NULL, key);
    counting = true;
    aa_mask_add_request(&text, &masker, request, LIMIT);
    aa_mask_add_prose(&prose, &masker, sentence, sizeof(sentence) - 1);
    ret->error = aa_mask_hides_code(&masker, request, NULL, 0, LIMIT, &why);
    shown = aa_buffer_text(&text);
    said = aa_buffer_text(&prose);
    counting = false;
    ret->hides = why != NULL || masker.overrun != NULL;
    snprintf(ret->text, sizeof(ret->text), "%s", shown != NULL ? shown : "");
    snprintf(ret->prose, sizeof(ret->prose), "%s", said != NULL ? said : "");
    aa_buffer_free(&text);
    aa_buffer_free(&prose);
    aa_masker_end(&masker);
}

static void every_allocation(void **state)
{
    static const char *const lines[] = {
        "mysqldump :: -pTr0ub4dor :: db",
        "sh :: -c :: PASSWORD=Tr0ub4dor; rm -rf /$PASSWORD",
        "python3 :: -c :: password='Tr0ub4dor'",
        "docker :: exec :: c :: sh :: -c :: eval x --password=Tr0ub4dor",
        "sh :: -c :: echo root:Tr0ub4dor | chpasswd; curl -H \"Authorization: Bearer Tr0ub4dor\" http://h",
    };
    struct seen whole, now;

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(lines); i++) {
        struct aa_request *request = mask_request(lines[i]);
        long number = 0;

        failing_one = -1;
        failing_all_after = false;
        look(request, &whole);
        assert_int_equal(whole.error, 0);
        assert_null(strstr(whole.text, secret));
        for (int all_after = 0; all_after < 2; all_after++) {
            failing_all_after = all_after != 0;
            for (number = 0, failed = true; failed; number++) {
                failed = false;
                allocations = 0;
                failing_one = number;
                look(request, &now);
                check(strstr(now.text, secret) == NULL && strstr(now.prose, secret) == NULL &&
                          strstr(now.prose, "jane") == NULL,
                      "%s, allocation %ld: %s, %s", lines[i], number, now.text, now.prose);
                check(now.error != 0 || now.hides || !whole.hides, "%s, allocation %ld: it hides nothing?",
                      lines[i], number);
            }
        }
        check(number >= 20, "only %ld allocations were seen", number);
        aa_request_free(request);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_allocation) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/*
 * A text for everything that finds what has to be covered: it ends soon, finds the same twice, covers
 * nothing outside of the text and no shell syntax; and what stands in a value's place is known for it.
 */
#include "fuzz.h"

#include <time.h>

#include "mask/token.h"
#include "unit/mask-support.h"

enum { MASKS_MAX = 1024 * 1024, SECONDS_MAX = 5, IS_CODE = 1, IS_SPARED = 2, HAS_KEY = 4 };

static const struct hand_pattern patterns[] = {
    { .name = "slack", .match = "xox[abp]-[A-Za-z0-9-]{10,}", .near = { "xoxa-", "xoxb-", "xoxp-" } },
    { .name = "mail", .type = "email", .match = "[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}",
      .near = { "@" } },
    { .name = "card", .type = "card", .match = "(?:[0-9][ -]?){12,18}[0-9]", .check = AA_MASK_CHECK_LUHN },
    { .name = "phone", .type = "phone", .match = "\\+?[0-9 ()./-]{7,}", .check = AA_MASK_CHECK_PHONE },
    { .name = "iban", .type = "iban", .match = "(?i)\\b[a-z]{2}[0-9]{2}(?: ?[a-z0-9]){11,30}",
      .check = AA_MASK_CHECK_IBAN },
    { .name = "bearer", .match = "(?i)bearer[ :=]+([^ ]+)", .near = { "bearer" },
      .check = AA_MASK_CHECK_NO_PLACEHOLDER },
    { .name = "url", .match = "[a-z][a-z0-9+.-]{1,20}://[^/ :@]{0,64}:([^/ @]{1,256})@", .near = { "://" } },
    { .name = "pem", .match = "-----BEGIN [A-Z ]{1,40}-----[\\s\\S]*?-----END", .near = { "-----begin" } },
    { .name = "endless", .match = "(?:z+)+y", .near = { "zz" } },
    { .name = "empty", .match = "(?=ww(x*))", .near = { "ww" } },
    { .name = "behind", .match = "(?<=(v))w|\\Kuu", .near = { "vw", "uu" } },
    { .name = "broken", .match = "(((", .near = { "broken" } },
};

struct found {
    struct aa_masker masker;
    struct aa_arena arena;
    struct aa_mask_spans spans;
};

static void find(struct found *found, const struct aa_snapshot *masks, const char *text, size_t length,
                 unsigned how)
{
    static const char *const spared[] = { "email", "slack" };
    const struct aa_mask_text looked_at = { .v = text, .n = length, .code = (how & IS_CODE) != 0,
                                            .spared = spared, .spared_n = (how & IS_SPARED) != 0 ? 2 : 0 };
    struct aa_mask_words words;

    *found = (struct found){ .arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX) };
    aa_masker_start(&found->masker, masks, (how & HAS_KEY) != 0 ? "0123456789abcdef0123456789abcdef" : NULL);
    found->spans.arena = &found->arena;
    require(aa_mask_find_shapes(&found->masker, &looked_at, &found->spans) == 0);
    require(aa_mask_find_named(&found->masker, &looked_at, &found->spans) == 0);
    require(aa_mask_find_mixed(&found->masker, &looked_at, &found->spans) == 0);
    require(aa_mask_find_encoded(&found->masker, &looked_at, &found->spans) == 0);
    require(aa_mask_words_read(&found->arena, text, length, 0, NULL, &words) == 0);
    require(aa_mask_find_options(&found->masker, &found->arena, &words, &found->spans) == 0);
    for (size_t i = 0; i < found->spans.n; i++) {
        const struct aa_mask_span *span = &found->spans.v[i];

        require(span->at <= length && span->length <= length - span->at);
        require(span->rule != NULL && span->type != NULL);
    }
    aa_mask_spans_settle(&found->spans, text, length);
}

static void finish(struct found *found)
{
    aa_masker_end(&found->masker);
    aa_arena_clear(&found->arena);
}

static void check_spans(const struct found *found, const char *text, size_t length)
{
    size_t end = 0;

    for (size_t i = 0; found->spans.error == 0 && i < found->spans.n; i++) {
        const struct aa_mask_span *span = &found->spans.v[i];
        struct aa_buffer token = AA_BUFFER_INIT(AA_MASK_TOKEN_SIZE);

        require(span->length > 0 && span->at >= end && span->length <= length - span->at);
        end = span->at + span->length;
        for (size_t j = span->at; j < end; j++)
            require(!aa_mask_is_syntax(text[j]));
        aa_mask_token_add(&token, &found->masker, span->type, text + span->at, span->length);
        require(token.error == 0 && aa_mask_token_length(token.data, token.length) == token.length);
        aa_buffer_free(&token);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct aa_buffer memory = AA_BUFFER_INIT(MASKS_MAX);
    struct aa_snapshot masks;
    struct found first, second;
    struct timespec start, end;
    const char *text = (const char *)data + 1;

    if (size == 0)
        return 0;
    require(hand_masks(patterns, AA_ARRAY_SIZE(patterns), NULL, 0, &memory, &masks));
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    find(&first, &masks, text, size - 1, data[0]);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    require(end.tv_sec - start.tv_sec <= SECONDS_MAX);
    check_spans(&first, text, size - 1);

    find(&second, &masks, text, size - 1, data[0]);
    require(first.spans.n == second.spans.n && first.spans.error == second.spans.error);
    for (size_t i = 0; i < first.spans.n; i++)
        require(first.spans.v[i].at == second.spans.v[i].at &&
                first.spans.v[i].length == second.spans.v[i].length &&
                aa_streq(first.spans.v[i].rule, second.spans.v[i].rule));
    finish(&second);
    finish(&first);

    for (int check = 0; check <= AA_MASK_CHECK_COUNT; check++)
        aa_mask_check((enum aa_mask_check)check, text, size - 1);
    require(aa_mask_token_length(text, size - 1) <= AA_MIN(size - 1, (size_t)AA_MASK_TOKEN_SIZE));
    aa_buffer_free(&memory);
    return 0;
}

/* SPDX-License-Identifier: ISC */
/* A masker with words of names made by hand, and texts with marks. */
#include "mask-named-support.h"

#include <time.h>

#include "unit.h"

#define OPEN "\xe2\x80\xb9"
#define CLOSE "\xe2\x80\xba"

enum { WORDS_MAX = 256, TEXT_MAX = 8192 };

static struct {
    struct aa_snap_header header;
    struct aa_snap_word words[WORDS_MAX];
    char text[TEXT_MAX];
} file __attribute__((aligned(8)));

static const char *const default_secrets[] = {
    "password", "passwd", "pass", "pwd", "passphrase", "secret", "token", "apikey", "accesskey", "privatekey",
    "secretkey", "credential", "auth", "bearer", "pin", "authtoken", "pgpassword", "dsn", "signature", "otp",
    "passcode", "clientsecret", "jwt", "masterkey", "encryptionkey", "session", NULL
};

static const char *const default_harmless[] = {
    "file", "path", "dir", "url", "uri", "name", "type", "length", "policy", "id", "expiry", "ttl", "count", "age",
    "max", "min", "method", "endpoint", "required", "hash", "store", "manager", "reset", NULL
};

static size_t add_words(const char *const *words, uint32_t flags, size_t n, size_t *text)
{
    for (; words != NULL && *words != NULL; words++, n++) {
        size_t length = strlen(*words);

        assert_true(n < WORDS_MAX && *text + length + 1 < TEXT_MAX);
        memcpy(file.text + *text, *words, length + 1);
        file.words[n] = (struct aa_snap_word){
            .text = { (uint32_t)*text, (uint32_t)length }, .flags = flags
        };
        *text += length + 1;
    }
    return n;
}

void named_masker_of(struct aa_masker *ret, const char *const *secrets, const char *const *harmless,
                     const char *switched_off)
{
    const char *const off[] = { switched_off, NULL };
    struct aa_snap_settings *settings = &file.header.settings;
    size_t text = 1, names, all;

    aa_masker_end(ret);
    memset(&file, 0, sizeof(file));
    names = add_words(secrets, AA_MASK_NAME_SECRET, 0, &text);
    names = add_words(harmless, AA_MASK_NAME_HARMLESS, names, &text);
    all = add_words(off, AA_MASK_SWITCH_OFF, names, &text);
    settings->mask_names = (struct aa_snap_range){ 0, (uint32_t)names };
    settings->mask_switches = (struct aa_snap_range){ (uint32_t)names, (uint32_t)(all - names) };
    file.header.sections[AA_SECTION_WORDS] = (struct aa_snap_section){
        (uint32_t)((char *)file.words - (char *)&file), (uint32_t)all
    };
    file.header.sections[AA_SECTION_TEXT] = (struct aa_snap_section){
        (uint32_t)(file.text - (char *)&file), (uint32_t)text
    };
    *ret = (struct aa_masker){ .sets = { { .header = &file.header, .size = sizeof(file) } }, .sets_n = 1 };
}

void named_masker(struct aa_masker *ret)
{
    named_masker_of(ret, default_secrets, default_harmless, NULL);
}

const char *marked(aa_mask_finder *finder, struct aa_masker *masker, const char *text, size_t length,
                   bool code)
{
    static char copy[16384];
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX);
    struct aa_mask_spans spans = { .arena = &arena };
    const struct aa_mask_text looked = { .v = text, .n = length, .code = code };
    size_t put = 0, at = 0;

    assert_int_equal(finder(masker, &looked, &spans), 0);
    for (size_t i = 0; i < spans.n; i++)
        assert_true(spans.v[i].at <= length && spans.v[i].length <= length - spans.v[i].at);
    aa_mask_spans_settle(&spans, text, length);
    for (size_t i = 0; i < spans.n; i++) {
        put += (size_t)snprintf(copy + put, sizeof(copy) - put, "%.*s" OPEN "%.*s" CLOSE,
                                (int)(spans.v[i].at - at), text + at, (int)spans.v[i].length,
                                text + spans.v[i].at);
        at = spans.v[i].at + spans.v[i].length;
    }
    snprintf(copy + put, sizeof(copy) - put, "%.*s", (int)(length - at), text + at);
    return copy;
}

void check_marked(aa_mask_finder *finder, struct aa_masker *masker, const char *row)
{
    char text[4096];
    const char *got;
    size_t n = 0;

    for (const char *c = row; *c != '\0';) {
        const char *behind = aa_after(c, OPEN);

        if (behind == NULL)
            behind = aa_after(c, CLOSE);
        if (behind != NULL) {
            c = behind;
            continue;
        }
        assert_true(n < sizeof(text));
        text[n++] = *c++;
    }
    got = marked(finder, masker, text, n, false);
    if (!aa_streq(got, row))
        print_message("wanted %s\n   got %s\n", row, got);
    check(aa_streq(got, row), "%s", row);
}

double finder_seconds(aa_mask_finder *finder, struct aa_masker *masker, const char *text, size_t length)
{
    struct timespec from, to;
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX);
    struct aa_mask_spans spans = { .arena = &arena };
    const struct aa_mask_text looked = { .v = text, .n = length };

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    assert_int_equal(finder(masker, &looked, &spans), 0);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
}

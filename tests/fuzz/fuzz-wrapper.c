/* SPDX-License-Identifier: ISC */
/* A command line of a wrapper, one word a line; a line that begins with 0x01 or 0x02 is a word that
 * is not known, or may be several. What is true of each reading is in wrapper.h. */
#include "fuzz.h"

#include <errno.h>

#include "classify/wrapper.h"

enum { WORDS_MAX = 512, MEMORY = 8 * 1024 * 1024 };

static void check_words(const struct aa_words *words)
{
    for (size_t i = 0; i < words->n; i++) {
        require(words->v[i] != NULL);
        require(aa_doubt_of(words, i) <= AA_SPREADS);
        require(strlen(words->v[i]) < MEMORY);
    }
}

/* With less known there is never more certainty: a word that is not known instead of an exact one
 * leaves nothing sure that was not sure before. */
static void read_line(const char *base, const struct aa_words *arguments, struct aa_wrapped *ret,
                      struct aa_arena *arena)
{
    int r = aa_wrapper_read(arena, base, arguments, ret);

    require(r == 0 || r == -ENOMEM);
    if (r != 0) {
        *ret = (struct aa_wrapped){ .opaque_why = "no memory" };
        return;
    }
    require(ret->n <= AA_INNER_MAX);
    for (size_t i = 0; i < ret->n; i++) {
        const struct aa_inner *inner = &ret->inner[i];

        require(inner->words.n > 0);
        require(aa_doubt_of(&inner->words, 0) == AA_EXACT);
        require(inner->words.v[0] != NULL);
        require(inner->shell_text || inner->words.v[0][0] != '\0');
        require(!inner->shell_text || inner->words.n == 1);
        require(inner->dialect <= AA_SHELL_ZSH);
        check_words(&inner->words);
        check_words(&inner->assigned);
    }
    require(ret->opaque_why == NULL || ret->opaque_why[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct aa_arena arena = { .maximum = MEMORY };
    char *text = malloc(size + 1);
    const char *words[WORDS_MAX];
    unsigned char doubts[WORDS_MAX];
    struct aa_words arguments;
    struct aa_wrapped wrapped, doubtful;
    size_t n = 0;

    if (text == NULL)
        abort();
    memcpy(text, data, size);
    text[size] = '\0';
    for (char *line = text; line != NULL && n < WORDS_MAX;) {
        char *end = strchr(line, '\n');

        if (end != NULL)
            *end = '\0';
        doubts[n] = line[0] == 1 ? AA_UNKNOWN : line[0] == 2 ? AA_SPREADS : AA_EXACT;
        words[n] = line + (doubts[n] != AA_EXACT);
        n++;
        line = end != NULL ? end + 1 : NULL;
    }
    arguments = (struct aa_words){ words + 1, doubts + 1, n - 1 };
    read_line(words[0], &arguments, &wrapped, &arena);
    require(aa_is_wrapper(words[0]) || wrapped.opaque_why != NULL);
    /* where one word may be anything, there is a doubt in what is read, or it cannot matter */
    for (size_t k = 1; k < n && k < 8; k++) {
        unsigned char kept = doubts[k];
        const char *word = words[k];

        doubts[k] = AA_SPREADS;
        words[k] = "";
        read_line(words[0], &arguments, &doubtful, &arena);
        require(doubtful.opaque_why != NULL || wrapped.opaque_why != NULL || doubtful.n >= wrapped.n);
        doubts[k] = kept;
        words[k] = word;
    }
    aa_arena_clear(&arena);
    free(text);
    return 0;
}

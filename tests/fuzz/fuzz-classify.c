/* SPDX-License-Identifier: ISC */
/* A command line, its words divided by bytes 1 behind one byte of flags: whatever it is, what would
 * run is bounded, every command has a name, and a second look says the same. */
#include "fuzz.h"

#include "capture/capture.h"
#include "classify/classify.h"

enum { WORDS_MAX = 64, BYTES_MAX = 8192 };

static struct aa_request *classify(char *const *words, size_t n, unsigned flags)
{
    struct aa_request *request = aa_request_new();
    struct aa_effective effective = { 0 };
    struct aa_known_name name;

    require(request != NULL);
    name = (struct aa_known_name){ words[0], aa_base_name(words[0]) };
    effective.names = &name;
    effective.names_n = 1;
    effective.resolved = words[0];
    effective.args = (struct aa_words){ (const char *const *)words + 1, NULL, n - 1 };
    request->effective = &effective;
    request->effective_n = 1;
    require(aa_classify(request, NULL, flags) == 0);
    require(request->effective_n >= 1 && request->effective_n <= AA_EFFECTIVE_MAX);
    for (size_t i = 0; i < request->effective_n; i++) {
        const struct aa_effective *found = &request->effective[i];

        require(found->names_n > 0 && found->names[0].path != NULL && found->names[0].base != NULL);
        require(found->wrapped == (i > 0));
        require(i == 0 || found->names[0].path[0] != '\0');
        for (size_t j = 0; j < found->args.n; j++)
            require(found->args.v[j] != NULL && aa_doubt_of(&found->args, j) <= AA_SPREADS);
        for (size_t j = 0; j < found->targets.n; j++)
            require(found->targets.v[j] != NULL);
    }
    for (size_t i = 0; i < request->assigned.n; i++)
        require(strchr(request->assigned.v[i], '=') != NULL);
    return request;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[BYTES_MAX + 1], *words[WORDS_MAX], *rest = text;
    struct aa_request *first, *second;
    size_t n = 0;
    unsigned flags;

    if (size < 2 || size > BYTES_MAX || memchr(data, '\0', size) != NULL)
        return 0;
    flags = (data[0] & 1u) != 0 ? AA_SHELL_REQUESTED : 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    while (n < WORDS_MAX && (words[n] = strsep(&rest, "\x01")) != NULL)
        n++;
    first = classify(words, n, flags);
    second = classify(words, n, flags);
    require(first->effective_n == second->effective_n);
    require((first->opaque_why == NULL) == (second->opaque_why == NULL));
    aa_request_free(first);
    aa_request_free(second);
    return 0;
}

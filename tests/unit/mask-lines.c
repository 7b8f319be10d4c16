/* SPDX-License-Identifier: ISC */
#include "mask-lines.h"

#include "classify/classify.h"

enum { WORDS_MAX = 64 };

static const char **split(struct aa_arena *arena, const char *line, size_t *ret_n)
{
    const char **words = AA_NEW_ARRAY(arena, const char *, WORDS_MAX);
    char *at = aa_arena_strdup(arena, line);

    assert_non_null(words);
    assert_non_null(at);
    for (*ret_n = 0; at != NULL; (*ret_n)++) {
        char *end = strstr(at, " :: ");

        assert_true(*ret_n < WORDS_MAX);
        if (end != NULL)
            *end = '\0';
        words[*ret_n] = at;
        at = end != NULL ? end + 4 : NULL;
    }
    return words;
}

struct aa_request *mask_request(const char *line)
{
    struct aa_request *request = aa_request_new();
    struct aa_known_name *name;
    struct aa_effective *effective;

    assert_non_null(request);
    name = AA_NEW(&request->arena, struct aa_known_name);
    effective = AA_NEW(&request->arena, struct aa_effective);
    assert_non_null(name);
    assert_non_null(effective);
    request->argv.v = split(&request->arena, line, &request->argv.n);
    request->command = request->argv.v[0];
    *name = (struct aa_known_name){ request->command, aa_base_name(request->command) };
    effective->names = name;
    effective->names_n = 1;
    effective->args = (struct aa_words){ request->argv.v + 1, NULL, request->argv.n - 1 };
    request->effective = effective;
    request->effective_n = 1;
    request->frontend = AA_FRONTEND_SUDO;
    assert_int_equal(aa_classify(request, NULL, 0), 0);
    return request;
}

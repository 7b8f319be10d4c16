/* SPDX-License-Identifier: ISC */
#include "subject.h"

#include <errno.h>

#include "carried.h"
#include "base/text.h"
#include "classify/foreign.h"
#include "filter.h"

/* Names by which its commands are called, and those of commands that run elsewhere. */
static int keep_names(struct aa_arena *arena, const struct aa_request *request,
                      const struct aa_foreign *foreign, struct aa_mask_line *line)
{
    size_t room = foreign->n + request->files_n, n = 0;
    const char **kept;

    for (size_t i = 0; i < request->effective_n; i++)
        room += 2 * request->effective[i].names_n;
    kept = AA_NEW_ARRAY(arena, const char *, room + 1);
    if (kept == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < request->effective_n; i++) {
        for (size_t j = 0; j < request->effective[i].names_n; j++) {
            kept[n++] = request->effective[i].names[j].path;
            kept[n++] = request->effective[i].names[j].base;
        }
    }
    for (size_t i = 0; i < request->files_n && !request->edit; i++)
        kept[n++] = request->files[i].path;
    for (size_t i = 0; i < foreign->n; i++)
        kept[n++] = foreign->names[i];
    line->kept = kept;
    line->kept_n = n;
    return 0;
}

int aa_mask_line_of(struct aa_arena *arena, const struct aa_request *request, const char *name,
                    const char *const *args, size_t args_n, struct aa_mask_line *ret)
{
    const char **words = AA_NEW_ARRAY(arena, const char *, args_n + 1);
    struct aa_foreign *foreign = AA_NEW(arena, struct aa_foreign);
    const struct aa_words arguments = { args, NULL, args_n };

    if (words == NULL || foreign == NULL ||
        aa_classify_foreign(arena, &arguments, foreign) < 0)
        return -ENOMEM;
    words[0] = name;
    for (size_t i = 0; i < args_n; i++)
        words[i + 1] = args[i];
    *ret = (struct aa_mask_line){ .v = words, .n = args_n + 1,
                                  .code = request->code_why != NULL || foreign->code_why != NULL };
    return keep_names(arena, request, foreign, ret);
}

enum { QUOTED_MOST = 4 }; /* bytes that one becomes at most, about */

/* Most commands are short and surely hold nothing: told by the line itself, without any other memory. */
static bool add_plain_words(struct aa_buffer *buffer, const struct aa_masker *masker, const char *name,
                            const char *const *args, size_t args_n, size_t limit)
{
    const size_t begun = buffer->length;
    size_t bytes = strlen(name);

    for (size_t i = 0; i < args_n && bytes <= limit / QUOTED_MOST; i++)
        bytes += strlen(args[i]) + 1;
    if (masker->known_n > 0 || masker->overrun != NULL || buffer->error != 0 || bytes > limit / QUOTED_MOST)
        return false;
    aa_text_add_quoted(buffer, name);
    for (size_t i = 0; i < args_n; i++) {
        aa_buffer_add_byte(buffer, ' ');
        aa_text_add_quoted(buffer, args[i]);
    }
    if (buffer->error == 0 && buffer->length - begun <= limit &&
        aa_mask_surely_nothing(masker, buffer->data + begun, buffer->length - begun))
        return true;
    if (buffer->error == 0)
        buffer->length = begun;
    return false;
}

static void add_words(struct aa_buffer *buffer, struct aa_masker *masker,
                      const struct aa_request *request, const char *name, const char *const *args,
                      size_t args_n, size_t limit, bool own)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX);
    _cleanup_buffer_ struct aa_buffer first = AA_BUFFER_INIT(AA_MASK_MEMORY_MAX);
    struct aa_mask_line line;
    const char *why = NULL;
    bool covered = false;

    /* most commands hold nothing to be covered, and then nobody needs to know what must not be */
    if (masker != NULL && add_plain_words(buffer, masker, name, args, args_n, limit))
        return;
    if (masker != NULL) {
        aa_mask_add_command(&first, masker, name, args, args_n, limit, &covered);
        if (first.error == 0 && !covered) {
            aa_buffer_add(buffer, first.data, first.length);
            return;
        }
    }
    if (aa_mask_line_of(&arena, request, name, args, args_n, &line) < 0 ||
        (masker != NULL && masker->show_code && aa_mask_has_code(masker, request, &why) < 0)) {
        buffer->error = -ENOMEM;
        return;
    }
    line.own = own;
    line.code = line.code || why != NULL; /* what is shown of a request is shown of all its commands */
    aa_mask_add_line(buffer, masker, &line, limit, NULL);
}

void aa_mask_add_words(struct aa_buffer *buffer, struct aa_masker *masker,
                       const struct aa_request *request, const char *name, const char *const *args,
                       size_t args_n, size_t limit)
{
    add_words(buffer, masker, request, name, args, args_n, limit, false);
}

/* The request's own words; false where it has none. */
static bool own_words(const struct aa_request *request, const char **ret_name,
                      struct aa_strings *ret_args)
{
    if (request->command == NULL || request->argv.n == 0)
        return false;
    if (request->edit && request->effective_n > 0) {
        *ret_name = "sudoedit";
        *ret_args = (struct aa_strings){ request->effective[0].args.v, request->effective[0].args.n };
        return true;
    }
    *ret_name = request->command;
    *ret_args = (struct aa_strings){ request->argv.v + 1, request->argv.n - 1 };
    return true;
}

void aa_mask_add_request(struct aa_buffer *buffer, struct aa_masker *masker,
                         const struct aa_request *request, size_t limit)
{
    struct aa_strings args;
    const char *name;

    if (own_words(request, &name, &args))
        add_words(buffer, masker, request, name, args.v, args.n, limit, true);
}

int aa_mask_has_code(struct aa_masker *masker, const struct aa_request *request, const char **ret_why)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX);
    struct aa_mask_line line;
    struct aa_strings args;
    const char *name;

    if (request->code_why != NULL) {
        *ret_why = request->code_why;
        return 0;
    }
    if (!own_words(request, &name, &args))
        return 0;
    if (aa_mask_line_of(&arena, request, name, args.v, args.n, &line) < 0)
        return -ENOMEM;
    line.own = true;
    if (line.code)
        *ret_why = "code for another place stands in it";
    else if (masker != NULL)
        return aa_mask_carries(masker, &arena, request, &line, ret_why);
    return 0;
}

int aa_mask_hides_code(struct aa_masker *masker, const struct aa_request *request,
                       const char *const *told, size_t told_n, size_t limit, const char **ret_why)
{
    _cleanup_buffer_ struct aa_buffer plain = AA_BUFFER_INIT(AA_MASK_MEMORY_MAX);
    _cleanup_buffer_ struct aa_buffer masked = AA_BUFFER_INIT(AA_MASK_MEMORY_MAX);
    const char *why = NULL;
    int r = aa_mask_has_code(masker, request, &why);

    if (r < 0 || why == NULL)
        return r;
    /* what leaves, with and without the mask: is it the same? */
    aa_mask_add_request(&plain, NULL, request, limit);
    aa_mask_add_request(&masked, masker, request, limit);
    for (size_t i = 0; i < told_n; i++) {
        aa_mask_add_prose(&plain, NULL, told[i], strlen(told[i]));
        aa_mask_add_prose(&masked, masker, told[i], strlen(told[i]));
    }
    if (plain.error != 0 || masked.error != 0)
        return -ENOMEM;
    if (plain.length != masked.length || memcmp(plain.data, masked.data, plain.length) != 0)
        *ret_why = why;
    return 0;
}

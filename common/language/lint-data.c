/* SPDX-License-Identifier: ISC */
#include "lint-data.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/io.h"
#include "parser.h"
#include "policy/glob.h"

enum { NAME_SIZE = 64 };

/* ---- files ---- */

int aa_lint_file_read(struct aa_arena *arena, const char *folder, const char *name,
                      struct aa_source *ret)
{
    _cleanup_buffer_ struct aa_buffer content = AA_BUFFER_INIT(AA_LINT_FILE_MAX + 1);
    char *path = aa_arena_printf(arena, "%s/%s", folder, name);
    _cleanup_close_ int fd = -1;
    struct stat st;
    int r;

    if (path == NULL)
        return -ENOMEM;
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) != 0)
        return -errno;
    if (!S_ISREG(st.st_mode))
        return -EINVAL;
    r = aa_read_all(fd, &content);
    if (r < 0)
        return r;
    *ret = (struct aa_source){ .path = path, .length = content.length };
    ret->text = aa_arena_strndup(arena, content.data != NULL ? content.data : "", content.length);
    return ret->text != NULL ? 0 : -ENOMEM;
}

/* ---- programs ---- */

static bool kind_of(const char *word, enum aa_escape_kind *ret)
{
    static const char *const kinds[AA_ESCAPE_KINDS] = { "shell", "code", "library", "write",
                                                        "read" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(kinds); i++) {
        if (aa_streq(word, kinds[i])) {
            *ret = (enum aa_escape_kind)i;
            return true;
        }
    }
    return false;
}

/* The words from "at" up to the next word of the format, as texts. */
static bool list_of(const struct aa_statement *s, size_t *at, struct aa_complaints *damage,
                    const char *const **ret, size_t *ret_n)
{
    const char **list = AA_NEW_ARRAY(damage->arena, const char *, s->n);
    size_t n = 0;

    if (list == NULL) {
        damage->out_of_memory = true;
        return false;
    }
    for (++*at; *at + 1 < s->n && !aa_streq(s->words[*at].text, "unless") &&
                !aa_streq(s->words[*at].text, "with"); ++*at)
        list[n++] = s->words[*at].text;
    *ret = list;
    *ret_n = n;
    return n > 0;
}

static bool escape_of(const struct aa_statement *s, struct aa_complaints *damage,
                      struct aa_escape *ret)
{
    size_t at = 2;

    *ret = (struct aa_escape){ .name = s->words[0].text, .how = s->words[s->n - 1].text };
    if (s->n < 3 || s->has_block || strchr(ret->name, '/') != NULL || ret->name[0] == '\0' ||
        ret->how[0] == '\0' || !kind_of(s->words[1].text, &ret->kind))
        return false;
    if (aa_streq(s->words[at].text, "interactive") && at + 1 < s->n) {
        ret->interactive = true;
        at++;
    }
    ret->program = aa_program_kind(ret->name);
    if (at + 1 < s->n && aa_streq(s->words[at].text, "with") &&
        !list_of(s, &at, damage, &ret->with, &ret->with_n))
        return false;
    if (at + 1 < s->n && aa_streq(s->words[at].text, "unless") &&
        !list_of(s, &at, damage, &ret->unless, &ret->unless_n))
        return false;
    return at + 1 == s->n;
}

static int by_name(const void *a, const void *b)
{
    const struct aa_escape *x = a, *y = b;
    int order = strcmp(x->name, y->name);

    /* the worst first; then, so that the order is always the same, by the words */
    if (order == 0)
        order = (int)x->kind - (int)y->kind;
    return order != 0 ? order : strcmp(x->how, y->how);
}

void aa_escapes_parse(const struct aa_source *source, struct aa_complaints *damage,
                      struct aa_lint_data *data)
{
    const struct aa_statement *s = aa_parse(source, damage);

    data->escapes_n = 0;
    data->escapes = AA_NEW_ARRAY(damage->arena, struct aa_escape, AA_ESCAPES_MAX);
    if (data->escapes == NULL) {
        damage->out_of_memory = true;
        return;
    }
    for (; s != NULL; s = s->next) {
        if (data->escapes_n == AA_ESCAPES_MAX) {
            aa_complain(damage, s->words[0].place, "more than %d rows", AA_ESCAPES_MAX);
            break;
        }
        if (escape_of(s, damage, &data->escapes[data->escapes_n]))
            data->escapes_n++;
        else
            aa_complain(damage, s->words[0].place, "no row of this list; expected: NAME KIND "
                        "[interactive] [with ARG…] [unless ARG…] \"HOW\"");
    }
    if (data->escapes_n > 0)
        qsort(data->escapes, data->escapes_n, sizeof(*data->escapes), by_name);
}

static size_t rows_of(const struct aa_lint_data *data, const char *name,
                      const struct aa_escape **ret_first)
{
    size_t low = 0, high = data->escapes_n, n = 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(data->escapes[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (low + n < data->escapes_n && aa_streq(data->escapes[low + n].name, name))
        n++;
    if (n > 0)
        *ret_first = &data->escapes[low];
    return n;
}

size_t aa_escapes_find(const struct aa_lint_data *data, const char *base,
                       const struct aa_escape **ret_first)
{
    char name[NAME_SIZE];
    size_t n = rows_of(data, base, ret_first), length = strlen(base);

    if (n > 0 || length >= sizeof(name))
        return n;
    memcpy(name, base, length + 1);
    while (length > 1 && strchr("0123456789.-", name[length - 1]) != NULL)
        name[--length] = '\0'; /* python3.11, gcc-12 */
    return rows_of(data, name, ret_first);
}

/* ---- variables ---- */

void aa_variables_parse(const struct aa_source *source, struct aa_complaints *damage,
                        struct aa_lint_data *data)
{
    const struct aa_statement *s = aa_parse(source, damage);

    data->variables_n = 0;
    data->variables = AA_NEW_ARRAY(damage->arena, struct aa_dangerous_variable, AA_VARIABLES_MAX);
    if (data->variables == NULL) {
        damage->out_of_memory = true;
        return;
    }
    for (; s != NULL; s = s->next) {
        if (s->n < 2 || s->has_block) {
            aa_complain(damage, s->words[0].place, "no row of this list; expected: NAME… \"WHY\"");
            continue;
        }
        for (size_t i = 0; i + 1 < s->n; i++) {
            if (data->variables_n == AA_VARIABLES_MAX) {
                aa_complain(damage, s->words[i].place, "more than %d names", AA_VARIABLES_MAX);
                return;
            }
            data->variables[data->variables_n++] =
                (struct aa_dangerous_variable){ s->words[i], s->words[s->n - 1].text };
        }
    }
}

const char *aa_variable_danger(const struct aa_lint_data *data, const char *name)
{
    for (size_t i = 0; i < data->variables_n; i++) {
        const struct aa_word *word = &data->variables[i].name;

        if (word->has_glob ? aa_glob_match(word->glob, name) == 1 : aa_streq(word->text, name))
            return data->variables[i].why;
    }
    return NULL;
}

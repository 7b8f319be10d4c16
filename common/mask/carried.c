/* SPDX-License-Identifier: ISC */
/*
 * Values that a text carries on: "PASSWORD=etc; rm -rf /$PASSWORD". The mask covers "etc" where it is
 * written, and what is done with it is seen only where it is used. So wherever a variable is expanded
 * into which something covered goes, a word that means nothing is put in its place: where the mask
 * would cover that as well ("mysql -p$PASSWORD"), it is a secret there too; else the approver would
 * have to know it. This is no reading of languages: any word is looked at alike.
 */
#include "carried.h"

#include <errno.h>

#include "base/buffer.h"
#include "base/link.h"

enum { FOLLOWED_MAX = 64 * 1024, NAMES_MAX = 64, USES_MAX = 256 };

/* No shape, not mixed, no placeholder: covered only for the place it stands in. */
static const char stand_in[] = "walnutharbour";

struct name {
    const char *v;
    size_t n;
};

struct carried {
    struct aa_arena *arena;
    struct name names[NAMES_MAX];
    size_t names_n;
    bool positional; /* $1, $@ */
    bool spoken;     /* echo, printf: what they say goes anywhere */
    const char *why;
};

static bool begins_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name_byte(char c)
{
    return begins_name(c) || (c >= '0' && c <= '9');
}

static bool is_one_of(const char *word, size_t n, const char *const *list, size_t list_n)
{
    for (size_t i = 0; i < list_n; i++) {
        if (strlen(list[i]) == n && memcmp(word, list[i], n) == 0)
            return true;
    }
    return false;
}

static void add_name(struct carried *c, const char *name, size_t n)
{
    for (size_t i = 0; i < c->names_n; i++) {
        if (c->names[i].n == n && memcmp(c->names[i].v, name, n) == 0)
            return;
    }
    if (c->names_n == NAMES_MAX)
        c->why = "it sets more variables than are looked at";
    else
        c->names[c->names_n++] = (struct name){ name, n };
}

/* ---- what carries ---- */

/* The command around a value, as far as it stands before it: which variables it sets. */
static void look_before(struct carried *c, const char *text, size_t from, size_t to)
{
    static const char *const loops[] = { "for", "select", "foreach" };
    static const char *const speaking[] = { "echo", "printf", "set", "-c" };
    const char *before = NULL;
    size_t before_n = 0;

    for (size_t i = from; i < to;) {
        size_t n = 0;

        if (!begins_name(text[i]) && text[i] != '-') {
            i++;
            continue;
        }
        while (i + n < to && (is_name_byte(text[i + n]) || (n == 0 && text[i] == '-')))
            n++;
        if (i - from >= 2 && text[i - 1] == '{' && text[i - 2] == '$')
            add_name(c, text + i, n); /* ${NAME:-VALUE} */
        else if (text[i] != '-' && (text[i + n] == '=' || ((text[i + n] == '+' || text[i + n] == ':') &&
                                                      text[i + n + 1] == '=')))
            add_name(c, text + i, n);
        else if (before != NULL && is_one_of(before, before_n, loops, AA_ARRAY_SIZE(loops)))
            add_name(c, text + i, n);
        else if (is_one_of(text + i, n, speaking, 2))
            c->spoken = true;
        else if (is_one_of(text + i, n, speaking + 2, 2))
            c->positional = true;
        before = text + i;
        before_n = n;
        i += n;
    }
}

static void look_at_span(struct carried *c, const char *text, const struct aa_mask_span *span)
{
    size_t from = span->at;

    if (aa_streq(span->rule, "encoded"))
        c->spoken = true;
    while (from > 0 && strchr(";|&\n(`", text[from - 1]) == NULL)
        from--;
    look_before(c, text, from, span->at);
}

/* ---- where it goes ---- */

static bool is_carrying(const struct carried *c, const char *name, size_t n)
{
    if (n == 1 && strchr("123456789@*", name[0]) != NULL)
        return c->positional;
    for (size_t i = 0; i < c->names_n; i++) {
        if (c->names[i].n == n && memcmp(c->names[i].v, name, n) == 0)
            return true;
    }
    return false;
}

/* The length of the expansion that begins here and is of a variable that carries something, or 0:
 * $NAME, ${NAME}, and SQL's @NAME and :NAME. What does more than expand it is "why". */
static size_t expansion_length(struct carried *c, const char *text, size_t at)
{
    const char *name = text + at + 1;
    size_t n = 0;

    if (text[at] == '@' || text[at] == ':') {
        if (at > 0 && (is_name_byte(text[at - 1]) || strchr(".-:@/", text[at - 1]) != NULL))
            return 0;
    } else if (text[at] != '$') {
        return 0;
    }
    if (text[at] == '$' && *name == '{') {
        name += 1 + strspn(name + 1, "!#");
        while (is_name_byte(name[n]) || (n == 0 && (name[n] == '@' || name[n] == '*')))
            n++;
        if (text[at + 2] == '!' && c->names_n > 0)
            c->why = "a variable is expanded by the name that another one holds";
        if (n == 0 || !is_carrying(c, name, n))
            return 0;
        if (name[n] == ':' && strchr("-=", name[n + 1]) != NULL)
            n += strcspn(name + n, "${}`"); /* or else a value that stands there itself */
        if (name[n] != '}' || text[at + 2] == '!')
            c->why = "a part of a value is used that would be covered";
        return name[n] == '}' ? (size_t)(name + n + 1 - (text + at)) : 0;
    }
    if (text[at] == '$' && *name != '\0' && strchr("123456789@*", *name) != NULL)
        n = 1;
    else
        while (begins_name(name[0]) && is_name_byte(name[n]))
            n++;
    return n > 0 && is_carrying(c, name, n) ? n + 1 : 0;
}

struct use {
    size_t word, at;
};

/* The words with the stand-in wherever such a variable is expanded. */
static int put_stand_ins(struct carried *c, const struct aa_mask_line *line, const char **words,
                         struct use *uses, size_t *ret_n)
{
    for (size_t i = 0; i < line->n; i++) {
        const char *text = line->v[i];
        _cleanup_buffer_ struct aa_buffer word = AA_BUFFER_INIT(AA_MASK_TEXT_MAX);

        words[i] = text;
        for (size_t at = 0; i > 0 && text[at] != '\0' && c->why == NULL;) {
            size_t n = expansion_length(c, text, at);

            if (n == 0) {
                aa_buffer_add_byte(&word, text[at++]);
                continue;
            }
            if (*ret_n == USES_MAX) {
                c->why = "it expands more variables than are looked at";
                break;
            }
            uses[(*ret_n)++] = (struct use){ i, word.length };
            aa_buffer_add(&word, stand_in, sizeof(stand_in) - 1);
            at += n;
        }
        if (word.error != 0)
            return -ENOMEM;
        if (i > 0)
            words[i] = aa_arena_strndup(c->arena, word.data != NULL ? word.data : "", word.length);
        if (words[i] == NULL)
            return -ENOMEM;
    }
    return 0;
}

static bool is_covered(const struct aa_mask_spans *spans, size_t at, size_t n)
{
    for (size_t i = 0; i < spans->n; i++) {
        if (spans->v[i].at <= at && spans->v[i].at + spans->v[i].length >= at + n)
            return true;
    }
    return false;
}

static int follow(struct aa_masker *masker, struct carried *c, const struct aa_mask_line *line)
{
    struct aa_mask_spans *spans = AA_NEW_ARRAY(c->arena, struct aa_mask_spans, line->n);
    const char **words = AA_NEW_ARRAY(c->arena, const char *, line->n);
    struct use *uses = AA_NEW_ARRAY(c->arena, struct use, USES_MAX);
    struct aa_mask_line filled = *line;
    size_t n = 0;
    int r;

    if (spans == NULL || words == NULL || uses == NULL)
        return -ENOMEM;
    r = put_stand_ins(c, line, words, uses, &n);
    if (r < 0 || n == 0 || c->why != NULL)
        return r;
    filled.v = words;
    r = aa_mask_find_line(masker, c->arena, &filled, spans);
    for (size_t i = 0; r == 0 && i < n && c->why == NULL; i++) {
        if (!is_covered(&spans[uses[i].word], uses[i].at, sizeof(stand_in) - 1))
            c->why = "a value that would be covered is used where it has to be seen";
    }
    return r;
}

/* What echo and printf say, and what is decoded, becomes words of commands by these. */
static bool takes_words(const char *text)
{
    static const char *const takers[] = { "xargs", "read", "mapfile", "readarray", "parallel",
                                          "base64", "base32", "xxd", "uudecode", "openssl" };

    if (strstr(text, "$(") != NULL || strchr(text, '`') != NULL)
        return true;
    for (size_t i = 0; text[i] != '\0';) {
        size_t n = 0;

        while (is_name_byte(text[i + n]))
            n++;
        if (n > 0 && is_one_of(text + i, n, takers, AA_ARRAY_SIZE(takers)))
            return true;
        i += n > 0 ? n : 1;
    }
    return false;
}

static bool is_worth_it(const struct aa_mask_line *line)
{
    for (size_t i = 1; i < line->n; i++) {
        if (strpbrk(line->v[i], "$`@:|") != NULL)
            return true;
    }
    return false;
}

int aa_mask_carries(struct aa_masker *masker, struct aa_arena *arena, const struct aa_request *request,
                    const struct aa_mask_line *line, const char **ret_why)
{
    struct carried c = { .arena = arena };
    struct aa_mask_spans *spans = AA_NEW_ARRAY(arena, struct aa_mask_spans, line->n);
    size_t bytes = 0;
    int r;

    if (!is_worth_it(line))
        return 0;
    for (size_t i = 0; i < line->n; i++)
        bytes += strlen(line->v[i]) + 1;
    if (bytes > FOLLOWED_MAX) {
        *ret_why = "it is too long to tell where its values go";
        return 0;
    }
    r = spans == NULL ? -ENOMEM : aa_mask_find_line(masker, arena, line, spans);
    for (size_t i = 1; r == 0 && i < line->n && masker->overrun == NULL; i++) {
        for (size_t j = 0; j < spans[i].n; j++)
            look_at_span(&c, line->v[i], &spans[i].v[j]);
        /* what stands behind a shell's text are its $1, $2 … */
        c.positional |= i > 1 && spans[i].n > 0;
    }
    for (size_t i = 0; i < request->variables_n; i++) {
        if (request->variables[i].added && request->variables[i].refused_why != NULL)
            add_name(&c, request->variables[i].name, strlen(request->variables[i].name));
    }
    for (size_t i = 1; r == 0 && c.spoken && i < line->n && c.why == NULL; i++) {
        if (takes_words(line->v[i]))
            c.why = "what is said with a value that would be covered is used as words";
    }
    if (r == 0 && c.why == NULL && (c.names_n > 0 || c.positional))
        r = follow(masker, &c, line);
    if (r == 0 && c.why != NULL)
        *ret_why = c.why;
    return r;
}

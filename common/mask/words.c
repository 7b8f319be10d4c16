/* SPDX-License-Identifier: ISC */
/*
 * A text as the words of a shell's commands, with the place that each byte came from. It is read
 * once from front to end. What stands in an expansion is a list of commands of its own: it comes
 * behind the commands around it, so that their words stay together.
 */
#include "finders.h"

#include <errno.h>

enum { SUBSTITUTIONS_MAX = 16 }; /* one in the other: behind that they are read as what surrounds them */

struct item {
    struct aa_mask_word word;
    struct item *next;
};

struct list {
    struct item *first, *last;
};

struct reader {
    struct aa_arena *arena;
    const char *text;
    size_t length, i;
    size_t at;              /* of the text in the whole */
    const uint32_t *origin; /* of each of its bytes, or NULL */
    char *bytes;            /* of the words that are being read, an inner one's on top */
    uint32_t *places;
    size_t used;
    size_t n; /* items */
    unsigned depth;
    struct list inner; /* the commands of expansions that were read to their end */
    bool full;
    int error;
};

/* A list of commands that is being read, and its word. */
struct commands {
    struct list list;
    size_t base; /* of the word's bytes */
    size_t start;
    size_t brackets;
    bool in_word, raw;
    bool target; /* the next word is a redirection's */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static char look(const struct reader *r, size_t ahead)
{
    return ahead < r->length - r->i ? r->text[r->i + ahead] : '\0';
}

static uint32_t place(const struct reader *r, size_t i)
{
    return r->origin != NULL ? r->origin[i] : (uint32_t)(r->at + i);
}

static void append(struct list *list, struct item *item)
{
    if (list->last == NULL)
        list->first = item;
    else
        list->last->next = item;
    list->last = item;
}

static struct item *add(struct reader *r, struct list *list)
{
    struct item *item;

    if (r->n == AA_MASK_WORDS_MAX) {
        r->full = true;
        return NULL;
    }
    item = AA_NEW(r->arena, struct item);
    if (item == NULL) {
        r->error = -ENOMEM;
        return NULL;
    }
    r->n++;
    append(list, item);
    return item;
}

static void begin_word(struct reader *r, struct commands *c)
{
    if (!c->in_word)
        c->start = r->i;
    c->in_word = true;
}

/* The byte "ahead" of here belongs to the word; what a NUL stands for is unknown. */
static void put(struct reader *r, struct commands *c, size_t ahead, char byte)
{
    begin_word(r, c);
    if (byte == '\0')
        c->raw = true;
    r->bytes[r->used] = byte;
    r->places[r->used++] = place(r, r->i + ahead);
}

static void end_word(struct reader *r, struct commands *c)
{
    const size_t n = r->used - c->base;
    const uint32_t *places = r->places + c->base;
    struct aa_mask_word *word;
    struct item *item;
    uint32_t *origin;

    if (!c->in_word)
        return;
    item = add(r, &c->list);
    if (item != NULL) {
        word = &item->word;
        *word = (struct aa_mask_word){ .n = n, .raw = c->raw, .target = c->target };
        word->at = n == 0 ? place(r, c->start) : places[0];
        if (!c->raw && n == 0) {
            word->v = "";
        } else if (!c->raw && places[n - 1] - places[0] == n - 1 && r->text[c->start] == r->bytes[c->base] &&
                   place(r, c->start) == places[0]) {
            word->v = r->text + c->start;
        } else {
            word->v = aa_arena_strndup(r->arena, r->bytes + c->base, n);
            origin = AA_NEW_ARRAY(r->arena, uint32_t, n);
            if (word->v == NULL || origin == NULL) {
                *word = (struct aa_mask_word){ .separator = true };
                r->error = -ENOMEM;
            } else {
                memcpy(origin, places, n * sizeof(*origin));
                word->origin = origin;
            }
        }
    }
    r->used = c->base;
    c->in_word = c->raw = c->target = false;
}

static void separate(struct reader *r, struct commands *c)
{
    struct item *item;

    end_word(r, c);
    c->target = false;
    if (c->list.last == NULL || c->list.last->word.separator)
        return;
    item = add(r, &c->list);
    if (item != NULL)
        item->word.separator = true;
}

static void read_commands(struct reader *r, char closing, struct list *ret);

/* "skip" bytes open it, "closing" ends it: one unknown byte of this word. */
static void substitution(struct reader *r, struct commands *c, size_t skip, char closing)
{
    struct list list = { .first = NULL };
    struct item *item;

    put(r, c, 0, '\0');
    r->i += skip;
    if (r->depth == SUBSTITUTIONS_MAX)
        return;
    r->depth++;
    read_commands(r, closing, &list);
    r->depth--;
    if (list.first == NULL)
        return;
    item = add(r, &r->inner);
    if (item == NULL)
        return;
    item->word.separator = true;
    item->next = list.first;
    r->inner.last = list.last;
}

static void single_quotes(struct reader *r, struct commands *c, bool escapes)
{
    begin_word(r, c);
    for (r->i++; r->i < r->length; r->i++) {
        char byte = r->text[r->i];

        if (byte == '\'') {
            r->i++;
            return;
        }
        if (escapes && byte == '\\' && r->i + 1 < r->length) {
            r->i++;
            byte = r->text[r->i];
            byte = byte == 'n' ? '\n' : byte == 't' ? '\t' : byte == 'r' ? '\r' : byte;
        }
        put(r, c, 0, byte);
    }
}

static void dollar(struct reader *r, struct commands *c, bool quoted)
{
    const char next = look(r, 1);

    if (next == '(') {
        substitution(r, c, 2, ')');
    } else if (next == '{') {
        substitution(r, c, 2, '}');
    } else if (is_name(next)) {
        put(r, c, 0, '\0');
        r->i += 2;
        if (next >= '0' && next <= '9')
            return;
        while (is_name(look(r, 0)))
            r->i++;
    } else if (next != '\0' && strchr("@*#?$!-", next) != NULL) {
        put(r, c, 0, '\0');
        r->i += 2;
    } else if (!quoted && next == '\'') {
        begin_word(r, c);
        r->i++;
        single_quotes(r, c, true);
    } else if (!quoted && next == '"') {
        begin_word(r, c);
        r->i++;
    } else {
        put(r, c, 0, '$');
        r->i++;
    }
}

static void backslash(struct reader *r, struct commands *c)
{
    if (r->length - r->i < 2) {
        put(r, c, 0, '\\');
        r->i++;
        return;
    }
    if (look(r, 1) != '\n')
        put(r, c, 1, look(r, 1));
    r->i += 2;
}

static void double_quotes(struct reader *r, struct commands *c)
{
    begin_word(r, c);
    r->i++;
    while (r->i < r->length && !r->full && r->error == 0) {
        const char byte = r->text[r->i];
        const char next = look(r, 1);

        if (byte == '"') {
            r->i++;
            return;
        }
        if (byte == '\\' && next != '\0' && strchr("$`\"\\\n", next) != NULL) {
            backslash(r, c);
        } else if (byte == '$') {
            dollar(r, c, true);
        } else if (byte == '`') {
            substitution(r, c, 1, '`');
        } else {
            put(r, c, 0, byte);
            r->i++;
        }
    }
}

/* < > << <<- <<< <> >> >| <& >& &> &>> with a number in front: only the word behind is of interest. */
static void redirection(struct reader *r, struct commands *c)
{
    bool number = c->in_word && !c->raw && r->i - c->start == r->used - c->base;

    for (size_t i = c->base; i < r->used; i++)
        number = number && r->bytes[i] >= '0' && r->bytes[i] <= '9';
    if (number) {
        r->used = c->base;
        c->in_word = false;
    }
    end_word(r, c);
    if (look(r, 0) == '&')
        r->i++;
    while (look(r, 0) == '<' || look(r, 0) == '>')
        r->i++;
    if (look(r, 0) == '&' || look(r, 0) == '|' || (look(r, 0) == '-' && r->text[r->i - 1] == '<'))
        r->i++;
    c->target = true;
}

/* A brace that is a word: elsewhere it is part of one. */
static bool is_lone_brace(const struct reader *r, const struct commands *c)
{
    const char next = look(r, 1);

    return !c->in_word && (r->length - r->i == 1 || is_blank(next) || next == '\n' || next == ';' ||
                           next == ')' || next == '|' || next == '&');
}

static void read_commands(struct reader *r, char closing, struct list *ret)
{
    struct commands c = { .base = r->used };

    while (r->i < r->length && !r->full && r->error == 0) {
        const char byte = r->text[r->i];

        if (closing != '\0' && byte == closing && c.brackets == 0) {
            r->i++;
            break;
        }
        if (byte == '\\') {
            backslash(r, &c);
        } else if (byte == '\'') {
            single_quotes(r, &c, false);
        } else if (byte == '"') {
            double_quotes(r, &c);
        } else if (byte == '$') {
            dollar(r, &c, false);
        } else if (byte == '`') {
            substitution(r, &c, 1, '`');
        } else if ((byte == '<' || byte == '>') && look(r, 1) == '(') {
            substitution(r, &c, 2, ')');
        } else if (byte == '<' || byte == '>' || (byte == '&' && look(r, 1) == '>')) {
            redirection(r, &c);
        } else if (is_blank(byte)) {
            end_word(r, &c);
            r->i++;
        } else if (byte == ';' || byte == '|' || byte == '&' || byte == '\n' || byte == '(' ||
                   byte == ')' || ((byte == '{' || byte == '}') && is_lone_brace(r, &c))) {
            separate(r, &c);
            if (closing == ')' && byte == '(')
                c.brackets++;
            else if (byte == ')' && c.brackets > 0)
                c.brackets--;
            r->i++;
        } else {
            put(r, &c, 0, byte);
            r->i++;
        }
    }
    end_word(r, &c);
    *ret = c.list;
}

int aa_mask_words_read(struct aa_arena *arena, const char *text, size_t length, size_t at,
                       const struct aa_mask_word *outer, struct aa_mask_words *ret)
{
    struct reader r = { .arena = arena, .text = text, .length = length, .at = at };
    struct aa_mask_words words = { .n = 0 };
    struct list list;

    if (outer != NULL) {
        const size_t skip = (size_t)(text - outer->v);

        r.at = outer->at + skip;
        r.origin = outer->origin != NULL ? outer->origin + skip : NULL;
    }
    if (length > UINT32_MAX || r.at > UINT32_MAX - length)
        return -ENOMEM;
    r.bytes = aa_arena_alloc(arena, length);
    r.places = AA_NEW_ARRAY(arena, uint32_t, length);
    if (r.bytes == NULL || r.places == NULL)
        return -ENOMEM;
    read_commands(&r, '\0', &list);
    if (r.error != 0)
        return r.error;
    words.v = AA_NEW_ARRAY(arena, struct aa_mask_word, r.n);
    if (words.v == NULL)
        return -ENOMEM;
    for (const struct item *item = list.first; item != NULL; item = item->next)
        words.v[words.n++] = item->word;
    for (const struct item *item = r.inner.first; item != NULL; item = item->next)
        words.v[words.n++] = item->word;
    *ret = words;
    return 0;
}

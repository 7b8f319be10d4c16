/* SPDX-License-Identifier: ISC */
/* The shell reader's ends: what it starts from, the commands that it found, and why it is opaque. */
#include "shell-internal.h"

#include <errno.h>

#include "base/text.h"

enum { WORD_SHOWN_MAX = 40 };

void aa_sh_opaque(struct sh_reader *r, const char *why)
{
    if (r->opaque_why == NULL)
        r->opaque_why = why;
}

void aa_sh_opaque_word(struct sh_reader *r, const char *why, const char *word)
{
    if (r->opaque_why != NULL)
        return;
    if (word == NULL || word[0] == '\0' || strlen(word) > WORD_SHOWN_MAX) {
        r->opaque_why = why;
        return;
    }
    r->opaque_why = aa_arena_printf(r->arena, "%s: %s", why, word);
    if (r->opaque_why == NULL) {
        r->opaque_why = why;
        r->error = -ENOMEM;
        r->stopped = true;
    }
}

void aa_sh_stop(struct sh_reader *r, const char *why)
{
    aa_sh_opaque(r, why);
    r->stopped = true;
}

void aa_sh_syntax(struct sh_reader *r)
{
    aa_sh_stop(r, "the text for the shell is not understood to its end");
}

bool aa_sh_enter(struct sh_reader *r)
{
    if (r->depth == AA_SHELL_DEPTH_MAX) {
        aa_sh_stop(r, "the text for the shell has too many commands within each other");
        return false;
    }
    r->depth++;
    return !r->stopped;
}

void aa_sh_leave(struct sh_reader *r)
{
    r->depth--;
}

struct sh_slot *aa_sh_slot(struct sh_reader *r)
{
    struct sh_slot *slot = AA_NEW(r->arena, struct sh_slot);

    if (slot == NULL) {
        r->error = -ENOMEM;
        aa_sh_stop(r, "there is not enough memory");
        return NULL;
    }
    if (r->last_slot != NULL)
        r->last_slot->next = slot;
    else
        r->slots = slot;
    r->last_slot = slot;
    return slot;
}

struct sh_item *aa_sh_add(struct sh_reader *r, struct sh_list *list, const char *text,
                          enum aa_doubt doubt)
{
    struct sh_item *item;

    if (r->words == AA_SHELL_WORDS_MAX) {
        aa_sh_stop(r, "the text for the shell has too many words");
        return NULL;
    }
    item = AA_NEW(r->arena, struct sh_item);
    if (item == NULL || text == NULL) {
        r->error = -ENOMEM;
        aa_sh_stop(r, "there is not enough memory");
        return NULL;
    }
    r->words++;
    item->text = text;
    item->doubt = doubt;
    if (list->last != NULL)
        list->last->next = item;
    else
        list->first = item;
    list->last = item;
    list->n++;
    return item;
}

void aa_sh_use(struct sh_reader *r, struct sh_slot *slot)
{
    if (slot->used || slot->words.n == 0)
        return;
    if (r->used == AA_EFFECTIVE_MAX) {
        aa_sh_stop(r, "the text for the shell has too many commands");
        return;
    }
    r->used++;
    slot->used = true;
    slot->seen = r->variables.n;
    slot->folder = r->folder;
}

void aa_sh_read_inner(struct sh_reader *r, const char *text, size_t n)
{
    const char *outer = r->text;
    size_t at = r->at, end = r->end;
    struct sh_document *documents = TAKE_PTR(r->documents);

    if (n < r->scratch_size && aa_sh_enter(r)) {
        r->text = text;
        r->at = 0;
        r->end = n;
        aa_sh_list(r);
        if (!r->stopped && (r->at < r->end || r->documents != NULL))
            aa_sh_syntax(r);
        aa_sh_leave(r);
    }
    r->text = outer;
    r->at = at;
    r->end = end;
    r->documents = documents;
}

/*
 * Bytes that not every shell takes alike. In some character sets a byte that is not ASCII takes the
 * next one with it, even a backslash or a bar.
 */
static void look_at_bytes(struct sh_reader *r)
{
    if (!aa_utf8_valid(r->text, r->end))
        aa_sh_opaque(r, "the text for the shell is not UTF-8");
    for (size_t i = 0; i < r->end; i++) {
        unsigned char c = (unsigned char)r->text[i];

        if ((c < ' ' && c != '\t' && c != '\n') || c == 0x7f)
            aa_sh_opaque(r, "the text for the shell has control characters");
        if (c >= 0x80 && i + 1 < r->end && strchr("\\`|}", r->text[i + 1]) != NULL)
            aa_sh_opaque(r, "the text for the shell has letters that not every shell reads alike");
    }
}

static int to_words(struct aa_arena *arena, const struct sh_item *item, size_t n,
                    const struct sh_item *more, size_t more_n, struct aa_words *ret)
{
    const char **v = AA_NEW_ARRAY(arena, const char *, n + more_n + 1);
    unsigned char *doubt = AA_NEW_ARRAY(arena, unsigned char, n + more_n + 1);
    bool doubtful = false;

    if (v == NULL || doubt == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < n + more_n; i++) {
        if (i == n)
            item = more;
        v[i] = item->text;
        doubt[i] = (unsigned char)item->doubt;
        doubtful |= item->doubt != AA_EXACT;
        item = item->next;
    }
    *ret = (struct aa_words){ .v = v, .doubt = doubtful ? doubt : NULL, .n = n + more_n };
    return 0;
}

static int to_command(const struct sh_reader *r, const struct sh_slot *slot,
                      struct aa_shell_command *ret)
{
    size_t seen = r->repeats ? r->variables.n : slot->seen;

    for (const struct sh_item *item = slot->targets.first; item != NULL; item = item->next) {
        if (item->writes && ret->writes_to == NULL &&
            (item->doubt != AA_EXACT || !aa_streq(item->text, "/dev/null")))
            ret->writes_to = item->text;
    }
    ret->folder = slot->folder;
    if (r->defines && r->moves_any)
        ret->folder = ""; /* who calls it, and when, is not followed */
    ret->builtin = slot->builtin;
    if (to_words(r->arena, slot->words.first, slot->words.n, NULL, 0, &ret->words) < 0 ||
        to_words(r->arena, slot->targets.first, slot->targets.n, NULL, 0, &ret->targets) < 0 ||
        to_words(r->arena, slot->own.first, slot->own.n, r->variables.first, seen,
                 &ret->assigned) < 0)
        return -ENOMEM;
    return 0;
}

/* A function sees what stands before its name where it is called, wherever that is. */
static void share_variables(struct sh_reader *r)
{
    for (const struct sh_slot *slot = r->slots; r->defines && slot != NULL; slot = slot->next) {
        for (const struct sh_item *item = slot->own.first; item != NULL && slot->used; item = item->next) {
            if (r->variables.n >= AA_SHELL_VARIABLES_MAX)
                aa_sh_stop(r, "the text for the shell sets too many variables");
            else
                aa_sh_add(r, &r->variables, item->text, item->doubt);
        }
    }
}

int aa_shell_read(struct aa_arena *arena, const char *text, enum aa_shell_dialect dialect,
                  struct aa_shell_reading *ret)
{
    struct sh_reader r = { .arena = arena, .dialect = dialect, .text = text };
    struct aa_shell_command *commands;
    size_t n = 0;

    r.end = strnlen(text, AA_SHELL_TEXT_MAX + 1);
    if (r.end > AA_SHELL_TEXT_MAX) {
        *ret = (struct aa_shell_reading){ .opaque_why = "the text for the shell is too long" };
        return 0;
    }
    r.scratch_size = r.end + 1;
    r.scratch = aa_arena_alloc(arena, r.scratch_size);
    if (r.scratch == NULL)
        return -ENOMEM;
    look_at_bytes(&r);
    aa_sh_list(&r);
    if (!r.stopped && (r.at < r.end || r.documents != NULL))
        aa_sh_syntax(&r);
    share_variables(&r);
    if (r.error < 0)
        return r.error;

    commands = AA_NEW_ARRAY(arena, struct aa_shell_command, r.used + 1);
    if (commands == NULL)
        return -ENOMEM;
    for (const struct sh_slot *slot = r.slots; slot != NULL; slot = slot->next) {
        if (slot->used && to_command(&r, slot, &commands[n++]) < 0)
            return -ENOMEM;
    }
    *ret = (struct aa_shell_reading){ .commands = commands, .n = n, .opaque_why = r.opaque_why };
    return 0;
}

/* SPDX-License-Identifier: ISC */
/* Redirections: the files that they name, and here-documents. */
#include "shell-internal.h"

#include <errno.h>

enum { DOCUMENTS_MAX = 32 }; /* begun on one line */

static bool knows_more(const struct sh_reader *r)
{
    return r->dialect != AA_SHELL_DASH;
}

/* A form that dash reads otherwise: in a text for any shell, nobody knows. */
static void not_everywhere(struct sh_reader *r)
{
    if (r->dialect == AA_SHELL_SH || r->dialect == AA_SHELL_DASH)
        aa_sh_opaque(r, "not every shell knows a redirection in the text");
}

/* "2>", "{NAME}>": how many bytes stand before the operator; false: no redirection is here. */
static bool descriptor(struct sh_reader *r, size_t *ret_n)
{
    size_t n = 0;
    char c;

    if (aa_sh_look(r, 0) == '{' && knows_more(r)) {
        for (n = 1; (c = aa_sh_look(r, n)) != '\0' && c != '}' && !aa_sh_is_meta(c);)
            n++;
        if (aa_sh_look(r, n) != '}' || (aa_sh_look(r, n + 1) != '<' && aa_sh_look(r, n + 1) != '>'))
            return false;
        not_everywhere(r);
        if (aa_sh_is_name(r->text + r->at + 1, n - 1))
            aa_sh_sets_name(r, r->text + r->at + 1, n - 1);
        else
            aa_sh_opaque(r, "a shell may run commands in the subscript of a variable");
        *ret_n = n + 1;
        return true;
    }
    while ((c = aa_sh_look(r, n)) >= '0' && c <= '9')
        n++;
    if (c != '<' && c != '>')
        return false;
    if (n > 0 && aa_sh_look(r, n + 1) == '(')
        aa_sh_opaque(r, "a substitution of a process stands within a word");
    if (n > 1 && r->dialect == AA_SHELL_SH)
        aa_sh_opaque(r, "not every shell knows descriptors of two digits");
    if (n > 1 && r->dialect == AA_SHELL_DASH)
        return false; /* a word, and the redirection comes after it */
    *ret_n = n;
    return n > 0 || aa_sh_look(r, 1) != '(';
}

static bool read_target(struct sh_reader *r, struct sh_word *w)
{
    aa_sh_blanks(r);
    if (!aa_sh_word_starts(r)) {
        aa_sh_syntax(r);
        return false;
    }
    aa_sh_word(r, w);
    return !r->stopped;
}

/* Behind "<<". */
static void document(struct sh_reader *r, bool tabs)
{
    struct sh_document *new, **end = &r->documents;
    struct sh_word w;
    size_t start;

    aa_sh_blanks(r);
    start = r->at;
    if (!read_target(r, &w))
        return;
    if (w.expansions > 0 || w.continued || w.text[0] == '\0' || strpbrk(w.text, "\n\t$`\\") != NULL ||
        memchr(r->text + start, '$', r->at - start) != NULL)
        aa_sh_stop(r, "the end of a here-document is not a plain word");
    w.quoted |= memchr(r->text + start, '\\', r->at - start) != NULL;
    new = AA_NEW(r->arena, struct sh_document);
    if (new == NULL) {
        r->error = -ENOMEM;
        aa_sh_stop(r, "there is not enough memory");
        return;
    }
    /* a pattern in it stands for itself: without quotes the bytes are the delimiter */
    new->delimiter = w.quoted && w.doubt == AA_EXACT
                         ? w.text : aa_arena_strndup(r->arena, r->text + start, r->at - start);
    if (w.quoted && w.doubt != AA_EXACT)
        aa_sh_stop(r, "the end of a here-document is not a plain word");
    new->quoted = w.quoted;
    new->tabs = tabs;
    if (new->delimiter == NULL) {
        r->error = -ENOMEM;
        aa_sh_stop(r, "there is not enough memory");
        return;
    }
    for (start = 0; *end != NULL; start++)
        end = &(*end)->next;
    if (start == DOCUMENTS_MAX)
        aa_sh_stop(r, "the text for the shell has too many here-documents");
    *end = new;
}

static void add_target(struct sh_reader *r, struct sh_list *targets, const struct sh_word *w,
                       bool writes)
{
    struct sh_item *item = aa_sh_add(r, targets, w->text, w->doubt);

    if (item != NULL)
        item->writes = writes;
}

/* Behind ">&" or "<&": a descriptor, or a file of both outputs. */
static void duplicate(struct sh_reader *r, struct sh_list *targets, bool writes)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+:,%@ ";
    struct sh_word w;
    size_t n;

    /* bash takes ">&-" and ">& -" for whole, and what follows for a word of its own */
    aa_sh_blanks(r);
    if (aa_sh_look(r, 0) == '-' && r->at + 1 < r->end && !aa_sh_is_meta(r->text[r->at + 1]))
        aa_sh_opaque(r, "a redirection in the text for the shell is not known");
    if (!read_target(r, &w))
        return;
    n = strspn(w.text, "0123456789");
    if (w.text[n] == '-')
        n++;
    if (w.doubt == AA_EXACT && w.text[n] == '\0' && n > 0)
        return;
    /* bash expands the name of such a file twice, whatever quotes it had */
    if (writes && r->dialect != AA_SHELL_DASH &&
        (w.doubt != AA_EXACT || w.text[strspn(w.text, letters)] != '\0'))
        aa_sh_opaque(r, "bash expands the name of a file behind \">&\" twice");
    if (writes)
        add_target(r, targets, &w, true);
    else if (w.doubt == AA_EXACT)
        aa_sh_opaque(r, "a redirection in the text for the shell is not known");
}

/* At "&>": 0 where it is none. */
static size_t both_outputs(struct sh_reader *r)
{
    if (aa_sh_look(r, 0) != '&' || aa_sh_look(r, 1) != '>' || r->dialect == AA_SHELL_DASH)
        return 0;
    not_everywhere(r);
    if (r->dialect == AA_SHELL_KSH) /* not every one of them knows it */
        aa_sh_opaque(r, "not every shell knows a redirection in the text");
    return aa_sh_look(r, 2) == '>' ? 3 : 2;
}

bool aa_sh_redirection(struct sh_reader *r, struct sh_list *targets)
{
    size_t n = both_outputs(r);
    struct sh_word w;
    char c, next;

    if (n > 0) {
        if (aa_sh_look(r, n) == '(')
            aa_sh_opaque(r, "a redirection in the text for the shell is not known");
        aa_sh_operator(r, n);
        if (read_target(r, &w))
            add_target(r, targets, &w, true);
        return true;
    }
    if (!descriptor(r, &n))
        return false;
    r->at += n;
    c = aa_sh_look(r, 0);
    next = aa_sh_look(r, 1);
    aa_sh_operator(r, 1);
    if (r->dialect == AA_SHELL_ZSH && next != '\0' && strchr("0123456789-!", next) != NULL)
        aa_sh_opaque(r, "a redirection in the text for the shell is not known");
    if (c == '<' && next == '<') {
        aa_sh_operator(r, 1);
        if (aa_sh_look(r, 0) == '<') {
            not_everywhere(r);
            aa_sh_operator(r, 1);
            read_target(r, &w);
        } else if (aa_sh_look(r, 0) == '-') {
            aa_sh_operator(r, 1);
            document(r, true);
        } else {
            document(r, false);
        }
        return true;
    }
    if (next == '&') {
        aa_sh_operator(r, 1);
        duplicate(r, targets, c == '>');
        return true;
    }
    if ((c == '>' && (next == '>' || next == '|')) || (c == '<' && next == '>'))
        aa_sh_operator(r, 1);
    else if (aa_sh_look(r, 0) == '#' && r->dialect == AA_SHELL_KSH)
        aa_sh_opaque(r, "a redirection in the text for the shell is not known");
    if (r->dialect == AA_SHELL_ZSH && (aa_sh_look(r, 0) == '|' || aa_sh_look(r, 0) == '!'))
        aa_sh_opaque(r, "a redirection in the text for the shell is not known");
    if (aa_sh_look(r, 0) == '(')
        aa_sh_opaque(r, "a redirection in the text for the shell is not known");
    if (read_target(r, &w))
        add_target(r, targets, &w, c == '>' || next == '>');
    return true;
}

/* The lines up to the delimiter; what expands in them is read. */
static void body(struct sh_reader *r, const struct sh_document *d)
{
    size_t start = r->at, line = start, end, outer = r->end;
    struct sh_word w = { .text = "", .frozen = true };

    for (;;) {
        size_t from = line, stop = line;

        if (line >= r->end) {
            aa_sh_stop(r, "a here-document in the text for the shell does not end");
            return;
        }
        while (stop < r->end && r->text[stop] != '\n')
            stop++;
        while (d->tabs && from < stop && r->text[from] == '\t')
            from++;
        if (stop - from == strlen(d->delimiter) &&
            memcmp(r->text + from, d->delimiter, stop - from) == 0) {
            end = line;
            line = stop < r->end ? stop + 1 : stop;
            break;
        }
        line = stop + 1;
    }
    if (!d->quoted) {
        r->end = end;
        while (!r->stopped && r->at < r->end) {
            char c = r->text[r->at];

            if (aa_sh_goes_on(r, 0))
                aa_sh_opaque(r, "a line goes on in a here-document");
            if (c == '\\' && r->at + 1 < r->end)
                r->at += 2;
            else if (c == '$')
                aa_sh_dollar(r, &w, true);
            else if (c == '`')
                aa_sh_backquote(r, &w, true);
            else
                r->at++;
        }
        r->end = outer;
    }
    r->at = line;
}

/* Behind a newline: the bodies of the here-documents that were begun before it. */
void aa_sh_documents(struct sh_reader *r)
{
    struct sh_document *d = TAKE_PTR(r->documents);

    for (; d != NULL && !r->stopped; d = d->next)
        body(r, d);
}

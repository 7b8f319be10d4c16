/* SPDX-License-Identifier: ISC */
/* Words of a shell: where they end, their quotes taken off, and how sure what is left is. */
#include "shell-internal.h"

#include <errno.h>

bool aa_sh_is_meta(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == ';' || c == '&' || c == '|' || c == '<' ||
           c == '>' || c == '(' || c == ')';
}

bool aa_sh_is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool aa_sh_is_name(const char *text, size_t n)
{
    if (n == 0 || !aa_sh_is_name_start(text[0]))
        return false;
    for (size_t i = 1; i < n; i++) {
        if (!aa_sh_is_name_start(text[i]) && !is_digit(text[i]))
            return false;
    }
    return true;
}

bool aa_sh_is_digits(const char *text)
{
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

char aa_sh_look(const struct sh_reader *r, size_t ahead)
{
    return ahead < r->end - r->at ? r->text[r->at + ahead] : '\0';
}

bool aa_sh_goes_on(const struct sh_reader *r, size_t ahead)
{
    return aa_sh_look(r, ahead) == '\\' && aa_sh_look(r, ahead + 1) == '\n';
}

/* Blanks, comments and lines that go on: all that may stand before a token. */
void aa_sh_blanks(struct sh_reader *r)
{
    while (r->at < r->end) {
        char c = r->text[r->at];

        if (c == ' ' || c == '\t') {
            r->at++;
        } else if (aa_sh_goes_on(r, 0)) {
            if (r->documents != NULL)
                aa_sh_opaque(r, "a line goes on before a here-document");
            r->at += 2;
        } else if (c == '#') {
            if (r->dialect == AA_SHELL_ZSH) /* an interactive one, as by -i, knows none */
                aa_sh_opaque(r, "not every zsh knows comments");
            while (r->at < r->end && r->text[r->at] != '\n')
                r->at++;
        } else {
            return;
        }
    }
}

void aa_sh_newlines(struct sh_reader *r)
{
    aa_sh_blanks(r);
    while (!r->stopped && aa_sh_look(r, 0) == '\n') {
        r->at++;
        aa_sh_documents(r);
        aa_sh_blanks(r);
    }
}

/* Shells differ in whether a line that goes on may divide an operator. */
void aa_sh_operator(struct sh_reader *r, size_t n)
{
    r->at += n;
    if (aa_sh_goes_on(r, 0))
        aa_sh_opaque(r, "a line ends within an operator");
}

bool aa_sh_word_starts(const struct sh_reader *r)
{
    char c = aa_sh_look(r, 0);

    if ((c == '<' || c == '>') && aa_sh_look(r, 1) == '(')
        return true;
    return r->at < r->end && !aa_sh_is_meta(c);
}

void aa_sh_put(struct sh_reader *r, struct sh_word *w, char c)
{
    if (c == ']' && w->bracket)
        w->bracket_closed = true;
    if (w->frozen)
        w->number = false;
    else
        r->scratch[w->length++] = c;
}

/* From here on the text is not known: keep what it begins with, since inner words use the scratch. */
void aa_sh_doubt(struct sh_reader *r, struct sh_word *w, enum aa_doubt doubt)
{
    if (doubt > w->doubt)
        w->doubt = doubt;
    if (w->frozen)
        return;
    w->frozen = true;
    w->text = aa_arena_strndup(r->arena, r->scratch, w->length);
    if (w->text == NULL) {
        r->error = -ENOMEM;
        w->text = "";
        aa_sh_stop(r, "there is not enough memory");
    }
}

void aa_sh_single_quotes(struct sh_reader *r, struct sh_word *w)
{
    w->quoted = true;
    for (r->at++; r->at < r->end; r->at++) {
        if (r->text[r->at] == '\'') {
            r->at++;
            return;
        }
        aa_sh_put(r, w, r->text[r->at]);
    }
    aa_sh_stop(r, "a quote in the text for the shell is not closed");
}

void aa_sh_double_quotes(struct sh_reader *r, struct sh_word *w)
{
    w->quoted = true;
    r->at++;
    while (!r->stopped && r->at < r->end) {
        char c = r->text[r->at];

        if (c == '"') {
            r->at++;
            return;
        }
        if (c == '$') {
            aa_sh_dollar(r, w, true);
        } else if (c == '`') {
            aa_sh_backquote(r, w, true);
        } else if (aa_sh_goes_on(r, 0)) {
            w->continued = true;
            r->at += 2;
        } else if (c == '\\' && aa_sh_look(r, 1) != '\0' &&
                   strchr("$`\"\\", aa_sh_look(r, 1)) != NULL) {
            aa_sh_put(r, w, aa_sh_look(r, 1));
            r->at += 2;
        } else {
            aa_sh_put(r, w, c);
            r->at++;
        }
    }
    aa_sh_stop(r, "a quote in the text for the shell is not closed");
}

void aa_sh_backslash(struct sh_reader *r, struct sh_word *w)
{
    if (aa_sh_goes_on(r, 0)) {
        w->continued = true;
        r->at += 2;
        return;
    }
    if (r->at + 1 >= r->end) {
        aa_sh_stop(r, "the text for the shell ends with a backslash");
        return;
    }
    w->quoted = true;
    aa_sh_put(r, w, r->text[r->at + 1]);
    r->at += 2;
}

/* NAME= or NAME+= at the start of a word, nothing of it quoted. */
static void look_for_name(struct sh_reader *r, struct sh_word *w)
{
    size_t n = 0;

    while (aa_sh_is_name_start(aa_sh_look(r, n)) || (n > 0 && is_digit(aa_sh_look(r, n))))
        n++;
    if (n == 0)
        return;
    w->appends = aa_sh_look(r, n) == '+' && aa_sh_look(r, n + 1) == '=';
    if (w->appends)
        w->value = n + 2;
    else if (aa_sh_look(r, n) == '=')
        w->value = n + 1;
}

static void plain_byte(struct sh_reader *r, struct sh_word *w, size_t start)
{
    char c = r->text[r->at], before = r->at > start ? r->text[r->at - 1] : '\0';

    switch (c) {
    case '*':
    case '?':
        aa_sh_doubt(r, w, AA_SPREADS);
        break;
    case '~': /* some shells take one behind ":" or "=" for a home as well */
        if (r->at == start || before == ':' || before == '=' || before == '\n')
            aa_sh_doubt(r, w, AA_UNKNOWN);
        break;
    case '=':
        if (r->at == start && r->dialect == AA_SHELL_ZSH) /* the path of a command */
            aa_sh_doubt(r, w, AA_UNKNOWN);
        break;
    case '[':
        if (!w->bracket) {
            w->bracket = true;
            w->bracket_at = w->length;
        }
        break;
    case '{':
        if (!w->brace) {
            w->brace_at = w->length;
            w->brace = true;
            w->braces_empty = aa_sh_look(r, 1) == '}';
        } else {
            w->braces_empty = false;
        }
        break;
    case '}':
        if (w->brace_closed || before != '{')
            w->braces_empty = false;
        w->brace_closed = w->brace;
        break;
    case '^':
    case '#':
        if (r->dialect == AA_SHELL_ZSH)
            aa_sh_doubt(r, w, AA_SPREADS);
        break;
    default:
        break;
    }
    aa_sh_put(r, w, c);
    r->at++;
}

/* Whether a pattern or braces were in it shows only at its end: the text ends before them. */
static void finish_word(struct sh_reader *r, struct sh_word *w)
{
    bool cut = false;
    size_t at = w->length;

    if (w->bracket && (w->bracket_closed || w->frozen)) {
        at = w->bracket_at;
        cut = true;
    }
    if (w->brace && !w->braces_empty && (w->brace_closed || w->frozen) &&
        r->dialect != AA_SHELL_DASH) {
        at = AA_MIN(at, w->brace_at);
        cut = true;
    }
    if (cut)
        w->doubt = AA_SPREADS;
    if (!w->frozen || at < w->length) {
        w->text = aa_arena_strndup(r->arena, w->frozen ? w->text : r->scratch, at);
        if (w->text == NULL) {
            r->error = -ENOMEM;
            w->text = "";
            aa_sh_stop(r, "there is not enough memory");
        }
    }
    w->number &= w->expansions == 1 && w->text[0] == '\0' && !cut;
}

void aa_sh_word(struct sh_reader *r, struct sh_word *w)
{
    size_t start = r->at;

    *w = (struct sh_word){ .text = "" };
    look_for_name(r, w);
    while (!r->stopped && r->at < r->end) {
        char c = r->text[r->at];

        if ((c == '<' || c == '>') && aa_sh_look(r, 1) == '(' && r->at == start)
            aa_sh_process(r, w);
        else if (aa_sh_is_meta(c))
            break;
        else if (c == '\\')
            aa_sh_backslash(r, w);
        else if (c == '\'')
            aa_sh_single_quotes(r, w);
        else if (c == '"')
            aa_sh_double_quotes(r, w);
        else if (c == '$')
            aa_sh_dollar(r, w, false);
        else if (c == '`')
            aa_sh_backquote(r, w, false);
        else
            plain_byte(r, w, start);
    }
    finish_word(r, w);
    if (aa_sh_look(r, 0) == '<' || aa_sh_look(r, 0) == '>') {
        if (w->continued)
            aa_sh_opaque(r, "a line ends before a redirection");
        if (aa_sh_look(r, 1) == '(')
            aa_sh_opaque(r, "a substitution of a process stands within a word");
    }
    if (r->documents != NULL && memchr(r->text + start, '\n', r->at - start) != NULL)
        aa_sh_opaque(r, "a word goes over lines before a here-document");
}

/* SPDX-License-Identifier: ISC */
/* What a shell puts in the place of "$…" and backquotes: never known here, but the commands in it are. */
#include "shell-internal.h"

#include <errno.h>

static enum aa_doubt doubt_of(bool quoted)
{
    return quoted ? AA_UNKNOWN : AA_SPREADS;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

void aa_sh_subshell(struct sh_reader *r)
{
    const char *folder = r->folder;
    size_t moves = r->moves;

    if (!aa_sh_enter(r))
        return;
    aa_sh_list(r);
    if (!r->stopped) {
        if (aa_sh_look(r, 0) == ')')
            r->at++;
        else
            aa_sh_syntax(r);
    }
    aa_sh_leave(r);
    r->folder = folder;
    r->moves = moves;
}

/* $(…), <(…), >(…), behind the parenthesis. */
static void commands(struct sh_reader *r)
{
    struct sh_document *documents = TAKE_PTR(r->documents);

    aa_sh_subshell(r);
    if (r->documents != NULL)
        aa_sh_stop(r, "a here-document of a substitution stands outside of it");
    r->documents = documents;
}

void aa_sh_process(struct sh_reader *r, struct sh_word *w)
{
    aa_sh_doubt(r, w, AA_UNKNOWN);
    w->expansions++;
    if (r->dialect == AA_SHELL_SH || r->dialect == AA_SHELL_DASH)
        aa_sh_opaque(r, "not every shell knows substitutions of processes");
    r->at += 2;
    commands(r);
}

/* Names would be looked up, and some shells run what stands in the brackets of their values. */
bool aa_sh_arithmetic(struct sh_reader *r)
{
    unsigned open = 0;

    for (size_t i = r->at; i < r->end; i++) {
        char c = r->text[i];

        if (c == '(') {
            open++;
        } else if (c == ')') {
            if (open == 0) {
                if (i + 1 >= r->end || r->text[i + 1] != ')')
                    return false;
                r->at = i + 2;
                return true;
            }
            open--;
        } else if (c == '\0' || strchr("0123456789 \t+-*/%<>=!&|^~?:,", c) == NULL) {
            return false;
        }
    }
    return false;
}

static int octal_or_hex(struct sh_reader *r, bool hex)
{
    int value = 0, n = 0;

    for (; n < (hex ? 2 : 3); n++) {
        char c = aa_sh_look(r, 0);

        if (c >= '0' && c <= (hex ? '9' : '7'))
            value = value * (hex ? 16 : 8) + (c - '0');
        else if (hex && c >= 'a' && c <= 'f')
            value = value * 16 + (c - 'a' + 10);
        else if (hex && c >= 'A' && c <= 'F')
            value = value * 16 + (c - 'A' + 10);
        else
            break;
        r->at++;
    }
    return n == 0 ? 0 : value;
}

/* One escape of $'…', behind the backslash. */
static void escape(struct sh_reader *r, struct sh_word *w)
{
    static const char letters[] = "abeEfnrtv\\'\"?", bytes[] = "\a\b\033\033\f\n\r\t\v\\'\"?";
    char c = aa_sh_look(r, 0);
    const char *known = c == '\0' ? NULL : strchr(letters, c);
    int value;

    if (known != NULL) {
        aa_sh_put(r, w, bytes[known - letters]);
        r->at++;
        return;
    }
    if (c == 'x' && r->dialect == AA_SHELL_BASH) {
        r->at++;
        value = octal_or_hex(r, true);
    } else if (c >= '0' && c <= '7') {
        value = octal_or_hex(r, false);
    } else {
        value = 0;
    }
    if (value <= 0 || value >= 0x80) {
        aa_sh_opaque(r, "an escape in $'…' is not read here");
        aa_sh_doubt(r, w, AA_UNKNOWN);
        if (value == 0 && c != '\0' && aa_sh_look(r, 0) == c)
            r->at++;
        return;
    }
    aa_sh_put(r, w, (char)value);
}

/* $'…' at the quote. */
static void escaped_quotes(struct sh_reader *r, struct sh_word *w)
{
    w->quoted = true;
    if (r->dialect == AA_SHELL_SH || r->dialect == AA_SHELL_DASH)
        aa_sh_opaque(r, "not every shell knows $'…'");
    r->at++;
    while (!r->stopped && r->at < r->end) {
        char c = r->text[r->at++];

        if (c == '\'')
            return;
        if (c == '\\')
            escape(r, w);
        else
            aa_sh_put(r, w, c);
    }
    aa_sh_stop(r, "a quote in the text for the shell is not closed");
}

/* The word of "${NAME:-word}", up to its brace. */
static void operand(struct sh_reader *r, struct sh_word *w, bool quoted)
{
    while (!r->stopped && r->at < r->end) {
        char c = r->text[r->at];

        if (c == '}') {
            r->at++;
            return;
        }
        if (quoted && (c == '\'' || c == '"' || c == '\\'))
            aa_sh_opaque(r, "quotes in quoted braces are not read alike by every shell");
        if (c == '{' || c == '\n' || ((c == '<' || c == '>') && aa_sh_look(r, 1) == '('))
            aa_sh_opaque(r, "the word of an expansion in braces is not plain");
        if (c == '$')
            aa_sh_dollar(r, w, quoted);
        else if (c == '`')
            aa_sh_backquote(r, w, quoted);
        else if (c == '\\')
            aa_sh_backslash(r, w);
        else if (c == '\'' && !quoted)
            aa_sh_single_quotes(r, w);
        else if (c == '"' && !quoted)
            aa_sh_double_quotes(r, w);
        else
            r->at++;
    }
    aa_sh_stop(r, "a brace in the text for the shell is not closed");
}

static size_t name_length(const struct sh_reader *r)
{
    size_t n = 0;

    if (aa_sh_is_name_start(aa_sh_look(r, 0))) {
        while (aa_sh_is_name_start(aa_sh_look(r, n)) || is_digit(aa_sh_look(r, n)))
            n++;
    } else {
        while (is_digit(aa_sh_look(r, n)))
            n++;
    }
    return n;
}

/* "[@]", "[*]" or a number; anything else is calculated. */
static void subscript(struct sh_reader *r, struct sh_word *w, bool quoted)
{
    size_t n = 1;

    if (aa_sh_look(r, 1) == '@' || aa_sh_look(r, 1) == '*') {
        if (aa_sh_look(r, 1) == '@' || !quoted)
            aa_sh_doubt(r, w, AA_SPREADS);
        n = 2;
    } else {
        while (is_digit(aa_sh_look(r, n)))
            n++;
    }
    if (aa_sh_look(r, n) == ']' && n > 1)
        r->at += n + 1;
    else
        aa_sh_opaque(r, "a shell may run commands in the subscript of a variable");
}

static void operation(struct sh_reader *r, struct sh_word *w, const char *name, size_t n, bool quoted)
{
    char c = aa_sh_look(r, 0), next = aa_sh_look(r, 1);
    bool sets = false;

    if (c == ':' && next != '\0' && strchr("-=+?", next) != NULL) {
        sets = next == '=';
        r->at += 2;
    } else if (c == ':') {
        size_t i = 1;

        while (is_digit(aa_sh_look(r, i)) || aa_sh_look(r, i) == ':' || aa_sh_look(r, i) == ' ')
            i++;
        if (aa_sh_look(r, i) != '}' || r->dialect == AA_SHELL_ZSH)
            aa_sh_opaque(r, "a shell may run commands where it takes a part of a variable");
    } else if (c != '\0' && strchr("-=+?%#/^,", c) != NULL) {
        sets = c == '=';
        r->at++;
    } else if (c != '}') {
        aa_sh_opaque(r, "an expansion in braces is not known");
    }
    if (sets && aa_sh_is_name(name, n))
        aa_sh_sets_name(r, name, n);
    operand(r, w, quoted);
}

/* "${…}", behind the brace. */
static void parameter(struct sh_reader *r, struct sh_word *w, bool quoted)
{
    char c = aa_sh_look(r, 0), next = aa_sh_look(r, 1);
    const char *name;
    size_t n;

    aa_sh_doubt(r, w, doubt_of(quoted));
    if (!aa_sh_enter(r))
        return;
    if (c == '#' && next != '}' && (aa_sh_is_name_start(next) || is_digit(next) || next == '@' ||
                                    next == '*'))
        r->at++;
    name = r->text + r->at;
    n = name_length(r);
    c = aa_sh_look(r, 0);
    if (n > 0) {
        r->at += n;
        if (aa_sh_look(r, 0) == '[')
            subscript(r, w, quoted);
        operation(r, w, name, n, quoted);
    } else if (c == '@' || c == '*') {
        if (c == '@')
            aa_sh_doubt(r, w, AA_SPREADS);
        r->at++;
        operation(r, w, name, 0, quoted);
    } else {
        if (c != '\0' && strchr("?$-#", c) != NULL && aa_sh_look(r, 1) == '}')
            r->at++;
        else
            aa_sh_opaque(r, "an expansion in braces is not known");
        operand(r, w, quoted);
    }
    aa_sh_leave(r);
}

static void substitution(struct sh_reader *r, struct sh_word *w, bool quoted)
{
    aa_sh_doubt(r, w, doubt_of(quoted));
    if (aa_sh_look(r, 2) == '(') {
        r->at += 3;
        if (aa_sh_arithmetic(r))
            return;
        r->at -= 3;
        aa_sh_opaque(r, "a shell may run commands where it calculates");
    }
    r->at += 2;
    commands(r);
}

void aa_sh_dollar(struct sh_reader *r, struct sh_word *w, bool quoted)
{
    char c = aa_sh_look(r, 1);
    size_t n = 1;

    if (c == '(' || c == '{' || aa_sh_is_name_start(c) || is_digit(c) ||
        (c != '\0' && strchr("@*#?-$!", c) != NULL))
        w->expansions++;
    if (c == '(') {
        substitution(r, w, quoted);
    } else if (c == '{') {
        r->at += 2;
        parameter(r, w, quoted);
    } else if (aa_sh_is_name_start(c)) {
        aa_sh_doubt(r, w, doubt_of(quoted));
        while (aa_sh_is_name_start(aa_sh_look(r, n)) || is_digit(aa_sh_look(r, n)))
            n++;
        r->at += n;
    } else if (is_digit(c) || c == '-') {
        aa_sh_doubt(r, w, doubt_of(quoted));
        r->at += 2;
    } else if (c == '@' || c == '*') {
        aa_sh_doubt(r, w, c == '@' ? AA_SPREADS : doubt_of(quoted));
        r->at += 2;
    } else if (c == '!') { /* may be nothing at all */
        w->number = true;
        aa_sh_doubt(r, w, doubt_of(quoted));
        r->at += 2;
    } else if (c == '?' || c == '#' || c == '$') { /* digits: surely one word */
        w->number = true;
        aa_sh_doubt(r, w, AA_UNKNOWN);
        r->at += 2;
    } else if (c == '\'' && !quoted) {
        r->at++;
        escaped_quotes(r, w);
    } else {
        if ((c == '"' && !quoted) || c == '[' || aa_sh_goes_on(r, 1) ||
            (r->dialect == AA_SHELL_ZSH && c != '\0' && c != '"' && !aa_sh_is_meta(c)))
            aa_sh_opaque(r, "what follows a dollar is not read alike by every shell");
        aa_sh_put(r, w, '$');
        r->at++;
        return;
    }
    if (r->dialect == AA_SHELL_ZSH && aa_sh_look(r, 0) == '[' && c != '(' && c != '\'')
        aa_sh_opaque(r, "a shell may run commands in the subscript of a variable");
}

/* Behind a backquote: how far the next one is that has no backslash before it. */
static bool find_backquote(const struct sh_reader *r, size_t *ret_n)
{
    for (size_t n = 0; n < r->end - r->at; n++) {
        if (r->text[r->at + n] == '`') {
            *ret_n = n;
            return true;
        }
        n += r->text[r->at + n] == '\\';
    }
    return false;
}

/* `…`: its backslashes are taken off first, then it is read as a text of its own. */
void aa_sh_backquote(struct sh_reader *r, struct sh_word *w, bool quoted)
{
    const char *folder = r->folder;
    size_t moves = r->moves, length, n = 0;
    char *inner;

    aa_sh_doubt(r, w, doubt_of(quoted));
    w->expansions++;
    r->at++;
    if (!find_backquote(r, &length)) {
        aa_sh_stop(r, "a backquote in the text for the shell is not closed");
        return;
    }
    inner = aa_arena_alloc(r->arena, length + 1);
    if (inner == NULL) {
        r->error = -ENOMEM;
        aa_sh_stop(r, "there is not enough memory");
        return;
    }
    for (size_t end = r->at + length; r->at < end; r->at++) {
        char next = aa_sh_look(r, 1);

        if (r->text[r->at] == '\\') {
            if (next == '\n' || (quoted && next == '"'))
                aa_sh_opaque(r, "a backslash in backquotes is not read alike by every shell");
            if (next != '$' && next != '`' && next != '\\')
                inner[n++] = '\\';
            r->at++;
        }
        inner[n++] = r->text[r->at];
    }
    r->at++;
    aa_sh_read_inner(r, inner, n);
    r->folder = folder;
    r->moves = moves;
}

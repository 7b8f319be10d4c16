/* SPDX-License-Identifier: ISC */
/* Compound commands of a shell: groups, loops, branches, functions, and tests in brackets. */
#include "shell-internal.h"

#include <errno.h>

static void group(struct sh_reader *r)
{
    char next = aa_sh_look(r, 1);

    if (next != ' ' && next != '\t' && next != '\n')
        aa_sh_opaque(r, "what follows a brace is not read alike by every shell");
    r->at++;
    aa_sh_list(r);
    aa_sh_expect(r, "}");
}

static void do_group(struct sh_reader *r)
{
    aa_sh_expect(r, "do");
    aa_sh_list(r);
    aa_sh_expect(r, "done");
}

static void branches(struct sh_reader *r)
{
    for (;;) {
        aa_sh_list(r);
        aa_sh_expect(r, "then");
        aa_sh_list(r);
        aa_sh_newlines(r);
        if (r->stopped || !aa_sh_is_reserved(r, "elif"))
            break;
        r->at += strlen("elif");
    }
    if (!r->stopped && aa_sh_is_reserved(r, "else")) {
        r->at += strlen("else");
        aa_sh_list(r);
    }
    aa_sh_expect(r, "fi");
}

/* A command that stands before a "cd" of the same loop runs behind it the next time. */
static void forget_folders(struct sh_reader *r, const struct sh_slot *mark)
{
    for (struct sh_slot *slot = mark != NULL ? mark->next : r->slots; slot != NULL; slot = slot->next)
        slot->folder = "";
    r->folder = "";
}

/* "for ((…;…;…))", behind the parentheses: what is calculated is not known, commands in it are. */
static void calculation(struct sh_reader *r)
{
    struct sh_word w = { .text = "", .frozen = true };
    unsigned open = 0;

    aa_sh_opaque(r, "a shell may run commands where it calculates");
    while (!r->stopped && r->at < r->end) {
        char c = r->text[r->at];

        if (c == '$') {
            aa_sh_dollar(r, &w, true);
            continue;
        }
        if (c == '`') {
            aa_sh_backquote(r, &w, true);
            continue;
        }
        r->at++;
        if (c == '(') {
            open++;
        } else if (c == ')') {
            if (open == 0 && aa_sh_look(r, 0) == ')') {
                r->at++;
                return;
            }
            open -= open > 0;
        }
    }
    aa_sh_syntax(r);
}

/* "for NAME in …" and "select NAME in …", behind the first word. */
static void for_each(struct sh_reader *r)
{
    struct sh_word w;
    size_t start;

    aa_sh_blanks(r);
    if (aa_sh_look(r, 0) == '(' && aa_sh_look(r, 1) == '(') {
        r->at += 2;
        calculation(r);
        aa_sh_blanks(r);
        if (aa_sh_look(r, 0) == ';')
            aa_sh_operator(r, 1);
        do_group(r);
        return;
    }
    start = r->at;
    if (!aa_sh_word_starts(r)) {
        aa_sh_syntax(r);
        return;
    }
    aa_sh_word(r, &w);
    if (!aa_sh_is_name(r->text + start, r->at - start)) {
        aa_sh_syntax(r);
        return;
    }
    aa_sh_sets_name(r, r->text + start, r->at - start);
    aa_sh_newlines(r);
    if (!r->stopped && aa_sh_is_reserved(r, "in")) {
        r->at += strlen("in");
        for (aa_sh_blanks(r); !r->stopped && aa_sh_word_starts(r); aa_sh_blanks(r))
            aa_sh_word(r, &w);
        if (aa_sh_look(r, 0) != ';' && aa_sh_look(r, 0) != '\n') {
            aa_sh_syntax(r);
            return;
        }
    }
    if (aa_sh_look(r, 0) == ';')
        aa_sh_operator(r, 1);
    do_group(r);
}

/* "a|b)": the patterns of one branch. */
static void patterns(struct sh_reader *r)
{
    struct sh_word w;

    for (;;) {
        aa_sh_blanks(r);
        if (!aa_sh_word_starts(r)) {
            aa_sh_syntax(r);
            return;
        }
        aa_sh_word(r, &w);
        aa_sh_blanks(r);
        if (r->stopped)
            return;
        if (aa_sh_look(r, 0) == ')') {
            r->at++;
            return;
        }
        if (aa_sh_look(r, 0) != '|') {
            aa_sh_syntax(r);
            return;
        }
        aa_sh_operator(r, 1);
    }
}

/* A word that has to stand here. */
static bool needed_word(struct sh_reader *r, struct sh_word *ret)
{
    aa_sh_blanks(r);
    if (!aa_sh_word_starts(r)) {
        aa_sh_syntax(r);
        return false;
    }
    aa_sh_word(r, ret);
    return true;
}

static void cases(struct sh_reader *r)
{
    struct sh_word w;

    if (!needed_word(r, &w))
        return;
    aa_sh_expect(r, "in");
    for (;;) {
        aa_sh_newlines(r);
        if (r->stopped)
            return;
        if (aa_sh_is_reserved(r, "esac"))
            break;
        if (aa_sh_look(r, 0) == '(')
            aa_sh_operator(r, 1);
        patterns(r);
        aa_sh_list(r);
        aa_sh_newlines(r);
        if (r->stopped || aa_sh_is_reserved(r, "esac"))
            continue;
        if (aa_sh_look(r, 0) != ';') {
            aa_sh_syntax(r);
            return;
        }
        if (aa_sh_look(r, 1) == ';' && aa_sh_look(r, 2) != '&') {
            aa_sh_operator(r, 2);
            continue;
        }
        if (r->dialect != AA_SHELL_BASH)
            aa_sh_opaque(r, "not every shell knows how a branch of \"case\" ends");
        if (aa_sh_look(r, 1) == ';' || aa_sh_look(r, 1) == '&')
            aa_sh_operator(r, aa_sh_look(r, 1) == ';' ? 3 : 2);
        else
            aa_sh_syntax(r);
    }
    r->at += strlen("esac");
}

/* Operators of "[[" behind which a shell calculates, or looks into brackets. */
static bool calculates(const char *word)
{
    static const char *const operators[] = { "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-v", "-R", "-t" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(operators); i++) {
        if (aa_streq(word, operators[i]))
            return true;
    }
    return false;
}

/* "[[ … ]]": no commands but those of substitutions, and nothing that is calculated but numbers. */
static void conditional(struct sh_reader *r)
{
    bool left_plain = false, wants_number = false;

    r->at += 2;
    for (;;) {
        struct sh_word w;
        size_t start = r->at;
        char c;

        aa_sh_newlines(r);
        if (memchr(r->text + start, '#', r->at - start) != NULL)
            aa_sh_opaque(r, "a comment stands within a test in brackets");
        if (r->stopped || r->at >= r->end) {
            aa_sh_syntax(r);
            return;
        }
        if (aa_sh_is_reserved(r, "]]")) {
            r->at += 2;
            return;
        }
        c = aa_sh_look(r, 0);
        if (aa_sh_word_starts(r)) {
            bool plain;

            aa_sh_word(r, &w);
            plain = w.doubt == AA_EXACT && (aa_sh_is_digits(w.text) || (w.text[0] == '-' &&
                    aa_sh_is_digits(w.text + 1)));
            if (w.doubt == AA_EXACT && calculates(w.text)) {
                if (!left_plain && w.text[2] != '\0')
                    aa_sh_opaque(r, "a shell may run commands where it calculates");
                wants_number = true;
            } else {
                if (wants_number && !plain && !w.number)
                    aa_sh_opaque(r, "a shell may run commands where it calculates");
                wants_number = false;
            }
            left_plain = plain || w.number;
            if (w.doubt == AA_EXACT && aa_streq(w.text, "=~")) {
                aa_sh_blanks(r);
                if (memchr(r->text + r->at, '(', r->end - r->at) != NULL)
                    aa_sh_opaque(r, "a pattern in the text for the shell is not read here");
            }
        } else if ((c == '&' || c == '|') && aa_sh_look(r, 1) == c) {
            aa_sh_operator(r, 2);
        } else if (c == '(' || c == ')' || c == '<' || c == '>') {
            if (r->at > 0 && !aa_sh_is_meta(r->text[r->at - 1])) /* a pattern of its own kind */
                aa_sh_opaque(r, "a pattern in the text for the shell is not read here");
            aa_sh_operator(r, 1);
        } else {
            aa_sh_syntax(r);
        }
    }
}

void aa_sh_function(struct sh_reader *r, const char *name)
{
    if (aa_sh_names_builtin(name))
        aa_sh_opaque_word(r, "a function takes the place of a builtin", name);
    r->defines = true;
    r->repeats = true;
    if (!aa_sh_enter(r))
        return;
    aa_sh_newlines(r);
    if (!r->stopped)
        aa_sh_command(r);
    aa_sh_leave(r);
}

/* "function NAME", behind the first word. */
static void named_function(struct sh_reader *r)
{
    struct sh_word w;

    if (!needed_word(r, &w))
        return;
    if (w.doubt != AA_EXACT || w.quoted)
        aa_sh_opaque(r, "the name of a function is expanded");
    aa_sh_blanks(r);
    if (aa_sh_look(r, 0) == '(') {
        aa_sh_operator(r, 1);
        aa_sh_blanks(r);
        if (aa_sh_look(r, 0) != ')') {
            aa_sh_syntax(r);
            return;
        }
        r->at++;
    }
    aa_sh_function(r, w.text);
}

static void parentheses(struct sh_reader *r)
{
    aa_sh_operator(r, 1);
    if (aa_sh_look(r, 0) == '(' && r->dialect != AA_SHELL_DASH) {
        r->at++;
        if (r->dialect != AA_SHELL_SH && aa_sh_arithmetic(r))
            return;
        r->at--;
        aa_sh_opaque(r, "a shell may run commands where it calculates");
    }
    aa_sh_subshell(r);
}

/* The redirections of a compound command are those of each command in it. */
static void redirections(struct sh_reader *r, const struct sh_slot *mark)
{
    struct sh_list targets = { 0 };
    struct sh_slot *slot;
    bool taken = false;

    for (aa_sh_blanks(r); !r->stopped && aa_sh_redirection(r, &targets); aa_sh_blanks(r))
        ;
    if (targets.n == 0)
        return;
    for (slot = mark != NULL ? mark->next : r->slots; slot != NULL && !r->stopped; slot = slot->next) {
        for (const struct sh_item *item = targets.first; item != NULL && slot->used; item = item->next) {
            struct sh_item *copy = aa_sh_add(r, &slot->targets, item->text, item->doubt);

            if (copy == NULL)
                return;
            copy->writes = item->writes;
            taken = true;
        }
    }
    slot = taken ? NULL : aa_sh_slot(r);
    if (slot == NULL)
        return;
    slot->targets = targets;
    aa_sh_add(r, &slot->words, ":", AA_EXACT);
    slot->builtin = true;
    aa_sh_use(r, slot);
}

/* Words that begin something which is not read, or not by every shell. */
static bool unusual(struct sh_reader *r)
{
    static const char *const of_zsh[] = { "repeat", "foreach", "nocorrect", "noglob", "-", "end" };
    static const char *const of_others[] = { "[[", "function", "select", "coproc" };

    for (size_t i = 0; r->dialect == AA_SHELL_ZSH && i < AA_ARRAY_SIZE(of_zsh); i++) {
        if (aa_sh_is_reserved(r, of_zsh[i]))
            aa_sh_opaque_word(r, "a word of zsh is not read here", of_zsh[i]);
    }
    if (r->dialect == AA_SHELL_DASH)
        return false;
    for (size_t i = 0; i < AA_ARRAY_SIZE(of_others); i++) {
        if (aa_sh_is_reserved(r, of_others[i])) {
            if (r->dialect == AA_SHELL_SH)
                aa_sh_opaque_word(r, "a word is not the same in every shell", of_others[i]);
            return true;
        }
    }
    return false;
}

static bool begins(struct sh_reader *r, const char *word)
{
    if (!aa_sh_is_reserved(r, word))
        return false;
    r->at += strlen(word);
    return true;
}

/* true: what stands here is a compound command, and was read. */
bool aa_sh_compound(struct sh_reader *r)
{
    const struct sh_slot *mark = r->last_slot;
    size_t moves = r->moves;
    bool more = unusual(r), loops = false, known = true;

    if (!aa_sh_enter(r))
        return true;
    if (aa_sh_look(r, 0) == '(') {
        aa_sh_leave(r); /* a subshell counts by itself */
        parentheses(r);
        r->depth++;
    } else if (aa_sh_is_reserved(r, "{")) {
        group(r);
    } else if (begins(r, "if")) {
        branches(r);
    } else if (begins(r, "while") || begins(r, "until")) {
        loops = true;
        r->repeats = true;
        aa_sh_list(r);
        do_group(r);
    } else if (begins(r, "for") || (more && begins(r, "select"))) {
        loops = true;
        r->repeats = true;
        for_each(r);
    } else if (begins(r, "case")) {
        cases(r);
    } else if (more && aa_sh_is_reserved(r, "[[")) {
        conditional(r);
    } else if (more && begins(r, "function")) {
        named_function(r);
    } else if (more && begins(r, "coproc")) {
        aa_sh_opaque(r, "a command is run at the side");
        aa_sh_command(r);
    } else {
        known = false;
    }
    if (loops && r->moves != moves)
        forget_folders(r, mark);
    if (known && !r->stopped)
        redirections(r, mark);
    aa_sh_leave(r);
    return known;
}

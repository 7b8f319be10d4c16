/* SPDX-License-Identifier: ISC */
/* Lists, pipelines and simple commands of a shell. */
#include "shell-internal.h"

/* Words that end a list where a command could stand. */
static const char *const closers[] = { "then", "do", "done", "elif", "else", "fi", "esac", "}" };

/* Whether the next word is this one, with nothing of it quoted. */
bool aa_sh_is_reserved(const struct sh_reader *r, const char *word)
{
    size_t n = strlen(word);

    return n <= r->end - r->at && memcmp(r->text + r->at, word, n) == 0 &&
           (n == r->end - r->at || aa_sh_is_meta(r->text[r->at + n]));
}

void aa_sh_expect(struct sh_reader *r, const char *word)
{
    aa_sh_newlines(r);
    if (r->stopped)
        return;
    if (aa_sh_is_reserved(r, word))
        r->at += strlen(word);
    else
        aa_sh_syntax(r);
}

static bool at_end_of_list(const struct sh_reader *r)
{
    char c = aa_sh_look(r, 0), next = aa_sh_look(r, 1);

    if (r->stopped || r->at >= r->end || c == ')' ||
        (c == ';' && (next == ';' || next == '&' || next == '|')))
        return true;
    for (size_t i = 0; i < AA_ARRAY_SIZE(closers); i++) {
        if (aa_sh_is_reserved(r, closers[i]))
            return true;
    }
    return false;
}

/* "x=(…)": read, but what it is used for is not followed. */
static void array(struct sh_reader *r)
{
    struct sh_word w;

    aa_sh_opaque(r, "a list is assigned to a variable");
    r->at++;
    for (aa_sh_newlines(r); !r->stopped && aa_sh_look(r, 0) != ')'; aa_sh_newlines(r)) {
        if (!aa_sh_word_starts(r)) {
            aa_sh_syntax(r);
            return;
        }
        aa_sh_word(r, &w);
    }
    if (!r->stopped)
        r->at++;
}

/* A word before the name: whether it is an assignment. */
static bool assignment(struct sh_reader *r, struct sh_slot *slot, const struct sh_word *w)
{
    if (w->value == 0 || (w->appends && r->dialect == AA_SHELL_DASH))
        return false;
    if (w->appends && r->dialect == AA_SHELL_SH)
        aa_sh_opaque(r, "not every shell knows NAME+=value");
    if (w->appends) {
        /* what it adds to is not known, so neither is what it will be */
        aa_sh_sets(r, &slot->own, aa_arena_printf(r->arena, "%.*s=", (int)w->value - 2, w->text),
                   AA_UNKNOWN);
    } else {
        aa_sh_sets(r, &slot->own, w->text, w->doubt == AA_EXACT ? AA_EXACT : AA_UNKNOWN);
    }
    if (!r->stopped && aa_sh_look(r, 0) == '(' && w->text[w->value] == '\0')
        array(r);
    return true;
}

static bool define(struct sh_reader *r, const struct sh_slot *slot)
{
    aa_sh_blanks(r);
    if (aa_sh_look(r, 0) != '(' || slot->words.n != 1 || slot->own.n > 0 || slot->targets.n > 0)
        return false;
    aa_sh_operator(r, 1);
    aa_sh_blanks(r);
    if (aa_sh_look(r, 0) != ')') {
        aa_sh_syntax(r);
        return true;
    }
    r->at++;
    aa_sh_function(r, slot->words.first->text);
    return true;
}

static void keep_variables(struct sh_reader *r, const struct sh_list *own)
{
    for (const struct sh_item *item = own->first; item != NULL && !r->stopped; item = item->next)
        aa_sh_sets(r, &r->variables, item->text, item->doubt);
}

static void finish_simple(struct sh_reader *r, struct sh_slot *slot, bool nameless, bool redirected)
{
    if (r->error < 0)
        return;
    if (nameless || slot->words.n == 0) {
        keep_variables(r, &slot->own);
        slot->words = (struct sh_list){ 0 };
        if (slot->targets.n == 0 && !(redirected && r->dialect == AA_SHELL_ZSH))
            return;
        if (r->dialect == AA_SHELL_ZSH)
            aa_sh_opaque(r, "zsh runs a command for a redirection without one");
        aa_sh_add(r, &slot->words, ":", AA_EXACT);
        slot->builtin = true;
        aa_sh_use(r, slot);
        return;
    }
    aa_sh_meaning(r, slot);
    if (slot->builtin)
        keep_variables(r, &slot->own);
}

static void simple(struct sh_reader *r)
{
    struct sh_slot *slot = aa_sh_slot(r);
    bool nameless = false, redirected = false;
    size_t start = r->at;

    while (!r->stopped && slot != NULL) {
        struct sh_word w;
        struct sh_item *item;
        size_t from;

        aa_sh_blanks(r);
        if (aa_sh_redirection(r, &slot->targets)) {
            redirected = true;
            continue;
        }
        if (!aa_sh_word_starts(r))
            break;
        from = r->at;
        aa_sh_word(r, &w);
        if (slot->words.n == 0 && w.continued)
            aa_sh_opaque(r, "a line ends within the name of a command");
        if (slot->words.n == 0 && assignment(r, slot, &w))
            continue;
        if (slot->words.n == 0 && (w.doubt != AA_EXACT || w.text[0] == '\0')) {
            aa_sh_opaque_word(r, w.doubt != AA_EXACT ? "the name of a command is expanded"
                                                     : "the name of a command is empty",
                              aa_arena_strndup(r->arena, r->text + from, r->at - from));
            nameless = true;
        }
        if (r->dialect == AA_SHELL_ZSH && slot->words.n > 0 && r->at == from + 1 &&
            (r->text[from] == '{' || r->text[from] == '}'))
            aa_sh_opaque(r, "zsh reads a brace everywhere");
        item = aa_sh_add(r, &slot->words, w.text, w.doubt);
        if (item == NULL)
            break;
        item->number = w.number;
        if (slot->words.n == 1 && !nameless && !redirected && define(r, slot))
            return;
    }
    if (r->at == start && !r->stopped)
        aa_sh_syntax(r);
    if (slot != NULL)
        finish_simple(r, slot, nameless, redirected);
}

void aa_sh_command(struct sh_reader *r)
{
    aa_sh_blanks(r);
    if (r->stopped)
        return;
    if (at_end_of_list(r)) {
        aa_sh_syntax(r);
        return;
    }
    if (!aa_sh_compound(r))
        simple(r);
}

/* "!" and "time" before a pipeline; true: it is turned round. */
static bool before_pipeline(struct sh_reader *r)
{
    bool turned = false;

    for (;;) {
        aa_sh_blanks(r);
        if (aa_sh_look(r, 0) == '!' && aa_sh_is_reserved(r, "!")) {
            if (aa_sh_look(r, 1) == '(')
                aa_sh_opaque(r, "what stands behind \"!\" is not read alike by every shell");
            turned = true;
            r->at++;
        } else if (r->dialect != AA_SHELL_DASH && aa_sh_is_reserved(r, "time")) {
            if (r->dialect == AA_SHELL_SH)
                aa_sh_opaque(r, "\"time\" is not the same in every shell");
            r->at += 4;
            aa_sh_blanks(r);
            if (aa_sh_is_reserved(r, "-p") && r->dialect == AA_SHELL_BASH) {
                r->at += 2;
                aa_sh_blanks(r);
            }
            if (aa_sh_look(r, 0) == '-')
                aa_sh_opaque(r, "an option of \"time\" is not known");
            if (at_end_of_list(r) || aa_sh_is_meta(aa_sh_look(r, 0)))
                aa_sh_opaque(r, "\"time\" stands alone");
        } else {
            return turned;
        }
    }
}

static void pipeline(struct sh_reader *r)
{
    size_t moves = r->moves;
    const struct sh_slot *last = r->last_slot;
    bool turned = before_pipeline(r), piped = false;

    aa_sh_command(r);
    for (;;) {
        aa_sh_blanks(r);
        if (r->stopped || aa_sh_look(r, 0) != '|' || aa_sh_look(r, 1) == '|')
            break;
        piped = true;
        if (aa_sh_look(r, 1) == '&') {
            if (r->dialect != AA_SHELL_BASH && r->dialect != AA_SHELL_ZSH)
                aa_sh_opaque(r, "not every shell knows \"|&\"");
            aa_sh_operator(r, 2);
        } else {
            aa_sh_operator(r, 1);
        }
        aa_sh_newlines(r);
        if (aa_sh_is_reserved(r, "!"))
            aa_sh_opaque(r, "\"!\" stands within a pipeline");
        aa_sh_command(r);
    }
    if ((piped || turned) && r->moves != moves) {
        r->folder = "";
        /* others in the pipe do not see the change, or do: that depends on the shell */
        for (struct sh_slot *slot = last != NULL ? last->next : r->slots; slot != NULL; slot = slot->next)
            slot->folder = "";
    }
}

/* A "cd" may have failed, or not have run. Of one alone both are told: "X, or else the request's own
 * folder" is what a folder means; of several, nothing is known. */
static void less_sure_of_folder(struct sh_reader *r)
{
    if (r->moves != 1)
        r->folder = "";
}

/* Commands joined by && and ||. */
static void and_or(struct sh_reader *r)
{
    size_t moves = r->moves;
    bool unsure = false; /* behind "||": it may not have run */

    for (;;) {
        size_t before = r->moves;
        char c;

        pipeline(r);
        if (unsure && r->moves != before)
            less_sure_of_folder(r);
        aa_sh_blanks(r);
        c = aa_sh_look(r, 0);
        if (r->stopped || (c != '&' && c != '|') || aa_sh_look(r, 1) != c) {
            if (r->moves != moves)
                less_sure_of_folder(r);
            return;
        }
        unsure |= c == '|';
        if (unsure && r->moves != moves)
            less_sure_of_folder(r);
        aa_sh_operator(r, 2);
        aa_sh_newlines(r);
    }
}

void aa_sh_list(struct sh_reader *r)
{
    aa_sh_newlines(r);
    while (!at_end_of_list(r)) {
        char c, next;

        and_or(r);
        aa_sh_blanks(r);
        if (at_end_of_list(r))
            return;
        c = aa_sh_look(r, 0);
        next = aa_sh_look(r, 1);
        if (c == ';' || c == '&') {
            if (c == '&' && r->dialect == AA_SHELL_ZSH && (next == '|' || next == '!'))
                aa_sh_opaque(r, "zsh reads what follows \"&\" otherwise");
            aa_sh_operator(r, 1);
            aa_sh_newlines(r);
        } else if (c == '\n') {
            aa_sh_newlines(r);
        } else {
            aa_sh_syntax(r);
        }
    }
}

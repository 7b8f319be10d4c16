/* SPDX-License-Identifier: ISC */
/* Programs that give a string to a shell: su, runuser, sudo, sg, flock, watch, script. */
#include "wrapper-internal.h"

void aa_read_su_option(struct aa_wrapping *w, const struct aa_option *option)
{
    const char *name = option->name;

    if (aa_listed("c command session-command", name)) {
        if (w->text != NULL) /* POSIXLY_CORRECT decides which counts */
            aa_wrapper_opaque(w, "%s is given more than one command", w->base);
        if (w->text != NULL)
            aa_inner_add_text(w, w->text, w->text_doubt, AA_SHELL_SH);
        w->text = option->value;
        w->text_doubt = option->doubt;
    } else if (aa_listed("s shell", name)) {
        w->shell = option->value;
        if (option->doubt != AA_EXACT)
            aa_wrapper_opaque(w, "the shell that %s starts is not known", w->base);
    } else if (aa_listed("l login", name)) {
        w->login = true;
    } else if (aa_listed("f fast", name)) {
        w->marked = true;
    } else if (aa_listed("m p preserve-environment", name)) {
        w->other_shell = true; /* $SHELL's */
    } else if (aa_listed("u user", name)) {
        if (aa_streq(w->row->names, "su"))
            aa_wrapper_opaque(w, "su's option --%s is not known here", name);
        w->as_user = true;
    }
}

/* "-" and the user. Options behind them are moved to the front by getopt, unless a variable tells
 * it not to; then they are for the shell. */
static bool take_user(struct aa_wrapping *w)
{
    bool user = false;

    while (w->error == 0) {
        struct aa_option option;
        int r = aa_option_next(w, &option);

        if (r < 0) {
            aa_inner_guess(w, w->at);
            return false;
        }
        if (r > 0) {
            if (user && !aa_listed("c command session-command", option.name))
                aa_wrapper_opaque(w, "%s may give an option to its shell instead", w->base);
            w->nothing |= aa_listed(w->row->nothing, option.name);
            aa_read_su_option(w, &option);
            continue;
        }
        if (user || w->at >= w->words.n)
            return true;
        if (aa_doubt_at(w, w->at) == AA_SPREADS) {
            aa_wrapper_opaque(w, "a word that is not known stands where %s has a user", w->base);
            return false;
        }
        if (!w->login && aa_is_word(w, w->at, "-"))
            w->login = true;
        else
            user = true;
        w->at++;
    }
    return false;
}

static void run_shell(struct aa_wrapping *w, size_t rest)
{
    struct aa_word_list list = { 0 };

    for (size_t i = rest; i < w->words.n; i++) {
        /* "--" there too ended the options of su, and is not the shell's */
        if (w->text == NULL || w->words.v[i][0] == '-' || aa_doubt_at(w, i) != AA_EXACT)
            aa_wrapper_opaque(w, "%s gives words to a shell as they are", w->base);
    }
    if (w->login)
        w->folder = "";
    if (w->other_shell && w->shell == NULL)
        aa_wrapper_opaque(w, "which shell %s starts is up to a variable", w->base);
    if (w->shell == NULL) {
        if (w->text != NULL)
            aa_inner_add_text(w, w->text, w->text_doubt, AA_SHELL_SH);
        else if (rest + 1 < w->words.n && aa_is_word(w, rest, "-c"))
            aa_inner_add_text(w, w->words.v[rest + 1], aa_doubt_at(w, rest + 1), AA_SHELL_SH);
        else
            aa_wrapper_starts_shell(w);
        if (w->text == NULL && rest < w->words.n)
            aa_inner_guess(w, rest);
        return;
    }
    /* it is the file that this names that would run */
    aa_word_add(w, &list, w->shell, AA_EXACT);
    if (w->marked)
        aa_word_add(w, &list, "-f", AA_EXACT);
    if (w->text != NULL) {
        aa_word_add(w, &list, "-c", AA_EXACT);
        aa_word_add(w, &list, w->text, w->text_doubt);
    } else if (rest >= w->words.n) {
        aa_wrapper_starts_shell(w);
    }
    for (size_t i = rest; i < w->words.n; i++)
        aa_word_add(w, &list, w->words.v[i], aa_doubt_at(w, i));
    aa_inner_add_list(w, &list);
}

void aa_read_su(struct aa_wrapping *w)
{
    if (w->as_user && !aa_streq(w->row->names, "su")) {
        for (size_t i = w->at; !w->ended && i < w->words.n; i++) {
            if (aa_is_word(w, i, "--") && i > w->at) { /* taken away, though the words before are not */
                aa_wrapper_opaque(w, "%s may take a word away", w->base);
                break;
            }
            if (w->words.v[i][0] == '-' || aa_doubt_at(w, i) != AA_EXACT)
                aa_wrapper_opaque(w, "%s may take %s for an option of its own", w->base, w->words.v[i]);
        }
        if (w->text != NULL || w->shell != NULL || w->login)
            aa_wrapper_opaque(w, "%s is told to run a command and a shell", w->base);
        if (w->text != NULL)
            aa_inner_add_text(w, w->text, w->text_doubt, AA_SHELL_SH);
        if (w->at < w->words.n)
            aa_inner_add_words(w, w->at, false);
        return;
    }
    if (!take_user(w)) {
        if (w->text != NULL)
            aa_inner_add_text(w, w->text, w->text_doubt, AA_SHELL_SH);
    } else if (!w->nothing) {
        run_shell(w, w->at);
    }
}

void aa_read_sg(struct aa_wrapping *w)
{
    if (aa_is_word(w, 0, "-") || aa_is_word(w, 0, "-l"))
        w->at++;
    if (w->at >= w->words.n || w->words.v[w->at][0] == '-' || aa_doubt_at(w, w->at) != AA_EXACT) {
        aa_wrapper_opaque(w, "the group of %s is not known", w->base);
        aa_inner_guess(w, w->at);
        return;
    }
    w->at++;
    if (w->at + 1 < w->words.n && aa_is_word(w, w->at, "-c"))
        w->at++;
    else if (w->at < w->words.n && aa_doubt_at(w, w->at) != AA_EXACT && w->words.v[w->at][0] == '\0')
        aa_wrapper_opaque(w, "the text that %s gives a shell is not known", w->base);
    if (w->at < w->words.n)
        aa_inner_add_text(w, w->words.v[w->at], aa_doubt_at(w, w->at), AA_SHELL_SH);
    else
        aa_wrapper_starts_shell(w);
}

void aa_read_flock(struct aa_wrapping *w)
{
    if (w->at < w->words.n && aa_doubt_at(w, w->at) == AA_SPREADS) {
        aa_wrapper_opaque(w, "a word that is not known stands where flock has its file");
        aa_inner_guess(w, w->at);
        return;
    }
    w->at++;
    if (w->at >= w->words.n)
        return;
    if (!aa_is_word(w, w->at, "-c") && !aa_is_word(w, w->at, "--command")) {
        aa_inner_add_words(w, w->at, false);
        return;
    }
    if (w->at + 2 != w->words.n)
        aa_wrapper_opaque(w, "flock takes one word behind -c");
    if (w->at + 1 < w->words.n)
        aa_inner_add_text(w, w->words.v[w->at + 1], aa_doubt_at(w, w->at + 1), AA_SHELL_SH);
}

void aa_read_watch_option(struct aa_wrapping *w, const struct aa_option *option)
{
    w->marked |= aa_listed("x exec", option->name);
}

void aa_read_watch(struct aa_wrapping *w)
{
    if (w->at >= w->words.n)
        return;
    if (w->marked)
        aa_inner_add_words(w, w->at, false);
    else
        aa_inner_add_joined(w, w->at);
}

void aa_read_script_option(struct aa_wrapping *w, const struct aa_option *option)
{
    if (!aa_listed("c command", option->name))
        return;
    if (w->text != NULL)
        aa_wrapper_opaque(w, "script is given more than one command");
    if (w->text != NULL)
        aa_inner_add_text(w, w->text, w->text_doubt, AA_SHELL_SH);
    w->text = option->value;
    w->text_doubt = option->doubt;
}

void aa_read_script(struct aa_wrapping *w)
{
    /* newer ones run what stands behind "--" */
    if (w->ended ? w->at < w->words.n : w->at + 1 < w->words.n) {
        aa_wrapper_opaque(w, "script may run the words behind its file");
        for (size_t i = w->at; i < w->words.n && w->text == NULL; i++) {
            if (aa_is_word(w, i, "-c") && i + 1 < w->words.n)
                aa_inner_add_text(w, w->words.v[i + 1], aa_doubt_at(w, i + 1), AA_SHELL_SH);
            else if (aa_after(w->words.v[i], "--command=") != NULL)
                aa_inner_add_text(w, w->words.v[i] + strlen("--command="), aa_doubt_at(w, i), AA_SHELL_SH);
        }
        aa_inner_guess(w, w->at);
    }
    if (w->text != NULL)
        aa_inner_add_text(w, w->text, w->text_doubt, AA_SHELL_SH);
    else
        aa_wrapper_starts_shell(w);
}

/* sudo's own way to hand words to a shell: all but a few characters behind a backslash, so that
 * a variable is still one. */
static void add_escaped(struct aa_wrapping *w, size_t from)
{
    static const char kept[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-$";
    size_t size = 1;
    enum aa_doubt doubt = AA_EXACT;
    char *text, *to;

    for (size_t i = from; i < w->words.n; i++)
        size += 2 * strlen(w->words.v[i]) + 1;
    text = to = aa_arena_alloc(w->arena, size);
    for (size_t i = from; to != NULL && i < w->words.n; i++) {
        if (aa_doubt_at(w, i) != AA_EXACT)
            doubt = aa_doubt_at(w, i);
        if (i > from)
            *to++ = ' ';
        for (const char *s = w->words.v[i]; *s != '\0'; s++) {
            if (strchr(kept, *s) == NULL)
                *to++ = '\\';
            *to++ = *s;
        }
    }
    aa_inner_add_text(w, text, doubt, AA_SHELL_SH);
}

void aa_read_sudo_option(struct aa_wrapping *w, const struct aa_option *option)
{
    if (aa_listed("s shell", option->name))
        w->marked = true;
    if (aa_listed("i login", option->name))
        w->login = true;
    if (option->value != NULL && aa_streq(option->value, "--"))
        aa_wrapper_opaque(w, "%s may take the value of an option for the end of them", w->base);
}

void aa_read_sudo(struct aa_wrapping *w)
{
    /* options may follow a variable; the first round of them has been read */
    while (!w->ended && w->at < w->words.n && w->words.v[w->at][0] != '/' &&
           strchr(w->words.v[w->at], '=') != NULL) {
        if (aa_doubt_at(w, w->at) == AA_SPREADS)
            break;
        aa_word_add(w, &w->assigned, w->words.v[w->at], aa_doubt_at(w, w->at));
        w->at++;
        if (!aa_wrapper_options(w) || w->nothing)
            return;
    }
    if (w->login && w->folder == NULL)
        w->folder = "";
    if (!w->marked && !w->login) {
        if (w->at < w->words.n)
            aa_inner_add_words(w, w->at, false);
        return;
    }
    if (w->at < w->words.n)
        add_escaped(w, w->at);
    else
        aa_wrapper_starts_shell(w);
}

void aa_read_sudoedit(struct aa_wrapping *w)
{
    aa_wrapper_opaque(w, "%s runs an editor", w->base);
}

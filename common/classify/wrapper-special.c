/* SPDX-License-Identifier: ISC */
/* Programs that no row of the table describes: several in one file, the dynamic loader, ip, and
 * those with an odd operand. */
#include "wrapper-internal.h"

/* "busybox sh -c …": the file is the same, the name is the first word. */
void aa_read_multi_call(struct aa_wrapping *w)
{
    static const char prefix[] = "--coreutils-prog=";
    struct aa_word_list list = { 0 };
    const char *word;

    if (w->words.n == 0)
        return;
    word = w->words.v[0];
    if (aa_doubt_at(w, 0) != AA_EXACT) {
        aa_wrapper_opaque(w, "which of its programs %s runs is not known", w->base);
        return;
    }
    if (aa_listed("--help --version --list --list-full --long", word) ||
        (aa_streq(word, "--install") && !aa_streq(w->row->names, "coreutils uutils")))
        return;
    if (aa_after(word, prefix) != NULL && aa_after(word, prefix)[0] != '\0') {
        aa_word_add(w, &list, aa_after(word, prefix), AA_EXACT);
        for (size_t i = 1; i < w->words.n; i++)
            aa_word_add(w, &list, w->words.v[i], aa_doubt_at(w, i));
        aa_inner_add_list(w, &list);
        if (w->ret->n > 0)
            w->ret->inner[0].applet = true;
        return;
    }
    if (word[0] == '-') {
        aa_wrapper_opaque(w, "%s's option %s is not known here", w->base, word);
        aa_inner_guess(w, 1);
        return;
    }
    aa_inner_add_words(w, 0, true);
}

bool aa_is_loader(const char *base)
{
    return aa_after(base, "ld-linux") != NULL || aa_after(base, "ld-musl") != NULL ||
           aa_after(base, "ld64.so") != NULL ||
           (aa_after(base, "ld-") != NULL && strstr(base, ".so") != NULL);
}

void aa_read_loader(struct aa_wrapping *w)
{
    if (!aa_wrapper_options(w) || w->nothing || w->at >= w->words.n)
        return;
    if (strchr(w->words.v[w->at], '/') == NULL)
        aa_wrapper_opaque(w, "%s looks for the program among its libraries", w->base);
    aa_inner_add_words(w, w->at, false);
}

/* A word that is one of iproute2's, or the beginning of it. */
static bool is_short_for(const char *word, const char *full)
{
    return word[0] != '\0' && aa_after(full, word) != NULL;
}

/* "netns exec NAME COMMAND" behind ip's own options; the tables of ip are not the same in all
 * versions, so each beginning of the words counts. */
static void read_ip_object(struct aa_wrapping *w, bool all)
{
    size_t i = w->at;
    bool netns;

    for (size_t k = i; k < i + 2 && k < w->words.n; k++) {
        if (aa_doubt_at(w, k) != AA_EXACT) {
            aa_wrapper_opaque(w, "what ip is told to do is not known");
            aa_inner_guess(w, k + 1);
            return;
        }
    }
    if (i + 2 >= w->words.n || !is_short_for(w->words.v[i + 1], "exec"))
        return;
    netns = is_short_for(w->words.v[i], "netns");
    if (!netns && !is_short_for(w->words.v[i], "vrf"))
        return;
    i += 2;
    if (all)
        aa_wrapper_opaque(w, "ip runs the command once for all");
    if (all)
        aa_inner_add_words(w, i, false);
    if (aa_doubt_at(w, i) == AA_SPREADS) {
        aa_wrapper_opaque(w, "what ip is told to do is not known");
        aa_inner_guess(w, i);
    } else if (i + 1 < w->words.n) {
        aa_inner_add_words(w, i + 1, false);
    }
}

void aa_read_ip(struct aa_wrapping *w)
{
    static const char *const flags[] = { "-4", "-6", "-0", "-M", "-B", "-D", "-I", "-human-readable",
        "-iec", "-stats", "-statistics", "-details", "-resolve", "-oneline", "-timestamp", "-tshort",
        "-Version", "-force", "-json", "-pretty", "-Numeric", "-color", "-help", "-echo" };
    static const char *const with_value[] = { "-loops", "-family", "-rcvbuf", "-netns" };
    bool all = false;

    for (; w->at < w->words.n; w->at++) {
        const char *word = w->words.v[w->at];
        bool known = false, value = false;

        if (aa_doubt_at(w, w->at) != AA_EXACT || word[0] != '-')
            break;
        if (aa_streq(word, "--")) {
            w->at++;
            break;
        }
        if (word[1] == '-')
            word++;
        if (word[1] == '\0' || is_short_for(word, "-batch"))
            break;
        for (size_t k = 0; k < AA_ARRAY_SIZE(with_value); k++)
            value |= is_short_for(word, with_value[k]) && !aa_streq(word, "-r");
        for (size_t k = 0; k < AA_ARRAY_SIZE(flags); k++)
            known |= is_short_for(word, flags[k]);
        known |= is_short_for(word, "-brief") || aa_after(word, "-color=") != NULL ||
                 aa_after(word, "-c=") != NULL;
        if (is_short_for(word, "-all"))
            all = known = true;
        if (!known && !value)
            break;
        if (value)
            w->at++;
        if (value && w->at < w->words.n && aa_doubt_at(w, w->at) == AA_SPREADS)
            break;
    }
    if (w->at < w->words.n && (w->words.v[w->at][0] == '-' || aa_doubt_at(w, w->at) == AA_SPREADS) &&
        !(w->at > 0 && aa_is_word(w, w->at - 1, "--"))) {
        aa_wrapper_opaque(w, "ip's option %s may run more commands", w->words.v[w->at]);
        for (size_t i = w->at; i < w->words.n; i++) {
            if (is_short_for(w->words.v[i], "exec")) {
                aa_inner_guess(w, i + 1);
                return;
            }
        }
        return;
    }
    read_ip_object(w, all);
}

/* What does not start a program; all of it is done in the order of the words. */
static bool capsh_only_sets(const char *word)
{
    static const char *const settings[] = { "--addamb=", "--cap-uid=", "--caps=", "--current", "--decode=",
        "--delamb=", "--drop=", "--explain=", "--forkfor=", "--gid=", "--groups=", "--has-", "--iab=",
        "--inh=", "--inmode=", "--is-uid=", "--is-gid=", "--keep=", "--killit=", "--license", "--mode",
        "--no-new-privs", "--noamb", "--noenv", "--print", "--quiet", "--secbits=", "--strict",
        "--suggest=", "--supports=", "--uid=", "--user=" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(settings); i++) {
        if (aa_after(word, settings[i]) != NULL)
            return true;
    }
    return false;
}

void aa_read_capsh(struct aa_wrapping *w)
{
    const char *shell = "/bin/bash";
    struct aa_word_list list = { 0 };

    for (; w->at < w->words.n; w->at++) {
        const char *word = w->words.v[w->at];

        if (aa_is_word(w, w->at, "--help") || aa_is_word(w, w->at, "-h"))
            return;
        if (aa_is_word(w, w->at, "--") || aa_is_word(w, w->at, "-+"))
            break;
        if (aa_doubt_at(w, w->at) != AA_EXACT)
            aa_wrapper_opaque(w, "an option of capsh is not known");
        else if (aa_after(word, "--shell=") != NULL)
            shell = aa_after(word, "--shell=");
        else if (aa_after(word, "--chroot=") != NULL)
            w->other_root = true;
        else if (!capsh_only_sets(word))
            aa_wrapper_opaque(w, "capsh's option %s is not known here", word);
    }
    if (w->other_root)
        w->folder = "";
    if (w->at >= w->words.n)
        return;
    aa_word_add(w, &list, shell, AA_EXACT);
    for (size_t i = w->at + 1; i < w->words.n; i++)
        aa_word_add(w, &list, w->words.v[i], aa_doubt_at(w, i));
    aa_inner_add_list(w, &list);
}

void aa_read_runcon_option(struct aa_wrapping *w, const struct aa_option *option)
{
    (void)option;
    w->marked = true; /* each of them stands for the context */
}

void aa_read_runcon(struct aa_wrapping *w)
{
    if (!w->marked && w->at < w->words.n) {
        if (aa_doubt_at(w, w->at) == AA_SPREADS)
            aa_wrapper_opaque(w, "a word that is not known stands before the command of runcon");
        w->at++;
    }
    if (w->at < w->words.n)
        aa_inner_add_words(w, w->at, false);
}

/* A word with a digit behind "-", "--" or "-+" is a number to nice, whatever else is in it. */
void aa_read_nice(struct aa_wrapping *w)
{
    while (w->at < w->words.n) {
        const char *word = w->words.v[w->at];
        struct aa_option option;
        int r;

        if (w->cluster == NULL && aa_doubt_at(w, w->at) == AA_EXACT && word[0] == '-') {
            const char *number = word + 1 + (word[1] == '-' || word[1] == '+');

            if (*number >= '0' && *number <= '9') {
                w->at++;
                continue;
            }
        }
        r = aa_option_next(w, &option);
        if (r < 0) {
            aa_inner_guess(w, w->at);
            return;
        }
        if (r == 0)
            break;
        if (aa_listed(w->row->nothing, option.name))
            return;
    }
    if (w->at < w->words.n)
        aa_inner_add_words(w, w->at, false);
}

void aa_read_setpriv_option(struct aa_wrapping *w, const struct aa_option *option)
{
    w->path_changes |= aa_streq(option->name, "reset-env");
}

/* "setarch [ARCH] [options] [COMMAND]"; linux32 and the like are setarch without ARCH. */
void aa_read_setarch(struct aa_wrapping *w)
{
    if (aa_streq(w->base, "setarch") && w->words.n > 0) {
        if (aa_doubt_at(w, 0) != AA_EXACT) {
            aa_wrapper_opaque(w, "the architecture that setarch is given is not known");
            aa_inner_guess(w, 1);
            return;
        }
        w->at = w->words.v[0][0] != '-';
    }
    if (!aa_wrapper_options(w) || w->nothing)
        return;
    if (w->at < w->words.n)
        aa_inner_add_words(w, w->at, false);
    else
        aa_wrapper_starts_shell(w);
}

void aa_read_logsave(struct aa_wrapping *w)
{
    if (w->at < w->words.n && aa_doubt_at(w, w->at) == AA_SPREADS) {
        aa_wrapper_opaque(w, "a word that is not known stands where logsave has its file");
        aa_inner_guess(w, w->at + 1);
        return;
    }
    if (w->at + 1 < w->words.n && !aa_is_word(w, w->at + 1, "-"))
        aa_inner_add_words(w, w->at + 1, false);
}

/* "-o |command" starts one; "-e inject" can change what the command itself starts. */
void aa_read_strace_option(struct aa_wrapping *w, const struct aa_option *option)
{
    const char *value = option->value;

    if (aa_listed("o output", option->name) &&
        (option->doubt != AA_EXACT || value[0] == '|' || value[0] == '!' || value[0] == '\0'))
        aa_wrapper_opaque(w, "%s starts a command for its output", w->base);
    if (aa_streq("e", option->name) &&
        (option->doubt != AA_EXACT ||
         (strchr(value, '=') != NULL && aa_after(value, "trace=") == NULL &&
          aa_after(value, "signal=") == NULL && aa_after(value, "status=") == NULL)))
        aa_wrapper_opaque(w, "%s may change what the command does", w->base);
}

/* Debian's: where it starts what, words for it behind "--". */
void aa_read_start_stop_option(struct aa_wrapping *w, const struct aa_option *option)
{
    if (aa_listed("S start", option->name)) {
        w->marked = true;
    } else if (aa_listed("a startas x exec", option->name)) {
        bool startas = aa_listed("a startas", option->name);

        if (w->text != NULL && !aa_streq(w->text, option->value)) { /* elsewhere -a is only a name */
            struct aa_word_list other = { 0 };

            aa_wrapper_opaque(w, "start-stop-daemon is given more than one program");
            if (w->folder == NULL)
                w->folder = "";
            aa_word_add(w, &other, startas ? w->text : option->value,
                        startas ? w->text_doubt : option->doubt);
            aa_inner_add_list(w, &other);
            if (!startas)
                return;
        }
        w->text = option->value;
        w->text_doubt = option->doubt;
    }
}

void aa_read_start_stop(struct aa_wrapping *w)
{
    struct aa_word_list list = { 0 };

    if (!w->marked && w->text == NULL)
        return;
    if (w->folder == NULL)
        w->folder = "/";
    if (w->text == NULL) {
        aa_wrapper_opaque(w, "what start-stop-daemon starts is not known");
        aa_inner_guess(w, w->at);
        return;
    }
    /* it is no name to be looked for: a file of the folder */
    aa_word_add(w, &list, strchr(w->text, '/') != NULL ? w->text : aa_arena_printf(w->arena, "./%s", w->text),
                w->text_doubt);
    for (size_t i = w->at; i < w->words.n; i++) {
        if (w->ended || !aa_is_word(w, i, "--"))
            aa_word_add(w, &list, w->words.v[i], aa_doubt_at(w, i));
        else
            w->ended = true;
    }
    if (w->error == 0)
        aa_inner_add_list(w, &list);
}

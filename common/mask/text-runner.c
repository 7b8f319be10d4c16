/* SPDX-License-Identifier: ISC */
#include "text-runner.h"

#include "named.h"

static bool is_among(const char *name, size_t n, const char *const *names, size_t names_n)
{
    for (size_t i = 0; i < names_n; i++) {
        if (n == strlen(names[i]) && memcmp(name, names[i], n) == 0)
            return true;
    }
    return false;
}

/* -c, -lc, --command, --session-command */
static bool is_command_option(const struct aa_mask_word *word)
{
    if (word->n > 2 && word->v[1] == '-')
        return aa_mask_lower(word->v[2]) == 'c' || aa_mask_begins(word->v, word->n, "--se");
    for (size_t i = 1; i < word->n && aa_mask_is_alnum(word->v[i]); i++) {
        if (aa_mask_lower(word->v[i]) == 'c')
            return true;
    }
    return false;
}

/* env -S, -iS, --split-string; also with its text in the same word */
static bool is_split_string(const struct aa_mask_word *word)
{
    if (aa_mask_begins(word->v, word->n, "--s"))
        return true;
    if (word->n < 2 || word->v[0] != '-')
        return false;
    for (size_t i = 1; i < word->n && aa_mask_is_alnum(word->v[i]); i++) {
        if (word->v[i] == 'S')
            return true;
    }
    return false;
}

void aa_mask_runner_see(struct aa_mask_runner *runner, const struct aa_mask_word *word)
{
    static const char *const always[] = {
        "watch", "ssh",    "autossh", "mosh",      "dbclient",   "plink",   "pssh",   "parallel-ssh",
        "clush", "pdsh",   "dsh",     "eval",      "parallel",   "script",  "screen", "tmux",
        "byobu", "sg",     "capsh",   "at",        "batch",      "ansible", "salt",   "vagrant",
        "entr",  "expect", "tclsh",   "hyperfine", "machinectl",
    };
    static const char *const shells[] = {
        "sh",   "bash", "dash",   "ash",   "zsh",     "ksh",   "ksh93", "mksh",
        "lksh", "yash", "posh",   "rbash", "fish",    "csh",   "tcsh",  "xonsh",
        "nu",   "pwsh", "elvish", "su",    "runuser", "flock", "snap",  "start-stop-daemon",
    };
    const char *slash = word->n > 0 ? memrchr(word->v, '/', word->n) : NULL;
    const char *name = slash != NULL ? slash + 1 : word->v;
    const size_t n = word->n - (size_t)(name - word->v);

    if (word->n > 1 && word->v[0] == '-') {
        runner->text = runner->text || (runner->shell && is_command_option(word));
        return;
    }
    runner->text = runner->text || is_among(name, n, always, AA_ARRAY_SIZE(always));
    runner->shell = runner->shell || is_among(name, n, shells, AA_ARRAY_SIZE(shells));
    runner->env = runner->env || (n == 3 && memcmp(name, "env", 3) == 0);
}

bool aa_mask_runner_is_text(const struct aa_mask_runner *runner, const struct aa_mask_word *word)
{
    return runner->text || (runner->env && is_split_string(word));
}

/* SPDX-License-Identifier: ISC */
/* systemd-run: the manager starts the command, in its own folder, and puts variables into its
 * words. */
#include "wrapper-internal.h"

/* Settings that only limit or describe. */
static bool is_harmless(const char *property)
{
    static const char *const begins[] = { "AllowedCPUs=", "BlockIO", "CPU", "Collect", "Description=", "IO",
        "Kill", "Limit", "Memory", "Nice=", "OOM", "RemainAfterExit=", "RuntimeMaxSec=", "Slice=",
        "SyslogIdentifier=", "Tasks", "TimeoutStartSec=", "TimeoutStopSec=", "Type=", "User=", "Group=" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(begins); i++) {
        if (aa_after(property, begins[i]) != NULL)
            return true;
    }
    return false;
}

void aa_read_systemd_run_option(struct aa_wrapping *w, const struct aa_option *option)
{
    if (option->value != NULL && strchr(option->value, '\n') != NULL) /* a line of a unit's file, perhaps */
        aa_wrapper_opaque(w, "an option of systemd-run has more than one line");
    if (aa_listed("p property", option->name)) {
        if (option->doubt != AA_EXACT || !is_harmless(option->value))
            aa_wrapper_opaque(w, "a property that systemd-run is given may run or load something else");
        if (aa_after(option->value, "Root") != NULL)
            w->other_root = true;
    } else if (aa_streq(option->name, "scope")) {
        w->marked = true;
    } else if (aa_listed("d same-dir", option->name)) {
        w->login = true;
    }
}

static void add_expanded(struct aa_wrapping *w)
{
    struct aa_word_list list = { 0 };

    for (size_t i = w->at; i < w->words.n; i++) {
        const char *word = w->words.v[i], *dollar = strchr(word, '$');
        enum aa_doubt doubt = aa_doubt_at(w, i);

        if (dollar == NULL) {
            aa_word_add(w, &list, word, doubt);
            continue;
        }
        if (doubt != AA_SPREADS)
            doubt = dollar == word && dollar[1] != '{' ? AA_SPREADS : AA_UNKNOWN;
        aa_word_add(w, &list, aa_arena_strndup(w->arena, word, (size_t)(dollar - word)), doubt);
    }
    if (w->error == 0)
        aa_inner_add_list(w, &list);
}

void aa_read_systemd_run(struct aa_wrapping *w)
{
    if (w->at >= w->words.n) {
        aa_wrapper_starts_shell(w);
        return;
    }
    if (w->folder == NULL && !w->marked && !w->login)
        w->folder = "/";
    add_expanded(w);
}

/* SPDX-License-Identifier: ISC */
/* Allow rules for programs that do more than their name says: which of it the rule leaves open. */
#include "lint-internal.h"

#include <string.h>

#include "policy/glob.h"

/* Whether an argument of a rule can be a certain word. */
enum may {
    MAY_NOT,
    MAY_WRITTEN, /* it is written out: meant */
    MAY_OPEN,    /* a star or "..." may stand for it */
};

/* ---- what the args leave open ---- */

static size_t fixed_part(const struct aa_word *word)
{
    const char stars[] = { (char)AA_GLOB_STAR, (char)AA_GLOB_STARSTAR, '\0' };

    return strcspn(word->glob, stars);
}

/* A literal that is the wanted argument, or it with a value: -x, -xVALUE, --long=VALUE, KEY=VALUE. */
static bool begins_with(const char *text, size_t length, const char *wanted)
{
    size_t n = strlen(wanted);

    if (length < n || strncmp(text, wanted, n) != 0)
        return false;
    return length == n || wanted[n - 1] == '=' || text[n] == '=' ||
           (n == 2 && wanted[0] == '-' && wanted[1] != '-') || strchr(wanted, '/') != NULL ||
           wanted[n - 1] == '.' || wanted[n - 1] == '|';
}

static bool can_be(const struct aa_word *word, const char *wanted)
{
    size_t n = fixed_part(word);

    return strncmp(word->glob, wanted, AA_MIN(n, strlen(wanted))) == 0 &&
           (n <= strlen(wanted) || begins_with(word->glob, n, wanted));
}

/* An option cannot stand behind "--", a verb not behind another word that is no option. */
static enum may may_be(const struct aa_word_list *args, const char *wanted)
{
    bool option = wanted[0] == '-', verb = !option && strchr(wanted, '=') == NULL;
    enum may found = MAY_NOT;

    for (size_t i = 0; i < args->n; i++) {
        const struct aa_word *word = &args->v[i];

        if (word->is_rest || (word->has_glob && can_be(word, wanted)))
            return MAY_OPEN;
        if (word->has_glob)
            continue;
        if (begins_with(word->text, word->length, wanted))
            found = MAY_WRITTEN;
        if ((option && aa_streq(word->text, "--")) || (verb && word->text[0] != '-'))
            break;
    }
    return found;
}

/* The lines of args hold all at once. */
static enum may rule_may_be(const struct aa_config_rule *rule, const char *wanted)
{
    enum may least = MAY_OPEN;

    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        if (c->key == AA_KEY_ARGS && !c->negated)
            least = AA_MIN(least, may_be(&c->words, wanted));
    }
    return least;
}

/* A word that can lead anywhere: a relative path is the caller's to choose, and so is "..". */
static bool is_open(const struct aa_word *word)
{
    bool option = word->glob[0] == '-' && fixed_part(word) > 0; /* the list has it, where it harms */

    return word->is_rest ||
           (word->has_glob && ((word->glob[0] != '/' && !option) ||
                               strchr(word->glob, (char)AA_GLOB_STARSTAR) != NULL));
}

static bool args_are_open(const struct aa_config_rule *rule)
{
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        bool open = c->key != AA_KEY_ARGS || c->negated;

        for (size_t i = 0; !open && i < c->words.n; i++)
            open = is_open(&c->words.v[i]);
        if (!open)
            return false;
    }
    return true;
}

/* A script by its path: the engine wants it to be root's, unless the rule says otherwise. */
static bool names_a_script(const struct aa_config_rule *rule)
{
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        if (c->key == AA_KEY_ARGS && !c->negated && c->words.n > 0 && !c->words.v[0].has_glob &&
            c->words.v[0].text[0] == '/')
            return true;
    }
    return false;
}

/* What the engine itself keeps an allow rule from: commands behind wrappers, code that cannot be
 * read. Behind a script that is written out, an interpreter's arguments are the script's. */
static bool is_guarded(const struct aa_config_rule *rule, const struct aa_escape *escape)
{
    uint32_t widened = rule->allow_flags & (AA_ALLOW_OPAQUE_OK | AA_ALLOW_WRAPPED_OK);

    if (escape->kind > AA_ESCAPE_CODE)
        return false;
    if (escape->program == AA_PROGRAM_SHELL || escape->program == AA_PROGRAM_INTERPRETER)
        return names_a_script(rule);
    return (escape->program == AA_PROGRAM_WRAPPER || escape->program == AA_PROGRAM_SOMETIMES) &&
           !escape->interactive && widened == 0;
}

static bool leaves_open(const struct aa_config_rule *rule, const struct aa_escape *escape)
{
    enum may most = MAY_NOT;

    for (size_t i = 0; i < escape->unless_n; i++) {
        if (aa_rule_has(rule, AA_KEY_ARGS) && rule_may_be(rule, escape->unless[i]) == MAY_WRITTEN)
            return false;
    }
    if (is_guarded(rule, escape))
        return false;
    if (escape->with_n == 0)
        return escape->interactive || args_are_open(rule);
    for (size_t i = 0; i < escape->with_n && most != MAY_OPEN; i++) {
        enum may may = rule_may_be(rule, escape->with[i]);

        if (may > most)
            most = may;
    }
    return most == MAY_OPEN || (most == MAY_WRITTEN && (escape->interactive || args_are_open(rule)));
}

static const struct aa_escape *worst_of(const struct aa_config_rule *rule,
                                        const struct aa_escape *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) { /* the worst is the first */
        if (leaves_open(rule, &rows[i]))
            return &rows[i];
    }
    return NULL;
}

/* ---- telling ---- */

static const char *target_of(const struct aa_config_rule *rule)
{
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        if (c->key == AA_KEY_RUNAS && !c->negated)
            return c->words.n == 1 ? c->words.v[0].text : "the target user";
    }
    return "root";
}

static const char *const can[AA_ESCAPE_KINDS] = {
    [AA_ESCAPE_SHELL] = "start a shell or any other command",
    [AA_ESCAPE_CODE] = "run any code",
    [AA_ESCAPE_LIBRARY] = "load any code from a file",
    [AA_ESCAPE_WRITE] = "write files of the caller's choice",
    [AA_ESCAPE_READ] = "show files of the caller's choice",
};

static const char *const allows[AA_ESCAPE_KINDS] = {
    [AA_ESCAPE_SHELL] = "every command",
    [AA_ESCAPE_CODE] = "every command",
    [AA_ESCAPE_LIBRARY] = "every command",
    [AA_ESCAPE_WRITE] = "to change what should not be, /etc/sudoers for one,",
    [AA_ESCAPE_READ] = "to read what should stay secret, /etc/shadow for one,",
};

static void tell(struct aa_linting *l, const struct aa_config_rule *rule,
                 const struct aa_word *word, const struct aa_escape *escape)
{
    const char *next = "write each argument out, without \"...\" and stars that can stand for any "
                       "path; or ask instead of allow";

    if (escape->interactive && escape->unless_n > 0)
        next = aa_arena_printf(l->arena, "write \"%s\" into its args, and the other arguments out, or ask "
                               "instead of allow",
                               escape->unless[0]);
    else if (escape->interactive)
        next = "ask instead of allow, or allow a program that only does what is wanted";
    else if (escape->with_n > 0)
        next = "write each argument out, and \"--\" before a star where the program knows \"--\"; "
               "or ask instead of allow";
    aa_lint_warn(l, AA_LINT_ESCAPE, word->place,
                 "%s can %s (%s), so rule %s allows %s as %s; %s", escape->name,
                 can[escape->kind], escape->how, rule->named.name, allows[escape->kind],
                 target_of(rule), next != NULL ? next : "");
}

/* ---- commands ---- */

static bool glob_covers(const struct aa_word *word, const char *name)
{
    static const char *const folders[] = { "/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/",
                                           "/usr/local/bin/", "/usr/local/sbin/" };
    size_t fixed = fixed_part(word);
    char path[128];

    for (size_t i = 0; i < AA_ARRAY_SIZE(folders); i++) {
        size_t n = strlen(folders[i]), m = strlen(name);

        if (strncmp(folders[i], word->glob, AA_MIN(n, fixed)) != 0 || n + m >= sizeof(path))
            continue;
        memcpy(path, folders[i], n);
        memcpy(path + n, name, m + 1);
        if (aa_glob_match(word->glob, path) == 1)
            return true;
    }
    return false;
}

static bool look_at_glob(struct aa_linting *l, const struct aa_config_rule *rule,
                         const struct aa_word *word)
{
    const struct aa_escape *all = l->data.escapes, *worst = NULL;
    size_t covered = 0;

    for (size_t i = 0, n; i < l->data.escapes_n; i += n) {
        const struct aa_escape *found;

        for (n = 1; i + n < l->data.escapes_n && aa_streq(all[i].name, all[i + n].name);)
            n++;
        found = glob_covers(word, all[i].name) ? worst_of(rule, &all[i], n) : NULL;
        covered += found != NULL;
        if (found != NULL && (worst == NULL || found->kind < worst->kind ||
                              (found->kind == worst->kind && aa_streq(found->name, "vi"))))
            worst = found;
    }
    if (worst != NULL)
        aa_lint_warn(l, AA_LINT_ESCAPE, word->place,
                     "\"%s\" covers %zu program%s known to do more than %s should, e.g. %s, which "
                     "can %s (%s), so rule %s allows %s as %s; name the programs one by one",
                     word->text, covered, covered == 1 ? "" : "s", covered == 1 ? "it" : "they",
                     worst->name, can[worst->kind], worst->how, rule->named.name,
                     allows[worst->kind], target_of(rule));
    return worst != NULL;
}

static bool look_at_command(struct aa_linting *l, const struct aa_config_rule *rule,
                            const struct aa_word *word, const struct aa_escape **ret_rows,
                            size_t *ret_n)
{
    const struct aa_escape *escape;

    if (word->has_glob)
        return look_at_glob(l, rule, word);
    *ret_n = aa_escapes_find(&l->data, aa_base_name(word->text), ret_rows);
    escape = worst_of(rule, *ret_rows, *ret_n);
    if (escape != NULL)
        tell(l, rule, word, escape);
    return escape != NULL;
}

/* ---- stars ---- */

/* An option of the program that would do harm, for an example. */
static const char *harmful_option(const struct aa_escape *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < rows[i].with_n; j++) {
            if (rows[i].with[j][0] == '-')
                return rows[i].with[j];
        }
    }
    return NULL;
}

static void look_at_stars(struct aa_linting *l, const struct aa_config_rule *rule,
                          const struct aa_escape *rows, size_t n)
{
    const char *option = harmful_option(rows, n);

    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        for (size_t i = 0; c->key == AA_KEY_ARGS && !c->negated && i < c->words.n; i++) {
            const struct aa_word *word = &c->words.v[i];

            if (aa_streq(word->text, "--") && !word->has_glob)
                break;
            if (!word->has_glob || fixed_part(word) > 0)
                continue;
            aa_lint_warn(l, AA_LINT_STAR, word->place,
                         "\"%s\" matches any option as well%s%s%s: an option may stand there that "
                         "rule %s did not mean; put \"--\" before it where the program knows "
                         "\"--\", or write how the argument begins", word->text,
                         option != NULL ? ", e.g. \"" : "", option != NULL ? option : "",
                         option != NULL ? "\"" : "", rule->named.name);
            return;
        }
    }
}

/* ---- editing ---- */

static void look_at_edit(struct aa_linting *l, const struct aa_config_rule *rule)
{
    static const char *const powerful[] = { "/etc/sudoers", "/etc/shadow", "/etc/passwd",
                                            "/etc/sudo.conf", "/etc/crontab",
                                            "/etc/actionapprove/actionapprove.conf" };

    if (!aa_rule_has(rule, AA_KEY_ARGS) && !aa_rule_has(rule, AA_KEY_LABEL)) {
        aa_lint_warn(l, AA_LINT_EDIT, rule->named.place,
                     "rule %s allows to edit every file as %s, /etc/sudoers among them; name the "
                     "files: when args \"/etc/motd\"", rule->named.name, target_of(rule));
        return;
    }
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        for (size_t i = 0; c->key == AA_KEY_ARGS && !c->negated && i < c->words.n; i++) {
            const struct aa_word *word = &c->words.v[i];

            for (size_t j = 0; j < AA_ARRAY_SIZE(powerful); j++) {
                if (!word->is_rest && (word->has_glob ? aa_glob_match(word->glob, powerful[j]) != 1 :
                                                        !aa_streq(word->text, powerful[j])))
                    continue;
                aa_lint_warn(l, AA_LINT_EDIT, word->place,
                             "rule %s allows to edit %s as %s, which gives every right; name the "
                             "files that are meant", rule->named.name, powerful[j],
                             target_of(rule));
                return;
            }
        }
    }
}

void aa_lint_escapes(struct aa_linting *l, const struct aa_config_rule *rule)
{
    const struct aa_escape *rows = NULL;
    bool told = false;
    size_t n = 0;

    if (aa_rule_only_pam(rule) || aa_rule_is_carte_blanche(rule))
        return;
    if (aa_rule_has(rule, AA_KEY_EDIT)) {
        look_at_edit(l, rule);
        return;
    }
    for (const struct aa_config_condition *c = rule->conditions; c != NULL; c = c->next) {
        for (size_t i = 0; c->key == AA_KEY_COMMAND && !c->negated && i < c->words.n; i++)
            told |= look_at_command(l, rule, &c->words.v[i], &rows, &n);
    }
    if (!told)
        look_at_stars(l, rule, rows, n);
}

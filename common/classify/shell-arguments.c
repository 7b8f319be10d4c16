/* SPDX-License-Identifier: ISC */
/*
 * Arguments of builtins that make them run something, or set something that does. A shell that
 * takes a word for the name of a variable may run what stands in its brackets: so an uncertain word
 * is refused wherever a builtin could take it for a name, or for an option in front of one.
 */
#include "shell-internal.h"

static const char calculates[] = "a shell may run commands in an argument of a builtin";

static bool is_plain_name(const struct sh_item *item)
{
    return item->doubt == AA_EXACT && aa_sh_is_name(item->text, strlen(item->text));
}

static bool has_no_bracket(const struct sh_item *item)
{
    return item->doubt == AA_EXACT && strchr(item->text, '[') == NULL;
}

static bool is_number(const struct sh_item *item)
{
    const char *text = item->text + (item->text[0] == '-' || item->text[0] == '+');

    return item->number || (item->doubt == AA_EXACT && aa_sh_is_digits(text));
}

static bool is_one_of(const struct sh_item *item, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (aa_streq(item->text, list[i]))
            return true;
    }
    return false;
}

static void refuse(struct sh_reader *r, const char *why, const struct sh_slot *slot)
{
    aa_sh_opaque_word(r, why, slot->words.first->text);
}

/* Options of letters that are all known. */
static bool is_known_option(const struct sh_item *item, const char *letters)
{
    return item->doubt == AA_EXACT && (item->text[0] == '-' || item->text[0] == '+') &&
           item->text[1] != '\0' && item->text[1 + strspn(item->text + 1, letters)] == '\0';
}

static bool calculates_numbers(const struct sh_reader *r)
{
    return r->dialect == AA_SHELL_KSH || r->dialect == AA_SHELL_ZSH;
}

/* Whether a word of "test" is, or may be, an operator that takes the next one for a variable. */
static bool looks_into_variable(const struct sh_item *item)
{
    if (item->number)
        return false;
    if (item->doubt != AA_EXACT)
        return aa_after("-v", item->text) != NULL || aa_after("-R", item->text) != NULL;
    return aa_streq(item->text, "-v") || aa_streq(item->text, "-R");
}

static bool may_calculate(const struct sh_item *item)
{
    static const char *const operators[] = { "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-t" };

    return item->doubt != AA_EXACT ? !item->number
                                   : is_one_of(item, operators, AA_ARRAY_SIZE(operators));
}

static void test(struct sh_reader *r, const struct sh_slot *slot)
{
    const struct sh_item *before = NULL;

    if (r->dialect == AA_SHELL_DASH)
        return;
    for (const struct sh_item *item = slot->words.first->next; item != NULL; item = item->next) {
        const struct sh_item *next = item->next;
        bool last = next == NULL || (next->next == NULL && next->doubt == AA_EXACT &&
                                     aa_streq(next->text, "]"));

        if (item->doubt == AA_SPREADS && !item->number)
            refuse(r, calculates, slot);
        if (!last && looks_into_variable(item) && !has_no_bracket(next))
            refuse(r, calculates, slot);
        if (calculates_numbers(r) && !last && may_calculate(item) &&
            (!is_number(next) || (before != NULL && !is_number(before))))
            refuse(r, calculates, slot);
        before = item;
    }
}

static void print_format(struct sh_reader *r, const struct sh_slot *slot)
{
    const struct sh_item *format = slot->words.first->next;

    if (r->dialect == AA_SHELL_DASH || format == NULL)
        return;
    if (format->doubt == AA_EXACT && aa_streq(format->text, "--"))
        format = format->next;
    else if (format->doubt == AA_EXACT && format->text[0] == '-')
        refuse(r, "an option of a builtin is not read", slot);
    if (format == NULL)
        return;
    if (format->doubt != AA_EXACT && (format->text[0] == '\0' || format->text[0] == '-') &&
        (format->doubt == AA_SPREADS || format->next != NULL))
        refuse(r, calculates, slot);
    if (!calculates_numbers(r))
        return;
    if (format->doubt != AA_EXACT)
        refuse(r, calculates, slot);
    for (const char *c = strchr(format->text, '%'); c != NULL; c = strchr(c + 2, '%')) {
        if (c[1] == '\0' || strchr("sbqc%", c[1]) == NULL) {
            refuse(r, calculates, slot);
            return;
        }
    }
}

/* export, readonly, local, declare: names, with values or without. */
static void declares(struct sh_reader *r, const struct sh_slot *slot)
{
    bool options = true;

    for (const struct sh_item *item = slot->words.first->next; item != NULL && !r->stopped;
         item = item->next) {
        size_t n = strcspn(item->text, "=");

        if (options && is_known_option(item, "xrpnlug") &&
            (strchr(item->text, 'n') == NULL || aa_streq(slot->words.first->text, "export")))
            continue;
        if (options && item->doubt == AA_EXACT && aa_streq(item->text, "--")) {
            options = false;
            continue;
        }
        options = false;
        if (is_plain_name(item)) {
            if (!aa_streq(slot->words.first->text, "export") &&
                !aa_streq(slot->words.first->text, "readonly")) /* these keep the value */
                aa_sh_sets_name(r, item->text, strlen(item->text));
            continue;
        }
        if (item->doubt == AA_SPREADS || item->text[n] != '=' || !aa_sh_is_name(item->text, n)) {
            refuse(r, "a builtin sets variables that are not known", slot);
            continue;
        }
        if (item->text[n + 1] == '(')
            refuse(r, "a list is assigned to a variable", slot);
        aa_sh_sets(r, &r->variables, item->text, item->doubt);
    }
}

static void unsets(struct sh_reader *r, const struct sh_slot *slot)
{
    for (const struct sh_item *item = slot->words.first->next; item != NULL && !r->stopped;
         item = item->next) {
        if (is_known_option(item, "v") && item->text[0] == '-')
            continue;
        if (is_plain_name(item)) /* as if it got another value, which is not known */
            aa_sh_sets_name(r, item->text, strlen(item->text));
        else
            refuse(r, calculates, slot);
    }
}

/* Options that take a word, then names. */
static void reads(struct sh_reader *r, const struct sh_slot *slot, const char *flags, const char *with_word)
{
    const struct sh_item *item = slot->words.first->next;

    for (; item != NULL && item->doubt == AA_EXACT && item->text[0] == '-'; item = item->next) {
        if (aa_streq(item->text, "--")) {
            item = item->next;
            break;
        }
        if (is_known_option(item, flags))
            continue;
        if (item->text[1] != '\0' && strchr(with_word, item->text[1]) != NULL &&
            item->text[2] == '\0' && item->next != NULL && !calculates_numbers(r) &&
            (item->next->doubt != AA_SPREADS || item->next->number)) {
            item = item->next;
            continue;
        }
        refuse(r, "an option of a builtin is not read", slot);
    }
    for (; item != NULL && !r->stopped; item = item->next) {
        if (is_plain_name(item))
            aa_sh_sets_name(r, item->text, strlen(item->text));
        else
            refuse(r, calculates, slot);
    }
}

static void options_of_words(struct sh_reader *r, const struct sh_slot *slot)
{
    const struct sh_item *name = slot->words.first->next;

    if (name != NULL)
        name = name->next;
    if (slot->words.n < 3 || slot->words.first->next->doubt == AA_SPREADS || !is_plain_name(name) ||
        (slot->words.first->next->doubt != AA_EXACT && slot->words.first->next->text[0] == '\0') ||
        slot->words.first->next->text[0] == '-')
        refuse(r, calculates, slot);
    else
        aa_sh_sets_name(r, name->text, strlen(name->text));
}

static void sets_options(struct sh_reader *r, const struct sh_slot *slot)
{
    static const char *const harmless[] = { "allexport", "errexit",  "monitor", "noclobber", "noexec",
                                            "noglob",    "nounset", "notify",  "pipefail",  "verbose",
                                            "xtrace" };

    for (const struct sh_item *item = slot->words.first->next; item != NULL; item = item->next) {
        size_t last;

        if (item->doubt == AA_EXACT && aa_streq(item->text, "--"))
            return;
        if (item->doubt == AA_EXACT && item->text[0] != '-' && item->text[0] != '+')
            return; /* words of the text itself from here on */
        if (!is_known_option(item, "aCbefmnuvxo") || r->dialect == AA_SHELL_ZSH) {
            refuse(r, "an option of a builtin is not read", slot);
            return;
        }
        last = strlen(item->text) - 1;
        if (strchr(item->text, 'o') == NULL)
            continue;
        if (strchr(item->text, 'o') != item->text + last || item->next == NULL ||
            item->next->doubt != AA_EXACT || !is_one_of(item->next, harmless, AA_ARRAY_SIZE(harmless))) {
            refuse(r, "an option of a builtin is not read", slot);
            return;
        }
        item = item->next;
    }
}

static void traps(struct sh_reader *r, const struct sh_slot *slot)
{
    const struct sh_item *action = slot->words.first->next;

    if (action == NULL)
        return;
    if (action->doubt != AA_EXACT || (action->text[0] != '\0' && !aa_streq(action->text, "-")))
        refuse(r, "a text is run that is kept for later", slot);
}

/* For builtins that are harmless as long as no word of theirs is an option. */
static bool may_have_options(const struct sh_slot *slot)
{
    for (const struct sh_item *item = slot->words.first->next; item != NULL; item = item->next) {
        if (!item->number && (item->text[0] == '-' || (item->doubt != AA_EXACT && item->text[0] == '\0') ||
                              item->doubt == AA_SPREADS))
            return true;
    }
    return false;
}

void aa_sh_arguments(struct sh_reader *r, const struct sh_slot *slot, enum sh_kind kind)
{
    switch (kind) {
    case SH_RUNS:
        refuse(r, "a builtin runs what is not known here", slot);
        break;
    case SH_EVAL:
        refuse(r, "a text is run that is made at run time", slot);
        break;
    case SH_TRAP:
        traps(r, slot);
        break;
    case SH_NUMBERS:
        for (const struct sh_item *item = slot->words.first->next; item != NULL; item = item->next) {
            if (calculates_numbers(r) && !is_number(item))
                refuse(r, calculates, slot);
        }
        break;
    case SH_TEST:
        test(r, slot);
        break;
    case SH_PRINTF:
        print_format(r, slot);
        break;
    case SH_DECLARES:
        declares(r, slot);
        break;
    case SH_UNSET:
        unsets(r, slot);
        break;
    case SH_READ:
        reads(r, slot, "rs", "ptndui");
        break;
    case SH_LINES:
        reads(r, slot, "t", "");
        break;
    case SH_GETOPTS:
        options_of_words(r, slot);
        break;
    case SH_SET:
        sets_options(r, slot);
        break;
    case SH_PRINT:
    case SH_OPTIONLESS:
        if (may_have_options(slot))
            refuse(r, "an option of a builtin is not read", slot);
        break;
    case SH_WAIT:
        if (r->dialect != AA_SHELL_DASH && may_have_options(slot))
            refuse(r, calculates, slot);
        break;
    case SH_OTHER:
    case SH_PLAIN:
    case SH_CD:
    case SH_PUSHD:
    case SH_COMMAND:
    case SH_BUILTIN:
    case SH_EXEC:
        break;
    }
}

/* SPDX-License-Identifier: ISC */
/* Which warnings there are, in which order they are looked for, and which are told. */
#include "lint-internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const aa_lint_names[AA_LINT_COUNT] = {
    [AA_LINT_ESCAPE] = "escape",
    [AA_LINT_STAR] = "star",
    [AA_LINT_EDIT] = "edit",
    [AA_LINT_NEVER] = "never",
    [AA_LINT_APPROVER] = "approver",
    [AA_LINT_QUORUM] = "quorum",
    [AA_LINT_DEFAULT] = "default",
    [AA_LINT_DEFAULT_ALLOW] = "default-allow",
    [AA_LINT_AUTOMATION] = "automation",
    [AA_LINT_OPAQUE_OK] = "opaque-ok",
    [AA_LINT_WRAPPED_OK] = "wrapped-ok",
    [AA_LINT_APPROVER_OK] = "approver-ok",
    [AA_LINT_ENV_OK] = "env-ok",
    [AA_LINT_ALLOW_UNBOUND] = "allow-unbound",
    [AA_LINT_DATA] = "data",
};

int aa_lint_find(const char *name)
{
    for (int i = 0; i < AA_LINT_COUNT; i++) {
        if (aa_streq(aa_lint_names[i], name))
            return i;
    }
    return -ENOENT;
}

void aa_lint_warn(struct aa_linting *l, enum aa_lint_id id, struct aa_place place,
                  const char *format, ...)
{
    va_list arguments;

    if (l->options->accepted[id])
        return;
    va_start(arguments, format);
    aa_warn_as(l->complaints, aa_lint_names[id], place, format, arguments);
    va_end(arguments);
}

/* A damaged list costs its damaged rows; one that is missing, what it would have warned of. */
static int read_list(struct aa_linting *l, const char *name,
                     void (*parse)(const struct aa_source *, struct aa_complaints *,
                                   struct aa_lint_data *))
{
    struct aa_source *source = AA_NEW(l->arena, struct aa_source);
    struct aa_complaints *damage = AA_NEW(l->arena, struct aa_complaints);
    int r;

    if (source == NULL || damage == NULL)
        return -ENOMEM;
    r = aa_lint_file_read(l->arena, l->options->data_dir, name, source);
    if (r == -ENOMEM)
        return r;
    if (r < 0) {
        aa_lint_warn(l, AA_LINT_DATA, (struct aa_place){ 0 },
                     "lint data missing: %s/%s: %s; what it lists is not warned of; install it "
                     "again", l->options->data_dir, name, strerror(-r));
        return 0;
    }
    damage->arena = l->arena;
    parse(source, damage, &l->data);
    if (damage->out_of_memory)
        return -ENOMEM;
    if (damage->n > 0)
        aa_lint_warn(l, AA_LINT_DATA, damage->items[0].place,
                     "lint data damaged in %zu rows, which are left out: %s; install it again",
                     damage->errors, damage->items[0].message);
    return 0;
}

static int read_data(struct aa_linting *l)
{
    bool programs = false, variables = false;
    int r = 0;

    for (const struct aa_config_rule *rule = l->config->rules.first; rule != NULL;
         rule = rule->next) {
        programs |= rule->action == AA_ACTION_ALLOW;
        variables |= rule->env_ok.n > 0;
    }
    if (programs)
        r = read_list(l, "escapes.list", aa_escapes_parse);
    if (r == 0 && variables)
        r = read_list(l, "variables.list", aa_variables_parse);
    return r;
}

int aa_lint(struct aa_compilation *compilation, const struct aa_lint_options *options)
{
    struct aa_linting l = {
        .config = compilation->config,
        .arena = &compilation->arena,
        .complaints = &compilation->complaints,
        .options = options,
    };
    int r;

    if (l.config == NULL || l.complaints->errors > 0)
        return 0; /* half a configuration says nothing of the whole */
    r = read_data(&l);
    if (r < 0)
        return r;
    for (const struct aa_config_rule *rule = l.config->rules.first; rule != NULL;
         rule = rule->next) {
        if (aa_lint_contradictions(&l, rule))
            continue;
        if (rule->action == AA_ACTION_ALLOW) {
            aa_lint_escapes(&l, rule);
            aa_lint_allow_keys(&l, rule);
        } else if (rule->action == AA_ACTION_ASK) {
            aa_lint_ask_keys(&l, rule);
            aa_lint_people(&l, rule);
        }
        aa_lint_automation(&l, rule);
    }
    r = aa_lint_shadows(&l);
    if (r < 0)
        return r;
    aa_lint_default(&l);
    return l.complaints->out_of_memory ? -ENOMEM : 0;
}

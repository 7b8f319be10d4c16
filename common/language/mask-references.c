/* SPDX-License-Identifier: ISC */
#include "mask-references.h"

#include "mask/masker.h"

/* What finds values without being a pattern (mask/finders.h): its name stands where a pattern's would. */
static const char *const finders[] = { "name", "option", "entropy", "encoded" };

struct known {
    struct aa_config *config;
    struct aa_snapshot shipped; /* no header: what is shipped is being compiled */
    const char **names; /* of shipped patterns, then of own ones and of finders */
    size_t names_n, shipped_n;
    const char **types;
    size_t types_n;
};

static bool is_among(const char *const *list, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++) {
        if (aa_streq(list[i], text))
            return true;
    }
    return false;
}

static void add_type(struct known *known, const char *type)
{
    if (!is_among(known->types, known->types_n, type))
        known->types[known->types_n++] = type;
}

/* False with a complaint where what is shipped cannot be read. */
static bool add_shipped(struct known *known)
{
    struct aa_fault fault = { 0 };
    uint32_t n;

    if (known->config->shipped)
        return true;
    if (aa_snapshot_from_memory(aa_mask_shipped, aa_mask_shipped_size, &known->shipped, &fault) < 0) {
        aa_complain(known->config->complaints, (struct aa_place){ 0 },
                    "the shipped masks cannot be read: %s", fault.detail);
        return false;
    }
    n = AA_MIN(aa_snapshot_count(&known->shipped, AA_SECTION_MASK_PATTERNS),
               (uint32_t)AA_MASK_PATTERNS_MAX);
    for (uint32_t i = 0; i < n; i++) {
        const struct aa_snap_mask_pattern *pattern =
            aa_snapshot_elements(&known->shipped, AA_SECTION_MASK_PATTERNS,
                                 (struct aa_snap_range){ i, 1 });
        const char *name = pattern == NULL ? NULL : aa_snapshot_text(&known->shipped, pattern->name);
        const char *type = pattern == NULL ? NULL : aa_snapshot_text(&known->shipped, pattern->type);

        if (name == NULL || type == NULL)
            continue;
        known->names[known->names_n++] = name;
        add_type(known, type);
    }
    known->shipped_n = known->names_n;
    return true;
}

static void add_own(struct known *known)
{
    for (const struct aa_config_mask_pattern *p = known->config->mask_patterns.first; p != NULL;
         p = p->next) {
        const struct aa_config_mask_pattern *first = known->config->mask_patterns.first;

        while (first != p && !aa_streq(first->named.name, p->named.name))
            first = first->next;
        if (is_among(finders, AA_ARRAY_SIZE(finders), p->named.name))
            aa_complain(known->config->complaints, p->named.place,
                        "\"%s\" is built in and cannot name a pattern", p->named.name);
        else if (is_among(known->names, known->shipped_n, p->named.name))
            aa_complain(known->config->complaints, p->named.place,
                        "there is a shipped pattern named %s; take another name, and say \"off %s\" "
                        "where this one replaces it", p->named.name, p->named.name);
        else if (first != p)
            aa_complain(known->config->complaints, p->named.place,
                        "there is a pattern named %s already, in %s line %u", p->named.name,
                        first->named.place.source->path, first->named.place.line);
        else
            known->names[known->names_n++] = p->named.name;
        add_type(known, p->type);
    }
}

static void want(struct known *known, const struct aa_word *word, bool or_type)
{
    const char *nearest;

    if (is_among(known->names, known->names_n, word->text) ||
        (or_type && is_among(known->types, known->types_n, word->text)))
        return;
    nearest = aa_nearest(word->text, known->names, known->names_n);
    if (nearest == NULL && or_type)
        nearest = aa_nearest(word->text, known->types, known->types_n);
    aa_complain(known->config->complaints, word->place, "there is no %s \"%s\"%s%s%s",
                or_type ? "type or pattern" : "pattern", word->text,
                nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
                nearest != NULL ? "\"?" : "");
}

static void want_all(struct known *known, const struct aa_word_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        want(known, &list->v[i], false);
}

void aa_check_mask_references(struct aa_config *config)
{
    size_t room = AA_MASK_PATTERNS_MAX + config->mask_patterns.n + AA_ARRAY_SIZE(finders) + 1;
    struct known known = {
        .config = config,
        .names = AA_NEW_ARRAY(config->arena, const char *, room),
        .types = AA_NEW_ARRAY(config->arena, const char *, room),
    };

    if (known.names == NULL || known.types == NULL) {
        config->complaints->out_of_memory = true;
        return;
    }
    add_type(&known, "secret");
    if (!add_shipped(&known))
        return;
    add_own(&known);
    for (size_t i = 0; i < AA_ARRAY_SIZE(finders); i++)
        known.names[known.names_n++] = finders[i];
    want_all(&known, &config->mask_off);
    want_all(&known, &config->mask_on);
    for (const struct aa_config_mask_option *o = config->mask_options.first; o != NULL; o = o->next) {
        for (const struct aa_config_spelling *s = o->spellings; s != NULL; s = s->next) {
            if (s->kind == AA_MASK_SPARE)
                want(&known, s->word, true);
        }
    }
}

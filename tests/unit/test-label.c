/* SPDX-License-Identifier: ISC */
/* Which labels an operand has, in both widths: facts made by hand, each row in all four kinds of
 * rules. What capture makes of a command line is test-operands.c's. */
#include "unit.h"
#include "world.h"

#include <errno.h>

#include "capture/capture.h"
#include "policy/glob.h"
#include "policy/label.h"

static const char policy[] =
    "label pii { path /srv/customers/** /var/backups/*.sql* }\n"
    "label deep { path /var/**/secret }\n"
    "label named { path /**/x }\n"
    "label shadow { path /etc/shadow }\n"
    "label one { path /data/* }\n"
    "label tag { xattr user.data.class pii secret; xattr trusted.c t }\n"
    "label both { path /opt/p/**; xattr user.data.class pii }\n"
    "label all { path /** }\n"
    "label stars { path /a*/b/** }\n"
    "label exact { path \"/lit\\*/**\" }\n"
    "rule pii { when label pii; deny }\n        rule not-pii { when not label pii; deny }\n"
    "rule deep { when label deep; deny }\n      rule not-deep { when not label deep; deny }\n"
    "rule named { when label named; deny }\n    rule not-named { when not label named; deny }\n"
    "rule shadow { when label shadow; deny }\n  rule not-shadow { when not label shadow; deny }\n"
    "rule one { when label one; deny }\n        rule not-one { when not label one; deny }\n"
    "rule tag { when label tag; deny }\n        rule not-tag { when not label tag; deny }\n"
    "rule both { when label both; deny }\n      rule not-both { when not label both; deny }\n"
    "rule all { when label all; deny }\n        rule not-all { when not label all; deny }\n"
    "rule stars { when label stars; deny }\n    rule not-stars { when not label stars; deny }\n"
    "rule exact { when label exact; deny }\n    rule not-exact { when not label exact; deny }\n"
    "rule two { when label pii shadow; deny }\n rule not-two { when not label pii shadow; deny }\n";

static struct aa_buffer data = AA_BUFFER_INIT(0);
static struct aa_snapshot snapshot;

enum { OPERANDS_MAX = 4 };

static struct aa_request request;
static struct aa_operand operands[OPERANDS_MAX];
static struct aa_attribute attribute[OPERANDS_MAX];

/* One flag or fact of the last operand. */
static void set_fact(struct aa_operand *operand, struct aa_attribute *own, char *fact)
{
    if (aa_streq(fact, "below"))
        operand->below = true;
    else if (aa_streq(fact, "begins"))
        operand->exact = false;
    else if (aa_streq(fact, "doubtful"))
        operand->doubtful = true;
    else if (aa_streq(fact, "movable"))
        operand->movable = true;
    else if (aa_streq(fact, "word"))
        operand->is_file = false;
    else if (aa_after(fact, "to=") != NULL)
        operand->resolved = fact + 3;
    else if (strchr(fact, ':') != NULL) {
        char *value = strchr(fact, ':');

        *value++ = '\0';
        own->bound = *fact != '~';
        own->name = fact + !own->bound;
        own->value = value;
        operand->attributes = own;
        operand->attributes_n = 1;
    } else {
        fail_msg("there is no fact \"%s\"", fact);
    }
}

/* "PATH,FACT,FACT PATH,FACT": "?" for the path that is not known; a "!" first: opaque. */
static void make_request(const char *line)
{
    static char text[512];
    char *next = text, *word;

    memset(&request, 0, sizeof(request));
    memset(operands, 0, sizeof(operands));
    request.operands = operands;
    if (*line == '!') {
        request.opaque_why = "opaque";
        line++;
    }
    snprintf(text, sizeof(text), "%s", line);
    while ((word = strsep(&next, " ")) != NULL) {
        struct aa_operand *operand = &operands[request.operands_n];
        char *path = strsep(&word, ","), *fact;

        if (*path == '\0')
            continue;
        assert_true(request.operands_n < OPERANDS_MAX);
        *operand = (struct aa_operand){ .text = path, .path = aa_streq(path, "?") ? "" : path,
                                        .exact = !aa_streq(path, "?"), .is_file = true };
        while ((fact = strsep(&word, ",")) != NULL)
            set_fact(operand, &attribute[request.operands_n], fact);
        request.operands_n++;
    }
}

static int holds(const char *label, bool negated, enum aa_action action)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(&snapshot, AA_SECTION_RULES) };
    const struct aa_snap_rule *rules = aa_snapshot_elements(&snapshot, AA_SECTION_RULES, all);
    char name[64];

    snprintf(name, sizeof(name), "%s%s", negated ? "not-" : "", label);
    for (uint32_t i = 0; i < all.count; i++) {
        const struct aa_snap_condition *condition =
            aa_snapshot_elements(&snapshot, AA_SECTION_CONDITIONS, rules[i].conditions);

        assert_non_null(condition);
        if (aa_streq(aa_snapshot_text(&snapshot, rules[i].name), name))
            return aa_label_condition_holds(&snapshot, condition, action, &request);
    }
    fail_msg("no rule %s", name);
    return 0;
}

/* In this order: allow, allow with not, deny, deny with not. Ask is as deny. */
#define IN "ynyn"
#define OUT "nyny"
#define MAY "nnyy"   /* could be in it, not surely */
#define WORD "nnyn"  /* in it, but a mere word */

static const struct {
    const char *label, *operands, *wanted;
} rows[] = {
    { "pii", "", OUT },
    { "pii", "!", OUT },
    { "pii", "/srv/customers/a", IN },
    { "pii", "!/srv/customers/a", "ynyy" },
    { "pii", "/srv/customers/a/b/c", IN },
    { "pii", "/srv/customers", IN },
    { "pii", "/srv/customers/a,word", WORD },
    { "pii", "/srv/customersx", OUT },
    { "pii", "/srv/customers/a,movable", MAY },
    { "pii", "/home/a,movable", "nnny" },
    { "pii", "/home/a,movable,word", "nnny" },
    { "pii", "/home/a /home/b,movable", "nnny" },
    { "pii", "/srv/customer", OUT },
    { "pii", "/srv/Customers/a", OUT },
    { "pii", "/srv", OUT },
    { "pii", "/srv,below", MAY },
    { "pii", "/,below", MAY },
    { "pii", "/", OUT },
    { "pii", "/sr,below", OUT },
    { "pii", "/home,below", OUT },
    { "pii", "/srv/customers,below", IN },
    { "pii", "/srv/customers/a,below", IN },
    { "pii", "/srv/customersx,below", OUT },
    { "pii", "/srv/other,below", OUT },
    { "pii", "/var/backups/a.sql", IN },
    { "pii", "/var/backups/a.sql.gz", IN },
    { "pii", "/var/backups/.sql", IN },
    { "pii", "/var/backups/a.txt", OUT },
    { "pii", "/var/backups/a/b.sql", OUT },
    { "pii", "/var/backups", OUT },
    { "pii", "/var/backups,below", MAY },
    { "pii", "/var,below", MAY },
    { "pii", "/var/backups/a.sql,below", MAY },
    { "pii", "/var/backups/sub,below", OUT },
    { "pii", "/home/a,to=/srv/customers/a", MAY },
    { "pii", "/srv/customers/l,to=/etc/shadow", MAY },
    { "pii", "/srv/customers/l,to=/srv/customers/a", IN },
    { "pii", "/srv/customers/l,to=/var/backups/a.sql", IN },
    { "pii", "/home/a,to=/home/b", OUT },
    { "pii", "/home/a,to=/srv,below", MAY },
    { "pii", "/srv/customers/l,to=/srv,below", MAY },
    { "pii", "/home/a,doubtful", MAY },
    { "pii", "/home/a,doubtful,to=/home/a", OUT },
    { "pii", "/home/a,doubtful,to=/srv/customers/a", MAY },
    { "pii", "/srv/customers/a,doubtful", MAY },
    { "pii", "/srv/customers/a,doubtful,to=/srv/customers/a", MAY },
    { "pii", "?", MAY },
    { "pii", "!?", MAY },
    { "pii", "?,below", MAY },
    { "pii", "?,word", MAY },
    { "pii", "/,begins", MAY },
    { "pii", "/s,begins", MAY },
    { "pii", "/srv/customers,begins", MAY },
    { "pii", "/srv/customers/,begins", MAY },
    { "pii", "/srv/customers/a/b,begins", MAY },
    { "pii", "/srv/x,begins", OUT },
    { "pii", "/srv/customersx,begins", OUT },
    { "pii", "/var/backups/a,begins", MAY },
    { "pii", "/var/backups/a/,begins", OUT },
    { "pii", "/var/backups/a.sql.gz,begins", MAY },
    { "pii", "/srv/customers/a /srv/customers/b", IN },
    { "pii", "/srv/customers/a /home/b", MAY },
    { "pii", "/home/b /srv/customers/a", MAY },
    { "pii", "/home/a /home/b", OUT },
    { "pii", "/srv/customers/a /home/b,word", "ynyy" },
    { "pii", "/home/a,word", OUT },
    { "pii", "/home/a,word /home/b,word", OUT },
    { "pii", "/srv/customers/a ?", MAY },
    { "pii", "/home/a /srv,below", MAY },
    { "two", "/etc/shadow", IN },
    { "two", "/srv/customers/a", IN },
    { "two", "/srv/customers/a /etc/shadow", IN },
    { "two", "/etc/passwd", OUT },
    { "two", "/etc/shadow /etc/passwd", MAY },
    { "two", "/etc,below", MAY },
    { "shadow", "/etc/shadow", IN },
    { "shadow", "/etc/shadow-", OUT },
    { "shadow", "/etc/shado", OUT },
    { "shadow", "/etc", OUT },
    { "shadow", "/etc,below", MAY },
    { "shadow", "/etc/shadow/x", OUT },
    { "shadow", "/etc/shadow,below", MAY },
    { "shadow", "/tmp/l,to=/etc/shadow", MAY },
    { "shadow", "/etc/sh,begins", MAY },
    { "shadow", "/etc/shadow,begins", MAY },
    { "shadow", "/etc/shadow-,begins", OUT },
    { "one", "/data/a", IN },
    { "one", "/data/a/b", OUT },
    { "one", "/data", MAY },
    { "one", "/data,below", MAY },
    { "one", "/data/a,below", MAY },
    { "one", "/data/a/b,below", OUT },
    { "one", "/data/a/b,begins", OUT },
    { "deep", "/var/a/secret", IN },
    { "deep", "/var/a/b/c/secret", IN },
    { "deep", "/var/secret", OUT },
    { "deep", "/var/a/secrets", OUT },
    { "deep", "/var,below", MAY },
    { "deep", "/var/a/b/c,below", MAY },
    { "deep", "/home,below", OUT },
    { "deep", "/var/a/b", OUT },
    { "deep", "/var/log/x,begins", MAY },
    { "deep", "/va,begins", MAY },
    { "deep", "/vb,begins", OUT },
    { "named", "/x", OUT },
    { "named", "/a/x", IN },
    { "named", "/a/b/x", IN },
    { "named", "/a/y", OUT },
    { "named", "/a/y,below", MAY },
    { "named", "/,below", MAY },
    { "named", "/anything,begins", MAY },
    { "all", "/", IN },
    { "all", "/,below", IN },
    { "all", "/etc,below", IN },
    { "all", "?", MAY },
    { "all", "/x,doubtful", MAY },
    { "stars", "/abc/b/c", IN },
    { "stars", "/abc/b", IN },
    { "stars", "/abc,below", MAY },
    { "stars", "/abc/c,below", OUT },
    { "stars", "/a/x/b/c", OUT },
    { "stars", "/b,below", OUT },
    { "stars", "/abc/,begins", MAY },
    { "stars", "/abc/b/,begins", MAY },
    { "stars", "/abc/d,begins", OUT },
    { "exact", "/lit*/a", IN },
    { "exact", "/litx/a", OUT },
    { "exact", "/litx,below", OUT },
    { "tag", "/f,user.data.class:pii", IN },
    { "tag", "/f,user.data.class:secret", IN },
    { "tag", "/f,user.data.class:public", OUT },
    { "tag", "/f,user.data.class:PII", OUT },
    { "tag", "/f,user.data.class:", OUT },
    { "tag", "/f,user.other:pii", OUT },
    { "tag", "/f,~user.data.class:pii", MAY },
    { "tag", "/f,trusted.c:t", IN },
    { "tag", "/f,trusted.c:pii", OUT },
    { "tag", "/f", OUT },
    { "tag", "/d,below,user.data.class:pii", MAY },
    { "tag", "/,below", OUT },
    { "tag", "/f,doubtful,to=/f", MAY },
    { "tag", "/f,doubtful", MAY },
    { "tag", "?", MAY },
    { "tag", "/f,begins", MAY },
    { "tag", "/f,user.data.class:pii /g", MAY },
    { "both", "/opt/p/a", IN },
    { "both", "/f,user.data.class:pii", IN },
    { "both", "/opt/p/a /f,user.data.class:pii", IN },
    { "both", "/f,~user.data.class:pii /opt/p/a", MAY },
    { "both", "/opt/p/a,~user.data.class:pii", IN },
    { "both", "/opt/q", OUT },
    { "both", "/opt,below", MAY },
    { "both", "/f,doubtful,to=/f", MAY },
};

static void matrix(void **state)
{
    (void)state;
    check(AA_ARRAY_SIZE(rows) >= 100, "%zu rows", AA_ARRAY_SIZE(rows));
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        const enum aa_action actions[] = { AA_ACTION_ALLOW, AA_ACTION_ALLOW, AA_ACTION_DENY, AA_ACTION_DENY };
        char got[5] = "";

        make_request(rows[i].operands);
        for (size_t j = 0; j < 4; j++) {
            int r = holds(rows[i].label, j % 2 == 1, actions[j]);

            check(r == 0 || r == 1, "%s: %d", rows[i].operands, r);
            got[j] = r == 1 ? 'y' : 'n';
            if (j >= 2)
                assert_int_equal(holds(rows[i].label, j % 2 == 1, AA_ACTION_ASK), r);
        }
        check(aa_streq(got, rows[i].wanted), "%s, \"%s\": %s, wanted %s", rows[i].label,
              rows[i].operands, got, rows[i].wanted);
    }
}

/* "Surely in it" is never wider than "could be in it". */
static void certain_is_within_wide(void **state)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(&snapshot, AA_SECTION_LABELS) };
    const struct aa_snap_label *labels = aa_snapshot_elements(&snapshot, AA_SECTION_LABELS, all);

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        make_request(rows[i].operands);
        for (size_t j = 0; j < request.operands_n; j++) {
            for (uint32_t k = 0; k < all.count; k++) {
                int wide = aa_operand_has_label(&snapshot, &labels[k], &request, &operands[j], false);
                int certain = aa_operand_has_label(&snapshot, &labels[k], &request, &operands[j], true);

                check(certain <= wide && wide <= 1 && certain >= 0, "\"%s\"", rows[i].operands);
            }
        }
    }
}

/* A folder from which some path that fits can be reached is seen to be one, for random globs. */
static void folders_above(void **state)
{
    static const char *const pieces[] = { "/a", "/b", "/*", "/**", "/a*", "/*b", "/**b", "/ab" };
    static const char *const names[] = { "/a", "/b", "/ab", "/ba", "/aab" };
    uint64_t seed = 7;
    unsigned fitting = 0;

    (void)state;
    for (unsigned round = 0; round < 300; round++) {
        _cleanup_buffer_ struct aa_buffer compiled = AA_BUFFER_INIT(0);
        struct aa_snapshot own;
        struct aa_fault fault = { 0 };
        struct aa_snap_range first = { 0, 1 };
        const struct aa_snap_label *label;
        char text[256] = "label l { path \"";

        for (unsigned i = next_random(&seed) % 3 + 1; i > 0; i--)
            strcat(text, pieces[next_random(&seed) % AA_ARRAY_SIZE(pieces)]);
        strcat(text, "\" }\nrule r { when label l; deny }\n");
        world_compile(text, &compiled);
        assert_int_equal(aa_snapshot_from_memory(compiled.data, compiled.length, &own, &fault), 0);
        label = aa_snapshot_elements(&own, AA_SECTION_LABELS, first);
        for (unsigned i = 0; i < 200; i++) {
            struct aa_operand operand = { .exact = true, .is_file = true };
            char path[64] = "", *slash;

            for (unsigned j = next_random(&seed) % 4 + 1; j > 0; j--)
                strcat(path, names[next_random(&seed) % AA_ARRAY_SIZE(names)]);
            operand.path = path;
            if (aa_operand_has_label(&own, label, &request, &operand, false) != 1)
                continue;
            fitting++;
            operand.below = true;
            while ((slash = strrchr(path, '/')) != NULL) {
                if (slash == path)
                    slash++;
                if (*slash == '\0')
                    break;
                *slash = '\0';
                check(aa_operand_has_label(&own, label, &request, &operand, false) == 1,
                      "%s: %s", text, path);
            }
        }
    }
    check(fitting > 1000, "%u", fitting);
}

static void names_of_labels(void **state)
{
    _cleanup_buffer_ struct aa_buffer names = AA_BUFFER_INIT(4096);
    uint64_t labels = 0;

    (void)state;
    make_request("/etc/shadow /f,user.data.class:pii");
    assert_int_equal(aa_labels_of(&snapshot, &request, &labels), 0);
    assert_int_equal(aa_label_names(&snapshot, labels, &names), 0);
    assert_string_equal(aa_buffer_text(&names), "shadow tag both all");
    make_request("");
    assert_int_equal(aa_labels_of(&snapshot, &request, &labels), 0);
    assert_int_equal(labels, 0);
}

static void names_of_attributes(void **state)
{
    struct aa_label_attributes attributes;
    struct aa_fault fault = { 0 };

    (void)state;
    assert_int_equal(aa_label_attributes(&snapshot, &attributes, &fault), 0);
    assert_int_equal(attributes.n, 2);
    assert_string_equal(attributes.names[0], "user.data.class");
    assert_string_equal(attributes.names[1], "trusted.c");
}

static void too_many_attributes(void **state)
{
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(64 * 1024), compiled = AA_BUFFER_INIT(0);
    struct aa_label_attributes attributes;
    struct aa_fault fault = { 0 };
    struct aa_snap_range all = { 0, 2 };
    const struct aa_snap_label *labels;
    struct aa_snapshot own;
    struct aa_snap_word *word;

    (void)state;
    aa_buffer_add_text(&text, "label l {\n");
    for (int i = 0; i < AA_LABEL_ATTRIBUTES_MAX; i++)
        aa_buffer_printf(&text, "xattr user.n%d v\n", i);
    aa_buffer_add_text(&text, "}\nlabel m { xattr user.n0 v }\nrule r { when label l m; deny }\n");
    world_compile(aa_buffer_text(&text), &compiled);
    assert_int_equal(aa_snapshot_from_memory(compiled.data, compiled.length, &own, &fault), 0);
    assert_int_equal(aa_label_attributes(&own, &attributes, &fault), 0);
    assert_int_equal(attributes.n, AA_LABEL_ATTRIBUTES_MAX);
    /* the compiler takes no more: one that is not its own says that there are */
    labels = aa_snapshot_elements(&own, AA_SECTION_LABELS, all);
    assert_non_null(labels);
    word = (struct aa_snap_word *)(uintptr_t)aa_snapshot_words(&own, labels[1].xattrs);
    word->text = labels[1].name;
    aa_snapshot_seal(compiled.data, compiled.length);
    assert_int_equal(aa_snapshot_from_memory(compiled.data, compiled.length, &own, &fault), 0);
    assert_int_equal(aa_label_attributes(&own, &attributes, &fault), -E2BIG);
    assert_int_equal(fault.id, AA_FAULT_TOO_LARGE);
}

/* References that leave the file, wherever the label leads. */
static void damaged(void **state)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(&snapshot, AA_SECTION_LABELS) };
    const struct aa_snap_label *labels = aa_snapshot_elements(&snapshot, AA_SECTION_LABELS, all);
    struct aa_snap_label label = labels[0];

    (void)state;
    make_request("/etc/x");
    label.paths.first = UINT32_MAX - 1;
    assert_int_equal(aa_operand_has_label(&snapshot, &label, &request, operands, false), -EBADMSG);
    label = labels[0];
    label.xattrs = (struct aa_snap_range){ UINT32_MAX - 1, 2 };
    assert_int_equal(aa_operand_has_label(&snapshot, &label, &request, operands, false), -EBADMSG);
    label = labels[0];
    label.xattrs = (struct aa_snap_range){ 0, 1 };
    assert_int_equal(aa_operand_has_label(&snapshot, &label, &request, operands, false), -EBADMSG);
}

static int set_up_group(void **state)
{
    struct aa_fault fault = { 0 };

    (void)state;
    world_compile(policy, &data);
    check(aa_snapshot_from_memory(data.data, data.length, &snapshot, &fault) == 0, "%s",
          fault.detail);
    return 0;
}

static int tear_down_group(void **state)
{
    (void)state;
    aa_buffer_free(&data);
    return 0;
}

#define TEST(f) cmocka_unit_test(f)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(matrix),
        TEST(certain_is_within_wide),
        TEST(folders_above),
        TEST(names_of_labels),
        TEST(names_of_attributes),
        TEST(too_many_attributes),
        TEST(damaged),
    };

    return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}

/* SPDX-License-Identifier: ISC */
/* Where a configuration is read from: which files, in which order, whose they have to be, and
 * what a pack may bring with it. What is wrong in a text is the golden files' part. */
#include "unit.h"
#include "world.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "language/compile.h"

static struct world world;

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    world_write_text(&world, "etc/actionapprove.conf", "default deny\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_remove(&world);
    return 0;
}

/* The complaints as one text, or the names of the rules in their order. */
static const char *compile(unsigned flags)
{
    static char text[4096];
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(sizeof(text));
    struct aa_emit_options options = { .applied_usec = 1 };
    struct aa_compilation compilation;
    struct aa_snapshot snapshot;
    struct aa_fault fault = { 0 };
    int descriptors = world_open_descriptors();

    check(aa_compile(&world.site, NULL, 0, flags, NULL, &options, &compilation) == 0, "not done");
    aa_compilation_write(&words, &compilation);
    if (compilation.complaints.errors == 0) {
        assert_int_equal(aa_snapshot_from_memory(compilation.snapshot.data,
                                                 compilation.snapshot.length, &snapshot, &fault), 0);
        for (uint32_t i = 0; i < aa_snapshot_count(&snapshot, AA_SECTION_RULES); i++) {
            struct aa_snap_range which = { i, 1 };
            const struct aa_snap_rule *rule = aa_snapshot_elements(&snapshot, AA_SECTION_RULES,
                                                                   which);

            aa_buffer_printf(&words, "%s ", aa_snapshot_text(&snapshot, rule->name));
        }
    }
    snprintf(text, sizeof(text), "%s", aa_buffer_text(&words));
    aa_compilation_free(&compilation);
    assert_int_equal(world_open_descriptors(), descriptors);
    return text;
}

static void make_policy_folder(void)
{
    assert_int_equal(mkdir(world_path(&world, "etc/policy.d"), 0755), 0);
    assert_int_equal(chmod(world_path(&world, "etc/policy.d"), 0755), 0);
}

static void add(const char *name, const char *rule)
{
    char path[64], text[128];

    snprintf(path, sizeof(path), "etc/policy.d/%s", name);
    snprintf(text, sizeof(text), "rule %s { when user x; deny }\n", rule);
    world_write_text(&world, path, text);
}

static void says(unsigned flags, const char *wanted)
{
    const char *text = compile(flags);

    check(strstr(text, wanted) != NULL, "wanted \"%s\" in: %s", wanted, text);
}

static void in_byte_order_of_the_names(void **state)
{
    (void)state;
    assert_string_equal(compile(AA_COMPILE_TRUSTED), "");
    make_policy_folder();
    add("b.policy", "b");
    add("a.policy", "a");
    add("B.policy", "B");
    add("10.policy", "ten");
    add("9.policy", "nine");
    add("a-b.policy", "a-b");
    add(".hidden.policy", "hidden");
    add("c.policy.bak", "backup");
    add("policy", "no-dot");
    add(".policy", "only-suffix");
    world_write_text(&world, "etc/actionapprove.conf", "rule first { when user x; deny }\n");
    assert_string_equal(compile(AA_COMPILE_TRUSTED), "first ten nine B a-b a b ");
    assert_string_equal(compile(0), "first ten nine B a-b a b ");
}

static void whose_files(void **state)
{
    (void)state;
    make_policy_folder();
    add("a.policy", "a");
    assert_int_equal(chmod(world_path(&world, "etc/policy.d/a.policy"), 0664), 0);
    says(AA_COMPILE_TRUSTED, "writable by group or others");
    assert_string_equal(compile(0), "a "); /* check reads anybody's */
    assert_int_equal(chmod(world_path(&world, "etc/policy.d/a.policy"), 0644), 0);
    assert_int_equal(chmod(world_path(&world, "etc/policy.d"), 0775), 0);
    says(AA_COMPILE_TRUSTED, "not owned by root, or writable by group or others");
    assert_int_equal(chmod(world_path(&world, "etc/policy.d"), 0755), 0);
    assert_int_equal(chmod(world_path(&world, "etc"), 0777), 0);
    says(AA_COMPILE_TRUSTED, "writable by group or others");
    assert_int_equal(chmod(world_path(&world, "etc"), 0755), 0);
    world.site.owner = geteuid() + 1;
    says(AA_COMPILE_TRUSTED, "not owned by root");
    world.site.owner = geteuid();
    assert_string_equal(compile(AA_COMPILE_TRUSTED), "a ");
    if (geteuid() != 0)
        return;
    assert_int_equal(chown(world_path(&world, "etc/policy.d"), 65534, 0), 0);
    says(AA_COMPILE_TRUSTED, "not owned by root, or writable by group or others");
    assert_int_equal(chown(world_path(&world, "etc/policy.d"), 0, 0), 0);
    assert_int_equal(chown(world_path(&world, "etc/policy.d/a.policy"), 65534, 0), 0);
    says(AA_COMPILE_TRUSTED, "not owned by root");
}

static void links_are_refused(void **state)
{
    char other[256];

    (void)state;
    make_policy_folder();
    snprintf(other, sizeof(other), "%s", world_path(&world, "other.policy"));
    world_write_text(&world, "other.policy", "rule x { when user x; deny }\n");
    assert_int_equal(symlink(other, world_path(&world, "etc/policy.d/a.policy")), 0);
    says(AA_COMPILE_TRUSTED, "symbolic link");
    says(0, "symbolic link");
    assert_int_equal(unlink(world_path(&world, "etc/policy.d/a.policy")), 0);
    assert_int_equal(mkfifo(world_path(&world, "etc/policy.d/a.policy"), 0600), 0);
    says(AA_COMPILE_TRUSTED, "not a regular file"); /* and is not waited for */
    assert_int_equal(unlink(world_path(&world, "etc/policy.d/a.policy")), 0);
    assert_int_equal(mkdir(world_path(&world, "etc/policy.d/a.policy"), 0755), 0);
    says(AA_COMPILE_TRUSTED, "not a regular file");
    says(0, "a folder");
    assert_int_equal(rmdir(world_path(&world, "etc/policy.d/a.policy")), 0);
    assert_int_equal(rmdir(world_path(&world, "etc/policy.d")), 0);
    assert_int_equal(symlink(".", world_path(&world, "etc/policy.d")), 0);
    says(AA_COMPILE_TRUSTED, "policy.d");
}

static void a_configuration_that_is_missing(void **state)
{
    (void)state;
    assert_int_equal(unlink(world_path(&world, "etc/actionapprove.conf")), 0);
    says(AA_COMPILE_TRUSTED, "actionapprove.conf");
    says(0, "actionapprove.conf");
    world.site.config_dir = world_path(&world, "nowhere");
    says(AA_COMPILE_TRUSTED, "nowhere");
    world.site.config_dir = world.config_dir;
}

/* ---- packs ---- */

#define ASKING                                                                \
    "channel c { type local }\nperson p { unix boss }\ngroup g { person p }\n" \
    "channel d { type local }\n"

static void packs_stand_where_they_are_included(void **state)
{
    (void)state;
    world_write_text(&world, "packs/base.policy", "rule one { when user x; deny }\n"
                                                  "rule two { when command pg_dump; ask }\n");
    world_write_text(&world, "etc/actionapprove.conf",
                     ASKING "rule before { when user x; deny }\n"
                     "include pack base { ask c; from g; quorum 1; timeout 90s }\n"
                     "rule after { when user x; deny }\n");
    assert_string_equal(compile(AA_COMPILE_TRUSTED), "before base/one base/two after ");
    world_write_text(&world, "etc/actionapprove.conf", "include pack base\n");
    says(0, "rule base/two asks nobody");
    world_write_text(&world, "etc/actionapprove.conf", ASKING "default ask c\ndefault from g\n"
                                                              "include pack base\n");
    assert_string_equal(compile(0), "base/one base/two ");
    world_write_text(&world, "etc/actionapprove.conf", "include pack base\ninclude pack base\n");
    says(0, "pack base is included already");
    assert_null(strstr(compile(0), "there is a rule named"));
    world_write_text(&world, "etc/actionapprove.conf", "include pack nowhere\n");
    says(0, "there is no pack \"nowhere\"");
    world_write_text(&world, "etc/actionapprove.conf", "include pack \"../etc/x\"\n");
    says(0, "a character that names do not have");
    world_write_text(&world, "packs/bad.policy", "set mode observe\n");
    world_write_text(&world, "etc/actionapprove.conf", "include pack bad\n");
    says(0, "unknown word \"set\" in a pack");
    world_write_text(&world, "packs/more.policy", "include pack base\n");
    world_write_text(&world, "etc/actionapprove.conf", "include pack more\n");
    says(0, "unknown word \"include\" in a pack");
}

/* What a rule says beats the include block, which beats the default. */
static void asks_are_filled_in_by_rank(void **state)
{
    static const struct {
        const char *conf;
        uint32_t timeout, quorum, risk, flags;
    } rows[] = {
        { "include pack base { ask c; from g }\n", 300, 1, AA_RISK_MEDIUM, 0 },
        { "set timeout 7m\ninclude pack base { ask c; from g }\n", 420, 1, AA_RISK_MEDIUM, 0 },
        { "set timeout 7m\ndefault timeout 8m\ninclude pack base { ask c; from g }\n", 480, 1,
          AA_RISK_MEDIUM, 0 },
        { "default timeout 8m\ndefault quorum 3\ndefault risk low\n"
          "include pack base { ask c; from g; timeout 9m; quorum 2 }\n", 540, 2, AA_RISK_LOW, 0 },
        { "default ask c\ndefault from g\ninclude pack own { timeout 9m; quorum 2; risk low }\n",
          600, 4, AA_RISK_CRITICAL, AA_ASK_SHOW_CODE },
        /* "no" is said too, and beats a "yes" of lower rank */
        { "default ask c\ndefault from g\ndefault break-glass yes\ndefault refuse-truncated\n"
          "include pack own { allow-unbound }\n", 600, 4, AA_RISK_CRITICAL,
          AA_ASK_SHOW_CODE | AA_ASK_REFUSE_TRUNCATED | AA_ASK_ALLOW_UNBOUND },
        { "default break-glass yes\ninclude pack base { ask c; from g; break-glass no }\n", 300, 1,
          AA_RISK_MEDIUM, 0 },
        { "default break-glass yes\ninclude pack base { ask c; from g }\n", 300, 1,
          AA_RISK_MEDIUM, AA_ASK_BREAK_GLASS },
    };

    (void)state;
    world_write_text(&world, "packs/base.policy", "rule r { when user x; ask }\n");
    world_write_text(&world, "packs/own.policy",
                     "rule r { when user x; ask; timeout 10m; quorum 4; "
                     "risk critical; break-glass no; show-code }\n");
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_emit_options options = { .applied_usec = 1 };
        struct aa_snap_range first = { 0, 1 };
        struct aa_compilation compilation;
        const struct aa_snap_rule *rule;
        const struct aa_snap_ask *ask;
        struct aa_snapshot snapshot;
        struct aa_fault fault = { 0 };
        char text[512];

        snprintf(text, sizeof(text), ASKING "%s", rows[i].conf);
        world_write_text(&world, "etc/actionapprove.conf", text);
        check(aa_compile(&world.site, NULL, 0, 0, NULL, &options, &compilation) == 0 &&
                  compilation.complaints.errors == 0, "row %zu: %s", i, compile(0));
        assert_int_equal(aa_snapshot_from_memory(compilation.snapshot.data,
                                                 compilation.snapshot.length, &snapshot, &fault), 0);
        rule = aa_snapshot_elements(&snapshot, AA_SECTION_RULES, first);
        assert_non_null(rule);
        first.first = rule->ask;
        ask = aa_snapshot_elements(&snapshot, AA_SECTION_ASKS, first);
        assert_non_null(ask);
        check(ask->timeout_seconds == rows[i].timeout && ask->quorum == rows[i].quorum &&
                  ask->risk == rows[i].risk && ask->flags == rows[i].flags,
              "row %zu: %u %u %u %#x", i, ask->timeout_seconds, ask->quorum, ask->risk,
              ask->flags);
        aa_compilation_free(&compilation);
    }
}

static void the_digest_is_of_all_that_was_read(void **state)
{
    unsigned char digests[4][AA_SHA256_SIZE];

    (void)state;
    world_write_text(&world, "etc/actionapprove.conf", ASKING "include pack base { ask c; from g }\n");
    world_write_text(&world, "packs/base.policy", "rule r { when user x; deny }\n");
    for (int i = 0; i < 4; i++) {
        struct aa_emit_options options = { .applied_usec = 1 };
        struct aa_compilation compilation;

        if (i == 2)
            world_write_text(&world, "packs/base.policy", "rule r { when user y; deny }\n");
        if (i == 3)
            world_write_text(&world, "etc/actionapprove.conf",
                             "# more\n" ASKING "include pack base { ask c; from g }\n");
        assert_int_equal(aa_compile(&world.site, NULL, 0, 0, NULL, &options, &compilation), 0);
        assert_int_equal(compilation.complaints.errors, 0);
        memcpy(digests[i], compilation.digest, sizeof(digests[i]));
        assert_memory_equal(((struct aa_snap_header *)(void *)compilation.snapshot.data)->digest,
                            compilation.digest, AA_SHA256_SIZE);
        aa_compilation_free(&compilation);
    }
    assert_memory_equal(digests[0], digests[1], AA_SHA256_SIZE);
    assert_memory_not_equal(digests[1], digests[2], AA_SHA256_SIZE);
    assert_memory_not_equal(digests[2], digests[3], AA_SHA256_SIZE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(in_byte_order_of_the_names),
        TEST(whose_files),
        TEST(links_are_refused),
        TEST(a_configuration_that_is_missing),
        TEST(packs_stand_where_they_are_included),
        TEST(asks_are_filled_in_by_rank),
        TEST(the_digest_is_of_all_that_was_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/* What lint stands on: its lists, whole and damaged; the minutes of a week; room for errors however
 * many warnings there are; a heading in the documentation for each name. What it warns of is the
 * golden files' part. */
#include "unit.h"
#include "unit-config.h"
#include "world.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "language/lint-data.h"
#include "language/lint-time.h"
#include "language/lint.h"
#include "language/parser.h"

#define LISTS SOURCE_ROOT "/policies"

struct parsed {
    struct aa_arena arena;
    struct aa_source source;
    struct aa_complaints damage;
    struct aa_lint_data data;
};

static void start(struct parsed *p)
{
    *p = (struct parsed){ .arena = AA_ARENA_INIT(64 * 1024 * 1024) };
    p->damage.arena = &p->arena;
}

static void parse(struct parsed *p, const char *text, size_t length, bool variables)
{
    start(p);
    p->source = (struct aa_source){ .path = "list", .text = text, .length = length };
    (variables ? aa_variables_parse : aa_escapes_parse)(&p->source, &p->damage, &p->data);
}

/* ---- the lists as they are shipped ---- */

static void shipped_programs(void **state)
{
    size_t kinds[AA_ESCAPE_KINDS] = { 0 }, names = 0;
    const struct aa_escape *rows;
    struct parsed p;

    (void)state;
    start(&p);
    assert_int_equal(aa_lint_file_read(&p.arena, LISTS, "escapes.list", &p.source), 0);
    aa_escapes_parse(&p.source, &p.damage, &p.data);
    check(p.damage.n == 0, "line %u: %s", p.damage.items[0].place.line, p.damage.items[0].message);
    for (size_t i = 0; i < p.data.escapes_n; i++) {
        const struct aa_escape *e = &p.data.escapes[i], *found;

        names += i == 0 || strcmp(e[-1].name, e->name) != 0;
        kinds[e->kind]++;
        check(aa_escapes_find(&p.data, e->name, &found) > 0 && strcmp(found->name, e->name) == 0,
              "%s is not found", e->name);
        check(i == 0 || strcmp(e[-1].name, e->name) != 0 || e[-1].kind != e->kind ||
                  strcmp(e[-1].how, e->how) != 0, "%s twice", e->name);
        for (const char *c = e->how; *c != '\0'; c++)
            check((unsigned char)*c >= ' ' && *c != 0x7f, "%s: an odd character", e->name);
    }
    check(names >= 180, "only %zu programs", names);
    for (size_t i = 0; i < AA_ESCAPE_KINDS; i++)
        check(kinds[i] >= 5, "only %zu of kind %zu", kinds[i], i);
    check(aa_escapes_find(&p.data, "python3.11", &rows) == 1 &&
              strcmp(rows->name, "python") == 0, "a version behind the name");
    assert_int_equal(aa_escapes_find(&p.data, "gcc-12", &rows), 1);
    assert_int_equal(aa_escapes_find(&p.data, "id", &rows), 0);
    assert_int_equal(aa_escapes_find(&p.data, "", &rows), 0);
    aa_arena_clear(&p.arena);
}

static void shipped_variables(void **state)
{
    static const char *const dangerous[] = { "LD_PRELOAD", "LD_LIBRARY_PATH", "PATH", "BASH_ENV",
                                             "PERL5LIB", "PYTHONPATH", "NODE_OPTIONS", "GIT_SSH",
                                             "EDITOR", "PAGER", "LESSOPEN", "BASH_FUNC_x%%" };
    static const char *const harmless[] = { "LANG", "TERM", "FOO", "GIT", "DISPLAY", "COLUMNS" };
    struct parsed p;

    (void)state;
    start(&p);
    assert_int_equal(aa_lint_file_read(&p.arena, LISTS, "variables.list", &p.source), 0);
    aa_variables_parse(&p.source, &p.damage, &p.data);
    assert_int_equal(p.damage.n, 0);
    for (size_t i = 0; i < AA_ARRAY_SIZE(dangerous); i++)
        check(aa_variable_danger(&p.data, dangerous[i]) != NULL, "%s", dangerous[i]);
    for (size_t i = 0; i < AA_ARRAY_SIZE(harmless); i++)
        check(aa_variable_danger(&p.data, harmless[i]) == NULL, "%s", harmless[i]);
    aa_arena_clear(&p.arena);
}

/* ---- damaged lists ---- */

static void rows(void **state)
{
    static const struct {
        const char *text;
        size_t errors, kept;
        bool variables;
    } table[] = {
        { "", 0, 0, false },
        { "# nothing\n\n", 0, 0, false },
        { "a shell how", 0, 1, false },
        { "a shell interactive \"how\"\nb read with -x -y unless -z \"how\"\n", 0, 2, false },
        { "a shell interactive", 0, 1, false }, /* the last word is how */
        { "a shell\nb read \"how\"\n", 1, 1, false },
        { "a\n", 1, 0, false },
        { "a root \"how\"\nb read \"how\"\n", 1, 1, false },
        { "/usr/bin/a read \"how\"\n", 1, 0, false },
        { "\"\" read \"how\"\n", 1, 0, false },
        { "a read \"\"\n", 1, 0, false },
        { "a read with \"how\"\n", 1, 0, false },
        { "a read with -x unless \"how\"\n", 1, 0, false },
        { "a read unless -x with -y \"how\"\n", 1, 0, false },
        { "a read \"how\" \"more\"\n", 1, 0, false },
        { "a read { b read \"how\" }\n", 1, 0, false },
        { "a read \"how\nb read \"how\"\n", 1, 1, false },
        { "a read \"how\" }\nb read \"how\"\n", 1, 2, false },
        { "a\xff read \"how\"\n", 1, 0, false },
        { "A \"why\"\nB* C \"why\"\n", 0, 3, true },
        { "A\nB \"why\"\n", 1, 1, true },
        { "A { B \"why\" }\n", 1, 0, true },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(table); i++) {
        struct parsed p;

        parse(&p, table[i].text, strlen(table[i].text), table[i].variables);
        check(p.damage.errors == table[i].errors, "row %zu: %zu errors: %s", i, p.damage.errors,
              p.damage.n > 0 ? p.damage.items[0].message : "");
        check((table[i].variables ? p.data.variables_n : p.data.escapes_n) == table[i].kept,
              "row %zu: %zu kept", i, p.data.escapes_n + p.data.variables_n);
        aa_arena_clear(&p.arena);
    }
}

/* Whatever happens to a byte, what is left can be asked. */
static void any_byte(void **state)
{
    static const char good[] = "less shell interactive \"!X\"\ntar shell with \"-I\" -x \"how\"\n"
                               "top read unless -b \"how\"\n";
    static const char bytes[] = { '\0', '"', '{', '}', '\n', ';', '#', '*', '\\', ' ', '\r',
                                  (char)0xff, (char)0xfe };
    const struct aa_escape *found;

    (void)state;
    for (size_t i = 0; i < sizeof(good) - 1; i++) {
        for (size_t j = 0; j < sizeof(bytes); j++) {
            char text[sizeof(good)];
            struct parsed p;

            memcpy(text, good, sizeof(good));
            text[i] = bytes[j];
            parse(&p, text, sizeof(good) - 1, true);
            (void)aa_variable_danger(&p.data, "top");
            aa_arena_clear(&p.arena);
            parse(&p, text, sizeof(good) - 1, false);
            check(p.data.escapes_n <= 4 && !p.damage.out_of_memory, "byte %zu", i);
            (void)aa_escapes_find(&p.data, "tar", &found);
            aa_arena_clear(&p.arena);
        }
    }
}

static void too_many(void **state)
{
    static char text[AA_LINT_FILE_MAX];
    struct parsed p;
    size_t n = 0;

    (void)state;
    for (int i = 0; i < AA_ESCAPES_MAX + 5; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "a%d read how\n", i);
    parse(&p, text, n, false);
    assert_int_equal(p.data.escapes_n, AA_ESCAPES_MAX);
    assert_int_equal(p.damage.errors, 1);
    aa_arena_clear(&p.arena);
    n = 0;
    for (int i = 0; i < AA_VARIABLES_MAX + 5; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "A%d why\n", i);
    parse(&p, text, n, true);
    assert_int_equal(p.data.variables_n, AA_VARIABLES_MAX);
    assert_int_equal(p.damage.errors, 1);
    aa_arena_clear(&p.arena);
}

/* ---- files ---- */

static const char policy[] = "rule a { when command /usr/bin/less; allow; env-ok PATH }\n"
                             "default deny\n";

/* The warnings of a policy with the lists of a folder, as one text. */
static const char *warnings_with(const char *folder)
{
    static char text[16384];
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(sizeof(text));
    struct aa_lint_options options = { .data_dir = folder };
    struct aa_compilation compilation;
    int descriptors = world_open_descriptors();

    assert_int_equal(aa_compile_text(policy, sizeof(policy) - 1, 0, &compilation), 0);
    assert_int_equal(aa_lint(&compilation, &options), 0);
    assert_int_equal(compilation.complaints.errors, 0);
    assert_true(compilation.snapshot.length > 0);
    aa_compilation_write(&words, &compilation);
    snprintf(text, sizeof(text), "%s", aa_buffer_text(&words));
    aa_compilation_free(&compilation);
    assert_int_equal(world_open_descriptors(), descriptors);
    return text;
}

static void files(void **state)
{
    static char large[AA_LINT_FILE_MAX + 2];
    struct world world;
    char folder[512], path[600];
    const char *said = warnings_with(LISTS);

    (void)state;
    check(strstr(said, "[escape]") != NULL && strstr(said, "[env-ok]") != NULL &&
              strstr(said, "[data]") == NULL, "%s", said);
    said = warnings_with("/nonexistent");
    check(strstr(said, "lint data missing: /nonexistent/escapes.list: No such file") != NULL &&
              strstr(said, "variables.list: No such file") != NULL &&
              strstr(said, "[escape]") == NULL, "%s", said);
    world_make(&world);
    snprintf(folder, sizeof(folder), "%s", world.site.pack_dir);
    snprintf(path, sizeof(path), "%s/escapes.list", folder);
    world_write_text(&world, "packs/variables.list", "PATH \"why\"\n");
    world_write_text(&world, "packs/escapes.list", "less what \"how\"\nless shell \"how\"\n");
    said = warnings_with(folder);
    check(strstr(said, "escapes.list:1:1: warning: lint data damaged in 1 rows") != NULL &&
              strstr(said, "less can start a shell") != NULL, "%s", said);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink(LISTS "/escapes.list", path), 0);
    said = warnings_with(folder);
    check(strstr(said, "lint data missing") != NULL && strstr(said, "symbolic") != NULL, "%s", said);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    check(strstr(warnings_with(folder), "lint data missing") != NULL, "a pipe is no list");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    check(strstr(warnings_with(folder), "lint data missing") != NULL, "a folder is no list");
    assert_int_equal(rmdir(path), 0);
    memset(large, '#', sizeof(large) - 1);
    world_write_text(&world, "packs/escapes.list", large);
    said = warnings_with(folder);
    check(strstr(said, "lint data missing") != NULL, "too large: %s", said);
    world_remove(&world);
}

/* ---- complaints ---- */

static void room_for_errors(void **state)
{
    struct aa_compilation compilation = { .arena = AA_ARENA_INIT(1024 * 1024) };
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(1024 * 1024);
    struct aa_complaints *complaints = &compilation.complaints;
    const char *said;

    (void)state;
    complaints->arena = &compilation.arena;
    for (int i = 0; i < 150; i++)
        aa_warn(complaints, (struct aa_place){ 0 }, "warning number %d", i);
    for (int i = 0; i < 30; i++)
        aa_complain(complaints, (struct aa_place){ 0 }, "error number %d", i);
    assert_int_equal(complaints->errors, 30);
    assert_int_equal(complaints->warnings, 150);
    assert_int_equal(complaints->n, AA_COMPLAINTS_MAX + AA_WARNINGS_MAX);
    aa_compilation_write(&words, &compilation);
    said = aa_buffer_text(&words);
    check(strncmp(said, "error: error number 0\n", 22) == 0, "an error comes first");
    check(strstr(said, "error number 19\nand 10 more\nwarning: warning number 0\n") != NULL, "%s",
          said);
    check(strstr(said, "warning number 99\nand 50 more warnings\n") != NULL, "%s", said);
    aa_arena_clear(&compilation.arena);
}

static void nothing_beside_errors(void **state)
{
    static const char text[] = "rule a { when command /usr/bin/less; allow }\nrule b { }\n";
    struct aa_lint_options options = { .data_dir = LISTS };
    struct aa_compilation compilation;

    (void)state;
    assert_int_equal(aa_compile_text(text, sizeof(text) - 1, 0, &compilation), 0);
    assert_int_equal(aa_lint(&compilation, &options), 0);
    assert_int_equal(compilation.complaints.errors, 1);
    assert_int_equal(compilation.complaints.warnings, 0);
    aa_compilation_free(&compilation);
}

/* ---- the week ---- */

static void weeks(void **state)
{
    static const struct {
        const char *a, *b;
        bool meet, within;
    } table[] = {
        { "mon", "mon", true, true },
        { "mon", "tue", false, false },
        { "fri-mon", "sun", true, false },
        { "sun", "fri-mon", true, true },
        { "sun 22:00-06:00", "mon 05:00-07:00", true, false },
        { "sun 22:00-06:00", "mon 06:00-07:00", false, false },
        { "mon 08:00-12:00", "08:00-12:00", true, true },
        { "08:00-12:00", "12:00-13:00", false, false },
        { "fri 18:00-24:00 sat-sun", "sat", true, false },
        { "sat", "fri 18:00-24:00 sat-sun", true, true },
        { "fri 18:00-24:00 sat-sun", "fri 17:59-18:00", false, false },
        { "mon wed fri", "tue thu", false, false },
        { "mon-sun", "00:00-24:00", true, true },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(table); i++) {
        const char *texts[] = { table[i].a, table[i].b };
        struct aa_week both[2];

        for (size_t j = 0; j < 2; j++) {
            struct aa_word words[8] = { 0 };
            struct aa_word_list list = { words, 0 };
            char copy[64], *rest = copy;

            snprintf(copy, sizeof(copy), "%s", texts[j]);
            for (char *word; (word = strsep(&rest, " ")) != NULL;)
                words[list.n++].text = word;
            aa_week_of(&list, &both[j]);
        }
        check(aa_weeks_meet(&both[0], &both[1]) == table[i].meet, "row %zu meets", i);
        check(aa_week_is_within(&both[0], &both[1]) == table[i].within, "row %zu is within", i);
    }
}

/* ---- the documentation ---- */

static void headings(void **state)
{
    static char text[128 * 1024];
    FILE *file = fopen(SOURCE_ROOT "/doc/lint.md", "re");
    size_t n, headings_n = 0;

    (void)state;
    assert_non_null(file);
    n = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[n] = '\0';
    for (int i = 0; i < AA_LINT_COUNT; i++) {
        char heading[64];

        assert_int_equal(aa_lint_find(aa_lint_names[i]), i);
        snprintf(heading, sizeof(heading), "\n## %s\n", aa_lint_names[i]);
        check(strstr(text, heading) != NULL, "doc/lint.md has no heading for %s", aa_lint_names[i]);
    }
    for (const char *at = text; (at = strstr(at, "\n## ")) != NULL; at++)
        headings_n++;
    check(headings_n == AA_LINT_COUNT, "doc/lint.md has a heading for what is no lint");
    assert_int_equal(aa_lint_find("nothing"), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_programs), cmocka_unit_test(shipped_variables),
        cmocka_unit_test(rows),             cmocka_unit_test(any_byte),
        cmocka_unit_test(too_many),         cmocka_unit_test(files),
        cmocka_unit_test(room_for_errors),  cmocka_unit_test(nothing_beside_errors),
        cmocka_unit_test(weeks),            cmocka_unit_test(headings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

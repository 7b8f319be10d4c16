/* SPDX-License-Identifier: ISC */
/* Texts that surely hold nothing are told at once; everything that a rule could find is not among them. (fuzz-gate holds
 * the filter against the finders.) */
#include "unit.h"

#include "language/compile.h"
#include "mask/filter.h"

static void with_the_shipped_rules(void **state)
{
    static const struct {
        const char *text;
        bool nothing;
    } rows[] = {
        { "/usr/bin/systemctl restart nginx", true },
        { "/usr/bin/apt-get install -y nginx", true },
        { "/home/bob/project", true },
        { "/bin/ls -la /etc/nginx/sites-enabled", true },
        { "", true },
        { "app --password x", false },
        { "app --pass-phrase x", false },
        { "app dbPassword=x", false },
        { "app DB_PASS_WORD=x", false },
        { "mysql -px", false },
        { "/usr/bin/mysql -px", false },
        { "sh -c 'mysql -px'", false },
        { "mail bob@example.com", false },
        { "x AKIAIOSFODNN7EXAMPLE", false },
        { "x 123456", false },
        { "x a%40b", false },
        { "x 9f86D081884c7d65", false },
        { "IDENTIFIED BY 'x'", false },
        { "Authorization: x", false },
        { "x m\xc3\xbcller", false },
    };
    struct aa_masker masker;

    (void)state;
    aa_masker_start(&masker, NULL, NULL);
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++)
        check(aa_mask_surely_nothing(&masker, rows[i].text, strlen(rows[i].text)) == rows[i].nothing, "%s",
              rows[i].text);
    aa_masker_end(&masker);
}

/* What an operator adds is in the filter of that policy. */
static void with_rules_of_the_host(void **state)
{
    static const struct {
        const char *masks, *text;
        bool nothing;
    } rows[] = {
        { "", "id -u", true },
        { "mask { name kennwort }", "id -u", true },
        { "mask { name kennwort }", "x kennwort=y", false },
        { "mask { option deployctl { value -k } }", "deployctl -k y", false },
        { "mask { option deployctl { value -k } }", "deployed -k y", true },
        { "mask { option any { value --zz } }", "x --zz y", false },
        { "mask { pattern staff { match \"ST-[0-9]+\"; near ST- } }", "x st-1", false },
        { "mask { pattern staff { match \"ST-[0-9]+\"; near ST- } }", "x s-1", true },
        { "mask { pattern staff { match \"[a-z]{4}\" } }", "id -u", false }, /* it may stand anywhere */
        { "mask { pattern staff { match \"[0-9]{13,19}\"; check luhn } }", "id -u", true },
        { "mask { on ip-address }", "id -u", false },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_compilation compilation;
        struct aa_snapshot own;
        struct aa_masker masker;
        struct aa_fault fault;
        char text[512];

        snprintf(text, sizeof(text), "default deny \"no\"\n%s\n", rows[i].masks);
        assert_int_equal(aa_compile_text(text, strlen(text), 0, &compilation), 0);
        check(compilation.snapshot.length > 0, "%s", rows[i].masks);
        assert_int_equal(aa_snapshot_from_memory(compilation.snapshot.data, compilation.snapshot.length, &own, &fault), 0);
        aa_masker_start(&masker, &own, NULL);
        check(aa_mask_surely_nothing(&masker, rows[i].text, strlen(rows[i].text)) == rows[i].nothing, "%s: %s",
              rows[i].masks, rows[i].text);
        aa_masker_end(&masker);
        aa_compilation_free(&compilation);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_the_shipped_rules),
        cmocka_unit_test(with_rules_of_the_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

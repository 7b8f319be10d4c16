/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "expect.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "talk.h"

void expect_loaded(void)
{
    assert_int_equal(front_end.audit_opened, (front_end.halves & AUDIT_HALF) != 0);
    assert_int_equal(front_end.approval_opened, (front_end.halves & APPROVAL_HALF) != 0);
    assert_int_equal(front_end.told, 1);
}

void expect_allowed(bool runs)
{
    if (!runs)
        fail_msg("refused: %s", talk_text());
    expect_loaded();
    if ((front_end.halves & APPROVAL_HALF) != 0)
        assert_int_equal(front_end.checked.result, 1);
    if ((front_end.halves & AUDIT_HALF) != 0)
        assert_int_equal(front_end.accepted.result, 1);
    assert_false(front_end.checked.has_errstr);
    assert_false(front_end.accepted.has_errstr);
    assert_string_equal(talk_text(), "");
}

/* Bytes above 0x7f are let pass here: which of them are harmless is for the library's own test;
 * C1 controls and direction marks are looked for by those tests that send some. */
bool is_harmless(const char *text)
{
    for (; *text != '\0'; text++) {
        if (((unsigned char)*text < 0x20 && *text != '\n') || *text == 0x7f)
            return false;
    }
    return true;
}

/* A countdown writes over its own line: the two ways in which it moves are ours. */
static void without_redrawing(const char *said, char *ret)
{
    while (*said != '\0') {
        const char *behind = aa_after(said, "\033[K");

        if (behind != NULL)
            said = behind;
        else if (*said == '\r')
            said++;
        else
            *ret++ = *said++;
    }
    *ret = '\0';
}

void expect_refusal(const struct answer *answer, int result, const char *cause)
{
    const char *said = talk_text();
    char *plain = malloc(strlen(said) + 1);
    char marked[64];

    assert_non_null(plain);
    assert_true(answer->was_asked);
    assert_int_equal(answer->result, result);
    assert_true(answer->has_errstr);
    assert_true(strlen(answer->errstr) > 10);
    assert_null(strchr(answer->errstr, '\n'));
    assert_true(is_harmless(answer->errstr));
    if (strstr(answer->errstr, " may run ") != NULL)
        fail_msg("a refusal whose words allow: %s", answer->errstr);
    if (said[0] == '\0')
        fail_msg("refused without a word to the requester; the log says: %s", answer->errstr);
    assert_true(talk_only_to_requester());
    assert_false(talk.lost);
    /* without a terminal, what was waited for ends in one line that begins with the code */
    assert_non_null(strstr(said, "not run: "));
    assert_int_equal(said[strlen(said) - 1], '\n');
    without_redrawing(said, plain);
    assert_true(is_harmless(plain));
    free(plain);
    snprintf(marked, sizeof(marked), "(%s)", cause);
    if (strstr(said, marked) == NULL)
        fail_msg("%s is not the cause that was told: %s", cause, said);
}

void expect_cause(const struct record *record, const char *cause)
{
    const char *error = record_text(record, "AA_ERROR");
    const char *rest = aa_after(error, cause);

    if (rest == NULL || aa_after(rest, ": ") == NULL)
        fail_msg("%s is not the cause that was recorded: %s", cause, error);
}

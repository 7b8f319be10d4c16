/* SPDX-License-Identifier: ISC */
/* What the requester sees and is asked while a request waits: lines, a line that counts down, or
 * objects; in the letters and the width of their terminal; their reason; and a break-glass code in
 * the place of a policy. */
#include "unit.h"
#include "ask-support.h"

#include "ask/ask.h"
#include "base/text.h"
#include "codes-support.h"
#include "decision/decision.h"

#define RULE "channel c { type local }\nperson boss { unix daemon }\ngroup g { person boss }\n" \
             "rule people { when command /usr/bin/head; ask c; from g; timeout 1m; "

static struct world world;
static char *variables[16];
static size_t variables_n;

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    world_apply(&world, RULE "}\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_remove(&world);
    return 0;
}

/* "TERM=xterm LANG=C.UTF-8": the requester's environment, valid until the next call. */
static char *const *environment(const char *words)
{
    static char text[4096];
    char *more;

    snprintf(text, sizeof(text), "%s", words);
    variables_n = 0;
    for (char *word = strtok_r(text, " ", &more); word != NULL; word = strtok_r(NULL, " ", &more))
        variables[variables_n++] = word;
    variables[variables_n] = NULL;
    return variables;
}

static void it_expires(unsigned told, const char *text)
{
    (void)text;
    if (told == 2 || strstr(text, "waits for") != NULL || text[0] == '{')
        world_boottime_offset_usec += INT64_C(3600) * 1000000;
}

/* ---- who listens ---- */

static void audiences(void **state)
{
    static const struct {
        const char *environment;
        bool tty, redraws, unicode, json;
    } rows[] = {
        { "TERM=xterm", true, true, false, false },
        { "TERM=xterm", false, false, false, false },
        { "TERM=dumb", true, false, false, false },
        { "TERM=unknown", true, false, false, false },
        { "TERM=", true, false, false, false },
        { "", true, false, false, false },
        { "TERM=xterm SUDO_APPROVE_FORMAT=json", true, false, false, true },
        { "TERM=xterm SUDO_APPROVE_FORMAT=JSON", true, true, false, false },
        { "TERM=xterm SUDO_APPROVE_FORMAT=", true, true, false, false },
        { "LANG=en_US.UTF-8", true, false, true, false },
        { "LANG=en_US.utf8", true, false, true, false },
        { "LANG=C.UTF-8@x", true, false, true, false },
        { "LANG=en_US", true, false, false, false },
        { "LANG=de_DE.ISO-8859-1", true, false, false, false },
        { "LANG=C.UTF-8 LC_ALL=C", true, false, false, false },
        { "LANG=C LC_ALL=C.UTF-8", true, false, true, false },
        { "LANG=C.UTF-8 LC_ALL=", true, false, true, false },
        { "LANG=C.UTF-8 LC_CTYPE=C", true, false, false, false },
        { "LC_ALL=C.UTF-8 LC_CTYPE=C LANG=C", true, false, true, false },
        { "XLANG=C.UTF-8 LANGUAGE=C.UTF-8 LC_MESSAGES=C.UTF-8", true, false, false, false },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_question question = ask_question(NULL);
        struct aa_audience audience;

        question.submitted_envp = environment(rows[i].environment);
        question.tty = rows[i].tty ? "/dev/pts/1" : NULL;
        aa_audience_of(&question, &audience);
        check(audience.redraws == rows[i].redraws, "%s: redraws", rows[i].environment);
        check(audience.unicode == rows[i].unicode, "%s: unicode", rows[i].environment);
        check(audience.json == rows[i].json, "%s: json", rows[i].environment);
        check(audience.may_prompt == rows[i].tty, "%s: prompts", rows[i].environment);
        question.flags |= AA_QUESTION_NONINTERACTIVE;
        aa_audience_of(&question, &audience);
        assert_false(audience.may_prompt);
    }
    {
        struct aa_question question = ask_question(NULL);
        struct aa_audience audience;

        question.submitted_envp = NULL;
        question.conversation.prompt = NULL;
        question.tty = "/dev/pts/1";
        aa_audience_of(&question, &audience);
        assert_false(audience.may_prompt || audience.redraws || audience.json || audience.unicode);
        assert_int_equal(audience.columns, 80);
    }
}

static void letters(void **state)
{
    static const struct {
        const char *text, *ascii;
    } rows[] = {
        { "plain", "plain" }, { "", "" }, { "a\xe2\x80\xa6" "b", "a...b" },
        { "1 \xc2\xb7 2", "1 - 2" }, { "caf\xc3\xa9", "caf\\u{e9}" },
        { "\xf0\x9f\x98\x80", "\\u{1f600}" }, { "\xe4\xb8\xad\xe6\x96\x87", "\\u{4e2d}\\u{6587}" },
    };
    struct aa_conversation conversation = { .tell = NULL };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        for (int unicode = 0; unicode < 2; unicode++) {
            _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(1024);
            struct aa_audience audience = { .conversation = &conversation, .unicode = unicode == 1 };

            aa_audience_spell(&audience, &out, rows[i].text);
            check(aa_streq(aa_buffer_text(&out), unicode ? rows[i].text : rows[i].ascii), "%s",
                  out.data);
        }
    }
}

/* A line that wraps cannot be written over: it is cut, and never inside of a character. */
static void width(void **state)
{
    char text[400] = "";

    (void)state;
    for (int i = 0; i < 120; i++)
        strcat(text, i % 3 == 0 ? "\xc3\xa9" : "x");
    for (unsigned columns = 0; columns < 1100; columns += columns < 130 ? 1 : 90) {
        struct aa_question question = ask_question(NULL);
        unsigned really = columns < 20 || columns > 1000 ? 80 : columns;
        struct aa_audience audience;
        size_t characters = 0, length;
        const char *line = ask_talk.text;

        question.submitted_envp = environment("TERM=xterm LANG=C.UTF-8");
        question.tty = "/dev/pts/1";
        question.conversation.columns = columns;
        aa_audience_of(&question, &audience);
        aa_audience_redraw(&audience, text);
        assert_int_equal(line[0], '\r');
        length = strlen(line);
        assert_string_equal(line + length - 3, "\033[K");
        assert_true(aa_utf8_valid(line + 1, length - 4));
        for (size_t i = 1; i < length - 3; i++)
            characters += ((unsigned char)line[i] & 0xc0) != 0x80;
        check(characters == AA_MIN(really - 1, 120u), "%u columns: %zu", columns, characters);
        aa_audience_leave_line(&audience);
        aa_audience_leave_line(&audience); /* once */
        assert_string_equal(line + length, "\r\033[K");
    }
}

/* ---- a wait as it is seen ---- */

static const char *seen(const char *words, bool tty)
{
    struct aa_question question = ask_question(it_expires);
    struct aa_decision *decision;
    static char message[16384];

    question.submitted_envp = environment(words);
    question.tty = tty ? "/dev/pts/1" : NULL;
    decision = aa_decide_at(&world.site, &question);
    assert_string_equal(aa_decision_error(decision), "E-EXPIRED");
    assert_int_equal(aa_decision_hearer(decision), strstr(words, "json") != NULL ? AA_HEARER_PROGRAM :
                                                                                 AA_HEARER_PERSON);
    snprintf(message, sizeof(message), "%s", aa_decision_message(decision));
    aa_decision_free(decision);
    return message;
}

static size_t count_of(const char *text, const char *part)
{
    size_t n = 0;

    for (const char *p = text; (p = strstr(p, part)) != NULL; p++)
        n++;
    return n;
}

static void lines_and_objects(void **state)
{
    const char *message;

    (void)state;
    ASK_REQUIRE_ROOT();
    message = seen("LANG=C.UTF-8", false); /* one line each, for a log */
    assert_int_equal(ask_talk.told, 1);
    assert_int_equal(count_of(ask_talk.text, "\n"), 1);
    assert_non_null(strstr(ask_talk.text, ": /usr/bin/head as root waits for g, up to 1:00 (digest "));
    assert_int_equal(count_of(message, "\n"), 1);
    assert_non_null(strstr(message, "nobody answered in time"));
    (void)seen("TERM=dumb LANG=C.UTF-8", true);
    assert_null(strchr(ask_talk.text, '\r'));
    assert_null(strchr(ask_talk.text, '\033'));
    message = seen("TERM=xterm LANG=C.UTF-8", true); /* a line that counts down, and goes in the end */
    assert_non_null(strstr(ask_talk.text, "\xc2\xb7 0/1 approved \xc2\xb7 Ctrl-C cancels\033[K"));
    assert_string_equal(ask_talk.text + strlen(ask_talk.text) - 4, "\r\033[K");
    assert_true(count_of(message, "\n") > 1);
    (void)seen("TERM=xterm LANG=C", true);
    assert_non_null(strstr(ask_talk.text, " left - 0/1 approved - Ctrl-C cancels\033[K"));
    for (const char *p = ask_talk.text; *p != '\0'; p++)
        assert_true((unsigned char)*p < 0x80);
    message = seen("TERM=xterm LANG=C.UTF-8 SUDO_APPROVE_FORMAT=json", true);
    assert_int_equal(ask_talk.told, 1);
    assert_int_equal(ask_talk.objects, 1);
    assert_non_null(aa_after(ask_talk.text, "{\"event\":\"requested\","));
    assert_string_equal(ask_talk.text + strlen(ask_talk.text) - 2, "}\n");
    assert_int_equal(count_of(ask_talk.text, "\n"), 1);
    assert_non_null(aa_after(message, "{\"event\":\"expired\","));
    assert_non_null(strstr(message, "\"error\":\"E-EXPIRED\""));
    assert_int_equal(count_of(message, "\n"), 1);
}

static void nobody_listens(void **state)
{
    struct aa_question question = ask_question(NULL);
    struct aa_decision *decision;

    (void)state;
    ASK_REQUIRE_ROOT();
    world_apply(&world, "channel c { type local }\nperson boss { unix daemon }\n"
                        "group g { person boss }\n"
                        "rule people { when command /usr/bin/head; ask c; from g; timeout 1s }\n");
    question.conversation = (struct aa_conversation){ .tell = NULL };
    question.tty = "/dev/pts/1";
    question.submitted_envp = environment("TERM=xterm LANG=C.UTF-8");
    decision = aa_decide_at(&world.site, &question);
    assert_string_equal(aa_decision_error(decision), "E-EXPIRED");
    aa_decision_free(decision);
}

/* ---- the reason ---- */

static void reasons(void **state)
{
    static char longest[AA_LOCAL_REASON_MAX + 64], longer[sizeof(longest) + 1];
    static const struct {
        const char *rule, *variable, *typed;
        bool tty, json;
        const char *error, *reason; /* that is kept; NULL: none */
        unsigned prompts;
    } rows[] = {
        { "", NULL, "not asked for", true, false, "E-EXPIRED", NULL, 0 },
        { "", "=because", NULL, true, false, "E-EXPIRED", "because", 0 },
        { "", "=", NULL, true, false, "E-EXPIRED", NULL, 0 },
        { "", longest, NULL, true, false, "E-EXPIRED", longest + 1, 0 },
        { "", longer, NULL, true, false, "E-REASON", NULL, 0 },
        { "reason off", "=because", "x", true, false, "E-EXPIRED", NULL, 0 },
        { "reason off", longer, "x", true, false, "E-EXPIRED", NULL, 0 },
        { "reason required", "=because", "x", true, false, "E-EXPIRED", "because", 0 },
        { "reason required", "=because", NULL, false, false, "E-EXPIRED", "because", 0 },
        { "reason required", NULL, "I must", true, false, "E-EXPIRED", "I must", 1 },
        { "reason required", NULL, " \tI must", true, false, "E-EXPIRED", "I must", 1 },
        { "reason required", "=\t", "I must", true, false, "E-EXPIRED", "I must", 1 },
        { "reason required", NULL, "", true, false, "E-REASON", NULL, 1 },
        { "reason required", NULL, "  ", true, false, "E-REASON", NULL, 1 },
        { "reason required", NULL, NULL, true, false, "E-REASON", NULL, 1 },
        { "reason required", NULL, longest + 1, true, false, "E-EXPIRED", longest + 1, 1 },
        { "reason required", NULL, longer + 1, true, false, "E-REASON", NULL, 1 },
        { "reason required", NULL, "I must", false, false, "E-REASON", NULL, 0 },
        { "reason required", NULL, "I must", true, true, "E-REASON", NULL, 0 },
        { "reason required", "=x\033[2J", NULL, true, false, "E-EXPIRED", "x\\x1b[2J", 0 },
    };

    (void)state;
    ASK_REQUIRE_ROOT();
    memset(longest, 'r', 1001);
    memset(longer, 'r', 1002);
    longest[0] = longer[0] = '=';
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_question question = ask_question(it_expires);
        const char *const typed[] = { rows[i].typed, NULL };
        struct aa_decision *decision;
        char text[512], variable[2048];
        const char *events, *reason;

        snprintf(text, sizeof(text), RULE "%s }\n", rows[i].rule);
        world_apply(&world, text);
        (void)environment(rows[i].json ? "SUDO_APPROVE_FORMAT=json" : "TERM=dumb");
        if (rows[i].variable != NULL) {
            snprintf(variable, sizeof(variable), "SUDO_APPROVE_REASON%s", rows[i].variable);
            variables[variables_n++] = variable;
            variables[variables_n] = NULL;
        }
        question.submitted_envp = variables;
        question.tty = rows[i].tty ? "/dev/pts/1" : NULL;
        ask_talk.typed = typed;
        ask_talk.step = NULL;
        if (aa_streq(rows[i].error, "E-EXPIRED"))
            ask_talk.step = it_expires;
        decision = aa_decide_at(&world.site, &question);
        check(aa_streq(aa_decision_error(decision), rows[i].error), "row %zu: %s", i,
              aa_decision_message(decision));
        check(ask_talk.prompts == rows[i].prompts, "row %zu: %u prompts", i, ask_talk.prompts);
        if (rows[i].prompts > 0)
            assert_string_equal(ask_talk.asked, "actionapprove: why do you need this? ");
        events = ask_events(&world, aa_decision_code(decision));
        check(aa_streq(events, aa_streq(rows[i].error, "E-REASON") ? "refused" : "requested expired"),
              "row %zu: %s", i, events);
        reason = ask_field_of(&world, aa_decision_code(decision), "requested", "AA_REASON");
        check(rows[i].reason == NULL ? reason == NULL :
                                       reason != NULL && aa_streq(reason, rows[i].reason),
              "row %zu: %s", i, reason != NULL ? reason : "(none)");
        aa_decision_free(decision);
    }
}

/* ---- a code in the place of a policy ---- */

static char codes[3][AA_CODE_TEXT_SIZE];

static void with_codes(void **state)
{
    enum { RIGHT, NONE, WRONG_TWICE, WRONG, ENTER, NO_TTY, JSON, NO_PROMPT, AGAIN, OF_ANOTHER, NO_KEY,
           POLICY_THERE, WAYS };
    static const struct {
        bool allowed;
        unsigned prompts;
    } rows[WAYS] = {
        [RIGHT] = { true, 1 },       [NONE] = { false, 1 },      [WRONG_TWICE] = { true, 3 },
        [WRONG] = { false, 3 },      [ENTER] = { false, 1 },     [NO_TTY] = { false, 0 },
        [JSON] = { false, 0 },       [NO_PROMPT] = { false, 0 }, [AGAIN] = { false, 3 },
        [OF_ANOTHER] = { false, 0 }, [NO_KEY] = { false, 0 },    [POLICY_THERE] = { false, 0 },
    };

    (void)state;
    ASK_REQUIRE_ROOT();
    for (int way = 0; way < WAYS; way++) {
        const char *const typed[WAYS][4] = {
            [RIGHT] = { codes[0] }, [WRONG_TWICE] = { "AAAA-AAAA-AAAA-AAAA", "x", codes[0] },
            [WRONG] = { "x", "y", "z" }, [ENTER] = { "" }, [NO_TTY] = { codes[0] },
            [JSON] = { codes[0] }, [NO_PROMPT] = { codes[0] },
            [AGAIN] = { codes[1], codes[1], codes[1] }, [OF_ANOTHER] = { codes[0] },
            [NO_KEY] = { codes[0] }, [POLICY_THERE] = { codes[0] },
        };
        struct aa_question question = ask_question(it_expires);
        struct aa_decision *decision;
        int descriptors = world_open_descriptors();

        assert_true(codes_create(&world, way == OF_ANOTHER ? "somebody" : "nobody", 3, codes) >= 0);
        if (way == AGAIN)
            assert_int_equal(codes_use(&world, "nobody", codes[1], &(uint32_t){ 0 }), 0);
        if (way != POLICY_THERE)
            assert_int_equal(unlink(world_path(&world, "state/live")), 0);
        if (way == NO_KEY)
            assert_int_equal(unlink(world_path(&world, "state/key")), 0);
        question.tty = way == NO_TTY ? NULL : "/dev/pts/1";
        question.submitted_envp = environment(way == JSON ? "SUDO_APPROVE_FORMAT=json" : "");
        question.flags = way == NO_PROMPT ? AA_QUESTION_NONINTERACTIVE : 0;
        ask_talk.typed = typed[way];
        decision = aa_decide_at(&world.site, &question);
        check(aa_decision_allows(decision) == rows[way].allowed, "way %d: %s", way,
              aa_decision_message(decision));
        check(ask_talk.prompts == rows[way].prompts, "way %d: %u prompts", way, ask_talk.prompts);
        if (rows[way].prompts > 0)
            assert_non_null(aa_after(ask_talk.asked, "(hidden) "));
        if (rows[way].allowed) {
            assert_string_equal(ask_events(&world, aa_decision_code(decision)), "break-glass");
            assert_int_equal(aa_confirm(decision, &question), 0);
            aa_finish(decision, AA_END_EXITED, 0);
            assert_string_equal(ask_events(&world, aa_decision_code(decision)),
                                "break-glass finished");
        } else if (way < NO_KEY) {
            assert_string_equal(aa_decision_error(decision), "E-SNAPSHOT-MISSING");
            assert_string_equal(ask_events(&world, aa_decision_code(decision)), "refused");
        }
        aa_decision_free(decision);
        assert_int_equal(world_open_descriptors(), descriptors);
        world_remove(&world);
        (void)set_up(NULL);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(audiences),         TEST(letters), TEST(width),      TEST(lines_and_objects),
        TEST(nobody_listens),    TEST(reasons), TEST(with_codes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

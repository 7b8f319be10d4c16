/* SPDX-License-Identifier: ISC */
/* A record: its fields, the ledger and the journal that both get it and agree on its place; and
 * that every event and every fault is explained where people look for it. */
#include "unit.h"
#include "facts.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "base/fault.h"
#include "base/trusted-file.h"
#include "mask/subject.h"
#include "record/record.h"
#include "config.h"
#include "unit-config.h"

static struct world world;

static int set_up(void **state)
{
    (void)state;
    world_make(&world);
    world_apply(&world, "default deny");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_remove(&world);
    return 0;
}

static void times(void **state)
{
    static const struct {
        uint64_t usec;
        const char *wanted;
    } rows[] = {
        { 0, "1970-01-01T00:00:00.000000Z" },
        { 1, "1970-01-01T00:00:00.000001Z" },
        { UINT64_C(951827696123456), "2000-02-29T12:34:56.123456Z" },
        { UINT64_C(4102444799999999), "2099-12-31T23:59:59.999999Z" },
    };
    char time[AA_TIME_SIZE];
    uint64_t random = 31;

    (void)state;
    setenv("TZ", "Asia/Tokyo", 1); /* the caller's zone has no say */
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        aa_format_time(rows[i].usec, time);
        assert_string_equal(time, rows[i].wanted);
    }
    unsetenv("TZ");
    for (int i = 0; i < 50000; i++) { /* to the year 9999, against the C library */
        uint64_t seconds = ((uint64_t)next_random(&random) << 20 | next_random(&random)) %
                           UINT64_C(253402300800);
        char wanted[64];
        struct tm utc;

        gmtime_r(&(time_t){ (time_t)seconds }, &utc);
        strftime(wanted, sizeof(wanted), "%Y-%m-%dT%H:%M:%S.000042Z", &utc);
        aa_format_time(seconds * 1000000 + 42, time);
        check(aa_streq(time, wanted), "%s, wanted %s", time, wanted);
    }
    aa_format_time(UINT64_MAX, time); /* whatever it says, it has to fit */
    assert_true(strlen(time) < AA_TIME_SIZE);
}

/* "NAME=value\n" of all fields, in their order. */
static const char *as_text(const struct aa_buffer *fields)
{
    static char text[8192];
    struct aa_reader reader = { (const unsigned char *)fields->data, fields->length };
    struct aa_field field;
    size_t n = 0;

    while (aa_field_next(&reader, &field) == 1)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%.*s=%.*s\n", (int)field.name_length,
                              field.name, (int)field.value_length, field.value);
    text[n] = '\0';
    return text;
}

static void common_fields(void **state)
{
    static const char *argv[] = { "id", "-u", "it's\n" };
    static struct aa_file_facts file = { .path = "/usr/bin/id", .found = true };
    struct aa_digest digest = { { 0xab, 0x01 } };
    struct aa_request request = *facts_request("login=bob rhost=10.0.0.1");
    struct aa_record_context context = {
        .rule = "ids", .action = AA_ACTION_ALLOW, .risk = "high", .policy = "0123456789abcdef",
        .agent = "bot", .owner = "boss", .digest = &digest,
    };
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT, few = AA_FIELDS_INIT;
    _cleanup_buffer_ struct aa_buffer command = AA_FIELDS_INIT;

    (void)state;
    request.argv = (struct aa_strings){ argv, 3 };
    request.files = &file;
    request.files_n = 1;
    request.login.uid = 1001;
    request.session_known = true;
    request.session = 42;
    request.machine = "m";
    strcpy(request.id.code, "7F3K-9QXM");
    strcpy(request.id.hex, "00112233445566778899aabbccddeeff");
    aa_mask_add_request(&command, NULL, &request, AA_COMMAND_MAX);
    context.command = &command;
    aa_record_common(&fields, &request, &context);
    assert_string_equal(as_text(&fields),
        "AA_MODE=enforce\nAA_FRONTEND=sudo\nAA_SERVICE=sudo\nAA_RULE=ids\nAA_ACTION=allow\n"
        "AA_RISK=high\nAA_USER=alice\nAA_UID=1000\nAA_LOGIN_USER=bob\nAA_LOGINUID=1001\n"
        "AA_SESSION=42\nAA_AGENT=bot\nAA_OWNER=boss\nAA_TTY=/dev/pts/1\nAA_RHOST=10.0.0.1\n"
        "AA_RUNAS=root\nAA_HOST=web-1.example.com\nAA_MACHINE=m\nAA_CWD=/home/alice\n"
        "AA_COMMAND=/usr/bin/id -u $'it\\'s\\n'\nAA_EXE=/usr/bin/id\n"
        "AA_DIGEST=ab01000000000000000000000000000000000000000000000000000000000000\n"
        "AA_POLICY=0123456789abcdef\nAA_REQUEST=7F3K-9QXM\n"
        "AA_ID=00112233445566778899aabbccddeeff\nAA_VERSION=" AA_VERSION "\n");
    /* what is not known is left out, never empty */
    request = *facts_request("login=- tty=- full=- cwd=- frontend=pam");
    request.command = NULL;
    context = (struct aa_record_context){ .observe = true };
    aa_record_common(&few, &request, &context);
    assert_string_equal(as_text(&few),
        "AA_MODE=observe\nAA_FRONTEND=pam\nAA_SERVICE=sudo\nAA_USER=alice\nAA_UID=1000\n"
        "AA_RUNAS=root\nAA_HOST=web-1\nAA_REQUEST=\nAA_ID=\nAA_VERSION=" AA_VERSION "\n");
}

static void ledger_and_journal_agree(void **state)
{
    _cleanup_buffer_ struct aa_buffer common = AA_FIELDS_INIT, own = AA_FIELDS_INIT;
    _cleanup_buffer_ struct aa_buffer kept = AA_BUFFER_INIT(0), heard = AA_BUFFER_INIT(0);
    struct aa_event_record record = {
        .event = AA_EVENT_FINISHED, .realtime_usec = 1, .message = "it ended",
        .own = &own, .common = &common,
    };
    int state_fd = world_state_fd(&world);
    struct aa_fault fault = { 0 };
    char hash[AA_SHA256_HEX] = "";

    (void)state;
    aa_field_add(&common, "AA_USER", "alice");
    aa_field_add(&own, "AA_EXIT_STATUS", "3");
    for (int i = 1; i <= 2; i++) {
        assert_int_equal(aa_record_keep(&world.site, state_fd, &record, AA_LEDGER_AFTER, false, NULL,
                                        &fault), 0);
        assert_int_equal(world_ledger_count(&world, &kept), (size_t)i);
        assert_string_equal(as_text(&kept), "AA_EVENT=finished\nAA_TIME=1970-01-01T00:00:00.000001Z\n"
                                            "AA_EXIT_STATUS=3\nAA_USER=alice\n");
        assert_int_equal(world_journal_next(&world, &heard), 1);
        assert_string_equal(world_journal_value(&heard, "AA_EVENT"), "finished");
        assert_string_equal(world_journal_value(&heard, "AA_EXIT_STATUS"), "3");
        assert_string_equal(world_journal_value(&heard, "AA_USER"), "alice");
        assert_string_equal(world_journal_value(&heard, "MESSAGE"), "it ended");
        assert_string_equal(world_journal_value(&heard, "SYSLOG_IDENTIFIER"), "actionapprove");
        assert_string_equal(world_journal_value(&heard, "MESSAGE_ID"),
                            aa_event_facts(AA_EVENT_FINISHED)->message_id);
        assert_string_equal(world_journal_value(&heard, "PRIORITY"), "6");
        assert_string_equal(world_journal_value(&heard, "AA_SEQ"), i == 1 ? "1" : "2");
        if (i == 2) /* the chain of the first one's hash */
            assert_string_equal(world_journal_value(&heard, "AA_PREV"), hash);
        snprintf(hash, sizeof(hash), "%s", world_journal_value(&heard, "AA_HASH"));
    }
    close(state_fd);
}

static void the_result_is_the_ledgers(void **state)
{
    _cleanup_buffer_ struct aa_buffer common = AA_FIELDS_INIT, heard = AA_BUFFER_INIT(0);
    struct aa_event_record record = { .event = AA_EVENT_ALLOWED, .message = "m", .common = &common };
    int state_fd = world_state_fd(&world);
    struct aa_fault fault = { 0 };

    (void)state;
    assert_int_equal(aa_record_keep(&world.site, -1, &record, AA_LEDGER_BEFORE, false, NULL, &fault),
                     -ENOENT);
    assert_int_equal(world_journal_next(&world, &heard), 1); /* heard of all the same */
    assert_null(world_journal_value(&heard, "AA_SEQ"));
    close(world.journal_fd);
    world.journal_fd = -1;
    assert_int_equal(aa_record_keep(&world.site, state_fd, &record, AA_LEDGER_BEFORE, false, NULL, &fault),
                     0); /* the journal stops nobody */
    common.error = -ENOMEM;
    assert_true(aa_record_keep(&world.site, state_fd, &record, AA_LEDGER_BEFORE, false, NULL, &fault) < 0);
    assert_int_equal(fault.id, AA_FAULT_MEMORY);
    assert_int_equal(world_ledger_count(&world, NULL), 1);
    close(state_fd);
}

static char *read_source(const char *name)
{
    static struct aa_buffer content;
    char path[512];
    int fd;

    snprintf(path, sizeof(path), SOURCE_ROOT "/%s", name);
    aa_buffer_free(&content);
    content = (struct aa_buffer)AA_BUFFER_INIT(1024 * 1024);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    assert_int_equal(aa_read_all(fd, &content), 0);
    close(fd);
    assert_non_null(aa_buffer_text(&content));
    return content.data;
}

static void every_event_is_in_the_catalog(void **state)
{
    static const char *const names[] = { "allowed", "refused", "requested", "vote", "approved",
                                         "denied", "expired", "cancelled", "failed", "break-glass",
                                         "finished" };
    char *catalog = read_source("packaging/actionapprove.catalog");
    size_t entries = 0;

    (void)state;
    assert_non_null(catalog);
    for (int event = 1; event < AA_EVENT_COUNT; event++) {
        const struct aa_event_facts *facts = aa_event_facts((enum aa_event)event);
        char entry[64];
        const char *at;

        assert_string_equal(facts->name, names[event - 1]);
        assert_int_equal(strlen(facts->message_id), 32);
        assert_int_equal(strspn(facts->message_id, "0123456789abcdef"), 32);
        assert_true(facts->priority >= 0 && facts->priority <= 7);
        snprintf(entry, sizeof(entry), "-- %s\nSubject: ", facts->message_id);
        at = strstr(catalog, entry);
        check(at != NULL, "%s has no entry in the catalog", facts->name);
        assert_null(strstr(at + 1, entry));
        for (int other = 1; other < event; other++)
            assert_string_not_equal(facts->message_id,
                                    aa_event_facts((enum aa_event)other)->message_id);
    }
    for (const char *at = catalog; (at = strstr(at, "\n-- ")) != NULL; at++)
        entries++;
    entries += strncmp(catalog, "-- ", 3) == 0;
    assert_int_equal(entries, AA_EVENT_COUNT - 1);
    assert_string_equal(aa_event_facts(AA_EVENT_COUNT)->name, "failed");
    assert_string_equal(aa_event_facts((enum aa_event)0)->name, "failed");
}

static void every_fault_has_a_name_and_a_remedy(void **state)
{
    (void)state;
    for (int id = 1; id < AA_FAULT_COUNT; id++) {
        const char *name = aa_fault_name((enum aa_fault_id)id);

        check(name != NULL && strncmp(name, "E-", 2) == 0, "fault %d has no name", id);
        assert_int_equal(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-"), strlen(name));
        check(aa_fault_remedy((enum aa_fault_id)id) != NULL &&
                  aa_fault_remedy((enum aa_fault_id)id)[0] != '\0', "%s has no remedy", name);
        for (int other = 1; other < id; other++)
            assert_string_not_equal(name, aa_fault_name((enum aa_fault_id)other));
    }
    assert_string_equal(aa_fault_name(AA_FAULT_NONE), "");
    assert_string_equal(aa_fault_name(AA_FAULT_COUNT), "E-UNKNOWN");
    assert_string_equal(aa_fault_remedy(AA_FAULT_COUNT), "");
}

static void every_fault_is_explained(void **state)
{
    char *errors = read_source("doc/errors.md");

    (void)state;
    if (errors == NULL)
        skip_because("there is no doc/errors.md");
    for (int id = 1; id < AA_FAULT_COUNT; id++) {
        const char *name = aa_fault_name((enum aa_fault_id)id), *at = errors;
        size_t n = strlen(name);

        while ((at = strstr(at, name)) != NULL && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ-", at[n]) != NULL)
            at++;
        check(at != NULL, "doc/errors.md does not explain %s", name);
    }
}

static void the_first_fault_counts(void **state)
{
    struct aa_fault fault = { 0 };
    char longer[4000];

    (void)state;
    memset(longer, 'x', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(aa_fault(&fault, AA_FAULT_KEY, -EPERM, "%s", longer), -EPERM);
    assert_int_equal(strlen(fault.detail), AA_FAULT_DETAIL_MAX - 1);
    assert_int_equal(aa_fault(&fault, AA_FAULT_JOURNAL, -EIO, "second"), -EIO);
    assert_int_equal(fault.id, AA_FAULT_KEY);
    assert_int_equal(fault.detail[0], 'x');
    assert_int_equal(aa_fault(NULL, AA_FAULT_JOURNAL, -EIO, "nobody hears"), -EIO);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times),
        cmocka_unit_test(common_fields),
        TEST(ledger_and_journal_agree),
        TEST(the_result_is_the_ledgers),
        cmocka_unit_test(every_event_is_in_the_catalog),
        cmocka_unit_test(every_fault_has_a_name_and_a_remedy),
        cmocka_unit_test(every_fault_is_explained),
        cmocka_unit_test(the_first_fault_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

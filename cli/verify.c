/* SPDX-License-Identifier: ISC */
/* verify: whether every record of the ledger is whole and in its place. */
#include <string.h>

#include "cli.h"
#include "record/ledger-read.h"
#include "record/ledger-side.h"

struct findings {
    unsigned long long records, broken, torn, joined;
    size_t beside;
};

static int count_beside(const struct aa_ledger_reader *reader, struct findings *findings)
{
    struct aa_side_names names = { 0 };
    _cleanup_close_ int folder_fd = -1;
    int r = aa_ledger_side_open(reader->state_fd, &folder_fd);

    if (r > 0)
        r = aa_ledger_side_list(folder_fd, &names);
    findings->beside = names.found;
    for (size_t i = 0; r == 0 && i < names.n; i++) {
        _cleanup_buffer_ struct aa_buffer content = AA_BUFFER_INIT(AA_LEDGER_RECORD_MAX + 8);
        const struct aa_ledger_record *record;

        if (aa_ledger_side_read(reader->site, folder_fd, names.names[i], &content, &record) == 1)
            continue;
        printf("beside the chain: %s is damaged\n", names.names[i]);
        findings->broken++;
    }
    aa_side_names_free(&names);
    return r < 0 ? r : 0;
}

static int read_all(struct aa_ledger_reader *reader, struct findings *findings)
{
    const char *why = "";
    int item;

    while ((item = aa_ledger_reader_next(reader, &why)) > 0) {
        if (item == AA_LEDGER_GARBAGE) {
            printf("behind record %llu: %s, at byte %llu\n",
                   (unsigned long long)reader->next_seq - 1, why,
                   (unsigned long long)reader->offset);
            findings->broken++;
            break;
        }
        findings->records++;
        findings->joined += (reader->record.flags & AA_LEDGER_FROM_SIDE) != 0;
        if ((reader->record.flags & AA_LEDGER_AFTER_DAMAGE) != 0) {
            printf("before record %llu: %u damaged bytes were moved to " AA_LEDGER_FILE
                   ".removed-%llu\n",
                   (unsigned long long)reader->record.seq, reader->record.torn_bytes,
                   (unsigned long long)reader->record.seq);
            findings->broken++;
        } else if ((reader->record.flags & AA_LEDGER_AFTER_TORN) != 0) {
            findings->torn++;
            printf("before record %llu: %u bytes of an unfinished record were removed "
                   "(its writer did not come to its end)\n",
                   (unsigned long long)reader->record.seq, reader->record.torn_bytes);
        }
        if (item == AA_LEDGER_BROKEN) {
            printf("record %llu: %s\n", (unsigned long long)reader->record.seq, why);
            findings->broken++;
        }
    }
    return item < 0 ? item : 0;
}

/* The mark knows how far the chain reached: less than that is a truncation. */
static void check_truncation(const struct aa_ledger_reader *reader, struct findings *findings)
{
    const struct aa_ledger_mark *mark = &reader->header.mark;

    if (mark->checksum == aa_ledger_mark_checksum(mark) && mark->next_seq > reader->next_seq) {
        printf("behind record %llu: the ledger was cut; it held %llu records\n",
               (unsigned long long)reader->next_seq - 1, (unsigned long long)mark->next_seq - 1);
        findings->broken++;
    }
}

static int run(const struct command *command, int argc, char **argv)
{
    struct aa_ledger_reader reader;
    struct findings findings = { 0 };
    struct aa_fault fault = { 0 };
    int r = require_root(command);

    (void)argv;
    if (argc > 1)
        return usage_error(command, "too many arguments");
    if (r != EXIT_YES)
        return r;
    if (aa_ledger_reader_open(&aa_site_system, &reader, &fault) < 0)
        return report_fault(&fault);
    r = read_all(&reader, &findings);
    if (r == 0)
        r = count_beside(&reader, &findings);
    if (r == 0)
        check_truncation(&reader, &findings);
    aa_ledger_reader_close(&reader);
    if (r < 0) {
        fprintf(stderr, "actionapprove verify: the ledger cannot be read: %s\n", strerror(-r));
        return EXIT_UNREACHABLE;
    }
    if (findings.joined > 0)
        printf("%llu records were written beside the chain and joined later\n", findings.joined);
    if (findings.beside > 0)
        printf("%zu records wait beside the chain for the next one to join them\n",
               findings.beside);
    if (findings.broken > 0) {
        printf("NOT whole: %llu records, %llu breaks\n", findings.records, findings.broken);
        return EXIT_NO;
    }
    printf("whole: %llu records\n", findings.records);
    return EXIT_YES;
}

const struct command command_verify = {
    .name = "verify",
    .summary = "prove that no record of the ledger is missing or changed",
    .usage = "verify",
    .run = run,
};

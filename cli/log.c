/* SPDX-License-Identifier: ISC */
/* log: prints the ledger's records. */
#include <getopt.h>
#include <string.h>

#include "cli.h"
#include "record/fields-json.h"
#include "record/ledger-read.h"

/* One JSON object a record; a field that is repeated becomes an array. */
static void print_json(const struct aa_ledger_reader *reader, const char *broken)
{
    struct aa_reader fields = { (const unsigned char *)reader->payload.data,
                                reader->payload.length };
    _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(16 * AA_FIELDS_MAX);
    char hash[AA_SHA256_HEX];

    aa_buffer_add_byte(&out, '{');
    if (aa_fields_json_add(&out, fields, &(struct aa_fields_json){ 0 }) > 0)
        aa_buffer_add_byte(&out, ',');
    aa_buffer_printf(&out, "\"AA_SEQ\":\"%llu\"", (unsigned long long)reader->record.seq);
    aa_hex(reader->record.prev, sizeof(reader->record.prev), hash);
    aa_buffer_printf(&out, ",\"AA_PREV\":\"%s\"", hash);
    aa_hex(reader->record.hash, sizeof(reader->record.hash), hash);
    aa_buffer_printf(&out, ",\"AA_HASH\":\"%s\"", hash);
    if (broken != NULL) /* a program must not take it for a record like the others */
        aa_buffer_printf(&out, ",\"BROKEN\":\"%s\"", broken);
    aa_buffer_add_text(&out, "}\n");
    if (aa_buffer_text(&out) != NULL)
        fputs(out.data, stdout);
}

static void print_field(const struct aa_ledger_reader *reader, const char *name, int width)
{
    struct aa_reader fields = { (const unsigned char *)reader->payload.data,
                                reader->payload.length };
    struct aa_field field;

    while (aa_field_next(&fields, &field) == 1) {
        if (field.name_length == strlen(name) &&
            memcmp(field.name, name, field.name_length) == 0) {
            printf("%-*.*s ", width, (int)field.value_length, field.value);
            return;
        }
    }
    printf("%-*s ", width, "");
}

static void print_line(const struct aa_ledger_reader *reader)
{
    print_field(reader, "AA_TIME", 27);
    print_field(reader, "AA_REQUEST", 9);
    print_field(reader, "AA_EVENT", 9);
    print_field(reader, "AA_USER", 10);
    print_field(reader, "AA_RUNAS", 8);
    print_field(reader, "AA_RULE", 16);
    print_field(reader, "AA_APPROVER", 8);
    print_field(reader, "AA_COMMAND", 0);
    putchar('\n');
}

static int run(const struct command *command, int argc, char **argv)
{
    static const struct option options[] = {
        { "json", no_argument, NULL, 'j' },
        { NULL, 0, NULL, 0 },
    };
    struct aa_ledger_reader reader;
    struct aa_fault fault = { 0 };
    const char *why = "";
    bool json = false;
    int c, r;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c != 'j')
            return usage_error(command, "unknown option");
        json = true;
    }
    if (optind != argc)
        return usage_error(command, "too many arguments");
    r = require_root(command);
    if (r != EXIT_YES)
        return r;
    if (aa_ledger_reader_open(&aa_site_system, &reader, &fault) < 0)
        return report_fault(&fault);
    while ((r = aa_ledger_reader_next(&reader, &why)) == AA_LEDGER_RECORD ||
           r == AA_LEDGER_BROKEN) {
        if (r == AA_LEDGER_BROKEN)
            fprintf(stderr, "actionapprove log: record %llu: %s; run actionapprove verify\n",
                    (unsigned long long)reader.record.seq, why);
        if (json)
            print_json(&reader, r == AA_LEDGER_BROKEN ? why : NULL);
        else
            print_line(&reader);
    }
    if (r == AA_LEDGER_GARBAGE)
        fprintf(stderr, "actionapprove log: the ledger ends in %s; run actionapprove verify\n",
                why);
    aa_ledger_reader_close(&reader);
    return r < 0 ? EXIT_UNREACHABLE : EXIT_YES;
}

const struct command command_log = {
    .name = "log",
    .summary = "print the records of the ledger",
    .usage = "log [--json]",
    .run = run,
};

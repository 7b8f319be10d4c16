/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "records.h"

#include <stdio.h>

#include "base/macros.h"
#include "child.h"
#include "json-line.h"
#include "world.h"

const char *record_value(const struct record *record, const char *name)
{
    for (size_t i = 0; i < record->n; i++) {
        if (strcmp(record->fields[i].name, name) == 0)
            return record->fields[i].value;
    }
    return NULL;
}

const char *record_text(const struct record *record, const char *name)
{
    const char *value = record_value(record, name);

    return value == NULL ? "" : value;
}

void record_add(struct record *record, const char *name, size_t name_length, const char *value,
                size_t value_length)
{
    assert_true(record->n < RECORD_FIELDS_MAX);
    assert_non_null(record->fields[record->n].name = strndup(name, name_length));
    assert_non_null(record->fields[record->n].value = strndup(value, value_length));
    record->n++;
}

struct record *records_new(struct records *records)
{
    struct record *more = realloc(records->v, (records->n + 1) * sizeof(*more));

    assert_non_null(more);
    records->v = more;
    more += records->n++;
    *more = (struct record){ 0 };
    return more;
}

void records_free(struct records *records)
{
    for (size_t i = 0; i < records->n; i++) {
        for (size_t j = 0; j < records->v[i].n; j++) {
            free(records->v[i].fields[j].name);
            free(records->v[i].fields[j].value);
        }
    }
    free(records->v);
    *records = (struct records){ 0 };
}

static char *tool(const char *command, const char *option, int *ret_status)
{
    char *words[] = { strdup(world_tool), strdup(command), option == NULL ? NULL : strdup(option),
                      NULL };
    size_t length;
    char *output = child_program(words, &length, ret_status);

    for (size_t i = 0; words[i] != NULL; i++)
        free(words[i]);
    return output;
}

void ledger_read(struct records *ret)
{
    _cleanup_free_ char *output = NULL;
    int status;

    output = tool("log", "--json", &status);
    assert_int_equal(status, 0);
    for (const char *line = output; *line != '\0'; line++) {
        struct record *record = records_new(ret);

        line = json_line_read(line, record);
        assert_int_equal(*line, '\n');
    }
}

void ledger_expect(const char *events)
{
    _cleanup_(records_free) struct records ledger = { 0 };
    char found[4096] = "";
    size_t length = 0;

    ledger_read(&ledger);
    for (size_t i = 0; i < ledger.n && length < sizeof(found); i++)
        length += (size_t)snprintf(found + length, sizeof(found) - length, "%s%s",
                                   i == 0 ? "" : " ", record_text(&ledger.v[i], "AA_EVENT"));
    assert_string_equal(found, events);
}

void ledger_expect_whole(void)
{
    _cleanup_free_ char *output = NULL;
    int status;

    output = tool("verify", NULL, &status);
    if (status != 0)
        fail_msg("verify: %s", output);
}

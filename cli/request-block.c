/* SPDX-License-Identifier: ISC */
#include "request-block.h"

#include <time.h>

#include "request-view.h"

enum { LABEL_WIDTH = 9, DEEP = 2 + LABEL_WIDTH };

static void add_value(struct aa_buffer *out, const struct terminal *terminal,
                      const struct aa_field *field)
{
    terminal_add(terminal, out, field->value, field->value_length);
}

/* Every value of a repeated field. */
static void add_each(struct aa_buffer *out, const struct terminal *terminal,
                     const struct local_peer *peer, const char *name, const char *between)
{
    struct aa_reader fields = local_fields(peer);
    struct aa_field field;
    size_t n = 0;

    while (aa_field_next(&fields, &field) == 1) {
        if (field.name_length != strlen(name) || memcmp(field.name, name, field.name_length) != 0)
            continue;
        if (n++ > 0)
            aa_buffer_add_text(out, between);
        add_value(out, terminal, &field);
    }
}

static void begin_line(struct aa_buffer *out, const char *label)
{
    aa_buffer_printf(out, "  %-*s", LABEL_WIDTH, label);
}

static void add_optional_line(struct aa_buffer *out, const struct terminal *terminal,
                              const struct local_peer *peer, const char *label, const char *name)
{
    struct aa_field field;

    if (!local_field(peer, name, &field))
        return;
    begin_line(out, label);
    add_value(out, terminal, &field);
    aa_buffer_add_byte(out, '\n');
}

/* Warnings come first: who reads no further has read them. */
static void add_warnings(struct aa_buffer *out, const struct terminal *terminal,
                         const struct local_peer *peer)
{
    struct aa_reader fields = local_fields(peer);
    struct aa_field field;

    while (aa_field_next(&fields, &field) == 1) {
        if (field.name_length != strlen("AA_WARNING") ||
            memcmp(field.name, "AA_WARNING", field.name_length) != 0)
            continue;
        aa_buffer_add_text(out, terminal->colour ? "  \033[1;31m! " : "  ! ");
        add_value(out, terminal, &field);
        aa_buffer_add_text(out, terminal->colour ? VIEW_COLOUR_END "\n" : "\n");
    }
}

static void add_who_lines(struct aa_buffer *out, const struct terminal *terminal,
                          const struct local_peer *peer)
{
    struct aa_field field;

    begin_line(out, "who");
    view_add_who(out, terminal, peer);
    if (local_field(peer, "AA_UID", &field)) {
        aa_buffer_add_text(out, ", uid ");
        add_value(out, terminal, &field);
    }
    if (local_field(peer, "AA_TTY", &field)) {
        aa_buffer_add_text(out, ", on ");
        add_value(out, terminal, &field);
    }
    if (local_field(peer, "AA_RHOST", &field)) {
        aa_buffer_add_text(out, ", from ");
        add_value(out, terminal, &field);
    }
    aa_buffer_add_byte(out, '\n');
    begin_line(out, "as");
    view_add_field(out, terminal, peer, "AA_RUNAS", "?");
    aa_buffer_add_byte(out, '\n');
    begin_line(out, "why");
    if (local_field(peer, "AA_REASON", &field)) {
        aa_buffer_add_text(out, terminal->utf8 ? "\xe2\x80\x9c" : "\"");
        add_value(out, terminal, &field);
        aa_buffer_add_text(out, terminal->utf8 ? "\xe2\x80\x9d" : "\"");
        aa_buffer_add_text(out, " (the requester's words)\n");
    } else {
        aa_buffer_add_text(out, "no reason given\n");
    }
}

static void add_where_lines(struct aa_buffer *out, const struct terminal *terminal,
                            const struct local_peer *peer)
{
    struct aa_field field;

    begin_line(out, "where");
    view_add_field(out, terminal, peer, "AA_HOST", "?");
    aa_buffer_add_byte(out, ':');
    view_add_field(out, terminal, peer, "AA_CWD", "?");
    aa_buffer_add_byte(out, '\n');
    begin_line(out, "rule");
    view_add_field(out, terminal, peer, "AA_RULE", "default");
    aa_buffer_printf(out, ", risk %s", view_risk_colour(terminal, peer));
    view_add_field(out, terminal, peer, "AA_RISK", "?");
    aa_buffer_printf(out, "%s\n", *view_risk_colour(terminal, peer) != '\0' ? VIEW_COLOUR_END : "");
    begin_line(out, "needs");
    view_add_field(out, terminal, peer, "AA_QUORUM", "?");
    if (local_field(peer, "AA_FROM", &field)) {
        aa_buffer_add_text(out, " from ");
        add_each(out, terminal, peer, "AA_FROM", ", ");
    }
    aa_buffer_add_text(out, "; so far ");
    view_add_field(out, terminal, peer, "AA_APPROVALS", "0");
    if (local_field(peer, "AA_APPROVED_BY", &field)) {
        aa_buffer_add_text(out, ": ");
        add_each(out, terminal, peer, "AA_APPROVED_BY", ", ");
    }
    aa_buffer_add_byte(out, '\n');
}

/* What the caller adds to the environment can change what the same words do. */
static void add_environment(struct aa_buffer *out, const struct terminal *terminal,
                            const struct local_peer *peer)
{
    struct aa_field field;

    if (!local_field(peer, "AA_ENV", &field))
        return;
    begin_line(out, "adds");
    add_each(out, terminal, peer, "AA_ENV", "\n           ");
    aa_buffer_add_byte(out, '\n');
}

/* Commands inside of the command: what its wrappers, shell strings and scripts would run. */
static void add_inside(struct aa_buffer *out, const struct terminal *terminal,
                       const struct local_peer *peer)
{
    struct aa_field field;

    if (!local_field(peer, "AA_INSIDE", &field))
        return;
    begin_line(out, "inside");
    add_each(out, terminal, peer, "AA_INSIDE", "\n           ");
    aa_buffer_add_byte(out, '\n');
}

static void add_time_lines(struct aa_buffer *out, const struct terminal *terminal,
                           const struct local_peer *peer, const struct aa_site *site)
{
    time_t now = (time_t)(site->realtime_usec() / 1000000), expires;
    struct tm today, when;
    char text[80];

    begin_line(out, "left");
    view_add_left(out, view_left_usec(peer, site));
    tzset();
    if (view_expires(peer, &expires) && localtime_r(&expires, &when) != NULL &&
        localtime_r(&now, &today) != NULL) {
        bool same_day = when.tm_yday == today.tm_yday && when.tm_year == today.tm_year;

        if (strftime(text, sizeof(text), same_day ? "%H:%M:%S %Z" : "%Y-%m-%d %H:%M:%S %Z",
                     &when) > 0) {
            aa_buffer_add_text(out, ", until ");
            terminal_add(terminal, out, text, strlen(text));
        }
    }
    aa_buffer_add_byte(out, '\n');
}

/* Twelve digits are enough to compare by eye: "3f9a-77c1-e0b2". */
static void add_digest(struct aa_buffer *out, const struct terminal *terminal,
                       const struct local_peer *peer)
{
    struct aa_field digest;

    if (!local_field(peer, "AA_DIGEST", &digest) || digest.value_length < 12) {
        aa_buffer_add_text(out, "none");
        return;
    }
    for (size_t i = 0; i < 12; i += 4) {
        if (i > 0)
            aa_buffer_add_byte(out, '-');
        terminal_add(terminal, out, digest.value + i, 4);
    }
}

static void add_answers(struct aa_buffer *out, const struct terminal *terminal,
                        const struct local_peer *peer)
{
    uint32_t standing = peer->greeting.standing;
    struct aa_field joined;

    if (local_field(peer, "AA_JOINED", &joined)) {
        begin_line(out, "joined");
        aa_buffer_add_text(out, "it waits with ");
        add_value(out, terminal, &joined);
        aa_buffer_add_text(out, ", the same request before it; that one is to be answered\n");
    } else if (standing == AA_LOCAL_APPROVER || standing == AA_LOCAL_OWNER) {
        begin_line(out, "answer");
        aa_buffer_printf(out, "actionapprove approve %s\n", peer->code);
        begin_line(out, "");
        aa_buffer_printf(out, "actionapprove deny %s --reason TEXT\n", peer->code);
    }
    if (standing != AA_LOCAL_APPROVER) {
        begin_line(out, "stop it");
        aa_buffer_printf(out, "actionapprove cancel %s\n", peer->code);
    }
}

/* One line, in as many as the terminal needs. What follows the first stands deeper than any label:
 * a requester's words cannot look like a line of ours. */
static void add_wrapped(struct aa_buffer *out, const struct terminal *terminal, const char *line,
                        size_t length)
{
    size_t columns = terminal->columns;

    if (columns <= DEEP + 8 || terminal_fit(line, length, columns) == length) {
        aa_buffer_add(out, line, length);
        return;
    }
    while (length > 0) {
        size_t n = terminal_fit(line, length, columns);

        aa_buffer_add(out, line, n);
        line += n;
        length -= n;
        if (length > 0)
            aa_buffer_printf(out, "\n%*s", DEEP, "");
        columns = terminal->columns - DEEP;
    }
}

static void add_block(struct aa_buffer *out, const struct terminal *terminal,
                      const struct local_peer *peer, const struct aa_site *site)
{
    add_warnings(out, terminal, peer);
    aa_buffer_add_text(out, "\n    ");
    view_add_what(out, terminal, peer);
    aa_buffer_add_text(out, "\n\n");
    add_optional_line(out, terminal, peer, "runs", "AA_EXE");
    add_inside(out, terminal, peer);
    add_optional_line(out, terminal, peer, "typed", "AA_SUBMITTED");
    add_optional_line(out, terminal, peer, "editor", "AA_EDITOR"); /* as the requester says */
    add_optional_line(out, terminal, peer, "labels", "AA_LABELS");
    add_who_lines(out, terminal, peer);
    add_where_lines(out, terminal, peer);
    add_environment(out, terminal, peer);
    add_time_lines(out, terminal, peer, site);
    begin_line(out, "code");
    aa_buffer_printf(out, "%s, digest ", peer->code);
    add_digest(out, terminal, peer);
    aa_buffer_add_byte(out, '\n');
    add_answers(out, terminal, peer);
}

void request_block_add(struct aa_buffer *out, const struct terminal *terminal,
                       const struct local_peer *peer, const struct aa_site *site)
{
    _cleanup_buffer_ struct aa_buffer block = AA_BUFFER_INIT(VIEW_MAX);
    const char *line;

    add_block(&block, terminal, peer, site);
    line = aa_buffer_text(&block);
    if (line == NULL) {
        out->error = block.error;
        return;
    }
    for (const char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        add_wrapped(out, terminal, line, (size_t)(end - line));
        aa_buffer_add_byte(out, '\n');
    }
}

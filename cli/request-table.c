/* SPDX-License-Identifier: ISC */
#include "request-table.h"

#include "request-view.h"

enum {
    GAP = 2,
    WHAT_WIDTH_MIN = 24, /* with less room than this the command gets a line of its own */
    NARROW = 9,          /* no column is made narrower, so that codes stay whole */
};

enum column { CODE, LEFT, RISK, WHO, AS, WHERE, RULE, VOTES, COLUMNS };

/* One long name must not push the command out of sight: on a terminal it is cut, else it only
 * disturbs its own line. */
static const struct {
    const char *title;
    size_t width_max;
} columns[COLUMNS] = {
    [CODE] = { "CODE", 9 },    [LEFT] = { "LEFT", 8 },    [RISK] = { "RISK", 8 },
    [WHO] = { "WHO", 24 },     [AS] = { "AS", 12 },       [WHERE] = { "WHERE", 24 },
    [RULE] = { "RULE", 18 },   [VOTES] = { "VOTES", 7 },
};

struct row {
    const struct local_peer *peer;
    int64_t left;
    struct aa_buffer cells[COLUMNS];
};

struct table {
    FILE *out;
    const struct terminal *terminal;
    const char *line_end;
    size_t widths[COLUMNS];
    size_t what_width; /* 0: no end */
    bool what_below;
};

/* ---- the order */

struct ordered {
    const struct local_peer *peer;
    int64_t left;
};

static int by_time_left(const void *a, const void *b)
{
    const struct ordered *one = a, *other = b;
    bool one_silent = one->peer->state != LOCAL_GREETED;
    bool other_silent = other->peer->state != LOCAL_GREETED;

    if (one_silent != other_silent)
        return one_silent ? 1 : -1;
    if (one->left != other->left)
        return one->left < other->left ? -1 : 1;
    return strcmp(one->peer->code, other->peer->code);
}

const struct local_peer **request_order(const struct local_peers *peers,
                                        const struct aa_site *site, size_t *ret_n)
{
    _cleanup_free_ struct ordered *all = calloc(peers->n + 1, sizeof(*all));
    const struct local_peer **order = calloc(peers->n + 1, sizeof(*order));
    size_t n = 0;

    if (all == NULL || order == NULL) {
        free(order);
        return NULL;
    }
    for (size_t i = 0; i < peers->n; i++) {
        if (view_is_shown(&peers->v[i]))
            all[n++] = (struct ordered){ &peers->v[i], view_left_usec(&peers->v[i], site) };
    }
    qsort(all, n, sizeof(*all), by_time_left);
    for (size_t i = 0; i < n; i++)
        order[i] = all[i].peer;
    *ret_n = n;
    return order;
}

/* ---- the cells */

/* The host's short name: all of these wait on one host, and the folder says more. */
static void add_where(struct aa_buffer *out, const struct terminal *terminal,
                      const struct local_peer *peer)
{
    struct aa_field host;

    if (local_field(peer, "AA_HOST", &host)) {
        const char *dot = memchr(host.value, '.', host.value_length);

        terminal_add(terminal, out, host.value,
                     dot == NULL ? host.value_length : (size_t)(dot - host.value));
    }
    aa_buffer_add_byte(out, ':');
    view_add_field(out, terminal, peer, "AA_CWD", "?");
}

static void fill_row(struct row *row, const struct terminal *terminal, const struct aa_site *site)
{
    const struct local_peer *peer = row->peer;
    struct aa_field joined;

    for (size_t i = 0; i < COLUMNS; i++)
        row->cells[i].maximum = VIEW_MAX;
    aa_buffer_add_text(&row->cells[CODE], peer->code);
    if (peer->state != LOCAL_GREETED)
        return;
    view_add_left(&row->cells[LEFT], view_left_usec(peer, site));
    view_add_field(&row->cells[RISK], terminal, peer, "AA_RISK", "?");
    view_add_who(&row->cells[WHO], terminal, peer);
    view_add_field(&row->cells[AS], terminal, peer, "AA_RUNAS", "?");
    add_where(&row->cells[WHERE], terminal, peer);
    view_add_field(&row->cells[RULE], terminal, peer, "AA_RULE", "default");
    if (local_field(peer, "AA_JOINED", &joined)) {
        aa_buffer_add_byte(&row->cells[VOTES], '-');
    } else {
        view_add_field(&row->cells[VOTES], terminal, peer, "AA_APPROVALS", "0");
        aa_buffer_add_byte(&row->cells[VOTES], '/');
        view_add_field(&row->cells[VOTES], terminal, peer, "AA_QUORUM", "?");
    }
}

static void measure(struct table *table, const struct row *row)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        size_t width = terminal_width(row->cells[i].data, row->cells[i].length);

        width = AA_MIN(width, columns[i].width_max);
        if (width > table->widths[i])
            table->widths[i] = width;
    }
}

static void lay_out(struct table *table)
{
    size_t taken = 0, room = table->terminal->columns;

    for (size_t i = 0; i < COLUMNS; i++)
        taken += table->widths[i] + GAP;
    if (!table->terminal->is_terminal)
        return;
    if (taken + WHAT_WIDTH_MIN <= room) {
        table->what_width = room - taken;
        return;
    }
    table->what_below = true;
    table->what_width = room > 2 * GAP ? room - GAP : GAP;
    for (; taken > room + GAP; taken--) { /* the widest gives way */
        size_t widest = CODE;

        for (size_t i = 0; i < COLUMNS; i++)
            widest = table->widths[i] > table->widths[widest] ? i : widest;
        if (table->widths[widest] <= NARROW)
            break;
        table->widths[widest]--;
    }
}

/* ---- the lines */

static void add_what(struct table *table, struct aa_buffer *line, const struct local_peer *peer)
{
    _cleanup_buffer_ struct aa_buffer what = AA_BUFFER_INIT(VIEW_MAX);
    struct aa_field field;

    if (local_field(peer, "AA_WARNING", &field))
        aa_buffer_add_text(&what, "! ");
    if (local_field(peer, "AA_JOINED", &field)) {
        aa_buffer_add_text(&what, "(with ");
        terminal_add(table->terminal, &what, field.value, field.value_length);
        aa_buffer_add_text(&what, ") ");
    }
    view_add_what(&what, table->terminal, peer);
    if (table->what_width == 0)
        aa_buffer_add(line, what.data, what.length);
    else
        terminal_add_cut(table->terminal, line, what.data, what.length, table->what_width);
}

static void add_cell(struct table *table, struct aa_buffer *line, size_t column, const char *text,
                     size_t length, const char *colour)
{
    _cleanup_buffer_ struct aa_buffer cell = AA_BUFFER_INIT(VIEW_MAX);

    if (table->terminal->is_terminal)
        terminal_add_cut(table->terminal, &cell, text, length, table->widths[column]);
    else
        aa_buffer_add(&cell, text, length);
    aa_buffer_add_text(line, colour);
    aa_buffer_add(line, cell.data, cell.length);
    if (*colour != '\0')
        aa_buffer_add_text(line, VIEW_COLOUR_END);
    for (size_t n = terminal_width(cell.data, cell.length); n < table->widths[column] + GAP; n++)
        aa_buffer_add_byte(line, ' ');
    if (terminal_width(cell.data, cell.length) >= table->widths[column] + GAP)
        aa_buffer_add_byte(line, ' ');
}

static void end_line(struct table *table, struct aa_buffer *line)
{
    while (line->error == 0 && line->length > 0 && line->data[line->length - 1] == ' ')
        line->length--;
    aa_buffer_add_text(line, table->line_end);
    aa_buffer_add_byte(line, '\n');
}

static void print_titles(struct table *table)
{
    _cleanup_buffer_ struct aa_buffer line = AA_BUFFER_INIT(VIEW_MAX);

    for (size_t i = 0; i < COLUMNS; i++)
        add_cell(table, &line, i, columns[i].title, strlen(columns[i].title), "");
    if (!table->what_below)
        aa_buffer_add_text(&line, "WHAT");
    end_line(table, &line);
    if (aa_buffer_text(&line) != NULL)
        fwrite(line.data, 1, line.length, table->out);
}

static void print_row(struct table *table, const struct row *row)
{
    _cleanup_buffer_ struct aa_buffer line = AA_BUFFER_INIT(2 * VIEW_MAX);

    if (row->peer->state != LOCAL_GREETED) {
        aa_buffer_printf(&line, "%s  %s", row->peer->code, local_state_words(row->peer->state));
        end_line(table, &line);
    } else {
        for (size_t i = 0; i < COLUMNS; i++)
            add_cell(table, &line, i, row->cells[i].data, row->cells[i].length,
                     i == RISK ? view_risk_colour(table->terminal, row->peer) : "");
        if (table->what_below) {
            end_line(table, &line);
            aa_buffer_add_text(&line, "  ");
        }
        add_what(table, &line, row->peer);
        end_line(table, &line);
    }
    if (aa_buffer_text(&line) != NULL)
        fwrite(line.data, 1, line.length, table->out);
}

size_t request_table_print(FILE *out, const struct terminal *terminal,
                           const struct local_peers *peers, const struct aa_site *site,
                           const char *line_end, size_t rows_max)
{
    struct table table = { .out = out, .terminal = terminal, .line_end = line_end };
    size_t n = 0, shown;
    _cleanup_free_ const struct local_peer **order = request_order(peers, site, &n);
    _cleanup_free_ struct row *rows = calloc(n + 1, sizeof(*rows));

    if (order == NULL || rows == NULL) {
        fputs("actionapprove: out of memory\n", stderr);
        return n;
    }
    if (n == 0) {
        fprintf(out, "nothing is waiting for you%s\n", line_end);
        return 0;
    }
    for (size_t i = 0; i < COLUMNS; i++)
        table.widths[i] = strlen(columns[i].title);
    for (size_t i = 0; i < n; i++) {
        rows[i].peer = order[i];
        fill_row(&rows[i], terminal, site);
        measure(&table, &rows[i]);
    }
    lay_out(&table);
    /* on a screen: the titles, and a line that counts the others */
    shown = rows_max == 0 ? n : AA_MIN(n, (rows_max - AA_MIN(rows_max, 2u)) /
                                              (table.what_below ? 2 : 1));
    if (order[0]->state == LOCAL_GREETED)
        print_titles(&table);
    for (size_t i = 0; i < shown; i++)
        print_row(&table, &rows[i]);
    if (shown < n)
        fprintf(out, "and %zu more%s\n", n - shown, line_end);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < COLUMNS; j++)
            aa_buffer_free(&rows[i].cells[j]);
    }
    return n;
}

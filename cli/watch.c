/* SPDX-License-Identifier: ISC */
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <time.h>

#include "cli.h"
#include "request-table.h"
#include "request-view.h"

/* A request that is known already is asked again only now and then (for its votes): each look
 * wakes a process, and the time that is left can be counted here. */
enum {
    REFRESH_USEC = 5 * 1000 * 1000,
    TICK_USEC = 1000 * 1000,
    GREETING_USEC = 1000 * 1000, /* so that one which was stopped does not hold up the picture */
};

struct watching {
    const struct aa_site *site;
    bool json, redraw;
    int inotify_fd; /* -1: without the kernel's help, once a second */
    struct local_peers peers;
    uint64_t refreshed_usec;
};

/* ---- what changed */

/* The next field that does not change by itself. */
static bool next_lasting(struct aa_reader *fields, struct aa_field *ret)
{
    while (aa_field_next(fields, ret) == 1) {
        if (ret->name_length != strlen("AA_LEFT_USEC") ||
            memcmp(ret->name, "AA_LEFT_USEC", ret->name_length) != 0)
            return true;
    }
    return false;
}

static bool differs(const struct local_peer *a, const struct local_peer *b)
{
    struct aa_reader some = local_fields(a), others = local_fields(b);
    struct aa_field one, other;

    if (a->state != b->state || a->greeting.standing != b->greeting.standing)
        return true;
    for (;;) {
        bool more = next_lasting(&some, &one);

        if (more != next_lasting(&others, &other))
            return true;
        if (!more)
            return false;
        if (one.name_length != other.name_length || one.value_length != other.value_length ||
            memcmp(one.name, other.name, one.name_length) != 0 ||
            memcmp(one.value, other.value, one.value_length) != 0)
            return true;
    }
}

static void print_change(const struct watching *watching, const struct local_peer *peer,
                         const char *change, const char *words)
{
    _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(VIEW_MAX);
    struct terminal terminal = terminal_of(stdout);
    time_t now = (time_t)(watching->site->realtime_usec() / 1000000);
    char clock[40] = "";
    struct tm when;

    if (watching->json) {
        aa_buffer_printf(&out, "{\"change\":\"%s\",", change);
        if (aa_streq(change, "ended"))
            aa_buffer_printf(&out, "\"request\":\"%s\"", peer->code);
        else
            view_add_json(&out, peer);
        aa_buffer_add_byte(&out, '}');
    } else if (words != NULL) {
        if (localtime_r(&now, &when) != NULL)
            (void)strftime(clock, sizeof(clock), "%H:%M:%S ", &when);
        aa_buffer_printf(&out, "%s %s %s", clock, peer->code, words);
        if (!aa_streq(change, "ended") && peer->state == LOCAL_GREETED) {
            aa_buffer_add_text(&out, ": ");
            view_add_who(&out, &terminal, peer);
            aa_buffer_add_text(&out, " as ");
            view_add_field(&out, &terminal, peer, "AA_RUNAS", "?");
            aa_buffer_add_text(&out, ": ");
            view_add_what(&out, &terminal, peer);
        } else if (!aa_streq(change, "ended")) {
            aa_buffer_printf(&out, ": %s", local_state_words(peer->state));
        }
    }
    if (out.length > 0 && aa_buffer_text(&out) != NULL)
        puts(out.data);
}

/* Both are in the order of their codes. */
static void print_changes(const struct watching *watching, const struct local_peers *before,
                          const struct local_peers *now)
{
    size_t i = 0, j = 0;

    while (i < before->n || j < now->n) {
        const struct local_peer *old = i < before->n ? &before->v[i] : NULL;
        const struct local_peer *new = j < now->n ? &now->v[j] : NULL;
        int order = old == NULL ? 1 : new == NULL ? -1 : strcmp(old->code, new->code);

        if (order > 0)
            old = NULL;
        if (order < 0)
            new = NULL;
        i += old != NULL;
        j += new != NULL;
        if (old != NULL && !view_is_shown(old))
            old = NULL;
        if (new != NULL && !view_is_shown(new))
            new = NULL;
        if (old == NULL && new != NULL)
            print_change(watching, new, "appeared", "waits");
        else if (old != NULL && new == NULL)
            print_change(watching, old, "ended", "ended");
        else if (old != NULL && new != NULL && differs(old, new))
            print_change(watching, new, "changed", NULL);
    }
}

/* ---- the round */

static struct local_peer *find(const struct local_peers *peers, const char *code)
{
    size_t first = 0, behind = peers->n;

    while (first < behind) {
        size_t middle = first + (behind - first) / 2;
        int order = strcmp(peers->v[middle].code, code);

        if (order == 0)
            return &peers->v[middle];
        if (order < 0)
            first = middle + 1;
        else
            behind = middle;
    }
    return NULL;
}

static int copy_peer(struct local_peer *copy, const struct local_peer *peer)
{
    char *fields = NULL;

    if (peer->fields != NULL) {
        fields = malloc(peer->greeting.fields_length + 1);
        if (fields == NULL)
            return -ENOMEM;
        memcpy(fields, peer->fields, peer->greeting.fields_length + 1);
    }
    local_peer_end(copy);
    *copy = *peer;
    copy->fd = -1;
    copy->fields = fields;
    return 0;
}

static int look(struct watching *watching, struct local_peers *ret)
{
    uint64_t now = watching->site->boottime_usec();
    bool refresh = now - watching->refreshed_usec >= REFRESH_USEC;
    int r = local_list(watching->site, ret);

    if (r < 0)
        return r;
    for (size_t i = 0; !refresh && i < ret->n; i++) {
        const struct local_peer *known = find(&watching->peers, ret->v[i].code);

        if (known != NULL && known->state != LOCAL_VANISHED)
            (void)copy_peer(&ret->v[i], known);
    }
    local_greet(watching->site, ret->v, ret->n, GREETING_USEC, false);
    for (size_t i = 0; refresh && i < ret->n; i++) {
        const struct local_peer *known = find(&watching->peers, ret->v[i].code);

        /* that it is nobody's business of ours does not change while it is stopped */
        if (known != NULL && known->state == LOCAL_GREETED &&
            known->greeting.standing == AA_LOCAL_STRANGER && ret->v[i].state == LOCAL_SILENT)
            (void)copy_peer(&ret->v[i], known);
    }
    if (refresh)
        watching->refreshed_usec = watching->site->boottime_usec();
    return 0;
}

static void draw(const struct watching *watching)
{
    struct terminal terminal = terminal_of(stdout);

    fputs("\033[H", stdout);
    (void)request_table_print(stdout, &terminal, &watching->peers, watching->site, "\033[K",
                              terminal.rows > 2 ? terminal.rows - 1 : 2);
    fputs("\033[J", stdout);
}

/* Before each look, so that nothing is missed behind it. The folder may be made, or made anew,
 * meanwhile; where it is watched already this changes nothing. */
static bool watch_folder(const struct watching *watching)
{
    return watching->inotify_fd >= 0 &&
           inotify_add_watch(watching->inotify_fd, watching->site->run_dir,
                             IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM) >= 0;
}

static void wait_for_news(const struct watching *watching, bool folder_watched)
{
    struct pollfd polled = { .fd = watching->inotify_fd, .events = POLLIN };
    int usec = folder_watched && !watching->redraw ? REFRESH_USEC : TICK_USEC;
    char events[4096];

    if (poll(&polled, 1, usec / 1000) <= 0)
        return;
    while (read(watching->inotify_fd, events, sizeof(events)) > 0)
        ;
}

/* Nothing has to be put back, so this may end the tool wherever it is. */
static void end_well(int number)
{
    (void)number;
    _exit(EXIT_YES);
}

int watch(const struct aa_site *site, bool json)
{
    struct terminal terminal = terminal_of(stdout);
    struct watching watching = { .site = site, .json = json,
                                 .redraw = !json && terminal.can_redraw };
    struct sigaction action = { .sa_handler = end_well }, before;
    int r = 0;

    if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        (void)sigaction(SIGINT, &action, NULL);
    watching.inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    (void)setvbuf(stdout, NULL, _IOFBF, 256 * 1024); /* one picture is one write */
    tzset();
    if (watching.redraw)
        fputs("\033[2J", stdout);
    while (r == 0) {
        bool folder_watched = watch_folder(&watching);
        struct local_peers now = { 0 };

        r = look(&watching, &now);
        if (r < 0)
            break;
        if (!watching.redraw)
            print_changes(&watching, &watching.peers, &now);
        local_peers_free(&watching.peers);
        watching.peers = now;
        if (watching.redraw)
            draw(&watching);
        if (fflush(stdout) != 0)
            break; /* nobody reads it any more */
        wait_for_news(&watching, folder_watched);
    }
    local_peers_free(&watching.peers);
    aa_close_at(&watching.inotify_fd);
    if (r < 0)
        fprintf(stderr, "actionapprove pending: %s: %s\n", site->run_dir, strerror(-r));
    return EXIT_UNREACHABLE;
}

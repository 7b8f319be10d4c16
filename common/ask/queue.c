/* SPDX-License-Identifier: ISC */
#include "queue.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/io.h"
#include "record/record.h"

struct look {
    const struct aa_entry *entry;
    const struct aa_site *site;
    int state_fd;
    uint32_t before, before_of_user; /* waiting ones that came earlier */
    uint32_t max_of_user;            /* so many of one account count, so that none fills the host */
    struct per_user {
        uid_t uid;
        uint32_t n;
    } *users;
    size_t users_n;
    int error;
    bool followers_too;              /* may be the leader */
    uint64_t leader_started;
    struct aa_queue_place place;
};

/* The order in which requests came, the same for everybody who looks. One that has no time yet is
 * the earliest: who stops their sudo there gains nothing. */
static bool came_earlier(const struct aa_entry_seen *seen, const struct aa_entry *than)
{
    if (seen->header.started_boottime_usec != than->header.started_boottime_usec)
        return seen->header.started_boottime_usec < than->header.started_boottime_usec;
    return strcmp(seen->name, than->name) < 0;
}

static bool counts_for_host(struct look *look, uid_t uid)
{
    struct per_user *more;

    for (size_t i = 0; i < look->users_n; i++) {
        if (look->users[i].uid == uid)
            return look->users[i].n++ < look->max_of_user;
    }
    more = reallocarray(look->users, look->users_n + 1, sizeof(*more));
    if (more == NULL) {
        look->error = -ENOMEM;
        return true;
    }
    look->users = more;
    look->users[look->users_n++] = (struct per_user){ uid, 1 };
    return true;
}

static void count(void *context, const struct aa_entry_seen *seen)
{
    struct look *look = context;

    if ((seen->header.state != AA_ENTRY_WAITING && seen->header.state != AA_ENTRY_ARRIVING) ||
        aa_streq(seen->name, look->entry->name) || !came_earlier(seen, look->entry))
        return;
    look->before += counts_for_host(look, seen->header.uid);
    if (seen->header.uid != look->entry->header.uid)
        return;
    look->before_of_user++;
    if ((seen->header.follows[0] != '\0' && !look->followers_too) ||
        memcmp(seen->header.digest, look->entry->header.digest, AA_SHA256_SIZE) != 0)
        return;
    if (look->place.leader[0] == '\0' ||
        seen->header.started_boottime_usec < look->leader_started) {
        memcpy(look->place.leader, seen->name, AA_CODE_SIZE);
        look->leader_started = seen->header.started_boottime_usec;
    }
}

/* "failed", in the name of a process that can no longer say so. */
static bool record_vanished(void *context, const struct aa_entry_seen *seen,
                            const struct aa_buffer *fields)
{
    const struct look *look = context;
    _cleanup_buffer_ struct aa_buffer own = AA_FIELDS_INIT;
    struct aa_fault ignored = { 0 };
    char message[160];
    struct aa_event_record record = {
        .event = AA_EVENT_FAILED,
        .realtime_usec = look->site->realtime_usec(),
        .message = message,
        .own = &own,
        .common = fields,
    };
    bool ran = seen->header.state != AA_ENTRY_WAITING; /* or it was at its end, and may have */

    aa_field_printf(&own, "AA_ERROR", "%s: %s", aa_fault_name(AA_FAULT_VANISHED),
                    ran ? "sudo was killed after the answer; how it ended is not known" :
                          "the process that waited was killed; nothing was run");
    snprintf(message, sizeof(message), "request %s: %s", seen->name,
             ran ? "sudo was killed after the answer" : "the process that waited was killed");
    return aa_record_keep(look->site, look->state_fd, &record, AA_LEDGER_AFTER, false, NULL,
                          &ignored) == 0;
}

void aa_queue_sweep(const struct aa_site *site, int folder_fd, int state_fd)
{
    struct look look = { .site = site, .state_fd = state_fd };

    (void)aa_entry_scan(site, folder_fd, state_fd, NULL, record_vanished, &look);
}

int aa_queue_enter(const struct aa_entry *entry, int state_fd,
                   const struct aa_snap_settings *settings, struct aa_queue_place *ret,
                   struct aa_fault *fault)
{
    struct look look = {
        .entry = entry, .site = entry->site, .state_fd = state_fd,
        .max_of_user = settings->max_waiting_per_user,
    };
    int r = aa_entry_scan(entry->site, entry->folder_fd, state_fd, count, record_vanished,
                          &look);

    free(look.users);
    if (r == 0)
        r = look.error;
    if (r < 0)
        return aa_fault(fault, AA_FAULT_WAITING, r, "the waiting requests in %s cannot be read: %s",
                        entry->site->run_dir, strerror(-r));
    if (look.before_of_user >= settings->max_waiting_per_user)
        return aa_fault(fault, AA_DENIED_TOO_MANY, -EBUSY,
                        "%u of your requests wait already, and no more may", look.before_of_user);
    if (look.before >= settings->max_waiting)
        return aa_fault(fault, AA_DENIED_TOO_MANY, -EBUSY,
                        "%u requests wait on this host already, and no more may", look.before);
    *ret = look.place;
    return 0;
}

void aa_queue_successor(const struct aa_entry *entry, int state_fd, char ret[AA_CODE_SIZE])
{
    struct look look = {
        .entry = entry, .site = entry->site, .state_fd = state_fd, .followers_too = true,
    };

    (void)aa_entry_scan(entry->site, entry->folder_fd, state_fd, count, record_vanished, &look);
    free(look.users);
    memcpy(ret, look.place.leader, AA_CODE_SIZE);
}

/* ---- denials of a moment ago: files "denied.DIGEST" that hold when ---- */

enum { DENIAL_DIGEST_BYTES = 16, DENIAL_NAME_SIZE = 7 + 2 * DENIAL_DIGEST_BYTES + 1 };

static void denial_name(const unsigned char digest[AA_SHA256_SIZE], char ret[DENIAL_NAME_SIZE])
{
    memcpy(ret, "denied.", 7);
    aa_hex(digest, DENIAL_DIGEST_BYTES, ret + 7);
}

void aa_queue_note_denial(const struct aa_entry *entry)
{
    _cleanup_close_ int fd = -1;
    char name[DENIAL_NAME_SIZE];
    uint64_t now = entry->site->boottime_usec();

    denial_name(entry->header.digest, name);
    (void)unlinkat(entry->folder_fd, name, 0);
    fd = openat(entry->folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0)
        (void)aa_write_at(fd, &now, sizeof(now), 0);
}

/* How long ago, in microseconds; UINT64_MAX where it was not, or nothing can be read. */
static uint64_t denied_ago(const struct aa_site *site, int folder_fd, const char *name)
{
    _cleanup_close_ int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    uint64_t then, now = site->boottime_usec();

    if (fd < 0 || aa_read_at(fd, &then, sizeof(then), 0) != 0 || then > now)
        return UINT64_MAX;
    return now - then;
}

static void forget_old_denials(const struct aa_site *site, int folder_fd, uint32_t seconds)
{
    int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *all = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *found;

    if (all == NULL) {
        aa_close_at(&fd);
        return;
    }
    while ((found = readdir(all)) != NULL) {
        if (aa_after(found->d_name, "denied.") != NULL &&
            denied_ago(site, folder_fd, found->d_name) / 1000000 >= seconds)
            (void)unlinkat(folder_fd, found->d_name, 0);
    }
    closedir(all);
}

int aa_queue_check_denial(const struct aa_site *site, int folder_fd,
                          const unsigned char digest[AA_SHA256_SIZE], uint32_t seconds,
                          struct aa_fault *fault)
{
    char name[DENIAL_NAME_SIZE];
    uint64_t ago;

    denial_name(digest, name);
    ago = denied_ago(site, folder_fd, name) / 1000000;
    forget_old_denials(site, folder_fd, seconds);
    if (ago >= seconds)
        return 0;
    return aa_fault(fault, AA_DENIED_COOL_DOWN, -EAGAIN,
                    "the same command was denied %llu seconds ago; it may be asked again in %llu",
                    (unsigned long long)ago, (unsigned long long)(seconds - ago));
}

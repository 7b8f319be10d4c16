/* SPDX-License-Identifier: ISC */
#include "entry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/io.h"
#include "base/patience.h"
#include "base/trusted-file.h"
#include "record/fields.h"
#include "record/ledger-find.h"

#define ENTRY_MAGIC "AAENTRY"
enum { ENTRY_FORMAT = 1, HIDDEN_SIZE = AA_CODE_SIZE + 1, HIDDEN_SECONDS = 60,
       SHOW_LOCK_USEC = 250 * 1000 };

bool aa_entry_is_name(const char *name)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    if (strlen(name) != AA_CODE_SIZE - 1 || name[4] != '-')
        return false;
    return strspn(name, digits) == 4 && strspn(name + 5, digits) == 4;
}

static int cannot_wait(struct aa_fault *fault, int error, const char *what, const char *why)
{
    return aa_fault(fault, AA_FAULT_WAITING, error, "%s: %s", what, why);
}

int aa_entry_folder(const struct aa_site *site, int *ret_fd, struct aa_fault *fault)
{
    char why[AA_TRUST_WHY_MAX];
    int r = aa_trusted_folder(site, site->run_dir, ret_fd, why);
    int fd;

    if (r == AA_TRUST_MISSING) {
        /* mkdir and chmod are safe: only root can put anything beside it */
        if (mkdir(site->run_dir, 0755) != 0 && errno != EEXIST)
            return cannot_wait(fault, -errno, site->run_dir, strerror(errno));
        r = aa_trusted_folder(site, site->run_dir, &fd, why);
        if (r == AA_TRUST_OK && fchmod(fd, 0755) != 0) { /* whatever the caller's umask */
            r = -errno;
            close(fd);
            return cannot_wait(fault, r, site->run_dir, strerror(-r));
        }
        if (r == AA_TRUST_OK)
            *ret_fd = fd;
    }
    if (r == AA_TRUST_OK)
        return 0;
    return aa_fault(fault, AA_FAULT_WAITING, r < 0 ? r : -EPERM,
                    "the folder of waiting requests cannot be used: %s", why);
}

static void hidden_name(const char *name, char ret[HIDDEN_SIZE])
{
    snprintf(ret, HIDDEN_SIZE, ".%s", name);
}

/* A file without a name, which a kill leaves nothing of; or where that cannot be, a hidden one. */
static int make_file(struct aa_entry *entry)
{
    char hidden[HIDDEN_SIZE];

    entry->fd = openat(entry->folder_fd, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
    if (entry->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
        entry->hidden = true;
        hidden_name(entry->name, hidden);
        entry->fd = openat(entry->folder_fd, hidden,
                           O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    }
    if (entry->fd < 0)
        return -errno;
    return flock(entry->fd, LOCK_EX | LOCK_NB) != 0 ? -errno : 0;
}

static void unlink_hidden(const struct aa_entry *entry)
{
    char hidden[HIDDEN_SIZE];

    hidden_name(entry->name, hidden);
    if (entry->hidden)
        (void)unlinkat(entry->folder_fd, hidden, 0);
}

int aa_entry_create(const struct aa_site *site, struct aa_entry *ret,
                    const struct aa_request_id *id, uid_t uid,
                    const unsigned char digest[AA_SHA256_SIZE], const struct aa_buffer *fields,
                    struct aa_fault *fault)
{
    struct aa_entry entry = { .site = site, .folder_fd = -1, .fd = -1 };
    int r;

    if (fields->error != 0)
        return aa_fault(fault, AA_FAULT_MEMORY, fields->error, "there is not enough memory to wait");
    r = aa_entry_folder(site, &entry.folder_fd, fault);
    if (r < 0)
        return r;
    memcpy(entry.name, id->code, sizeof(entry.name));
    memcpy(entry.header.id, id->hex, sizeof(entry.header.id));
    memcpy(entry.header.magic, ENTRY_MAGIC, sizeof(entry.header.magic));
    entry.header.format = ENTRY_FORMAT;
    entry.header.state = AA_ENTRY_ARRIVING;
    entry.header.uid = uid;
    entry.header.fields_length = (uint32_t)fields->length;
    memcpy(entry.header.digest, digest, sizeof(entry.header.digest));
    r = make_file(&entry);
    if (r == 0)
        r = aa_write_at(entry.fd, &entry.header, sizeof(entry.header), 0);
    if (r == 0)
        r = aa_write_at(entry.fd, fields->data, fields->length, sizeof(entry.header));
    if (r < 0) {
        unlink_hidden(&entry);
        aa_close_at(&entry.fd);
        aa_close_at(&entry.folder_fd);
        return aa_fault(fault, r == -EFBIG ? AA_FAULT_LIMITS : AA_FAULT_WAITING, r,
                        "the request cannot be put in %s: %s", site->run_dir, strerror(-r));
    }
    *ret = entry;
    return 0;
}

static int write_header(struct aa_entry *entry)
{
    return aa_write_at(entry->fd, &entry->header, sizeof(entry->header), 0);
}

/* 40 random bits may meet: then this one does not wait. */
static int give_name(const struct aa_entry *entry)
{
    char path[64], hidden[HIDDEN_SIZE];

    if (entry->hidden) {
        hidden_name(entry->name, hidden);
        return renameat2(entry->folder_fd, hidden, entry->folder_fd, entry->name,
                         RENAME_NOREPLACE) != 0 ? -errno : 0;
    }
    if (linkat(entry->fd, "", entry->folder_fd, entry->name, AT_EMPTY_PATH) == 0)
        return 0;
    if (errno == EEXIST)
        return -EEXIST;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", entry->fd); /* without CAP_DAC_READ_SEARCH */
    return linkat(AT_FDCWD, path, entry->folder_fd, entry->name, AT_SYMLINK_FOLLOW) != 0 ? -errno : 0;
}

int aa_entry_show(struct aa_entry *entry, struct aa_fault *fault)
{
    /* one at a time, so that all see the same order; a stopped process holds nobody up */
    bool locked = aa_lock_patiently(entry->site, SHOW_LOCK_USEC, aa_try_flock, entry->folder_fd, 0) == 0;
    int r = give_name(entry);

    if (r == 0) {
        entry->linked = true;
        /* only now does it have a time: until then it counts as the earliest, so that nobody gains
         * by being slow */
        entry->header.started_boottime_usec = entry->site->boottime_usec();
        r = write_header(entry);
    }
    if (locked)
        (void)flock(entry->folder_fd, LOCK_UN);
    return r == 0 ? 0 : aa_fault(fault, AA_FAULT_WAITING, r, "the request cannot be put in %s: %s",
                                 entry->site->run_dir, strerror(-r));
}

int aa_entry_set_state(struct aa_entry *entry, enum aa_entry_state state)
{
    entry->header.state = state;
    return write_header(entry);
}

int aa_entry_ending(struct aa_entry *entry, int state_fd)
{
    entry->header.ledger_place = aa_ledger_place(entry->site, state_fd);
    return aa_entry_set_state(entry, AA_ENTRY_ENDING);
}

void aa_entry_set_follows(struct aa_entry *entry, const char *code)
{
    memset(entry->header.follows, 0, sizeof(entry->header.follows));
    if (code != NULL)
        memcpy(entry->header.follows, code, AA_CODE_SIZE);
    (void)write_header(entry); /* for those who only look */
}

void aa_entry_leave(struct aa_entry *entry)
{
    aa_close_at(&entry->fd);
    aa_close_at(&entry->folder_fd);
    entry->fd = entry->folder_fd = -1;
}

void aa_entry_remove(struct aa_entry *entry)
{
    if (entry->fd < 0)
        return;
    if (entry->linked)
        (void)unlinkat(entry->folder_fd, entry->name, 0);
    else
        unlink_hidden(entry);
    aa_entry_leave(entry);
}

static bool read_header(int fd, struct aa_entry_header *ret)
{
    return aa_read_at(fd, ret, sizeof(*ret), 0) == 0 &&
           memcmp(ret->magic, ENTRY_MAGIC, sizeof(ret->magic)) == 0 &&
           ret->format == ENTRY_FORMAT && ret->fields_length <= AA_FIELDS_MAX;
}

static bool is_still_there(int folder_fd, const char *name, int fd)
{
    struct stat ours, theirs;

    return fstat(fd, &ours) == 0 && ours.st_nlink > 0 &&
           fstatat(folder_fd, name, &theirs, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
}

static void remove_socket(int folder_fd, const char *name)
{
    char socket_name[AA_CODE_SIZE + 8];

    snprintf(socket_name, sizeof(socket_name), "%s.sock", name);
    (void)unlinkat(folder_fd, socket_name, 0);
}

/* What one walk through the folder is for. */
struct scan {
    const struct aa_site *site;
    int folder_fd, state_fd;
    void (*each)(void *, const struct aa_entry_seen *);
    bool (*orphan)(void *, const struct aa_entry_seen *, const struct aa_buffer *);
    void *context;
};

/*
 * Its process is gone and we hold its lock. If we are killed right behind the record, the next who
 * finds it sees in the ledger that it is there. True: it can be removed.
 */
static bool end_orphan(const struct scan *scan, int fd, struct aa_entry_seen *seen)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_BUFFER_INIT(AA_FIELDS_MAX);
    _cleanup_free_ char *data = NULL;
    struct aa_entry_header *header = &seen->header;
    uint32_t state = header->state;
    int r;

    if (state == AA_ENTRY_ARRIVING)
        return true; /* nothing was recorded of it */
    if (state == AA_ENTRY_ENDING) {
        r = aa_ledger_has_end(scan->site, scan->state_fd, header->ledger_place, header->id);
        if (r != 0)
            return r == 1;
    }
    data = malloc(header->fields_length + 1);
    if (data == NULL)
        return false;
    r = aa_read_at(fd, data, header->fields_length, sizeof(*header));
    if (r < 0)
        return r == -ENODATA; /* cut short: there is nothing to record */
    aa_buffer_add(&fields, data, header->fields_length);
    if (state != AA_ENTRY_ENDING) {
        header->ledger_place = aa_ledger_place(scan->site, scan->state_fd);
        header->state = AA_ENTRY_ENDING;
        if (aa_write_at(fd, header, sizeof(*header), 0) < 0)
            return false;
    }
    header->state = state;
    return scan->orphan(scan->context, seen, &fields);
}

static void remove_remains(const struct scan *scan, const char *name)
{
    remove_socket(scan->folder_fd, name);
    (void)unlinkat(scan->folder_fd, name, 0);
}

static void look_at(const struct scan *scan, const char *name)
{
    _cleanup_close_ int fd = openat(scan->folder_fd, name,
                                    O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct aa_entry_seen seen = { 0 };
    bool gone;

    if (fd < 0)
        return;
    gone = flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (gone && !is_still_there(scan->folder_fd, name, fd))
        return; /* its owner took it away meanwhile */
    memcpy(seen.name, name, AA_CODE_SIZE);
    if (!read_header(fd, &seen.header)) {
        if (gone && scan->orphan != NULL)
            remove_remains(scan, name);
        return;
    }
    if (gone && scan->orphan != NULL) {
        if (end_orphan(scan, fd, &seen))
            remove_remains(scan, name);
    } else if (!gone && scan->each != NULL) {
        scan->each(scan->context, &seen);
    }
}

/* What a kill left of a request that was never shown: ".CODE", ".CODE.sock", or a "CODE.sock"
 * without its "CODE". A new one is only not finished yet. */
static void clear_remains(const struct scan *scan, const char *name)
{
    char code[AA_CODE_SIZE] = "";
    const char *start = name[0] == '.' ? name + 1 : name;
    struct timespec now;
    struct stat st;

    if (strlen(start) >= sizeof(code) - 1)
        memcpy(code, start, sizeof(code) - 1);
    if (!aa_entry_is_name(code) ||
        (start[sizeof(code) - 1] != '\0' && !aa_streq(start + sizeof(code) - 1, ".sock")))
        return;
    if (faccessat(scan->folder_fd, code, F_OK, AT_SYMLINK_NOFOLLOW) == 0 && start == name)
        return;
    if (fstatat(scan->folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        clock_gettime(CLOCK_REALTIME, &now) == 0 && now.tv_sec - st.st_ctim.tv_sec > HIDDEN_SECONDS)
        (void)unlinkat(scan->folder_fd, name, 0);
}

int aa_entry_scan(const struct aa_site *site, int folder_fd, int state_fd,
                  void (*each)(void *, const struct aa_entry_seen *),
                  bool (*orphan)(void *, const struct aa_entry_seen *, const struct aa_buffer *),
                  void *context)
{
    struct scan scan = { site, folder_fd, state_fd, each, orphan, context };
    int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct dirent *found;
    DIR *all;

    if (fd < 0)
        return -errno;
    all = fdopendir(fd);
    if (all == NULL) {
        int error = -errno;

        close(fd);
        return error;
    }
    while (errno = 0, (found = readdir(all)) != NULL) {
        if (aa_entry_is_name(found->d_name))
            look_at(&scan, found->d_name);
        else if (orphan != NULL)
            clear_remains(&scan, found->d_name);
    }
    closedir(all);
    return 0;
}

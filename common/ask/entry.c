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
#include "base/trusted-file.h"
#include "record/fields.h"

#define ENTRY_MAGIC "AAENTRY"
enum { ENTRY_FORMAT = 1, HIDDEN_SIZE = AA_CODE_SIZE + 1, HIDDEN_SECONDS = 60 };

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

int aa_entry_create(const struct aa_site *site, struct aa_entry *ret, const char *code, uid_t uid,
                    const unsigned char digest[AA_SHA256_SIZE], const struct aa_buffer *fields,
                    struct aa_fault *fault)
{
    struct aa_entry entry = { .site = site, .folder_fd = -1, .fd = -1 };
    char hidden[HIDDEN_SIZE];
    int r;

    if (fields->error != 0)
        return aa_fault(fault, AA_FAULT_MEMORY, fields->error, "there is not enough memory to wait");
    r = aa_entry_folder(site, &entry.folder_fd, fault);
    if (r < 0)
        return r;
    memcpy(entry.name, code, sizeof(entry.name));
    memcpy(entry.header.magic, ENTRY_MAGIC, sizeof(entry.header.magic));
    entry.header.format = ENTRY_FORMAT;
    entry.header.state = AA_ENTRY_ARRIVING;
    entry.header.uid = uid;
    entry.header.fields_length = (uint32_t)fields->length;
    entry.header.started_boottime_usec = site->boottime_usec();
    memcpy(entry.header.digest, digest, sizeof(entry.header.digest));
    hidden_name(code, hidden);
    entry.fd = openat(entry.folder_fd, hidden, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                      0600);
    r = entry.fd < 0 ? -errno : 0;
    if (r == 0 && flock(entry.fd, LOCK_EX | LOCK_NB) != 0)
        r = -errno;
    if (r == 0)
        r = aa_write_at(entry.fd, &entry.header, sizeof(entry.header), 0);
    if (r == 0)
        r = aa_write_at(entry.fd, fields->data, fields->length, sizeof(entry.header));
    if (r < 0) {
        if (entry.fd >= 0)
            (void)unlinkat(entry.folder_fd, hidden, 0);
        aa_close_at(&entry.fd);
        aa_close_at(&entry.folder_fd);
        return aa_fault(fault, AA_FAULT_WAITING, r, "the request cannot be put in %s: %s",
                        site->run_dir, strerror(-r));
    }
    *ret = entry;
    return 0;
}

int aa_entry_show(struct aa_entry *entry, struct aa_fault *fault)
{
    char hidden[HIDDEN_SIZE];

    hidden_name(entry->name, hidden);
    /* 40 random bits may meet: then this one does not wait */
    if (renameat2(entry->folder_fd, hidden, entry->folder_fd, entry->name, RENAME_NOREPLACE) != 0)
        return aa_fault(fault, AA_FAULT_WAITING, -errno, "the request cannot be put in %s: %s",
                        entry->site->run_dir, strerror(errno));
    entry->linked = true;
    return 0;
}

static int write_header(struct aa_entry *entry)
{
    return aa_write_at(entry->fd, &entry->header, sizeof(entry->header), 0);
}

int aa_entry_set_state(struct aa_entry *entry, enum aa_entry_state state)
{
    entry->header.state = state;
    return write_header(entry);
}

void aa_entry_set_follows(struct aa_entry *entry, const char *code)
{
    memset(entry->header.follows, 0, sizeof(entry->header.follows));
    if (code != NULL)
        memcpy(entry->header.follows, code, AA_CODE_SIZE);
    (void)write_header(entry); /* for those who only look */
}

void aa_entry_remove(struct aa_entry *entry)
{
    char hidden[HIDDEN_SIZE];

    if (entry->fd < 0)
        return;
    hidden_name(entry->name, hidden);
    (void)unlinkat(entry->folder_fd, entry->linked ? entry->name : hidden, 0);
    aa_close_at(&entry->fd);
    aa_close_at(&entry->folder_fd);
    entry->fd = entry->folder_fd = -1;
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

static bool is_old(int fd)
{
    struct timespec now;
    struct stat st;

    return fstat(fd, &st) == 0 && clock_gettime(CLOCK_REALTIME, &now) == 0 &&
           now.tv_sec - st.st_ctim.tv_sec > HIDDEN_SECONDS;
}

static void remove_socket(int folder_fd, const char *name)
{
    char socket_name[AA_CODE_SIZE + 8];

    snprintf(socket_name, sizeof(socket_name), "%s.sock", name);
    (void)unlinkat(folder_fd, socket_name, 0);
}

/* Its process is gone and we hold its lock. Marked as ended before the record, so that a kill in
 * between leaves no second end. */
static void end_orphan(int folder_fd, int fd, struct aa_entry_seen *seen,
                       void (*orphan)(void *, const struct aa_entry_seen *,
                                      const struct aa_buffer *),
                       void *context)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_BUFFER_INIT(AA_FIELDS_MAX);
    _cleanup_free_ char *data = NULL;
    uint32_t state = seen->header.state;

    if (state == AA_ENTRY_WAITING || state == AA_ENTRY_RUNNING) {
        data = malloc(seen->header.fields_length + 1);
        if (data == NULL)
            return;
        if (aa_read_at(fd, data, seen->header.fields_length, sizeof(seen->header)) == 0) {
            aa_buffer_add(&fields, data, seen->header.fields_length);
            seen->header.state = AA_ENTRY_ENDED;
            if (aa_write_at(fd, &seen->header, sizeof(seen->header), 0) < 0)
                return;
            seen->header.state = state;
            orphan(context, seen, &fields);
        }
    }
    remove_socket(folder_fd, seen->name);
    (void)unlinkat(folder_fd, seen->name, 0);
}

static void look_at(int folder_fd, const char *name,
                    void (*each)(void *, const struct aa_entry_seen *),
                    void (*orphan)(void *, const struct aa_entry_seen *, const struct aa_buffer *),
                    void *context)
{
    _cleanup_close_ int fd = openat(folder_fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct aa_entry_seen seen = { 0 };
    bool hidden = name[0] == '.';
    bool gone;

    if (fd < 0)
        return;
    gone = flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (gone && !is_still_there(folder_fd, name, fd))
        return; /* its owner took it away meanwhile */
    if (hidden) {
        /* never shown, so nothing was recorded of it; a new one is only not locked yet */
        if (gone && orphan != NULL && is_old(fd)) {
            remove_socket(folder_fd, name + 1);
            (void)unlinkat(folder_fd, name, 0);
        }
        return;
    }
    memcpy(seen.name, name, AA_CODE_SIZE);
    if (!read_header(fd, &seen.header)) {
        if (gone && orphan != NULL) {
            remove_socket(folder_fd, name);
            (void)unlinkat(folder_fd, name, 0);
        }
        return;
    }
    if (gone && orphan != NULL)
        end_orphan(folder_fd, fd, &seen, orphan, context);
    else if (!gone && each != NULL)
        each(context, &seen);
}

int aa_entry_scan(const struct aa_site *site, int folder_fd,
                  void (*each)(void *, const struct aa_entry_seen *),
                  void (*orphan)(void *, const struct aa_entry_seen *, const struct aa_buffer *),
                  void *context)
{
    int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct dirent *found;
    DIR *all;

    (void)site;
    if (fd < 0)
        return -errno;
    all = fdopendir(fd);
    if (all == NULL) {
        int error = -errno;

        close(fd);
        return error;
    }
    while (errno = 0, (found = readdir(all)) != NULL) {
        if (aa_entry_is_name(found->d_name) ||
            (found->d_name[0] == '.' && aa_entry_is_name(found->d_name + 1)))
            look_at(folder_fd, found->d_name, each, orphan, context);
    }
    closedir(all);
    return 0;
}

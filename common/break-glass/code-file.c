/* SPDX-License-Identifier: ISC */
#include "code-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <time.h>

#include "base/patience.h"
#include "base/trusted-file.h"
#include "code-text.h"

#define NEW_FILE AA_CODES_FILE ".new"

/* ---- words ---- */

int aa_codes_failed(const struct aa_codes *codes, int error, struct aa_fault *fault)
{
    return aa_fault(fault, error == -ENOMEM ? AA_FAULT_MEMORY : AA_FAULT_BREAK_GLASS, error,
                    "the break-glass codes in %s/" AA_CODES_FILE " cannot be used: %s",
                    codes->site->state_dir, strerror(-error));
}

int aa_codes_damaged(const struct aa_codes *codes, struct aa_fault *fault)
{
    return aa_fault(fault, AA_FAULT_BREAK_GLASS, -EBADMSG,
                    "%s/" AA_CODES_FILE " is damaged, or was made with another key: move it away "
                    "as root, and create new codes", codes->site->state_dir);
}

/* ---- blocks ---- */

static void seal(const struct aa_codes *codes, const union aa_code_block *block,
                 unsigned char ret[AA_SHA256_SIZE])
{
    static const char purpose[] = "actionapprove break-glass block 1";
    struct aa_hmac hmac;

    aa_hmac_start(&hmac, codes->key, sizeof(codes->key));
    aa_hmac_add(&hmac, purpose, sizeof(purpose));
    aa_hmac_add(&hmac, block->bytes + AA_SHA256_SIZE, sizeof(block->bytes) - AA_SHA256_SIZE);
    aa_hmac_finish(&hmac, ret);
    explicit_bzero(&hmac, sizeof(hmac));
}

static bool is_whole(const struct aa_codes *codes, uint32_t place, enum aa_code_block_kind kind,
                     const union aa_code_block *block)
{
    unsigned char mac[AA_SHA256_SIZE];

    seal(codes, block, mac);
    return aa_code_hash_equal(mac, block->seal.mac) && block->seal.kind == (uint32_t)kind &&
           block->seal.place == place;
}

/* What a writer is at, in its own process, is over after a moment: a block is one short write. */
static bool may_reread(struct aa_codes *codes)
{
    struct timespec pause = { 0, 200 * 1000 };

    if (codes->rereads >= AA_CODES_REREADS_MAX)
        return false;
    codes->rereads++;
    nanosleep(&pause, NULL);
    return true;
}

int aa_codes_read_block(struct aa_codes *codes, uint32_t place, enum aa_code_block_kind kind,
                        union aa_code_block *ret)
{
    static const union aa_code_block empty;
    union aa_code_block block;

    for (int i = 0;; i++) {
        int r = aa_read_at(codes->fd, &block, sizeof(block), (uint64_t)place * sizeof(block));

        if (r < 0)
            return r == -ENODATA ? -EBADMSG : r;
        if (memcmp(&block, &empty, sizeof(block)) == 0)
            return 0;
        if (is_whole(codes, place, kind, &block))
            break;
        if (i == 3 || !may_reread(codes))
            return -EBADMSG;
    }
    *ret = block;
    return 1;
}

int aa_codes_write_block(struct aa_codes *codes, uint32_t place, enum aa_code_block_kind kind,
                         union aa_code_block *block)
{
    block->seal.kind = (uint32_t)kind;
    block->seal.place = place;
    seal(codes, block, block->seal.mac);
    return aa_write_at(codes->fd, block, sizeof(*block), (uint64_t)place * sizeof(*block));
}

int aa_codes_sync(const struct aa_codes *codes)
{
    return fdatasync(codes->fd) != 0 ? -errno : 0;
}

/* ---- locks ---- */

int aa_codes_lock_table(const struct aa_site *site, int state_fd, int *ret_fd,
                        struct aa_fault *fault)
{
    /* a description of its own: the caller's may be locked or shared */
    _cleanup_close_ int fd = openat(state_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = fd < 0 ? -errno : aa_lock_patiently(site, AA_CODES_TABLE_LOCK_USEC, aa_try_flock, fd, 0);

    if (r == 1)
        return aa_fault(fault, AA_FAULT_BREAK_GLASS, -EBUSY,
                        "another command is at work in %s: try again", site->state_dir);
    if (r < 0)
        return aa_fault(fault, AA_FAULT_BREAK_GLASS, r, "%s cannot be locked: %s", site->state_dir,
                        strerror(-r));
    *ret_fd = TAKE_FD(fd);
    return 0;
}

static int try_account(int fd, uint32_t place)
{
    struct flock lock = { .l_type = F_WRLCK,
                          .l_whence = SEEK_SET,
                          .l_start = (off_t)place * AA_CODES_BLOCK_SIZE,
                          .l_len = AA_CODES_BLOCK_SIZE };

    return fcntl(fd, F_OFD_SETLK, &lock);
}

int aa_codes_lock_account(struct aa_codes *codes, uint32_t place, uint64_t wait_usec)
{
    return aa_lock_patiently(codes->site, wait_usec, try_account, codes->fd, place);
}

/* ---- the file ---- */

/* A limit on file sizes, set by the caller, would end sudo by a signal in the middle of a write, or
 * cut the write: so none is begun under one that reaches into the file. */
static int check_limit(struct aa_fault *fault)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
        return aa_fault(fault, AA_FAULT_LIMITS, -errno, "the limits of this session are not known");
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < AA_CODES_SIZE)
        return aa_fault(fault, AA_FAULT_LIMITS, -EFBIG,
                        "a break-glass code cannot be used: this session's limit on file sizes "
                        "(ulimit -f) stops it");
    return 0;
}

static int read_header(struct aa_codes *codes, struct aa_fault *fault)
{
    union aa_code_block block;
    int r = aa_codes_read_block(codes, 0, AA_CODE_BLOCK_HEADER, &block);

    if (r < 0 && r != -EBADMSG)
        return aa_codes_failed(codes, r, fault);
    if (r != 1 || memcmp(block.header.magic, AA_CODES_MAGIC, sizeof(block.header.magic)) != 0) {
        codes->damaged++;
        return aa_codes_damaged(codes, fault);
    }
    if (block.header.format != AA_CODES_FORMAT)
        return aa_fault(fault, AA_FAULT_BREAK_GLASS, -EBADMSG,
                        "%s/" AA_CODES_FILE " was made by another version: move it away and create "
                        "new codes", codes->site->state_dir);
    codes->next_number = block.header.next_number;
    return 1;
}

int aa_codes_open(const struct aa_site *site, int state_fd, bool writing, struct aa_codes *ret,
                  struct aa_fault *fault)
{
    char why[AA_TRUST_WHY_MAX];
    struct stat st;
    int r;

    *ret = (struct aa_codes){ .site = site, .state_fd = state_fd, .fd = -1 };
    r = aa_trusted_file(site, state_fd, AA_CODES_FILE, writing ? O_RDWR : O_RDONLY, true, &ret->fd,
                        &st, why);
    if (r == AA_TRUST_MISSING)
        return 0;
    if (r != AA_TRUST_OK)
        return aa_fault(fault, AA_FAULT_BREAK_GLASS, r < 0 ? r : -EPERM,
                        "the break-glass codes cannot be trusted: %s/%s", site->state_dir, why);
    r = writing ? check_limit(fault) : 0;
    if (r == 0)
        r = aa_read_key(site, state_fd, ret->key, fault);
    if (r < 0)
        return r;
    if (st.st_size != AA_CODES_SIZE) {
        ret->damaged++;
        return aa_codes_damaged(ret, fault);
    }
    return read_header(ret, fault);
}

void aa_codes_close(struct aa_codes *codes)
{
    explicit_bzero(codes->key, sizeof(codes->key));
    aa_close_at(&codes->fd); /* and with it the locks of accounts */
    codes->fd = -1;
}

/* Real zeros, not only a promise of the file system's: what is used later is there already. */
static int write_empty(struct aa_codes *codes)
{
    static const char zeros[64 * AA_CODES_BLOCK_SIZE];
    union aa_code_block header = { .header = { .format = AA_CODES_FORMAT, .next_number = 1 } };
    int r = 0;

    for (uint64_t at = 0; r == 0 && at < AA_CODES_SIZE; at += sizeof(zeros))
        r = aa_write_at(codes->fd, zeros, AA_MIN(sizeof(zeros), AA_CODES_SIZE - at), at);
    memcpy(header.header.magic, AA_CODES_MAGIC, sizeof(header.header.magic));
    if (r == 0)
        r = aa_codes_write_block(codes, 0, AA_CODE_BLOCK_HEADER, &header);
    if (r == 0 && fsync(codes->fd) != 0)
        r = -errno;
    return r;
}

int aa_codes_make_file(const struct aa_site *site, int state_fd, struct aa_fault *fault)
{
    _cleanup_codes_ struct aa_codes codes = { .site = site, .fd = -1 };
    struct stat st;
    int r;

    if (fstatat(state_fd, AA_CODES_FILE, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return 0;
    if (errno != ENOENT)
        return aa_codes_failed(&codes, -errno, fault);
    r = check_limit(fault);
    if (r == 0)
        r = aa_read_key(site, state_fd, codes.key, fault);
    if (r < 0)
        return r;
    (void)unlinkat(state_fd, NEW_FILE, 0);
    codes.fd = openat(state_fd, NEW_FILE, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (codes.fd < 0)
        return aa_codes_failed(&codes, -errno, fault);
    r = write_empty(&codes);
    if (r == 0 && renameat(state_fd, NEW_FILE, state_fd, AA_CODES_FILE) != 0)
        r = -errno;
    if (r == 0 && fsync(state_fd) != 0)
        r = -errno;
    if (r < 0)
        (void)unlinkat(state_fd, NEW_FILE, 0);
    return r < 0 ? aa_codes_failed(&codes, r, fault) : 0;
}

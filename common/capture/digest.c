/* SPDX-License-Identifier: ISC */
#include "digest.h"

#include <errno.h>
#include <fcntl.h>

#include "base/trusted-file.h"

int aa_read_key(const struct aa_site *site, int state_fd, unsigned char ret[AA_KEY_SIZE],
                struct aa_fault *fault)
{
    _cleanup_close_ int fd = -1;
    char why[AA_TRUST_WHY_MAX];
    ssize_t n;
    int r = aa_trusted_file(site, state_fd, AA_KEY_FILE, O_RDONLY, true, &fd, NULL, why);

    if (r != AA_TRUST_OK)
        return aa_fault(fault, AA_FAULT_KEY, r < 0 ? r : -ENOKEY,
                        "the host's key cannot be used: %s/%s", site->state_dir, why);
    do
        n = read(fd, ret, AA_KEY_SIZE);
    while (n < 0 && errno == EINTR);
    if (n != AA_KEY_SIZE)
        return aa_fault(fault, AA_FAULT_KEY, -ENOKEY, "the host's key %s/" AA_KEY_FILE
                        " is cut short", site->state_dir);
    return 0;
}

static void add_number(struct aa_hmac *hmac, uint64_t number)
{
    unsigned char bytes[8];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)(number >> (8 * i));
    aa_hmac_add(hmac, bytes, sizeof(bytes));
}

/* An absent text differs from an empty one. */
static void add_text(struct aa_hmac *hmac, const char *text)
{
    size_t n = text == NULL ? 0 : strlen(text);

    add_number(hmac, text == NULL ? UINT64_MAX : n);
    if (n > 0)
        aa_hmac_add(hmac, text, n);
}

void aa_request_digest(const struct aa_request *request, char *const *envp,
                       const unsigned char key[AA_KEY_SIZE], struct aa_digest *ret)
{
    struct aa_hmac hmac;
    size_t n = 0;

    aa_hmac_start(&hmac, key, AA_KEY_SIZE);
    add_text(&hmac, "actionapprove request 1");
    add_number(&hmac, request->frontend);
    add_text(&hmac, request->service);
    add_number(&hmac, request->user.uid);
    add_text(&hmac, request->runas_user);
    add_number(&hmac, request->runas_uid);
    add_number(&hmac, request->runas_gid);
    add_text(&hmac, request->cwd);
    add_text(&hmac, request->chroot);
    add_number(&hmac, request->edit);
    add_text(&hmac, request->command);
    add_number(&hmac, request->argv.n);
    for (size_t i = 0; i < request->argv.n; i++)
        add_text(&hmac, request->argv.v[i]);
    while (envp != NULL && envp[n] != NULL)
        n++;
    add_number(&hmac, n);
    for (size_t i = 0; i < n; i++)
        add_text(&hmac, envp[i]);
    add_number(&hmac, request->files_n);
    for (size_t i = 0; i < request->files_n; i++) {
        const struct aa_file_facts *file = &request->files[i];

        add_text(&hmac, file->path);
        add_number(&hmac, file->found);
        add_number(&hmac, file->device);
        add_number(&hmac, file->inode);
        add_number(&hmac, file->size);
        add_number(&hmac, (uint64_t)file->mtime_nsec);
        add_number(&hmac, (uint64_t)file->ctime_nsec);
        add_number(&hmac, file->hashed);
        if (file->hashed)
            aa_hmac_add(&hmac, file->content, sizeof(file->content));
    }
    aa_hmac_finish(&hmac, ret->bytes);
}

void aa_request_sameness(const struct aa_request *request, const unsigned char key[AA_KEY_SIZE],
                         struct aa_digest *ret)
{
    struct aa_hmac hmac;

    aa_hmac_start(&hmac, key, AA_KEY_SIZE);
    add_text(&hmac, "actionapprove sameness 1");
    add_number(&hmac, request->user.uid);
    add_number(&hmac, request->runas_uid);
    add_number(&hmac, request->runas_gid);
    add_text(&hmac, request->cwd);
    add_text(&hmac, request->chroot);
    add_text(&hmac, request->command);
    add_number(&hmac, request->argv.n);
    for (size_t i = 0; i < request->argv.n; i++)
        add_text(&hmac, request->argv.v[i]);
    aa_hmac_finish(&hmac, ret->bytes);
}

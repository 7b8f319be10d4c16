/* SPDX-License-Identifier: ISC */
/* What a courier is told of its channel. Secrets are read from root's own files, go over the
 * socket and nowhere else, and are wiped here as soon as they are in its queue. */
#include "courier-internal.h"

#include <errno.h>
#include <fcntl.h>

#include "base/io.h"
#include "base/text.h"
#include "base/trusted-file.h"

struct secret {
    char text[AA_WIRE_VALUE_MAX + 2]; /* a newline that is taken off, and a NUL */
};

struct secrets {
    struct secret *of[AA_WIRE_PAIRS_MAX];
};

static void wipe(struct secrets *secrets)
{
    for (size_t i = 0; i < AA_ARRAY_SIZE(secrets->of); i++) {
        if (secrets->of[i] != NULL)
            explicit_bzero(secrets->of[i], sizeof(*secrets->of[i]));
        free(secrets->of[i]);
    }
}

static const char *check_secret(struct secret *secret, size_t length)
{
    if (length > 0 && secret->text[length - 1] == '\n')
        secret->text[--length] = '\0';
    if (length == 0)
        return "it is empty";
    if (length > AA_WIRE_VALUE_MAX)
        return "it is larger than 16 KiB";
    if (strlen(secret->text) != length || !aa_utf8_valid(secret->text, length))
        return "it is not text";
    return NULL;
}

static int read_secret(const struct aa_site *site, const char *channel, const char *name,
                       struct secret *secret, struct aa_fault *fault)
{
    _cleanup_close_ int folder_fd = -1, fd = -1;
    char why[AA_TRUST_WHY_MAX] = "";
    const char *wrong;
    struct stat st;
    int r = aa_trusted_folder(site, site->secrets_dir, &folder_fd, why);

    if (name[0] == '.' || strchr(name, '/') != NULL)
        return aa_fault(fault, AA_FAULT_SNAPSHOT_DAMAGED, -EBADMSG,
                        "channel %s names a secret by no name", channel);
    if (r == AA_TRUST_OK)
        r = aa_trusted_file(site, folder_fd, name, O_RDONLY, true, &fd, &st, why);
    if (r != AA_TRUST_OK)
        return aa_fault(fault, AA_FAULT_CHANNEL, r < 0 ? r : -EACCES,
                        "channel %s: the secret %s/%s: %s", channel, site->secrets_dir, name, why);
    if (st.st_size >= (off_t)sizeof(secret->text)) {
        wrong = "it is larger than 16 KiB";
    } else {
        r = aa_read_at(fd, secret->text, (size_t)st.st_size, 0);
        wrong = r < 0 ? strerror(-r) : check_secret(secret, (size_t)st.st_size);
    }
    if (wrong != NULL)
        return aa_fault(fault, AA_FAULT_CHANNEL, -EINVAL, "channel %s: the secret %s/%s: %s",
                        channel, site->secrets_dir, name, wrong);
    return 0;
}

/* A token is always the name of a secret; a client's key is one, or the path of a file that the
 * courier opens as its own user. */
static bool names_secret(uint32_t key, const char *value)
{
    return key == AA_CHANNEL_KEY_TOKEN || (key == AA_CHANNEL_KEY_CLIENT_KEY && value[0] != '/');
}

int aa_courier_configure(const struct aa_site *site, const struct aa_snapshot *snapshot,
                         const struct aa_snap_channel *channel, struct aa_courier *courier,
                         struct aa_fault *fault)
{
    const struct aa_snap_pair *pairs =
        aa_snapshot_elements(snapshot, AA_SECTION_PAIRS, channel->pairs);
    _cleanup_(wipe) struct secrets secrets = { 0 };
    struct aa_wire_config config = {
        .channel = courier->channel,
        .type = channel->type,
        .namespace = (uint8_t)courier->namespace,
        .request = courier->request,
        .pairs_n = channel->pairs.count,
    };
    int r;

    if (pairs == NULL || channel->pairs.count > AA_WIRE_PAIRS_MAX)
        return aa_fault(fault, AA_FAULT_SNAPSHOT_DAMAGED, -EBADMSG,
                        "channel %s has settings that cannot be read", courier->channel);
    for (uint32_t i = 0; i < config.pairs_n; i++) {
        struct aa_wire_pair *pair = &config.pairs[i];

        pair->key = pairs[i].key;
        pair->value = aa_snapshot_text(snapshot, pairs[i].value);
        if (pair->value == NULL)
            return aa_fault(fault, AA_FAULT_SNAPSHOT_DAMAGED, -EBADMSG,
                            "channel %s has settings that cannot be read", courier->channel);
        if (!names_secret(pair->key, pair->value))
            continue;
        secrets.of[i] = calloc(1, sizeof(struct secret));
        if (secrets.of[i] == NULL)
            return aa_fault(fault, AA_FAULT_MEMORY, -ENOMEM, "no memory for a courier");
        r = read_secret(site, courier->channel, pair->value, secrets.of[i], fault);
        if (r < 0)
            return r;
        pair->secret = true;
        pair->value = secrets.of[i]->text;
    }
    r = aa_wire_write_config(aa_link_out(&courier->link), &config);
    if (r < 0)
        return aa_fault(fault, AA_FAULT_CHANNEL, r, "channel %s has settings that are too large",
                        courier->channel);
    aa_wire_note(&courier->link.said, AA_WIRE_CONFIG);
    return 0;
}

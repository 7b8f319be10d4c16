/* SPDX-License-Identifier: ISC */
/* Any bytes as the fields of a record, and what the journal's writer makes of those that are;
 * and any bytes as text on its way to people. */
#include "fuzz.h"

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "mask/mask.h"
#include "record/fields.h"
#include "record/journal.h"

static struct aa_site site;
static char socket_path[108];
static int journal_fd = -1;

static void remove_socket(void)
{
    (void)unlink(socket_path);
}

static void listen_as_journal(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    snprintf(socket_path, sizeof(socket_path), "/tmp/aa-fuzz-%d", (int)getpid());
    memcpy(address.sun_path, socket_path, sizeof(address.sun_path));
    journal_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    require(journal_fd >= 0 &&
            bind(journal_fd, (struct sockaddr *)&address, sizeof(address)) == 0);
    atexit(remove_socket);
    site = aa_site_system;
    site.journal_socket = socket_path;
}

/* What was sent, read by the format's own rules. */
static size_t count_entries(const char *data, size_t size)
{
    size_t n = 0;

    while (size > 0) {
        const char *newline = memchr(data, '\n', size);
        size_t length;
        uint64_t binary;

        require(newline != NULL);
        length = (size_t)(newline - data);
        if (memchr(data, '=', length) == NULL) {
            require(size >= length + 1 + sizeof(binary));
            memcpy(&binary, newline + 1, sizeof(binary));
            require(binary < size - length - 1 - sizeof(binary));
            length += 1 + sizeof(binary) + (size_t)binary;
            require(data[length] == '\n');
        }
        data += length + 1;
        size -= length + 1;
        n++;
    }
    return n;
}

static void check_text(const char *data, size_t size)
{
    struct aa_buffer out = AA_BUFFER_INIT(16 * size + 64);

    aa_mask_add(&out, data, size);
    require(out.error == 0 && aa_utf8_valid(out.data, out.length));
    for (size_t i = 0; i < out.length; i++)
        require((unsigned char)out.data[i] >= 0x20 && out.data[i] != 0x7f);
    aa_buffer_clear(&out);
    aa_text_add_json(&out, data, size);
    require(out.error == 0 && aa_utf8_valid(out.data, out.length));
    aa_buffer_free(&out);
}

static void check_quoting(const char *data, size_t size)
{
    char *argument = malloc(size + 1);
    const char *args[1] = { argument };
    struct aa_buffer out = AA_BUFFER_INIT(16 * size + 1024);

    require(argument != NULL);
    memcpy(argument, data, size);
    argument[size] = '\0';
    aa_mask_add_command(&out, NULL, "x", args, 1, 100, NULL);
    require(out.error == 0 && aa_utf8_valid(out.data, out.length));
    aa_buffer_free(&out);
    free(argument);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char heard[1024 * 1024];
    struct aa_reader reader = { data, size };
    struct aa_buffer fields = AA_FIELDS_INIT;
    struct aa_field field;
    bool names_are_ours = true;
    size_t n = 0;
    int r;

    if (journal_fd < 0)
        listen_as_journal();
    if (size > 60000)
        return 0;
    while ((r = aa_field_next(&reader, &field)) == 1) {
        require(field.name_length > 0 && field.name_length <= AA_FIELD_NAME_MAX);
        require((const uint8_t *)field.value + field.value_length <= data + size);
        names_are_ours &= memchr(field.name, '\n', field.name_length) == NULL;
        n++;
    }
    aa_buffer_add(&fields, data, size);
    require((aa_journal_send(&site, &fields) == 0) == (r == 0));
    if (r == 0) {
        ssize_t length = recv(journal_fd, heard, sizeof(heard), 0);

        require(length >= 0);
        if (names_are_ours)
            require(count_entries(heard, (size_t)length) == n);
    }
    aa_buffer_free(&fields);
    check_text((const char *)data, size);
    check_quoting((const char *)data, size);
    return 0;
}

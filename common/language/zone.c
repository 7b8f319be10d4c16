/* SPDX-License-Identifier: ISC */
#include "zone.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/io.h"
#include "config-model.h"

enum {
    BEFORE_SECONDS = 366 * 24 * 3600,
    BEHIND_SECONDS_PER_YEAR = 366 * 24 * 3600,
    BEHIND_YEARS = 40,
    INDEX_MAX = 1024 * 1024,
    NAMES_MAX = 2048,
};

static const struct aa_zone_places usual_places = { "/usr/share/zoneinfo", "/etc/localtime" };

static int utc(struct aa_config *config, struct aa_zone *ret)
{
    struct aa_zone_change *change = AA_NEW(config->arena, struct aa_zone_change);

    if (change == NULL)
        return -ENOMEM;
    *change = (struct aa_zone_change){ INT64_MIN, 0, "UTC" };
    *ret = (struct aa_zone){ change, 1 };
    return 0;
}

static int read_file(const char *path, struct aa_buffer *ret)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0)
        return -errno;
    return S_ISREG(st.st_mode) ? aa_read_all(fd, ret) : -EISDIR;
}

/* 0, -ENOMEM, -ENOENT where there is no such file, -EBADMSG where it is no zone. */
static int read_zone(struct aa_config *config, const char *path, uint64_t now_usec,
                     struct aa_zone *ret)
{
    _cleanup_buffer_ struct aa_buffer content = AA_BUFFER_INIT(AA_ZONE_FILE_MAX);
    int64_t now = (int64_t)(now_usec / 1000000);
    int r = read_file(path, &content);

    if (r == -ENOMEM)
        return r;
    if (r < 0)
        return r == -ENOENT || r == -ENOTDIR ? -ENOENT : -EBADMSG;
    return aa_zone_file_read(content.data, content.length, now - BEFORE_SECONDS,
                             now + (int64_t)BEHIND_YEARS * BEHIND_SECONDS_PER_YEAR, config->arena,
                             ret);
}

/* ---- the nearest name ---- */

/* The database's index has "Z NAME …" and "L OLD NAME" lines. */
static size_t collect_names(struct aa_arena *arena, const char *text, const char **names)
{
    size_t n = 0;

    while (*text != '\0' && n < NAMES_MAX) {
        size_t line = strcspn(text, "\n"), skip = 2, length;

        if (text[0] == 'L' && text[1] == ' ')
            skip += strcspn(text + 2, " \n") + 1;
        if ((text[0] == 'L' || text[0] == 'Z') && text[1] == ' ' && skip < line) {
            length = strcspn(text + skip, " \n");
            names[n] = aa_arena_strndup(arena, text + skip, length);
            if (names[n++] == NULL)
                return 0;
        }
        text += line + (text[line] == '\n');
    }
    return n;
}

static const char *nearest_zone(struct aa_config *config, const char *folder, const char *name)
{
    _cleanup_buffer_ struct aa_buffer content = AA_BUFFER_INIT(INDEX_MAX);
    char *path = aa_arena_printf(config->arena, "%s/tzdata.zi", folder);
    const char **names = AA_NEW_ARRAY(config->arena, const char *, NAMES_MAX);
    const char *text;

    if (path == NULL || names == NULL || read_file(path, &content) < 0)
        return NULL;
    text = aa_buffer_text(&content);
    return text == NULL ? NULL :
                          aa_nearest(name, names, collect_names(config->arena, text, names));
}

static void complain_of_name(struct aa_config *config, const char *folder, int error)
{
    struct aa_place place = config->timezone_place;
    struct stat st;
    const char *nearest;

    if (stat(folder, &st) != 0) {
        aa_complain(config->complaints, place,
                    "the time zone \"%s\" cannot be looked up: there is no %s on this host; "
                    "install tzdata, or write UTC", config->timezone, folder);
    } else if (error == -ENOENT) {
        nearest = nearest_zone(config, folder, config->timezone);
        aa_complain(config->complaints, place, "there is no time zone \"%s\" in %s%s%s%s",
                    config->timezone, folder, nearest != NULL ? "; did you mean \"" : "",
                    nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
    } else {
        aa_complain(config->complaints, place,
                    "\"%s\" in %s is no time zone that can be used; write one such as "
                    "Europe/Berlin", config->timezone, folder);
    }
}

int aa_find_zone(struct aa_config *config, const struct aa_zone_places *places, uint64_t now_usec)
{
    struct aa_zone zone = { .n = 0 };
    char *path;
    int r;

    if (places == NULL)
        places = &usual_places;
    if (config->timezone != NULL && aa_streq(config->timezone, "UTC")) {
        r = utc(config, &zone);
    } else if (config->timezone != NULL) {
        path = aa_arena_printf(config->arena, "%s/%s", places->folder, config->timezone);
        r = path == NULL ? -ENOMEM : read_zone(config, path, now_usec, &zone);
        if (r < 0 && r != -ENOMEM) {
            complain_of_name(config, places->folder, r);
            return 0;
        }
    } else {
        r = read_zone(config, places->local, now_usec, &zone);
        if (r == -ENOENT) {
            r = utc(config, &zone);
        } else if (r < 0 && r != -ENOMEM) {
            aa_complain(config->complaints, (struct aa_place){ 0 },
                        "the time zone of this host cannot be read from %s; repair it, or write "
                        "set timezone NAME", places->local);
            return 0;
        }
    }
    if (r == 0)
        config->zone = zone;
    return r;
}

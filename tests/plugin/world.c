/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/macros.h"
#include "child.h"
#include "journal.h"
#include "private-root.h"

#define RULES                                                                                   \
    "channel console { type local }\n"                                                          \
    "person alice { unix alice }\n"                                                             \
    "group dba { person alice }\n"                                                              \
    "rule ids { when command \"/usr/bin/id\"; allow }\n"                                        \
    "rule backups { when command \"/usr/bin/backup\" \"/usr/bin/target\"; allow }\n"            \
    "rule motd { when edit; when args \"/etc/motd\"; allow }\n"                                 \
    "rule no-nc { when command nc; deny \"no network tools\" }\n"                               \
    "rule export { when command pg_dump; ask console; from dba; risk high; timeout 1s }\n"

/* id, backup (a script), target (also by the link "linked") and sudoedit of /etc/motd are allowed,
 * nc is denied, pg_dump wants asking, all else is denied by default. */
const char world_policy[] = RULES;
const char world_policy_observe[] = "set mode observe\n" RULES;
const char world_policy_best_effort[] = "set record best-effort\n" RULES;

const char *world_tool;

static const struct {
    const char *path, *content;
    unsigned mode;
} files[] = {
    { "/etc/passwd",
      "root:x:0:0:root:/root:/bin/bash\n"
      "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
      "alice:x:1000:1000:Alice:/home/alice:/bin/bash\n"
      "deploy:x:1001:1001:Deploy:/srv/deploy:/bin/sh\n",
      0644 },
    { "/etc/group", "root:x:0:\nnogroup:x:65534:\nalice:x:1000:\ndeploy:x:1001:\n", 0644 },
    { "/etc/nsswitch.conf", "passwd: files\ngroup: files\n", 0644 },
    { "/etc/hosts", "127.0.0.1 localhost\n", 0644 },
    { "/etc/machine-id", "0123456789abcdef0123456789abcdef\n", 0444 },
    { "/etc/motd", "welcome\n", 0644 },
    { AA_CONFIG_DIR "/actionapprove.conf", "# all of it is in policy.d\n", 0644 },
    { "/usr/bin/id", "a program\n", 0755 },
    { "/usr/bin/other", "a program\n", 0755 },
    { "/usr/bin/nc", "a program\n", 0755 },
    { "/usr/bin/pg_dump", "a program\n", 0755 },
    { "/usr/bin/true", "a program\n", 0755 },
    { "/usr/bin/vi", "a program\n", 0755 },
    { "/usr/bin/backup", "#!/usr/bin/runner\n", 0755 },
    { "/usr/bin/runner", "a program\n", 0755 },
    { "/usr/bin/target", "a program\n", 0755 },
    { "/srv/tools/id", "a program\n", 0755 },
};

static const char *const folders[] = {
    AA_CONFIG_DIR "/policy.d", "/run/systemd/journal", "/tmp",           "/root",
    "/home/alice",             "/srv/deploy",          "/usr/sbin",      "/usr/local/bin",
    "/usr/local/sbin",
};

static void write_file(const char *path, const char *content, unsigned mode)
{
    size_t n = strlen(content);
    FILE *file;

    (void)unlink(path);
    file = fopen(path, "we");
    if (file == NULL || fwrite(content, 1, n, file) != n || fclose(file) != 0 ||
        chmod(path, mode) != 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        abort();
    }
}

void world_file(const char *path, const char *content, unsigned mode)
{
    private_root_folders(path, 0);
    write_file(path, content, mode);
}

static void make_files(void)
{
    for (size_t i = 0; i < AA_ARRAY_SIZE(files); i++)
        world_file(files[i].path, files[i].content, files[i].mode);
    (void)unlink("/usr/bin/linked");
    assert_int_equal(symlink("target", "/usr/bin/linked"), 0);
}

void world_enter(const char *build_folder)
{
    private_root_enter(build_folder);
    for (size_t i = 0; i < AA_ARRAY_SIZE(folders); i++)
        private_root_folders(folders[i], 1);
    private_root_folders(WORLD_STATE, 0);
    if (chmod("/tmp", 01777) != 0)
        abort();
    if (access("/bin", F_OK) != 0 && symlink("usr/bin", "/bin") != 0)
        abort();
    if (access("/sbin", F_OK) != 0 && symlink("usr/sbin", "/sbin") != 0)
        abort();
}

/* Empties a folder and removes it, whatever a test made of it. */
static void remove_tree(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char inner[512];

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
        if (unlink(inner) != 0)
            remove_tree(inner);
    }
    if (folder != NULL)
        closedir(folder);
    if (rmdir(path) != 0)
        (void)unlink(path);
}

void world_apply(const char *policy)
{
    char *words[] = { strdup(world_tool), strdup("apply"), NULL };
    _cleanup_free_ char *output = NULL;
    size_t length;
    int status;

    world_file(AA_CONFIG_DIR "/policy.d/10-test.policy", policy, 0644);
    output = child_program(words, &length, &status);
    free(words[0]);
    free(words[1]);
    if (status != 0)
        fail_msg("apply failed (%d): %s", status, output);
}

void world_fresh(const char *policy)
{
    remove_tree(WORLD_STATE);
    make_files();
    if (chdir("/srv") != 0) /* where given.c says that the requester is */
        abort();
    world_apply(policy);
    journal_listen();
}

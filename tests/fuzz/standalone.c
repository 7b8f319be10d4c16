/* SPDX-License-Identifier: ISC */
/* Runs a fuzzer's function over each file of the folders that it is given. */
#include "fuzz.h"

#include <dirent.h>
#include <sys/stat.h>

static unsigned files;

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data;
    struct stat st;
    size_t size;

    if (file == NULL || fstat(fileno(file), &st) != 0) {
        perror(path);
        return 1;
    }
    size = (size_t)st.st_size;
    data = malloc(size > 0 ? size : 1); /* exactly as large, so that a sanitizer sees its end */
    if (data == NULL || fread(data, 1, size, file) != size) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return 1;
    }
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    files++;
    return 0;
}

static int run_folder(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    char name[4096];
    int failed = 0;

    if (folder == NULL) {
        perror(path);
        return 1;
    }
    while (failed == 0 && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        failed = run_file(name);
    }
    closedir(folder);
    return failed;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (run_folder(argv[i]) != 0)
            return 1;
    }
    printf("%u files\n", files);
    return files == 0; /* a corpus that is not found is no corpus */
}

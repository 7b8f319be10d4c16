/* SPDX-License-Identifier: ISC */
/* How many records a second the ledger takes from many processes at once. Prints JSON. */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/trusted-file.h"
#include "record/fields.h"
#include "record/ledger-read.h"
#include "record/ledger-side.h"
#include "record/ledger.h"

static char folder[] = "/root/ledger-bench-XXXXXX";

static void add_record(const struct aa_site *site, int state_fd)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    struct aa_ledger_position place;
    struct aa_fault fault = { 0 };

    for (int i = 0; i < 24; i++) /* about the size of a real record */
        aa_field_add(&fields, "AA_FIELD_OF_A_RECORD", "a value of usual length");
    if (aa_ledger_append(site, state_fd, &fields, AA_LEDGER_BEFORE, false, &place, &fault) < 0) {
        fprintf(stderr, "%s\n", fault.detail);
        _exit(1);
    }
}

static void remove_folder(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        execl("/bin/rm", "rm", "-rf", folder, NULL);
        _exit(1);
    }
    waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
    int processes = argc > 1 ? atoi(argv[1]) : 64, records = argc > 2 ? atoi(argv[2]) : 100;
    struct aa_site site = aa_site_system;
    struct aa_ledger_reader reader;
    struct aa_fault fault = { 0 };
    unsigned long long whole = 0;
    char why[AA_TRUST_WHY_MAX];
    const char *words;
    uint64_t start, usec;
    int state_fd, item;

    if (mkdtemp(folder) == NULL)
        return 1;
    site.state_dir = folder;
    if (aa_trusted_folder(&site, folder, &state_fd, why) != 0 ||
        aa_ledger_create(&site, state_fd, &fault) < 0)
        return 1;
    start = site.boottime_usec();
    for (int i = 0; i < processes; i++) {
        if (fork() == 0) {
            for (int j = 0; j < records; j++)
                add_record(&site, state_fd);
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
    usec = site.boottime_usec() - start;
    add_record(&site, state_fd); /* joins what stepped aside last */
    if (aa_ledger_reader_open(&site, &reader, &fault) < 0)
        return 1;
    unsigned long long beside = 0;
    while ((item = aa_ledger_reader_next(&reader, &words)) == AA_LEDGER_RECORD) {
        whole++;
        beside += (reader.record.flags & AA_LEDGER_FROM_SIDE) != 0;
    }
    aa_ledger_reader_close(&reader);
    close(state_fd);
    remove_folder();
    printf("{\"per_second\": %.0f, \"beside\": %llu, \"records\": %llu}\n",
           (double)processes * records / ((double)usec / 1e6), beside, whole);
    return item == AA_LEDGER_END && whole == (unsigned long long)processes * (unsigned)records + 1 ? 0 : 1;
}

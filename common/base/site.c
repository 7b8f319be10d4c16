/* SPDX-License-Identifier: ISC */
#include "site.h"

#include <time.h>

#include "config.h"

static uint64_t clock_usec(clockid_t clock)
{
    struct timespec now;

    if (clock_gettime(clock, &now) != 0)
        return 0;
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static uint64_t realtime_usec(void)
{
    return clock_usec(CLOCK_REALTIME);
}

static uint64_t boottime_usec(void)
{
    return clock_usec(CLOCK_BOOTTIME);
}

const struct aa_site aa_site_system = {
    .state_dir = AA_STATE_DIR,
    .config_dir = AA_CONFIG_DIR,
    .pack_dir = AA_PACK_DIR,
    .journal_socket = "/run/systemd/journal/socket",
    .proc_dir = "/proc",
    .machine_id = "/etc/machine-id",
    .hosts = "/etc/hosts",
    .run_dir = AA_RUN_DIR,
    .secrets_dir = AA_CONFIG_DIR "/secrets",
    .courier = AA_HELPER_DIR "/courier",
    .courier_user = AA_COURIER_USER,
    .trusted_root = "/",
    .owner = 0,
    .realtime_usec = realtime_usec,
    .boottime_usec = boottime_usec,
};

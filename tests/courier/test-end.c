/* SPDX-License-Identifier: ISC */
/* Within ten seconds of its parent's end, or of the last outcome, a courier is gone, whatever its
 * channel does; and one that has something to close has nearly all of that time. All at once,
 * since each takes as long as it says. */
#include "stage.h"

#include <signal.h>
#include <time.h>

enum { LIMIT = 10 * 1000, LATE = 300 /* of this test's own looking */ };

static const struct row {
    const char *script;
    bool tell_last;   /* else the parent goes away */
    bool stop;        /* the courier, from outside */
    unsigned at_least, at_most;
} rows[] = {
    { "post", false, false, 0, 2000 },
    { "post; end; trouble closing; wait 1500", false, false, 1000, 4000 },
    { "post; end; wait 600000", false, false, 9000, LIMIT },
    { "post; end; hang", false, false, 0, LIMIT },
    { "post; end; wait 9200; hang", false, false, 9200, LIMIT },
    { "post; end; hang-blocked", false, false, 0, LIMIT },
    { "post; wait 300; hang", false, false, 0, LIMIT },
    { "post; wait 300; hang-blocked", false, false, 0, LIMIT },
    { "post; wait 300; spin", false, false, 0, LIMIT },
    { "post", false, true, 0, LIMIT },
    { "post", true, false, 0, 2000 },
    { "post; end; wait 600000", true, false, 9000, LIMIT },
    { "post; end; hang", true, false, 0, LIMIT },
    { "post; wait 300; hang", true, false, 0, LIMIT },
    { "prepare-hang", false, false, 0, LIMIT },
};

static const char *scripted;

static void all(void **state)
{
    static struct stage stages[AA_ARRAY_SIZE(rows)];
    unsigned gone[AA_ARRAY_SIZE(rows)] = { 0 };
    const struct timespec pause = { 0, 20 * 1000 * 1000 };
    uint64_t begun;
    size_t left = AA_ARRAY_SIZE(rows);

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        stage_play(&stages[i], scripted, rows[i].script);
        if (aa_after(rows[i].script, "post") != NULL)
            stage_expect(&stages[i], AA_COURIER_POSTED, "");
    }
    nanosleep(&(struct timespec){ 0, 400 * 1000 * 1000 }, NULL);
    begun = stage_now();
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        check(stage_pid(&stages[i]) != 0, "%s: is gone already", rows[i].script);
        if (rows[i].stop)
            assert_int_equal(kill(stage_pid(&stages[i]), SIGSTOP), 0);
        if (rows[i].tell_last)
            stage_outcome(&stages[i], "finished", true);
        else
            stages[i].courier = aa_courier_free(stages[i].courier, false);
    }
    while (left > 0 && stage_now() - begun <= LIMIT + 2000) {
        nanosleep(&pause, NULL);
        for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
            if (gone[i] == 0 && stage_pid(&stages[i]) == 0) {
                gone[i] = (unsigned)(stage_now() - begun);
                left--;
            }
        }
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        print_message("%-40s %s %u ms\n", rows[i].script,
                      rows[i].tell_last ? "last outcome" : "parent's end", gone[i]);
        if (gone[i] == 0 || gone[i] < rows[i].at_least || gone[i] > rows[i].at_most + LATE)
            left = 1000;
        stage_remove(&stages[i]);
    }
    assert_int_equal(left, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(all) };

    assert_true(argc > 1);
    scripted = argv[1];
    stage_needs_root();
    return cmocka_run_group_tests_name("end", tests, NULL, NULL);
}

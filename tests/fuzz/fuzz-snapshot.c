/* SPDX-License-Identifier: ISC */
/* Any bytes as a snapshot. The parts of the header that keep accidents out are made right first,
 * so that the fuzzer gets to the references behind them. */
#include "fuzz.h"
#include "requests.h"

#include "base/fault.h"
#include "mask/find.h"
#include "policy/clock.h"

static void follow_time(const struct aa_snapshot *snapshot)
{
    static const uint64_t moments[] = { 0, 1, 1800000000000000, UINT64_MAX };

    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        struct aa_local_time now;

        if (aa_local_time(snapshot, moments[i], &now) < 0)
            continue;
        require(now.weekday < 7 && now.hour < 24 && now.minute < 60 && now.second < 60);
        require(now.month >= 1 && now.month <= 12 && now.day >= 1 && now.day <= 31);
        require(strlen(now.zone) < snapshot->size);
    }
}

static void follow_everything(const struct aa_snapshot *snapshot)
{
    char id[AA_POLICY_ID_SIZE];

    aa_snapshot_policy_id(snapshot, id);
    require(strlen(id) == sizeof(id) - 1);
    (void)aa_snapshot_text(snapshot, snapshot->header->settings.timezone);
    (void)aa_snapshot_words(snapshot, snapshot->header->settings.by_email);
    (void)aa_agent_of(snapshot, "a");
    follow_time(snapshot);
    for (uint32_t i = 0; i < AA_SECTION_COUNT; i++) {
        struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, (enum aa_section)i) };
        struct aa_snap_range more = { all.count, 1 };

        require(aa_snapshot_elements(snapshot, (enum aa_section)i, all) != NULL);
        require(aa_snapshot_elements(snapshot, (enum aa_section)i, more) == NULL);
    }
}

/* Its masks over a text: whatever they are, nothing outside of the text is covered, and no syntax. */
static void mask_with(const struct aa_snapshot *snapshot)
{
    static const char text[] = "env PIN=12 app --pw=x -p y -u a:b set c d; own-18 aab x12z | own-x 'aaab'";
    struct aa_arena arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX);
    struct aa_mask_spans spans = { .arena = &arena };
    struct aa_masker masker;

    aa_masker_start(&masker, snapshot, NULL);
    if (aa_mask_find(&masker, &arena, text, sizeof(text) - 1, false, &spans) == 0) {
        for (size_t i = 0; i < spans.n; i++) {
            require(spans.v[i].at < sizeof(text) && spans.v[i].length < sizeof(text) - spans.v[i].at);
            require(spans.v[i].rule != NULL && spans.v[i].type != NULL);
            for (size_t j = 0; j < spans.v[i].length; j++)
                require(!aa_mask_is_syntax(text[spans.v[i].at + j]));
        }
    }
    aa_masker_end(&masker);
    aa_arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct aa_snapshot snapshot;
    struct aa_fault fault = { 0 };
    struct aa_snap_header *header;
    char *copy = malloc(size > 0 ? size : 1);

    require(copy != NULL);
    memcpy(copy, data, size);
    header = (struct aa_snap_header *)(void *)copy;
    if (size >= sizeof(*header)) {
        memcpy(header->magic, AA_SNAPSHOT_MAGIC, sizeof(header->magic));
        header->format = AA_SNAPSHOT_FORMAT;
        header->byte_order = AA_SNAPSHOT_BYTE_ORDER;
        header->size = size;
        aa_snapshot_seal(copy, size);
    }
    if (aa_snapshot_from_memory(copy, size, &snapshot, &fault) < 0) {
        require(fault.id != AA_FAULT_NONE);
        free(copy);
        return 0;
    }
    follow_everything(&snapshot);
    mask_with(&snapshot);
    for (size_t i = 0; i < fuzz_requests_n(); i++) {
        struct aa_outcome outcome;
        int r;

        fault = (struct aa_fault){ 0 };
        r = aa_decide_policy(&snapshot, fuzz_request(i), &outcome, NULL, NULL, &fault);
        require((r < 0) == (fault.id != AA_FAULT_NONE));
        /* an answer is a whole one: what is said of it leads somewhere */
        if (r == 0) {
            require(aa_action_name(outcome.action) != NULL);
            require(outcome.name != NULL && outcome.why != NULL);
            require(strlen(outcome.name) + strlen(outcome.why) < size);
        }
    }
    free(copy);
    return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * What hostile texts cost masking: a mebibyte made for each shipped pattern alone (its literals, what
 * it finds, each with bytes that regular expressions go wrong at), and the same kinds of text for
 * each other finder. Times are this thread's own, the least of a few runs.
 *
 *     mask-food [--limit MS] [--texts masking.conf] [--all] [--sample] [--only PATTERN]
 *
 * With --limit it fails where one costs more; "finds" texts of the patterns are read from the file. --sample
 * tries a few texts for each pattern, those that hurt most: for the check of each day.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "mask/find.h"
#include "mask/finders.h"

enum {
    FOOD_SIZE = 1024 * 1024,
    TEXTS_MAX = 32, /* of one pattern */
    TRIES = 3,
    SEED_MAX = 4096,
    SAMPLE_TAILS = 1, /* in a sample: of each text, */
    SAMPLE_TEXTS = 2, /* of the texts and literals of a pattern, */
    SAMPLE_GENERAL = 4, /* of the texts that know no pattern */
};

#define PROMISE_MS 50.0

struct food {
    char name[48];
    char *data; /* FOOD_SIZE bytes */
};

struct bench {
    double limit; /* 0: none */
    bool all;     /* every food, not only the worst */
    bool sample;
    const char *only; /* of the patterns, or NULL */
    bool failed;
    const char *conf; /* text of masking.conf, or NULL */
    struct food food;
};

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- food ---- */

static void name_food(struct bench *b, const char *name)
{
    size_t n = strnlen(name, sizeof(b->food.name) - 1);

    memcpy(b->food.name, name, n);
    b->food.name[n] = '\0';
}

static void repeat(char *data, const char *seed, size_t n)
{
    size_t filled = n > 0 ? AA_MIN(n, (size_t)FOOD_SIZE) : 1;

    memcpy(data, n > 0 ? seed : "a", filled);
    for (size_t more; filled < FOOD_SIZE; filled += more) {
        more = AA_MIN(filled, FOOD_SIZE - filled);
        memcpy(data + filled, data, more); /* what is filled is whole seeds */
    }
}

static void base64(char *data)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint64_t random = 1;

    for (size_t i = 0; i < FOOD_SIZE; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        data[i] = letters[random >> 58];
    }
}

static void random_bytes(char *data)
{
    uint64_t random = 7;

    for (size_t i = 0; i < FOOD_SIZE; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        data[i] = (char)(random >> 56);
    }
}

static void nested_json(char *data)
{
    repeat(data, "{\"a\":[", 6);
    for (size_t i = FOOD_SIZE / 2; i < FOOD_SIZE; i++)
        data[i] = "]}"[i % 2];
}

static const char *const seeds[] = {
    /* those of a sample first */
    "a", "1-", "a1B2", "password=", "4111 1111 1111 1111 ",
    "1", "@", "=", ".", "-", "_", "/", ":", "\"", "'", "\\", "%41", "\\u0041", "\\\"", "a@", "a.", "a-",
    "1 ", "+1 (", "(1)", "a=", "a:", "\"a\":\"", "'a' ", "$(", "${a", "{{", "`", " ", "\n", "\r\n",
    "://a:", "a b ", "eyJ", "-----BEGIN ", "\xc3\xa9", "\xe2\x80\xb9", "0000 ",
    "--a=", "-p", "password ", "-u a:", "\\x41",
};
enum { GENERAL = AA_ARRAY_SIZE(seeds) + 3 };

/* The i-th kind of text that knows of no pattern. */
static const char *general_food(char *data, size_t i)
{
    if (i < AA_ARRAY_SIZE(seeds)) {
        repeat(data, seeds[i], strlen(seeds[i]));
        return seeds[i];
    }
    if (i == AA_ARRAY_SIZE(seeds)) {
        base64(data);
        return "base64";
    }
    if (i == AA_ARRAY_SIZE(seeds) + 1) {
        random_bytes(data);
        return "random bytes";
    }
    nested_json(data);
    return "nested JSON";
}

/* ---- one finder over one text ---- */

struct finder {
    const char *name;
    int (*run)(struct aa_masker *masker, struct aa_arena *arena, const char *text,
               struct aa_mask_spans *spans);
};

static struct aa_mask_text text_of(const char *text)
{
    return (struct aa_mask_text){ .v = text, .n = FOOD_SIZE };
}

static int run_shapes(struct aa_masker *masker, struct aa_arena *arena, const char *text,
                      struct aa_mask_spans *spans)
{
    struct aa_mask_text whole = text_of(text);

    (void)arena;
    return aa_mask_find_shapes(masker, &whole, spans);
}

static int run_named(struct aa_masker *masker, struct aa_arena *arena, const char *text,
                     struct aa_mask_spans *spans)
{
    struct aa_mask_text whole = text_of(text);

    (void)arena;
    return aa_mask_find_named(masker, &whole, spans);
}

static int run_mixed(struct aa_masker *masker, struct aa_arena *arena, const char *text,
                     struct aa_mask_spans *spans)
{
    struct aa_mask_text whole = text_of(text);

    (void)arena;
    return aa_mask_find_mixed(masker, &whole, spans);
}

static int run_encoded(struct aa_masker *masker, struct aa_arena *arena, const char *text,
                       struct aa_mask_spans *spans)
{
    struct aa_mask_text whole = text_of(text);

    (void)arena;
    return aa_mask_find_encoded(masker, &whole, spans);
}

static int run_options(struct aa_masker *masker, struct aa_arena *arena, const char *text,
                       struct aa_mask_spans *spans)
{
    struct aa_mask_words words = { .n = 0 };
    int r = aa_mask_words_read(arena, text, FOOD_SIZE, 0, NULL, &words);

    return r < 0 ? r : aa_mask_find_options(masker, arena, &words, spans);
}

static int run_all(struct aa_masker *masker, struct aa_arena *arena, const char *text,
                   struct aa_mask_spans *spans)
{
    return aa_mask_find(masker, arena, text, FOOD_SIZE, false, spans);
}

/* The least of a few runs; after the first, only where that was too much. */
static double cost(const struct bench *b, struct aa_masker *masker, const struct finder *finder,
                   const char *name)
{
    double least = 0;

    for (int i = 0; i < TRIES; i++) {
        _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX);
        struct aa_mask_spans spans = { .arena = &arena };
        double start = now_ms(), spent;
        int r;

        masker->overrun = NULL;
        r = finder->run(masker, &arena, b->food.data, &spans);
        if (r == 0)
            aa_mask_spans_settle(&spans, b->food.data, FOOD_SIZE);
        spent = now_ms() - start;
        if (r < 0)
            fprintf(stderr, "%s: %s over \"%s\"\n", name, strerror(-r), b->food.name);
        for (size_t j = 0; r == 0 && j < spans.n; j++) {
            if (spans.v[j].at > FOOD_SIZE || spans.v[j].length > FOOD_SIZE - spans.v[j].at)
                abort();
        }
        least = i == 0 || spent < least ? spent : least;
        if (least <= PROMISE_MS)
            break;
    }
    return least;
}

struct worst {
    double ms;
    bool cut; /* the finder stopped at a limit, and said so */
    struct food food;
};

static void eat(struct bench *b, struct aa_masker *masker, const struct finder *finder, const char *name,
                struct worst *worst)
{
    double ms = cost(b, masker, finder, name);

    if (b->all)
        printf("  %8.2f ms  %s over %.40s\n", ms, name, b->food.name);
    if (ms < worst->ms)
        return;
    worst->ms = ms;
    worst->cut = masker->overrun != NULL;
    worst->food = b->food;
}

static void tell(struct bench *b, const char *name, const struct worst *worst, bool promised)
{
    printf("%-28s %9.2f ms  %s  over ", name, worst->ms, promised ? "promised 50" : "           ");
    for (const char *p = worst->food.name; *p != '\0'; p++) /* anything may stand in it */
        putchar(*p >= ' ' && *p <= '~' ? *p : '.');
    puts(worst->cut ? "  (stopped at a limit)" : "");
    if (promised && b->limit > 0 && worst->ms > b->limit) {
        printf("  that is over the limit of %.0f ms\n", b->limit);
        b->failed = true;
    }
}

/* ---- one pattern at a time ---- */

/* The texts behind "finds" in the block "pattern NAME", quotes and escapes taken off. */
static size_t finds_of(const char *conf, const char *name, char ret[TEXTS_MAX][SEED_MAX])
{
    char head[128];
    const char *block, *end;
    size_t n = 0;

    snprintf(head, sizeof(head), "pattern %s {", name);
    block = conf == NULL ? NULL : strstr(conf, head);
    if (block == NULL)
        return 0;
    end = strstr(block, "\n    }");
    for (const char *p = strstr(block, "finds \""); p != NULL && (end == NULL || p < end) && n < TEXTS_MAX;
         p = strstr(p, "finds \"")) {
        size_t length = 0;

        for (p += 7; *p != '\0' && *p != '"' && length + 1 < SEED_MAX; p++) {
            p += *p == '\\' && p[1] != '\0';
            ret[n][length++] = *p;
        }
        ret[n++][length] = '\0';
    }
    return n;
}

/* A text that is made of a seed and of what follows it, so that the seed's literal stands in it. */
static void eat_seed(struct bench *b, struct aa_masker *masker, const struct finder *finder,
                     const char *name, const char *seed, struct worst *worst)
{
    static const char *const tails[] = { "", " ", "=", "a", "1", "\"", "\n" };
    char whole[SEED_MAX + 8];

    for (size_t i = 0; i < (b->sample ? SAMPLE_TAILS : AA_ARRAY_SIZE(tails)); i++) {
        snprintf(whole, sizeof(whole), "%s%s", seed, tails[i]);
        name_food(b, whole);
        repeat(b->food.data, whole, strlen(whole));
        eat(b, masker, finder, name, worst);
    }
}

/* Every general text with the literal in front, and with it in the middle and at the end as well. */
static void eat_general(struct bench *b, struct aa_masker *masker, const struct finder *finder,
                        const char *name, const char *literal, struct worst *worst)
{
    size_t n = AA_MIN(strlen(literal), (size_t)SEED_MAX);

    for (size_t i = 0; i < (b->sample ? SAMPLE_GENERAL : GENERAL); i++) {
        name_food(b, general_food(b->food.data, i));
        memcpy(b->food.data, literal, n);
        memcpy(b->food.data + FOOD_SIZE / 2, literal, n);
        memcpy(b->food.data + FOOD_SIZE - n, literal, n);
        eat(b, masker, finder, name, worst);
    }
}

static void bench_pattern(struct bench *b, struct aa_snapshot *one,
                          const struct aa_snap_mask_pattern *pattern)
{
    static const struct finder finder = { "shapes", run_shapes };
    static char texts[TEXTS_MAX][SEED_MAX];
    struct aa_masker masker = { .sets = { *one }, .sets_n = 1 };
    const struct aa_snap_word *near = aa_snapshot_words(one, pattern->near);
    const char *name = aa_snapshot_text(one, pattern->name), *literal = "";
    struct worst worst = { .ms = -1 };
    size_t n;

    if (near == NULL || name == NULL || (b->only != NULL && !aa_streq(b->only, name)))
        return;
    for (uint32_t i = 0; i < pattern->near.count; i++) {
        const char *text = aa_snapshot_text(one, near[i].text);

        literal = i == 0 && text != NULL ? text : literal;
        if (i == 0 && text != NULL) { /* compiled before anything is timed */
            struct worst nothing = { .ms = -1 };

            name_food(b, text);
            repeat(b->food.data, text, strlen(text));
            eat(&(struct bench){ .food = b->food }, &masker, &finder, name, &nothing);
        }
        if (text != NULL && (!b->sample || i < SAMPLE_TEXTS))
            eat_seed(b, &masker, &finder, name, text, &worst);
    }
    n = finds_of(b->conf, name, texts);
    for (size_t i = 0; i < (b->sample ? AA_MIN(n, (size_t)SAMPLE_TEXTS) : n); i++)
        eat_seed(b, &masker, &finder, name, texts[i], &worst);
    eat_general(b, &masker, &finder, name, literal, &worst);
    tell(b, name, &worst, true);
    aa_masker_end(&masker);
}

static size_t bench_patterns(struct bench *b)
{
    const struct aa_snap_header *shipped = (const struct aa_snap_header *)(const void *)aa_mask_shipped;
    struct aa_snap_mask_pattern *patterns;
    struct aa_snap_header *copy;
    struct aa_snapshot one;
    struct aa_fault fault;
    uint32_t count;

    if (aa_snapshot_from_memory(aa_mask_shipped, aa_mask_shipped_size, &one, &fault) < 0) {
        printf("the shipped masks cannot be read: %s\n", fault.detail);
        return 0;
    }
    copy = malloc(aa_mask_shipped_size);
    if (copy == NULL)
        abort();
    memcpy(copy, shipped, aa_mask_shipped_size);
    count = copy->sections[AA_SECTION_MASK_PATTERNS].count;
    one = (struct aa_snapshot){ .header = copy, .size = aa_mask_shipped_size };
    patterns = (struct aa_snap_mask_pattern *)(void *)((char *)copy +
                                                       copy->sections[AA_SECTION_MASK_PATTERNS].offset);
    copy->sections[AA_SECTION_MASK_PATTERNS].count = AA_MIN(count, 1u);
    for (uint32_t i = 0; i < count; i++) {
        patterns[0] = patterns[i]; /* the one before was looked at already */
        patterns[0].off = 0;
        bench_pattern(b, &one, &patterns[0]);
    }
    free(copy);
    return count;
}

/* ---- the others ---- */

static void bench_finders(struct bench *b)
{
    static const struct finder finders[] = {
        { "(names)", run_named }, { "(entropy)", run_mixed },   { "(encoded)", run_encoded },
        { "(options)", run_options }, { "(all patterns)", run_shapes }, { "(everything)", run_all },
    };

    struct aa_snap_header *without_patterns = malloc(aa_mask_shipped_size);

    if (without_patterns == NULL)
        abort();
    memcpy(without_patterns, aa_mask_shipped, aa_mask_shipped_size);
    without_patterns->sections[AA_SECTION_MASK_PATTERNS].count = 0;
    for (size_t i = 0; i < AA_ARRAY_SIZE(finders); i++) {
        _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };
        struct worst worst = { .ms = -1 };

        if (b->only != NULL && !aa_streq(b->only, finders[i].name))
            continue;
        aa_masker_start(&masker, NULL, NULL);
        if (finders[i].run == run_encoded) /* what patterns cost over what it decodes is told above */
            masker.sets[0].header = without_patterns;
        for (size_t j = 0; j < GENERAL; j++) {
            name_food(b, general_food(b->food.data, j));
            eat(b, &masker, &finders[i], finders[i].name, &worst);
        }
        tell(b, finders[i].name, &worst, i < 4);
    }
    free(without_patterns);
}

static char *read_conf(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = calloc(1, FOOD_SIZE + 1);

    if (file == NULL || text == NULL) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    (void)!fread(text, 1, FOOD_SIZE, file);
    fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "limit", required_argument, NULL, 'l' }, { "texts", required_argument, NULL, 't' },
        { "all", no_argument, NULL, 'a' }, { "sample", no_argument, NULL, 's' },
        { "only", required_argument, NULL, 'o' }, { NULL, 0, NULL, 0 },
    };
    struct bench bench = { .food = { .data = malloc(FOOD_SIZE) } };
    char *conf = NULL;
    size_t n;
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'l')
            bench.limit = atof(optarg);
        else if (c == 't')
            bench.conf = conf = read_conf(optarg);
        else if (c == 'a')
            bench.all = true;
        else if (c == 's')
            bench.sample = true;
        else if (c == 'o')
            bench.only = optarg;
        else
            return 2;
    }
    if (bench.food.data == NULL)
        return 1;
    n = bench_patterns(&bench);
    if (bench.only == NULL || bench.only[0] == '(')
        bench_finders(&bench);
    printf("%zu patterns\n", n);
    free(bench.food.data);
    free(conf);
    return bench.failed || (n == 0 && bench.only == NULL) ? 1 : 0;
}

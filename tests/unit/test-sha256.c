/* SPDX-License-Identifier: ISC */
/* Our SHA-256 and HMAC against published vectors and, where it is installed, libsodium: every
 * length around the block boundaries, in one piece and in pieces. */
#include "unit.h"

#include "base/sha256.h"
#include "unit-config.h"
#if HAVE_SODIUM
#include <sodium.h>
#endif

enum { LONGEST = 70000, EVERY_LENGTH_TO = 300 };

static const char *hex_of(const unsigned char *bytes)
{
    static char hex[AA_SHA256_HEX];

    aa_hex(bytes, AA_SHA256_SIZE, hex);
    return hex;
}

static void vectors(void **state)
{
    static const struct {
        const char *text, *hash;
    } rows[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    };
    unsigned char hash[AA_SHA256_SIZE];
    struct aa_sha256 million;

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_sha256 one;

        aa_sha256_start(&one);
        aa_sha256_add(&one, rows[i].text, strlen(rows[i].text));
        aa_sha256_finish(&one, hash);
        assert_string_equal(hex_of(hash), rows[i].hash);
    }
    aa_sha256_start(&million);
    for (int i = 0; i < 100000; i++)
        aa_sha256_add(&million, "aaaaaaaaaa", 10);
    aa_sha256_finish(&million, hash);
    assert_string_equal(hex_of(hash),
                        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* RFC 4231, cases 1, 2, 3, 6 and 7: short, long and over-long keys. */
static void hmac_vectors(void **state)
{
    static const struct {
        size_t key_length;
        int key_byte;
        const char *key, *data;
        size_t data_length;
        int data_byte;
        const char *mac;
    } rows[] = {
        { 20, 0x0b, NULL, "Hi There", 8, 0,
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
        { 4, 0, "Jefe", "what do ya want for nothing?", 28, 0,
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
        { 20, 0xaa, NULL, NULL, 50, 0xdd,
          "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
        { 131, 0xaa, NULL, "Test Using Larger Than Block-Size Key - Hash Key First", 54, 0,
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
        { 131, 0xaa, NULL,
          "This is a test using a larger than block-size key and a larger than block-size data. "
          "The key needs to be hashed before being used by the HMAC algorithm.", 152, 0,
          "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        unsigned char key[256], data[256], mac[AA_SHA256_SIZE];
        struct aa_hmac hmac;

        memset(key, rows[i].key_byte, sizeof(key));
        memset(data, rows[i].data_byte, sizeof(data));
        if (rows[i].key != NULL)
            memcpy(key, rows[i].key, rows[i].key_length);
        if (rows[i].data != NULL)
            memcpy(data, rows[i].data, rows[i].data_length);
        aa_hmac_start(&hmac, key, rows[i].key_length);
        aa_hmac_add(&hmac, data, rows[i].data_length);
        aa_hmac_finish(&hmac, mac);
        check(aa_streq(hex_of(mac), rows[i].mac), "case %zu: %s", i, hex_of(mac));
    }
}

static void hmac_keeps_no_key(void **state)
{
    static const struct aa_hmac nothing;
    unsigned char mac[AA_SHA256_SIZE];
    struct aa_hmac hmac;

    (void)state;
    aa_hmac_start(&hmac, "secret", 6);
    aa_hmac_finish(&hmac, mac);
    assert_memory_equal(&hmac, &nothing, sizeof(hmac));
}

static void hex_is_lower_case_and_terminated(void **state)
{
    static const unsigned char bytes[] = { 0x00, 0x0f, 0xa5, 0xff };
    char hex[2 * sizeof(bytes) + 1] = "????????";

    (void)state;
    aa_hex(bytes, sizeof(bytes), hex);
    assert_string_equal(hex, "000fa5ff");
    aa_hex(bytes, 0, hex);
    assert_string_equal(hex, "");
}

#if HAVE_SODIUM
static unsigned char data[LONGEST];

static void compare_hash(size_t length, uint64_t *random)
{
    unsigned char ours[AA_SHA256_SIZE], theirs[AA_SHA256_SIZE];
    struct aa_sha256 hash;

    crypto_hash_sha256(theirs, data, length);
    aa_sha256_start(&hash);
    aa_sha256_add(&hash, data, length);
    aa_sha256_finish(&hash, ours);
    check(memcmp(ours, theirs, sizeof(ours)) == 0, "%zu bytes in one piece", length);
    aa_sha256_start(&hash);
    for (size_t at = 0, n; at < length; at += n) {
        n = 1 + next_random(random) % 150;
        n = AA_MIN(n, length - at);
        aa_sha256_add(&hash, data + at, n);
        aa_sha256_add(&hash, data, 0);
    }
    aa_sha256_finish(&hash, ours);
    check(memcmp(ours, theirs, sizeof(ours)) == 0, "%zu bytes in pieces", length);
}

static void compare_hmac(size_t key_length, size_t length)
{
    unsigned char ours[AA_SHA256_SIZE], theirs[AA_SHA256_SIZE];
    crypto_auth_hmacsha256_state sodium;
    struct aa_hmac hmac;

    crypto_auth_hmacsha256_init(&sodium, data + 7, key_length);
    crypto_auth_hmacsha256_update(&sodium, data, length);
    crypto_auth_hmacsha256_final(&sodium, theirs);
    aa_hmac_start(&hmac, data + 7, key_length);
    aa_hmac_add(&hmac, data, length / 2);
    aa_hmac_add(&hmac, data + length / 2, length - length / 2);
    aa_hmac_finish(&hmac, ours);
    check(memcmp(ours, theirs, sizeof(ours)) == 0, "key of %zu, %zu bytes", key_length, length);
}

static void same_as_sodium(void **state)
{
    uint64_t random = 1;

    (void)state;
    assert_true(sodium_init() >= 0);
    for (size_t i = 0; i < LONGEST; i++)
        data[i] = (unsigned char)next_random(&random);
    for (size_t length = 0; length <= EVERY_LENGTH_TO; length++)
        compare_hash(length, &random);
    for (int i = 0; i < 300; i++)
        compare_hash(next_random(&random) % LONGEST, &random);
    for (size_t key = 0; key <= 200; key++)
        compare_hmac(key, next_random(&random) % 1000);
}
#else
static void same_as_sodium(void **state)
{
    (void)state;
    skip_because("libsodium is not installed");
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors),
        cmocka_unit_test(hmac_vectors),
        cmocka_unit_test(hmac_keeps_no_key),
        cmocka_unit_test(hex_is_lower_case_and_terminated),
        cmocka_unit_test(same_as_sodium),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

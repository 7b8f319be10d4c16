/* SPDX-License-Identifier: ISC */
#include "sha256.h"

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotate(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

/* One round; the eight words change their roles from round to round instead of their places. */
#define ROUND(a, b, c, d, e, f, g, h, i)                                                    \
    do {                                                                                    \
        uint32_t t = (h) + (rotate((e), 6) ^ rotate((e), 11) ^ rotate((e), 25)) +           \
                     (((e) & (f)) ^ (~(e) & (g))) + round_constants[i] + w[i];              \
        (d) += t;                                                                           \
        (h) = t + (rotate((a), 2) ^ rotate((a), 13) ^ rotate((a), 22)) +                    \
              (((a) & (b)) ^ ((a) & (c)) ^ ((b) & (c)));                                    \
    } while (0)

static void compress(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4],
                    f = state[5], g = state[6], h = state[7];

    for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | (uint32_t)block[4 * i + 3];
    for (size_t i = 16; i < 64; i++) {
        uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;

        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    for (size_t i = 0; i < 64; i += 8) {
        ROUND(a, b, c, d, e, f, g, h, i);
        ROUND(h, a, b, c, d, e, f, g, i + 1);
        ROUND(g, h, a, b, c, d, e, f, i + 2);
        ROUND(f, g, h, a, b, c, d, e, i + 3);
        ROUND(e, f, g, h, a, b, c, d, i + 4);
        ROUND(d, e, f, g, h, a, b, c, i + 5);
        ROUND(c, d, e, f, g, h, a, b, i + 6);
        ROUND(b, c, d, e, f, g, h, a, i + 7);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

void aa_sha256_start(struct aa_sha256 *hash)
{
    static const uint32_t initial[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

    memcpy(hash->state, initial, sizeof(initial));
    hash->bytes = 0;
}

void aa_sha256_add(struct aa_sha256 *hash, const void *data, size_t length)
{
    const unsigned char *bytes = data;
    size_t held = hash->bytes % 64;

    if (length == 0)
        return; /* and no bytes to point at */
    hash->bytes += length;
    if (held != 0) {
        size_t n = AA_MIN(64 - held, length);

        memcpy(hash->block + held, bytes, n);
        bytes += n;
        length -= n;
        if (held + n < 64)
            return;
        compress(hash->state, hash->block);
    }
    for (; length >= 64; bytes += 64, length -= 64)
        compress(hash->state, bytes);
    if (length > 0)
        memcpy(hash->block, bytes, length);
}

void aa_sha256_finish(struct aa_sha256 *hash, unsigned char ret[AA_SHA256_SIZE])
{
    static const unsigned char padding[64] = { 0x80 };
    uint64_t bits = hash->bytes * 8;
    unsigned char length[8];
    size_t held = hash->bytes % 64;

    for (size_t i = 0; i < 8; i++)
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    aa_sha256_add(hash, padding, held < 56 ? 56 - held : 120 - held);
    aa_sha256_add(hash, length, sizeof(length));
    for (size_t i = 0; i < AA_SHA256_SIZE; i++)
        ret[i] = (unsigned char)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}

void aa_hmac_start(struct aa_hmac *hmac, const void *key, size_t key_length)
{
    unsigned char block[64] = { 0 }, inner_key[64];

    if (key_length > sizeof(block)) {
        struct aa_sha256 hash;

        aa_sha256_start(&hash);
        aa_sha256_add(&hash, key, key_length);
        aa_sha256_finish(&hash, block);
    } else {
        memcpy(block, key, key_length);
    }
    for (size_t i = 0; i < sizeof(block); i++) {
        inner_key[i] = block[i] ^ 0x36;
        hmac->outer_key[i] = block[i] ^ 0x5c;
    }
    aa_sha256_start(&hmac->inner);
    aa_sha256_add(&hmac->inner, inner_key, sizeof(inner_key));
    explicit_bzero(block, sizeof(block));
    explicit_bzero(inner_key, sizeof(inner_key));
}

void aa_hmac_add(struct aa_hmac *hmac, const void *data, size_t length)
{
    aa_sha256_add(&hmac->inner, data, length);
}

void aa_hmac_finish(struct aa_hmac *hmac, unsigned char ret[AA_SHA256_SIZE])
{
    unsigned char inner[AA_SHA256_SIZE];
    struct aa_sha256 outer;

    aa_sha256_finish(&hmac->inner, inner);
    aa_sha256_start(&outer);
    aa_sha256_add(&outer, hmac->outer_key, sizeof(hmac->outer_key));
    aa_sha256_add(&outer, inner, sizeof(inner));
    aa_sha256_finish(&outer, ret);
    explicit_bzero(hmac, sizeof(*hmac));
}

void aa_hex(const unsigned char *bytes, size_t length, char *ret)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < length; i++) {
        *ret++ = digits[bytes[i] >> 4];
        *ret++ = digits[bytes[i] & 15];
    }
    *ret = '\0';
}

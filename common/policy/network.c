/* SPDX-License-Identifier: ISC */
#include "network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const unsigned char ipv4_prefix[AA_ADDRESS_IPV4_BITS / 8] = { [10] = 0xff, [11] = 0xff };

bool aa_address_parse(const char *text, struct aa_address *ret)
{
    size_t length = strcspn(text, "%");
    char copy[AA_ADDRESS_TEXT_MAX];
    struct aa_address address = { { 0 } };

    if (length >= sizeof(copy))
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET6, copy, address.bytes) != 1) {
        if (text[length] == '%') /* only IPv6 knows zones */
            return false;
        memcpy(address.bytes, ipv4_prefix, sizeof(ipv4_prefix));
        if (inet_pton(AF_INET, copy, address.bytes + sizeof(ipv4_prefix)) != 1)
            return false;
    }
    *ret = address;
    return true;
}

bool aa_address_is_ipv4(const struct aa_address *address)
{
    return memcmp(address->bytes, ipv4_prefix, sizeof(ipv4_prefix)) == 0;
}

struct aa_address aa_address_network(const struct aa_address *address, uint32_t bits)
{
    struct aa_address network = *address;

    for (uint32_t i = 0; i < AA_ADDRESS_SIZE; i++) {
        uint32_t kept = bits > 8 * i ? bits - 8 * i : 0;

        if (kept < 8)
            network.bytes[i] &= (unsigned char)(0xff00u >> kept);
    }
    return network;
}

bool aa_address_in(const struct aa_address *address, const struct aa_address *network,
                   uint32_t bits)
{
    struct aa_address of_address;

    if (bits > AA_ADDRESS_BITS ||
        (bits < AA_ADDRESS_IPV4_BITS && aa_address_is_ipv4(address)))
        return false;
    of_address = aa_address_network(address, bits);
    return memcmp(of_address.bytes, network->bytes, AA_ADDRESS_SIZE) == 0;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool aa_address_from_hex(const char *hex, struct aa_address *ret)
{
    struct aa_address address;

    for (int i = 0; i < AA_ADDRESS_SIZE; i++) {
        int high = digit_of(hex[2 * i]), low = high < 0 ? -1 : digit_of(hex[2 * i + 1]);

        if (low < 0)
            return false;
        address.bytes[i] = (unsigned char)(high << 4 | low);
    }
    if (hex[2 * AA_ADDRESS_SIZE] != '\0')
        return false;
    *ret = address;
    return true;
}

void aa_network_write(const struct aa_address *network, uint32_t bits,
                      char ret[AA_NETWORK_TEXT_SIZE])
{
    bool ipv4 = aa_address_is_ipv4(network) && bits >= AA_ADDRESS_IPV4_BITS;
    uint32_t before = ipv4 ? AA_ADDRESS_IPV4_BITS : 0;
    char text[INET6_ADDRSTRLEN] = "";

    (void)inet_ntop(ipv4 ? AF_INET : AF_INET6, network->bytes + before / 8, text, sizeof(text));
    if (bits < AA_ADDRESS_BITS)
        snprintf(ret, AA_NETWORK_TEXT_SIZE, "%s/%u", text, bits - before);
    else
        snprintf(ret, AA_NETWORK_TEXT_SIZE, "%s", text);
}

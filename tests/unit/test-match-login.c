/* SPDX-License-Identifier: ISC */
/* "when service" and "when rhost": what a PAM service says of a login. An address cannot be held
 * against a name, nor a name against an address: it could be, and that never helps. */
#include "unit.h"
#include "facts.h"
#include "policy/network.h"
#include "world.h"

#define PEOPLE                                                       \
    "channel c { type local }\nperson p { unix boss }\ngroup g { person p }\n" \
    "default ask c; default from g\n"
#define PAM "rule r { when frontend pam; "
#define SSH "frontend=pam service=sshd nothing "

static void service(void **state)
{
    static const struct facts_row allow[] = {
        { SSH, "allow r" },
        { "frontend=pam service=su nothing", "allow r" },
        { "frontend=pam service=login nothing", "deny default" },
        { "frontend=pam service=SSHD nothing", "deny default" },
        { "frontend=pam service=- nothing", "deny default" }, /* absent */
        { "frontend=pam service= nothing", "deny default" },
        { "", "deny default" },
    }, allow_not[] = {
        { SSH, "deny default" },
        { "frontend=pam service=login nothing", "allow r" },
        { "frontend=pam service=- nothing", "deny default" }, /* absent: false both ways */
        { "frontend=pam service= nothing", "deny default" },
    }, deny[] = {
        { SSH, "deny r" },
        { "frontend=pam service=login nothing", "ask default" },
        { "frontend=pam service=- nothing", "ask default" },
        { "", "ask default" },
    }, deny_not[] = {
        { SSH, "ask default" },
        { "frontend=pam service=login nothing", "deny r" },
        { "frontend=pam service=- nothing", "deny r" }, /* absent: "not" is true */
        { "frontend=pam service= nothing", "deny r" },
        { "", "deny r" },
    }, sudo[] = {
        { "", "deny r" },
        { "frontend=pam service=sudo nothing", "deny r" },
        { SSH, "ask default" },
    }, ask[] = {
        { SSH, "ask r" },
        { "frontend=pam service=cron nothing", "deny default" },
    };

    (void)state;
    FACTS_CHECK(PAM "when service sshd su; allow }", allow);
    FACTS_CHECK(PAM "when not service sshd; allow }", allow_not);
    FACTS_CHECK(PEOPLE "rule r { when service sshd; deny }", deny);
    FACTS_CHECK(PEOPLE "rule r { when not service sshd; deny }", deny_not);
    FACTS_CHECK(PEOPLE "rule r { when service sudo; deny }", sudo);
    FACTS_CHECK("channel c { type local }\nperson p { unix boss }\ngroup g { person p }\n"
                "rule r { when service sshd; ask c; from g }", ask);
}

static void networks(void **state)
{
    static const struct facts_row allow[] = {
        { SSH "rhost=10.0.0.0", "allow r" },
        { SSH "rhost=10.255.255.255", "allow r" },
        { SSH "rhost=11.0.0.0", "deny default" },
        { SSH "rhost=9.255.255.255", "deny default" },
        { SSH "rhost=2001:db8::1", "allow r" },
        { SSH "rhost=2001:DB8:0:0::ffff", "allow r" },
        { SSH "rhost=2001:db9::1", "deny default" },
        { SSH "rhost=192.0.2.7", "allow r" },
        { SSH "rhost=192.0.2.70", "deny default" },
        { SSH "rhost=::ffff:10.1.2.3", "allow r" }, /* the IPv4 address */
        { SSH "rhost=::ffff:0a01:0203", "allow r" },
        { SSH "rhost=::10.1.2.3", "deny default" },
        { SSH "rhost=fe80::1%eth0", "allow r" },
        { SSH "rhost=fe80::1%", "allow r" },
        { SSH "rhost=fe80::2%eth0", "deny default" },
        { SSH "rhost=host.example.com", "deny default" }, /* could be */
        { SSH "rhost=10.0.0.1%eth0", "deny default" },    /* nobody writes this */
        { SSH "rhost=010.0.0.1", "deny default" },
        { SSH "rhost=10.1", "deny default" },
        { SSH "rhost=0x0a000001", "deny default" },
        { SSH "rhost=[2001:db8::1]", "deny default" },
        { SSH "rhost=-", "deny default" },
        { SSH "rhost=", "deny default" },
    }, allow_not[] = {
        { SSH "rhost=10.0.0.1", "deny default" },
        { SSH "rhost=::ffff:10.0.0.1", "deny default" },
        { SSH "rhost=11.0.0.1", "allow r" },
        { SSH "rhost=2001:db8::1", "allow r" },
        { SSH "rhost=host", "deny default" },
        { SSH "rhost=-", "deny default" },
    }, deny[] = {
        { SSH "rhost=10.0.0.1", "deny r" },
        { SSH "rhost=::ffff:10.0.0.1", "deny r" },
        { SSH "rhost=11.0.0.1", "ask default" },
        { SSH "rhost=2001:db8::1", "ask default" },
        { SSH "rhost=host", "deny r" }, /* could be inside */
        { SSH "rhost=-", "ask default" },
        { "", "ask default" },
    }, deny_not[] = {
        { SSH "rhost=10.0.0.1", "ask default" },
        { SSH "rhost=::ffff:10.0.0.1", "ask default" },
        { SSH "rhost=11.0.0.1", "deny r" },
        { SSH "rhost=host", "deny r" }, /* could be outside */
        { SSH "rhost=10.0.0.1.", "deny r" },
        { SSH "rhost=10.0.0.1x", "deny r" },
        { SSH "rhost=-", "deny r" },
        { "", "deny r" },
    }, all_ipv4[] = {
        { SSH "rhost=0.0.0.0", "deny r" },
        { SSH "rhost=::ffff:1.2.3.4", "deny r" },
        { SSH "rhost=::1", "ask default" },
    }, all_ipv6[] = {
        { SSH "rhost=::", "deny r" },
        { SSH "rhost=ffff::1", "deny r" },
        { SSH "rhost=1.2.3.4", "ask default" }, /* not IPv6, however it is written */
        { SSH "rhost=::ffff:1.2.3.4", "ask default" },
    }, odd_bits[] = {
        { SSH "rhost=172.16.0.0", "deny r" },
        { SSH "rhost=172.31.255.255", "deny r" },
        { SSH "rhost=172.32.0.0", "ask default" },
        { SSH "rhost=2001:db8:8000::", "deny r" },
        { SSH "rhost=2001:db8:7fff:ffff::", "ask default" },
    }, mapped_in_the_policy[] = {
        { SSH "rhost=10.0.0.1", "deny r" },
        { SSH "rhost=10.0.0.2", "ask default" },
        { SSH "rhost=192.168.3.4", "deny r" },
    };

    (void)state;
    FACTS_CHECK(PAM "when rhost 10.0.0.0/8 2001:db8::/32 192.0.2.7 fe80::1; allow }", allow);
    FACTS_CHECK(PAM "when not rhost 10.0.0.0/8; allow }", allow_not);
    FACTS_CHECK(PEOPLE "rule r { when rhost 10.0.0.0/8; deny }", deny);
    FACTS_CHECK(PEOPLE "rule r { when not rhost 10.0.0.0/8; deny }", deny_not);
    FACTS_CHECK(PEOPLE "rule r { when rhost 0.0.0.0/0; deny }", all_ipv4);
    FACTS_CHECK(PEOPLE "rule r { when rhost ::/0; deny }", all_ipv6);
    FACTS_CHECK(PEOPLE "rule r { when rhost 172.16.0.0/12 2001:db8:8000::/33; deny }", odd_bits);
    FACTS_CHECK(PEOPLE "rule r { when rhost ::ffff:10.0.0.1 ::ffff:192.168.0.0/112; deny }",
                mapped_in_the_policy);
}

static void host_names(void **state)
{
    static const struct facts_row allow[] = {
        { SSH "rhost=bastion.example.com", "allow r" },
        { SSH "rhost=Bastion.EXAMPLE.com.", "allow r" },
        { SSH "rhost=bastion.example.com..", "deny default" },
        { SSH "rhost=x.admin.example.com", "allow r" },
        { SSH "rhost=bastion.example.com.evil.org", "deny default" },
        { SSH "rhost=bastion", "deny default" },
        { SSH "rhost=10.0.0.1", "deny default" }, /* its name is not known */
        { SSH "rhost=-", "deny default" },
    }, allow_not[] = {
        { SSH "rhost=a.guest.example.com", "deny default" },
        { SSH "rhost=b.example.com", "allow r" },
        { SSH "rhost=10.0.0.1", "deny default" },
        { SSH "rhost=-", "deny default" },
    }, deny[] = {
        { SSH "rhost=a.guest.example.com", "deny r" },
        { SSH "rhost=A.GUEST.example.com.", "deny r" },
        { SSH "rhost=b.example.com", "ask default" },
        { SSH "rhost=10.0.0.1", "deny r" },
        { SSH "rhost=::1", "deny r" },
        { SSH "rhost=-", "ask default" },
    }, deny_not[] = {
        { SSH "rhost=a.guest.example.com", "ask default" },
        { SSH "rhost=b.example.com", "deny r" },
        { SSH "rhost=10.0.0.1", "deny r" },
        { SSH "rhost=-", "deny r" },
    }, both[] = {
        { SSH "rhost=10.1.1.1", "ask default" },
        { SSH "rhost=a.example.com", "ask default" },
        { SSH "rhost=11.1.1.1", "deny r" },
        { SSH "rhost=a.example.org", "deny r" },
    }, any[] = {
        { SSH "rhost=10.1.1.1", "deny r" },
        { SSH "rhost=::1", "deny r" },
        { SSH "rhost=a.example.org", "deny r" },
        { SSH "rhost=-", "ask default" },
    }, not_any[] = {
        { SSH "rhost=10.1.1.1", "ask default" },
        { SSH "rhost=x", "ask default" },
        { SSH "rhost=-", "deny r" },
    };

    (void)state;
    FACTS_CHECK(PAM "when rhost BASTION.example.com. *.admin.example.com; allow }", allow);
    FACTS_CHECK(PAM "when not rhost *.guest.example.com; allow }", allow_not);
    FACTS_CHECK(PEOPLE "rule r { when rhost *.guest.example.com; deny }", deny);
    FACTS_CHECK(PEOPLE "rule r { when not rhost *.guest.example.com; deny }", deny_not);
    FACTS_CHECK(PEOPLE "rule r { when not rhost 10.0.0.0/8 *.example.com; deny }", both);
    FACTS_CHECK(PEOPLE "rule r { when rhost *; deny }", any);
    FACTS_CHECK(PEOPLE "rule r { when not rhost *; deny }", not_any);
}

/* The text is a stranger's: as long as it likes, and nothing of it decides for it. */
static void hostile_text(void **state)
{
    static char text[100000];
    static const struct {
        const char *policy, *wanted;
    } rows[] = {
        { PAM "when rhost 10.0.0.0/8 *.example.com; allow }", "deny default" },
        { PAM "when not rhost 10.0.0.0/8 *.example.com; allow }", "deny default" },
        { PEOPLE "rule r { when rhost 10.0.0.0/8; deny }", "deny r" },
        { PEOPLE "rule r { when not rhost 10.0.0.0/8; deny }", "deny r" },
        { PEOPLE "rule r { when rhost example.com; deny }", "deny r" },
        { PEOPLE "rule r { when not rhost example.com; deny }", "deny r" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        for (size_t length = 1023; length < sizeof(text); length += length == 1023 ? 1 : 90000) {
            _cleanup_buffer_ struct aa_buffer data = AA_BUFFER_INIT(0);
            struct aa_request request = *facts_request(SSH);
            struct aa_snapshot snapshot;
            struct aa_outcome outcome;
            struct aa_fault fault = { 0 };
            const char *answer, *wanted = rows[i].wanted;

            memset(text, 'a', sizeof(text));
            text[length] = '\0';
            memcpy(text, "10.0.0.1", 8);
            request.rhost = text;
            world_compile(rows[i].policy, &data);
            assert_int_equal(aa_snapshot_from_memory(data.data, data.length, &snapshot, &fault), 0);
            answer = facts_decide(&snapshot, &request, &outcome);
            if (length == 1023 && strstr(rows[i].policy, "when rhost example.com") != NULL)
                wanted = "ask default"; /* a name still, and surely another */
            check(strcmp(answer, wanted) == 0, "%s with %zu bytes: %s", rows[i].policy, length,
                  answer);
        }
    }
}

static void addresses(void **state)
{
    static const struct {
        const char *text, *again;
    } rows[] = {
        { "1.2.3.4", "1.2.3.4" }, { "::ffff:1.2.3.4", "1.2.3.4" }, { "::FFFF:102:304", "1.2.3.4" },
        { "::", "::" }, { "fe80::1%1", "fe80::1" }, { "fe80::1%a/b", "fe80::1" },
        { "::1.2.3.4", "::1.2.3.4" }, { "", NULL }, { "%", NULL }, { "1.2.3.4%x", NULL },
        { "1.2.3", NULL }, { "1.2.3.4.5", NULL }, { " 1.2.3.4", NULL }, { "1.2.3.4 ", NULL },
        { "1.2.3.256", NULL }, { "01.2.3.4", NULL }, { "1:2:3:4:5:6:7:8:9", NULL },
        { ":::", NULL }, { "12345::", NULL }, { "::g", NULL }, { "::1/128", NULL },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_address address;
        char text[AA_NETWORK_TEXT_SIZE];
        bool ok = aa_address_parse(rows[i].text, &address);

        check(ok == (rows[i].again != NULL), "\"%s\"", rows[i].text);
        if (!ok)
            continue;
        aa_network_write(&address, AA_ADDRESS_BITS, text);
        assert_string_equal(text, rows[i].again);
    }
}

/* What a damaged snapshot says of a network is never followed. */
static void damaged_networks(void **state)
{
    _cleanup_buffer_ struct aa_buffer data = AA_BUFFER_INIT(0);
    const struct aa_request *request = facts_request(SSH "rhost=10.0.0.1");
    struct aa_snap_range one = { 0, 1 };
    struct aa_snapshot snapshot;
    struct aa_outcome outcome;
    struct aa_fault fault = { 0 };
    struct aa_snap_word *word;
    char *digits;

    (void)state;
    world_compile("rule r { when frontend pam; when rhost 10.0.0.0/8; allow }", &data);
    assert_int_equal(aa_snapshot_from_memory(data.data, data.length, &snapshot, &fault), 0);
    for (word = (void *)(uintptr_t)aa_snapshot_words(&snapshot, one);
         (word->flags & AA_WORD_NETWORK) == 0; word++)
        assert_true(++one.first < aa_snapshot_count(&snapshot, AA_SECTION_WORDS));
    digits = (char *)(uintptr_t)aa_snapshot_text(&snapshot, word->text);
    assert_string_equal(digits, "00000000000000000000ffff0a000000");
    assert_int_equal(word->number, 104);
    assert_string_equal(facts_decide(&snapshot, request, &outcome), "allow r");
    word->number = 129;
    assert_string_equal(facts_decide(&snapshot, request, &outcome), "error E-SNAPSHOT-DAMAGED");
    word->number = UINT32_MAX;
    assert_string_equal(facts_decide(&snapshot, request, &outcome), "error E-SNAPSHOT-DAMAGED");
    word->number = 104;
    digits[31] = 'g';
    assert_string_equal(facts_decide(&snapshot, request, &outcome), "error E-SNAPSHOT-DAMAGED");
    word->text.offset = 0;
    word->text.length = 0;
    assert_string_equal(facts_decide(&snapshot, request, &outcome), "error E-SNAPSHOT-DAMAGED");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(service),      cmocka_unit_test(networks),
        cmocka_unit_test(host_names),   cmocka_unit_test(hostile_text),
        cmocka_unit_test(addresses),    cmocka_unit_test(damaged_networks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

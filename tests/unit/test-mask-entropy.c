/* SPDX-License-Identifier: ISC */
/* Words as mixed as secrets, made at random in the alphabets that secrets have, and names of all kinds
 * that are long and mixed too. How many are told apart is printed. */
#include "unit.h"

#include "mask-named-support.h"

static const char *const mixed[] = {
    "2V0hhP7VYK8uJXmjpN4N", "PGBXzeX4tlcH6fDOUqJI", "kPVRCImIlqLAkyAgRiL2", "1Mx4ZqFZVf1sr1YPHJEC",
    "7GAyB52CdzFgTWTsDCdf", "EtW6JfitpoXwif26zteM", "HiCwNXk5VUR18VhRf5yU", "H7ukjcOuUhzPbhf6b15ZHt",
    "BJIDnBUvrnbubKiukEoRLM", "jCeWt9mTztjlDqSr2G2Pwv", "m4WNBzedCufnTPOYMAleR6", "2oPwlttzVqdzJTEutx0pzp",
    "d5sK2L6V7Ht4YirmmkTL5u", "zU90qieToJpVDoMLGyYAPj", "7ptshLmaRC4q5jNeTKMns5Pj",
    "YAXPw7DrpskjLJEgmsgF8FEi", "R1fdhLZXcvlB1vL6iCh1GVjW", "vTWvPzDRZOQZ2jnwhRKJ7N0b",
    "fsrU9Uz5TfOrc4TDGnZgPeM4", "MRsBFFwIa1QRzwlAKQvrdKYn", "osf0N2QXkzvOG7hzDS5n3Rvg",
    "UULRfLbOKLAI3nEuuxysF8oxdkND", "EzEmwbEqsRy6ToL71i11AFrLjtqq", "NdAtMgkwHtgPPQAfk40oztg9suKW",
    "YiGBu425mHMLXHLo51k6wcE670nh", "jdkxAmQRo7jE9xBWoIu8rsSrEMjk", "Syp3N1Nqzllv8aFWGeibfPCmHWxB",
    "MQ9O9V56GqOXtjxwKjCY2iLadxCS", "sfIYlUX9OectqHJYqYtiHLQVQDNgjXGf", "MEQWZX6y8yG264wqBVsShjrOjuBYsVuu",
    "vdljSBciRK6qrys61Qaa5R4wkJKbdofP", "wxThe9iXY1qHnStCInjykL0xNp6v7wH5",
    "HAxnpyJApt2KCCfuqBrBkEbRaxI56lZ3", "msqdFN9OPPpRxy8C1pIrZGdUFWEvkr5k",
    "TgJLCtQaVPV6Ls4KX1OEhQborUDugYGb", "TjwELbuzlbzmxsrArpJMlsdTTjGJuWFOLdcM",
    "HpABIKK37IphHWl44ea48qpLvg3O2Kn1FXc8", "8enXlObHhgncT55ZuoW0Izs6MmO89bOZKu4G",
    "cHgjDK2knDQxFVmq1OJt3rbvO8klPJvoI8q9", "0xh5zllDso6nQ5GYJP7DRbR0bIbmzYj7brOv",
    "VFsE9Dkrg8oknNFeLJlv6tu9PjjhG8bMbLvv", "MIHbGYISNZ4p7JQpxqmqfl9pRp7EGqp6rZQM",
    "S05PNSWbePzguBPovzenFrRRMr9KfcyxUnuf4PC7", "pMml8cn6coxXQ90EHwaTBs25siiLj6p8U0UoxAeJ",
    "aZwJD7PhXYqro8JJa9GaZBMyR7yGVQ6ANWgyrVSH", "x5e1j7tgSL0hTmHnNPNFoY78XrxLMpcMV5Wmu9XU",
    "voRhn9tHmKqg0yn6zW08vX8zZ3kIkzjcBBgfdMTH", "Ov2iwxJVaZzO5iG0X6fSFPe1v4jUanOyU4t51Odp",
    "CknTa7epVHMsGAJOtV8CKS6wmx6z7jszxe1RUHMP", "cWNoaEZLj4BlJuYRI7cryKa37Ykn21P8ycZBwtTNd0P0as0G",
    "1GP3xx7QoOLay3yRLP51f7LgOVaMXElFZgy77uPGPJhSHIAJ", "33vG7FB8sxHl1uVi7lIp898OqAr0oGJGoL9uhBlzm8ydJNm5",
    "rbAHubQijhopV5o1ygdUqvHVtcQkp0b58HXfC9ch4zx5iddc", "cscXusmLRI2xr1W3dzqoDqCEL0Dtgwh2JDPJ7UXFoYj6ix0K",
    "ZLJi9rAwIqo64akO7UHFEEldMl2GOOS9YmYB7uEL0tMgDqr8", "THBnsQtc3g3fYFAFOrj9otiHa61Kbb4AwxIC3FBAz1GLl4Yo",
    "TBvkW5mAju13KyO9w2deEqh55J80Y6kGeU4ffErX31682MyuWXUQvTRiV7e3Yn0c",
    "haZo5oTaHpJ6oRH32quiijP7dbE03wcgdcurpjXLsW732isNbnrY6UmxEDQwJYgM",
    "TVUmMNCJ9ICIUHarBJT4DkvjLJD9DfT49eHPlE5o79KxAMdDCSbnO1OIUL4iwhwH",
    "7Ibd5c3e2B9zjwFblaqY0qSDyaof5vvOeSa6nbfeLC8pxtMVq3ZPksYzhv4MEmjW",
    "RcpFOAfzZ7F7BVKM4rkNv9rcYdfBom9UvTZJErgXjFFomshx6yzKX780nuReNW0v",
    "EK5X4tnXB5c4kNDek20CH5CBsi6U1RYccFmEPMDwyFwEFoFpvQgeqsCdgVUOn42z",
    "1WX90DTfautScDiRSRJaRf1uDnMJH05jpBsuqWrBhl6d9ad6kpdq18cTI5SDmhTd", "xaBdn0os9G9Qdepf5FlO",
    "bJUeRZp1UoXSbrEOSiA+", "pSxXHcGpXPR8Zlhvd6Zn", "d/gliSMovjtGhTY4AbKi", "YXG1DUcAqprMJSQ4gtCf",
    "Fm9YXwi2IwmsF7KyX7hX", "hpMX2LdX0/O5FgianSXjDQ==", "5PqwtwCTmvEUVfxv2D0d2A==",
    "rg/PPwYR8fOhulX5app6sQ==", "HlpEz73zuGu3Af+tjtr8Gw==", "JMoy680PmWLtF1WRWzt2Ng",
    "hNVdMFfk9Ii2mzhE6Y5taw", "E2IgM+66b7emlgu3M6AroLvi", "H6d0+nt/OMZHoaDD++PbgWlu",
    "7Aq/w3JTqd68YvMKrN5BksyN", "BehRzB0PlXINg2CM1QgW0x1n", "Ob7t5ILdBAExscz5Cj0oZaLb",
    "Q1zk4zfs7mxnOwkqJHydG-0e", "IvYGjsSqgl79q0UWIc89kyV/0zY=", "12lXaSjD4VKOTs1nAQKUvf12HxM=",
    "acff5+yIubBPzW1R7C7zE12Iiu4=", "NBt70ZZsVM7H8JQ2rJ58WqDteA8=", "K3PcePLp3IKV5ATJdqgpMstvJlk",
    "Y1-UF0JsBzvEOAjvVNIviksFu8I", "v2YkZkG+EHNdEuYCEqGrJPYdZGFDMvhw", "kCwmjrhmDgp2pnYTGI73fwUKZEK6HF/c",
    "5GvAhz9Jp3Fi2HCmawTTUJJ/LTYnJY9P", "BO27vod8snYRWp4v/rGOtdgfNlkoQDua",
    "XyCDP9mpQ_2rBatOEmbkOsWGX-N1x7mu", "TfnpFWqoS2xEjYinjVHjXQFmkmc7b_Bl",
    "xg9nyzmwyOZnND1wms70NrcXUF0+PNRdBmqTotwY", "E57FdguDRMqISCLsLUFwjH8kpwQJ86vDB2gK9nxg",
    "rkH5ooNuB9E04ipRTuKzR+lp1D1K/K+fX6o7IkVI", "1J/xD7v4xs4S5R5YcvVbCcQDJCO+Sxp6w2cgCQfD",
    "0S0hxmHwYrl80Ppj6rrZpNF_c4bvpdbkB7eW631l", "GAO7-eOn3C7-t1zteWGAmuX9PUJLPCzNYBZk3o2R",
    "IvLXuSURMtnxmAN/V8pVtVgLS9hzXHfk4iqngwDSAPA=", "tH9bahqgt97M+68f3P1lPjfpmO+Jd4x84IoU6C2ZgMw=",
    "Y7aQwmiVIXIm0IYSZ2/ZuzWX5UOmiXITaShPKU6AhxY=", "URhQT+ga49AkyghNlJ6oyoNr+Vy9cLwKYLgOaW0Ri9U=",
    "S0Zn2pEaRqLY0VPUTbP8mtDOH-RteHQXOyDtgyEEBWQ", "NgBbQqx2sHuvFkxFfKASrGJAk8AcN7KxXI3SYgppAKE",
    "3rQYDAHaS6QMdTuuy6NzDpNwzDpdSWW4iE0b9STl3cMEJwzNebk7/kAYRou4+1Q4",
    "QKg9vm2vsmVOKgfuWDbBjUGNHWwBvYyp+wx2CqIfqLHigbQfOp1xT3MI8cyzwN4P",
    "FsA0Ha0uH+01sg0Z4uw9F9X6DhTSSdogC3M2D2s0NxLY+LuikhFiokWv3P3qiF0t",
    "tEyG4QqGbVfwruKy/+4NtVo6BHgmNhwBLd99rWGsyJnfjr6oBG/V7P8+Y/Z5/AQn",
    "710yk2xHr1_LMGLoquTSypGRU9PbrVtcR_8rVFzXddnTPRHBRkLZ2UgCjOsyfs35",
    "HpAtqdYigzw6JERvn97nJL4yYrGMWp9nhxOwqWkokTu5gdOVsjYCBVJVhhe20Y0E",
   
};

static const char *const harmless[] = {
    "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
    "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
    "E3b0c44298Fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "550e8400-e29b-41d4-a716-446655440000", "550E8400-E29B-41D4-A716-446655440000",
    "0x1A2b3C4d5E6f7A8b9C0d1E2f", "web-7d4b9c6f5-x2x9k", "payment-service-6b8f9c7d54-zq8xw",
    "kube-controller-manager-node01", "ip-10-0-12-34.eu-central-1.compute.internal",
    "db-primary.production.example.org", "very-long-host-name-01.subdomain.example.com",
    "AbstractSingletonProxyFactoryBean", "SimpleBeanFactoryAwareAspectInstanceFactory",
    "getElementsByTagNameAndClassName2", "HttpServletRequestWrapperImpl4",
    "org.springframework.boot.SpringApplication", "com.example.MyApplication2Test",
    "java.util.concurrent.ConcurrentHashMap", "Microsoft.EntityFrameworkCore.SqlServer",
    "System.Collections.Generic.Dictionary2", "NSURLSessionConfigurationDefault1",
    "CFBundleShortVersionString10", "UIApplicationDelegateAdaptor2", "ImageMagick-7.1.0-62_amd64.deb",
    "python3-PyYAML_5.3.1-5_amd64.deb", "libQt5WebEngineCore5_5.15.2_arm64.deb",
    "linux-image-6.1.0-18-amd64_6.1.76-1_amd64.deb", "foo_1.2.3-4_amd64.deb-source-package",
    "kernel-core-6.5.6-300.fc39.x86_64.rpm", "NetworkManager-1.44.2-1.fc39.x86_64",
    "perl-Test-Simple-1.302195-3.fc39.noarch.rpm", "postgresql-15.4-1.pgdg22.04+1_amd64",
    "OpenJDK17U-jdk_x64_linux_hotspot_17.0.9_9.tar.gz", "node-v18.17.1-linux-x64.tar.xz",
    "go1.21.5.linux-amd64.tar.gz", "Python-3.11.6-macos11.pkg.sig", "terraform_1.6.3_linux_amd64.zip",
    "kubectl-v1.28.4-linux-arm64.sha256", "Backup-2026-01-02T03-04-05Z.tar.gz",
    "Backup_20260102_030405_FULL_db01.bak", "Dump-Production-2026-01-02-Monday.sql.gz",
    "20260102T030405Z-Snapshot-web01", "2026-01-02T03-04-05.678901Z", "Mon-02-Jan-2026-03-04-05-GMT",
    "snapshot-2026-01-02-EU-West-1a", "v1.2.3-rc.4-56-gabcdef0123", "v0.0.0-20230102030405-abcdef012345",
    "1.18.0-SNAPSHOT-20260102.jar", "release-2026.01.02-RC1-build4567", "build-4711-Release-x86_64-Linux",
    "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
    "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb",
    "AAAAB3NzaC1yc2EAAAADAQABAAABgQC7lWq5Z3xV8mN2pQ9rT4uY6wE1sD0fG",
    "AAAAC3NzaC1lZDI1NTE5AAAAIJ4kx9PmQ2vT7rL5bN8wYcZ3dF6gH1jK0sXuE",
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBJx4Tq9Lm2",
    "AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIK9zQ1mW3vX5",
    "aGVsbG8gd29ybGQgdGhpcyBpcyBwbGFpbiB0ZXh0IGZvciB5b3U=",
    "VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZw==", "c3lzdGVtY3RsIHJlc3RhcnQgbmdpbng=",
    "_ZN4llvm12DenseMapBaseINS_8DenseMapIPNS_5ValueE", "_ZNSt6vectorIiSaIiEE17_M_realloc_insertIJRKiEEEvN9",
    "_ZTVN10__cxxabiv120__si_class_type_infoE", "_RNvCs1234_7mycrate3foo3BarXyZ9QwErTy",
    "CONFIG_DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT", "GL_COMPRESSED_RGBA_S3TC_DXT5_EXT",
    "MAX_CONNECTIONS_PER_HOST_DEFAULT_2", "ORACLE_HOME_12_1_0_2_CLIENT",
    "this_is_a_long_snake_case_name_42", "another-long-kebab-case-name-2026",
    "ExecStartPre-network-online.target", "systemd-networkd-wait-online.service",
    "systemd-Journal-Gatewayd-2.socket", "session-c2.scope-user-1000.slice", "dev-disk-by\x2duuid-1234",
    "ata-WDC_WD40EFRX-68N32N0_WD-WCC7K0ABCDEF", "ata-Samsung_SSD_860_EVO_500GB_S3Z1NB0K123456A",
    "nvme-Samsung_SSD_970_EVO_Plus_1TB_S4EWNX0R123456", "iqn.1992-08.com.netapp-sn.101183016",
    "wwn-0x5002538e40a1b2c3-part1", "usb-SanDisk_Ultra_4C530001230620115-0", "0000000000000000000000000000",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "12345678901234567890123", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "registry.example.org/Team/App-Server", "ghcr.io/MyCompany/Backend-Service-2",
    "quay.io/prometheus/node-exporter", "gcr.io/Google-Samples/hello-App-1.0",
    "us-docker.pkg.dev/My-Project/Repo1/Image2", "arn/aws/iam/123456789012/role/MyRole1",
    "StackSet-AWSControlTowerBP-BASELINE-CLOUDTRAIL", "AWSReservedSSO_AdministratorAccess_Role1",
    "AmazonEKSWorkerNodePolicyAttachment2", "MyStack-MyBucketF68F3FF0-Production",
    "EC2-InstanceProfile-WebServer-Role-2", "projects/My-Project-1/zones/europe-west3-a",
    "subscriptions-ResourceGroup-Prod01-WestEurope", "Standard_D4s_v3-WestEurope-Linux01",
    "docker-overlay2-4f5a6b7c8d9e0f1a2b3c", "containerd-shim-runc-v2-4f5a6b7c8d9e",
    "z4k1m9dxn1zf6l61qsb1josjj", "dxn1zf6l61qsb1josjja83ngz", "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3",
    "UTF-8-Encoding-Test-Document-1", "ISO-8859-15-Latin9-Character-Set",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384-TLSv1.2",
    "TLS_CHACHA20_POLY1305_SHA256-Only", "aes256-gcm@openssh-with-HmacSha2",
    "PKCS12-KeyStore-Provider-SunJSSE1", "X509v3-Subject-Alternative-Name",
    "RSA2048-PSS-SHA256-SignatureTest", "Mozilla-5.0-Windows-NT-10.0-Win64",
    "AppleWebKit-537.36-KHTML-like-Gecko", "Chrome-120.0.6099.109-Safari-537.36",
    "CVE-2024-3094-Xz-Backdoor-Check2", "RHSA-2024-1234-Important-Kernel5",
    "JIRA-12345-Fix-Login-For-Users", "PROJECT-4711_Update_Customer_Table",
    "INC0012345-Restart-WebServer-Now", "CHG0098765-Database-Upgrade-Weekend",
    "AddCustomerEmailIndexToOrdersTable", "V20260102__CreateUsersTable.sql",
    "Migration20260102030405AddIndexes", "test_HandlesUnicodeInPath2Correctly",
    "TestParseConfigFile3WithInclude", "ThisIsAVeryLongCamelCaseIdentifier99",
    "XMLHttpRequestUpgradeEventListener2", "Win32_OperatingSystemVersion10",
    "Get-ADUser-Filter-Properties2", "Restart-Service-Name-Spooler-01", "Set-ExecutionPolicy-RemoteSigned",
    "Content-Security-Policy-Report-Only", "Access-Control-Allow-Credentials",
    "Strict-Transport-Security-Max1", "X-Forwarded-For-Proxy-Protocol-V2",
    "ansible_python_interpreter_auto_silent", "Vagrantfile-Ubuntu22.04-VirtualBox7",
    "Debian-12-bookworm-amd64-netinst.iso", "ubuntu-22.04.3-live-server-amd64.iso",
    "CentOS-Stream-9-20231204.0-x86_64-dvd1", "Fedora-Workstation-Live-x86_64-39-1.5",
    "Win10_22H2_EnglishInternational_x64v1", "MyDocument-FinalVersion-2-Signed.pdf",
    "Invoice_2026-01_CustomerNumber12345", "IMG_20260102_030405_HDR_Pano-Edited",
    "Screenshot-from-2026-01-02-03-04-05", "DejaVuSansMono-BoldOblique-2.37.ttf",
    "NotoSansCJKjp-Regular-v2.004.otf", "lib32stdc++6-12-dbg-Cross_12.2.0", "gcc-12-Base_12.2.0-14+deb12u1",
    "Thunderbird-Lightning-L10n-De-115", "linux-headers-5.15.0-91-Generic",
    "RandomAccessFileInputStreamReader8", "K8sNamespacedResourceQuotaLimit5",
    "Grafana-Dashboard-NodeExporterFull1860", "PrometheusRuleGroupInterval30s",
    "kafka-Topic-OrderEvents-V2-DLQ-01", "ElasticSearchIndexTemplate7Logs",
    "mongodb-ReplicaSet-rs0-Primary-01", "RedisClusterSlotMigration16384",
    "Postgres15StreamingReplicaSlot1", "MySQL8InnoDBClusterRouterNode3",
    "OracleDatabase19cEnterpriseEdition", "SAPHanaSystemReplication2Tier", "dc=Example-CN=Users-OU=Admins",
    "CN-Administrators-OU-Users-DC-Corp1", "EUWest1ProductionVpcPrivateSubnet2",
    "Rules-For-Firewall-DMZ-To-LAN-443", "GigabitEthernet1-0-24-Uplink-Core2",
    "TenGigabitEthernet1/0/24.Uplink1", "Serial0-0-0-Backup-Line-Berlin2",
    "fe80-1a2b-3c4d-5e6f-7a8b-9c0d-1e2f", "A-1B-2C-3D-4E-5F-00-11-22-33-44",
};

static void words(void **state)
{
    size_t found = 0, wrong = 0;

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(mixed); i++) {
        if (aa_mask_is_mixed(mixed[i], strlen(mixed[i])))
            found++;
        else
            print_message("missed %s\n", mixed[i]);
    }
    for (size_t i = 0; i < AA_ARRAY_SIZE(harmless); i++) {
        if (!aa_mask_is_mixed(harmless[i], strlen(harmless[i])))
            continue;
        wrong++;
        print_message("taken for a secret: %s\n", harmless[i]);
    }
    print_message("%zu of %zu secrets found (recall %.3f), %zu of %zu names taken for one (precision %.3f)\n", found,
                  AA_ARRAY_SIZE(mixed), (double)found / AA_ARRAY_SIZE(mixed), wrong, AA_ARRAY_SIZE(harmless),
                  (double)found / (double)(found + wrong));
    assert_true(AA_ARRAY_SIZE(mixed) >= 100 && AA_ARRAY_SIZE(harmless) >= 150);
    assert_true(found * 100 >= AA_ARRAY_SIZE(mixed) * 95);
    assert_int_equal(wrong, 0);
}

/* Many more than the table has, so that it is not the table that the weights were made for. */
static void at_random(void **state)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint64_t seed = 3;
    size_t found = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char word[32];

        for (size_t j = 0; j < sizeof(word); j++)
            word[j] = alphabet[next_random(&seed) % 64];
        found += aa_mask_is_mixed(word, sizeof(word));
    }
    print_message("%zu of 20000 random words of 32 bytes are found\n", found);
    assert_true(found > 19200);
}

static const char *const rows[] = {
    "x ‹kJ8xQ2mZ7vT4pW9nL3sR6yB1›", "a=‹kJ8xQ2mZ7vT4pW9nL3sR6yB1›&b=1", "{\"a\":\"‹kJ8xQ2mZ7vT4pW9nL3sR6yB1›\"}",
    "user:‹kJ8xQ2mZ7vT4pW9nL3sR6yB1›@host", "‹kJ8xQ2mZ7vT4pW9nL3sR6yB1==› next", "[‹kJ8xQ2mZ7vT4pW9nL3sR6yB1›]",
    "https://hooks.example.org/a/‹kJ8xQ2mZ7vT4pW9nL3sR6yB1›/b", "x;‹kJ8xQ2mZ7vT4pW9nL3sR6yB1›",
    "https://x.example/users/00u1a2b3c4D5e6F7g8h9", "x ‹00u1a2b3c4D5e6F7g8h9›",
    "https://x/?a=‹kJ8xQ2mZ7vT4pW9nL3sR6yB1›#top", "$‹kJ8xQ2mZ7vT4pW9nL3sR6yB1›", "‹kJ8xQ2mZ7vT4pW9nL3sR6yB1›,x",
    "/etc/kJ8xQ2mZ7vT4pW9nL3sR6yB1", "./kJ8xQ2mZ7vT4pW9nL3sR6yB1", "~/kJ8xQ2mZ7vT4pW9nL3sR6yB1",
    "https://kJ8xQ2mZ7vT4pW9nL3sR6yB1.example.org/", "file:/etc/kJ8xQ2mZ7vT4pW9nL3sR6yB1",
    "SHA256:kJ8xQ2mZ7vT4pW9nL3sR6yB1kJ8xQ2mZ7vT4pW9nL", "kJ8xQ2mZ7vT4pW9", "restart nginx on web01", "",
};

static void texts(void **state)
{
    static const char text[] = "kJ8xQ2mZ7vT4pW9nL3sR6yB1";
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };

    (void)state;
    named_masker(&masker);
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++)
        check_marked(aa_mask_find_mixed, &masker, rows[i]);
    assert_string_equal(marked(aa_mask_find_mixed, &masker, text, strlen(text), true), text);
    named_masker_of(&masker, NULL, NULL, "entropy");
    check_marked(aa_mask_find_mixed, &masker, text);
}

static void hostile(void **state)
{
    static const char *const units[] = { "aB3", "kJ8xQ2mZ7vT4pW9nL3sR6yB1/", "://", "kJ8xQ2mZ7vT4pW9nL3sR6yB1 ", "=", "://a/",
                                         "a=", "/", "A" };
    enum { SIZE = 1024 * 1024 };
    char *text = malloc(SIZE);
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };
    double worst = 0;

    (void)state;
    assert_non_null(text);
    named_masker(&masker);
    for (size_t i = 0; i < AA_ARRAY_SIZE(units); i++) {
        size_t n = strlen(units[i]);
        double seconds;

        for (size_t j = 0; j < SIZE; j++)
            text[j] = units[i][j % n];
        seconds = finder_seconds(aa_mask_find_mixed, &masker, text, SIZE);
        worst = seconds > worst ? seconds : worst;
    }
    print_message("a megabyte takes %.1f ms at most\n", worst * 1000);
    check(worst < 2, "%f s", worst);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words), cmocka_unit_test(at_random), cmocka_unit_test(texts), cmocka_unit_test(hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

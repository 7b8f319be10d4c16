/* SPDX-License-Identifier: ISC */
#include "vocabulary.h"

#include "macros.h"

const char *aa_key_name(enum aa_key key)
{
    static const char *const names[AA_KEY_COUNT] = {
        [AA_KEY_USER] = "user",
        [AA_KEY_GROUP] = "group",
        [AA_KEY_AGENT] = "agent",
        [AA_KEY_RUNAS] = "runas",
        [AA_KEY_RUNAS_GROUP] = "runas-group",
        [AA_KEY_HOST] = "host",
        [AA_KEY_FRONTEND] = "frontend",
        [AA_KEY_SERVICE] = "service",
        [AA_KEY_COMMAND] = "command",
        [AA_KEY_ARGS] = "args",
        [AA_KEY_LABEL] = "label",
        [AA_KEY_CWD] = "cwd",
        [AA_KEY_TTY] = "tty",
        [AA_KEY_RHOST] = "rhost",
        [AA_KEY_TIME] = "time",
        [AA_KEY_ENV] = "env",
        [AA_KEY_INTERACTIVE_SHELL] = "interactive-shell",
        [AA_KEY_EDIT] = "edit",
        [AA_KEY_INTERCEPTED] = "intercepted",
        [AA_KEY_OPAQUE] = "opaque",
        [AA_KEY_WRAPPED] = "wrapped",
    };

    return (unsigned)key < AA_KEY_COUNT ? names[key] : NULL;
}

const char *aa_action_name(enum aa_action action)
{
    static const char *const names[] = { NULL, "allow", "deny", "ask" };

    return (size_t)action < AA_ARRAY_SIZE(names) ? names[action] : NULL;
}

const char *aa_risk_name(enum aa_risk risk)
{
    static const char *const names[] = { NULL, "low", "medium", "high", "critical" };

    return (size_t)risk < AA_ARRAY_SIZE(names) ? names[risk] : NULL;
}

const char *aa_frontend_name(enum aa_frontend frontend)
{
    static const char *const names[] = { NULL, "sudo", "pam" };

    return (size_t)frontend < AA_ARRAY_SIZE(names) ? names[frontend] : NULL;
}

const char *aa_channel_type_name(enum aa_channel_type type)
{
    static const char *const names[] = { NULL, "local", "slack", "matrix", "teams", "api" };

    return (size_t)type < AA_ARRAY_SIZE(names) ? names[type] : NULL;
}

const char *aa_mask_check_name(enum aa_mask_check check)
{
    static const char *const names[AA_MASK_CHECK_COUNT] = {
        [AA_MASK_CHECK_LUHN] = "luhn",
        [AA_MASK_CHECK_IBAN] = "iban",
        [AA_MASK_CHECK_US_SSN] = "us-ssn",
        [AA_MASK_CHECK_DE_TAX] = "de-tax",
        [AA_MASK_CHECK_FR_NIR] = "fr-nir",
        [AA_MASK_CHECK_ES_DNI] = "es-dni",
        [AA_MASK_CHECK_IT_CF] = "it-cf",
        [AA_MASK_CHECK_PL_PESEL] = "pl-pesel",
        [AA_MASK_CHECK_NL_BSN] = "nl-bsn",
        [AA_MASK_CHECK_BE_NN] = "be-nn",
        [AA_MASK_CHECK_SE_PN] = "se-pn",
        [AA_MASK_CHECK_FI_HETU] = "fi-hetu",
        [AA_MASK_CHECK_DK_CPR] = "dk-cpr",
        [AA_MASK_CHECK_NO_FNR] = "no-fnr",
        [AA_MASK_CHECK_CH_AHV] = "ch-ahv",
        [AA_MASK_CHECK_GB_NHS] = "gb-nhs",
        [AA_MASK_CHECK_GB_NINO] = "gb-nino",
        [AA_MASK_CHECK_PT_NIF] = "pt-nif",
        [AA_MASK_CHECK_BR_CPF] = "br-cpf",
        [AA_MASK_CHECK_CA_SIN] = "ca-sin",
        [AA_MASK_CHECK_AU_TFN] = "au-tfn",
        [AA_MASK_CHECK_IN_AADHAAR] = "in-aadhaar",
        [AA_MASK_CHECK_TR_KIMLIK] = "tr-kimlik",
        [AA_MASK_CHECK_ZA_ID] = "za-id",
        [AA_MASK_CHECK_CN_ID] = "cn-id",
        [AA_MASK_CHECK_KR_RRN] = "kr-rrn",
        [AA_MASK_CHECK_PHONE] = "phone",
        [AA_MASK_CHECK_ENTROPY] = "entropy",
        [AA_MASK_CHECK_NO_PLACEHOLDER] = "no-placeholder",
    };

    return (unsigned)check < AA_MASK_CHECK_COUNT ? names[check] : NULL;
}

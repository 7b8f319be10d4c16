/* SPDX-License-Identifier: ISC */
/*
 * The words of the configuration language that reach a decision, as numbers: shared by the
 * compiler (which writes them) and by the policy (which acts on them). The numbers are part of
 * the snapshot's format: append, never renumber, else raise AA_SNAPSHOT_FORMAT.
 */
#ifndef AA_VOCABULARY_H
#define AA_VOCABULARY_H

#include <stdbool.h>

enum aa_frontend {
    AA_FRONTEND_SUDO = 1,
    AA_FRONTEND_PAM = 2,
};

enum aa_action {
    AA_ACTION_NONE = 0,
    AA_ACTION_ALLOW = 1,
    AA_ACTION_DENY = 2,
    AA_ACTION_ASK = 3,
};

enum aa_key {
    AA_KEY_USER = 1,
    AA_KEY_GROUP,
    AA_KEY_AGENT,
    AA_KEY_RUNAS,
    AA_KEY_RUNAS_GROUP,
    AA_KEY_HOST,
    AA_KEY_FRONTEND,
    AA_KEY_SERVICE,
    AA_KEY_COMMAND,
    AA_KEY_ARGS,
    AA_KEY_LABEL,
    AA_KEY_CWD,
    AA_KEY_TTY,
    AA_KEY_RHOST,
    AA_KEY_TIME,
    AA_KEY_ENV,
    AA_KEY_INTERACTIVE_SHELL,
    AA_KEY_EDIT,
    AA_KEY_INTERCEPTED,
    AA_KEY_OPAQUE,
    AA_KEY_WRAPPED,
    AA_KEY_COUNT
};

enum aa_record_mode {
    AA_RECORD_REQUIRED = 1,
    AA_RECORD_BEST_EFFORT = 2,
};

enum aa_mode {
    AA_MODE_ENFORCE = 1,
    AA_MODE_OBSERVE = 2,
};

enum aa_reason {
    AA_REASON_OPTIONAL = 1,
    AA_REASON_REQUIRED = 2,
    AA_REASON_OFF = 3,
};

enum aa_risk {
    AA_RISK_LOW = 1,
    AA_RISK_MEDIUM = 2,
    AA_RISK_HIGH = 3,
    AA_RISK_CRITICAL = 4,
};

/* What an ask may carry beside its words. */
enum aa_ask_flag {
    AA_ASK_REFUSE_TRUNCATED = 1u << 0,
    AA_ASK_ALLOW_UNBOUND = 1u << 1,
    AA_ASK_SHOW_CODE = 1u << 2,
    AA_ASK_INTERCEPT_WAIT = 1u << 3,
    AA_ASK_BREAK_GLASS = 1u << 4,
    AA_ASK_OWNER_MAY_APPROVE = 1u << 5,
};

/* How an allow rule widens what it may match. */
enum aa_allow_flag {
    AA_ALLOW_WRAPPED_OK = 1u << 0,
    AA_ALLOW_OPAQUE_OK = 1u << 1,
    AA_ALLOW_APPROVER_OK = 1u << 2,
};

enum aa_channel_type {
    AA_CHANNEL_LOCAL = 1,
    AA_CHANNEL_SLACK,
    AA_CHANNEL_MATRIX,
    AA_CHANNEL_TEAMS,
    AA_CHANNEL_API,
};

/* Namespaces in which a person has accounts. */
enum aa_account_kind {
    AA_ACCOUNT_UNIX = 1,
    AA_ACCOUNT_SLACK,
    AA_ACCOUNT_MATRIX,
    AA_ACCOUNT_TEAMS,
    AA_ACCOUNT_API,
    AA_ACCOUNT_EMAIL,
};

enum aa_member_kind {
    AA_MEMBER_PERSON = 1,
    AA_MEMBER_UNIX_GROUP,
    AA_MEMBER_SLACK_GROUP,
    AA_MEMBER_MATRIX_POWER,
};

enum aa_channel_key {
    AA_CHANNEL_KEY_URL = 1,
    AA_CHANNEL_KEY_CA_FILE,
    AA_CHANNEL_KEY_PROXY,
    AA_CHANNEL_KEY_CONNECT_TIMEOUT,
    AA_CHANNEL_KEY_TOKEN,
    AA_CHANNEL_KEY_CLIENT_CERT,
    AA_CHANNEL_KEY_CLIENT_KEY,
    AA_CHANNEL_KEY_ROOM,
    AA_CHANNEL_KEY_APPROVE_EMOJI,
    AA_CHANNEL_KEY_DENY_EMOJI,
};

/* What a value that a mask's pattern found has to pass besides. */
enum aa_mask_check {
    AA_MASK_CHECK_NONE = 0,
    AA_MASK_CHECK_LUHN,        /* card numbers */
    AA_MASK_CHECK_IBAN,        /* ISO 13616, with the length of its country */
    AA_MASK_CHECK_US_SSN,      /* the numbers that are never given are none */
    AA_MASK_CHECK_DE_TAX,      /* Steuer-ID, ISO 7064 */
    AA_MASK_CHECK_FR_NIR,
    AA_MASK_CHECK_ES_DNI,      /* and NIE */
    AA_MASK_CHECK_IT_CF,       /* codice fiscale */
    AA_MASK_CHECK_PL_PESEL,
    AA_MASK_CHECK_NL_BSN,
    AA_MASK_CHECK_BE_NN,
    AA_MASK_CHECK_SE_PN,
    AA_MASK_CHECK_FI_HETU,
    AA_MASK_CHECK_DK_CPR,      /* a date only: its check digit is not used any more */
    AA_MASK_CHECK_NO_FNR,
    AA_MASK_CHECK_CH_AHV,
    AA_MASK_CHECK_GB_NHS,
    AA_MASK_CHECK_GB_NINO,
    AA_MASK_CHECK_PT_NIF,
    AA_MASK_CHECK_BR_CPF,
    AA_MASK_CHECK_CA_SIN,
    AA_MASK_CHECK_AU_TFN,
    AA_MASK_CHECK_IN_AADHAAR,  /* Verhoeff */
    AA_MASK_CHECK_TR_KIMLIK,
    AA_MASK_CHECK_ZA_ID,
    AA_MASK_CHECK_CN_ID,       /* resident identity card */
    AA_MASK_CHECK_KR_RRN,
    AA_MASK_CHECK_PHONE,       /* 7 to 15 digits, no date, no version, no run of one digit */
    AA_MASK_CHECK_ENTROPY,     /* as mixed as a random secret of its length */
    AA_MASK_CHECK_NO_PLACEHOLDER, /* no reference, no path, no "<password>", "xxxx", "true" */
    AA_MASK_CHECK_COUNT
};

/* How a program is given a secret on its command line. */
enum aa_mask_spelling {
    AA_MASK_VALUE = 1,    /* --name VALUE and --name=VALUE; -x VALUE and -xVALUE */
    AA_MASK_JOINED,       /* only -xVALUE, --name=VALUE: the next word is something else */
    AA_MASK_SEPARATE,     /* only the next word */
    AA_MASK_AFTER_COLON,  /* as AA_MASK_VALUE; of it what stands behind its first ":" */
    AA_MASK_AFTER_PERCENT,
    AA_MASK_BEHIND,       /* the "number"th word that is no option, behind this word */
    AA_MASK_OPERAND,      /* the "number"th word that is no option; 0: the last */
    AA_MASK_SPARE,        /* patterns of this type are not looked for in its words */
};

/* The names by which messages and records call them; NULL for a number that has none. */
const char *aa_key_name(enum aa_key key);
const char *aa_action_name(enum aa_action action);
const char *aa_risk_name(enum aa_risk risk);
const char *aa_frontend_name(enum aa_frontend frontend);
const char *aa_channel_type_name(enum aa_channel_type type);
const char *aa_mask_check_name(enum aa_mask_check check);

#endif

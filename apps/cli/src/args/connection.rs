//! The connection to ProBonus, as flags.

use std::path::PathBuf;

use clap::Args;

/// Every setting of the `[probonus]` table that fits on a line, as a flag of the same name.
///
/// All of them text: the configuration's own rules read them, wherever they come from. Secrets are never values here,
/// because other users of a machine can read its command lines.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Connection (flags go before the environment, which goes before the file)")]
pub(crate) struct ConnectionArgs {
    /// The server's address, without /api/v0 [env: PROBONUS_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// File with the permanent token [env: PROBONUS_API_TOKEN_FILE, or the token itself in PROBONUS_API_TOKEN]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) api_token_file: Option<PathBuf>,
    /// Login of a staff member, where there is no permanent token [env: PROBONUS_LOGIN]
    #[arg(long, global = true)]
    pub(crate) login: Option<String>,
    /// File with the staff member's password [env: PROBONUS_PASSWORD_FILE, or the password itself in PROBONUS_PASSWORD]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// File where `login` keeps a credential and its tokens, and where all commands look for it, instead of the
    /// desktop's keyring [env: PROBONUS_CREDENTIAL_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) credential_file: Option<PathBuf>,
    /// Header of the permanent token [env: PROBONUS_API_TOKEN_HEADER]
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub(crate) api_token_header: Option<String>,
    /// Word before the permanent token, such as Bearer [env: PROBONUS_API_TOKEN_SCHEME]
    #[arg(long, global = true, value_name = "WORD", hide_short_help = true)]
    pub(crate) api_token_scheme: Option<String>,
    /// Phones on the wire: e164, digits, national or subscriber [env: PROBONUS_PHONE_FORMAT]
    #[arg(long, global = true, value_name = "FORM", hide_short_help = true)]
    pub(crate) phone_format: Option<String>,
    /// Sums on the wire: kopeck or ruble [env: PROBONUS_AMOUNT_UNIT]
    #[arg(long, global = true, value_name = "UNIT", hide_short_help = true)]
    pub(crate) amount_unit: Option<String>,
    /// The venue's zone [env: PROBONUS_TIME_ZONE]
    #[arg(long, global = true, value_name = "ZONE", hide_short_help = true)]
    pub(crate) time_zone: Option<String>,
    /// When the venue's business day begins, HH:MM [env: PROBONUS_DAY_CHANGE]
    #[arg(long, global = true, value_name = "TIME", hide_short_help = true)]
    pub(crate) day_change: Option<String>,
    /// The group that newcomers join [env: PROBONUS_ACCOUNT_GROUP_ID]
    #[arg(long, global = true, value_name = "ID", hide_short_help = true)]
    pub(crate) account_group_id: Option<String>,
    /// Where reading a history back ends, YYYY-MM-DD [env: PROBONUS_HISTORY_SINCE]
    #[arg(long, global = true, value_name = "DATE", hide_short_help = true)]
    pub(crate) history_since: Option<String>,
    /// Whether our key rides in a comment: true or false [env: PROBONUS_COMMENT_KEY]
    #[arg(long, global = true, value_name = "BOOL", hide_short_help = true)]
    pub(crate) comment_key: Option<String>,
    /// PEM file with certificates to trust beside the bundled ones [env: PROBONUS_CA_FILE]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(crate) ca_file: Option<String>,
    /// Take an http address, such as a sandbox's [env: PROBONUS_ALLOW_PLAIN_HTTP]
    #[arg(long, global = true, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_short_help = true)]
    pub(crate) allow_plain_http: Option<String>,
    /// Seconds in which a connection must stand [env: PROBONUS_CONNECT_TIMEOUT]
    #[arg(long, global = true, value_name = "SECONDS", hide_short_help = true)]
    pub(crate) connect_timeout: Option<String>,
    /// Seconds for a call with all its attempts [env: PROBONUS_TIMEOUT]
    #[arg(long, global = true, value_name = "SECONDS", hide_short_help = true)]
    pub(crate) timeout: Option<String>,
}

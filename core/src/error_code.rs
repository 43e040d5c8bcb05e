//! The stable names of everything that can go wrong. Every room may use them.

/// Defines [`ErrorCode`] with its text and advice in one table, from which the glossary is generated as well.
macro_rules! error_codes {
    ($( $(#[doc = $doc:literal])+ $name:ident = $text:literal, $advice:literal; )+) => {
        /// What happened, by a name that does not change between versions.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $( $(#[doc = $doc])+ $name, )+
        }

        impl ErrorCode {
            /// Every code there is, in the order of the glossary.
            pub const ALL: &'static [Self] = &[ $( Self::$name, )+ ];

            /// The stable text, as it stands in JSON and logs.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$name => $text, )+ }
            }

            /// What the reader of the error can do next, in English.
            #[must_use]
            pub fn advice(self) -> &'static str {
                match self { $( Self::$name => $advice, )+ }
            }

            /// What the code means: the text of its documentation.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $( Self::$name => concat!($($doc),+), )+ }
            }
        }
    };
}

error_codes! {
    /// A phone number that is not a complete +7 number.
    PhoneInvalid = "phone_invalid", "Give all ten digits after +7.";
    /// A phone number of another country than those behind +7.
    PhoneUnsupported = "phone_unsupported", "Only +7 numbers can be registered.";
    /// A sum that is not a number.
    SumInvalid = "sum_invalid", "Give the sum as digits, with at most two after the point.";
    /// A sum with a part of a kopeck.
    SumFraction = "sum_fraction", "Give the sum in whole kopecks.";
    /// A sum that does not fit into 64 bits of kopecks.
    SumTooLarge = "sum_too_large", "Give a smaller sum.";
    /// A sum that must be above zero.
    SumNotPositive = "sum_not_positive", "Give a sum above zero.";
    /// A date that does not exist or is not written as year-month-day.
    DateInvalid = "date_invalid", "Give the date as YYYY-MM-DD.";
    /// A period that ends before it begins.
    PeriodInvalid = "period_invalid", "Let the period begin before it ends.";
    /// A field that must not be empty.
    FieldEmpty = "field_empty", "Fill in the field.";
    /// A field that is longer than the other side takes.
    FieldTooLong = "field_too_long", "Shorten the field.";
    /// A value that the field does not take.
    FieldInvalid = "field_invalid", "Correct the field.";
    /// A setting that is missing, unknown or has a value it cannot take.
    ConfigInvalid = "config_invalid", "Correct the configuration.";
    /// The code is not the one that was sent.
    CodeWrong = "code_wrong", "Type the code again, or ask for a new one.";
    /// There is no code to compare with any more: it was used, is too old, or was tried too often.
    CodeExpired = "code_expired", "Ask for a new code.";
    /// The guest has not agreed to the current text on personal data.
    ConsentRequired = "consent_required", "Show the current text and record the consent first.";
    /// The server was not reached; nothing was sent.
    Offline = "offline", "Check the connection and try again.";
    /// The server's certificate is not one we trust.
    Untrusted = "untrusted", "Check the address and the server's certificate; do not go on.";
    /// The server did not answer in time.
    Timeout = "timeout", "Try again.";
    /// The connection broke before the answer was complete.
    ConnectionCut = "connection_cut", "Try again.";
    /// No valid credential.
    Unauthorized = "unauthorized", "Sign in again or correct the token.";
    /// The credential is valid, but not for this.
    Forbidden = "forbidden", "Ask whoever runs the server for the right.";
    /// There is no such thing on the server.
    NotFound = "not_found", "Check the number or id.";
    /// There is no guest with this phone number.
    GuestNotFound = "guest_not_found", "Check the phone number, or register the guest.";
    /// The server refused the request's content.
    Rejected = "rejected", "Correct the request.";
    /// The account group has no template, so no guest can be registered into it.
    GroupWithoutTemplate = "group_without_template", "Choose a group marked as a template for the API.";
    /// The thing exists already, or is in a state that does not allow this.
    Conflict = "conflict", "Read the current state before trying again.";
    /// Several accounts carry this phone number, and none of them stands out.
    AccountAmbiguous = "account_ambiguous", "Merge the accounts on the server, or name the account by its id.";
    /// The account is blocked.
    AccountBlocked = "account_blocked", "Contact the restaurant.";
    /// Too many requests.
    RateLimited = "rate_limited", "Wait as long as the server asks, then try again.";
    /// The server is failing or being serviced.
    Unavailable = "unavailable", "Try again later.";
    /// A write was sent and no answer came: it may or may not have happened.
    OutcomeUnknown = "outcome_unknown", "Do not repeat it with another key; compare with the history first.";
    /// This version of the app is too old for the server.
    Outdated = "outdated", "Update the app.";
    /// The server's answer is not what the contract says.
    ContractMismatch = "contract_mismatch", "Run the doctor and add the override that it prints.";
    /// The server's answer is not JSON, or is cut short.
    ReplyMalformed = "reply_malformed", "Run the doctor, and check what stands between here and the server.";
    /// The server's answer is larger than we read.
    ReplyTooLarge = "reply_too_large", "Ask for a shorter period.";
    /// The server answered with a redirect, which an API has no reason to do.
    Redirected = "redirected", "Correct the server's address.";
    /// The backend cannot do this.
    Unsupported = "unsupported", "Ask the backend for its capabilities first.";
    /// This key stands for another write already.
    KeyReused = "key_reused", "Use the key only for the write it was made for, or leave it out for a new one.";
    /// This purchase was handed in already, under another key.
    PurchaseKnown = "purchase_known", "Look at it with `loyalty outbox list --all`; do not register it again.";
    /// The server's books show this write more than once.
    AppliedTwice = "applied_twice", "Take back what `loyalty outbox show` says was applied too much.";
    /// The write is kept and waits for its turn: another process is sending.
    WriteQueued = "write_queued", "Nothing to do: it will be sent. Ask again with the same key.";
    /// Local storage failed.
    Storage = "storage", "Check free space and permissions.";
    /// No space is left on this device; what was kept before is unharmed.
    StorageFull = "storage_full", "Free some space and try again.";
    /// The folder or the file where data is kept cannot be written.
    StorageReadonly = "storage_readonly", "Give this program the right to write to its folder.";
    /// The file where data is kept is damaged. A cache is set aside and read again from the server.
    StorageDamaged = "storage_damaged", "Try again: what the server knows is read again.";
    /// The file where data is kept was written by a newer version.
    StorageNewer = "storage_newer", "Use the newer version, or another folder.";
    /// The file where data is kept belongs to another program, or to another server; it was left as it is.
    StorageForeign = "storage_foreign", "Choose another folder, or move the file away.";
    /// Another process uses the file where data is kept.
    StorageBusy = "storage_busy", "Wait for the other process to end and try again.";
    /// Storage is closed, because the app was suspended or the guest has signed out, or its file was replaced.
    StorageClosed = "storage_closed", "Resume the session, sign in again, or start the program again.";
    /// The outbox was damaged and set aside; no money is written until its rows are recovered.
    OutboxLost = "outbox_lost", "Run `loyalty outbox recover` and decide what becomes of the rest.";
    /// The secret store is locked, or failed.
    SecretStore = "secret_store", "Unlock or repair the system's secret store.";
    /// There is no secret store on this machine, or it cannot be reached.
    SecretStoreUnavailable = "secret_store_unavailable", "Start the desktop's keyring, or name a credential file.";
    /// The secret store holds something that this program did not write.
    SecretStoreDamaged = "secret_store_damaged", "Remove what stands there and sign in again.";
    /// The file with the secrets belongs to another user, or others can read it.
    SecretStoreExposed = "secret_store_exposed", "Take the file from others (`chmod 600`) and renew what was in it.";
    /// The caller gave up.
    Cancelled = "cancelled", "Nothing to do.";
    /// A mistake of ours.
    Internal = "internal", "Report it with the log.";
}

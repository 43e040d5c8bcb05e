//! Who is asking, and from where.

use std::fmt;
use std::net::IpAddr;

use loyalty_core::domain::{AccountId, Phone};
use uuid::Uuid;

use crate::projection::Audience;
use crate::state::SessionRow;

/// Where a request came from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The address of the device, after trusted proxies.
    pub address: IpAddr,
    /// The kiosk that it came from, whose credential was checked by [`crate::Gateway::device`].
    pub device: Option<Device>,
}

/// A kiosk whose credential is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The device's id, which may stand in logs.
    pub id: Uuid,
}

/// Who is asking: a session whose access token is good. Nothing else says which guest it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Guest {
    /// The session's id, which may stand in logs.
    pub session: Uuid,
    /// Whether the session is on the guest's own device or at a kiosk.
    pub kind: SessionKind,
    pub(crate) phone: Phone,
    pub(crate) account: Option<AccountId>,
}

impl fmt::Debug for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guest(session {})", self.session)
    }
}

impl From<SessionRow> for Guest {
    fn from(row: SessionRow) -> Self {
        Self { session: row.id, kind: row.kind, phone: row.phone, account: row.account }
    }
}

impl Guest {
    pub(crate) fn audience(&self) -> Audience {
        match self.kind {
            SessionKind::Guest => Audience::Guest,
            SessionKind::Kiosk => Audience::Kiosk,
        }
    }
}

/// Where a session lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionKind {
    /// On the guest's own device, for months.
    Guest,
    /// At a kiosk, for minutes.
    Kiosk,
}

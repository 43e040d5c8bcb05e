//! Kiosks at the door.

use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::sign_in::Device;

impl Gateway {
    /// The kiosk with this credential.
    ///
    /// # Errors
    /// [`GatewayError::Unauthorized`] when there is none, or it was revoked.
    pub async fn device(&self, credential: &str) -> Result<Device, GatewayError> {
        let credential = self.inner.keys.token(credential).ok_or(GatewayError::Unauthorized)?;
        let found = self.inner.state.device(credential).await?;
        found.map(|id| Device { id }).ok_or(GatewayError::Unauthorized)
    }
}

//! Promises about overrides.

use loyalty_core::backend::probonus::ProBonusConfig;
use loyalty_core::backend::probonus::wire::{Record, Terms};
use loyalty_core::domain::{
    Account, AccountGroup, Balance, Discount, IdentifierType, Ladder, Receipt, Report, ReportInfo,
    Transaction,
};

use crate::replies::decoded;

/// No configuration can do more than be refused, and none makes a reply do more.
///
/// A configuration, a zero byte, a reply.
pub fn overrides(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let (Some(config), Some(body)) = (parts.next(), parts.next()) else { return };
    let Ok(config) = std::str::from_utf8(config) else { return };
    let Ok(config) = ProBonusConfig::from_toml(config) else { return };
    let Ok(terms) = config.terms() else { return };
    survive::<Account>(&terms, body);
    survive::<Balance>(&terms, body);
    survive::<Transaction>(&terms, body);
    survive::<Receipt>(&terms, body);
    survive::<AccountGroup>(&terms, body);
    survive::<IdentifierType>(&terms, body);
    survive::<Discount>(&terms, body);
    survive::<Ladder>(&terms, body);
    survive::<Report>(&terms, body);
    survive::<ReportInfo>(&terms, body);
}

fn survive<T: Record>(terms: &Terms, body: &[u8]) {
    // A list of one and the one alone are the same record, whatever it is called.
    if let [Some(one), ..] = decoded::<T>(terms, body) {
        let wrapped = [b"[", body, b"]"].concat();
        let [_, list, _] = decoded::<T>(terms, &wrapped);
        assert_eq!(list.map(|records| records.len()), Some(one.len()), "a record is none in a list");
    }
}

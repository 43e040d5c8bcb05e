//! What a restaurant sets up.

use loyalty_core::domain::{AccountGroup, Bonus, Discount, IdentifierType, Ladder, LadderStep, ReportInfo};
use serde::Serialize;

/// `groups`, `group list`
#[derive(Debug, Serialize)]
pub(crate) struct GroupsDocument {
    groups: Vec<GroupDocument>,
}

/// `group show`, `group create`, `group update`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupDocument {
    id: i64,
    name: String,
    has_template: bool,
    template: Option<TemplateDocument>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TemplateDocument {
    level_id: Option<i64>,
    welcome_bonus: Option<i64>,
    bonus_lifetime_days: Option<u32>,
}

impl From<&[AccountGroup]> for GroupsDocument {
    fn from(groups: &[AccountGroup]) -> Self {
        Self { groups: groups.iter().map(GroupDocument::from).collect() }
    }
}

impl From<&AccountGroup> for GroupDocument {
    fn from(group: &AccountGroup) -> Self {
        Self {
            id: group.id.0,
            name: group.name.clone(),
            has_template: group.has_template,
            template: group.template.map(|template| TemplateDocument {
                level_id: template.level_id,
                welcome_bonus: template.welcome_bonus.map(Bonus::hundredths),
                bonus_lifetime_days: template.bonus_lifetime_days,
            }),
        }
    }
}

/// `identifier-type list`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IdentifierTypesDocument {
    identifier_types: Vec<IdentifierTypeDocument>,
}

/// `identifier-type create`, `identifier-type update`
#[derive(Debug, Serialize)]
pub(crate) struct IdentifierTypeDocument {
    id: i64,
    name: String,
    mask: Option<String>,
}

impl From<&[IdentifierType]> for IdentifierTypesDocument {
    fn from(types: &[IdentifierType]) -> Self {
        Self { identifier_types: types.iter().map(IdentifierTypeDocument::from).collect() }
    }
}

impl From<&IdentifierType> for IdentifierTypeDocument {
    fn from(kind: &IdentifierType) -> Self {
        Self { id: kind.id.0, name: kind.name.clone(), mask: kind.mask.clone() }
    }
}

/// `discount list`
#[derive(Debug, Serialize)]
pub(crate) struct DiscountsDocument {
    discounts: Vec<DiscountDocument>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DiscountDocument {
    id: i64,
    name: String,
    /// In the server's word.
    kind: Option<String>,
    /// Hundredths of a percent.
    basis_points: Option<i32>,
    /// The steps, when it is a ladder.
    steps: Option<Vec<StepDocument>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StepDocument {
    from_turnover: i64,
    discount_id: i64,
}

impl From<&[Discount]> for DiscountsDocument {
    fn from(discounts: &[Discount]) -> Self {
        let discounts = discounts
            .iter()
            .map(|discount| DiscountDocument {
                id: discount.id.0,
                name: discount.name.clone(),
                kind: discount.kind.clone(),
                basis_points: discount.percent.map(|percent| percent.0),
                steps: discount.ladder.as_deref().map(steps),
            })
            .collect();
        Self { discounts }
    }
}

fn steps(steps: &[LadderStep]) -> Vec<StepDocument> {
    steps
        .iter()
        .map(|step| StepDocument {
            from_turnover: step.from_turnover.hundredths(),
            discount_id: step.discount_id.0,
        })
        .collect()
}

/// `discount create-ladder`, `discount update-ladder`
#[derive(Debug, Serialize)]
pub(crate) struct LadderDocument {
    id: i64,
    name: String,
    steps: Vec<StepDocument>,
}

impl From<&Ladder> for LadderDocument {
    fn from(ladder: &Ladder) -> Self {
        Self { id: ladder.id.0, name: ladder.name.clone(), steps: steps(&ladder.steps) }
    }
}

/// `report list`
#[derive(Debug, Serialize)]
pub(crate) struct ReportsDocument {
    reports: Vec<ReportInfoDocument>,
}

#[derive(Debug, Serialize)]
struct ReportInfoDocument {
    id: String,
    name: String,
    description: Option<String>,
}

impl From<&[ReportInfo]> for ReportsDocument {
    fn from(reports: &[ReportInfo]) -> Self {
        let reports = reports
            .iter()
            .map(|report| ReportInfoDocument {
                id: report.id.0.clone(),
                name: report.name.clone(),
                description: report.description.clone(),
            })
            .collect();
        Self { reports }
    }
}

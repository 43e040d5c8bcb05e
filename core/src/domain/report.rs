//! Reports that the server makes.

/// A report's number or name on the server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReportId(pub String);

/// A report that can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportInfo {
    /// Its id.
    pub id: ReportId,
    /// Its name.
    pub name: String,
    /// What it tells.
    pub description: Option<String>,
}

/// A report as a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The columns' names.
    pub columns: Vec<String>,
    /// The rows; each as long as `columns`.
    pub rows: Vec<Vec<ReportCell>>,
}

/// A cell of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportCell {
    /// Nothing.
    Empty,
    /// True or false.
    Flag(bool),
    /// Text.
    Text(String),
    /// A number, as the server wrote it: a report's columns have no units in the contract, so no digit is lost.
    Number(String),
}

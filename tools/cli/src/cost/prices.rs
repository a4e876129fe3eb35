//! What AWS asks for: one data file, with its date and sources, replaceable.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The file that comes with the command.
pub(crate) const BUILT_IN: &str = include_str!("prices.json");

/// Prices by region.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prices {
    /// When they were looked up.
    pub(crate) date: String,
    /// Where.
    pub(crate) sources: Vec<String>,
    regions: BTreeMap<String, Tariffs>,
}

/// The prices of one region.
pub(crate) type Tariffs = BTreeMap<Meter, Tariff>;

/// What AWS counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Meter {
    SqsStandard,
    SqsFifo,
    /// What comes on top for requests with messages of a group on a standard queue.
    SqsFairQueues,
    /// Hours of provisioned pollers.
    SqsPollerHours,
    LambdaRequests,
    LambdaGbSecondsX86,
    LambdaGbSecondsArm,
    DynamodbWriteUnits,
    DynamodbReadUnits,
    DynamodbGbMonths,
    KmsRequests,
    KmsKeys,
    LogGb,
    Alarms,
    Dashboards,
    CustomMetrics,
}

const METERS: [Meter; 16] = [
    Meter::SqsStandard,
    Meter::SqsFifo,
    Meter::SqsFairQueues,
    Meter::SqsPollerHours,
    Meter::LambdaRequests,
    Meter::LambdaGbSecondsX86,
    Meter::LambdaGbSecondsArm,
    Meter::DynamodbWriteUnits,
    Meter::DynamodbReadUnits,
    Meter::DynamodbGbMonths,
    Meter::KmsRequests,
    Meter::KmsKeys,
    Meter::LogGb,
    Meter::Alarms,
    Meter::Dashboards,
    Meter::CustomMetrics,
];

/// What a quantity costs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tariff {
    /// For how many units the prices are.
    per: f64,
    /// Units that are free every month.
    pub(crate) free: f64,
    /// From the first unit on, each up to a bound; the last has none.
    tiers: Vec<Tier>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tier {
    up_to: Option<f64>,
    price: f64,
}

impl Tariff {
    /// Dollars for `quantity` units a month, of which the first `free` cost nothing. What is free
    /// counts towards the tiers.
    pub(crate) fn cost(&self, quantity: f64, free: f64) -> f64 {
        let (mut from, mut sum) = (free, 0.0);
        for tier in &self.tiers {
            let to = quantity.min(tier.up_to.unwrap_or(f64::INFINITY));
            if to > from {
                sum += (to - from) * tier.price;
                from = to;
            }
        }
        sum / self.per
    }

    fn is_sound(&self) -> bool {
        let numbers = [self.per, self.free].into_iter();
        let numbers = numbers.chain(self.tiers.iter().map(|it| it.price));
        let ordered = self.tiers.windows(2).all(|pair| {
            let (low, high) = (pair[0].up_to, pair[1].up_to);
            low.is_some_and(|low| high.is_none_or(|high| high > low))
        });
        self.per > 0.0
            && numbers.into_iter().all(|it| it.is_finite() && it >= 0.0)
            && ordered
            && self.tiers.last().is_some_and(|it| it.up_to.is_none())
    }
}

impl Prices {
    /// The file at `path`, or the one that comes with the command.
    ///
    /// # Errors
    /// It cannot be read, or is not such a file.
    pub(crate) fn load(path: Option<&Path>) -> Result<Self, CostError> {
        let Some(path) = path else {
            return Self::parse(BUILT_IN, Path::new("the built-in prices"));
        };
        let text = std::fs::read_to_string(path).map_err(|source| CostError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, CostError> {
        let invalid = |message: String| CostError::Prices {
            path: path.to_owned(),
            message,
        };
        let prices: Self =
            serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
        for (region, tariffs) in &prices.regions {
            for meter in METERS {
                let tariff = tariffs.get(&meter);
                let name = serde_json::to_string(&meter).unwrap_or_default();
                let tariff = tariff.ok_or_else(|| invalid(format!("{region} lacks {name}")))?;
                if !tariff.is_sound() {
                    let rule =
                        "numbers from 0, `per` above it, tiers that grow, the last without `up_to`";
                    return Err(invalid(format!("{region}, {name}: write {rule}")));
                }
            }
        }
        Ok(prices)
    }

    /// The prices of one region.
    ///
    /// # Errors
    /// The file has no such region.
    pub(crate) fn of(&self, region: &str) -> Result<&Tariffs, CostError> {
        let found = self.regions.get(region);
        found.ok_or_else(|| {
            let known: Vec<_> = self.regions.keys().map(String::as_str).collect();
            CostError::Region {
                region: region.to_owned(),
                known: known.join(", "),
            }
        })
    }
}

/// Why costs cannot be told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CostError {
    /// The price file could not be opened.
    #[error("cannot read the prices in {}: {source}; name another file with --prices", path.display())]
    Read {
        /// Path as given.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The price file is not understood.
    #[error("{}: {message}; `lambda-queue cost --show-prices` prints a file to start from", path.display())]
    Prices {
        /// Path as given.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// There are no prices of that region.
    #[error(
        "there are no prices of {region}, only of {known}; name a file that has them with --prices"
    )]
    Region {
        /// What was asked for.
        region: String,
        /// What there is.
        known: String,
    },
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "a test that cannot go on fails by panicking"
    )]

    use super::*;

    fn cost(meter: Meter, quantity: f64) -> f64 {
        let prices = Prices::load(None).unwrap();
        let tariff = &prices.of("us-east-1").unwrap()[&meter];
        tariff.cost(quantity, tariff.free)
    }

    #[test]
    fn what_is_free_costs_nothing() {
        assert_eq!(cost(Meter::SqsStandard, 1e6), 0.0);
        assert_eq!(cost(Meter::SqsStandard, 0.0), 0.0);
        assert_eq!(cost(Meter::LambdaRequests, 999_999.0), 0.0);
    }

    #[test]
    fn tiers_are_paid_one_after_the_other() {
        // 300 B standard requests: 1 M free, 99,999 M × $0.40 + 100,000 M × $0.30 + 100,000 M × $0.24
        //   = 39,999.60 + 30,000 + 24,000 = $93,999.60.
        let paid = cost(Meter::SqsStandard, 300e9);
        assert!((paid - 93_999.6).abs() < 1e-6, "{paid}");
    }

    #[test]
    fn a_file_that_lacks_a_price_is_refused() {
        let text = r#"{"date": "2026-01", "sources": [], "regions": {"eu-west-1": {}}}"#;
        let error = Prices::parse(text, Path::new("mine.json")).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("mine.json: eu-west-1 lacks \"sqs_standard\""),
            "{text}"
        );
    }

    #[test]
    fn tiers_that_do_not_grow_are_refused() {
        let text = BUILT_IN.replace("200e9", "50e9");
        assert!(Prices::parse(&text, Path::new("mine.json")).is_err());
    }
}

//! A collection in which each query has one right answer. Made for this project; public domain.

/// Documents of one passage each.
pub(crate) const DOCUMENTS: [(&str, &str); 8] = [
    (
        "returns",
        "Goods can be returned within 30 days. The price is refunded to the card that was used.",
    ),
    (
        "shipping",
        "Orders are shipped by parcel post every weekday before noon, and arrive in two days.",
    ),
    (
        "lamps",
        "To dim the lamp, turn its wheel. A bulb lasts ten thousand hours.",
    ),
    (
        "leave",
        "Staff have thirty days of paid leave a year, and ask for it two weeks ahead.",
    ),
    (
        "warranty",
        "Broken appliances are repaired free of charge for two years after the purchase.",
    ),
    (
        "security",
        "Passwords have at least fourteen characters. Nobody will ever ask you for yours.",
    ),
    (
        "garden",
        "Tomatoes want sun and water every morning; cut the lower leaves in July.",
    ),
    (
        "printer",
        "When the printer says paper jam, open the rear flap and pull the sheet towards you.",
    ),
];

/// Queries with words of the document they are about.
pub(crate) const BY_WORDS: [(&str, &str); 8] = [
    ("how long can I return goods", "returns"),
    ("when are orders shipped", "shipping"),
    ("dimming a lamp", "lamps"),
    ("days of leave in a year", "leave"),
    ("is a broken appliance repaired free", "warranty"),
    ("how many characters has a password", "security"),
    ("watering tomatoes in the morning", "garden"),
    ("paper jam in the printer", "printer"),
];

/// Queries without any word of the document they are about.
#[cfg(feature = "embeddings")]
pub(crate) const BY_MEANING: [(&str, &str); 3] = [
    ("will I be reimbursed", "returns"),
    ("delivery of a package", "shipping"),
    ("vacation", "leave"),
];

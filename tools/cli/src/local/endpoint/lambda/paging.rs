//! Lists in pages, as `Marker` and `MaxItems` ask for them.

use super::error::LambdaError;

/// A part of a list, and the marker of the next part.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
}

/// At most `most` of `items`, however many `max_items` asks for.
pub(super) fn page<T>(
    items: Vec<T>,
    marker: Option<&str>,
    max_items: Option<&str>,
    most: usize,
) -> Result<Page<T>, LambdaError> {
    let max_items = match max_items {
        Some(text) => number(text)?,
        None => most,
    };
    let start = match marker.filter(|it| !it.is_empty()) {
        Some(marker) => marker
            .parse()
            .map_err(|_| LambdaError::invalid_value("Invalid Marker".to_owned()))?,
        None => 0_usize,
    };
    let all = items.len();
    let end = start.saturating_add(max_items.min(most));
    let items = items.into_iter().skip(start).take(end - start).collect();
    let next = (end < all).then(|| end.to_string());
    Ok(Page { items, next })
}

fn number(text: &str) -> Result<usize, LambdaError> {
    let bound = match text.parse() {
        Ok(number @ 1..=10_000) => return Ok(number),
        Ok(0) | Err(_) => "Member must have value greater than or equal to 1",
        Ok(_) => "Member must have value less than or equal to 10000",
    };
    Err(LambdaError::constraint(text, "maxItems", bound))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lead_through_all_items() {
        let first = page(vec![1, 2, 3], None, Some("2"), 50).unwrap();
        assert_eq!(first.items, [1, 2]);
        let marker = first.next.unwrap();
        let last = page(vec![1, 2, 3], Some(&marker), Some("2"), 50).unwrap();
        assert_eq!((last.items, last.next), (vec![3], None));
    }

    #[test]
    fn what_cannot_be_asked_for_is_refused() {
        assert!(page(vec![1], None, Some("0"), 50).is_err());
        assert!(page(vec![1], None, Some("many"), 50).is_err());
        assert!(page(vec![1], Some("x"), None, 50).is_err());
        let beyond = usize::MAX.to_string();
        assert!(
            page(vec![1], Some(&beyond), None, 50)
                .unwrap()
                .items
                .is_empty()
        );
    }
}

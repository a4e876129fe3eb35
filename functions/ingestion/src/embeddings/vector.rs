//! A vector of length 1.

/// What a model made of a text: 32-bit numbers, of length 1.
#[derive(Clone, PartialEq)]
pub struct Vector(Vec<f32>);

impl Vector {
    /// Scales numbers to length 1; what has no direction is no vector.
    pub fn normalised(mut numbers: Vec<f32>) -> Option<Self> {
        let squares: f64 = numbers.iter().map(|it| f64::from(*it).powi(2)).sum();
        let length = squares.sqrt();
        if !length.is_normal() {
            return None;
        }
        for number in &mut numbers {
            *number = (f64::from(*number) / length) as f32;
        }
        Some(Self(numbers))
    }

    /// How alike two vectors are, from -1 to 1; not at all if they have different dimensions.
    pub fn cosine(&self, other: &Self) -> f32 {
        if self.0.len() != other.0.len() {
            return 0.0;
        }
        self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum()
    }

    /// The numbers.
    pub fn numbers(&self) -> &[f32] {
        &self.0
    }

    /// Four bytes a number, the least significant first.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|it| it.to_le_bytes()).collect()
    }

    /// Reads [`Vector::to_bytes`] back.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (numbers, rest) = bytes.as_chunks::<4>();
        let numbers = numbers.iter().map(|it| f32::from_le_bytes(*it)).collect();
        rest.is_empty().then(|| Self::normalised(numbers))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_has_length_1_and_keeps_its_direction() {
        let vector = Vector::normalised(vec![3.0, -4.0]).unwrap();
        assert_eq!(vector.numbers(), [0.6, -0.8]);
        let opposite = Vector::normalised(vec![-30.0, 40.0]).unwrap();
        assert!((vector.cosine(&opposite) + 1.0).abs() < 1e-6);
    }

    #[test]
    fn what_has_no_direction_is_no_vector() {
        for numbers in [
            vec![],
            vec![0.0, 0.0],
            vec![f32::NAN],
            vec![f32::INFINITY, 1.0],
        ] {
            assert!(Vector::normalised(numbers).is_none());
        }
    }

    #[test]
    fn vectors_of_different_dimensions_have_nothing_in_common() {
        let two = Vector::normalised(vec![1.0, 0.0]).unwrap();
        let three = Vector::normalised(vec![1.0, 0.0, 0.0]).unwrap();
        assert!(two.cosine(&three) == 0.0);
    }

    #[test]
    fn bytes_are_read_back_and_anything_else_is_refused() {
        let vector = Vector::normalised(vec![0.6, -0.8]).unwrap();
        let bytes = vector.to_bytes();
        assert_eq!(bytes.len(), 8);
        assert!(Vector::from_bytes(&bytes).is_some_and(|read| read.cosine(&vector) > 0.999));
        assert!(Vector::from_bytes(&bytes[..7]).is_none());
        assert!(Vector::from_bytes(&[]).is_none());
    }
}

//! Splitting an amount by weights without losing or making a unit.
use crate::cast::index;

/// Why an amount cannot be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AllocateError {
    /// The amount is negative.
    #[error("cannot split a negative amount")]
    NegativeAmount,
    /// A weight is negative.
    #[error("a weight is negative")]
    NegativeWeight,
    /// The sum of the weights, or a product, does not fit 128 bits.
    #[error("the weights are too large to split by")]
    TooLarge,
    /// More than `u32::MAX` weights.
    #[error("too many weights")]
    TooMany,
}

/// Splits `amount` in proportion to `weights` by the largest remainder (Hamilton's method): each
/// part is first rounded down, then one unit each goes to the largest remainders, ties to the
/// earlier place. The caller puts the weights in the order of their ids, so a tie goes to the
/// smaller id.
///
/// The parts sum to `amount` exactly, or are all zero when every weight is zero.
///
/// # Errors
/// [`AllocateError`] for a negative amount or weight and for weights beyond 128 bits.
pub fn allocate(amount: i64, weights: &[i128]) -> Result<Vec<i64>, AllocateError> {
    if amount < 0 {
        return Err(AllocateError::NegativeAmount);
    }
    let count = u32::try_from(weights.len()).map_err(|_| AllocateError::TooMany)?;
    let mut total: i128 = 0;
    for &weight in weights {
        if weight < 0 {
            return Err(AllocateError::NegativeWeight);
        }
        total = total.checked_add(weight).ok_or(AllocateError::TooLarge)?;
    }
    let mut parts = vec![0_i64; weights.len()];
    if total == 0 {
        return Ok(parts);
    }
    let mut remainders: Vec<(i128, u32)> = Vec::with_capacity(weights.len());
    let mut given: i64 = 0;
    for (place, (&weight, part)) in (0..count).zip(weights.iter().zip(&mut parts)) {
        let product = i128::from(amount).checked_mul(weight).ok_or(AllocateError::TooLarge)?;
        // A part is at most the amount, since its weight is at most the total.
        *part = i64::try_from(product / total).map_err(|_| AllocateError::TooLarge)?;
        given += *part;
        remainders.push((product % total, place));
    }
    let rest = usize::try_from(amount - given).map_err(|_| AllocateError::TooLarge)?;
    if rest > 0 {
        // The rest is less than the number of parts with a remainder: select, do not sort all.
        let order = |a: &(i128, u32), b: &(i128, u32)| b.0.cmp(&a.0).then(a.1.cmp(&b.1));
        remainders.select_nth_unstable_by(rest - 1, order);
        for &(_, place) in remainders.iter().take(rest) {
            if let Some(part) = parts.get_mut(index(place)) {
                *part += 1;
            }
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_splits() {
        let cases: &[(i64, &[i128], &[i64])] = &[
            (100, &[1, 1, 1], &[34, 33, 33]),
            (1, &[1, 1], &[1, 0]),
            (0, &[5, 7], &[0, 0]),
            (10, &[0, 0], &[0, 0]),
            (700_273, &[1], &[700_273]),
            (5, &[3, 0, 2], &[3, 0, 2]),
            (2, &[1, 1, 1, 1], &[1, 1, 0, 0]),
            (i64::MAX, &[1, 2], &[3_074_457_345_618_258_602, 6_148_914_691_236_517_205]),
        ];
        for (amount, weights, parts) in cases {
            assert_eq!(allocate(*amount, weights).as_deref(), Ok(*parts), "{amount} {weights:?}");
        }
        assert_eq!(allocate(-1, &[1]), Err(AllocateError::NegativeAmount));
        assert_eq!(allocate(1, &[-1]), Err(AllocateError::NegativeWeight));
        assert_eq!(allocate(9, &[i128::MAX, 1]), Err(AllocateError::TooLarge));
    }
}

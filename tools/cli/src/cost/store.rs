//! What an idempotency record costs in DynamoDB: the protocol of the toolkit, request by request.
//!
//! A write takes a write unit for every KB that is begun, the same whether its condition holds or
//! not. What a refused condition returns (`ALL_OLD`) is not read. A transaction doubles its writes.

/// Batches of up to this many messages are claimed one by one, larger ones by PartiQL: the
/// toolkit's default.
pub(crate) const SINGLE_UP_TO: f64 = 10.0;

/// How a batch is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// An `UpdateItem` for each message, which returns the record if somebody has it.
    Single,
    /// `INSERT`s by PartiQL; a refused one is read back, consistently, and what can be taken over
    /// is, by an `UpdateItem`.
    Batched,
}

/// One record, in DynamoDB's units.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record {
    pub(crate) bytes: u64,
    pub(crate) way: Way,
    /// Writes that a handler adds to the completion, in one transaction; each of one unit.
    pub(crate) effects: u64,
}

impl Record {
    /// Write units of one write.
    pub(crate) fn write(&self) -> f64 {
        self.bytes.div_ceil(1_024).max(1) as f64
    }

    /// Read units of one consistent read: one for every 4 KB that are begun.
    pub(crate) fn read(&self) -> f64 {
        self.bytes.div_ceil(4_096).max(1) as f64
    }

    /// Write units of a claim on a key nobody had, or of one that finds the result of another.
    pub(crate) fn claim(&self) -> f64 {
        self.write()
    }

    /// Write units of a claim on a record that an earlier try has released.
    pub(crate) fn claim_again(&self) -> f64 {
        match self.way {
            Way::Single => self.write(),
            Way::Batched => 2.0 * self.write(),
        }
    }

    /// Read units of a claim on a record that is there.
    pub(crate) fn look(&self) -> f64 {
        match self.way {
            Way::Single => 0.0,
            Way::Batched => self.read(),
        }
    }

    /// Write units of a completion, with what the handler adds.
    pub(crate) fn complete(&self) -> f64 {
        match self.effects {
            0 => self.write(),
            effects => 2.0 * (self.write() + effects as f64),
        }
    }

    /// Write units of the release after a failure.
    pub(crate) fn release(&self) -> f64 {
        self.write()
    }
}

//! A policy's counting rules as plain numbers.
use program::Policy;
use program::document::{InteractionCount, InteractionOn, LengthUnknown, Treatment};

/// The region of an event that names none.
pub const REGION_NONE: i32 = 0;
const REGION_CODES: usize = 27 * 27;

/// Two capitals as a number from 1 on; anything else is [`REGION_NONE`].
#[must_use]
pub fn region_code(letters: &[u8]) -> i32 {
    match letters {
        [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => {
            (i32::from(a - b'A') + 1) * 27 + i32::from(b - b'A') + 1
        }
        _ => REGION_NONE,
    }
}

/// The two capitals of a region code; none for no region.
#[must_use]
pub fn region_text(code: i32) -> String {
    let letter = |n: i32| u8::try_from(n - 1).ok().map(|n| char::from(b'A' + n));
    match (letter(code / 27), letter(code % 27)) {
        (Some(a), Some(b)) => format!("{a}{b}"),
        _ => String::new(),
    }
}

/// What the meter needs of a policy.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Least watched milliseconds.
    pub minimum_watch_ms: i64,
    /// Least share of the length, per million; whichever is less is enough.
    pub minimum_share_ppm: Option<i64>,
    /// Whether a view of unknown length is too short.
    pub refuse_unknown_length: bool,
    /// Views of one viewer per work and day that count; 0 is no limit.
    pub per_viewer: u32,
    /// Whether self views are excluded.
    pub exclude_self: bool,
    /// Whether paid traffic is excluded.
    pub exclude_paid: bool,
    /// Most views of a viewer in a day.
    pub viewer_views_max: Option<u32>,
    /// Most views from a device in a day.
    pub device_views_max: Option<u32>,
    /// Largest share (per million) to one creator, looked at from so many views on.
    pub one_creator: Option<(u64, u32)>,
    /// Whether interactions count once per viewer, work, day and kind.
    pub interaction_per_viewer: bool,
    /// Whether interactions count on any event that is not excluded.
    pub interaction_on_any: bool,
    /// Number of tiers, "all others" included.
    pub tiers: usize,
    tier_of: Vec<u8>,
    /// Whether the watch time of qualified views is summed by creator.
    pub keeps_watch_time: bool,
}

impl Rules {
    /// The counting rules of a policy.
    #[must_use]
    pub fn of(policy: &Policy) -> Rules {
        let views = &policy.views;
        let abnormal = &policy.abnormal;
        let others = policy.tier([0, 0]);
        let mut tier_of = vec![others; REGION_CODES];
        for (letters, tier) in &policy.score.tier_of {
            let code = usize::try_from(region_code(letters)).unwrap_or(0);
            if let Some(slot) = tier_of.get_mut(code) {
                *slot = *tier;
            }
        }
        let share = abnormal.one_creator_share.map(|ratio| u64::from(ratio.0.parts()));
        Rules {
            minimum_watch_ms: i64::from(views.minimum_watch_ms),
            minimum_share_ppm: views.minimum_share.map(|ratio| i64::from(ratio.0.parts())),
            refuse_unknown_length: views.length_unknown == LengthUnknown::Refuse,
            per_viewer: u32::from(views.per_viewer_work_day),
            exclude_self: views.self_views == Treatment::Exclude,
            exclude_paid: views.paid_traffic == Treatment::Exclude,
            viewer_views_max: abnormal.viewer_views_per_day,
            device_views_max: abnormal.device_views_per_day,
            one_creator: share.zip(abnormal.one_creator_from_views),
            interaction_per_viewer: policy.interactions.count == InteractionCount::PerViewer,
            interaction_on_any: policy.interactions.on == InteractionOn::AnyEvent,
            tiers: policy.score.tier_weights.len(),
            tier_of,
            keeps_watch_time: views.keep_watch_time,
        }
    }

    /// The tier of a region code.
    #[must_use]
    #[inline]
    pub fn tier(&self, region: i32) -> u8 {
        let code = usize::try_from(region).unwrap_or(0);
        self.tier_of.get(code).copied().unwrap_or(0)
    }

    /// Whether a view was watched for long enough. `length_ms` of nought or less is unknown.
    #[must_use]
    #[inline]
    pub fn long_enough(&self, watch_ms: i32, length_ms: i32) -> bool {
        let watch = i64::from(watch_ms);
        if length_ms <= 0 {
            return !self.refuse_unknown_length && watch >= self.minimum_watch_ms;
        }
        if watch >= self.minimum_watch_ms {
            return true;
        }
        // watch / length >= share, without dividing.
        self.minimum_share_ppm
            .is_some_and(|share| watch * 1_000_000 >= share * i64::from(length_ms))
    }

    /// Whether the rules look at a viewer's whole day.
    #[must_use]
    pub fn needs_viewer_days(&self) -> bool {
        self.viewer_views_max.is_some() || self.one_creator.is_some()
    }
}
